"""Sums F = f + h of a smooth function and one with a proximal operator.

The minimizers are planted: the data are chosen so that the condition of optimality holds there.
"""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    attained_on_set,
    components_smooth_part,
    convex,
    finite_sum,
    gradient_variance,
    projectable,
    proximable_part,
    smooth,
    smooth_part,
    strongly_convex_part,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.streams import integers
from convlab.vocabulary import (
    Array,
    absolute,
    element,
    matvec,
    maximum,
    mean,
    rmatvec,
    row,
    sqnorm,
    total,
)
from problems.nonsmooth import soft_threshold
from problems.quadratics import curvature_between

__all__ = [
    "HalfLine",
    "ParabolaAndAbsolute",
    "ParabolaOnHalfLine",
    "SparseRegression",
    "elastic_net",
    "lasso",
    "parabola_and_absolute",
    "parabola_on_half_line",
    "plain_parabola",
    "reflected_walk",
    "smooth_valley",
    "soft_absolute",
    "two_samples",
]


class SparseRegression(NamedTuple):
    """F = f + h: f_i(x) = (a_i^T x - y_i)^2 / 2 + ridge |x|^2 / 2 and h(x) = lam |x|_1."""

    A: Array
    y: Array
    ridge: float
    lam: float

    @property
    def n(self):
        """Number of components."""
        return self.A.shape[-2]

    def smooth_value(self, x):
        """f: (R, d) -> (R, 1)."""
        return 0.5 * mean((matvec(self.A, x) - self.y) ** 2) + 0.5 * self.ridge * sqnorm(x)

    def value(self, x):
        """F: (R, d) -> (R, 1)."""
        return self.smooth_value(x) + self.lam * total(absolute(x))

    def gradient(self, x):
        """That of f: (R, d) -> (R, d)."""
        return rmatvec(self.A, matvec(self.A, x) - self.y) / self.n + self.ridge * x

    def sample_value(self, x, i):
        """Mean of f_i over the components i, (R, b): (R, 1)."""
        residual = matvec(row(self.A, i), x) - element(self.y, i)
        return 0.5 * mean(residual**2) + 0.5 * self.ridge * sqnorm(x)

    def sample_gradient(self, x, i):
        """Mean over the components i, (R, b): (R, d)."""
        rows = row(self.A, i)
        residual = matvec(rows, x) - element(self.y, i)
        return rmatvec(rows, residual) / i.shape[1] + self.ridge * x

    def stochastic_gradient(self, x, rng):
        """The gradient of one component: (R, d)."""
        return self.sample_gradient(x, integers(rng, self.n))

    def prox(self, x, step):
        """That of h: (R, d) -> (R, d)."""
        return soft_threshold(x, step * self.lam)


def _sparse_regression(
    A: np.ndarray, y: np.ndarray, ridge: float, lam: float, center: np.ndarray, error: float
) -> Problem:
    """The problem with minimizer ``center``, and its constants."""
    n = len(A)
    spectrum = np.linalg.eigvalsh(A.T @ A / n)
    largest = float(spectrum[-1]) + ridge
    smallest = max(float(spectrum[0]), 0.0) + ridge
    residual = A @ center - y
    gradients = residual[:, None] * A + ridge * center
    f_star = float(
        0.5 * (residual**2).mean() + 0.5 * ridge * center @ center + lam * np.abs(center).sum()
    )
    planted, eigenvalue = "planted", "eigenvalue of A^T A / n, and the ridge"
    declares = [
        smooth_part(Certificate(largest, eigenvalue, 1e-13 * largest)),
        finite_sum(n),
        components_smooth_part(float((A**2).sum(axis=1).max() + ridge)),
        gradient_variance(float(((gradients - gradients.mean(axis=0)) ** 2).sum(axis=1).mean())),
        proximable_part(),
        attained(
            Certificate(f_star, planted, 1e-15 * (1 + f_star)), Certificate(center, planted, error)
        ),
    ]
    if smallest > 1e-6 * largest:
        declares.append(strongly_convex_part(Certificate(smallest, eigenvalue, 1e-13 * largest)))
    return Problem(oracle=SparseRegression(A, y, ridge, lam), declares=declares)


def _planted(rng: np.random.Generator, n: int, d: int, support: int, ridge: float) -> Problem:
    """Columns are scaled until A^T (y - A x) / n - ridge x is lam times a subgradient of |x|_1.

    That is lam sign(x_i) on the support, and at most 0.9 lam in absolute value elsewhere. After
    Y. Nesterov, *Gradient methods for minimizing composite functions*, Math. Program. 140 (2013),
    section 6.
    """
    A, residual = rng.normal(size=(n, d)), rng.normal(size=n)
    correlation = A.T @ residual / n
    order = np.argsort(-np.abs(correlation))
    lam = float(np.abs(correlation[order[support - 1]]))
    center = np.zeros(d)
    inside = order[:support]
    center[inside] = np.sign(correlation[inside]) * rng.uniform(0.5, 2.0, size=support)
    wanted = np.sign(correlation) * lam + ridge * center
    outside = order[support:]
    wanted[outside] = np.clip(correlation[outside], -0.9 * lam, 0.9 * lam)
    A *= wanted / correlation
    least = np.linalg.eigvalsh(A[:, inside].T @ A[:, inside] / n)[0] + ridge
    error = 1e-15 * (np.linalg.norm(A) * np.linalg.norm(residual) / n / least + 1)
    return _sparse_regression(A, A @ center + residual, ridge, lam, center, float(error))


