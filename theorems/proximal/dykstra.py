"""Dykstra's algorithm on two convex sets."""

from convlab.algorithms.projections import averaged_projections, dykstra
from convlab.assumptions import two_sets, two_subspaces
from convlab.claims import upper_bound
from convlab.metrics import distance, metric
from convlab.symbols import D, k
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import full_scalar, sqnorm
from problems.feasibility import subspaces_at_angles, two_balls, two_lines
from theorems.proximal.alternating_projections import c


def _moved(total, s, oracle):
    y = oracle.first(s.x + s.p, 1.0)
    return total + sqnorm(y - s.x) + sqnorm(oracle.second(y + s.q, 1.0) - y)


@metric(
    "moves",
    r"\sum_{i < k} \|x_i - y_{i+1}\|^2 + \|y_{i+1} - x_{i+1}\|^2",
    init=lambda s, oracle: full_scalar(s.x, 0.0),
    update=_moved,
)
def moves(s, oracle, total):
    """Sum of squared distances between successive points."""
    return total


sets = Theorem(
    cite="boyle1986method",
    title="Dykstra's algorithm on two convex sets: its moves are summable.",
    text="""
        p_k is a normal of A at y_k, and q_k one of B at x_k. For every point x* of both sets
        |x_0 - x*|^2 is |x_k - x*|^2, plus the sum over i < k of
        |x_i - y_(i+1)|^2 + |y_(i+1) - x_(i+1)|^2, plus terms that are not negative: products of
        normals with differences of points of their set (Boyle and Dykstra).
        With the x* nearest to x_0, the sum is at most D^2.""",
    assume=[two_sets],
    algorithm=dykstra(),
    claims=[upper_bound(moves, D**2)],
    tight=[two_lines, two_balls, subspaces_at_angles],
    mutants=[
        bound(0.99 * D**2, "on two lines the squares add up to it"),
        bound(D**2 * (1 - 1 / (k + 1)), "a projection can be all"),
    ],
)

subspaces = Theorem(
    cite="boyle1986method",
    title="Dykstra's algorithm on two subspaces: linear, as alternating projections.",
    text="""
        On subspaces the corrections are orthogonal to the subspaces and change no projection: the
        algorithm is that of alternating projections, with the bound of
        ``proximal/alternating_projections/subspaces``:
        |x_k - x*| <= c^(2k-1) D.""",
    assume=[two_subspaces(c)],
    algorithm=dykstra(),
    claims=[upper_bound(distance, c ** (2 * k - 1) * D, when=k > 0)],
    tight=[two_lines, subspaces_at_angles],
    mutants=[
        bound(c ** (2 * k) * D, "from a point of the first line"),
        bound(c ** (2.1 * k - 1) * D, "two lines need that many steps"),
        mutant("averaged", "slower", algorithm=averaged_projections()),
    ],
)
