r"""EF21: what the arithmetic mean in place of the quadratic mean is worth.

One worker of n has curvature n, the others hardly any: L and L_avg stay near 1, and the quadratic
mean L_rms is sqrt(n). With the step of the new analysis the iterations to an accuracy do not grow
with n; with that of the old one, 1/(L + xi L_rms), they grow like its square root.
``fewer_iterations`` says so of any f_i, for runs to the same accuracy: the new step needs at most
the share of iterations by which it is longer. That is what the bounds promise, not what the paper
proves of the runs; a tenth is allowed on top.
"""

from sympy import Rational, sqrt

from convlab.algorithms.compressed import ef21
from convlab.assumptions import (
    attained,
    average_smooth,
    distributed,
    root_mean_square_smooth,
    smooth,
    strongly_convex,
)
from convlab.claims import complexity, ordering
from convlab.metrics import gap, gradient_norm_squared, until
from convlab.symbols import L, L_avg, d, mu, n, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.distributed import distributed_quadratics, sharp_worker

K = 1
L_rms = symbol(
    "L_rms", "root mean square of the smoothness constants of the workers", tex=r"L_{\mathrm{rms}}"
)
xi = sqrt(1 - K / d) / (1 - sqrt(1 - K / d))
new = 1 / (L + xi * L_avg)
old = 1 / (L + xi * L_rms)
assume = [
    distributed(n),
    smooth(L),
    average_smooth(L_avg),
    root_mean_square_smooth(L_rms),
    strongly_convex(mu),
    attained,
]


def workers(n):
    """The problem with n workers, one of them sharp."""
    return sharp_worker(n=n)


any_number_of_workers = Theorem(
    cite="richtarik2024error",
    title="EF21 with the new step: one sharp worker among n costs no more iterations as n grows.",
    assume=assume,
    algorithm=ef21(eta=new, K=K),
    claims=[complexity(gap, 0, over=workers, at=(2, 4, 8, 16, 32), eps=1e-4)],
    tight=[sharp_worker],
    on=[],
    iterations=300,
    mutants=[
        mutant("the old step", "L_rms = sqrt(n)", algorithm=ef21(eta=old, K=K)),
        bound(-Rational(1, 8), "more workers do not help"),
    ],
)

fewer_iterations = Theorem(
    cite="richtarik2024error",
    title="EF21: the new, longer step saves iterations in the proportion in which it is longer.",
    assume=assume,
    algorithm=ef21(eta=new, K=K),
    claims=[
        ordering(until(gradient_norm_squared, 1e-6), ef21(eta=old, K=K), factor=1.1 * old / new)
    ],
    tight=[sharp_worker],
    on=[distributed_quadratics(spread=1000.0, kappa=2.0)],
    iterations=1000,
    mutants=[
        bound(0.9 * old / new, "on one sharp worker the share is attained"),
        step(old, "the old step itself"),
    ],
)
