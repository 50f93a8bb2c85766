"""Forward-backward Gaussian inference with one sample per step, of a Gaussian target.

The Hessian is then constant, so that only the mean is random: with P the precision of the target,
m_(k+1) - m* = (I - eta P) (m_k - m*) - eta P xi, xi ~ N(0, S_k), while S_k is that of the exact
method. From a smaller covariance that commutes with P it stays below P^-1, and the noise adds
eta^2 tr(P^2 S_k) <= eta^2 L d per step, of which the next keeps at most (1 - eta mu)^2. So there
remain at most eta^2 L d/(1 - (1 - eta mu)^2) = eta L d/(mu (2 - eta mu)), beside
(1 - eta mu)^(2k) W_0^2 <= exp(-2 eta mu k) W_0^2 of what the exact method has. Derived here; the
source has the order, for every log-concave target.
"""

from sympy import Interval, Rational, exp

from convlab.algorithms.variational import stochastic_forward_backward
from convlab.assumptions import attained, gaussian_target, log_concave, log_smooth
from convlab.claims import upper_bound
from convlab.metrics import E
from convlab.symbols import L, eta, k, mu
from convlab.theorem import Theorem, bound, step
from problems.gaussian_targets import gaussian, isotropic
from theorems.optimal_transport.forward_backward import W_0, wasserstein, wasserstein_squared
from theorems.optimal_transport.step_threshold import dimension, rows

rate = exp(-2 * eta * mu * k) * W_0**2
ball = eta * rows * L / (mu * (2 - eta * mu))

theorem = Theorem(
    cite="diao2023forward",
    assume=[log_smooth(L), log_concave(mu), gaussian_target, attained],
    algorithm=stochastic_forward_backward(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    initial={W_0: wasserstein, rows: dimension},
    claims=[upper_bound(E(wasserstein_squared), rate + ball)],
    tight=[isotropic, gaussian(d=2, kappa=3.0)],
    untested={gaussian_target: "on other targets the bound was seen to hold as well"},
    iterations=60,
    mutants=[
        bound(rate + ball * Rational(3, 4), "the noise keeps more than that"),
        bound(exp(-3 * eta * mu * k) * W_0**2 + ball, "the mean loses 1 - eta mu a step"),
        step(Rational(11, 5) / L, "beyond 2/L the mean diverges"),
    ],
)
