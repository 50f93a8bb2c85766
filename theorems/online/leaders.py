"""Following the leader: logarithmic regret, or sqrt(T) with a regularizer."""

from sympy import log, sqrt

from convlab.algorithms.leader import follow_the_leader, follow_the_regularized_leader
from convlab.assumptions import (
    bounded_domain,
    convex_rounds,
    exact_leader,
    lipschitz_losses,
    projectable,
    strongly_convex_losses,
)
from convlab.claims import upper_bound
from convlab.metrics import metric
from convlab.symbols import B, G, T, k, mu
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import full_scalar
from problems.leaders import orthogonal_slopes, orthogonal_targets, random_slopes, random_targets


@metric(
    "regret",
    r"\sum_{i < k} f_i(x_i) - \min_{x \in C} \sum_{i < k} f_i(x)",
    init=lambda s, oracle: full_scalar(s.x, 0.0),
    update=lambda played, s, oracle: played + oracle.loss(s.x),
    least=None,
)
def regret(s, oracle, played):
    """The total loss before round k, in excess of that of the best fixed point: (R, 1)."""
    return played - oracle.least_total(s.x)


oracles = {exact_leader: "the method is made of it", projectable: "it says what C is"}
logarithmic = G**2 / (2 * mu) * (1 + log(k))

leader = Theorem(
    cite="orabona2019modern",
    title="Follow the leader on strongly convex losses: logarithmic regret.",
    text="""
    The regret is that against the best point of the rounds played. Let F_i be the sum of the first
    i losses, and x_i the minimizer of F_(i-1). The regret is sum_i (F_i(x_i) - F_i(x_(i+1))), each
    term at most |g_i|^2/(2 i mu) with g_i = grad f_i(x_i), as F_i is i mu-strongly convex and x_i
    minimizes F_i - f_i. The sum over k rounds is at most G^2/(2 mu) (1 + log k).
    """,
    assume=[strongly_convex_losses(mu), exact_leader, lipschitz_losses(G), projectable],
    algorithm=follow_the_leader(),
    claims=[upper_bound(regret, logarithmic, when=k >= 1)],
    tight=[orthogonal_targets, random_targets],
    untested=oracles,
    loose=(
        "by 3 from the tenth round on, and its order is not tested: after some rounds gradients "
        "are shorter than G, on orthogonal targets |g|^2 is close to G^2/2"
    ),
    mutants=[
        bound(0.49 * logarithmic, "orthogonal targets cost half of the bound and more"),
        bound(G**2 / (4 * mu), "the regret grows like log(k)"),
        mutant(
            "a fixed point",
            "the regret of the first point is linear",
            algorithm=follow_the_regularized_leader(eta=0),
        ),
    ],
)

regularized = Theorem(
    cite="shalevshwartz2012online",
    number="Section 2.3",
    adapted="for any set of diameter B and any start in it, and linearized losses",
    title="Follow the regularized leader on convex losses: regret of order sqrt(T).",
    text="""
    Without strong convexity a regularizer is needed; its weight 1/(2 eta) is that for T rounds. By
    convexity the regret is at most that on the linearized losses, and there, against any u in C,
    it is at most |u - x_0|^2/(2 eta) + eta sum_i |g_i|^2 <= B^2/(2 eta) + eta T G^2, which
    eta = B/(G sqrt(2 T)) makes B G sqrt(2 T).
    """,
    assume=[convex_rounds, lipschitz_losses(G), projectable, bounded_domain(B)],
    algorithm=follow_the_regularized_leader(eta=B / (G * sqrt(2 * T))),
    claims=[upper_bound(regret, B * G * sqrt(2 * T))],
    tight=[orthogonal_slopes, random_slopes],
    untested={
        projectable: "it says what C is",
        convex_rounds: "all losses at hand are convex",
    },
    iterations=200,
    mutants=[
        bound(0.7 * B * G * sqrt(2 * T), "orthogonal slopes cost B G sqrt(T)"),
        bound(2 * B * G, "the regret grows like sqrt(T)"),
        step(B / (20 * G * sqrt(2 * T)), "too slow where all slopes are equal"),
    ],
)
