"""Smooth nonconvex functions with known infimum: Polyak-Lojasiewicz ones, and others."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import attained, pl, quadratic_upper_bound, smooth
from convlab.family import between, family
from convlab.interpolated.smooth import Hull, hull
from convlab.problem import Problem
from convlab.vocabulary import (
    Array,
    absolute,
    concat,
    cos,
    floor,
    matvec,
    maximum,
    mean,
    rmatvec,
    sin,
    split,
    sqrt,
    total,
    where,
)
from problems.piecewise import pieces

__all__ = [
    "EggCrate",
    "LinkRegression",
    "RobustRegression",
    "Rosenbrock",
    "Sawtooth",
    "SineBowl",
    "Teeth",
    "alternating_curvatures",
    "egg_crate",
    "hilltop",
    "link_regression",
    "robust_regression",
    "rosenbrock",
    "sawtooth",
    "sine_bowl",
    "teeth",
    "turning_path",
]

Scale = Annotated[float, between(0.1, 100.0, log=True)]


class SineBowl(NamedTuple):
    """f(x) = sum_i w_i (x_i^2 + 3 sin(x_i)^2)."""

    weights: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return total(self.weights * (x * x + 3 * sin(x) * sin(x)))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.weights * (2 * x + 3 * sin(2 * x))


@family
def sine_bowl(
    rng,
    *,
    d: Annotated[int, between(1, 20)] = 3,
    L: Scale = 8.0,
    kappa: Annotated[float, between(1.0, 20.0, log=True)] = 2.0,
):
    """A bowl with ripples: not convex, but no stationary point except the minimizer.

    H. Karimi, J. Nutini and M. Schmidt, *Linear convergence of gradient and proximal-gradient
    methods under the Polyak-Lojasiewicz condition*, ECML (2016), section 2.2. On the line the
    smallest f'(x)^2/(2 f(x)) is 0.17553..., at x = 2.2017, and f'' <= 8.
    """
    weights = np.geomspace(L / kappa, L, d) / 8 if d > 1 else np.array([L / 8])
    return Problem(
        oracle=SineBowl(weights),
        declares=[
            smooth(L),
            pl(
                Certificate(
                    0.1755 * weights.min(), "minimum of f'^2/(2f) over the line, rounded down"
                )
            ),
            attained(0.0, np.zeros(d)),
        ],
        radius=4.0 * np.sqrt(d),
    )


class LinkRegression(NamedTuple):
    """f(x) = mean over i of (phi(a_i^T x) - phi(a_i^T x*))^2/2, phi(t) = t - c t/sqrt(1 + t^2)."""

    A: Array
    pinv: Array
    center: Array
    bend: float

    def _residual(self, x):
        target = matvec(self.A, self.center + 0 * x)
        return self._link(matvec(self.A, x)) - self._link(target)

    def _link(self, t):
        return t - self.bend * t / sqrt(1 + t * t)

    def value(self, x):
        """(R, d) -> (R, 1)."""
        r = self._residual(x)
        return 0.5 * mean(r * r)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        t = matvec(self.A, x)
        slope = 1 - self.bend / ((1 + t * t) * sqrt(1 + t * t))
        return rmatvec(self.A, slope * self._residual(x)) / self.A.shape[-2]

    def nearest_minimizer(self, x):
        """(R, d) -> (R, d)."""
        return x - matvec(self.pinv, matvec(self.A, x - self.center))


@family
def link_regression(
    rng,
    *,
    n: Annotated[int, between(1, 8)] = 4,
    d: Annotated[int, between(16, 40)] = 16,
    bend: Annotated[float, between(0.1, 0.8)] = 0.5,
):
    """More weights than samples behind a bent link: a manifold of minimizers, PL, not convex.

    The gradient is A^T diag(phi') r / n, so mu = min phi'^2 times the smallest eigenvalue of
    A A^T / n, with phi' >= 1 - c. The curvature phi'^2 + r phi'' is at most
    1 + 3c (max t^2 s + max|y| max t s), s = (1 + t^2)^(-5/2), |r| <= |t| + |y|.
    """
    A = rng.normal(size=(n, d))
    low, high = np.linalg.eigvalsh(A @ A.T / n)[[0, -1]]
    center = 3 * rng.normal(size=d) / np.sqrt(d)
    target = np.abs(A @ center).max()
    peaks = 2 / 3 * 0.6**2.5 + target * 0.5 * 0.8**2.5
    return Problem(
        oracle=LinkRegression(A, np.linalg.pinv(A), center, bend),
        declares=[
            smooth(Certificate(high * (1 + 3 * bend * peaks), "bound on phi'^2 + r phi''")),
            pl(Certificate(low * (1 - bend) ** 2, "bound on the singular values of the Jacobian")),
            attained(0.0, center),
        ],
        radius=3.0,
    )


class RobustRegression(NamedTuple):
    """f(x) = mean over i of r_i^2/(2 + 2 r_i^2), r = A (x - x*)."""

    A: Array
    center: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        r = matvec(self.A, x - self.center)
        return 0.5 * mean(r * r / (1 + r * r))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        r = matvec(self.A, x - self.center)
        return rmatvec(self.A, r / ((1 + r * r) * (1 + r * r))) / self.A.shape[-2]


@family
def robust_regression(
    rng,
    *,
    d: Annotated[int, between(1, 20)] = 5,
    n: Annotated[int, between(10, 100)] = 30,
):
    """Linear regression with the bounded loss of Geman and McClure: nonconvex, flat far away."""
    A = rng.normal(size=(n, d))
    L = float(np.linalg.eigvalsh(A.T @ A / n)[-1])
    center = rng.normal(size=d)
    return Problem(
        oracle=RobustRegression(A, center),
        declares=[
            smooth(Certificate(L, "largest eigenvalue of A^T A / n, as |loss''| <= 1", 1e-13 * L)),
            attained(0.0, center),
        ],
    )


class EggCrate(NamedTuple):
    """f(x) = L sum_i (1 - cos x_i)."""

    L: float

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return self.L * total(1 - cos(x))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.L * sin(x)

    def nearest_minimizer(self, x):
        """(R, d) -> (R, d)."""
        return 2 * np.pi * floor(x / (2 * np.pi) + 0.5)


@family
def egg_crate(rng, *, d: Annotated[int, between(1, 20)] = 3, L: Scale = 1.0):
    """A lattice of minima and saddle points."""
    return Problem(
        oracle=EggCrate(L), declares=[smooth(L), attained(0.0, np.zeros(d))], radius=3 * np.sqrt(d)
    )


@family
def hilltop(rng, *, L: Scale = 1.0):
    """L (1 - cos x) on the line from 3.1, close to its maximum, where gradient descent lingers."""
    return Problem(
        oracle=EggCrate(L),
        declares=[smooth(L), quadratic_upper_bound(L), attained(0.0, np.zeros(1))],
        start=np.array([3.1]),
    )


class Sawtooth(NamedTuple):
    """f' = L x up to 1, then between L/2 and L in teeth of width 1: f' = L at 1, 2, 3, ..."""

    L: float

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        r = x - floor(x)
        tooth = where(r <= 0.5, r - 0.5 * r * r, 0.25 + 0.5 * r * r)
        return self.L * where(x <= 1, 0.5 * x * x, 0.75 * floor(x) - 0.25 + tooth)

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        distance = absolute(x - floor(x + 0.5))
        return self.L * where(x <= 1, x, 1 - distance)


@family
def sawtooth(rng, *, horizon: Annotated[int, between(1, 10_000)] = 10, L: Scale = 1.0):
    """The nonconvex function on which ``horizon`` gradient steps 1/L see the same gradient.

    In one dimension from x_0 = horizon + 1: every step goes from tooth to tooth, and the gap falls
    by 3 L/4, as little as the Lipschitz constant of f' allows. It attains the bound of
    H. Abbaszadehpeivasti, E. de Klerk and M. Zamani, *The exact worst-case convergence rate of the
    gradient method with fixed step lengths for L-smooth functions*, Optim. Lett. 16 (2022).
    """
    return Problem(
        oracle=Sawtooth(L),
        declares=[smooth(L), attained(0.0, np.zeros(1))],
        start=np.array([horizon + 1.0]),
    )


class Teeth(NamedTuple):
    """f' = L x up to 1, then between L (1 - width/2) and L in teeth of this width."""

    L: float
    width: float

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        w = self.width
        count = floor((x - 1) / w)
        r = x - 1 - count * w
        back = maximum(r - 0.5 * w, 0.0)
        tooth = r - 0.5 * r * r + back * back
        return self.L * where(x <= 1, 0.5 * x * x, 0.5 + count * (w - 0.25 * w * w) + tooth)

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        w = self.width
        distance = absolute(x - 1 - w * floor((x - 1) / w + 0.5))
        return self.L * where(x <= 1, x, 1 - distance)


@family
def teeth(
    rng,
    *,
    width: Annotated[float, between(0.01, 2.0, log=True)] = 1.0,
    count: Annotated[float, between(0.1, 1000.0, log=True)] = 10.0,
    L: Scale = 1.0,
):
    """The same with teeth of any width and any number of them, from x_0 = 1 + count width.

    Steps eta go from tooth to tooth where width = eta L, and the gap falls by L (width -
    width^2/4): H. Abbaszadehpeivasti, E. de Klerk and M. Zamani, *The exact worst-case convergence
    rate of the gradient method with fixed step lengths for L-smooth functions*, Optim. Lett. 16
    (2022), whose bound it attains for steps up to 1/L.
    """
    return Problem(
        oracle=Teeth(L, width),
        declares=[smooth(L), attained(0.0, np.zeros(1))],
        start=np.array([1 + count * width]),
    )


@family
def alternating_curvatures(
    rng,
    *,
    valley: Annotated[float, between(0.01, 1.0)] = 0.5,
    rise: Annotated[float, between(0.0, 2.0)] = 0.5,
    last: Annotated[float, between(0.01, 1.0)] = 0.5,
    start: Annotated[float, between(0.1, 8.0, log=True)] = 3.0,
    L: Scale = 1.0,
):
    """f' rises to L, falls to L valley, rises by L rise, falls to a share of that, and stays.

    Curvatures L, -L, L, -L, 0 on the right of the minimizer 0, L on its left; f' is positive on the
    right.
    """
    widths = [1.0, 1 - valley, rise, (1 - last) * (valley + rise)]
    return Problem(
        oracle=pieces([L, -L, L, -L, 0.0], widths, [L], []),
        declares=[smooth(L), attained(0.0, np.zeros(1))],
        start=np.array([start]),
    )


@family
def turning_path(
    rng,
    *,
    horizon: Annotated[int, between(1, 16)] = 4,
    step: Annotated[float, between(0.05, 2.0)] = 1.0,
    momentum: Annotated[float, between(0.0, 0.95)] = 0.0,
    turn: Annotated[float, between(0.0, np.pi)] = 0.0,
    back: Annotated[float, between(-1.0, 3.0)] = -1.0,
    L: Scale = 1.0,
):
    """In the plane, the gradients on the path of a method have length 1 and turn; the last is x.

    The path is that of heavy ball with ``step``/L and ``momentum``. From one point to the next the
    gradient turns by ``turn``, then by ``back`` times as much, and so on. The values fall as little
    as L-smoothness allows; between the points is the largest such function. With no turn it is a
    sawtooth, which is the worst for gradient descent up to 1/L; beyond, gradients that turn to and
    fro are worse: H. Abbaszadehpeivasti, E. de Klerk and M. Zamani, *The exact worst-case
    convergence rate of the gradient method with fixed step lengths for L-smooth functions*, Optim.
    Lett. 16 (2022).
    """
    turns = turn * back ** np.arange(horizon)
    angles = np.append(0.0, np.cumsum(turns))
    g = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    x, move = np.zeros((horizon + 1, 2)), np.zeros(2)
    for i in range(horizon):
        move = momentum * move - step * g[i]
        x[i + 1] = x[i] + move
    x += g[-1] - x[-1]
    f = np.full(horizon + 1, 0.5)
    for i in reversed(range(horizon)):
        apart, turned = x[i] - x[i + 1 :], g[i] - g[i + 1 :]
        least = (
            f[i + 1 :]
            + (g[i + 1 :] * apart).sum(axis=1)
            + 0.5 * (turned**2).sum(axis=1)
            - 0.25 * ((apart - turned) ** 2).sum(axis=1)
        )
        f[i] = max(0.5, least.max())
    below = hull(1.0, -1.0, x[:-1] - g[:-1], f[:-1] - 0.5)
    return Problem(
        oracle=Hull(L * below.a, L * below.mu, below.Y, L * below.c),
        declares=[smooth(L), attained(0.0, np.zeros(2))],
        start=x[0],
    )


class Rosenbrock(NamedTuple):
    """f(x, y) = (1 - x)^2 + steepness (y - x^2)^2."""

    steepness: float

    def value(self, x):
        """(R, 2) -> (R, 1)."""
        u, v = split(x, 1)
        return (1 - u) ** 2 + self.steepness * (v - u * u) ** 2

    def gradient(self, x):
        """(R, 2) -> (R, 2)."""
        u, v = split(x, 1)
        off = 2 * self.steepness * (v - u * u)
        return concat(2 * (u - 1) - 2 * u * off, off)


@family
def rosenbrock(rng, *, steepness: Annotated[float, between(1.0, 1000.0, log=True)] = 100.0):
    """A curved valley, from the usual start (-1.2, 1); the gradient is not Lipschitz.

    H. H. Rosenbrock, *An automatic method for finding the greatest or least value of a function*,
    Comput. J. 3 (1960).
    """
    return Problem(
        oracle=Rosenbrock(steepness),
        declares=[attained(0.0, np.ones(2))],
        start=np.array([-1.2, 1.0]),
    )
