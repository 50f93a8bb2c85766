"""Nonsmooth convex functions: absolute values, maxima of affine functions.

``gradient`` is a subgradient, and so is the mean of ``stochastic_gradient``.
"""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    bounded_second_moment,
    bounded_subgradients,
    convex,
    proximable,
    sharp,
    strongly_convex,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.streams import uniform
from convlab.vocabulary import (
    Array,
    absolute,
    amax,
    matvec,
    maximum,
    minimum,
    norm,
    rmatvec,
    sign,
    sqnorm,
    total,
    where,
)

__all__ = [
    "Corner",
    "MaxAffine",
    "Planes",
    "Resisting",
    "Separable",
    "TwoValleys",
    "absolute_slope",
    "absolute_value",
    "corner",
    "half_line",
    "max_affine",
    "planes",
    "resisting",
    "ridged_absolute",
    "soft_threshold",
    "three_planes",
    "turn",
    "turning_planes",
    "two_valleys",
    "weighted_absolute",
    "weighted_axis",
]


def soft_threshold(x: Array, level: Array) -> Array:
    """The proximal operator of ``level`` |x|, entry by entry."""
    return sign(x) * maximum(absolute(x) - level, 0.0)


def turn(x: Array, order: Array) -> Array:
    """1 at a largest entry of x, the one that comes first in ``order``, and 0 elsewhere.

    ``order`` is positive, of shape (R, d) or (d,); the largest comes first.
    """
    tied = where(x >= amax(x), order, 0.0)
    return where(tied >= amax(tied), 1.0, 0.0)


class Separable(NamedTuple):
    """f(x) = sum_i w_i |x_i - c_i| + ridge |x - c|^2 / 2; at a kink the slope to the right."""

    w: Array
    ridge: float
    center: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        z = x - self.center
        return total(self.w * absolute(z)) + 0.5 * self.ridge * sqnorm(z)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        z = x - self.center
        return where(z >= 0, 1.0, -1.0) * self.w + self.ridge * z

    def stochastic_gradient(self, x, rng):
        """d times one entry of the subgradient, drawn uniformly: (R, d)."""
        d = x.shape[-1]
        drawn = turn(uniform(rng, d), self.w)
        return d * drawn * self.gradient(x)

    def prox(self, x, step):
        """(R, d) -> (R, d)."""
        z = soft_threshold(x - self.center, step * self.w)
        return self.center + z / (1 + step * self.ridge)


@family
def absolute_value(rng, *, slope: Annotated[float, between(1e-6, 1.0, log=True)] = 1e-3):
    """f(x) = slope |x| from 1: the proximal point method is slowest on it.

    After k steps eta its gap is slope (1 - slope eta k), which is 1/(4 eta k) where it has come
    half of the way: Taylor, Hendrickx and Glineur, *Exact worst-case performance of first-order
    methods for composite convex optimization*, SIAM J. Optim. 27 (2017), section 4.1.
    """
    return Problem(
        oracle=Separable(np.array([slope]), 0.0, np.zeros(1)),
        declares=[
            convex(),
            bounded_subgradients(slope),
            bounded_second_moment(slope),
            sharp(slope),
            proximable(),
            attained(0.0, np.zeros(1)),
        ],
        start=np.ones(1),
    )


class Corner(NamedTuple):
    """f(x) = right max(x, 0) + left max(-x, 0); at the kink the slope to the right."""

    right: float
    left: float

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        return where(x >= 0, self.right * x, -self.left * x)

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return where(x >= 0, self.right + 0 * x, 0 * x - self.left)

    def prox(self, x, step):
        """(R, 1) -> (R, 1)."""
        return maximum(x - step * self.right, 0.0) + minimum(x + step * self.left, 0.0)

    def nearest_minimizer(self, x):
        """(R, 1) -> (R, 1): x itself on the left of 0, where the function is 0 there."""
        return where(self.left + 0 * x > 0, 0 * x, minimum(x, 0.0))


Slope = Annotated[float, between(1e-3, 1.0, log=True)]
Start = Annotated[float, between(0.01, 10.0, log=True)]


def _corner(right, left, start):
    """The corner among functions with subgradients of up to 1."""
    return Problem(
        oracle=Corner(right, left),
        declares=[
            convex(),
            bounded_subgradients(Certificate(1.0, "bound on the slopes")),
            sharp(min(right, left) if left > 0 else right),
            proximable(),
            attained(0.0, np.zeros(1)),
        ],
        start=np.array([start]),
    )


@family
def absolute_slope(rng, *, slope: Slope = 0.5, start: Start = 1.0):
    """f(x) = slope |x| among functions with subgradients of up to 1, from any distance.

    Subgradient methods are slowest on slopes that keep them away from the minimizer up to the
    last step, or let them step over it.
    """
    return _corner(slope, slope, start)


@family
def corner(rng, *, right: Slope = 0.5, left: Slope = 1.0, start: Start = 1.0):
    """f(x) = right max(x, 0) + left max(-x, 0), from start > 0: steps over the kink are undone."""
    return _corner(right, left, start)


