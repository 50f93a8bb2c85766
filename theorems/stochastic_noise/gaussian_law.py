"""With normal noise on a round bowl the iterates of stochastic gradient descent are normal.

On f(x) = f* + L |x - x*|^2/2 in R^d x_k - x* = (1 - eta L)^k (x_0 - x*) - eta sum of
(1 - eta L)^(k-1-i) xi_i is normal, with a mean of length m = |1 - eta L|^k D and the covariance
(s^2/d) I, s^2 = eta sigma^2 (1 - (1 - eta L)^(2k))/(L (2 - eta L)). Moments of order two do not
tell it from other noise of variance sigma^2; the fourth does. |x_k - x*|^2 d/s^2 is a noncentral
chi-squared variate, so that |x_k - x*|^2 has the cumulants
2^(n-1) (n-1)! (s^(2n) d^(1-n) + n m^2 s^(2n-2) d^(1-n)), the first two m^2 + s^2 and
2 s^4/d + 4 m^2 s^2/d. The second moment is the second cumulant and the square of the first:
m^4 + (2 + 4/d) m^2 s^2 + (1 + 2/d) s^4.
"""

from sympy import Interval, Rational

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import (
    attained,
    bounded_variance,
    gaussian_noise,
    largest_curvature,
    strongly_convex,
)
from convlab.claims import identity
from convlab.metrics import E, distance_squared, metric
from convlab.symbols import D, L, d, eta, k, mu, sigma
from convlab.theorem import Theorem, bound, mutant
from problems.noise import Gaussian, TwoPoint, noisy
from problems.quadratics import quadratic


@metric("distance^4", r"\|X - x^\star\|^4")
def fourth_power(s, oracle):
    """Fourth power of the distance to the minimizer."""
    return distance_squared.read(s, oracle) ** 2


def bowl(noise, **changes):
    """A quadratic whose curvatures are equal, with noise."""
    return noisy(quadratic(**{"kappa": 1.0} | changes), noise)


m2 = (1 - eta * L) ** (2 * k) * D**2
s2 = eta * sigma**2 * (1 - (1 - eta * L) ** (2 * k)) / (L * (2 - eta * L))
fourth = m2**2 + (2 + 4 / d) * m2 * s2 + (1 + 2 / d) * s2**2
on_the_line = m2**2 + 6 * m2 * s2 + 3 * s2**2

theorem = Theorem(
    cite="dieuleveut2020bridging",
    assume=[largest_curvature(L), strongly_convex(L), gaussian_noise(sigma), attained],
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[identity(E(fourth_power), fourth)],
    tight=[
        bowl(Gaussian(1.0), d=1),
        bowl(Gaussian(3.0), d=2, L=10.0),
        bowl(Gaussian(0.1), d=3, L=0.1),
    ],
    iterations=200,
    mutants=[
        bound(fourth * Rational(101, 100), "it is an equality"),
        bound(on_the_line, "so it is on the line, and smaller in the plane"),
        mutant(
            "any noise of that variance",
            "two-point noise has another fourth moment",
            assume=[largest_curvature(L), strongly_convex(L), bounded_variance(sigma), attained],
            tight=[bowl(TwoPoint(1.0, 0.05), d=1)],
        ),
        mutant(
            "any curvature",
            "then the directions forget the start at different rates",
            assume=[largest_curvature(L), strongly_convex(mu), gaussian_noise(sigma), attained],
            tight=[bowl(Gaussian(1.0), d=2, kappa=10.0)],
        ),
    ],
)
