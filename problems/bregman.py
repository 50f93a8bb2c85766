"""Functions that are smooth relative to a kernel h: a power, a quartic, the entropy."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained_on_set,
    bregman_kernel,
    convex,
    projectable,
    relatively_smooth,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import (
    Array,
    amax,
    exp,
    inner,
    log,
    matvec,
    maximum,
    mean,
    norm,
    repeat,
    rmatvec,
    sqnorm,
    sqrt,
    total,
    where,
)
from problems.linear_minimization import project_on_simplex

__all__ = [
    "EntropyQuadratic",
    "KernelMultiple",
    "PowerSlope",
    "QuarticRegression",
    "entropy_quadratic",
    "kernel_multiple",
    "power_slope",
    "quartic_regression",
]


def _power(x: Array, p: float) -> Array:
    """x^p, and 0 where x is not positive."""
    return where(x > 0, exp(p * log(maximum(x, 1e-300))), 0 * x)


class PowerSlope(NamedTuple):
    """f(x) = slope x on x >= 0, with the kernel h(x) = x^(q + 1)/(q + 1)."""

    slope: float
    q: float

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        return self.slope * x

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return self.slope + 0 * x

    def project(self, x):
        """(R, 1) -> (R, 1)."""
        return maximum(x, 0.0)

    def divergence(self, y, x):
        """D_h(y, x): (R, 1), (R, 1) -> (R, 1)."""
        steep = _power(x, self.q)
        return (y * _power(y, self.q) - x * steep) / (self.q + 1) - steep * (y - x)

    def bregman_step(self, x, g, eta):
        """(R, 1), (R, 1) -> (R, 1)."""
        return _power(_power(x, self.q) - eta * g, 1 / self.q)


@family
def power_slope(
    rng,
    *,
    horizon: Annotated[int, between(1, 100_000)] = 10,
    q: Annotated[float, between(1.0, 200.0, log=True)] = 100.0,
):
    """A linear function that Bregman steps 1/L leave as late as they can: L = 1.

    From 1 the steps with slope q/((q + 1) horizon) end at (q + 1)^(-1/q), where the gap is
    (q + 1)^(-1/q) D_h(0, 1)/horizon: the larger q, the closer to the bound. After R.-A. Dragomir,
    A. B. Taylor, A. d'Aspremont and J. Bolte, *Optimal complexity and certification of Bregman
    first-order methods*, Math. Program. 194 (2022), where a limit of kernels attains it.
    """
    return Problem(
        oracle=PowerSlope(q / ((q + 1) * horizon), q),
        declares=[
            convex(),
            projectable(),
            bregman_kernel(),
            relatively_smooth(Certificate(1.0, "any constant does, for a linear function")),
            attained_on_set(0.0, np.zeros(1)),
        ],
        start=np.ones(1),
    )


def _quartic_divergence(y: Array, x: Array) -> Array:
    """D_h(y, x) of h(x) = |x|^4/4 + |x|^2/2, as a sum of squares: (R, d), (R, d) -> (R, 1)."""
    away = sqnorm(y - x)
    return 0.25 * (sqnorm(y) - sqnorm(x)) ** 2 + 0.5 * (1 + sqnorm(x)) * away


def _quartic_step(x: Array, g: Array, eta: float) -> Array:
    """The y with (|y|^2 + 1) y = (|x|^2 + 1) x - eta g: (R, d), (R, d) -> (R, d).

    Its length t, a root of t^3 + t, is found by Cardano's formula and two steps of Newton's
    method, which make it exact at 50 digits.
    """
    goal = (sqnorm(x) + 1) * x - eta * g
    length = norm(goal)
    root = exp(log(0.5 * length + sqrt(0.25 * length * length + 1 / 27)) / 3)

    def newton(t):
        return (2 * t**3 + length) / (3 * t * t + 1)

    t = repeat(2, newton, root - 1 / (3 * root))
    return goal / (t * t + 1)


class QuarticRegression(NamedTuple):
    """f(x) = mean_i (a_i^T (x - c))^4/4, with the kernel h(x) = |x|^4/4 + |x|^2/2."""

    A: Array
    center: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.25 * mean(matvec(self.A, x - self.center) ** 4)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return rmatvec(self.A, matvec(self.A, x - self.center) ** 3) / self.A.shape[-2]

    def divergence(self, y, x):
        """D_h(y, x): (R, d), (R, d) -> (R, 1)."""
        return _quartic_divergence(y, x)

    def bregman_step(self, x, g, eta):
        """(R, d), (R, d) -> (R, d)."""
        return _quartic_step(x, g, eta)


@family
def quartic_regression(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 3,
    n: Annotated[int, between(12, 40)] = 20,
    offset: Annotated[float, between(0.0, 3.0)] = 1.0,
):
    """Linear regression with fourth powers: no gradient is Lipschitz, but L h - f is convex.

    The Hessian of f is at most 3 m |x - c|^2 with m = mean_i |a_i|^4, that of h at least
    1 + |x|^2, and |x - c|^2 <= (1 + |c|^2)(1 + |x|^2): L = 3 m (1 + |c|^2).
    """
    A = rng.normal(size=(n, d))
    center = rng.normal(size=d)
    center *= offset / np.linalg.norm(center)
    L = 3 * float(((A**2).sum(axis=1) ** 2).mean()) * (1 + offset**2)
    return Problem(
        oracle=QuarticRegression(A, center),
        declares=[
            convex(),
            projectable(),
            bregman_kernel(),
            relatively_smooth(Certificate(L, "bound on the Hessians", 1e-13 * L)),
            attained_on_set(0.0, center),
        ],
    )


class KernelMultiple(NamedTuple):
    """f(x) = L h(x) with the kernel h(x) = |x|^4/4 + |x|^2/2."""

    L: float

    def value(self, x):
        """(R, d) -> (R, 1)."""
        size = sqnorm(x)
        return self.L * (0.25 * size * size + 0.5 * size)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.L * (sqnorm(x) + 1) * x

    def divergence(self, y, x):
        """D_h(y, x): (R, d), (R, d) -> (R, 1)."""
        return _quartic_divergence(y, x)

    def bregman_step(self, x, g, eta):
        """(R, d), (R, d) -> (R, d)."""
        return _quartic_step(x, g, eta)


@family
def kernel_multiple(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 2,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
):
    """The kernel itself, L times: a step 1/L ends at the minimizer 0, a step 2/L at -x."""
    return Problem(
        oracle=KernelMultiple(L),
        declares=[
            convex(),
            projectable(),
            bregman_kernel(),
            relatively_smooth(L),
            attained_on_set(0.0, np.zeros(d)),
        ],
    )


def _positive(x: Array) -> Array:
    """x with 1e-200 in place of zeros, so that the boundary belongs to the domain of h."""
    return where(x > 0, x, 1e-200 + 0 * x)


class EntropyQuadratic(NamedTuple):
    """f(x) = (x - c)^T Q (x - c)/2 on the unit simplex, with the kernel h(x) = sum x_i log x_i."""

    Q: Array
    center: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.5 * inner(x - self.center, matvec(self.Q, x - self.center))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return matvec(self.Q, x - self.center)

    def divergence(self, y, x):
        """D_h(y, x), that of Kullback and Leibler: (R, d), (R, d) -> (R, 1)."""
        return total(y * (log(_positive(y)) - log(_positive(x)))) + total(x - y)

    def bregman_step(self, x, g, eta):
        """The step of exponentiated gradients: (R, d), (R, d) -> (R, d)."""
        scaled = _positive(x) * exp(-eta * (g + amax(-g)))
        return scaled / total(scaled)

    def project(self, x):
        """(R, d) -> (R, d)."""
        return project_on_simplex(x)


@family
def entropy_quadratic(
    rng,
    *,
    d: Annotated[int, between(2, 30)] = 8,
    kappa: Annotated[float, between(1.0, 1000.0, log=True)] = 20.0,
    spread: Annotated[float, between(0.0, 0.99)] = 0.9,
):
    """A random quadratic on the unit simplex with its minimizer inside, from close to a vertex.

    By Pinsker's inequality L is the largest absolute value of an entry of Q: A. Beck and M.
    Teboulle, *Mirror descent and nonlinear projected subgradient methods*, Oper. Res. Lett. 31
    (2003).
    """
    spectrum = np.geomspace(1 / kappa, 1.0, d)
    basis, _ = np.linalg.qr(rng.normal(size=(d, d)))
    Q = (basis * spectrum) @ basis.T
    Q = (Q + Q.T) / 2
    center = (1 - spread) / d + spread * rng.dirichlet(np.ones(d))
    return Problem(
        oracle=EntropyQuadratic(Q, center),
        declares=[
            convex(),
            projectable(),
            bregman_kernel(),
            relatively_smooth(Certificate(float(np.abs(Q).max()), "largest entry of |Q|")),
            attained_on_set(0.0, center),
        ],
        start=np.full(d, 0.1 / d) + 0.9 * np.eye(d)[0],
    )
