"""Convex quadratics on sets over which linear functions are easily minimized.

A segment, the unit simplex, a ball and a cube, with projections and solutions in closed form.
"""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained_on_set,
    bounded_domain,
    convex,
    linear_minimization,
    projectable,
    quadratic_objective,
    smooth,
    strongly_convex,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import (
    Array,
    inner,
    matvec,
    maximum,
    minimum,
    norm,
    repeat,
    sqnorm,
    total,
    where,
    zeros_like,
)
from problems.nonsmooth import turn

__all__ = [
    "BallQuadratic",
    "BoxQuadratic",
    "CubeDistance",
    "SimplexDistance",
    "concave_segment",
    "cube_distance",
    "overshooting_segment",
    "overshooting_strip",
    "project_on_simplex",
    "quadratic_on_ball",
    "simplex_distance",
]

Scale = Annotated[float, between(0.1, 100.0, log=True)]


class CubeDistance(NamedTuple):
    """f(x) = L |x - c|^2/2 on the cube [0, 1]^d."""

    L: float
    center: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.5 * self.L * sqnorm(x - self.center)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.L * (x - self.center)

    def hessian_vector(self, x, v):
        """(R, d), (R, d) -> (R, d)."""
        return self.L * v

    def project(self, x):
        """(R, d) -> (R, d)."""
        return minimum(maximum(x, 0.0), 1.0)

    def linear_minimizer(self, g):
        """A vertex: (R, d) -> (R, d)."""
        return where(g < 0, 1.0, zeros_like(g))


def _distance_in(oracle: NamedTuple, L: float, B: float, center: np.ndarray, start: np.ndarray):
    """A multiple of the squared distance from a point of the set, whose diameter is B."""
    return Problem(
        oracle=oracle,
        declares=[
            quadratic_objective(),
            smooth(L),
            strongly_convex(L),
            projectable(),
            linear_minimization(),
            bounded_domain(B),
            attained_on_set(0.0, center),
        ],
        start=start,
    )


@family
def overshooting_segment(
    rng, *, offset: Annotated[float, between(1e-4, 1.0, log=True)] = 0.01, L: Scale = 1.0
):
    """f(x) = L (x - offset)^2/2 on the segment [0, 1], from 0.

    The first step of the Frank-Wolfe method, of length 1, ends at 1, with the gap
    L (1 - offset)^2/2.
    """
    center = np.array([offset])
    return _distance_in(CubeDistance(L, center), L, 1.0, center, np.zeros(1))


class BoxQuadratic(NamedTuple):
    """f(x) = sum_i h_i (x_i - c_i)^2/2 - p_i (x_i - c_i) on the box from 0 to a corner."""

    curvature: Array
    slope: Array
    center: Array
    corner: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        z = x - self.center
        return total(0.5 * self.curvature * z * z - self.slope * z)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.curvature * (x - self.center) - self.slope

    def hessian_vector(self, x, v):
        """(R, d), (R, d) -> (R, d)."""
        return self.curvature * v

    def project(self, x):
        """(R, d) -> (R, d)."""
        return minimum(maximum(x, 0.0), self.corner)

    def linear_minimizer(self, g):
        """A vertex: (R, d) -> (R, d)."""
        return where(g < 0, self.corner + zeros_like(g), zeros_like(g))


@family
def concave_segment(rng, *, L: Scale = 1.0):
    """f(x) = L (3 - x) (x + 1)/2 on the segment [0, 3], from 0.9: not convex, with two minima.

    The slope is positive up to 1, and leads to the end 0, where f = 3 L/2. The minimizer is 3.
    """
    end = np.array([3.0])
    return Problem(
        oracle=BoxQuadratic(np.array([-L]), np.array([2 * L]), end, end),
        declares=[
            quadratic_objective(),
            smooth(L),
            projectable(),
            linear_minimization(),
            bounded_domain(3.0),
            attained_on_set(0.0, end),
        ],
        start=np.array([0.9]),
    )


@family
def overshooting_strip(
    rng,
    *,
    offset: Annotated[float, between(1e-4, 0.5, log=True)] = 0.001,
    width: Annotated[float, between(1e-3, 1.0, log=True)] = 0.01,
    L: Scale = 1.0,
):
    """A parabola along a thin strip that is as steep across it, from the corner 0.

    The first linear minimizer is the corner (1, width), and the slope across makes it the minimizer
    on the segment as well: Frank-Wolfe ends there, with the gap L (1 - offset)^2/2, for steps of
    length 1, short steps and exact line search alike.
    """
    center, corner = np.array([offset, width]), np.array([1.0, width])
    slope = np.array([0.0, L * (1 - offset) / width])
    return Problem(
        oracle=BoxQuadratic(np.array([L, 0.0]), slope, center, corner),
        declares=[
            quadratic_objective(),
            smooth(L),
            convex(),
            projectable(),
            linear_minimization(),
            bounded_domain(Certificate(float(np.hypot(1.0, width)), "the diagonal", 1e-15)),
            attained_on_set(0.0, center),
        ],
        start=np.zeros(2),
    )


