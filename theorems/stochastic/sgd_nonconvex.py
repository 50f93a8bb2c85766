"""Stochastic gradient descent on finite sums of smooth functions, not convex.

The gap grows at most by the factor 1 + a, a = eta^2 L L_max, in a step, less eta |grad f|^2, plus
a Delta_star. So the mean of E|grad f(x_i)|^2 over i < k with weights (1 + a)^(-i) is at most
(1 + a)^k Delta/(eta k) + eta L L_max Delta_star: this mean, at least as large as the smallest
E|grad f(x_i)|^2 that the source speaks of, is what is measured. The noise term is attained by two
parabolas with step 1/L_max that jump to and fro; for steps 1/sqrt(L L_max T) it reads e Delta +
Delta_star, as (1 + 1/T)^T < e.
"""

from sympy import Interval, Rational, exp, sqrt

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import (
    attained,
    components_smooth,
    finite_sum,
    function_noise,
    smooth,
)
from convlab.claims import upper_bound
from convlab.metrics import E, gradient_norm_squared, running_mean
from convlab.symbols import Delta, Delta_star, L, L_max, T, eta, k, n
from convlab.theorem import Theorem, bound
from problems.finite_sums import two_parabolas
from problems.finite_sums_nonquadratic import sine_sum

assume = [
    finite_sum(n),
    components_smooth(L_max),
    smooth(L),
    function_noise(Delta_star),
    attained,
]

a = eta**2 * L * L_max
start, noise = (1 + a) ** k * Delta / (eta * k), eta * L * L_max * Delta_star

constant_step = Theorem(
    cite="garrigos2023handbook",
    number="Theorem 5.12",
    title="SGD on smooth sums, not convex, with constant step: the mean squared gradient.",
    assume=assume,
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L_max)},
    claims=[
        upper_bound(
            E(running_mean(gradient_norm_squared, weight=(1 + a) ** (-k))),
            start + noise,
            when=k >= 1,
        )
    ],
    tight=[two_parabolas(shift=10.0), two_parabolas(shift=0.01), sine_sum],
    iterations=200,
    mutants=[
        bound(start + Rational(4, 5) * noise, "two parabolas attain the noise term"),
        bound(Delta / (eta * k) + noise, "at the start long steps need the factor 1 + a"),
        bound(start, "without interpolation the gradient does not vanish"),
    ],
)

horizon_bound = sqrt(L * L_max / T) * (exp(1) * Delta + Delta_star)

step_for_horizon = Theorem(
    cite="garrigos2023handbook",
    number="Theorem 5.12",
    title="SGD on smooth sums, not convex, with the step for T: squared gradients like 1/sqrt(T).",
    assume=assume,
    algorithm=sgd(eta=1 / sqrt(L * L_max * T)),
    claims=[
        upper_bound(
            E(running_mean(gradient_norm_squared, weight=(1 + 1 / T) ** (-k))), horizon_bound
        )
    ],
    tight=[two_parabolas(shift=10.0), two_parabolas(shift=0.01), sine_sum],
    iterations=200,
    mutants=[
        bound(horizon_bound * Rational(9, 10), "loud parabolas come to 0.97 of the bound"),
        bound(sqrt(L * L_max / T) * exp(1) * Delta, "noise adds to the gradient"),
        bound(horizon_bound / sqrt(T), "the noise is forgotten like 1/sqrt(T)"),
    ],
)
