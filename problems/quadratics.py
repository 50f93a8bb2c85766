"""Quadratics with prescribed spectrum, and those that are extremal for gradient methods."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    convex,
    largest_curvature,
    pl,
    quadratic_objective,
    smooth,
    starts_steep,
    strongly_convex,
)
from convlab.family import between, choice, family
from convlab.problem import Problem
from convlab.vocabulary import Array, inner, matvec

__all__ = [
    "Quadratic",
    "all_curvatures",
    "angled_quadratic",
    "curvature_between",
    "degenerate_quadratic",
    "parabola",
    "parabola_between",
    "quadratic",
    "two_curvatures",
]


class Quadratic(NamedTuple):
    """f(x) = (x - x*)^T A (x - x*) / 2; where A is singular, ``kernel`` projects on its kernel."""

    A: Array
    center: Array
    kernel: Array | None = None

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.5 * inner(x - self.center, matvec(self.A, x - self.center))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return matvec(self.A, x - self.center)

    def hessian_vector(self, x, v):
        """(R, d), (R, d) -> (R, d)."""
        return matvec(self.A, v)

    def nearest_minimizer(self, x):
        """(R, d) -> (R, d), or (d,) where there is only one."""
        if self.kernel is None:
            return self.center
        return self.center + matvec(self.kernel, x - self.center)


def _largest(L):
    return largest_curvature(Certificate(L, "largest eigenvalue, prescribed", 1e-14 * L))


def _seen(L):
    return starts_steep(Certificate(L, "largest eigenvalue, and the start is random", 1e-14 * L))


def _smallest(mu, L):
    return Certificate(mu, "smallest nonzero eigenvalue, prescribed", 1e-14 * L)


def _spectrum(rank, L, kappa):
    return np.geomspace(L / kappa, L, rank) if rank > 1 else np.array([L])


@family
def quadratic(
    rng,
    *,
    d: Annotated[int, between(1, 50)] = 10,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.0, 1000.0, log=True)] = 10.0,
):
    """A random rotation of a spectrum spaced evenly in the logarithm from L/kappa to L."""
    spectrum = _spectrum(d, L, kappa)
    Q, _ = np.linalg.qr(rng.normal(size=(d, d)))
    A = (Q * spectrum) @ Q.T
    center = rng.normal(size=d)
    return Problem(
        oracle=Quadratic((A + A.T) / 2, center),
        declares=[
            quadratic_objective(),
            _largest(L),
            _seen(L),
            strongly_convex(_smallest(spectrum[0], L)),
            attained(0.0, center),
        ],
    )


@family
def all_curvatures(
    rng,
    *,
    d: Annotated[int, between(2, 50)] = 16,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(10.0, 1e6, log=True)] = 1000.0,
):
    """f(x) = sum_i L_i x_i^2/2 from (1, ..., 1), L_1 > ... > L_d spaced evenly in the logarithm.

    Along the gradient flow the gap is close to a multiple of 1/t for 1/L < t < kappa/L: of the
    order that gradient descent has on convex functions.
    """
    spectrum = _spectrum(d, L, kappa)[::-1]
    return Problem(
        oracle=Quadratic(np.diag(spectrum), np.zeros(d)),
        declares=[
            quadratic_objective(),
            _largest(L),
            strongly_convex(_smallest(spectrum[-1], L)),
            attained(0.0, np.zeros(d)),
        ],
        start=np.ones(d),
    )


@family
def degenerate_quadratic(
    rng,
    *,
    rank: Annotated[int, between(1, 30)] = 6,
    null: Annotated[int, between(1, 20)] = 4,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.0, 1000.0, log=True)] = 10.0,
):
    """A convex quadratic that is flat in ``null`` directions: PL, not strongly convex."""
    spectrum = _spectrum(rank, L, kappa)
    Q, _ = np.linalg.qr(rng.normal(size=(rank + null, rank + null)))
    A = (Q[:, :rank] * spectrum) @ Q[:, :rank].T
    kernel = Q[:, rank:] @ Q[:, rank:].T
    center = rng.normal(size=rank + null)
    return Problem(
        oracle=Quadratic((A + A.T) / 2, center, (kernel + kernel.T) / 2),
        declares=[
            quadratic_objective(),
            convex(),
            _largest(L),
            _seen(L),
            pl(_smallest(spectrum[0], L)),
            attained(0.0, center),
        ],
    )


@family
def two_curvatures(
    rng,
    *,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.5, 1000.0, log=True)] = 10.0,
):
    """f(x) = (mu x_1^2 + L x_2^2)/2 from the start at which exact line search is slowest.

    From (1, mu/L) steepest descent with exact line search zigzags, and every step multiplies
    the gap by ((L - mu)/(L + mu))^2: H. Akaike, *On a successive transformation of probability
    distribution*, Ann. Inst. Statist. Math. 11 (1959).
    """
    mu = L / kappa
    return Problem(
        oracle=Quadratic(np.diag([mu, L]), np.zeros(2)),
        declares=[
            quadratic_objective(),
            largest_curvature(L),
            starts_steep(L),
            strongly_convex(mu),
            attained(0.0, np.zeros(2)),
        ],
        start=np.array([1.0, mu / L]),
    )


@family
def parabola(
    rng,
    *,
    steep: Annotated[bool, choice(False, True)] = False,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.5, 1000.0, log=True)] = 10.0,
):
    """A parabola of curvature L where ``steep``, of L/kappa elsewhere, among functions with both.

    In one dimension from x_0 = 1: the slowest members of the class of L-smooth and
    L/kappa-strongly convex functions for gradient steps that are too short, or too long.
    """
    curvature = L if steep else L / kappa
    return Problem(
        oracle=Quadratic(np.array([[curvature]]), np.zeros(1)),
        declares=[
            quadratic_objective(),
            smooth(Certificate(L, "bound on the curvature")),
            strongly_convex(Certificate(L / kappa, "bound on the curvature")),
            attained(0.0, np.zeros(1)),
        ],
        start=np.ones(1),
    )


def curvature_between(share: float, L: float, kappa: float) -> float:
    """(L/kappa)^(1-share) L^share, which is between L/kappa and L.

    >>> curvature_between(0.5, 8.0, 4.0)
    4.0
    """
    return min(max(L / kappa * kappa**share, L / kappa), L)


@family
def parabola_between(
    rng,
    *,
    share: Annotated[float, between(0.0, 1.0)] = 0.5,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.1, 1000.0, log=True)] = 10.0,
):
    """A parabola of curvature (L/kappa)^(1-share) L^share among functions with both, from x_0 = 1.

    Methods with memory may be slowest on a curvature between the two.
    """
    return Problem(
        oracle=Quadratic(np.array([[curvature_between(share, L, kappa)]]), np.zeros(1)),
        declares=[
            quadratic_objective(),
            smooth(Certificate(L, "bound on the curvature")),
            strongly_convex(Certificate(L / kappa, "bound on the curvature")),
            attained(0.0, np.zeros(1)),
        ],
        start=np.ones(1),
    )


@family
def angled_quadratic(
    rng,
    *,
    angle: Annotated[float, between(0.0, np.pi / 2)] = np.pi / 4,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.1, 1000.0, log=True)] = 10.0,
):
    """f(x) = (mu x_1^2 + L x_2^2)/2 with mu = L/kappa, from (cos angle, sin angle).

    Steps that depend on the iterates, as those of exact line search, make the angle matter.
    """
    mu = L / kappa
    return Problem(
        oracle=Quadratic(np.diag([mu, L]), np.zeros(2)),
        declares=[
            quadratic_objective(),
            largest_curvature(L),
            strongly_convex(mu),
            attained(0.0, np.zeros(2)),
        ],
        start=np.array([np.cos(angle), np.sin(angle)]),
    )
