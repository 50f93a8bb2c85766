r"""EF21 with Top-K on smooth functions: the step that the mean smoothness of the workers allows.

With a = K/d, |Top_K(v) - v|^2 <= (1 - a) |v|^2. Let G_k = (1/n) sum_i |g_i - grad f_i(x_k)|^2 /
(n w_i) with w_i = L_i / sum L_j. It bounds |(1/n) sum_i (g_i - grad f_i(x_k))|^2, and
G_{k+1} <= (1 - t) G_k + (1 - t)^2/t L_avg^2 |x_{k+1} - x_k|^2 with t = 1 - sqrt(1 - a); with the
weights 1/n of the older analysis L_avg would be the root mean square of the L_i. So
f(x_k) + eta/(2 t) G_k falls by eta/2 |grad f(x_k)|^2 while eta <= 1/(L + xi L_avg), and
f(x_k) - f* + (eta/t) G_k by the factor 1 - eta mu under the inequality of Polyak and Lojasiewicz
with the shorter step of the second theorem. Here G_0 = 0. For K = d this is gradient descent.
"""

from sympy import FiniteSet, Interval, Min, Rational, sqrt

from convlab.algorithms.compressed import compressed_gradient_descent, ef21
from convlab.assumptions import attained, average_smooth, bounded_below, distributed, pl, smooth
from convlab.claims import upper_bound
from convlab.metrics import gap, gradient_norm_squared, running_mean
from convlab.symbols import Delta, L, L_avg, d, eta, k, mu, n, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.distributed import (
    competing_workers,
    distributed_quadratics,
    distributed_wells,
    indefinite_workers,
    sharp_worker,
)

K = symbol("K", "entries that a message has room for")
root = sqrt(1 - K / d)
theta = 1 - root
xi = root / theta
longest = 1 / (L + xi * L_avg)
mean_bound = 2 * Delta / (eta * k)

nonconvex = Theorem(
    cite="richtarik2024error",
    title="EF21 with Top-K on smooth functions: the mean squared gradient falls like 1/k.",
    assume=[distributed(n), average_smooth(L_avg), smooth(L), bounded_below],
    algorithm=ef21(eta=eta, K=K),
    parameters={K: FiniteSet(1, d), eta: Interval.Lopen(0, longest)},
    claims=[upper_bound(running_mean(gradient_norm_squared), mean_bound)],
    tight=[sharp_worker, competing_workers],
    on=[distributed_wells, indefinite_workers],
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
    assume=[distributed(n), average_smooth(L_avg), smooth(L), pl(mu), attained],
    algorithm=ef21(eta=eta, K=K),
    parameters={K: FiniteSet(1, d), eta: Interval.Lopen(0, longest_pl)},
    claims=[upper_bound(gap, (1 - eta * mu) ** k * Delta)],
    tight=[sharp_worker, competing_workers],
    on=[indefinite_workers, distributed_quadratics],
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
