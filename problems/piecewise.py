"""Functions on the line with piecewise linear derivatives: curvatures and kinks of one's choice."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumptions import attained, convex, smooth, strongly_convex
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import Array, maximum, minimum, total

__all__ = ["Pieces", "convex_pieces", "pieces", "strongly_convex_pieces"]


class Pieces(NamedTuple):
    """A function on the line, 0 at 0, whose derivative is 0 there and has a slope on each piece.

    Piece i has the curvature c_i where s_i x is between k_i >= 0 and k_i + w_i; s_i is its side, 1
    or -1. With u_i = min(max(s_i x - k_i, 0), w_i), f' = sum_i s_i c_i u_i: sums of nonnegative
    terms on either side where all c_i are, and so exactly monotone in every precision.
    """

    curvatures: Array
    sides: Array
    kinks: Array
    widths: Array

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        beyond = maximum(self.sides * x - self.kinks, 0.0)
        within = minimum(beyond, self.widths)
        return total(self.curvatures * within * (beyond - 0.5 * within))

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        beyond = maximum(self.sides * x - self.kinks, 0.0)
        return total(self.sides * self.curvatures * minimum(beyond, self.widths))


def pieces(
    right: Sequence[float],
    right_widths: Sequence[float],
    left: Sequence[float],
    left_widths: Sequence[float],
) -> Pieces:
    """The pieces with these curvatures, from 0 outwards; the last on each side has no end."""
    widths = [np.append(w, np.inf) for w in (right_widths, left_widths)]
    kinks = [np.append(0.0, np.cumsum(w[:-1])) for w in widths]
    sides = np.repeat([1.0, -1.0], [len(right), len(left)])
    return Pieces(np.append(right, left), sides, np.concatenate(kinks), np.concatenate(widths))


Share = Annotated[float, between(0.0, 1.0)]
Kink = Annotated[float, between(1e-4, 1.0, log=True)]
Scale = Annotated[float, between(0.1, 100.0, log=True)]


def _pieces(shares, first, second, other_shares, other, low, high, declared):
    """The function with curvatures at these shares of the way from ``low`` to ``high``.

    On the right of 0 they change at ``first`` and at the share ``second`` of the way from there
    to the start 1; on the left at -``other``.
    """
    right, left = (low + (high - low) * np.array(s) for s in (shares, other_shares))
    oracle = pieces(right, [first, (1 - first) * second], left, [other])
    return Problem(
        oracle=oracle,
        declares=[declared, smooth(high), attained(0.0, np.zeros(1))],
        start=np.ones(1),
    )


@family
def convex_pieces(
    rng,
    *,
    near: Annotated[float, between(0.01, 1.0)] = 1.0,
    middle: Share = 0.0,
    far: Share = 0.5,
    first: Kink = 0.1,
    second: Share = 0.5,
    other_near: Annotated[float, between(0.01, 1.0)] = 0.5,
    other_far: Share = 0.0,
    other: Kink = 0.5,
    L: Scale = 1.0,
):
    """Three curvatures on the right of the minimizer 0 and two on its left, from x_0 = 1.

    They are ``near``, ``middle`` and ``far`` times L, with kinks at ``first`` and at first +
    (1 - first) second; on the left ``other_near`` and ``other_far`` times L, with the kink at
    -``other``. On the line, all convex functions whose derivative is piecewise linear are of this
    form, but for the number of pieces.
    """
    shares, others = (near, middle, far), (other_near, other_far)
    return _pieces(shares, first, second, others, other, 0.0, L, convex())


@family
def strongly_convex_pieces(
    rng,
    *,
    near: Share = 1.0,
    middle: Share = 0.0,
    far: Share = 0.5,
    first: Kink = 0.1,
    second: Share = 0.5,
    other_near: Share = 0.5,
    other_far: Share = 0.0,
    other: Kink = 0.5,
    L: Scale = 1.0,
    kappa: Annotated[float, between(1.1, 1000.0, log=True)] = 10.0,
):
    """The same with curvatures mu + (L - mu) share, where mu = L/kappa: strongly convex."""
    mu = L / kappa
    shares, others = (near, middle, far), (other_near, other_far)
    return _pieces(shares, first, second, others, other, mu, L, strongly_convex(mu))
