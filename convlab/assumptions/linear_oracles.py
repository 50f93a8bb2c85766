"""Sets over which linear functions can be minimized."""

from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import Array, inner, norm

__all__ = ["linear_minimization"]


def _minimizes(oracle: Any, x: Array, y: Array) -> tuple[Array, Array]:
    """<v, s> <= <v, p> for points p of the set; s must be in the set itself."""
    v = x - y
    s = oracle.linear_minimizer(v)
    outside = norm(v) * norm(s - oracle.project(s))
    return inner(v, s) + outside, inner(v, y)


linear_minimization = Assumption(
    "linear_minimization",
    statement=r"s(v) \in \arg\min_{s \in C} \langle v, s \rangle",
    test=_minimizes,
    letters={"s": "the minimizer over C of a linear function", "v": "any vector"},
)
"""The constraint set C is compact and convex, and minimizers of linear functions are exact."""
