"""Two closed convex sets A and B with common points.

The oracle's ``first(x, step)`` and ``second(x, step)`` are the projections, for every step.
"""

from collections.abc import Callable
from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import Array, absolute, inner, norm, sqnorm

__all__ = ["best_approximation", "two_sets", "two_subspaces"]

_LETTERS = {
    "A": "the first set",
    "B": "the second set",
    "a": "any point of A",
    "b": "any point of B",
    "P_A": "the projection on A",
    "P_B": "the projection on B",
    "N_A": "the normal cone of A",
    "N_B": "the normal cone of B",
    r"x^\star": "the nearest point of the intersection",
    r"p^\star": "a normal of A at $x^\\star$",
    r"q^\star": "a normal of B at $x^\\star$",
}


def _outwards(project: Callable, x: Array, y: Array) -> Array:
    """The positive part of <x - P x, P y - P x>, zero for a projection on a convex set."""
    p, q = project(x, 1.0), project(y, 3.0)
    product = inner(x - p, q - p)
    return 0.5 * (product + absolute(product))


def _two_sets(oracle: Any, x: Array, y: Array) -> tuple[Array, Array]:
    common = oracle.x_star + 0 * x
    missed = norm(oracle.first(common, 1.0) - common) + norm(oracle.second(common, 1.0) - common)
    outwards = _outwards(oracle.first, x, y) + _outwards(oracle.second, x, y)
    return outwards + missed, 1e-10 * (1 + sqnorm(x) + sqnorm(y) + sqnorm(common))


def _bent(project: Any, x: Array, y: Array) -> Array:
    """How far a projection is from linear at two points."""
    return norm(project(x + 2 * y, 1.0) - project(x, 1.0) - 2 * project(y, 1.0))


def _subspaces(oracle: Any, x: Array, y: Array, c: Any) -> tuple[Array, Array]:
    bent = _bent(oracle.first, x, y) + _bent(oracle.second, x, y)
    a, b = oracle.first(x, 1.0), oracle.second(y, 1.0)
    a, b = a - oracle.nearest_minimizer(a), b - oracle.nearest_minimizer(b)
    size = sqnorm(x) + sqnorm(y)
    return absolute(inner(a, b)) + bent * norm(x), c * norm(a) * norm(b) + 1e-10 * size


two_sets = Assumption(
    "two_sets",
    ("x_star",),
    r"A, B \text{ closed and convex}, \quad x^\star \in A \cap B",
    test=_two_sets,
    letters=_LETTERS,
)
"""A and B are closed convex sets with the common point x_star, and their projections exact."""

two_subspaces = Assumption(
    "two_subspaces",
    ("c",),
    r"A, B \text{ subspaces}, \quad \langle a, b \rangle \le c \|a\| \|b\| "
    r"\quad \text{for } a \in A, \ b \in B, \ a, b \perp A \cap B",
    test=_subspaces,
    larger=("c",),
    letters=_LETTERS,
)
"""A and B are subspaces, and the cosine of the Friedrichs angle between them is at most c.

The oracle ``nearest_minimizer`` projects on their intersection.
"""

best_approximation = Assumption(
    "best_approximation",
    ("p_star", "q_star"),
    r"x_0 - x^\star = p^\star + q^\star, "
    r"\quad p^\star \in N_A(x^\star), \ q^\star \in N_B(x^\star)",
    test=lambda oracle, x: (
        norm(oracle.first(oracle.x_star + oracle.p_star + 0 * x, 1.0) - oracle.x_star)
        + norm(oracle.second(oracle.x_star + oracle.q_star + 0 * x, 1.0) - oracle.x_star),
        1e-9 * (1 + norm(oracle.x_star + 0 * x)),
    ),
    letters=_LETTERS,
)
"""x_star is the projection of the start on both sets' intersection, with normals of the two sets.

The problem's start is x_star + p_star + q_star.
"""
