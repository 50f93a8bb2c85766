"""Frank-Wolfe with steps from a search: gaps of order 1/k, as with steps 2/(k + 2).

Exact line search, and the step that minimizes the quadratic upper bound, each make at least the
progress that the proof asks of the step 2/(k + 2).
"""

from convlab.algorithms.frank_wolfe import (
    frank_wolfe,
    frank_wolfe_line_search,
    frank_wolfe_short_step,
)
from convlab.assumptions import (
    attained_on_set,
    bounded_domain,
    convex,
    linear_minimization,
    projectable,
    quadratic_objective,
    smooth,
)
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import B, L, k
from convlab.theorem import Theorem, bound, mutant, step
from problems.linear_minimization import overshooting_strip, quadratic_on_ball, simplex_distance

high = simplex_distance(d=200)
sets = [convex, smooth(L), projectable, linear_minimization, bounded_domain(B), attained_on_set]
rate = 2 * L * B**2 / (k + 2)

line_search = Theorem(
    cite="jaggi2013revisiting",
    number="Theorem 1 (line search)",
    title="Frank-Wolfe with exact line search on quadratics: gaps of order 1/k.",
    assume=[quadratic_objective, *sets],
    algorithm=frank_wolfe_line_search(),
    claims=[upper_bound(gap, rate, when=k >= 1)],
    tight=[overshooting_strip, high, quadratic_on_ball],
    mutants=[
        bound(0.7 * rate, "the first step may end at the far side of the set"),
        bound(rate / 8, "on the simplex no method that adds a vertex a step does better"),
        bound(rate**2 / (L * B**2), "the rate is no better than 1/k"),
        mutant("steps 1", "they jump between extreme points", algorithm=frank_wolfe(eta=1)),
    ],
)

short_step = Theorem(
    cite="jaggi2013revisiting",
    number="Theorem 1 (short step, by the same proof)",
    title="Frank-Wolfe with short steps: gaps of order 1/k.",
    assume=sets,
    algorithm=frank_wolfe_short_step(L=L),
    claims=[upper_bound(gap, rate, when=k >= 1)],
    tight=[overshooting_strip, high, quadratic_on_ball],
    mutants=[
        bound(0.7 * rate, "the first step may end at the far side of the set"),
        bound(rate / 8, "on the simplex no method that adds a vertex a step does better"),
        bound(rate**2 / (L * B**2), "the rate is no better than 1/k"),
        step(L / 2, "minimizes a model that lies below the function", name="L"),
    ],
)
