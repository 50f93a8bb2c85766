"""Quadratics seen along their coordinates."""

from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import Array, absolute, concat, inner, split, sqrt, zeros_like

__all__ = ["two_coordinates"]


def _correlation(oracle: Any, x: Array, rho: float) -> tuple[Array, Array]:
    zero, others = split(zeros_like(x), 1)
    if others.shape[-1] != 1:
        return zero + 1, zero
    first, second = concat(zero + 1, zero), concat(zero, zero + 1)
    image = oracle.hessian_vector(x, first)
    curvatures = inner(first, image) * inner(second, oracle.hessian_vector(x, second))
    return absolute(inner(second, image)), rho * sqrt(curvatures)


two_coordinates = Assumption(
    "two_coordinates",
    ("rho",),
    r"d = 2, \quad |H_{12}| \le \rho \sqrt{H_{11} H_{22}}",
    test=_correlation,
    larger=("rho",),
    letters={
        "H_{11}": "entries of the Hessian",
        "H_{12}": "entries of the Hessian",
        "H_{22}": "entries of the Hessian",
    },
)
"""There are two coordinates, and the Hessian couples them by at most rho < 1."""
