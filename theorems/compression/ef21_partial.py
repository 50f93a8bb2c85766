r"""EF21 with partial participation: as if the messages kept the share p K/d instead of K/d.

A worker that takes part with probability p moves g_i towards grad f_i(x_{k+1}) by a message that
leaves at most 1 - K/d of the squared distance: on average 1 - p K/d is left. With t =
1 - sqrt(1 - p K/d), xi = (1 - t)/t, w_i = L_i / sum L_j and G_k = (1/n) sum_i
|g_i - grad f_i(x_k)|^2 / (n w_i), E G_{k+1} <= (1 - t) E G_k + (1 - t)^2/t L_avg^2
E |x_{k+1} - x_k|^2, and E f(x_k) + eta/(2 t) E G_k falls by eta/2 E |grad f(x_k)|^2 at least for
eta <= 1/(L + xi L_avg). So the mean of E |grad f|^2 is at most 2 Delta/(eta k). The source has
constants of its own.
"""

from sympy import Interval, sqrt

from convlab.algorithms.compressed import compressed_gradient_descent, ef21_partial
from convlab.assumptions import average_smooth, bounded_below, distributed, smooth
from convlab.claims import upper_bound
from convlab.metrics import E, gradient_norm_squared, running_mean
from convlab.symbols import Delta, L, L_avg, d, eta, k, n, symbol
from convlab.theorem import Integers, Theorem, bound, mutant, step
from problems.distributed import competing_workers, sharp_worker
from theorems.compression.ef21 import SLACK

p = symbol("p", "probability")
K = symbol("K", "entries that a message has room for")
root = sqrt(1 - p * K / d)
longest = 1 / (L + root / (1 - root) * L_avg)
mean_bound = 2 * Delta / (eta * k)

theorem = Theorem(
    cite="richtarik2024error",
    assume=[distributed(n), average_smooth(L_avg), smooth(L), bounded_below],
    algorithm=ef21_partial(eta=eta, K=K, p=p),
    parameters={
        p: Interval.Lopen(0, 1),
        K: Integers(1, d),
        eta: Interval.Lopen(0, longest),
    },
    claims=[upper_bound(E(running_mean(gradient_norm_squared)), mean_bound)],
    tight=[competing_workers, sharp_worker(n=4)],
    untested={average_smooth: SLACK},
    iterations=50,
    mutants=[
        bound(mean_bound / 2, "with all taking part, whole messages are gradient descent"),
        step(8 * longest, "much too long"),
        mutant(
            "no error feedback",
            "the workers compete",
            algorithm=compressed_gradient_descent(eta=eta, K=K),
        ),
    ],
)
