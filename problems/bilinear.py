"""Bilinear games: min over u, max over v of u^T A v + p^T u + q^T v, on the plane or on balls."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    bounded_domain,
    gap_set,
    lipschitz,
    monotone,
    projectable,
    solution_on_set,
    strongly_monotone,
    zero,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import (
    Array,
    absolute,
    concat,
    inner,
    matvec,
    maximum,
    minimum,
    norm,
    rmatvec,
    split,
    total,
)

__all__ = [
    "BallGame",
    "BilinearGame",
    "BoxGame",
    "BoxRotation",
    "ball_game",
    "bilinear_game",
    "box_game",
    "box_rotation",
]


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


class BoxRotation(NamedTuple):
    """F(u, v) = a (u, v) + b (v, -u) + q on the box [-1, 1]^2."""

    a: float
    b: float
    q: Array

    def operator(self, x):
        """(R, 2) -> (R, 2)."""
        u, v = split(x, 1)
        return self.a * x + self.b * concat(v, -u) + self.q

    def project(self, x):
        """(R, 2) -> (R, 2)."""
        return minimum(maximum(x, -1.0), 1.0)


class BoxGame(NamedTuple):
    """min over u, max over v of b u v + q_1 u - q_2 v on the box [-1, 1]^2."""

    b: float
    q: Array

    def operator(self, x):
        """(R, 2) -> (R, 2): the gradient in u, minus the gradient in v."""
        u, v = split(x, 1)
        return self.b * concat(v, -u) + self.q

    def project(self, x):
        """(R, 2) -> (R, 2)."""
        return minimum(maximum(x, -1.0), 1.0)

    def reference(self, x):
        """(R, 2) -> (R, 2): the nearest feasible point."""
        return self.project(x)

    def restricted_gap(self, x):
        """(R, 2) -> (R, 1): <F(y), x - y> is linear in y, and largest at a corner."""
        return total(absolute(self.operator(x))) + inner(self.q, x)


Height = Annotated[float, between(-1.0, 1.0)]
Push = Annotated[float, between(0.0, 2.0)]


def _on_box(a, b, height, push):
    """q with which F pushes out of the box at (1, height) alone; what is declared of this point."""
    modulus = float(np.hypot(a, b))
    q = np.array([-push * modulus - a - b * height, b - a * height])
    error = 2.0**-50 * modulus / a if a else 0.0  # of the entry of F that vanishes there, over a
    return q, [
        lipschitz(modulus),
        projectable(),
        bounded_domain(Certificate(float(np.sqrt(8)), "opposite corners")),
        solution_on_set(Certificate(np.array([1.0, height]), "by construction", error)),
    ]


@family
def box_rotation(
    rng,
    *,
    angle: Annotated[float, between(0.0, 1.57)] = np.pi / 4,
    modulus: Size = 1.0,
    height: Height = 0.5,
    push: Push = 0.5,
):
    """The modulus times a rotation, shifted, on the box [-1, 1]^2, from (-1, -1).

    The solution is (1, height), where F = (-push modulus, 0) points out of the box; with push = 0
    it is a zero of F.
    """
    a, b = modulus * np.cos(angle), modulus * np.sin(angle)
    q, known = _on_box(a, b, height, push)
    return Problem(
        oracle=BoxRotation(a, b, q),
        declares=[strongly_monotone(a), *known],
        start=np.array([-1.0, -1.0]),
    )


@family
def box_game(rng, *, L: Size = 1.0, height: Height = 0.5, push: Push = 0.5):
    """The bilinear game L u v, shifted, on the box [-1, 1]^2, from (-1, -1).

    The solution is (1, height), where F = (-push L, 0) points out of the box.
    """
    q, known = _on_box(0.0, L, height, push)
    farthest = Certificate(float(np.sqrt(8)), "opposite corners")
    return Problem(
        oracle=BoxGame(L, q),
        declares=[monotone(), gap_set(farthest), *known],
        start=np.array([-1.0, -1.0]),
    )
