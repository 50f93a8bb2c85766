r"""EF21 with Top-K on smooth functions: the step that the mean smoothness of the workers allows.

With a = K/d, |Top_K(v) - v|^2 <= (1 - a) |v|^2. Let t = 1 - sqrt(1 - a), xi = (1 - t)/t, w_i =
L_i / sum L_j and G_k = (1/n) sum_i |g_i - grad f_i(x_k)|^2 / (n w_i). It bounds
|(1/n) sum_i (g_i - grad f_i(x_k))|^2, and G_{k+1} <= (1 - t) G_k + (1 - t)^2/t L_avg^2
|x_{k+1} - x_k|^2; with the weights 1/n of the older analysis L_avg would be the root mean square of
the L_i. So f(x_k) + eta/(2 t) G_k falls by eta/2 |grad f(x_k)|^2 at least while
eta L + (eta xi L_avg)^2 <= 1, which is so for eta <= 1/(L + xi L_avg). As G_0 = 0, the mean of
|grad f|^2 is at most 2 Delta/(eta k). For K = d this is gradient descent.
"""

from sympy import Interval, Min, Rational, sqrt

from convlab.algorithms.compressed import compressed_gradient_descent, ef21
from convlab.assumptions import attained, average_smooth, bounded_below, distributed, pl, smooth
from convlab.claims import upper_bound
from convlab.metrics import gap, gradient_norm_squared, running_mean
from convlab.symbols import Delta, L, L_avg, d, eta, k, mu, n, symbol
from convlab.theorem import Integers, Theorem, bound, mutant, step
from problems.distributed import (
    competing_workers,
    sharp_worker,
)

K = symbol("K", "entries that a message has room for")
root = sqrt(1 - K / d)
theta = 1 - root
xi = root / theta
longest = 1 / (L + xi * L_avg)
SLACK = "with half of L_avg in the step, no workers at hand are above the bound"
mean_bound = 2 * Delta / (eta * k)

nonconvex = Theorem(
    cite="richtarik2024error",
    title="EF21 with Top-K on smooth functions: the mean squared gradient falls like 1/k.",
    assume=[distributed(n), average_smooth(L_avg), smooth(L), bounded_below],
    algorithm=ef21(eta=eta, K=K),
    parameters={K: Integers(1, d), eta: Interval.Lopen(0, longest)},
    claims=[upper_bound(running_mean(gradient_norm_squared), mean_bound)],
    tight=[sharp_worker, competing_workers],
    untested={average_smooth: SLACK},
    iterations=200,
    mutants=[
        bound(mean_bound / 2, "gradient descent comes to nearly all of it, Top-1 to half"),
        step(5 * longest, "one sharp worker makes it diverge"),
        mutant(
            "no error feedback",
            "the workers compete",
            algorithm=compressed_gradient_descent(eta=eta, K=K),
        ),
    ],
)

longest_pl = Min(1 / (L + sqrt(2) * xi * L_avg), theta / (2 * mu))

polyak_lojasiewicz = Theorem(
    cite="richtarik2024error",
    title="EF21 with Top-K under the Polyak-Lojasiewicz inequality: the linear rate 1 - eta mu.",
    text=r"""With a = K/d, |Top_K(v) - v|^2 <= (1 - a) |v|^2. Let theta = 1 - sqrt(1 - a),
xi = (1 - theta)/theta, w_i = L_i / sum L_j and G_k = (1/n) sum_i |g_i - grad f_i(x_k)|^2 / (n w_i),
which bounds the squared error of the mean of the g_i. G_{k+1} <= (1 - theta) G_k +
(1 - theta)^2/theta L_avg^2 |x_{k+1} - x_k|^2. As |grad f|^2 >= 2 mu (f - f*), the potential
f(x_k) - f* + (eta/theta) G_k shrinks by 1 - eta mu where eta mu <= theta/2 and
eta L + 2 (eta xi L_avg)^2 <= 1, which is so for eta <= 1/(L + sqrt(2) xi L_avg). As G_0 = 0, the
gap is at most (1 - eta mu)^k Delta.""",
    assume=[distributed(n), average_smooth(L_avg), smooth(L), pl(mu), attained],
    algorithm=ef21(eta=eta, K=K),
    parameters={K: Integers(1, d), eta: Interval.Lopen(0, longest_pl)},
    claims=[upper_bound(gap, (1 - eta * mu) ** k * Delta)],
    tight=[sharp_worker, competing_workers],
    loose="by 2 in the exponent: in the limit of short steps the gap falls like (1 - eta mu)^(2 k)",
    untested={average_smooth: SLACK},
    iterations=200,
    mutants=[
        bound((1 - Rational(11, 5) * eta * mu) ** k * Delta, "near a minimum it is (1 - eta mu)^2"),
        step(6 * longest_pl, "one sharp worker makes it diverge"),
        mutant(
            "no error feedback",
            "the workers compete",
            algorithm=compressed_gradient_descent(eta=eta, K=K),
        ),
    ],
)
