"""SGD on strongly convex functions, bounded variance: the distance falls to a plateau.

For eta <= 2/(L + mu) a gradient step shrinks distances by 1 - eta mu, and the noise adds
eta^2 sigma^2 to the square: E|x_(k+1) - x*|^2 <= (1 - eta mu)^2 E|x_k - x*|^2 + eta^2 sigma^2.
Its fixed point is eta sigma^2/(mu (2 - eta mu)); a parabola of curvature mu attains all of it.
``decreasing``: with eta_k = 1/(mu (k + kappa)), times (k + kappa)^2, every step adds
sigma^2/mu^2 to (k + kappa - 1)^2 E|x_k - x*|^2.
"""

from sympy import Interval, Rational

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import attained, bounded_variance, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import E, distance_squared
from convlab.symbols import D, L, eta, k, kappa, mu, sigma
from convlab.theorem import Theorem, bound, mutant, step
from problems.noise import Gaussian, noisy
from problems.quadratics import parabola

assume = [smooth(L), strongly_convex(mu), bounded_variance(sigma), attained]
flat, steep = (noisy(parabola(steep=s), Gaussian(1.0)) for s in (False, True))

plateau = eta * sigma**2 / (mu * (2 - eta * mu))
rate = (1 - eta * mu) ** (2 * k)

theorem = Theorem(
    cite="dieuleveut2020bridging",
    assume=assume,
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.Lopen(0, 2 / (L + mu))},
    claims=[upper_bound(E(distance_squared), rate * D**2 + (1 - rate) * plateau)],
    tight=[flat, steep],
    mutants=[
        bound(rate * D**2 + (1 - rate) * plateau * Rational(19, 20), "equality on a parabola"),
        bound(rate * D**2 + (1 - rate) * eta * sigma**2 / (2 * mu), "steps are not so small"),
        step(Rational(21, 10) / L, "beyond 2/L it diverges"),
    ],
)

decreasing_bound = ((kappa - 1) ** 2 * D**2 + k * sigma**2 / mu**2) / (k + kappa - 1) ** 2

decreasing = Theorem(
    cite="nemirovski2009robust",
    title="SGD with steps of order 1/k on strongly convex functions: squared distances like 1/k.",
    assume=assume,
    algorithm=sgd(eta=1 / (mu * (k + kappa))),
    claims=[upper_bound(E(distance_squared), decreasing_bound, when=k >= 1)],
    tight=[noisy(parabola(kappa=2.0), Gaussian(1.0))],
    mutants=[
        bound(decreasing_bound * Rational(19, 20), "equality on a parabola of curvature mu"),
        step(1 / (5 * mu * (k + kappa)), "too short to forget the start in time"),
        mutant("constant step", "the noise stays", algorithm=sgd(eta=1 / L)),
    ],
)