@family
def lasso(
    rng,
    *,
    n: Annotated[int, between(6, 30)] = 12,
    d: Annotated[int, between(2, 30)] = 8,
    support: Annotated[int, between(1, 2)] = 2,
):
    """Sparse linear regression with a planted solution."""
    return _planted(rng, n, d, support, 0.0)


@family
def elastic_net(
    rng,
    *,
    n: Annotated[int, between(6, 30)] = 12,
    d: Annotated[int, between(2, 30)] = 8,
    support: Annotated[int, between(1, 2)] = 2,
    ridge: Annotated[float, between(0.01, 1.0, log=True)] = 0.1,
):
    """The lasso with a ridge in the smooth part: strongly convex in every dimension."""
    return _planted(rng, n, d, support, ridge)


@family
def soft_absolute(rng, *, slope: Annotated[float, between(1e-6, 100.0, log=True)] = 1e-3):
    """f = 0 and h(x) = slope |x| from 1, on which proximal gradient methods are slow.

    With a small slope the gap is largest, relative to the bounds, where they have come half of
    the way: Taylor, Hendrickx and Glineur, *Exact worst-case performance of first-order methods
    for composite convex optimization*, SIAM J. Optim. 27 (2017), section 4.
    """
    anything = Certificate(1.0, "any constant does, for f = 0")
    return Problem(
        oracle=SparseRegression(np.zeros((1, 1)), np.zeros(1), 0.0, slope),
        declares=[
            smooth_part(anything),
            finite_sum(1),
            components_smooth_part(anything),
            gradient_variance(0.0),
            proximable_part(),
            attained(0.0, np.zeros(1)),
        ],
        start=np.ones(1),
    )


@family
def two_samples(
    rng,
    *,
    mu: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    shift: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    lam: Annotated[float, between(0.0, 2.0)] = 0.0,
    center: Annotated[float, between(0.0, 2.0)] = 0.0,
):
    """Two parabolas of curvature mu on the line, whose slopes differ by 2 ``shift``.

    Without h(x) = lam |x| the minimizer would be at center + lam/mu. The run starts 1 beyond it.
    """
    A = np.full((2, 1), np.sqrt(mu))
    y = np.sqrt(mu) * (center + lam / mu) + shift / np.sqrt(mu) * np.array([1.0, -1.0])
    made = _sparse_regression(A, y, 0.0, lam, np.array([center]), 1e-15)
    return Problem(oracle=made.oracle, declares=made.declares, start=np.array([center + 1]))


@family
def smooth_valley(
    rng,
    *,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.0, 1000.0, log=True)] = 20.0,
):
    """f(x) = (L/kappa x_1^2 + L x_2^2)/2 and h = 0, from (1, 1)."""
    A = np.diag(np.sqrt([2 * L / kappa, 2 * L]))
    made = _sparse_regression(A, np.zeros(2), 0.0, 0.0, np.zeros(2), 0.0)
    return Problem(oracle=made.oracle, declares=made.declares, start=np.ones(2))


