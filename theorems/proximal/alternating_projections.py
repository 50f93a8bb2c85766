"""Alternating and averaged projections on two convex sets.

A projection takes |y' - x*|^2 <= |y - x*|^2 - |y' - y|^2, and from the first one on each moves no
further than the one before. Summed up over the 2k projections of k steps: ``convex_sets``; averaged
projections alternate between A x B and the diagonal of the product. Two lines come to 1/e of both.
On subspaces, (P_B P_A)^k minus the projection on both has norm c^(2k-1), where c is the cosine of
the Friedrichs angle; and P_A + P_B, minus twice that projection, has norm 1 + c.
"""

from sympy import Rational

from convlab.algorithms.projections import alternating_projections, averaged_projections
from convlab.assumptions import two_sets, two_subspaces
from convlab.claims import upper_bound
from convlab.metrics import distance, metric
from convlab.symbols import D, k, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import sqnorm
from problems.feasibility import subspaces_at_angles, tangent_balls, two_balls, two_lines

c = symbol("c", "cosine of the Friedrichs angle between two subspaces")


@metric("apart_squared", r"\|P_A(X) - P_B(X)\|^2")
def apart_squared(s, oracle):
    """The squared distance between the projections on the two sets."""
    return sqnorm(oracle.first(s.x, 1.0) - oracle.second(s.x, 1.0))


convex_sets = Theorem(
    cite="bauschke2017convex",
    title="Alternating projections on convex sets: squared distances between them of order 1/k.",
    assume=[two_sets],
    algorithm=alternating_projections(),
    claims=[upper_bound(apart_squared, D**2 / (2 * k), when=k > 0)],
    tight=[two_lines(angle=0.1), tangent_balls, two_balls],
    mutants=[
        bound(D**2 / (2 * k) * Rational(36, 100), "two lines come to 1/e of it"),
        bound(D**2 / (2 * k ** Rational(5, 4)), "1/k is the best rate"),
        mutant("averaged", "slower", algorithm=averaged_projections(), tight=[two_lines]),
    ],
)

subspaces = Theorem(
    cite="kayalar1988error",
    title="The exact rate of alternating projections on two subspaces.",
    assume=[two_subspaces(c)],
    algorithm=alternating_projections(),
    claims=[upper_bound(distance, c ** (2 * k - 1) * D, when=k > 0)],
    tight=[two_lines, two_lines(angle=0.05), subspaces_at_angles],
    iterations=100,
    mutants=[
        bound(c ** (2 * k) * D, "from a point of the first line"),
        bound(c ** (Rational(21, 10) * k - 1) * D, "two lines need that many steps"),
        mutant("averaged", "slower", algorithm=averaged_projections()),
    ],
)

averaged_on_sets = Theorem(
    cite="pierra1984decomposition",
    title="Averaged projections on convex sets: squared distances between them of order 1/k.",
    assume=[two_sets],
    algorithm=averaged_projections(),
    claims=[upper_bound(apart_squared, 4 * D**2 / (2 * k + 1))],
    tight=[two_lines(angle=0.1, turn=0.05), two_lines(angle=1.5, turn=0.75), tangent_balls],
    mutants=[
        bound(4 * D**2 / (2 * k + 1) * Rational(36, 100), "two lines come to 1/e of it"),
        bound(4 * D**2 / (2 * k + 1) ** Rational(5, 4), "1/k is the best rate"),
    ],
)

averaged_on_subspaces = Theorem(
    cite="pierra1984decomposition",
    title="The exact rate of averaged projections on two subspaces.",
    assume=[two_subspaces(c)],
    algorithm=averaged_projections(),
    claims=[upper_bound(distance, ((1 + c) / 2) ** k * D)],
    tight=[two_lines(angle=0.3, turn=0.15), two_lines(angle=0.05, turn=0.025)],
    iterations=100,
    mutants=[
        bound(((1 + c) / 2) ** (Rational(21, 20) * k) * D, "the bisector of two lines"),
        bound(c ** (2 * k - 1) * D, "the rate of alternating projections"),
    ],
)
