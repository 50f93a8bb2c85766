"""Target networks on two features, and temporal differences without one."""

from sympy import Interval, ceiling, floor, log, oo

from convlab.algorithms.temporal_difference import fitted_evaluation, target_network
from convlab.assumptions import fixed_point, two_scales, unstable_direction
from convlab.claims import identity, threshold
from convlab.metrics import distance, metric
from convlab.symbols import k, symbol
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import absolute
from problems.evaluation import doubling, rare_state

K = symbol("K_target", "inner steps before the target is renewed", tex="K")
a_1, a_2 = symbol("a_1", "larger scale of two features"), symbol("a_2", "smaller scale")
ell = symbol("ell", "stretch of the larger feature in a fitted update", tex=r"\ell")
q = symbol("q", "determinant of a fitted update")

enough = log((ell - q) / (1 - q)) / -log(1 - a_2 / a_1)


def scales(kappa):
    """The instance in which the features differ by the factor kappa."""
    return rare_state(kappa=kappa)


theorem = Theorem(
    cite="fellows2023target",
    title="A target network makes temporal differences converge where they would diverge.",
    text="""A target network makes temporal differences converge just where K is large enough.

With M = I - alpha A the error of the target is multiplied by J_K = M^K + (I - M^K) A^-1 B in K
steps. With two uncorrelated features and alpha = 1/a_1 the first is fitted at once, so that with
p = 1 - (1 - a_2/a_1)^K J_K has the determinant (1 - p) ell + p q, and det(I - J_K) and det(I + J_K)
are linear in p and positive at p = 0 and 1, by the assumptions. So all eigenvalues are in the unit
circle where the determinant is below 1, for p > (ell - 1)/(ell - q):
for K > log((ell - q)/(1 - q))/(-log(1 - a_2/a_1)).""",
    assume=[two_scales(a_1, a_2, ell, q), fixed_point],
    algorithm=target_network(alpha=1 / a_1, steps=ceiling(K)),
    parameters={K: Interval(1, 10)},
    claims=[
        threshold(
            distance,
            K,
            floor(enough),
            bracket=(enough / 2, 2 * enough),
            digits=1,
            above=True,
            over=scales,
            along=[3.05, 4.05, 6.05],
        )
    ],
    tight=[rare_state],
    iterations=4000,
    untested={
        two_scales: "the claim has its constants",
        fixed_point: "it names the point from which distances are measured",
    },
    mutants=[
        bound(floor(enough) - 1, "one step less and it diverges"),
        bound(2 * floor(enough), "half as many do"),
        step(1 / (2 * a_1), "with half the step it takes more", name="alpha"),
    ],
)

alpha = symbol("alpha_td", "step size of the temporal differences", tex=r"\alpha")
nu = symbol("nu", "growth of temporal differences along one direction")
V_0 = symbol("V_0", "size of the error at the start along one direction")


@metric("unstable", r"|u^\top (X - \omega^\star)|")
def unstable(s, oracle):
    """Size of the error along the direction in which temporal differences are unstable."""
    return absolute(oracle.unstable(s.x - oracle.x_star))


divergence = Theorem(
    cite="fellows2023target",
    title="Temporal differences without a target network diverge for every step size.",
    text="""Temporal differences diverge for every step size if B - A has a positive eigenvalue.

A step takes x - x* to (I + alpha (B - A)) (x - x*). For a left eigenvector u of B - A to the
eigenvalue nu, |u^T (x_k - x*)| = |u^T (x_0 - x*)| (1 + alpha nu)^k.""",
    assume=[unstable_direction(nu), fixed_point],
    algorithm=target_network(alpha=alpha, steps=1),
    parameters={alpha: Interval.open(0, oo)},
    initial={V_0: unstable},
    claims=[identity(unstable, V_0 * (1 + alpha * nu) ** k, when=k <= 20)],
    tight=[rare_state, rare_state(kappa=100.0), doubling],
    iterations=30,
    untested={
        unstable_direction: "the claim has its constants",
        fixed_point: "it names the point from which distances are measured",
    },
    mutants=[
        bound(V_0 * (1 + alpha * nu / 2) ** k, "the growth is nu"),
        mutant("a target network", "it converges", algorithm=target_network(alpha=1, steps=40)),
        mutant("fitted evaluation", "it converges", algorithm=fitted_evaluation()),
    ],
)
