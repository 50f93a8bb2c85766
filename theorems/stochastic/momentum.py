"""Stochastic gradient descent with momentum.

``same_method``: momentum with g_k = eta_k/(1 + l_(k+1)) and g_k b_k = g_(k-1) l_k/(1 + l_(k+1)) is
the moving average x_(k+1) = (l_(k+1) x_k + z_k)/(l_(k+1) + 1) of SGD-like points z_k. For
eta_k = eta and l_k = k/2 the steps are 2 eta/(k + 3) and the momentum is k/(k + 2).
"""

from sympy import Interval, sqrt

from convlab.algorithms.stochastic import moving_average_sgd, sgd_momentum
from convlab.assumptions import (
    attained,
    components_smooth,
    finite_sum,
)
from convlab.claims import identity
from convlab.metrics import distance_squared, gap
from convlab.symbols import L_max, eta, k, n
from convlab.theorem import Theorem, bound, mutant
from problems.finite_sums import least_squares
from problems.finite_sums_nonquadratic import sine_sum
from problems.logistic import logistic

same_method = Theorem(
    cite="garrigos2023handbook",
    number="Lemma 7.3",
    title="SGD with momentum is a moving average of the points of another SGD: constant step.",
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
    title="SGD with momentum is a moving average of the points of another SGD: decreasing steps.",
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
