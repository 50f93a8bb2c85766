"""Functions that are smooth relative to a kernel h, whose Bregman divergence the oracle has."""

from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import Array, inner

__all__ = ["bregman_kernel", "relatively_smooth"]


def _three_points(oracle: Any, x: Array, y: Array) -> tuple[Array, Array]:
    """<g, p> + D(p, x) + D(y, p) <= <g, y> + D(y, x) for the step p from x."""
    g = oracle.gradient(y)
    p = oracle.bregman_step(x, g, 1.0)
    left = inner(g, p) + oracle.divergence(p, x) + oracle.divergence(y, p)
    return left, inner(g, y) + oracle.divergence(y, x)


def _below_model(oracle: Any, x: Array, y: Array, L: float) -> tuple[Array, Array]:
    model = oracle.value(x) + inner(oracle.gradient(x), y - x) + L * oracle.divergence(y, x)
    return oracle.value(y), model


bregman_kernel = Assumption(
    "bregman_kernel",
    statement=(
        r"\langle g, p \rangle + D_h(p, x) + D_h(y, p) \le \langle g, y \rangle + D_h(y, x), "
        r"\quad p = \arg\min_{z \in C} \{\langle g, z \rangle + D_h(z, x)\}"
    ),
    test=_three_points,
    letters={"h": "the kernel, convex", "D_h": "the Bregman divergence of h", "g": "any vector"},
)
"""The kernel h is convex, and Bregman steps over the closed convex set C are exact."""

relatively_smooth = Assumption(
    "relatively_smooth",
    ("L",),
    r"f(y) \le f(x) + \langle \nabla f(x), y - x \rangle + L D_h(y, x)",
    test=_below_model,
    larger=("L",),
    letters={"h": "the kernel, convex", "D_h": "the Bregman divergence of h", "g": "any vector"},
)
"""L h - f is convex, for the kernel h."""
