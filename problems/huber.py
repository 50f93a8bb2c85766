"""Huber functions, extremal for gradient methods: steep near the minimizer, flat far from it."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import attained, convex, smooth, strongly_convex
from convlab.family import between, choice, family
from convlab.problem import Problem
from convlab.vocabulary import (
    Array,
    absolute,
    matvec,
    maximum,
    mean,
    minimum,
    norm,
    rmatvec,
    where,
)
from problems.piecewise import pieces

__all__ = [
    "HalfHuber",
    "Huber",
    "HuberRegression",
    "huber",
    "huber_accelerated",
    "huber_gradient",
    "huber_regression",
    "huber_silver",
    "huber_strongly_convex",
    "huber_width",
    "huber_width_reversed",
    "huber_width_strongly_convex",
    "smooth_half_line",
]

Scale = Annotated[float, between(0.1, 100.0, log=True)]
Horizon = Annotated[int, between(1, 100_000)]
Width = Annotated[float, between(1e-4, 1.0, log=True)]
Condition = Annotated[float, between(1.1, 1000.0, log=True)]


class Huber(NamedTuple):
    """A function of |x|: curvature L within the radius tau, mu beyond, gradient continuous."""

    L: float
    tau: float
    mu: float = 0.0

    def value(self, x):
        """(R, d) -> (R, 1)."""
        r = norm(x)
        outside = 0.5 * self.mu * r * r + (self.L - self.mu) * self.tau * (r - 0.5 * self.tau)
        return where(r <= self.tau, 0.5 * self.L * r * r, outside)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return x * (self.mu + (self.L - self.mu) * self.tau / maximum(norm(x), self.tau))


def _slope(L, tau):
    """The one-dimensional instance with kink at tau, from x_0 = 1."""
    return Problem(
        oracle=Huber(L, tau),
        declares=[convex(), smooth(L), attained(0.0, np.zeros(1))],
        start=np.ones(1),
    )


@family
def huber(rng, *, horizon: Horizon = 10, L: Scale = 1.0):
    """The instance on which gradient descent with step 1/L is slowest after ``horizon`` steps.

    In one dimension from x_0 = 1 with tau = 1/(2 horizon + 1), gap L/(4 horizon + 2): Drori and
    Teboulle, *Performance of first-order methods for smooth convex minimization*, Math. Program.
    145 (2014), Theorem 3.2.
    """
    return _slope(L, 1 / (2 * horizon + 1))


@family
def huber_gradient(rng, *, horizon: Horizon = 10, L: Scale = 1.0):
    """The instance on which its gradient is largest: ``horizon`` steps 1/L end at the kink.

    In one dimension from x_0 = 1 with tau = 1/(horizon + 1), gradient L/(horizon + 1).
    """
    return _slope(L, 1 / (horizon + 1))


@family
def huber_accelerated(rng, *, horizon: Annotated[int, between(1, 10_000)] = 10, L: Scale = 1.0):
    """The same for Nesterov's accelerated gradient method.

    Under a constant gradient Lg its x_k is x_0 - s_k g; with tau = 1/(2 s_horizon + 1) the run
    stays on the slope and ends with the gap L tau/2: Drori and Teboulle (2014), section 4.
    """
    t, x, y = 1.0, 0.0, 0.0
    for _ in range(horizon):
        x, previous = y + 1, x
        t, old = (1 + np.sqrt(1 + 4 * t * t)) / 2, t
        y = x + (old - 1) / t * (x - previous)
    return _slope(L, 1 / (2 * x + 1))


@family
def huber_silver(
    rng, *, horizon: Annotated[int, choice(*(2**m - 1 for m in range(1, 13)))] = 7, L: Scale = 1.0
):
    """The same for the silver steps, whose sum is rho^m - 1 after 2^m - 1 steps."""
    return _slope(L, 1 / (2 * (1 + np.sqrt(2)) ** round(np.log2(horizon + 1)) - 1))


@family
def huber_strongly_convex(
    rng,
    *,
    horizon: Horizon = 10,
    L: Scale = 1.0,
    kappa: Annotated[float, between(1.5, 1000.0, log=True)] = 10.0,
):
    """The slowest strongly convex instance for gradient descent with step 1/L.

    Curvature mu = L/kappa beyond tau = 1/(1 + kappa (q - 1)), q = (1 - mu/L)^(-2 horizon), from
    x_0 = 1: A. B. Taylor, J. M. Hendrickx and F. Glineur, *Smooth strongly convex interpolation
    and exact worst-case performance of first-order methods*, Math. Program. 161 (2017).
    """
    mu = L / kappa
    log_q = min(-2 * horizon * np.log1p(-mu / L), 500.0)
    tau = 1 / (1 + kappa * np.expm1(log_q))
    return Problem(
        oracle=Huber(L, tau, mu),
        declares=[strongly_convex(mu), smooth(L), attained(0.0, np.zeros(1))],
        start=np.ones(1),
    )


@family
def huber_width(rng, *, tau: Width = 0.1, L: Scale = 1.0):
    """f(x) = L x^2/2 up to |x| = tau, L tau (|x| - tau/2) beyond, from x_0 = 1.

    Each family above knows the width that is worst for one method, after Drori and Teboulle (2014);
    here it is free.
    """
    return _slope(L, tau)


def _two_curvatures(oracle, L, kappa):
    """The one-dimensional function with curvatures L/kappa and L, from x_0 = 1."""
    return Problem(
        oracle=oracle,
        declares=[strongly_convex(L / kappa), smooth(L), attained(0.0, np.zeros(1))],
        start=np.ones(1),
    )


@family
def huber_width_strongly_convex(rng, *, tau: Width = 0.1, L: Scale = 1.0, kappa: Condition = 10.0):
    """Curvature L up to |x| = tau and mu = L/kappa beyond, from x_0 = 1.

    The slowest functions for short steps are of this form: Taylor, Hendrickx and Glineur (2017).
    """
    return _two_curvatures(Huber(L, tau, L / kappa), L, kappa)


@family
def huber_width_reversed(rng, *, tau: Width = 0.1, L: Scale = 1.0, kappa: Condition = 10.0):
    """Curvature mu = L/kappa up to |x| = tau and L beyond, from x_0 = 1: flat at the minimizer."""
    curvatures, widths = [L / kappa, L], [tau]
    return _two_curvatures(pieces(curvatures, widths, curvatures, widths), L, kappa)


class HalfHuber(NamedTuple):
    """0 on the left of 0, L x^2/2 up to tau, and the tangent from there on."""

    L: float
    tau: float

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        bent = minimum(maximum(x, 0.0), self.tau)
        return self.L * bent * (maximum(x, 0.0) - 0.5 * bent)

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return self.L * minimum(maximum(x, 0.0), self.tau)

    def nearest_minimizer(self, x):
        """(R, 1) -> (R, 1)."""
        return minimum(x, 0.0)


@family
def smooth_half_line(rng, *, tau: Width = 0.1, L: Scale = 1.0):
    """L tau max(x, 0), made smooth on [0, tau], from x_0 = 1: steps that overshoot end at rest."""
    return Problem(
        oracle=HalfHuber(L, tau),
        declares=[convex(), smooth(L), attained(0.0, np.zeros(1))],
        start=np.ones(1),
    )


class HuberRegression(NamedTuple):
    """f(x) = mean over i of h(a_i^T (x - x*)), h(r) = r^2/2 up to tau, tau |r| - tau^2/2 beyond."""

    A: Array
    center: Array
    tau: float

    def value(self, x):
        """(R, d) -> (R, 1)."""
        r = absolute(matvec(self.A, x - self.center))
        return mean(minimum(r, self.tau) * (r - 0.5 * minimum(r, self.tau)))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        r = matvec(self.A, x - self.center)
        clipped = maximum(minimum(r, self.tau), -self.tau)
        return rmatvec(self.A, clipped) / self.A.shape[-2]


@family
def huber_regression(
    rng,
    *,
    d: Annotated[int, between(1, 20)] = 5,
    n: Annotated[int, between(40, 200)] = 60,
    tau: Annotated[float, between(0.01, 1.0, log=True)] = 0.1,
):
    """Robust linear regression without noise: a convex function in many directions of kinks."""
    A = rng.normal(size=(n, d))
    L = float(np.linalg.eigvalsh(A.T @ A / n)[-1])
    center = rng.normal(size=d)
    return Problem(
        oracle=HuberRegression(A, center, tau),
        declares=[
            convex(),
            smooth(Certificate(L, "largest eigenvalue of A^T A / n", 1e-13 * L)),
            attained(0.0, center),
        ],
    )
