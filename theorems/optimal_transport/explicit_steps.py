"""Explicit steps for the entropy too: Bures-Wasserstein gradient descent goes in circles.

With the step 1/L on a Gaussian of precision L I the new covariance is S^-1/L^2, and the next one
S again. A standard deviation s below 1/sqrt(L) becomes 1/(L s), which is farther from 1/sqrt(L). So
from a covariance that is not the right one, and not larger, the squared distance never falls below
C_0, what the first covariance contributes. The proximal step for the entropy, on the same target,
converges. Derived here: the guarantees of explicit steps in the source assume a covariance that is
neither small nor large.
"""

from sympy import Rational

from convlab.algorithm import Point
from convlab.algorithms.variational import bures_gradient_descent, forward_backward
from convlab.assumptions import attained, gaussian_target, log_concave, log_smooth
from convlab.claims import stays_away
from convlab.metrics import metric
from convlab.symbols import L, symbol
from convlab.theorem import Theorem, bound, mutant, step, without
from convlab.vocabulary import concat, split
from problems.gaussian_targets import gaussian, isotropic
from theorems.optimal_transport.forward_backward import wasserstein_squared

C_0 = symbol("C_0", "squared Bures distance of the first covariance from the best")


@metric(
    "Bures distance squared",
    r"\operatorname{tr}\bigl((S_0^{1/2} - L^{-1/2} I)^2\bigr)",
    letters={"I": "the identity"},
)
def bures_squared(s, oracle):
    """That of the covariances alone, of which the best is I/L."""
    S, m = split(s.x, s.x.shape[-2])
    return wasserstein_squared.read(Point(concat(S, 0 * m)), oracle)


theorem = Theorem(
    cite="lambert2022variational",
    assume=[log_smooth(L), log_concave(L), gaussian_target, attained],
    algorithm=bures_gradient_descent(eta=1 / L),
    initial={C_0: bures_squared},
    claims=[stays_away(wasserstein_squared, C_0)],
    tight=[isotropic, isotropic(d=3, start=0.2)],
    untested={log_smooth: "with log_concave(L) it says that the precision is L"},
    iterations=100,
    mutants=[
        bound(Rational(11, 10) * C_0, "it comes back to the start"),
        mutant("proximal step", "it converges", algorithm=forward_backward(eta=1 / L)),
        step(Rational(1, 5) / L, "short steps converge"),
        without(log_concave, "with other precisions than L it can converge", on=[gaussian]),
        without(
            gaussian_target, "a larger covariance becomes a nearer one", on=[isotropic(start=4.0)]
        ),
    ],
)
