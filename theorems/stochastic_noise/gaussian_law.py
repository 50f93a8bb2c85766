"""With normal noise on a parabola the iterates of stochastic gradient descent are normal.

x_k - x* is a linear combination of the start and of normal variates: normal, with mean
m = (1 - eta L)^k (x_0 - x*) and variance s^2 = eta sigma^2 (1 - (1 - eta L)^(2k))/(L (2 - eta L)).
Moments of order two do not tell this from other noise of variance sigma^2; the fourth moment,
m^4 + 6 m^2 s^2 + 3 s^4, does. It is sampled, with the variance of |x_k - x*|^4 that follows.
"""

from sympy import Interval, Rational

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import (
    attained,
    bounded_variance,
    gaussian_noise,
    quadratic_objective,
    smooth,
)
from convlab.claims import identity
from convlab.metrics import E, distance_squared, metric
from convlab.symbols import D, L, eta, k, sigma
from convlab.theorem import Theorem, bound, without
from problems.noise import Gaussian, TwoPoint, noisy
from problems.quadratics import quadratic

parabola = quadratic(d=1)


@metric("distance^4", r"|X - x^\star|^4")
def fourth_power(s, oracle):
    """Fourth power of the distance to the minimizer."""
    return distance_squared.read(s, oracle) ** 2


forgotten = (1 - eta * L) ** (2 * k)
m2 = forgotten * D**2
s2 = (1 - forgotten) * eta * sigma**2 / (L * (2 - eta * L))
fourth = m2**2 + 6 * m2 * s2 + 3 * s2**2
eighth = m2**4 + 28 * m2**3 * s2 + 210 * m2**2 * s2**2 + 420 * m2 * s2**3 + 105 * s2**4

theorem = Theorem(
    cite="dieuleveut2020bridging",
    assume=[
        quadratic_objective,
        smooth(L),
        gaussian_noise(sigma),
        bounded_variance(sigma),
        attained,
    ],
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.open(0, 1 / L)},
    claims=[identity(E(fourth_power), fourth, variance=eighth - fourth**2)],
    on=[noisy(parabola, Gaussian(1.0))],
    iterations=200,
    mutants=[
        bound(fourth * Rational(3, 2), "kurtosis 3, not 4.5"),
        without(
            gaussian_noise,
            "two-point noise of the same variance can have a larger fourth moment",
            on=[noisy(parabola, TwoPoint(1.0, 0.05))],
        ),
    ],
)
