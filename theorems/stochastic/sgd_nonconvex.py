"""Stochastic gradient descent on finite sums of smooth functions, not convex.

The mean of E|grad f(x_i)|^2 is at least as large as the smallest one.
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
    title="SGD on smooth sums, not convex, with constant step: the mean squared gradient.",
    text="""In a step the mean of f - f* is at most (1 + a) (f(x_k) - f*) - eta |grad f(x_k)|^2 +
a Delta_star, a = eta^2 L L_max: by the descent lemma and E|grad f_i|^2 <= 2 L_max (f - f* +
Delta_star).

Divided by (1 + a)^(k+1) and summed, with weights w_i = (1 + a)^(-i) whose sum is at least k (1 +
a)^(1-k): the mean of E|grad f(x_i)|^2 over i < k with these weights is at most
(1 + a)^k (f(x_0) - f*)/(eta k) + eta L L_max Delta_star.""",
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
    loose=(
        "by the first factor: parabolas that jump to and fro attain the noise term, and so "
        "hide the growth of the other"
    ),
    mutants=[
        bound(start + Rational(4, 5) * noise, "two parabolas attain the noise term"),
        bound(Delta / (eta * k) + noise, "at the start long steps need the factor 1 + a"),
        bound(start, "without interpolation the gradient does not vanish"),
    ],
)

horizon_bound = sqrt(L * L_max / T) * (exp(1) * Delta + Delta_star)

step_for_horizon = Theorem(
    cite="garrigos2023handbook",
    title="SGD on smooth sums, not convex, with the step for T: squared gradients like 1/sqrt(T).",
    text="""In a step the mean of f - f* is at most (1 + a) (f(x_k) - f*) - eta |grad f(x_k)|^2 +
a Delta_star, a = eta^2 L L_max: by the descent lemma and E|grad f_i|^2 <= 2 L_max (f - f* +
Delta_star).

So the weighted mean over i < T is at most (1 + a)^T (f(x_0) - f*)/(eta T) + eta L L_max
Delta_star. With eta = 1/sqrt(L L_max T), a = 1/T and (1 + 1/T)^T < e: at most
sqrt(L L_max/T) (e (f(x_0) - f*) + Delta_star).""",
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
