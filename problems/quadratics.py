"""Quadratics with prescribed spectrum."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import Array, inner, matvec


class Quadratic(NamedTuple):
    """f(x) = (x - x*)^T A (x - x*) / 2."""

    A: Array
    center: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.5 * inner(x - self.center, matvec(self.A, x - self.center))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return matvec(self.A, x - self.center)


@family
def quadratic(
    rng,
    *,
    d: Annotated[int, between(1, 50)] = 10,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.0, 1000.0, log=True)] = 10.0,
):
    """A random rotation of a spectrum spaced evenly in the logarithm from L/kappa to L."""
    spectrum = np.geomspace(L / kappa, L, d) if d > 1 else np.array([L])
    Q, _ = np.linalg.qr(rng.normal(size=(d, d)))
    A = (Q * spectrum) @ Q.T
    center = rng.normal(size=d)
    return Problem(
        oracle=Quadratic((A + A.T) / 2, center),
        declares=[
            smooth(Certificate(L, "largest eigenvalue, prescribed", 1e-14 * L)),
            strongly_convex(Certificate(spectrum[0], "smallest eigenvalue, prescribed", 1e-14 * L)),
            attained(0.0, center),
        ],
    )
