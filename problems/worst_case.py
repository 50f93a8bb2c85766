"""Instances made to be hard: lower bounds, cycles, zigzags."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import attained, quadratic_objective, smooth, strongly_convex
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import Array, concat, inner, split, where
from problems.quadratics import Quadratic

__all__ = ["Chain", "ThreeSlopes", "nesterov_chain", "three_slopes", "zigzag"]


class Chain(NamedTuple):
    """f(x) = L/8 (x_1^2 + sum_i (x_i - x_(i+1))^2 + x_d^2) - L x_1/4, raised to the infimum 0."""

    L: float
    center: Array

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.hessian_vector(x, x - self.center)

    def hessian_vector(self, x, v):
        """(R, d), (R, d) -> (R, d)."""
        zero = 0 * split(v, 1)[0]
        below, above = split(v, v.shape[-1] - 1)[0], split(v, 1)[1]
        return self.L / 4 * (2 * v - concat(zero, below) - concat(above, zero))

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.5 * inner(x - self.center, self.gradient(x))


@family
def nesterov_chain(
    rng,
    *,
    horizon: Annotated[int, between(1, 2000)] = 10,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
):
    """The worst function in the world: after k steps from 0 only k coordinates have moved.

    Of dimension 2 horizon + 1, with x*_i = 1 - i/(2 horizon + 2): Y. Nesterov, *Introductory
    Lectures on Convex Optimization* (2004), section 2.1.2.
    """
    d = 2 * horizon + 1
    center = 1 - np.arange(1, d + 1) / (d + 1)
    return Problem(
        oracle=Chain(L, center),
        declares=[
            quadratic_objective(),
            smooth(Certificate(L, "bound on the largest eigenvalue, L sin(pi d/(2d + 2))^2")),
            strongly_convex(
                Certificate(L * np.sin(np.pi / (2 * d + 2)) ** 2, "smallest eigenvalue", 1e-14 * L)
            ),
            attained(0.0, center),
        ],
        start=np.zeros(d),
    )


class ThreeSlopes(NamedTuple):
    """A function on the line with f' = 25 x below 1, x + 24 up to 2, 25 x - 24 beyond."""

    scale: float

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        middle = 0.5 * x * x + 24 * x - 12
        right = 12.5 * x * x - 24 * x + 36
        return self.scale * where(x < 1, 12.5 * x * x, where(x < 2, middle, right))

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return self.scale * where(x < 1, 25 * x, where(x < 2, x + 24, 25 * x - 24))


@family
def three_slopes(rng, *, L: Annotated[float, between(0.1, 100.0, log=True)] = 25.0):
    """A function of condition number 25 on which the tuned heavy ball method cycles, from 3.3.

    L. Lessard, B. Recht and A. Packard, *Analysis and design of optimization algorithms via
    integral quadratic constraints*, SIAM J. Optim. 26 (2016), section 4.6.
    """
    return Problem(
        oracle=ThreeSlopes(L / 25),
        declares=[smooth(L), strongly_convex(L / 25), attained(0.0, np.zeros(1))],
        start=np.array([3.3]),
    )


@family
def zigzag(
    rng,
    *,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(4.0, 1000.0, log=True)] = 10.0,
):
    """f(x) = (mu x_1^2 + L x_2^2)/2 from the start at which every Polyak step is 2/(L + mu).

    There x_2^2/x_1^2 = mu (L - 3 mu)/(L (3 L - mu)), and every step multiplies the distance by
    (L - mu)/(L + mu), with alternating sign in x_2.
    """
    mu = L / kappa
    start = np.array([1.0, np.sqrt(mu * (L - 3 * mu) / (L * (3 * L - mu)))])
    return Problem(
        oracle=Quadratic(np.diag([mu, L]), np.zeros(2)),
        declares=[
            quadratic_objective(),
            smooth(L),
            strongly_convex(mu),
            attained(0.0, np.zeros(2)),
        ],
        start=start,
    )
