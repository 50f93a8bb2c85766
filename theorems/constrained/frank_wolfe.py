"""The Frank-Wolfe method on smooth convex functions, with steps 2/(k + 2)."""

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
from convlab.theorem import Theorem, bound, step, without
from convlab.vocabulary import inner
from problems.linear_minimization import (
    concave_segment,
    overshooting_segment,
    quadratic_on_ball,
    simplex_distance,
)


@metric("frank_wolfe_gap", r"\max_{s \in C} \langle \nabla f(X), X - s \rangle")
def frank_wolfe_gap(s, oracle):
    """The gap of the linear model, an upper bound on f(x) - f*: (R, 1)."""
    g = oracle.gradient(s.x)
    return inner(g, s.x - oracle.linear_minimizer(g))


high = simplex_distance(d=200)
sets = [convex, smooth(L), projectable, linear_minimization, bounded_domain(B), attained_on_set]
rate = 2 * L * B**2 / (k + 2)
oracles = {
    projectable: "it says what C is",
    linear_minimization: "the method is made of it",
    attained_on_set: "the gap is measured from f*",
}

open_loop = Theorem(
    cite="jaggi2013revisiting",
    number="Theorem 1",
    adapted="with L B^2, which is at least the curvature constant of the source",
    title="Frank-Wolfe with steps 2/(k + 2): gaps of order 1/k.",
    text="""
    Let d_k = f(x_k) - f* and eta = 2/(k + 2). The linear model falls by d_k or more from x_k to its
    minimizer s over C, by convexity, and |s - x_k| <= B: d_(k+1) <= (1 - eta) d_k + eta^2 L B^2/2.
    With d_1 <= L B^2/2 induction gives d_k <= 2 L B^2/(k + 2).
    """,
    assume=sets,
    algorithm=frank_wolfe(eta=2 / (k + 2)),
    claims=[upper_bound(gap, rate, when=k >= 1)],
    tight=[overshooting_segment, high, quadratic_on_ball],
    untested=oracles,
    loose=(
        "by 5 from the tenth step on, and its order is not tested: on the simplex, where no method "
        "that adds a vertex a step does better, the gap is an eighth of the bound or more"
    ),
    mutants=[
        bound(0.7 * rate, "the first step may end at the far side of the set"),
        bound(rate / 8, "on the simplex no method that adds a vertex a step does better"),
        bound(rate**2 / (L * B**2), "the rate is no better than 1/k"),
        step(2 / (k + 1), "the second step, as long as the first, zigzags"),
        without(convex, "a minimum at the wrong end of a segment", on=[concave_segment]),
    ],
)

duality_gap = Theorem(
    cite="jaggi2013revisiting",
    number="Theorem 2",
    adapted="with L B^2, which is at least the curvature constant of the source",
    title="The best Frank-Wolfe gap with steps 2/(k + 2) is of order 1/k, too.",
    text="""
    The Frank-Wolfe gap g_k = max_s <grad f(x_k), x_k - s> needs no knowledge of f*. Every step with
    eta = 2/(k + 2) has f(x_(k+1)) <= f(x_k) - eta g_k + eta^2 L B^2/2. After two thirds of the run
    f(x_i) - f* <= 3 L B^2/(k + 2), and if all later gaps were above 27/4 L B^2/(k + 2), the sum of
    these falls would be more than that.
    """,
    assume=sets,
    algorithm=frank_wolfe(eta=2 / (k + 2)),
    claims=[upper_bound(best(frank_wolfe_gap), 27 * rate / 8, when=k >= 2)],
    tight=[high, quadratic_on_ball],
    untested=oracles
    | {
        convex: "without it the order is 1/sqrt(k), and no instance at hand shows it",
        smooth: "an L that is wrong by 2 is within what the bound is loose by",
        bounded_domain: "a B that is wrong by 2 is within what the bound is loose by",
    },
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
