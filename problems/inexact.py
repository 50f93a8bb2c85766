"""Functions whose gradients are known up to a relative error."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    quadratic_objective,
    relative_error,
    smooth,
    strongly_convex,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import Array, inner, matvec, maximum, norm, where

__all__ = [
    "InexactHuber",
    "InexactQuadratic",
    "inexact_valley",
    "turned_gradient",
    "turned_huber_gradient",
]

Scale = Annotated[float, between(0.1, 100.0, log=True)]
Condition = Annotated[float, between(1.5, 1000.0, log=True)]
Error = Annotated[float, between(0.0, 0.95)]


class InexactQuadratic(NamedTuple):
    """f(x) = (x - c)^T A (x - c)/2, with the inexact gradient g + E g."""

    A: Array
    center: Array
    E: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.5 * inner(x - self.center, self.gradient(x))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return matvec(self.A, x - self.center)

    def hessian_vector(self, x, v):
        """(R, d), (R, d) -> (R, d)."""
        return matvec(self.A, v)

    def inexact_gradient(self, x):
        """(R, d) -> (R, d)."""
        g = self.gradient(x)
        return g + matvec(self.E, g)


def _quadratic(A, center, E, L, mu, error, start=None):
    """The spectrum of A lies between mu and L, and |E| is at most ``error``."""
    return Problem(
        oracle=InexactQuadratic(A, center, E),
        declares=[
            quadratic_objective(),
            smooth(Certificate(L, "largest eigenvalue, prescribed", 1e-14 * L)),
            strongly_convex(Certificate(mu, "smallest eigenvalue, prescribed", 1e-14 * L)),
            relative_error(Certificate(error, "norm of E, prescribed", 1e-14)),
            attained(0.0, center),
        ],
        start=start,
    )


@family
def inexact_valley(rng, *, L: Scale = 1.0, kappa: Condition = 10.0, error: Error = 0.2):
    """f(x) = (mu x_1^2 + L x_2^2)/2 with the gradient ((1 - e) mu x_1, (1 + e) L x_2).

    In x_1/sqrt(1 - e) and x_2/sqrt(1 + e) it is an exact gradient, for curvatures (1 - e) mu and
    (1 + e) L; from the start at which exact line search is slowest for these.
    """
    mu, e = L / kappa, error
    tilt = (1 - e) * mu / ((1 + e) * L)
    start = np.array([np.sqrt(1 - e), tilt * np.sqrt(1 + e)])
    return _quadratic(np.diag([mu, L]), np.zeros(2), np.diag([-e, e]), L, mu, e, start)


@family
def turned_gradient(
    rng,
    *,
    d: Annotated[int, between(2, 20)] = 6,
    L: Scale = 1.0,
    kappa: Condition = 10.0,
    error: Error = 0.3,
):
    """A random quadratic; the error is the gradient turned by a random orthogonal matrix."""
    spectrum = np.geomspace(L / kappa, L, d)
    Q, _ = np.linalg.qr(rng.normal(size=(d, d)))
    turn, _ = np.linalg.qr(rng.normal(size=(d, d)))
    A = (Q * spectrum) @ Q.T
    return _quadratic((A + A.T) / 2, rng.normal(size=d), error * turn, L, L / kappa, error)


class InexactHuber(NamedTuple):
    """A function of |x|: curvature L within the radius tau, mu beyond; inexact gradient g + E g."""

    L: float
    tau: float
    mu: float
    E: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        r = norm(x)
        outside = 0.5 * self.mu * r * r + (self.L - self.mu) * self.tau * (r - 0.5 * self.tau)
        return where(r <= self.tau, 0.5 * self.L * r * r, outside)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return x * (self.mu + (self.L - self.mu) * self.tau / maximum(norm(x), self.tau))

    def inexact_gradient(self, x):
        """(R, d) -> (R, d)."""
        g = self.gradient(x)
        return g + matvec(self.E, g)


@family
def turned_huber_gradient(
    rng,
    *,
    d: Annotated[int, between(2, 10)] = 3,
    tau: Annotated[float, between(0.01, 1.0, log=True)] = 0.1,
    L: Scale = 1.0,
    kappa: Condition = 10.0,
    error: Error = 0.3,
):
    """The same on a Huber function that is strongly convex far from its minimizer."""
    turn, _ = np.linalg.qr(rng.normal(size=(d, d)))
    return Problem(
        oracle=InexactHuber(L, tau, L / kappa, error * turn),
        declares=[
            smooth(L),
            strongly_convex(L / kappa),
            relative_error(Certificate(error, "norm of E, prescribed", 1e-14)),
            attained(0.0, np.zeros(d)),
        ],
    )
