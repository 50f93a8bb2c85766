r"""EF21 with partial participation: as if the messages kept the share p K/d instead of K/d.

A worker that takes part with probability p moves g_i towards grad f_i(x_{k+1}) by a message that
leaves 1 - K/d of the squared distance: on average 1 - p K/d is left. The rest of the proof is that
of EF21. The constants are those of this argument; the paper carries its weights over to partial
participation too, with constants of its own.
"""

from sympy import FiniteSet, Rational, sqrt

from convlab.algorithms.compressed import compressed_gradient_descent, ef21_partial
from convlab.assumptions import average_smooth, bounded_below, distributed, smooth
from convlab.claims import upper_bound
from convlab.metrics import E, gradient_norm_squared, running_mean
from convlab.symbols import Delta, L, L_avg, d, k, n, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.distributed import competing_workers, distributed_wells, sharp_worker

p = symbol("p", "probability")
root = sqrt(1 - p / d)
eta = 1 / (L + root / (1 - root) * L_avg)
mean_bound = 2 * Delta / (eta * k)

theorem = Theorem(
    cite="richtarik2024error",
    assume=[distributed(n), average_smooth(L_avg), smooth(L), bounded_below],
    algorithm=ef21_partial(eta=eta, K=1, p=p),
    parameters={p: FiniteSet(Rational(1, 2), Rational(19, 20))},
    claims=[upper_bound(E(running_mean(gradient_norm_squared)), mean_bound)],
    tight=[competing_workers, sharp_worker(n=4)],
    on=[distributed_wells(n=4, d=3)],
    iterations=50,
    mutants=[
        bound(mean_bound / 4, "two fifths of it are reached"),
        step(8 * eta, "much too long"),
        mutant(
            "no error feedback",
            "the workers compete",
            algorithm=compressed_gradient_descent(eta=eta, K=1),
        ),
    ],
)
