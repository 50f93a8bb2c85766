r"""EF21-W, the method with weights from which the better step of EF21 was found.

L_i is the smoothness constant of f_i, as in the mean L_avg. The source clones worker i until its
smoothness is that of the mean, and gives the clones weights w_i = L_i / sum L_j instead. Because
Top-K(c v) = c Top-K(v) for c > 0, g_i of EF21-W is that of EF21 over n w_i, for any weights: both
methods take the same steps. So the bound is that of EF21 for eta <= 1/(L + xi L_avg),
xi = sqrt(1 - K/d)/(1 - sqrt(1 - K/d)): the mean of |grad f|^2 is at most 2 Delta/(eta k).
"""

from sympy import Interval, sqrt

from convlab.algorithms.compressed import (
    compressed_gradient_descent,
    distributed_gradient_descent,
    ef21,
    ef21_weighted,
)
from convlab.assumptions import average_smooth, bounded_below, distributed, smooth
from convlab.claims import identity, upper_bound
from convlab.metrics import gradient_norm_squared, running_mean
from convlab.symbols import Delta, L, L_avg, d, eta, k, n, symbol
from convlab.theorem import Integers, Theorem, bound, mutant, step
from problems.distributed import (
    competing_workers,
    sharp_worker,
)
from theorems.compression.ef21 import SLACK

K = symbol("K", "entries that a message has room for")
xi = sqrt(1 - K / d) / (1 - sqrt(1 - K / d))
longest = 1 / (L + xi * L_avg)
progress = running_mean(gradient_norm_squared)
mean_bound = 2 * Delta / (eta * k)

theorem = Theorem(
    cite="richtarik2024error",
    assume=[distributed(n), average_smooth(L_avg), smooth(L), bounded_below],
    algorithm=ef21_weighted(eta=eta, K=K),
    parameters={K: Integers(1, d), eta: Interval.Lopen(0, longest)},
    claims=[
        upper_bound(progress, mean_bound),
        identity(progress, ef21(eta=eta, K=K)),
    ],
    tight=[sharp_worker],
    untested={average_smooth: SLACK},
    iterations=200,
    mutants=[
        bound(mean_bound / 2, "gradient descent comes to nearly all of it, Top-1 to half"),
        bound(distributed_gradient_descent(eta=eta), "Top-1 is not gradient descent", claim=1),
        step(5 * longest, "one sharp worker makes it diverge"),
        mutant(
            "no error feedback",
            "the workers compete",
            algorithm=compressed_gradient_descent(eta=eta, K=K),
            tight=[competing_workers],
        ),
    ],
)
