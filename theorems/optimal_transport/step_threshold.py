"""There are targets on which forward-backward Gaussian inference converges up to the step 1/L only.

In a direction of precision p the standard deviation obeys s_+ - eta/s_+ = |1 - eta p| s. For
eta p <= 1 its fixed point is s^2 = 1/p; for 1 < eta p < 2 it is eta/(2 - eta p), because
I - eta hess V is no longer an optimal transport map; the mean converges up to 2/L all the same.
So the condition eta <= 1/L of the theorem cannot be relaxed, while gradient descent has up to 2/L.
Derived here.
"""

from sympy import FiniteSet, Interval, Rational, sqrt

from convlab.algorithms.variational import forward_backward
from convlab.assumptions import attained, gaussian_target, log_concave, log_smooth
from convlab.claims import limit, threshold
from convlab.metrics import metric
from convlab.symbols import L, eta, symbol
from convlab.theorem import Theorem, bound, step
from convlab.vocabulary import full_scalar
from problems.gaussian_targets import gaussian, isotropic
from theorems.optimal_transport.forward_backward import wasserstein_squared

rows = symbol("d_z", "dimension of the target")


@metric("dimension", "d")
def dimension(s, oracle):
    """Of the Gaussian."""
    return full_scalar(s.x, s.x.shape[-2])


theorem = Theorem(
    cite="diao2023forward",
    assume=[log_smooth(L), gaussian_target, attained],
    algorithm=forward_backward(eta=eta),
    parameters={eta: FiniteSet(1 / L)},
    claims=[threshold(wasserstein_squared, eta, 1 / L, bracket=(Rational(1, 2) / L, 2 / L))],
    exists=True,
    on=[gaussian(kappa=4.0), gaussian(d=2, kappa=2.0)],
    iterations=400,
    mutants=[
        bound(2 / L, "where gradient descent stops converging"),
        bound(Rational(9, 10) / L, "at 0.95/L it still converges"),
    ],
)

wrong = Theorem(
    cite="diao2023forward",
    title="Beyond the step 1/L forward-backward Gaussian inference goes to a wrong covariance.",
    text="""
For a target of precision L I the standard deviation s in any direction obeys
s_+ - eta/s_+ = (eta L - 1) s for 1/L < eta < 2/L. At the fixed point (2 - eta L) s = eta/s, so
s^2 = eta/(2 - eta L); the mean goes to that of the target. The squared distance of the two
Gaussians in d dimensions is d (sqrt(eta/(2 - eta L)) - 1/sqrt(L))^2. Derived here.""",
    assume=[log_smooth(L), log_concave(L), attained],
    algorithm=forward_backward(eta=eta),
    parameters={eta: Interval(Rational(21, 20) / L, Rational(19, 10) / L)},
    initial={rows: dimension},
    claims=[
        limit(
            wasserstein_squared,
            rows * (sqrt(eta / (2 - eta * L)) - 1 / sqrt(L)) ** 2,
            within=1e-6,
            absolute=False,
        )
    ],
    tight=[isotropic],
    untested=dict.fromkeys((log_smooth, log_concave), "both say that the precision is L"),
    iterations=200,
    mutants=[
        bound(rows * (sqrt(eta) - 1 / sqrt(L)) ** 2, "nor that of the proximal step alone"),
        step(Rational(9, 10) / L, "there it goes to the best Gaussian"),
    ],
)
