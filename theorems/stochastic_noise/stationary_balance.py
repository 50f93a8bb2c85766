"""The trace of the stationary covariance of stochastic gradient descent on a quadratic.

With noise of variance sigma^2 in every point, and 2 <x - x*, grad f(x)> = 4 (f(x) - f*) on a
quadratic, a step changes the mean square: E[|x_(k+1) - x*|^2 | x_k] = |x_k - x*|^2
- eta (4 (f(x_k) - f*) - eta |grad f(x_k)|^2) + eta^2 sigma^2. So the mean of the bracket tends to
eta sigma^2 as E|x_k - x*|^2 comes to rest: it is the trace of A S + S A - eta A S A = eta C, for
the Hessian A, the limit S of the covariance and that of the noise, C. In the eigenvectors of A
E|x_k - x*|^2 - E|x_(k+1) - x*|^2 is a sum of r^k (1 - r) (s_0 - s), with r = (1 - eta lambda)^2 < 1
for eta < 2/L, and r^k (1 - r) <= p = (k/(k + 1))^k/(k + 1); the s_0 have the sum D^2, and the s one
of at most S = eta sigma^2 max(1/(mu (2 - eta mu)), 1/(L (2 - eta L))). So the mean is, after k
steps, within p (D^2 + S)/eta of eta sigma^2.
"""

from sympy import Interval, Max, Rational

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import (
    affine_variance,
    attained,
    convex,
    gaussian_noise,
    quadratic_objective,
    smooth,
    strongly_convex,
)
from convlab.claims import drift, limit
from convlab.metrics import E, distance_squared, gap, gradient_norm_squared, metric
from convlab.symbols import D, L, V, eta, k, mu, sigma, sigma_1, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.noise import Affine, Gaussian, noisy, noisy_huber, noisy_quadratic
from problems.quadratics import parabola, quadratic


@metric("balance", r"4 (f(X) - f^\star) - \eta \|\nabla f(X)\|^2", weights={"eta": eta}, least=None)
def balance(s, oracle, *, eta):
    """The trace of A S + S A - eta A S A, before the expectation."""
    return 4 * gap.read(s, oracle) - eta * gradient_norm_squared.read(s, oracle)


W = symbol("W", "4 (f(x_k) - f*) - eta |grad f(x_k)|^2", sign="real")
largest = eta * sigma**2 * Max(1 / (mu * (2 - eta * mu)), 1 / (L * (2 - eta * L)))
apart = (D**2 + largest) / (eta * (k + 1)) * (k / (k + 1)) ** k
convex_part = [smooth(L), strongly_convex(mu)]
step_identity = drift(
    distance_squared, V - eta * W + eta**2 * sigma**2, equal=True, given={W: balance}
)

theorem = Theorem(
    cite="dieuleveut2020bridging",
    assume=[quadratic_objective, *convex_part, gaussian_noise(sigma), attained],
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[
        limit(E(balance), eta * sigma**2, envelope=apart),
        step_identity,
    ],
    tight=[
        noisy_quadratic,
        noisy(quadratic(d=2, L=100.0, kappa=100.0), Gaussian(10.0)),
        noisy(parabola(), Gaussian(0.01)),
    ],
    mutants=[
        bound(eta * sigma**2 * Rational(3, 2), "one and a half times that"),
        bound(V - eta * W + Rational(101, 100) * eta**2 * sigma**2, "it is an equality", claim=1),
        mutant(
            "eta = 201/(100 L)",
            "beyond 2/L the second moment grows without end",
            algorithm=sgd(eta=Rational(201, 100) / L),
        ),
        mutant(
            "noise that grows",
            "the covariance then depends on the point",
            assume=[quadratic_objective, *convex_part, affine_variance(sigma, sigma_1), attained],
            tight=[noisy(quadratic(), Affine(1.0, 0.5))],
        ),
        mutant(
            "any convex function",
            "where it is flat the balance is another",
            assume=[convex, smooth(L), gaussian_noise(sigma), attained],
            tight=[noisy_huber],
            claims=[step_identity],
        ),
    ],
)
