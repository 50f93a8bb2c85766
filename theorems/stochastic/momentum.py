"""Stochastic gradient descent with momentum."""

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

only_steps = {components_smooth: "it only says how long the steps are: no run overflows"}

same_method = Theorem(
    cite="garrigos2023handbook",
    title="SGD with momentum is a moving average of the points of another SGD: constant step.",
    text="""Let z_k = z_(k-1) - eta_k g_k and x_(k+1) = (l_(k+1) x_k + z_k)/(l_(k+1) + 1), with
l_0 = 0.

Then x_(k+1) - x_k = (z_k - x_k)/(l_(k+1) + 1), and z_(k-1) - x_k = l_k (x_k - x_(k-1)): the steps
are -eta_k g_k/(l_(k+1) + 1) + l_k/(l_(k+1) + 1) (x_k - x_(k-1)). This is momentum with steps s_k
and factors b_k where s_k = eta_k/(1 + l_(k+1)) and s_k b_k = s_(k-1) l_k/(1 + l_(k+1)). For eta_k
= eta and l_k = k/2 both methods have the same x_k, with
s_k = 2 eta/(k + 3) and b_k = k/(k + 2).""",
    assume=[finite_sum(n), components_smooth(L_max), attained],
    algorithm=sgd_momentum(eta=2 * eta / (k + 3), beta=k / (k + 2)),
    parameters={eta: Interval.Lopen(0, 1 / L_max)},
    claims=[
        identity(distance_squared, moving_average_sgd(eta=eta, weight=(k + 1) / 2)),
        identity(gap, moving_average_sgd(eta=eta, weight=(k + 1) / 2)),
    ],
    tight=[least_squares, logistic, sine_sum],
    iterations=200,
    untested=only_steps,
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
    title="SGD with momentum is a moving average of the points of another SGD: decreasing steps.",
    text="""Momentum has the same x_k as the average with z_k = z_(k-1) - eta_k g_k and weights
l_k where s_k = eta_k/(1 + l_(k+1)) and s_k b_k = s_(k-1) l_k/(1 + l_(k+1)) (``same_method``).

For eta_k = eta/sqrt(k + 2) and l_k = k/2 these are
s_k = 2 eta/(sqrt(k + 2) (k + 3)) and b_k = sqrt(k + 2)/sqrt(k + 1) k/(k + 2).""",
    assume=same_method.assume,
    algorithm=sgd_momentum(eta=2 * eta / (root * (k + 3)), beta=root / sqrt(k + 1) * k / (k + 2)),
    parameters=same_method.parameters,
    claims=[identity(distance_squared, moving_average_sgd(eta=eta / root, weight=(k + 1) / 2))],
    tight=same_method.tight,
    iterations=200,
    untested=only_steps,
    mutants=[
        mutant(
            "momentum k/(k + 2)",
            "the momentum must undo the decrease of the step",
            algorithm=sgd_momentum(eta=2 * eta / (root * (k + 3)), beta=k / (k + 2)),
        ),
        bound(moving_average_sgd(eta=eta, weight=(k + 1) / 2), "the steps must decrease alike"),
    ],
)
