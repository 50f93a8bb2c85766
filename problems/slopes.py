"""One linear loss in all rounds, on the whole space: what adaptive steps do there is known."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumptions import bounded_entries, convex, linear_loss
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import Array, inner, zeros_like

__all__ = ["Slopes", "slopes"]


class Slopes(NamedTuple):
    """f(x) = <c, x>, without constraints: every gradient shown is c."""

    c: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return inner(x, self.gradient(x))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return zeros_like(x) + self.c

    def stochastic_gradient(self, x, rng):
        """(R, d) -> (R, d)."""
        return self.gradient(x)

    def project(self, x):
        """(R, d) -> (R, d)."""
        return x


@family
def slopes(
    rng,
    *,
    d: Annotated[int, between(1, 20)] = 4,
    c_max: Annotated[float, between(0.1, 100.0, log=True)] = 10.0,
    spread: Annotated[float, between(1.0, 1e4, log=True)] = 100.0,
):
    """Slopes of either sign, their sizes spaced evenly in the logarithm, from 0.

    The sizes go from c_max down to c_max/spread; in one dimension there is c_max alone.
    """
    sizes = c_max * np.geomspace(1.0, 1.0 / spread, d)
    c = sizes * np.where(np.arange(d) % 2 == 0, 1.0, -1.0)
    return Problem(
        oracle=Slopes(c),
        declares=[
            linear_loss(float(sizes[-1]), float(sizes[0])),
            convex(),
            bounded_entries(float(sizes[0])),
        ],
        start=np.zeros(d),
    )