class HalfLine(NamedTuple):
    """f_i(x) = v_i x, and h is the indicator of x >= 0."""

    v: Array

    @property
    def n(self):
        """Number of components."""
        return self.v.shape[-1]

    def smooth_value(self, x):
        """f: (R, 1) -> (R, 1)."""
        return mean(self.v) * x

    def value(self, x):
        """F where it is finite: (R, 1) -> (R, 1)."""
        return self.smooth_value(x)

    def gradient(self, x):
        """That of f: (R, 1) -> (R, 1)."""
        return mean(self.v) + 0 * x

    def sample_value(self, x, i):
        """Mean of f_i over the components i, (R, b): (R, 1)."""
        return mean(element(self.v, i)) * x

    def sample_gradient(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        return mean(element(self.v, i)) + 0 * x

    def stochastic_gradient(self, x, rng):
        """The gradient of one component: (R, 1)."""
        return self.sample_gradient(x, integers(rng, self.n))

    def project(self, x):
        """(R, 1) -> (R, 1)."""
        return maximum(x, 0.0)

    def prox(self, x, step):
        """The projection, for every step: (R, 1) -> (R, 1)."""
        return self.project(x)


@family
def reflected_walk(rng, *, drift: Annotated[float, between(0.05, 1.0)] = 0.2):
    """Two linear functions on the half-line, with slopes drift + 1 and drift - 1, from 1.

    The iterates are a walk that is reflected at 0, and their average stays away from it.
    """
    anything = Certificate(1.0, "any constant does, for linear functions")
    return Problem(
        oracle=HalfLine(np.array([drift + 1, drift - 1])),
        declares=[
            smooth_part(anything),
            finite_sum(2),
            components_smooth_part(anything),
            gradient_variance(1.0),
            proximable_part(),
            attained(0.0, np.zeros(1)),
        ],
        start=np.ones(1),
    )


class ParabolaAndAbsolute(NamedTuple):
    """f(x) = curvature (x - c)^2/2 + slope (x - c), and h(x) = lam |x|."""

    curvature: float
    center: float
    slope: float
    lam: float

    def smooth_value(self, x):
        """f: (R, 1) -> (R, 1)."""
        z = x - self.center
        return 0.5 * self.curvature * z * z + self.slope * z

    def value(self, x):
        """F: (R, 1) -> (R, 1)."""
        return self.smooth_value(x) + self.lam * absolute(x)

    def gradient(self, x):
        """That of f: (R, 1) -> (R, 1)."""
        return self.curvature * (x - self.center) + self.slope

    def prox(self, x, step):
        """That of h: (R, 1) -> (R, 1)."""
        return soft_threshold(x, step * self.lam)


Scale = Annotated[float, between(0.1, 100.0, log=True)]
Condition = Annotated[float, between(1.1, 1000.0, log=True)]
Share = Annotated[float, between(0.0, 1.0)]


def _parabola_and_absolute(share, lam, center, L, kappa):
    """The sum with minimizer ``center``, where f' balances h, from 1 beyond it."""
    curvature = curvature_between(share, L, kappa)
    bound, f_star = "bound on the curvature", lam * abs(center)
    return Problem(
        oracle=ParabolaAndAbsolute(curvature, center, -lam * float(np.sign(center)), lam),
        declares=[
            smooth_part(Certificate(L, bound)),
            strongly_convex_part(Certificate(L / kappa, bound)),
            proximable_part(),
            attained(Certificate(f_star, "closed form", 2.0**-50 * f_star), np.array([center])),
        ],
        start=np.array([center + 1]),
    )


@family
def plain_parabola(rng, *, share: Share = 0.5, L: Scale = 1.0, kappa: Condition = 10.0):
    """A parabola of any curvature between L/kappa and L, and h = 0: the prox is the identity.

    On it a proximal gradient method is its gradient method.
    """
    return _parabola_and_absolute(share, 0.0, 0.0, L, kappa)


@family
def parabola_and_absolute(
    rng,
    *,
    share: Share = 0.5,
    lam: Annotated[float, between(0.0, 2.0)] = 0.5,
    center: Annotated[float, between(-2.0, 2.0)] = 0.5,
    L: Scale = 1.0,
    kappa: Condition = 10.0,
):
    """A parabola of curvature between L/kappa and L, and h(x) = lam L |x|, from center + 1.

    With a negative center the kink of h may lie between the start and the minimizer.
    """
    return _parabola_and_absolute(share, lam * L, center, L, kappa)


class ParabolaOnHalfLine(NamedTuple):
    """f(x) = curvature x^2/2 + slope x, and h is the indicator of x >= 0."""

    curvature: float
    slope: float

    def smooth_value(self, x):
        """f: (R, 1) -> (R, 1)."""
        return 0.5 * self.curvature * x * x + self.slope * x

    def value(self, x):
        """F where it is finite: (R, 1) -> (R, 1)."""
        return self.smooth_value(x)

    def gradient(self, x):
        """That of f: (R, 1) -> (R, 1)."""
        return self.curvature * x + self.slope

    def project(self, x):
        """(R, 1) -> (R, 1)."""
        return maximum(x, 0.0)

    def prox(self, x, step):
        """The projection, for every step: (R, 1) -> (R, 1)."""
        return self.project(x)


@family
def parabola_on_half_line(
    rng,
    *,
    slope: Annotated[float, between(1e-4, 1.0, log=True)] = 0.1,
    share: Share = 0.0,
    L: Scale = 1.0,
):
    """f(x) = share L x^2/2 + slope L x on x >= 0, from 1; linear by default.

    The linear one with slope 1/(2N) is slowest for N proximal gradient steps 1/L: Taylor,
    Hendrickx and Glineur, *Exact worst-case performance of first-order methods for composite
    convex optimization*, SIAM J. Optim. 27 (2017), section 4.
    """
    return Problem(
        oracle=ParabolaOnHalfLine(share * L, slope * L),
        declares=[
            smooth_part(Certificate(L, "bound on the curvature")),
            proximable_part(),
            attained(0.0, np.zeros(1)),
        ],
        start=np.ones(1),
    )


@family
def half_line_parabola(
    rng,
    *,
    slope: Annotated[float, between(1e-4, 1.0, log=True)] = 0.1,
    share: Share = 0.0,
    L: Scale = 1.0,
):
    """The same as a function on a set: x >= 0 is what the method projects on."""
    return Problem(
        oracle=ParabolaOnHalfLine(share * L, slope * L),
        declares=[
            smooth(Certificate(L, "bound on the curvature")),
            convex(),
            projectable(),
            attained_on_set(0.0, np.zeros(1)),
        ],
        start=np.ones(1),
    )
