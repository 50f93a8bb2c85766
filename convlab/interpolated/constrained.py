"""Functions through given points, to be minimized on the hull of given points."""

from typing import Annotated, Any, NamedTuple

import numpy as np

from convlab.assumptions import (
    attained_on_set,
    bounded_domain,
    bounded_subgradients,
    convex,
    projectable,
    smooth,
    strongly_convex,
)
from convlab.family import between, family
from convlab.interpolated.nonsmooth import SHARP, Offsets, Rows, Sharp, Start, padded, shortened
from convlab.interpolated.simplex import weights
from convlab.interpolated.smooth import Heights, Smoothness, hull
from convlab.problem import Problem
from convlab.vocabulary import Array, inner, matmul, matvec, rmatvec, transpose

__all__ = ["OnHull", "parabolas_on_hull", "pieces_on_hull"]


class OnHull(NamedTuple):
    """f(x) = function(x) + <tilt, x> on the hull of 0 and other corners."""

    function: Any
    tilt: Array
    corners: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return self.function.value(x) + inner(self.tilt, x)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.function.gradient(x) + self.tilt

    def project(self, x):
        """The nearest point of the hull: (R, d) -> (R, d)."""
        gram = matmul(self.corners, transpose(self.corners))
        return rmatvec(self.corners, weights(gram, -matvec(self.corners, x)))


def _corners(points: np.ndarray, tilt: np.ndarray) -> np.ndarray:
    """0 and the points, moved along the tilt to where <tilt, x> is not negative."""
    lacking = np.maximum(0.0, -points @ tilt) * (1 + 1e-12)
    moved = points + np.outer(lacking / max(float(tilt @ tilt), 1e-300), tilt)
    return np.concatenate([np.zeros((1, len(tilt))), moved])


def _on_set(corners: np.ndarray) -> list:
    """What is declared of the set and of the minimizer 0."""
    apart = np.linalg.norm(corners[:, None, :] - corners[None, :, :], axis=2)
    zero = np.zeros(corners.shape[1])
    return [projectable(), bounded_domain(float(apart.max())), attained_on_set(0.0, zero)]


@family
def parabolas_on_hull(
    rng,
    *,
    L: Smoothness = 1.0,
    mu: Annotated[float, between(0.0, 1e3)] = 0.0,
    heights: Heights = (0.05,),
    bottoms: Rows = ((0.5,),),
    tilt: Start = (0.5,),
    corners: Rows = ((1.0,),),
    start: Start = (1.0,),
):
    """f as for ``parabolas`` plus <tilt, x>, on the hull of 0 and the corners.

    Corners where <tilt, x> is negative are moved along the tilt, so that 0 is the minimizer.
    """
    mu = min(mu, 0.99 * L)
    count = min(len(heights), len(bottoms))
    x0, rows = padded(start, (tilt, *bottoms[:count], *corners))
    places = _corners(rows[count + 1 :], rows[0])
    curved = [strongly_convex(mu)] if mu > 0 else [convex()]
    smooth_function = hull(L, mu, rows[1 : count + 1], np.array(heights[:count]))
    return Problem(
        oracle=OnHull(smooth_function, rows[0], places),
        declares=[smooth(L), *curved, *_on_set(places)],
        start=x0,
    )


@family
def pieces_on_hull(
    rng,
    *,
    G: Annotated[float, between(1e-3, 1e3, log=True)] = 1.0,
    offsets: Offsets = (-0.1,),
    slopes: Rows = ((1.0,),),
    tilt: Start = (0.5,),
    corners: Rows = ((1.0,),),
    start: Start = (1.0,),
):
    """f as for ``affine_pieces``, <tilt, x> among the pieces, on the hull of 0 and the corners.

    Corners where <tilt, x> is negative are moved along the tilt, so that 0 is the minimizer.
    """
    count = min(len(offsets), len(slopes))
    x0, rows = padded(start, (tilt, *slopes[:count], *corners))
    steep = shortened(rows[: count + 1], G)
    places = _corners(rows[count + 1 :], steep[0])
    pieces = Sharp(SHARP * G, steep, np.array([0.0, *offsets[:count]]))
    return Problem(
        oracle=OnHull(pieces, np.zeros(len(x0)), places),
        declares=[convex(), bounded_subgradients(G), *_on_set(places)],
        start=x0,
    )
