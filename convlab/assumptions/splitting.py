"""Sums of monotone operators, of which each has its own resolvent: 0 in A x + B x (+ C x).

The oracle's ``first(x, step)`` is the resolvent (I + step A)^(-1), its ``second`` that of B, and
``operator`` is C. For sums F = f + h they are the proximal operators of f and h.
"""

from collections.abc import Callable
from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import Array, inner, norm, sqnorm

__all__ = ["split_sum", "split_zero", "three_split_zero", "two_resolvents"]

_LETTERS = {
    "A": "the first operator, maximally monotone",
    "B": "the second operator, maximally monotone",
    "C": "the third operator, which is evaluated",
    "a": "any value of A",
    "b": "any value of B",
    "p": "any point",
    "q": "any point",
    "f": "the first function",
    "h": "the second function",
    "F": "the sum $f + h$",
    r"F^\star": "its infimum",
    "J_A": "the resolvent $(I + A)^{-1}$",
    "J_B": "the resolvent $(I + B)^{-1}$",
    r"J_{\gamma A}": "the resolvent $(I + \\gamma A)^{-1}$",
    r"J_{\gamma B}": "the resolvent $(I + \\gamma B)^{-1}$",
    r"x^\star": "the nearest zero of the sum of the operators",
    r"u^\star": r"the value of A at $x^\star$ of which B, or B and C, take the opposite",
    r"w^\star": r"the fixed point $x^\star + \gamma u^\star$",
}


def _increasing(resolvent: Callable, x: Array, y: Array) -> Array:
    """<a - b, p - q> for (p, a) and (q, b) in the graph, minus the part that is positive."""
    p, q = resolvent(x, 1.0), resolvent(y, 3.0)
    product = inner((x - p) - (y - q) / 3.0, p - q)
    return product + 1e-12 * (sqnorm(x) + sqnorm(y) + sqnorm(p) + sqnorm(q))


def _monotone(oracle: Any, x: Array, y: Array) -> tuple[Array, Array]:
    first, second = _increasing(oracle.first, x, y), _increasing(oracle.second, x, y)
    least = 0.5 * (first + second - norm(first - second))
    return 0 * least, least


two_resolvents = Assumption(
    "two_resolvents",
    statement=(
        r"\langle a - b, p - q \rangle \ge 0 \quad \text{for } a \in A p, \ b \in A q, "
        r"\text{ and for } B; \quad J_A, J_B \text{ exact}"
    ),
    test=_monotone,
    letters=_LETTERS,
)
"""A and B are maximally monotone, and their resolvents, the oracles first and second, exact.

Tested is that the resolvents with two steps belong to one monotone operator.
"""

split_zero = Assumption(
    "split_zero",
    ("x_star", "u_star"),
    r"u^\star \in A x^\star, \quad -u^\star \in B x^\star",
    test=lambda oracle, x: (
        norm(oracle.first(oracle.x_star + oracle.u_star + 0 * x, 1.0) - oracle.x_star)
        + norm(oracle.second(oracle.x_star - oracle.u_star + 0 * x, 1.0) - oracle.x_star),
        1e-9 * (1 + norm(oracle.x_star + 0 * x)),
    ),
    letters=_LETTERS,
)
"""A + B has the zero x_star, where A takes the value u_star and B its opposite."""

three_split_zero = Assumption(
    "three_split_zero",
    ("x_star", "u_star"),
    r"u^\star \in A x^\star, \quad -u^\star - C x^\star \in B x^\star",
    test=lambda oracle, x: (
        norm(oracle.first(oracle.x_star + oracle.u_star + 0 * x, 1.0) - oracle.x_star)
        + norm(
            oracle.second(
                oracle.x_star - oracle.u_star - oracle.operator(oracle.x_star + 0 * x), 1.0
            )
            - oracle.x_star
        ),
        1e-9 * (1 + norm(oracle.x_star + 0 * x)),
    ),
    letters=_LETTERS | {"F": "the third operator, $F = C$"},
)
"""A + B + C has the zero x_star, where A takes the value u_star."""

split_sum = Assumption(
    "split_sum",
    statement=(
        r"F = f + h \text{, both convex}; \quad p + \nabla f(p) = x \quad "
        r"\text{for } p = \operatorname{prox}_f(x); \quad A = \nabla f, \ B = \partial h"
    ),
    test=lambda oracle, x: (
        norm(oracle.first(x, 1.0) + oracle.gradient(oracle.first(x, 1.0)) - x)
        + norm(oracle.second(x, 1.0) - oracle.prox(x, 1.0)),
        1e-9 * norm(x) + 1e-12,
    ),
    implies=lambda: (two_resolvents(),),
    letters=_LETTERS,
)
"""F = f + h, where f is differentiable, with exact proximal operators of both, first and second."""