@family
def half_line(rng, *, slope: Slope = 0.5, start: Start = 1.0):
    """f(x) = slope max(x, 0), which is least on the half-line x <= 0, from start > 0."""
    return _corner(slope, 0.0, start)


@family
def weighted_absolute(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 4,
    spread: Annotated[float, between(1.0, 10.0, log=True)] = 3.0,
):
    """Weighted distances entry by entry, with weights from 1/spread to 1: a sharp minimum."""
    w = np.geomspace(1.0, 1 / spread, d)
    center = rng.normal(size=d)
    return Problem(
        oracle=Separable(w, 0.0, center),
        declares=[
            convex(),
            bounded_subgradients(float(np.linalg.norm(w))),
            bounded_second_moment(float(np.sqrt(d) * np.linalg.norm(w))),
            sharp(float(w.min())),
            proximable(),
            attained(0.0, center),
        ],
    )


@family
def weighted_axis(rng, *, spread: Annotated[float, between(1.0, 10.0, log=True)] = 2.0):
    """f(x) = |x_1| + spread |x_2| from (1, 0), where the subgradient leads away from x_2 = 0."""
    w = np.array([1.0, spread])
    return Problem(
        oracle=Separable(w, 0.0, np.zeros(2)),
        declares=[
            convex(),
            bounded_subgradients(float(np.linalg.norm(w))),
            sharp(1.0),
            proximable(),
            attained(0.0, np.zeros(2)),
        ],
        start=np.array([1.0, 0.0]),
    )


@family
def ridged_absolute(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 1,
    mu: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    slope: Annotated[float, between(0.0, 1.0)] = 0.0,
):
    """f(x) = slope |x - c|_1 + mu |x - c|^2 / 2: a parabola by default."""
    center = rng.normal(size=d)
    return Problem(
        oracle=Separable(np.full(d, slope), mu, center),
        declares=[strongly_convex(mu), proximable(), attained(0.0, center)],
    )


class MaxAffine(NamedTuple):
    """f(x) = max_i a_i^T (x - c); the first of the largest pieces gives the subgradient."""

    A: Array
    center: Array
    order: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return amax(matvec(self.A, x - self.center))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return rmatvec(self.A, turn(matvec(self.A, x - self.center), self.order))

    def stochastic_gradient(self, x, rng):
        """One of the largest pieces, drawn uniformly: (R, d)."""
        pieces = matvec(self.A, x - self.center)
        return rmatvec(self.A, turn(pieces, uniform(rng, pieces.shape[-1])))


@family
def max_affine(
    rng,
    *,
    d: Annotated[int, between(1, 8)] = 4,
    pieces: Annotated[int, between(2, 12)] = 6,
):
    """The maximum of random affine functions that all vanish at the minimizer.

    The last slope is minus the sum of the others, so that 0 is a subgradient there; that they
    span the space makes the minimizer the only one.
    """
    pieces = max(pieces, d + 1)
    A = rng.normal(size=(pieces, d))
    A[-1] = -A[:-1].sum(axis=0)
    A /= np.linalg.norm(A, axis=1).max()
    center = rng.normal(size=d)
    return Problem(
        oracle=MaxAffine(A, center, np.arange(pieces, 0.0, -1.0)),
        declares=[
            convex(),
            bounded_subgradients(1.0),
            bounded_second_moment(1.0),
            attained(0.0, center),
        ],
    )


@family
def three_planes(
    rng,
    *,
    turned: Annotated[float, between(0.0, 2 * np.pi)] = 0.0,
    first: Annotated[float, between(0.05, 0.95)] = 0.6,
    second: Annotated[float, between(0.05, 0.95)] = 0.5,
    shorter: Annotated[float, between(0.05, 1.0, log=True)] = 1.0,
    shortest: Annotated[float, between(0.05, 1.0, log=True)] = 1.0,
):
    """The maximum of three linear functions in the plane, from (1, 0).

    The slopes have lengths 1, ``shorter`` and ``shortest``, and the directions ``turned``, pi
    first after it, and pi (1 - first second) after that: so 0 is within their triangle, and the
    function is at least m |x|, where m is the distance of 0 from the nearest side.
    """
    angles = turned + np.pi * np.cumsum([0.0, first, 1 - first * second])
    A = np.array([[1.0], [shorter], [shortest]]) * np.stack([np.cos(angles), np.sin(angles)], 1)
    B = np.roll(A, -1, axis=0)
    sides = np.abs(A[:, 0] * B[:, 1] - A[:, 1] * B[:, 0]) / np.linalg.norm(A - B, axis=1)
    return Problem(
        oracle=MaxAffine(A, np.zeros(2), np.array([3.0, 2.0, 1.0])),
        declares=[
            convex(),
            bounded_subgradients(1.0),
            bounded_second_moment(1.0),
            sharp(Certificate(float(sides.min()), "distance of 0 from the sides", 1e-15)),
            attained(0.0, np.zeros(2)),
        ],
        start=np.array([1.0, 0.0]),
    )


