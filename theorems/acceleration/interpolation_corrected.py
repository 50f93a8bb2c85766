"""Acceleration under strong growth: what holds.

Let E |g|^2 <= rho |grad f|^2, eta = 1/(rho L): then E f(y - eta g) <= f(y) - eta |grad f|^2/2.
``semi_stochastic``: with tau^2 = mu eta the minimum of the estimating sequence, which has the exact
gradient, is at least f(y_k) - eta |grad f(y_k)|^2/2, and so at least the mean of f(x_(k+1)): the
rate of sqrt(rho), at the price of a gradient per step. ``stochastic``: with stochastic gradients in
both, the energy f(x) - f* + mu |v - x*|^2/2 falls by 1 - tau if tau^2 rho <= mu eta, which gives
tau = sqrt(mu/L)/rho, the rate of Vaswani et al. (2019), Theorem 1. ``baseline`` is SGD. With
tau^2 = mu eta, ``same_method``, tau v_(k+1) = x_(k+1) - (1 - tau) x_k, so that y_(k+1) is
x_(k+1) + (1 - tau)/(1 + tau) (x_(k+1) - x_k): Nesterov's momentum, draw by draw.
"""

from typing import Any

from sympy import Rational, sqrt

from convlab.algorithms.interpolation import accelerated_sgd, semi_stochastic_acceleration
from convlab.algorithms.stochastic import sgd
from convlab.assumptions import attained, smooth, strong_growth, strongly_convex
from convlab.claims import identity, upper_bound
from convlab.metrics import E, distance_squared, gap
from convlab.symbols import Delta, L, k, mu
from convlab.theorem import Theorem, bound, mutant, step
from problems.strong_growth import (
    coordinate_oracle,
    growing_least_squares,
    growing_noise_quadratic,
)
from theorems.acceleration.interpolation import energy, eta, nesterov, rho, root

linear = sqrt(mu * eta / rho)
common: dict[str, Any] = {
    "assume": [smooth(L), strongly_convex(mu), strong_growth(rho), attained],
    "tight": [coordinate_oracle],
    "on": [growing_least_squares, growing_noise_quadratic, growing_noise_quadratic(rho=1.0)],
    "iterations": 200,
}

semi_stochastic = Theorem(
    **common,
    cite="mishkin2024faster",
    number="equation (5)",
    title="Acceleration with an exact estimating sequence: the square root of rho.",
    algorithm=semi_stochastic_acceleration(eta=eta, tau=root, mu=mu),
    claims=[upper_bound(E(gap), (1 - root) ** k * energy)],
    mutants=[
        bound((1 - 2 * root) ** k * energy, "half the time"),
        mutant("momentum", "stochastic gradients only", algorithm=nesterov),
        step(3 / L, "as if rho were 1/3", name="eta"),
    ],
)

stochastic = Theorem(
    **common,
    cite="vaswani2019fast",
    number="Theorem 1",
    title="Acceleration with stochastic gradients only: linear in rho.",
    algorithm=accelerated_sgd(eta=eta, tau=linear, mu=mu),
    claims=[upper_bound(E(gap), (1 - linear) ** k * energy)],
    mutants=[
        bound((1 - Rational(6, 5) * linear) ** k * energy, "an equality but for a factor of two"),
        bound((1 - root) ** k * energy, "not the square root of rho"),
        step(root, "too much weight on the noise", name="tau"),
    ],
)

same_method = Theorem(
    cite="vaswani2019fast",
    title="Acceleration by an estimating sequence is Nesterov's momentum, draw by draw.",
    assume=common["assume"],
    algorithm=accelerated_sgd(eta=eta, tau=root, mu=mu),
    claims=[identity(distance_squared, nesterov)],
    tight=[growing_least_squares, growing_noise_quadratic],
    on=[coordinate_oracle],
    iterations=40,
    mutants=[
        step(Rational(99, 100) * root, "another momentum", name="tau"),
        step(2 * mu, "the estimating sequence moves half as far", name="mu"),
        bound(sgd(eta=eta), "SGD has no momentum"),
    ],
)

baseline = Theorem(
    **common,
    cite="vaswani2019fast",
    title="Stochastic gradient descent under strong growth: the linear rate 1 - mu/(rho L).",
    algorithm=sgd(eta=eta),
    claims=[upper_bound(E(gap), (1 - mu * eta) ** k * Delta)],
    mutants=[
        bound((1 - Rational(101, 100) * mu * eta) ** k * Delta, "an equality for one entry of d"),
        step(2 / L, "too long"),
    ],
)
