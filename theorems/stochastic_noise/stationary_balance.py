"""The trace of the stationary covariance of stochastic gradient descent on a quadratic.

With Hessian A and noise of covariance C the covariance tends to the solution S of
A S + S A - eta A S A = eta C. The trace of that equation says, of every quadratic, that
E[4 (f - f*) - eta |grad f|^2] tends to eta sigma^2.
"""

from sympy import FiniteSet, Interval, Rational

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import (
    affine_variance,
    attained,
    gaussian_noise,
    quadratic_objective,
    smooth,
    strongly_convex,
)
from convlab.claims import limit
from convlab.metrics import E, gap, gradient_norm_squared, metric
from convlab.symbols import L, eta, mu, sigma, sigma_1
from convlab.theorem import Theorem, bound, mutant
from problems.noise import Affine, noisy, noisy_quadratic
from problems.quadratics import quadratic


@metric("balance", r"4 (f(X) - f^\star) - \eta \|\nabla f(X)\|^2", weights={"eta": eta})
def balance(s, oracle, *, eta):
    """The trace of A S + S A - eta A S A, before the expectation."""
    return 4 * gap.read(s, oracle) - eta * gradient_norm_squared.read(s, oracle)


theorem = Theorem(
    cite="dieuleveut2020bridging",
    assume=[quadratic_objective, smooth(L), strongly_convex(mu), gaussian_noise(sigma), attained],
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[limit(E(balance), eta * sigma**2, within=1e-6, absolute=False)],
    on=[noisy_quadratic],
    mutants=[
        bound(eta * sigma**2 * Rational(101, 100), "it is an equality"),
        mutant(
            "eta = 201/(100 L)",
            "beyond 2/L the second moment grows without end",
            parameters={eta: FiniteSet(Rational(201, 100) / L)},
            iterations=12_000,
        ),
        mutant(
            "noise that grows",
            "the covariance then depends on the point",
            on=[noisy(quadratic(), Affine(1.0, 0.5))],
            assume=[
                quadratic_objective,
                smooth(L),
                strongly_convex(mu),
                affine_variance(sigma, sigma_1),
                attained,
            ],
        ),
    ],
)
