"""The Huber function, extremal for gradient descent."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumptions import attained, convex, smooth
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import maximum, norm, where


class Huber(NamedTuple):
    """f(x) = L |x|^2 / 2 within the radius tau, L tau |x| - L tau^2 / 2 beyond."""

    L: float
    tau: float

    def value(self, x):
        """(R, d) -> (R, 1)."""
        r = norm(x)
        return where(
            r <= self.tau, 0.5 * self.L * r * r, self.L * self.tau * r - 0.5 * self.L * self.tau**2
        )

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.L * x * (self.tau / maximum(norm(x), self.tau))


@family
def huber(
    rng,
    *,
    horizon: Annotated[int, between(1, 100_000)] = 10,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
):
    """The instance on which gradient descent with step 1/L is slowest after ``horizon`` steps.

    In one dimension from x_0 = 1 with tau = 1/(2 horizon + 1), gap L/(4 horizon + 2): Drori and
    Teboulle, *Performance of first-order methods for smooth convex minimization*, Math. Program.
    145 (2014), Theorem 3.2.
    """
    return Problem(
        oracle=Huber(L, 1 / (2 * horizon + 1)),
        declares=[convex(), smooth(L), attained(0.0, np.zeros(1))],
        start=np.ones(1),
    )
