r"""There are three workers with whom compressed gradient descent diverges, for every step size.

f_i(x) = (a_i^T x)^2 + |x|^2/4 with a_1 = (-3, 2, 2) and its permutations, an example of the source.
From t (1, 1, 1) the gradients are permutations of t (-11, 9, 9)/2. Top-1 keeps -11 t/2 of each, and
the mean of the messages is -11 t/6 (1, 1, 1), which points uphill: all iterates lie on the
diagonal. The mean f has L = 103/6, so that they grow by the factor 1 + 11 eta L/103 in every step.
Across the diagonal rounding grows faster still, so the runs are short. EF21 converges here.
"""

from sympy import Interval, oo

from convlab.algorithms.compressed import compressed_gradient_descent, ef21
from convlab.assumptions import attained, distributed, smooth
from convlab.claims import identity, stays_away
from convlab.metrics import distance
from convlab.symbols import D, L, eta, k, n
from convlab.theorem import Theorem, bound, mutant, step
from problems.distributed import competing_workers

growth = 1 + 11 * eta * L / 103

theorem = Theorem(
    cite="beznosikov2023biased",
    assume=[distributed(n), smooth(L), attained],
    algorithm=compressed_gradient_descent(eta=eta, K=1),
    parameters={eta: Interval.open(0, oo)},
    claims=[identity(distance, growth**k * D), stays_away(distance, growth * D, when=k >= 1)],
    exists=True,
    on=[competing_workers, competing_workers(scale=0.1)],
    iterations=8,
    mutants=[
        bound((1 + eta * L / 10) ** k * D, "the factor is exact"),
        step(3, "with whole gradients it converges", name="K"),
        mutant("error feedback", "EF21 converges", algorithm=ef21(eta=1 / (50 * L), K=1)),
    ],
)
