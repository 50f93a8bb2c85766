"""Acceleration under strong growth: what holds.

Let y be any point, E |g|^2 <= rho |grad f(y)|^2 and eta = 1/(rho L). Then
E f(y - eta g) <= f(y) - eta |grad f(y)|^2/2.
"""

from typing import Any

from sympy import Rational, sqrt

from convlab.algorithms.interpolation import accelerated_sgd, semi_stochastic_acceleration
from convlab.algorithms.stochastic import sgd
from convlab.assumptions import attained, pl, smooth, strong_growth, strongly_convex
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
    "tight": [coordinate_oracle, growing_least_squares, growing_noise_quadratic(rho=1.0)],
    "iterations": 200,
}

semi_stochastic = Theorem(
    **common,
    cite="mishkin2024faster",
    number="equation (5) (arXiv v2)",
    adapted="for strongly convex f, with the parameters at the point where they rest",
    title="Acceleration with an exact estimating sequence: the square root of rho.",
    text="""Let V_k = f(x_k) - f* + mu |v_k - x*|^2/2 and tau^2 = mu eta. Since tau (v - y) = y - x,
    strong convexity bounds the product in |v_(k+1) - x*|^2: E V_(k+1) <= (1 - tau) V_k + (tau^2/mu)
    |grad f(y)|^2/2 + E f(x_(k+1)) - f(y). The last two are at most -eta |grad f(y)|^2/2 by strong
    growth. The rate has sqrt(rho), at the price of a gradient per step: E f(x_k) - f* <= (1 -
    sqrt(mu eta))^k (f(x_0) - f* + mu D^2/2).""",
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
    adapted="the power counts all steps; in the source, all but the last",
    title="Acceleration with stochastic gradients only: linear in rho.",
    text="""Let V_k = f(x_k) - f* + mu |v_k - x*|^2/2. Since tau (v - y) = y - x, strong convexity
    bounds the product in |v_(k+1) - x*|^2: E V_(k+1) <= (1 - tau) V_k + (tau^2/mu) E |g|^2/2 + E
    f(x_(k+1)) - f(y) <= (1 - tau) V_k + (rho tau^2/mu - eta) |grad f(y)|^2/2. The last term
    vanishes at tau = sqrt(mu eta/rho) = sqrt(mu/L)/rho: E f(x_k) - f* <= (1 - sqrt(mu/L)/rho)^k
    (f(x_0) - f* + mu D^2/2).""",
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
    text="""With tau^2 = mu eta the recursions give tau v_(k+1) = x_(k+1) - (1 - tau) x_k. So
    y_(k+1) = (x_(k+1) + tau v_(k+1))/(1 + tau) is x_(k+1) + (1 - tau)/(1 + tau) (x_(k+1) - x_k),
    whatever the gradients are.""",
    assume=common["assume"],
    algorithm=accelerated_sgd(eta=eta, tau=root, mu=mu),
    claims=[identity(distance_squared, nesterov)],
    tight=[growing_least_squares, growing_noise_quadratic],
    iterations=40,
    mutants=[
        step(Rational(99, 100) * root, "another momentum", name="tau"),
        step(2 * mu, "the estimating sequence moves half as far", name="mu"),
        bound(sgd(eta=eta), "SGD has no momentum"),
    ],
)

baseline = Theorem(
    cite="vaswani2019fast",
    number="Theorem 4",
    adapted="the power counts all steps; in the source, all but the last",
    title="SGD under strong growth and the PL inequality: the linear rate 1 - mu/(rho L).",
    text="""With eta = 1/(rho L), E f(x_(k+1)) <= f(x_k) - eta |grad f(x_k)|^2/2 by strong growth,
    and |grad f|^2 >= 2 mu (f - f*): E f(x_k) - f* <= (1 - mu/(rho L))^k (f(x_0) - f*).""",
    assume=[smooth(L), pl(mu), strong_growth(rho), attained],
    algorithm=sgd(eta=eta),
    claims=[upper_bound(E(gap), (1 - mu * eta) ** k * Delta)],
    tight=[coordinate_oracle],
    iterations=200,
    mutants=[
        bound((1 - Rational(101, 100) * mu * eta) ** k * Delta, "an equality for one entry of d"),
        step(2 / L, "too long"),
    ],
)
