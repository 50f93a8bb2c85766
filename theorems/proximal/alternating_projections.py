"""Alternating and averaged projections on two convex sets."""

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
    text="""
        Let z_0 = x_0, z_1 = P_A z_0, z_2 = P_B z_1, and so on, so that x_k = z_2k. Each projection
        takes |z_(j+1) - x*|^2 <= |z_j - x*|^2 - |z_(j+1) - z_j|^2. The moves from z_j to z_(j+1),
        j = 1, ..., 2k, have squares that add up to at most D^2, and none is longer than the one
        before, as z_(j-1) is in the set on which z_j is projected. The last has the length
        |P_A x_k - P_B x_k|, as x_k is in B.
        So the square of the last is at most D^2/(2k).""",
    loose="by e: two lines at the worst angle for each k come to (1 - 1/(2k))^(2k - 1) of it, and "
    "so neither half of it nor a faster rate is refuted at a fixed angle",
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
    text="""
        Split off the projection on the intersection, which the method keeps. On what is left,
        P_B P_A maps a vector a of A to P_B a with |P_B a| <= c |a|, and P_A a vector of B likewise.
        The first projection, on A, does not lengthen, and the 2k - 1 that follow multiply by c at
        most; two lines reach it from a point of the first.
        So |x_k - x*| <= c^(2k-1) D.""",
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
    text="""
        In the product of the space with itself, averaged projections alternate between A x B and
        the diagonal, from (x_0, x_0), at the squared distance 2 D^2 from (x*, x*). The squares of
        their 2k + 1 moves j = 0, ..., 2k add up to at most that, and none is longer than the one
        before. The last has the square |x_k - P_A x_k|^2 + |x_k - P_B x_k|^2, at least half of
        |P_A x_k - P_B x_k|^2.
        So that is at most 4 D^2/(2k + 1).""",
    loose="by e: two lines at the worst angle for each k come to that share of it, and so neither "
    "half of it nor a faster rate is refuted at a fixed angle",
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
    text="""
        Split off the projection on the intersection, which the method keeps. On what is left,
        the sum of the projections on two subspaces with the cosine c between them has norm 1 + c;
        the bisector of two lines is an eigenvector.
        So |x_k - x*| <= ((1 + c)/2)^k D.""",
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
