"""Monotone operators with resolvents in closed form."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumptions import cocoercive, lipschitz, monotone, resolvable, zero
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import maximum, minimum

__all__ = ["Saturation", "saturation"]


class Saturation(NamedTuple):
    """F(x) = slope x / width up to the width, and the slope beyond, on the line."""

    slope: float
    width: float

    def operator(self, x):
        """(R, 1) -> (R, 1)."""
        return self.slope * maximum(minimum(x / self.width, 1.0), -1.0)

    def resolvent(self, x, step):
        """(R, 1) -> (R, 1): the solution p of p + step F(p) = x."""
        far = step * self.slope
        near = x * (self.width / (self.width + far))
        return minimum(maximum(near, x - far), x + far)


@family
def saturation(
    rng,
    *,
    slope: Annotated[float, between(1e-3, 1.0, log=True)] = 0.1,
    width: Annotated[float, between(1e-6, 1.0, log=True)] = 1e-4,
):
    """The gradient of a Huber function, from 1: with a small width nearly that of slope |x|."""
    return Problem(
        oracle=Saturation(slope, width),
        declares=[
            cocoercive(width / slope),
            lipschitz(slope / width),
            monotone(),
            resolvable(),
            zero(np.zeros(1)),
        ],
        start=np.ones(1),
    )