class Planes(NamedTuple):
    """f(x) = max_i a_i^T (x - c) - b_i; the first of the largest pieces gives the subgradient."""

    A: Array
    depths: Array
    center: Array
    order: Array

    def _pieces(self, x):
        return matvec(self.A, x - self.center) - self.depths

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return amax(self._pieces(x))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return rmatvec(self.A, turn(self._pieces(x), self.order))


@family
def planes(
    rng,
    *,
    d: Annotated[int, between(1, 8)] = 2,
    others: Annotated[int, between(0, 12)] = 6,
    depth: Annotated[float, between(0.01, 10.0, log=True)] = 1.0,
):
    """The maximum of random affine functions, as cutting planes make it from points.

    d + 1 vanish at the minimizer, and their slopes add up to 0; the ``others`` have values from
    -``depth`` to 0 there.
    """
    A = rng.normal(size=(d + 1 + others, d))
    A[d] = -A[:d].sum(axis=0)
    A /= np.linalg.norm(A, axis=1).max()
    depths = np.append(np.zeros(d + 1), depth * rng.uniform(size=others))
    center = rng.normal(size=d)
    return Problem(
        oracle=Planes(A, depths, center, np.arange(d + 1 + others, 0.0, -1.0)),
        declares=[convex(), bounded_subgradients(1.0), attained(0.0, center)],
    )


@family
def turning_planes(rng, *, m: Annotated[float, between(0.02, 0.5, log=True)] = 0.2):
    """Polyak steps on planes of slope 1 in turn: all but 0.1 % as slow as sharpness m allows.

    The zeros of the first two planes are lines from 0 at an angle of sine m. A step from one line
    goes to the other, and the squared distance falls by the share m^2. A flat third plane makes
    the function as large between the lines, and a fourth lies on the other side.
    """
    half = np.arcsin(m) / 2
    pieces = [
        [np.sin(half), np.cos(half)],
        [np.sin(half), -np.cos(half)],
        [0.999 * m / np.cos(half), 0.0],
        [-1.0, 0.0],
    ]
    return Problem(
        oracle=Planes(np.array(pieces), np.zeros(4), np.zeros(2), np.arange(4.0, 0.0, -1.0)),
        declares=[
            convex(),
            bounded_subgradients(1.0),
            sharp(Certificate(0.999 * m, "between the lines, from below")),
            attained(0.0, np.zeros(2)),
        ],
        start=np.array([np.cos(half), np.sin(half)]),
    )


class TwoValleys(NamedTuple):
    """f(x) = G min(|x|, |x - 2| + 1/2), which is not convex; at a kink the slope to the left."""

    G: float

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        return self.G * minimum(absolute(x), absolute(x - 2) + 0.5)

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return self.G * where(x <= 1.25, sign(x), sign(x - 2))

    def stochastic_gradient(self, x, rng):
        """Without noise: (R, 1) -> (R, 1)."""
        return self.gradient(x)


@family
def two_valleys(rng, *, G: Annotated[float, between(0.1, 10.0, log=True)] = 1.0):
    """A minimum of height G/2 beside the minimizer, and a start close to it."""
    return Problem(
        oracle=TwoValleys(G),
        declares=[
            bounded_subgradients(G),
            bounded_second_moment(G),
            sharp(G / 4),
            attained(0.0, np.zeros(1)),
        ],
        start=np.array([2.2]),
    )


class Resisting(NamedTuple):
    """f(x) = max(G max_i x_i, G |x| - offset); the first of the largest entries moves."""

    G: float
    offset: float
    order: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return self.G * maximum(amax(x), norm(x) - self.offset)

    def _piece(self, x, order):
        outward = norm(x) - self.offset > amax(x)  # then |x| > offset/2, as max_i x_i >= -|x|
        return self.G * where(outward, x / maximum(norm(x), self.offset / 2), turn(x, order))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self._piece(x, self.order)

    def stochastic_gradient(self, x, rng):
        """One of the largest pieces, drawn uniformly: (R, d)."""
        return self._piece(x, uniform(rng, x.shape[-1]))


@family
def resisting(
    rng,
    *,
    horizon: Annotated[int, between(1, 1000)] = 10,
    G: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
):
    """No subgradient method comes below the first value, 0, in ``horizon`` steps from 0.

    Of dimension N + 1 where N = horizon, with offset 1 + 1/sqrt(N+1), the minimizer at distance 1
    with equal entries, and infimum -G/sqrt(N+1): Y. Drori and M. Teboulle, *An optimal variant of
    Kelley's cutting-plane method*, Math. Program. 160 (2016), appendix A.
    """
    d = horizon + 1
    share = 1 / np.sqrt(d)
    return Problem(
        oracle=Resisting(G, 1 + share, np.arange(d, 0.0, -1.0)),
        declares=[
            convex(),
            bounded_subgradients(G),
            bounded_second_moment(G),
            attained(-G * share, np.full(d, -share)),
        ],
        start=np.zeros(d),
    )
