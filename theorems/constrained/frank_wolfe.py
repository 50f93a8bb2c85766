"""The Frank-Wolfe method on smooth convex functions: gaps of order 1/k.

With steps 2/(k + 2). B is the diameter of the set; the curvature constant of the source is at most
L B^2. The Frank-Wolfe gap max_s <grad f(x), x - s>, which needs no knowledge of f*, is of the same
order at the best iterate.
"""

from convlab.algorithms.frank_wolfe import frank_wolfe
from convlab.assumptions import (
    attained_on_set,
    bounded_domain,
    convex,
    linear_minimization,
    projectable,
    smooth,
)
from convlab.claims import upper_bound
from convlab.metrics import best, gap, metric
from convlab.symbols import B, L, k
from convlab.theorem import Theorem, bound, step
from convlab.vocabulary import inner
from problems.linear_minimization import overshooting_segment, quadratic_on_ball, simplex_distance


@metric("frank_wolfe_gap", r"\max_{s \in C} \langle \nabla f(X), X - s \rangle")
def frank_wolfe_gap(s, oracle):
    """The gap of the linear model, an upper bound on f(x) - f*: (R, 1)."""
    g = oracle.gradient(s.x)
    return inner(g, s.x - oracle.linear_minimizer(g))


high = simplex_distance(d=200)
sets = [convex, smooth(L), projectable, linear_minimization, bounded_domain(B), attained_on_set]
rate = 2 * L * B**2 / (k + 2)

open_loop = Theorem(
    cite="jaggi2013revisiting",
    number="Theorem 1",
    title="Frank-Wolfe with steps 2/(k + 2): gaps of order 1/k.",
    assume=sets,
    algorithm=frank_wolfe(eta=2 / (k + 2)),
    claims=[upper_bound(gap, rate, when=k >= 1)],
    tight=[overshooting_segment, high, quadratic_on_ball],
    mutants=[
        bound(0.7 * rate, "the first step may end at the far side of the set"),
        bound(rate / 8, "on the simplex no method that adds a vertex a step does better"),
        bound(rate**2 / (L * B**2), "the rate is no better than 1/k"),
        step(2 / (k + 1), "the second step, as long as the first, zigzags"),
    ],
)

duality_gap = Theorem(
    cite="jaggi2013revisiting",
    number="Theorem 2",
    title="The best Frank-Wolfe gap is of order 1/k, too.",
    assume=sets,
    algorithm=frank_wolfe(eta=2 / (k + 2)),
    claims=[upper_bound(best(frank_wolfe_gap), 27 * rate / 8, when=k >= 2)],
    tight=[high, quadratic_on_ball],
    loose=(
        "by 6: the proof starts from the largest f(x) - f* that the first theorem allows after "
        "two thirds of the run, and lets all later gaps be equal; on no instance tried are they"
    ),
    mutants=[
        bound(rate / 4, "it is larger than f(x) - f*"),
        bound(27 * rate**2 / (8 * L * B**2), "the rate is no better than 1/k"),
        step(1, "full steps jump between extreme points"),
    ],
)
