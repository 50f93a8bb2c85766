"""No gradient method is faster than 1/k^2 on smooth convex functions.

After k steps from 0, a method whose steps are combinations of gradients has moved k coordinates
of the chain in 2k + 1 dimensions: its gap is at least L/(16 (k + 1)), and D^2 is at most
2 (k + 1)/3.
"""

from sympy import Eq

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
    adapted="for conjugate gradients, of smallest gap; their distance has 1/4 in place of 1/8",
    title="There are smooth convex functions on which the best gradient method is of order 1/T^2.",
    text="""Let n = T + 1. After T steps from 0, a method whose steps are combinations of gradients
    has moved T coordinates of the chain in 2 n - 1 dimensions. Conjugate gradients minimize over
    these: the gap is L/(16 n), and D^2 = (2 n - 1) (4 n - 1)/(12 n) <= 2 n/3. They come to 1 - i/n
    where x* has 1 - i/(2 n), so that |x_T - x*|^2 = (2 n^2 + 1)/(12 n), which is more than D^2/4:
    f(x_T) - f* >= 3 L D^2/(32 (T + 1)^2), and |x_T - x*|^2 >= D^2/4.""",
    assume=[convex, smooth(L), attained],
    algorithm=conjugate_gradient(),
    claims=[lower_bound(gap, floor), lower_bound(distance_squared, D**2 / 4, when=Eq(k, T))],
    exists=True,
    on=[nesterov_chain],
    mutants=[
        bound(1.2 * floor, "conjugate gradients come close to the bound"),
        bound(0.26 * D**2, "for many steps the distance comes to D^2/4", claim=1),
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
    adapted="for Nesterov's method",
    title="There are smooth convex functions on which Nesterov's method is of order 1/T^2.",
    text="""After T steps from 0, a method whose steps are combinations of gradients has moved T
    coordinates of the chain in d = 2 T + 1 dimensions. Its gap is at least L/(16 (T + 1)), and D^2
    is at most 2 (T + 1)/3. Nesterov's method stays within a factor of 4 of what they give: f(x_T) -
    f* >= 3 L D^2/(32 (T + 1)^2).""",
    assume=[convex, smooth(L), attained],
    algorithm=accelerated_gradient(eta=1 / L),
    claims=[lower_bound(gap, floor)],
    exists=True,
    on=[nesterov_chain],
    loose=(
        "by 2.3 for one step, by 3.2 for a hundred: the bound is what conjugate gradients reach, "
        "and Nesterov's method does not know the function"
    ),
    mutants=[
        bound(3 * floor, "Nesterov's method comes within a factor of 2.3 after one step"),
        mutant("another function", "in two dimensions it is faster", on=[two_curvatures]),
    ],
)
