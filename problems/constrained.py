"""Convex functions on balls and boxes, with projections and solutions in closed form.

On the balls ``gradient`` is a subgradient, and so is the mean of ``stochastic_gradient``.
"""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Assumption, Certificate
from convlab.assumptions import (
    attained,
    attained_on_set,
    bounded_domain,
    bounded_second_moment,
    bounded_subgradients,
    convex,
    projectable,
    proximable_part,
    smooth_part,
    strongly_convex,
    strongly_convex_part,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.streams import two_point, uniform
from convlab.vocabulary import (
    Array,
    amax,
    inner,
    matvec,
    maximum,
    minimum,
    norm,
    sqnorm,
    where,
)
from problems.nonsmooth import turn

__all__ = [
    "BallMax",
    "Bowl",
    "BoxQuadratic",
    "Tent",
    "antipodal_max",
    "box_quadratic",
    "distance_on_ball",
    "hard_on_ball",
    "hard_strongly_convex",
    "noisy_bowl",
    "strongly_convex_max",
    "tent",
]


def _on_ball(x: Array, middle: Array, radius: float) -> Array:
    away = x - middle
    return middle + away * (radius / maximum(norm(away), radius))


class Bowl(NamedTuple):
    """f(x) = slope |x - c| + mu |x - c|^2 / 2 on the ball of the given radius around 0.

    The noise has independent entries on two points, the rarer of probability p, and second moment
    sigma^2.
    """

    slope: float
    mu: float
    center: Array
    sigma: float
    p: float
    radius: float

    def value(self, x):
        """(R, d) -> (R, 1)."""
        r = norm(x - self.center)
        return self.slope * r + 0.5 * self.mu * r * r

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        away = x - self.center
        return self.slope * away / maximum(norm(away), 1e-300) + self.mu * away

    def stochastic_gradient(self, x, rng):
        """(R, d) -> (R, d)."""
        d = x.shape[-1]
        return self.gradient(x) + self.sigma / d**0.5 * two_point(rng, d, self.p)

    def project(self, x):
        """(R, d) -> (R, d)."""
        return _on_ball(x, 0 * x, self.radius)


def _set(G: float, B: float) -> list[Assumption]:
    """What is said of subgradients bounded by G on a set of diameter B."""
    return [bounded_subgradients(G), bounded_second_moment(G), projectable(), bounded_domain(B)]


@family
def noisy_bowl(
    rng,
    *,
    d: Annotated[int, between(1, 5)] = 1,
    mu: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    radius: Annotated[float, between(0.1, 2.0)] = 0.7,
    offset: Annotated[float, between(0.0, 2.0)] = 0.0,
    p: Annotated[float, between(0.1, 0.5)] = 0.5,
):
    """A parabola with noise 1 on a ball of ``radius``/mu, from the boundary.

    Its center lies ``offset`` radii from that of the ball, on the other side of the start.
    """
    away = rng.normal(size=d)
    away *= radius / mu / np.linalg.norm(away)
    wide = mu * (1 + offset) * float(np.linalg.norm(away))
    missed = max(offset - 1, 0.0) * float(np.linalg.norm(away))
    return Problem(
        oracle=Bowl(0.0, mu, offset * away, 1.0, p, radius / mu),
        declares=[
            strongly_convex(mu),
            bounded_subgradients(wide),
            bounded_second_moment(float(np.hypot(wide, 1.0))),
            projectable(),
            bounded_domain(2 * radius / mu),
            attained_on_set(0.5 * mu * missed**2, min(offset, 1.0) * away),
        ],
        start=-away,
    )


@family
def distance_on_ball(
    rng,
    *,
    d: Annotated[int, between(1, 5)] = 1,
    noise: Annotated[float, between(0.0, 0.9)] = 0.3,
    p: Annotated[float, between(0.1, 0.5)] = 0.5,
):
    """A multiple of the distance to a boundary point of the unit ball, from the opposite one.

    Stochastic subgradients have second moment 1, of which noise^2 is noise.
    """
    center = rng.normal(size=d)
    center /= np.linalg.norm(center)
    return Problem(
        oracle=Bowl(float(np.sqrt(1 - noise**2)), 0.0, center, noise, p, 1.0),
        declares=[convex(), *_set(1.0, 2.0), attained_on_set(0.0, center)],
        start=-center,
    )


class BallMax(NamedTuple):
    """f(x) = slope max_i x_i + mu |x|^2 / 2 on a ball; the first of the largest entries moves."""

    slope: float
    mu: float
    middle: Array
    radius: float
    order: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return self.slope * amax(x) + 0.5 * self.mu * sqnorm(x)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.slope * turn(x, self.order) + self.mu * x

    def stochastic_gradient(self, x, rng):
        """With one of the largest entries, drawn uniformly: (R, d)."""
        return self.slope * turn(x, uniform(rng, x.shape[-1])) + self.mu * x

    def project(self, x):
        """(R, d) -> (R, d)."""
        return _on_ball(x, self.middle, self.radius)


def _ball_max(d: int, slope: float, mu: float, radius: float) -> Problem:
    """On the ball around 0, from there; the minimizer, of norm slope/(mu sqrt(d)), lies in it."""
    return Problem(
        oracle=BallMax(slope, mu, np.zeros(d), radius, np.arange(d, 0.0, -1.0)),
        declares=[
            strongly_convex(mu),
            *_set(slope + mu * radius, 2 * radius),
            attained_on_set(-(slope**2) / (2 * mu * d), np.full(d, -slope / (mu * d))),
        ],
        start=np.zeros(d),
    )


@family
def antipodal_max(rng, *, horizon: Annotated[int, between(1, 1000)] = 10):
    """max_i x_i on a ball of diameter 1, from the boundary point 0; the minimizer is opposite.

    Of dimension ``horizon``, so that an entry is left for every step.
    """
    d = horizon
    center = np.full(d, -1 / np.sqrt(d))
    return Problem(
        oracle=BallMax(1.0, 0.0, center / 2, 0.5, np.arange(d, 0.0, -1.0)),
        declares=[convex(), *_set(1.0, 1.0), attained_on_set(-1 / np.sqrt(d), center)],
        start=np.zeros(d),
    )


@family
def hard_on_ball(rng, *, horizon: Annotated[int, between(1, 1000)] = 10):
    """The function of Nesterov on which ``horizon`` steps from 0 bring nothing: G = 1, radius 1.

    In the form of S. Bubeck, *Convex optimization: algorithms and complexity*, Found. Trends
    Mach. Learn. 8 (2015), theorem 3.13, with t = horizon + 1 iterates.
    """
    root = np.sqrt(horizon + 1)
    return _ball_max(horizon + 1, root / (1 + root), 1 / (1 + root), 1.0)


@family
def hard_strongly_convex(rng, *, horizon: Annotated[int, between(1, 1000)] = 10):
    """The same for strong convexity: mu = 1, G = 1, radius 1/2."""
    return _ball_max(horizon + 1, 0.5, 1.0, 0.5)


@family
def strongly_convex_max(rng, *, horizon: Annotated[int, between(1, 1000)] = 10):
    """max_i x_i + |x|^2/2 on a ball 1.5 times as large as the minimizer: G is close to 1.

    Of dimension ``horizon``, so that an entry is left for every iterate before the last.
    """
    return _ball_max(horizon, 1.0, 1.0, 1.5 / np.sqrt(horizon))


class Tent(NamedTuple):
    """f(x) = min(x, 7/2 - x) on the segment [0, 3], which is not convex."""

    high: float

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        return minimum(x, 3.5 - x)

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return where(x <= 1.75, 1 + 0 * x, -1 + 0 * x)

    def stochastic_gradient(self, x, rng):
        """Without noise: (R, 1) -> (R, 1)."""
        return self.gradient(x)

    def project(self, x):
        """(R, 1) -> (R, 1)."""
        return minimum(maximum(x, 0.0), self.high)


@family
def tent(rng):
    """Two slopes down to the ends of a segment, from the higher end, which is a minimum."""
    return Problem(
        oracle=Tent(3.0),
        declares=[*_set(1.0, 3.0), attained_on_set(0.0, np.zeros(1))],
        start=np.array([3.0]),
    )


class BoxQuadratic(NamedTuple):
    """f(x) = (x - c)^T A (x - c) / 2 + g^T (x - c) on a box, and F = f + h with its indicator h."""

    A: Array
    center: Array
    slope: Array
    low: Array
    high: Array

    def smooth_value(self, x):
        """(R, d) -> (R, 1)."""
        z = x - self.center
        return 0.5 * inner(z, matvec(self.A, z)) + inner(self.slope, z)

    def value(self, x):
        """F where it is finite: (R, d) -> (R, 1)."""
        return self.smooth_value(x)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return matvec(self.A, x - self.center) + self.slope

    def project(self, x):
        """(R, d) -> (R, d)."""
        return minimum(maximum(x, self.low), self.high)

    def prox(self, x, step):
        """(R, d) -> (R, d): the projection, for every step."""
        return self.project(x)


@family
def box_quadratic(
    rng,
    *,
    d: Annotated[int, between(1, 20)] = 6,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.0, 100.0, log=True)] = 10.0,
):
    """A random quadratic on a box: a third of the entries of the minimizer at each bound.

    There the slope points out of the box, which is the condition of Karush, Kuhn and Tucker.
    """
    spectrum = np.geomspace(L / kappa, L, d) if d > 1 else np.array([L])
    Q, _ = np.linalg.qr(rng.normal(size=(d, d)))
    side = np.arange(d) % 3 - 1
    center = rng.normal(size=d)
    low = center - rng.uniform(0.5, 2.0, size=d) * (side >= 0)
    high = center + rng.uniform(0.5, 2.0, size=d) * (side <= 0)
    prescribed = "prescribed"
    return Problem(
        oracle=BoxQuadratic((Q * spectrum) @ Q.T, center, -side * rng.uniform(0, L, d), low, high),
        declares=[
            smooth_part(Certificate(L, "largest eigenvalue, prescribed", 1e-14 * L)),
            strongly_convex_part(
                Certificate(float(spectrum[0]), "smallest eigenvalue, prescribed", 1e-14 * L)
            ),
            proximable_part(),
            attained(Certificate(0.0, prescribed), Certificate(center, prescribed)),
        ],
        start=np.where(rng.uniform(size=d) < 0.5, low, high),
    )
