"""Stochastic gradient descent with momentum, at the last iterate.

With steps 2 eta/(k + 3) and momentum k/(k + 2), which is the moving average of ``momentum`` with
lambda_k = k/2, the *last* iterate obeys the bound that SGD has at the average.
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
from theorems.stochastic.sgd_convex_decreasing import slack

loud = huber_sum(travel=1.0, noise=10.0)
last_bound = D**2 / (eta * (k + 1)) + 2 * eta * sigma_star

constant_step = Theorem(
    cite="garrigos2023handbook",
    title="SGD with momentum on convex sums: the last iterate to a plateau, like 1/k.",
    text="""With lambda_k = k/2, z_(k-1) = x_k + lambda_k (x_k - x_(k-1)), so that |z_k - x*|^2
is expanded with g.

The mean of <g, z_(k-1) - x*> is at least f(x_k) - f* + lambda_k (f(x_k) - f(x_(k-1))), by
convexity, and that of |g|^2 at most 4 L_max (f(x_k) - f*) + 2 sigma_star. As eta <= 1/(4 L_max),
the mean of the next |z - x*|^2 + 2 eta lambda_(k+1) (f - f*) at x_k is at most what it was at
x_(k-1), plus 2 eta^2 sigma_star: the weights are 1 + lambda_k - 1/2 = lambda_(k+1). From z_(-1) =
x_0 with lambda_0 = 0, after k + 1 steps eta (k + 1) E[f(x_k) - f*] <= D^2 + 2 eta^2 sigma_star (k
+ 1):
E f(x_k) - f* <= D^2/(eta (k + 1)) + 2 eta sigma_star.""",
    assume=assume,
    algorithm=moving_average_sgd(eta=eta, weight=(k + 1) / 2),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[upper_bound(E(gap), last_bound)],
    tight=[huber_sum(travel=20.0), two_parabolas(shift=30.0), loud],
    iterations=200,
    loose=(
        "by 2.7: a Huber function comes to 0.36 of the bound, and of the term with the "
        "noise a tenth is seen"
    ),
    untested=slack,
    mutants=[
        bound(last_bound * Rational(3, 10), "a Huber function comes to 0.36 of the bound"),
        bound(D**2 / (eta * (k + 1)), "without interpolation there is a plateau"),
        bound(last_bound - Rational(19, 10) * eta * sigma_star, "more than a tenth of it remains"),
    ],
)

horizon_bound = (D**2 / eta + 2 * eta * sigma_star) / sqrt(T + 1)

step_for_horizon = Theorem(
    cite="garrigos2023handbook",
    title="SGD with momentum on convex sums and the step for T: 1/sqrt(T) at the last iterate.",
    text="""For a constant step s <= 1/(4 L_max), E f(x_k) - f* <= D^2/(s (k + 1)) + 2 s
sigma_star.

With the step s = eta/sqrt(T + 1), at k = T,
E f(x_T) - f* <= (D^2/eta + 2 eta sigma_star)/sqrt(T + 1).""",
    assume=assume,
    algorithm=moving_average_sgd(eta=eta / sqrt(T + 1), weight=(k + 1) / 2),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[upper_bound(E(gap), horizon_bound)],
    tight=[huber_sum(travel=4.0), two_parabolas(shift=30.0)],
    iterations=300,
    untested=slack,
    loose=(
        "by 3.5: of the bound for constant steps, from which it comes, a Huber function reaches "
        "0.36, and its width would have to fit T"
    ),
    mutants=[
        bound(horizon_bound / 4, "a Huber function comes to 0.3 of the bound"),
        bound(D**2 / eta / sqrt(T + 1), "noise adds to the gap"),
    ],
)
