"""Losses that come in turn from a list, with the best point for any number of rounds.

``leader(x, k)`` is the best point for the rounds 0, ..., k, and ``least_total(x, k)`` the smallest
total loss of the rounds before k.
"""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumptions import (
    bounded_domain,
    convex_rounds,
    exact_leader,
    lipschitz_losses,
    projectable,
    strongly_convex_losses,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import Array, inner, maximum, norm, sqnorm

__all__ = [
    "LinearLosses",
    "SquaredDistances",
    "orthogonal_slopes",
    "orthogonal_targets",
    "random_slopes",
    "random_targets",
]


def _sums(rows: np.ndarray) -> np.ndarray:
    """Sums of the first 0, ..., n rows: (n, d) -> (n + 1, d)."""
    return np.vstack([np.zeros(rows.shape[1]), np.cumsum(rows, axis=0)])


def _total(sums: Array, k):
    """The sum of the first k rows, taken in turn."""
    n = sums.shape[0] - 1
    return (k - k % n) / n * sums[n, :] + sums[k % n, :]


class SquaredDistances(NamedTuple):
    """The losses mu |x - a_k|^2/2 on the ball of the given radius around ``middle``."""

    mu: float
    points: Array
    sums: Array
    squares: Array
    middle: Array
    radius: float

    def loss(self, x, k):
        """(R, d) -> (R, 1)."""
        return 0.5 * self.mu * sqnorm(x - self.points[k % self.points.shape[0], :])

    def loss_gradient(self, x, k):
        """(R, d) -> (R, d)."""
        return self.mu * (x - self.points[k % self.points.shape[0], :])

    def leader(self, x, k):
        """The mean of the points so far: (R, d) -> (R, d)."""
        return _total(self.sums, k + 1) / (k + 1) + 0 * x

    def least_total(self, x, k):
        """(R, d) -> (R, 1)."""
        total = _total(self.sums, k) + 0 * x
        spread = _total(self.squares, k) - sqnorm(total) / maximum(k, 1.0)
        return 0.5 * self.mu * spread

    def project(self, x):
        """(R, d) -> (R, d)."""
        away = x - self.middle
        return self.middle + away * (self.radius / maximum(norm(away), self.radius))


def _squares(mu, points, middle, radius, G, start):
    squares = _sums((points**2).sum(axis=1, keepdims=True))
    return Problem(
        oracle=SquaredDistances(mu, points, _sums(points), squares, middle, radius),
        declares=[
            strongly_convex_losses(mu),
            exact_leader(),
            lipschitz_losses(G),
            projectable(),
            bounded_domain(2 * radius),
        ],
        start=start,
    )


@family
def orthogonal_targets(
    rng,
    *,
    horizon: Annotated[int, between(1, 200)] = 10,
    mu: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
):
    """The unit vectors in turn, in the smallest ball that contains them, from the last one.

    The next is at distance sqrt(1 + 1/k) of the mean of the first k.
    """
    d = horizon + 1
    middle, radius = np.full(d, 1 / d), float(np.sqrt(1 - 1 / d))
    return _squares(mu, np.eye(d), middle, radius, 2 * mu * radius, np.eye(d)[-1])


@family
def random_targets(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 2,
    n: Annotated[int, between(1, 30)] = 7,
    mu: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
):
    """Random points of the unit ball in turn, from a point of its boundary."""
    points = rng.normal(size=(n, d))
    points /= np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1.0)
    start = rng.normal(size=d)
    start /= np.linalg.norm(start)
    return _squares(mu, points, np.zeros(d), 1.0, 2 * mu, start)


class LinearLosses(NamedTuple):
    """The losses <g_k, x> on the ball of the given radius around ``middle``."""

    slopes: Array
    sums: Array
    middle: Array
    radius: float

    def loss(self, x, k):
        """(R, d) -> (R, 1)."""
        return inner(x, self.slopes[k % self.slopes.shape[0], :] + 0 * x)

    def loss_gradient(self, x, k):
        """(R, d) -> (R, d)."""
        return self.slopes[k % self.slopes.shape[0], :] + 0 * x

    def least_total(self, x, k):
        """(R, d) -> (R, 1)."""
        total = _total(self.sums, k) + 0 * x
        return inner(total, self.middle + 0 * x) - self.radius * norm(total)

    def project(self, x):
        """(R, d) -> (R, d)."""
        away = x - self.middle
        return self.middle + away * (self.radius / maximum(norm(away), self.radius))


def _linear(slopes, middle, radius, start):
    """Slopes of norm at most 1."""
    return Problem(
        oracle=LinearLosses(slopes, _sums(slopes), middle, radius),
        declares=[
            convex_rounds(),
            lipschitz_losses(1.0),
            projectable(),
            bounded_domain(2 * radius),
        ],
        start=start,
    )


@family
def orthogonal_slopes(rng, *, horizon: Annotated[int, between(1, 200)] = 10):
    """The coordinates in turn, on a ball of diameter 1, from the boundary point 0.

    The best point is opposite, and steps shorter than 1/sqrt(horizon) cost nothing and bring
    nothing: the regret is sqrt(horizon).
    """
    d = horizon
    return _linear(np.eye(d), np.full(d, -0.5 / np.sqrt(d)), 0.5, np.zeros(d))


@family
def random_slopes(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 2,
    n: Annotated[int, between(1, 30)] = 7,
    radius: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
):
    """Random unit vectors in turn, on a ball, from a point of its boundary."""
    slopes = rng.normal(size=(n, d))
    slopes /= np.linalg.norm(slopes, axis=1, keepdims=True)
    start = rng.normal(size=d)
    start *= radius / np.linalg.norm(start)
    return _linear(slopes * (1 - 1e-15), np.zeros(d), radius, start)
