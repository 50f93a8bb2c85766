"""Quadratics for methods that move one coordinate at a time."""

from typing import Annotated

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    quadratic_objective,
    smooth,
    strongly_convex,
    two_coordinates,
)
from convlab.family import between, family
from convlab.problem import Problem
from problems.quadratics import Quadratic

__all__ = ["coupled_pair", "resting_pair"]

Curvature = Annotated[float, between(0.1, 10.0, log=True)]
Coupling = Annotated[float, between(0.0, 0.999)]


def _pair(first, second, rho, start=None):
    off = rho * np.sqrt(first * second)
    A = np.array([[first, off], [off, second]])
    L = float(np.linalg.eigvalsh(A)[-1])
    mu = first * second * (1 - rho) * (1 + rho) / L
    return Problem(
        oracle=Quadratic(A, np.zeros(2)),
        declares=[
            quadratic_objective(),
            smooth(Certificate(L, "largest eigenvalue", 1e-14 * L)),
            strongly_convex(Certificate(mu, "determinant by largest eigenvalue", 1e-14 * L)),
            two_coordinates(Certificate(rho, "prescribed", 1e-14)),
            attained(0.0, np.zeros(2)),
        ],
        start=start,
    )


@family
def coupled_pair(rng, *, first: Curvature = 1.0, second: Curvature = 2.0, rho: Coupling = 0.8):
    """Two coordinates with coupling rho, from a random point."""
    return _pair(first, second, rho)


@family
def resting_pair(rng, *, first: Curvature = 1.0, second: Curvature = 2.0, rho: Coupling = 0.8):
    """The same, from a point at which the first coordinate is already best."""
    return _pair(first, second, rho, np.array([-rho * np.sqrt(second / first), 1.0]))
