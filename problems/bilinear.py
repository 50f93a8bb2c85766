"""Bilinear games: min over u, max over v of u^T A v + p^T u + q^T v, on the plane or on balls."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import gap_set, lipschitz, monotone, zero
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import (
    Array,
    concat,
    inner,
    matvec,
    maximum,
    norm,
    rmatvec,
    split,
)

__all__ = ["BallGame", "BilinearGame", "ball_game", "bilinear_game"]


def _operator(A, p, q, x):
    u, v = split(x, A.shape[0])
    return concat(matvec(A, v) + p, -rmatvec(A, u) - q)


class BilinearGame(NamedTuple):
    """Unconstrained, with the ball of radius R around c for the restricted gap.

    On x = (u, v) the operator is F(x) = M x + (p, -q) with M skew, so that the gap restricted to
    the ball is <F(c), x - c> + R |F(x)|.
    """

    A: Array
    p: Array
    q: Array
    c: Array
    R: float

    def operator(self, x):
        """(R, m + n) -> (R, m + n): the gradient in u, minus the gradient in v."""
        return _operator(self.A, self.p, self.q, x)

    def reference(self, x):
        """(R, m + n) -> (R, m + n): the nearest point of the ball."""
        r = norm(x - self.c)
        return self.c + (x - self.c) * self.R / maximum(r, self.R)

    def restricted_gap(self, x):
        """(R, m + n) -> (R, 1)."""
        at_center = self.operator(self.c + 0 * x)
        return inner(at_center, x - self.c) + self.R * norm(self.operator(x))


class BallGame(NamedTuple):
    """Each player in a ball of radius B; the restricted gap is that of the whole set."""

    A: Array
    p: Array
    q: Array
    B: float

    def operator(self, x):
        """(R, m + n) -> (R, m + n): the gradient in u, minus the gradient in v."""
        return _operator(self.A, self.p, self.q, x)

    def project(self, x):
        """(R, m + n) -> (R, m + n): the nearest feasible point."""
        u, v = split(x, self.A.shape[-2])
        u, v = (z * self.B / maximum(norm(z), self.B) for z in (u, v))
        return concat(u, v)

    def reference(self, x):
        """(R, m + n) -> (R, m + n): the nearest feasible point."""
        return self.project(x)

    def restricted_gap(self, x):
        """(R, m + n) -> (R, 1)."""
        u, v = split(x, self.A.shape[-2])
        in_u, in_v = split(self.operator(x), self.A.shape[-2])
        return self.B * (norm(in_u) + norm(in_v)) + inner(self.p, u) - inner(self.q, v)


def _matrix(rng, n, L):
    """A random matrix of norm L."""
    A = rng.normal(size=(n, n))
    return L * A / np.linalg.norm(A, 2)


Size = Annotated[float, between(0.1, 10.0, log=True)]


@family
def bilinear_game(
    rng,
    *,
    n: Annotated[int, between(1, 8)] = 1,
    L: Size = 1.0,
    away: Annotated[float, between(0.1, 3.0)] = 1.0,
    R: Size = 1.0,
):
    """Norm L; the start has distance ``away`` times R from the solution, in a random direction.

    The ball of the restricted gap has radius R and the start as its center.
    """
    A, x_star, direction = _matrix(rng, n, L), rng.normal(size=2 * n), rng.normal(size=2 * n)
    start = x_star + away * R * direction / np.linalg.norm(direction)
    p, q = -A @ x_star[n:], -A.T @ x_star[:n]
    return Problem(
        oracle=BilinearGame(A, p, q, start, R),
        declares=[
            monotone(),
            lipschitz(Certificate(L, "largest singular value", 1e-14 * L)),
            gap_set(R),
            zero(Certificate(x_star, "by construction", 1e-14 * (1 + L))),
        ],
        start=start,
    )


@family
def ball_game(
    rng,
    *,
    n: Annotated[int, between(1, 8)] = 4,
    L: Size = 1.0,
    offset: Annotated[float, between(0.0, 2.0)] = 0.3,
    B: Size = 1.0,
):
    """Norm L, linear terms of size ``offset`` L B; both players start on the border."""
    A = _matrix(rng, n, L)
    p, q, u, v = (z / np.linalg.norm(z) for z in rng.normal(size=(4, n)))
    start = B * np.concatenate([u, v])
    return Problem(
        oracle=BallGame(A, offset * L * B * p, offset * L * B * q, B),
        declares=[
            monotone(),
            lipschitz(Certificate(L, "largest singular value", 1e-14 * L)),
            gap_set(Certificate(np.sqrt(8) * B, "opposite points of two balls")),
        ],
        start=start,
    )
