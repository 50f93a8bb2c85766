"""Clipped stochastic gradient descent with infinite variance: the last iterate, in quantiles.

Noise with a moment of order alpha < 2, steps of order 1/k and clipping at k^(1/alpha): every
quantile of the squared distance falls like k^(-2 (alpha - 1)/alpha), up to logarithms. Without
clipping the fixed quantiles do so too, but not their tails: see ``heavy_tails``.
"""

from convlab.algorithms.clipped import clipped_sgd
from convlab.assumptions import alpha_moment, attained, smooth, strongly_convex
from convlab.claims import exponent
from convlab.metrics import distance_squared
from convlab.symbols import L, alpha, k, kappa, mu, sigma
from convlab.theorem import Theorem, step
from problems.noise import OneSidedPareto, Student, noisy
from problems.quadratics import quadratic

eta = 1 / (mu * (k + kappa))
tau = sigma * (k + 1) ** (1 / alpha)
power = -2 * (alpha - 1) / alpha

theorem = Theorem(
    cite="sadiev2023high",
    assume=[smooth(L), strongly_convex(mu), alpha_moment(alpha, sigma), attained],
    algorithm=clipped_sgd(eta=eta, tau=tau),
    claims=[exponent(distance_squared, power, statistic=0.99)],
    tight=[noisy(quadratic(d=1), OneSidedPareto(1.0, 1.5, 1.52))],
    on=[noisy(quadratic(d=3, kappa=2.0), Student(1.0, 1.5, 1.6))],
    mutants=[
        step(tau / 10_000, "clipped so hard that it cannot get there", name="tau"),
        step(eta / 8, "too short to forget the start"),
    ],
)
