"""No gradient method is faster than 1/k^2 on smooth convex functions.

After k steps from 0, a method whose steps are combinations of gradients has moved k coordinates
of the chain in 2k + 1 dimensions: its gap is at least L/(16 (k + 1)), and D^2 is at most
2 (k + 1)/3. The bound speaks of k = (d - 1)/2 only, the horizon of the chain. Conjugate gradients,
which minimize over all that gradients reach, attain it for large k; Nesterov's method stays
within a factor of four.
"""

from convlab.algorithms.accelerated import accelerated_gradient
from convlab.algorithms.gradient import conjugate_gradient
from convlab.assumptions import attained, convex, smooth
from convlab.claims import lower_bound
from convlab.metrics import distance_squared, gap
from convlab.symbols import D, L, T, k
from convlab.theorem import Theorem, bound, mutant
from problems.quadratics import two_curvatures
from problems.worst_case import nesterov_chain

floor = 3 * L * D**2 / (32 * (T + 1) ** 2)

best_method = Theorem(
    cite="nesterov2004introductory",
    number="Theorem 2.1.7",
    title="The lower bound for smooth convex functions, of order 1/k^2: the best gradient method.",
    assume=[convex, smooth(L), attained],
    algorithm=conjugate_gradient(),
    claims=[lower_bound(gap, floor), lower_bound(distance_squared, D**2 / 8)],
    on=[nesterov_chain],
    mutants=[
        bound(1.2 * floor, "conjugate gradients come close to the bound"),
        bound(D**2 / 3, "conjugate gradients come to D^2/4", claim=1),
        mutant(
            "any number of steps",
            "a few steps in many dimensions are not covered",
            claims=[lower_bound(gap, floor.subs(T, k))],
        ),
        mutant("another function", "in two dimensions two steps suffice", on=[two_curvatures]),
    ],
)

nesterov_method = Theorem(
    cite="nesterov2004introductory",
    number="Theorem 2.1.7",
    title="The lower bound for smooth convex functions, of order 1/k^2: Nesterov's method.",
    assume=[convex, smooth(L), attained],
    algorithm=accelerated_gradient(eta=1 / L),
    claims=[lower_bound(gap, floor)],
    on=[nesterov_chain],
    mutants=[
        bound(3 * floor, "Nesterov's method comes within a factor of 2.3 after one step"),
        mutant("another function", "in two dimensions it is faster", on=[two_curvatures]),
    ],
)
