"""Two closed convex sets, with their projections: lines, subspaces and balls."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    best_approximation,
    nonexpansive,
    split_zero,
    two_resolvents,
    two_sets,
    two_subspaces,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import Array, concat, inner, maximum, norm, split

__all__ = [
    "Balls",
    "PlaneAndOrthant",
    "Subspaces",
    "plane_and_orthant",
    "subspaces_at_angles",
    "tangent_balls",
    "two_balls",
    "two_lines",
]

Angle = Annotated[float, between(1e-3, np.pi / 2, log=True)]
Radius = Annotated[float, between(0.1, 100.0, log=True)]


def _common(point):
    """What is declared of any two sets with a common point."""
    return [
        two_sets(point),
        two_resolvents(),
        split_zero(point, 0 * point),
        nonexpansive(point),
    ]


class Subspaces(NamedTuple):
    """In each plane of pairs (u_i, v_i) of x = (u, v), A is the line v_i = 0.

    B is the line at an angle, of ``cosines`` and ``sines``; ``shared`` is 1 where these are the
    same line, else 0.
    """

    cosines: Array
    sines: Array
    shared: Array

    def first(self, x, step):
        """(R, 2n) -> (R, 2n): the projection on A."""
        u, v = split(x, x.shape[-1] // 2)
        return concat(u, 0 * v)

    def second(self, x, step):
        """(R, 2n) -> (R, 2n): the projection on B."""
        u, v = split(x, x.shape[-1] // 2)
        along = self.cosines * u + self.sines * v
        return concat(self.cosines * along, self.sines * along)

    def operator(self, x):
        """(R, 2n) -> (R, 2n): both projections, one after the other."""
        return self.second(self.first(x, 1.0), 1.0)

    def nearest_minimizer(self, x):
        """(R, 2n) -> (R, 2n): the projection on the intersection."""
        u, v = split(x, x.shape[-1] // 2)
        return concat(self.shared * u, 0 * v)


def _subspaces(angles, start, *more):
    shared = (angles == 0).astype(float)
    cosine = float(np.cos(angles[angles > 0].min()))
    return Problem(
        oracle=Subspaces(np.cos(angles), np.sin(angles), shared),
        declares=[
            *_common(np.zeros(2 * len(angles))),
            two_subspaces(Certificate(cosine, "cosine of the smallest angle that is not 0")),
            *more,
        ],
        start=start,
    )


@family
def two_lines(rng, *, angle: Angle = 0.3, turn: Annotated[float, between(0.0, np.pi)] = 0.0):
    """Two lines in the plane; the start, at distance 1, is turned away from the first one."""
    start = np.array([np.cos(turn), np.sin(turn)])
    q = start[0] / np.sin(angle) * np.array([np.sin(angle), -np.cos(angle)])
    return _subspaces(np.array([angle]), start, best_approximation(start - q, q))


@family
def subspaces_at_angles(
    rng,
    *,
    n: Annotated[int, between(1, 10)] = 4,
    angle: Angle = 0.1,
    shared: Annotated[int, between(0, 4)] = 1,
):
    """Two subspaces with n principal angles from ``angle`` up to pi/2, and shared directions."""
    angles = np.concatenate([np.linspace(angle, np.pi / 2, n), np.zeros(shared)])
    start = rng.normal(size=2 * len(angles))
    return _subspaces(angles, start / np.linalg.norm(start))


class PlaneAndOrthant(NamedTuple):
    """A is the plane through ``point`` with unit ``normal``, B the orthant of entries >= 0."""

    normal: Array
    point: Array

    def first(self, x, step):
        """(R, 3) -> (R, 3): the projection on A."""
        return x - inner(x - self.point, self.normal) * self.normal

    def second(self, x, step):
        """(R, 3) -> (R, 3): the projection on B."""
        return maximum(x, 0.0)

    def operator(self, x):
        """(R, 3) -> (R, 3): both projections, one after the other."""
        return self.second(self.first(x, 1.0), 1.0)


@family
def plane_and_orthant(
    rng,
    *,
    away: Annotated[float, between(-10.0, 10.0)] = -4.0,
    below: Annotated[float, between(0.01, 1.0, log=True)] = 0.2,
    height: Radius = 1.0,
):
    """A plane with the normal (1, -1, 1) and the orthant of R^3, which meet in (0, 0, ``height``).

    The start is ``away`` from the plane, and -``below`` in the first entry: its projection on the
    intersection is that point. Corrections of B matter, as constraints that are active become idle.
    """
    normal, point = np.array([1.0, -1.0, 1.0]) / np.sqrt(3), np.array([0.0, 0.0, height])
    p, q = away * normal, np.array([-below, 0.0, 0.0])
    return Problem(
        oracle=PlaneAndOrthant(normal, point),
        declares=[*_common(point), best_approximation(p, q)],
        start=point + p + q,
    )


class Balls(NamedTuple):
    """A and B are balls of given centers and radii."""

    one: Array
    other: Array
    radius: float
    second_radius: float

    def first(self, x, step):
        """(R, d) -> (R, d): the projection on A."""
        away = x - self.one
        return self.one + away * (self.radius / maximum(norm(away), self.radius))

    def second(self, x, step):
        """(R, d) -> (R, d): the projection on B."""
        away = x - self.other
        return self.other + away * (self.second_radius / maximum(norm(away), self.second_radius))

    def operator(self, x):
        """(R, d) -> (R, d): both projections, one after the other."""
        return self.second(self.first(x, 1.0), 1.0)


@family
def two_balls(
    rng,
    *,
    angle: Annotated[float, between(0.1, 3.0)] = 2.8,
    share: Annotated[float, between(0.0, 1.0)] = 0.5,
    radius: Radius = 1.0,
    ratio: Radius = 1.0,
):
    """Two balls in the plane with 0 on both boundaries; the normals there form an angle.

    The start is a sum of normals, in shares ``share`` and 1 - share, so that 0 is its projection
    on the intersection.
    """
    one, other = np.array([1.0, 0.0]), np.array([np.cos(angle), np.sin(angle)])
    p, q = share * one, (1 - share) * other
    return Problem(
        oracle=Balls(-radius * one, -ratio * radius * other, radius, ratio * radius),
        declares=[*_common(np.zeros(2)), best_approximation(p, q)],
        start=p + q,
    )


@family
def tangent_balls(rng, *, radius: Radius = 1.0, ratio: Radius = 1.0):
    """Two balls that touch in one point, 0, from a point at distance 1 on the common tangent."""
    normal = np.array([1.0, 0.0])
    return Problem(
        oracle=Balls(-radius * normal, ratio * radius * normal, radius, ratio * radius),
        declares=_common(np.zeros(2)),
        start=np.array([0.0, 1.0]),
    )
