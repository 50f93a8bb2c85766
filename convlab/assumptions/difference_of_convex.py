"""Differences F = f_1 - f_2 of convex functions."""

from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import Array, inner, norm, sqnorm

__all__ = ["conjugate_of_first", "first_part_smooth", "second_part_smooth"]

_LETTERS = {
    "f": "the function that is minimized, $f = f_1 - f_2$",
    "f_1": "the first part, convex",
    "f_2": "the second part, convex, which is subtracted",
    r"f^*_1": "the convex conjugate of $f_1$",
    "g": "any vector",
}


def _first_gradient(oracle: Any, x: Array) -> Array:
    return oracle.gradient(x) + oracle.subtracted_gradient(x)


def _first_value(oracle: Any, x: Array) -> Array:
    return oracle.value(x) + oracle.subtracted_value(x)


def _first_cocoercive(oracle: Any, x: Array, y: Array, L1: float) -> tuple[Array, Array]:
    g = _first_gradient(oracle, x)
    apart = sqnorm(g - _first_gradient(oracle, y))
    return _first_value(oracle, x) + inner(g, y - x) + apart / (2 * L1), _first_value(oracle, y)


def _second_cocoercive(oracle: Any, x: Array, y: Array, L2: float) -> tuple[Array, Array]:
    g = oracle.subtracted_gradient(x)
    apart = sqnorm(g - oracle.subtracted_gradient(y))
    tangent = oracle.subtracted_value(x) + inner(g, y - x)
    return tangent + apart / (2 * L2), oracle.subtracted_value(y)


def _inverts(oracle: Any, x: Array) -> tuple[Array, Array]:
    g = _first_gradient(oracle, x)
    again = _first_gradient(oracle, oracle.conjugate_gradient(g))
    return norm(again - g), 1e-9 * (1 + norm(g))


first_part_smooth = Assumption(
    "first_part_smooth",
    ("L1",),
    r"f_1(x) + \langle \nabla f_1(x), y - x \rangle "
    r"+ \tfrac{1}{2 L_1} \|\nabla f_1(x) - \nabla f_1(y)\|^2 \le f_1(y)",
    test=_first_cocoercive,
    larger=("L1",),
    letters=_LETTERS,
)
"""F = f_1 - f_2, where f_1 is convex and its gradient is Lipschitz with constant L1."""

second_part_smooth = Assumption(
    "second_part_smooth",
    ("L2",),
    r"f_2(x) + \langle \nabla f_2(x), y - x \rangle "
    r"+ \tfrac{1}{2 L_2} \|\nabla f_2(x) - \nabla f_2(y)\|^2 \le f_2(y)",
    test=_second_cocoercive,
    larger=("L2",),
    letters=_LETTERS,
)
"""F = f_1 - f_2, where f_2 is convex and its gradient is Lipschitz with constant L2."""

conjugate_of_first = Assumption(
    "conjugate_of_first",
    statement=r"\nabla f_1(\nabla f_1^*(g)) = g",
    test=_inverts,
    letters=_LETTERS,
)
"""The minimizers of f_1(x) - <g, x> are known."""
