"""Quadratics on which the noise grows with the gradient, and vanishes with it."""

from dataclasses import replace
from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    quadratic_objective,
    smooth,
    strong_growth,
    strongly_convex,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.streams import integers
from convlab.vocabulary import Array, row, sqnorm
from problems.finite_sums import interpolated_least_squares
from problems.noise import Affine, noisy
from problems.quadratics import quadratic

__all__ = ["Coordinates", "coordinate_oracle", "growing_least_squares", "growing_noise_quadratic"]


class Coordinates(NamedTuple):
    """f(x) = L |x|^2 / 2, of whose gradient one random entry is seen, d times too large."""

    L: float
    unit_vectors: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.5 * self.L * sqnorm(x)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.L * x

    def hessian_vector(self, x, v):
        """(R, d), (R, d) -> (R, d)."""
        return self.L * v

    def stochastic_gradient(self, x, rng):
        """(R, d) -> (R, d)."""
        d = x.shape[-1]
        return d * self.L * x * row(self.unit_vectors, integers(rng, d))[:, 0, :]


@family
def coordinate_oracle(
    rng,
    *,
    d: Annotated[int, between(1, 64)] = 16,
    L: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
):
    """L |x|^2 / 2 with one entry of the gradient at a time: strong growth with constant d."""
    return Problem(
        oracle=Coordinates(L, np.eye(d)),
        declares=[
            quadratic_objective(),
            smooth(L),
            strongly_convex(L),
            strong_growth(float(d)),
            attained(0.0, np.zeros(d)),
        ],
    )


@family
def growing_noise_quadratic(
    rng,
    *,
    d: Annotated[int, between(1, 12)] = 5,
    kappa: Annotated[float, between(1.0, 100.0, log=True)] = 20.0,
    rho: Annotated[float, between(1.0, 20.0)] = 4.0,
):
    """A quadratic with gradients that are multiplied by 1 - sqrt(rho - 1) or 1 + sqrt(rho - 1)."""
    made = noisy(quadratic(d=d, kappa=kappa), Affine(0.0, np.sqrt(rho - 1)))
    return replace(made, declares=[*made.declares, strong_growth(rho)])


@family
def growing_least_squares(
    rng,
    *,
    n: Annotated[int, between(6, 16)] = 8,
    d: Annotated[int, between(1, 4)] = 2,
):
    """Least squares with interpolation, one row at a time.

    rho is the largest eigenvalue of H^-1 M H^-1, with E |g|^2 = z^T M z and |grad f|^2 = |H z|^2.
    """
    made = interpolated_least_squares(int(rng.integers(2**31)), n=n, d=d)
    A = made.oracle.A
    inverse = np.linalg.inv(A.T @ A / n)
    M = (A.T * (A**2).sum(axis=1)) @ A / n
    rho = float(np.linalg.eigvalsh(inverse @ M @ inverse)[-1])
    growth = strong_growth(Certificate(rho, "eigenvalue", 1e-13 * rho))
    return replace(made, declares=[*made.declares, growth])