@family
def cube_distance(rng, *, d: Annotated[int, between(1, 20)] = 5, L: Scale = 1.0):
    """The distance from a random point of the cube [0, 1]^d, from a vertex."""
    center = rng.uniform(size=d)
    return _distance_in(CubeDistance(L, center), L, float(np.sqrt(d)), center, np.zeros(d))


def project_on_simplex(x: Array) -> Array:
    """The nearest point max(x - t, 0) of the unit simplex: (R, d) -> (R, d).

    The threshold t is found in at most d rounds: C. Michelot, *A finite algorithm for finding the
    projection of a point onto the canonical simplex of R^n*, J. Optim. Theory Appl. 50 (1986).
    """

    def tightened(t):
        kept = where(x > t, 1.0, zeros_like(x))
        return (total(kept * x) - 1) / total(kept)

    d = x.shape[-1]
    return maximum(x - repeat(d, tightened, (total(x) - 1) / d), 0.0)


class SimplexDistance(NamedTuple):
    """f(x) = L |x - c|^2/2 on the unit simplex; of equal slopes the first in ``order`` counts."""

    L: float
    center: Array
    order: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.5 * self.L * sqnorm(x - self.center)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.L * (x - self.center)

    def hessian_vector(self, x, v):
        """(R, d), (R, d) -> (R, d)."""
        return self.L * v

    def project(self, x):
        """(R, d) -> (R, d)."""
        return project_on_simplex(x)

    def linear_minimizer(self, g):
        """A vertex: (R, d) -> (R, d)."""
        return turn(-g, self.order)


@family
def simplex_distance(
    rng,
    *,
    d: Annotated[int, between(2, 200)] = 50,
    spread: Annotated[float, between(0.0, 1.0)] = 0.0,
    L: Scale = 1.0,
):
    """The distance from a point of the unit simplex, from a vertex.

    With ``spread`` 0 it is the barycenter, and each step finds one more of the d vertices that are
    needed: no such method has a gap below L/2 (1/(k + 1) - 1/d) after k < d steps. M. Jaggi,
    *Revisiting Frank-Wolfe: projection-free sparse convex optimization*, ICML 2013, Lemma 3.
    """
    center = (1 - spread) / d + spread * rng.dirichlet(np.ones(d))
    oracle = SimplexDistance(L, center, np.arange(d, 0.0, -1.0))
    return _distance_in(oracle, L, float(np.sqrt(2)), center, np.eye(d)[0])


class BallQuadratic(NamedTuple):
    """f(x) = (x - c)^T A (x - c)/2 - pull <c, x - c> on a ball around 0, whose boundary has c."""

    A: Array
    center: Array
    pull: float
    radius: float

    def value(self, x):
        """(R, d) -> (R, 1)."""
        z = x - self.center
        return 0.5 * inner(z, matvec(self.A, z)) - self.pull * inner(self.center, z)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return matvec(self.A, x - self.center) - self.pull * self.center

    def hessian_vector(self, x, v):
        """(R, d), (R, d) -> (R, d)."""
        return matvec(self.A, v)

    def project(self, x):
        """(R, d) -> (R, d)."""
        return x * (self.radius / maximum(norm(x), self.radius))

    def linear_minimizer(self, g):
        """(R, d) -> (R, d)."""
        return -self.radius * g / maximum(norm(g), 1e-300)


@family
def quadratic_on_ball(
    rng,
    *,
    d: Annotated[int, between(2, 20)] = 6,
    L: Scale = 1.0,
    kappa: Annotated[float, between(1.0, 1000.0, log=True)] = 20.0,
    pull: Annotated[float, between(0.0, 1.0)] = 0.0,
):
    """A random quadratic on a ball whose boundary contains the minimizer, from the other side.

    The slope there, ``pull`` L times the radius, points out of the ball. Without it the ball is
    the whole difficulty: steps towards its boundary pass the minimizer again and again.
    """
    spectrum = np.geomspace(L / kappa, L, d)
    Q, _ = np.linalg.qr(rng.normal(size=(d, d)))
    A = (Q * spectrum) @ Q.T
    center = rng.normal(size=d)
    radius = float(np.linalg.norm(center))
    prescribed = "prescribed"
    return Problem(
        oracle=BallQuadratic((A + A.T) / 2, center, pull * L, radius),
        declares=[
            quadratic_objective(),
            smooth(Certificate(L, "largest eigenvalue, prescribed", 1e-14 * L)),
            strongly_convex(Certificate(L / kappa, "smallest eigenvalue, prescribed", 1e-14 * L)),
            projectable(),
            linear_minimization(),
            bounded_domain(2 * radius),
            attained_on_set(
                Certificate(0.0, prescribed), Certificate(center, prescribed, 1e-15 * radius)
            ),
        ],
        start=-center,
    )
