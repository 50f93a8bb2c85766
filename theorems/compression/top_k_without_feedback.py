r"""Compressed gradient descent without error feedback diverges, for every step size.

From (1, 1, 1) the gradients of the three workers are permutations of (-11, 9, 9)/2. Top-1 keeps
-11/2 of each, and the mean of the messages is -11/6 (1, 1, 1), which points uphill: all iterates
lie on the diagonal, and grow by the factor 1 + 11 eta/6 in a step. Across the diagonal
rounding grows faster still, so the runs are short. EF21 converges here.
"""

from sympy import Interval, oo

from convlab.algorithms.compressed import compressed_gradient_descent, ef21
from convlab.assumptions import attained, distributed, smooth
from convlab.claims import identity, stays_away
from convlab.metrics import distance
from convlab.symbols import D, L, eta, k, n
from convlab.theorem import Theorem, bound, mutant, step
from problems.distributed import competing_workers

growth = 1 + 11 * eta / 6

theorem = Theorem(
    cite="beznosikov2023biased",
    number="Example 1",
    assume=[distributed(n), smooth(L), attained],
    algorithm=compressed_gradient_descent(eta=eta, K=1),
    parameters={eta: Interval.open(0, oo)},
    claims=[identity(distance, growth**k * D), stays_away(distance, growth * D, when=k >= 1)],
    tight=[competing_workers],
    on=[],
    iterations=8,
    mutants=[
        bound((1 + 10 * eta / 6) ** k * D, "the factor is exact"),
        step(3, "with whole gradients it converges", name="K"),
        mutant("error feedback", "EF21 converges", algorithm=ef21(eta=1 / (50 * L), K=1)),
    ],
)
