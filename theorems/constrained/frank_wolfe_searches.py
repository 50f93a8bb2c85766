"""Frank-Wolfe with steps from a search."""

from convlab.algorithms.frank_wolfe import (
    frank_wolfe,
    frank_wolfe_line_search,
    frank_wolfe_short_step,
)
from convlab.assumptions import (
    convex,
    quadratic_objective,
)
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import B, L, k
from convlab.theorem import Theorem, bound, mutant, step, without
from problems.linear_minimization import (
    concave_segment,
    overshooting_strip,
    quadratic_on_ball,
)
from theorems.constrained.frank_wolfe import high, oracles, rate, sets

loose = (
    "by 8 from the tenth step on, and its order is not tested: on the simplex, where no method "
    "that adds a vertex a step does better, the gap is an eighth of the bound"
)
wrong_end = without(convex, "a minimum at the wrong end of a segment", on=[concave_segment])

line_search = Theorem(
    cite="jaggi2013revisiting",
    number="Theorem 1",
    adapted="on quadratics, and with L B^2, which is at least the curvature constant of the source",
    title="Frank-Wolfe with exact line search on quadratics: gaps of order 1/k.",
    text="""
    The search makes at least the progress of the step eta = 2/(k + 2): with
    h_k = f(x_k) - f*, h_(k+1) <= (1 - eta) h_k + eta^2 L B^2/2. With h_1 <= L B^2/2 induction gives
    h_k <= 2 L B^2/(k + 2).
    """,
    assume=[quadratic_objective, *sets],
    algorithm=frank_wolfe_line_search(),
    claims=[upper_bound(gap, rate, when=k >= 1)],
    tight=[overshooting_strip, high, quadratic_on_ball],
    untested=oracles
    | {quadratic_objective: "true without it, but there the search has no closed form"},
    loose=loose,
    mutants=[
        bound(0.7 * rate, "the first step may end at the far side of the set"),
        bound(rate / 8, "on the simplex no method that adds a vertex a step does better"),
        bound(rate**2 / (L * B**2), "the rate is no better than 1/k"),
        mutant("steps 1", "they jump between extreme points", algorithm=frank_wolfe(eta=1)),
        wrong_end,
    ],
)

short_step = Theorem(
    cite="jaggi2013revisiting",
    number="Theorem 1",
    adapted="for the step that minimizes the quadratic upper bound, and with L B^2, by its proof",
    title="Frank-Wolfe with short steps: gaps of order 1/k.",
    text="""
    The step minimizes the quadratic upper bound on the segment, so it makes at least the progress
    that this bound promises for eta = 2/(k + 2): with d_k = f(x_k) - f*,
    d_(k+1) <= (1 - eta) d_k + eta^2 L B^2/2. With d_1 <= L B^2/2 induction gives
    d_k <= 2 L B^2/(k + 2).
    """,
    assume=sets,
    algorithm=frank_wolfe_short_step(L=L),
    claims=[upper_bound(gap, rate, when=k >= 1)],
    tight=[overshooting_strip, high, quadratic_on_ball],
    untested=oracles,
    loose=loose,
    mutants=[
        bound(0.7 * rate, "the first step may end at the far side of the set"),
        bound(rate / 8, "on the simplex no method that adds a vertex a step does better"),
        bound(rate**2 / (L * B**2), "the rate is no better than 1/k"),
        step(L / 2, "minimizes a model that lies below the function", name="L"),
        wrong_end,
    ],
)
