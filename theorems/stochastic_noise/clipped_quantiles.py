"""Clipped stochastic gradient descent with infinite variance: the last iterate, in quantiles.

Noise with a moment of order alpha < 2, steps of order 1/k and clipping at T^(1/alpha): quantiles of
the squared distance after T steps fall like T^(-2 (alpha - 1)/alpha), up to logarithms, read off
runs of different lengths T. Worst for each T are shocks so rare that it sees a few, and just below
the level. Without clipping fixed quantiles fall like that too, but not the tails: see
``heavy_tails``.
"""

from sympy import Rational

from convlab.algorithms.clipped import clipped_sgd
from convlab.assumptions import alpha_moment, attained, smooth, strongly_convex
from convlab.claims import scaling
from convlab.metrics import distance_squared
from convlab.symbols import L, T, alpha, k, kappa, mu, sigma
from convlab.theorem import Theorem, bound, step
from problems.exact_noise import Shocks
from problems.noise import noisy
from problems.quadratics import quadratic

eta = 1 / (mu * (k + kappa))
tau = sigma * T ** (1 / alpha)
power = -2 * (alpha - 1) / alpha
lengths = [2**n for n in range(5, 12)]


def worst(T):
    """Sixteen shocks are expected in T steps."""
    return noisy(quadratic(d=1), Shocks(1.0, 1.5, 16 / T))


theorem = Theorem(
    cite="sadiev2023high",
    assume=[smooth(L), strongly_convex(mu), alpha_moment(alpha, sigma), attained],
    algorithm=clipped_sgd(eta=eta, tau=tau),
    claims=[scaling(distance_squared, power, over=worst, at=lengths, statistic=0.99)],
    tight=[worst(32)],
    untested=dict.fromkeys(
        (smooth, strongly_convex, alpha_moment, attained),
        "the sweep goes over one family, in which all is true",
    ),
    mutants=[
        bound(power * Rational(3, 2), "no faster"),
        step(tau / 10_000, "clipped so hard that it cannot get there", name="tau"),
        step(eta / 8, "too short to forget the start"),
    ],
)
