"""Smooth functions, convex or not, through given points; alone, or with a proximable part."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumptions import (
    attained,
    convex,
    proximable_part,
    quadratic_objective,
    smooth,
    smooth_part,
    strongly_convex,
    strongly_convex_part,
)
from convlab.family import between, family, numbers
from convlab.interpolated.nonsmooth import Pieces, Rows, Start, padded
from convlab.interpolated.simplex import weights
from convlab.problem import Problem
from convlab.vocabulary import Array, inner, matmul, matvec, rmatvec, sqnorm, total, transpose

__all__ = [
    "Composite",
    "Diagonal",
    "Heights",
    "Hull",
    "Smoothness",
    "diagonal",
    "hull",
    "parabolas",
    "parabolas_and_pieces",
]

Smoothness = Annotated[float, between(1e-3, 1e3, log=True)]
Heights = Annotated[tuple, numbers(1e-9, 1e6)]


class Hull(NamedTuple):
    """f(x) = min (a/2) |x - Y^T w|^2 + c^T w over weights w >= 0 with sum 1, + (mu/2) |x|^2.

    The largest function below the parabolas of its nodes whose curvatures lie between mu and
    mu + a. A. B. Taylor, J. M. Hendrickx and F. Glineur, Math. Program. 161 (2017), theorem 6.
    """

    a: float
    mu: float
    Y: Array
    c: Array

    def _weights(self, x):
        G = matmul(self.Y, transpose(self.Y))
        return weights(G, self.c / self.a - matvec(self.Y, x))

    def value(self, x):
        """(R, d) -> (R, 1)."""
        w = self._weights(x)
        rest = x - rmatvec(self.Y, w)
        return 0.5 * self.a * sqnorm(rest) + total(w * self.c) + 0.5 * self.mu * sqnorm(x)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.a * (x - rmatvec(self.Y, self._weights(x))) + self.mu * x


def hull(L: float, mu: float, bottoms: np.ndarray, heights: np.ndarray) -> Hull:
    """The function below the parabolas L/2 |x - y_i|^2 + h_i and L/2 |x|^2, least at 0.

    For it to be so, a parabola is that much higher as its bottom's place asks for.
    """
    a = L - mu
    c = heights + max(0.0, -L * mu / (2 * a)) * (bottoms**2).sum(axis=1)
    zero = np.zeros((1, bottoms.shape[1]))
    return Hull(a, mu, np.concatenate([zero, L / a * bottoms]), np.concatenate([[0.0], c]))


@family
def parabolas(
    rng,
    *,
    L: Smoothness = 1.0,
    mu: Annotated[float, between(-1e3, 1e3)] = 0.0,
    heights: Heights = (0.05,),
    bottoms: Rows = ((0.5,),),
    start: Start = (1.0,),
):
    """The largest function below given parabolas of curvature L whose curvature is at least mu.

    It is least at 0, with value 0: there is a parabola L/2 |x|^2 beside those with the given
    bottoms, and heights above the least that is possible. There are as many as both lists have;
    missing coordinates are 0. mu is put between -L and 0.99 L; where it is negative the function
    is not convex. A. B. Taylor, J. M. Hendrickx and F. Glineur, *Smooth strongly convex
    interpolation and exact worst-case performance of first-order methods*, Math. Program. 161
    (2017).
    """
    mu = min(max(mu, -L), 0.99 * L)
    count = min(len(heights), len(bottoms))
    x0, Y = padded(start, bottoms[:count])
    curved = [strongly_convex(mu)] if mu > 0 else [convex()] if mu == 0 else []
    return Problem(
        oracle=hull(L, mu, Y, np.array(heights[:count])),
        declares=[smooth(L), *curved, attained(0.0, np.zeros(len(x0)))],
        start=x0,
    )


class Composite(NamedTuple):
    """F = f + h with f(x) = smooth(x) + <tilt, x> and h(x) = pieces(x) - <tilt, x>."""

    smooth: Hull
    pieces: Pieces
    tilt: Array

    def smooth_value(self, x):
        """f: (R, d) -> (R, 1)."""
        return self.smooth.value(x) + inner(self.tilt, x)

    def gradient(self, x):
        """The gradient of f: (R, d) -> (R, d)."""
        return self.smooth.gradient(x) + self.tilt

    def value(self, x):
        """F: (R, d) -> (R, 1)."""
        return self.smooth.value(x) + self.pieces.value(x)

    def prox(self, x, step):
        """The proximal operator of h: (R, d) -> (R, d)."""
        return self.pieces.prox(x + step * self.tilt, step)


@family
def parabolas_and_pieces(
    rng,
    *,
    L: Smoothness = 1.0,
    mu: Annotated[float, between(0.0, 1e3)] = 0.0,
    heights: Heights = (0.05,),
    bottoms: Rows = ((0.5,),),
    offsets: Annotated[tuple, numbers(-1e6, 0.0)] = (-0.1,),
    slopes: Rows = ((1.0,),),
    tilt: Start = (0.5,),
    start: Start = (1.0,),
):
    """F = f + h: f as for ``parabolas``, h as for ``proximable_pieces``, and a tilt.

    The tilt <t, x> is added to f and taken from h, so that neither is least at the minimizer of F.
    """
    mu = min(mu, 0.99 * L)
    count, pieces = min(len(heights), len(bottoms)), min(len(offsets), len(slopes))
    x0, rows = padded(start, (tilt, *bottoms[:count], *slopes[:pieces]))
    curved = [strongly_convex_part(mu)] if mu > 0 else []
    return Problem(
        oracle=Composite(
            hull(L, mu, rows[1 : count + 1], np.array(heights[:count])),
            Pieces(1e-9, rows[count + 1 :], np.array(offsets[:pieces])),
            rows[0],
        ),
        declares=[
            smooth_part(L),
            *curved,
            proximable_part(),
            attained(0.0, np.zeros(len(x0))),
        ],
        start=x0,
    )


class Diagonal(NamedTuple):
    """f(x) = sum_i c_i x_i^2 / 2."""

    curvatures: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.5 * inner(x, self.curvatures * x)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.curvatures * x

    def hessian_vector(self, x, v):
        """(R, d), (R, d) -> (R, d)."""
        return self.curvatures * v


@family
def diagonal(
    rng,
    *,
    L: Smoothness = 1.0,
    mu: Annotated[float, between(1e-9, 1e3)] = 0.1,
    curvatures: Annotated[tuple, numbers(0.0, 1e3)] = (0.1, 1.0),
    start: Start = (1.0, 1.0),
):
    """f(x) = sum_i c_i x_i^2 / 2 with curvatures between mu and L from a given start."""
    mu = min(mu, L)
    count = min(len(curvatures), len(start))
    c = np.clip(np.array(curvatures[:count]), mu, L)
    return Problem(
        oracle=Diagonal(c),
        declares=[
            quadratic_objective(),
            smooth(L),
            strongly_convex(mu),
            attained(0.0, np.zeros(count)),
        ],
        start=np.array(start[:count]),
    )
