"""Nonexpansive operators T with a known fixed point."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import contractive, lipschitz, nonexpansive
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import Array, concat, maximum, minimum, split

__all__ = ["Rotations", "SoftReflection", "plane_rotation", "rotations", "soft_reflection"]

Angle = Annotated[float, between(1e-3, np.pi, log=True)]


class Rotations(NamedTuple):
    """T turns the pair (u_i, v_i) of x = (u, v) by an angle, and scales it.

    ``c`` and ``s`` are cosine and sine, times the scale.
    """

    c: Array
    s: Array

    def operator(self, x):
        """(R, 2n) -> (R, 2n)."""
        u, v = split(x, x.shape[-1] // 2)
        return concat(self.c * u - self.s * v, self.s * u + self.c * v)


def _rotations(angles, modulus):
    n = len(angles)
    return Problem(
        oracle=Rotations(modulus * np.cos(angles), modulus * np.sin(angles)),
        declares=[
            nonexpansive(np.zeros(2 * n)),
            lipschitz(Certificate(modulus, "prescribed modulus", 1e-15)),
            contractive(Certificate(modulus, "prescribed modulus", 1e-15)),
        ],
        start=np.full(2 * n, (2 * n) ** -0.5),
    )


@family
def plane_rotation(rng, *, angle: Angle = 0.5, modulus: Annotated[float, between(0.5, 1.0)] = 1.0):
    """A rotation of the plane by one angle: the slowest operator for averaged iterations.

    With T turning by phi, |x - T x|^2 = 4 sin^2(phi/2) |x|^2, and each step of Krasnoselskii-Mann
    multiplies |x|^2 by 1 - 4 theta (1 - theta) sin^2(phi/2).
    """
    return _rotations(np.array([angle]), modulus)


@family
def rotations(
    rng,
    *,
    n: Annotated[int, between(2, 10)] = 5,
    angle: Angle = 3.0,
    decades: Annotated[float, between(0.5, 3.0)] = 2.0,
    modulus: Annotated[float, between(0.5, 1.0)] = 1.0,
):
    """Rotations of n planes, with angles evenly spaced in the logarithm, from one downwards."""
    return _rotations(angle * 10.0 ** -np.linspace(0.0, decades, n), modulus)


class SoftReflection(NamedTuple):
    """T(x) = -x up to the width w, and a step of length 2 w towards 0 beyond."""

    w: float

    def operator(self, x):
        """(R, 1) -> (R, 1)."""
        return x - 2 * maximum(minimum(x, self.w), -self.w)


@family
def soft_reflection(rng, *, width: Annotated[float, between(1e-3, 1.0, log=True)] = 0.1):
    """The slowest operator for Halpern's iteration, from 1: T = 2 prox_f - I, f(x) = width |x|.

    As long as x_k >= width, |x_k - T x_k| = 2 width and x_k = 1 - k width, so that for
    width = 1/(k + 1) the residual after k steps is 2/(k + 1): F. Lieder, *On the convergence rate
    of the Halpern-iteration*, Optim. Lett. 15 (2021), has such an operator on the line.
    """
    return Problem(
        oracle=SoftReflection(width), declares=[nonexpansive(np.zeros(1))], start=np.ones(1)
    )
