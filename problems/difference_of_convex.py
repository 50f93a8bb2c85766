"""Differences F = f_1 - f_2 of convex functions, with the inverse of the gradient of f_1.

``value`` and ``gradient`` are those of F, ``subtracted_value`` and ``subtracted_gradient`` those of
f_2, and ``conjugate_gradient`` is the inverse.
"""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    conjugate_of_first,
    first_part_smooth,
    second_part_smooth,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import Array, inner, maximum, minimum, sin, total

__all__ = ["CosineBowl", "Stairs", "cosine_bowl", "two_stairs"]


Scale = Annotated[float, between(0.1, 10.0, log=True)]


def _ramp(x, low, width):
    """min(max(x - low, 0), width), entry by entry."""
    return minimum(maximum(x - low, 0.0), width)


def _ramp_integral(x, low, width):
    inside = _ramp(x, low, width)
    return 0.5 * inside * inside + width * maximum(x - low - width, 0.0)


class Stairs(NamedTuple):
    """Both derivatives are stairs on the line: f_1' climbs before each knot, f_2' behind it.

    f_1' has slope L1 over the width w1 before each knot, and below the lowest of these stretches;
    it has slope mu elsewhere. f_2' has slope L2 over the width w2 before each of these stretches
    but the lowest, and slope 0 elsewhere. F has its minimum 0 at 0.
    """

    L1: float
    L2: float
    mu: float
    knots: Array
    w1: float
    w2: float
    spacing: float

    def _lowest(self):
        return self.knots[..., 0:1] - self.w1

    def _lift(self):
        """By how much f_1' grows between two of its steep stretches."""
        return self.mu * (self.spacing - self.w1)

    def _first(self, x):
        climbed = total(_ramp(x, self.knots - self.w1, self.w1))
        away = x - self._lowest()
        below = minimum(away, 0.0)
        flat = self._lift() + self.mu * (away - below)
        return flat + (self.L1 - self.mu) * climbed + self.L1 * below

    def _first_value(self, x):
        climbed = total(_ramp_integral(x, self.knots - self.w1, self.w1))
        away = x - self._lowest()
        below = minimum(away, 0.0)
        lift = self._lift()
        flat = 0.5 * self.mu * (away * away - below * below) + lift * away
        steep = (self.L1 - self.mu) * climbed + 0.5 * self.L1 * below * below
        return flat + steep + 0.5 * lift * lift / self.L1

    def subtracted_gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return self.L2 * total(_ramp(x, self.knots[..., 1:] - self.w1 - self.w2, self.w2))

    def subtracted_value(self, x):
        """(R, 1) -> (R, 1)."""
        return self.L2 * total(_ramp_integral(x, self.knots[..., 1:] - self.w1 - self.w2, self.w2))

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return self._first(x) - self.subtracted_gradient(x)

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        return self._first_value(x) - self.subtracted_value(x)

    def conjugate_gradient(self, g):
        """(R, 1) -> (R, 1)."""
        g = g - self._lift()
        stair = self.L1 * self.w1
        lows = (stair + self._lift()) * (self.knots - self.knots[..., 0:1]) / self.spacing
        climbed = total(_ramp(g, lows, stair))
        level = maximum(g, 0.0) - climbed
        return self._lowest() + (climbed + minimum(g, 0.0)) / self.L1 + level / self.mu


@family
def two_stairs(
    rng,
    *,
    horizon: Annotated[int, between(1, 100)] = 10,
    L1: Scale = 1.0,
    L2: Scale = 1.0,
    flat: Annotated[float, between(1e-6, 0.1, log=True)] = 1e-3,
):
    """On which ``horizon`` steps of DCA have gradients of size 1, each from a knot to the next.

    The inequalities that bound the decrease are equalities, up to ``flat``, the slope that makes
    the minimizers of f_1(x) - <g, x> unique. Right behind a knot f_2' rests, which forgets
    rounding. After H. Abbaszadehpeivasti, E. de Klerk and M.
    Zamani, *On the rate of convergence of the difference-of-convex algorithm (DCA)*, J. Optim.
    Theory Appl. 202 (2024).
    """
    mu = flat * min(L1, L2)
    w2 = 1 / L2
    rest = 1e-6 * w2
    w1 = (1 - mu * (w2 + rest)) / L1
    spacing = w1 + w2 + rest
    knots = 1 / L1 + spacing * np.arange(horizon + 1)
    return Problem(
        oracle=Stairs(L1, L2, mu, knots, w1, w2, spacing),
        declares=[
            first_part_smooth(L1),
            second_part_smooth(L2),
            conjugate_of_first(),
            attained(
                Certificate(0.0, "closed form", 1e-13 * horizon / L1),
                Certificate(np.zeros(1), "closed form", 1e-15 / L1),
            ),
        ],
        start=knots[-1:],
    )


class CosineBowl(NamedTuple):
    """f_1(x) = sum_i (a_i + b) x_i^2/2 and f_2(x) = b sum_i (x_i^2/2 - 1 + cos x_i)."""

    curvature: Array
    b: float

    def subtracted_value(self, x):
        """(R, d) -> (R, 1)."""
        return self.b * total(0.5 * x * x - 2 * sin(0.5 * x) ** 2)

    def subtracted_gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.b * (x - sin(x))

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.5 * inner(x, self.curvature * x) + 2 * self.b * total(sin(0.5 * x) ** 2)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.curvature * x + self.b * sin(x)

    def conjugate_gradient(self, g):
        """(R, d) -> (R, d)."""
        return g / (self.curvature + self.b)


@family
def cosine_bowl(
    rng,
    *,
    d: Annotated[int, between(1, 20)] = 4,
    b: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    least: Annotated[float, between(0.01, 1.0, log=True)] = 0.05,
):
    """A bowl with waves, sum_i a_i x_i^2/2 + b (1 - cos x_i): many local minima for small a_i."""
    curvature = np.geomspace(least, 1.0, d)
    return Problem(
        oracle=CosineBowl(curvature, b),
        declares=[
            first_part_smooth(Certificate(float(curvature[-1]) + b, "largest curvature")),
            second_part_smooth(2 * b),
            conjugate_of_first(),
            attained(0.0, np.zeros(d)),
        ],
        start=rng.uniform(-20, 20, size=d),
    )
