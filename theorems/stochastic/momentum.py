"""Stochastic gradient descent with momentum.

``same_method``: momentum with g_k = eta_k/(1 + l_(k+1)) and g_k b_k = g_(k-1) l_k/(1 + l_(k+1)) is
the moving average x_(k+1) = (l_(k+1) x_k + z_k)/(l_(k+1) + 1) of SGD-like points z_k. For
eta_k = eta and l_k = k/2 the steps are 2 eta/(k + 3) and the momentum is k/(k + 2); then the *last*
iterate obeys the bound that SGD has at the average. A Huber function comes to 0.37 of it.
"""

from sympy import Interval, Rational, sqrt

from convlab.algorithms.stochastic import moving_average_sgd, sgd_momentum
from convlab.assumptions import (
    attained,
    components_convex,
    components_smooth,
    finite_sum,
    gradient_noise,
)
from convlab.claims import identity, upper_bound
from convlab.metrics import E, distance_squared, gap
from convlab.symbols import D, L_max, T, eta, k, n, sigma_star
from convlab.theorem import Theorem, bound, mutant
from problems.finite_sums import least_squares, two_parabolas
from problems.finite_sums_nonquadratic import huber_sum, logistic, sine_sum

same_method = Theorem(
    cite="garrigos2023handbook",
    number="Lemma 7.3",
    assume=[finite_sum(n), components_smooth(L_max), attained],
    algorithm=sgd_momentum(eta=2 * eta / (k + 3), beta=k / (k + 2)),
    parameters={eta: Interval.Lopen(0, 1 / L_max)},
    claims=[
        identity(distance_squared, moving_average_sgd(eta=eta, weight=(k + 1) / 2)),
        identity(gap, moving_average_sgd(eta=eta, weight=(k + 1) / 2)),
    ],
    on=[least_squares, logistic, sine_sum],
    iterations=200,
    mutants=[
        bound(moving_average_sgd(eta=eta, weight=k / 2), "the weight of the next iterate counts"),
        mutant(
            "momentum k/(k + 3)",
            "steps and momentum must fit together",
            algorithm=sgd_momentum(eta=2 * eta / (k + 3), beta=k / (k + 3)),
        ),
    ],
)

root = sqrt(k + 2)
same_method_decreasing = Theorem(
    cite="garrigos2023handbook",
    number="Lemma 7.3",
    assume=same_method.assume,
    algorithm=sgd_momentum(eta=2 * eta / (root * (k + 3)), beta=root / sqrt(k + 1) * k / (k + 2)),
    parameters=same_method.parameters,
    claims=[identity(distance_squared, moving_average_sgd(eta=eta / root, weight=(k + 1) / 2))],
    on=same_method.on,
    iterations=200,
    mutants=[
        mutant(
            "momentum k/(k + 2)",
            "the momentum must undo the decrease of the step",
            algorithm=sgd_momentum(eta=2 * eta / (root * (k + 3)), beta=k / (k + 2)),
        ),
        bound(moving_average_sgd(eta=eta, weight=(k + 1) / 2), "the steps must decrease alike"),
    ],
)

assume = [
    finite_sum(n),
    components_convex,
    components_smooth(L_max),
    gradient_noise(sigma_star),
    attained,
]
loud = huber_sum(travel=1.0, noise=10.0)
last_bound = D**2 / (eta * (k + 1)) + 2 * eta * sigma_star

last_iterate = Theorem(
    cite="garrigos2023handbook",
    number="Theorem 7.4",
    assume=assume,
    algorithm=moving_average_sgd(eta=eta, weight=(k + 1) / 2),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[upper_bound(E(gap), last_bound)],
    tight=[huber_sum(travel=20.0), two_parabolas(shift=30.0), loud],
    iterations=200,
    mutants=[
        bound(last_bound * Rational(7, 20), "a Huber function comes to 0.36 of the bound"),
        bound(D**2 / (eta * (k + 1)), "without interpolation there is a plateau"),
        bound(last_bound - Rational(19, 10) * eta * sigma_star, "more than a tenth of it remains"),
    ],
)

horizon_bound = (D**2 / eta + 2 * eta * sigma_star) / sqrt(T + 1)

last_iterate_horizon = Theorem(
    cite="garrigos2023handbook",
    number="Section 7",
    assume=assume,
    algorithm=moving_average_sgd(eta=eta / sqrt(T + 1), weight=(k + 1) / 2),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[upper_bound(E(gap), horizon_bound)],
    tight=[huber_sum(travel=4.0), two_parabolas(shift=30.0)],
    iterations=300,
    mutants=[
        bound(horizon_bound / 4, "a Huber function comes to 0.3 of the bound"),
        bound(D**2 / eta / sqrt(T + 1), "noise adds to the gap"),
    ],
)
