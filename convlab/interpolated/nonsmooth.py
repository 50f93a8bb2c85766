"""Largest values of affine functions, with unique minimizers."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumptions import (
    attained,
    bounded_subgradients,
    convex,
    proximable,
    strongly_convex,
)
from convlab.family import between, family, numbers
from convlab.interpolated.simplex import first_largest, weights
from convlab.problem import Problem
from convlab.vocabulary import (
    Array,
    amax,
    concat,
    matmul,
    matvec,
    maximum,
    norm,
    rmatvec,
    sqnorm,
    transpose,
    where,
)

__all__ = [
    "SHARP",
    "Offsets",
    "Pieces",
    "Rows",
    "Sharp",
    "Start",
    "affine_pieces",
    "padded",
    "proximable_pieces",
    "shortened",
]

Rows = Annotated[tuple, numbers(-1e6, 1e6, rows=True)]
Start = Annotated[tuple, numbers(-1e6, 1e6)]
Offsets = Annotated[tuple, numbers(-1e6, 0.0)]

SHARP = 1e-9
"""How fast a function grows away from its minimizer at least, in units of G; or its modulus."""


def padded(start: tuple, rows: tuple) -> tuple[np.ndarray, np.ndarray]:
    """The start (d,) and the rows (n, d), with 0 for missing coordinates."""
    d = max(1, len(start), *(len(r) for r in rows)) if rows else max(1, len(start))

    def full(row: tuple) -> np.ndarray:
        return np.pad(np.array(row, dtype=float), (0, d - len(row)))

    return full(start), np.array([full(r) for r in rows]).reshape(len(rows), d)


def shortened(rows: np.ndarray, G: float) -> np.ndarray:
    """The rows, those that are longer than G with length G."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows * np.minimum(1.0, G / np.maximum(lengths, 1e-300))


class Sharp(NamedTuple):
    """f(x) = max(least |x|, max_i <s_i, x> + b_i); the first of the largest gives the slope."""

    least: float
    slopes: Array
    offsets: Array

    def _pieces(self, x):
        return matvec(self.slopes, x) + self.offsets

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return maximum(self.least * norm(x), amax(self._pieces(x)))

    def gradient(self, x):
        """A subgradient: (R, d) -> (R, d)."""
        pieces, r = self._pieces(x), norm(x)
        slope = rmatvec(self.slopes, first_largest(pieces))
        return where(amax(pieces) >= self.least * r, slope, self.least * x / maximum(r, 1e-300))


@family
def affine_pieces(
    rng,
    *,
    G: Annotated[float, between(1e-3, 1e3, log=True)] = 1.0,
    offsets: Offsets = (-0.1,),
    slopes: Rows = ((1.0,),),
    start: Start = (1.0,),
):
    """The largest of affine functions with slopes up to G that are nowhere positive at 0.

    There are as many as both lists have; missing coordinates are 0, and longer slopes are
    shortened. Beside them there is G |x| / 10^9, so that 0 is the only minimizer.
    """
    count = min(len(offsets), len(slopes))
    x0, S = padded(start, slopes[:count])
    return Problem(
        oracle=Sharp(SHARP * G, shortened(S, G), np.array(offsets[:count])),
        declares=[
            convex(),
            bounded_subgradients(G),
            attained(0.0, np.zeros(len(x0))),
        ],
        start=x0,
    )


class Pieces(NamedTuple):
    """f(x) = max(0, max_i <s_i, x> + b_i) + (mu/2) |x|^2."""

    mu: float
    slopes: Array
    offsets: Array

    def _pieces(self, x):
        return matvec(self.slopes, x) + self.offsets

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return maximum(amax(self._pieces(x)), 0.0) + 0.5 * self.mu * sqnorm(x)

    def gradient(self, x):
        """A subgradient: (R, d) -> (R, d)."""
        pieces = self._pieces(x)
        slope = rmatvec(self.slopes, first_largest(pieces))
        return where(amax(pieces) >= 0.0, slope, 0.0 * x) + self.mu * x

    def prox(self, x, step):
        """(R, d) -> (R, d): the dual is a least value over the simplex, the last corner for 0."""
        shrink = 1.0 / (1.0 + step * self.mu)
        z, gamma = shrink * x, shrink * step
        S = _with_zero(self.slopes)
        G = gamma * matmul(S, transpose(S))
        reached = matvec(S, z) + _with_zero(self.offsets[:, None])[:, 0]
        return z - gamma * rmatvec(S, weights(G, -reached))


def _with_zero(A: Array) -> Array:
    """A matrix with a row of zeros more."""
    return transpose(concat(transpose(A), transpose(0.0 * A[:1, :])))


@family
def proximable_pieces(
    rng,
    *,
    mu: Annotated[float, between(1e-9, 1e3, log=True)] = 1e-9,
    offsets: Offsets = (-0.1,),
    slopes: Rows = ((1.0,),),
    start: Start = (1.0,),
):
    """The largest of 0 and of affine functions that are not positive at 0, + mu |x|^2 / 2.

    There are as many as both lists have; missing coordinates are 0. Its proximal operator is a
    least value over a simplex.
    """
    count = min(len(offsets), len(slopes))
    x0, S = padded(start, slopes[:count])
    return Problem(
        oracle=Pieces(mu, S, np.array(offsets[:count])),
        declares=[strongly_convex(mu), proximable(), attained(0.0, np.zeros(len(x0)))],
        start=x0,
    )
