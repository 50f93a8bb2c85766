"""Stochastic gradient descent with momentum, at the last iterate.

With steps 2 eta/(k + 3) and momentum k/(k + 2), which is the moving average of ``momentum`` with
l_k = k/2, the *last* iterate obeys the bound that SGD has at the average. A Huber function comes
to 0.36 of the first term; of the second a tenth is seen on parabolas.
"""

from sympy import Interval, Rational, sqrt

from convlab.algorithms.stochastic import moving_average_sgd
from convlab.claims import upper_bound
from convlab.metrics import E, gap
from convlab.symbols import D, L_max, T, eta, k, sigma_star
from convlab.theorem import Theorem, bound
from problems.finite_sums import two_parabolas
from problems.finite_sums_nonquadratic import huber_sum
from theorems.stochastic.sgd_convex import assume

loud = huber_sum(travel=1.0, noise=10.0)
last_bound = D**2 / (eta * (k + 1)) + 2 * eta * sigma_star

constant_step = Theorem(
    cite="garrigos2023handbook",
    number="Theorem 7.4",
    title="SGD with momentum on convex sums: the last iterate to a plateau, like 1/k.",
    assume=assume,
    algorithm=moving_average_sgd(eta=eta, weight=(k + 1) / 2),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[upper_bound(E(gap), last_bound)],
    tight=[huber_sum(travel=20.0), two_parabolas(shift=30.0), loud],
    iterations=200,
    mutants=[
        bound(last_bound * Rational(3, 10), "a Huber function comes to 0.36 of the bound"),
        bound(D**2 / (eta * (k + 1)), "without interpolation there is a plateau"),
        bound(last_bound - Rational(19, 10) * eta * sigma_star, "more than a tenth of it remains"),
    ],
)

horizon_bound = (D**2 / eta + 2 * eta * sigma_star) / sqrt(T + 1)

step_for_horizon = Theorem(
    cite="garrigos2023handbook",
    number="Section 7",
    title="SGD with momentum on convex sums and the step for T: 1/sqrt(T) at the last iterate.",
    assume=assume,
    algorithm=moving_average_sgd(eta=eta / sqrt(T + 1), weight=(k + 1) / 2),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[upper_bound(E(gap), horizon_bound)],
    tight=[huber_sum(travel=4.0), two_parabolas(shift=30.0)],
    iterations=300,
    loose=(
        "by 3.5: of the bound for constant steps, from which it comes, a Huber function reaches "
        "0.36, and its width would have to fit T"
    ),
    mutants=[
        bound(horizon_bound / 4, "a Huber function comes to 0.3 of the bound"),
        bound(D**2 / eta / sqrt(T + 1), "noise adds to the gap"),
    ],
)
