"""Sums F = f + h of which both parts have proximal operators, with planted minimizers."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    cocoercive,
    lipschitz,
    proximable_part,
    quadratic_objective,
    smooth_part,
    split_sum,
    split_zero,
    strongly_convex_part,
    three_split_zero,
    two_resolvents,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import (
    Array,
    absolute,
    inner,
    matvec,
    maximum,
    minimum,
    rmatvec,
    total,
)
from problems.feasibility import Subspaces, two_lines
from problems.nonsmooth import soft_threshold

__all__ = [
    "BoxedSum",
    "Forced",
    "forced_lines",
    "forced_split",
    "slow_split",
    "split_box",
    "split_lasso",
]

Scale = Annotated[float, between(0.1, 100.0, log=True)]
Condition = Annotated[float, between(1.5, 1000.0, log=True)]
Force = Annotated[float, between(1e-6, 1.0, log=True)]
FAR = 100.0


class BoxedSum(NamedTuple):
    """f(x) = |Q^T (x - c)|^2_lambda / 2 + g^T (x - c), h(x) = sum_i w_i |x_i| on a box.

    The columns of Q are orthonormal eigenvectors, with the eigenvalues lambda.
    """

    Q: Array
    spectrum: Array
    center: Array
    slope: Array
    w: Array
    low: Array
    high: Array

    def smooth_value(self, x):
        """f: (R, d) -> (R, 1)."""
        z = rmatvec(self.Q, x - self.center)
        return 0.5 * total(self.spectrum * z * z) + inner(self.slope, x - self.center)

    def value(self, x):
        """F where it is finite: (R, d) -> (R, 1)."""
        return self.smooth_value(x) + total(self.w * absolute(x))

    def hessian_vector(self, x, v):
        """That of f: (R, d), (R, d) -> (R, d)."""
        return matvec(self.Q, self.spectrum * rmatvec(self.Q, v))

    def gradient(self, x):
        """That of f: (R, d) -> (R, d)."""
        return self.hessian_vector(x, x - self.center) + self.slope

    def project(self, x):
        """(R, d) -> (R, d)."""
        return minimum(maximum(x, self.low), self.high)

    def prox(self, x, step):
        """That of h: (R, d) -> (R, d)."""
        return self.project(soft_threshold(x, step * self.w))

    def first(self, x, step):
        """The proximal operator of f: (R, d) -> (R, d)."""
        z = rmatvec(self.Q, x - step * self.slope - self.center)
        return self.center + matvec(self.Q, z / (1 + step * self.spectrum))

    def second(self, x, step):
        """That of h: (R, d) -> (R, d)."""
        return self.prox(x, step)


def _boxed_sum(Q, spectrum, center, slope, w, low, high, start=None):
    L, mu = float(spectrum.max()), float(spectrum.min())
    f_star = float(w @ np.abs(center))
    return Problem(
        oracle=BoxedSum(Q, spectrum, center, slope, w, low, high),
        declares=[
            smooth_part(Certificate(L, "largest eigenvalue, prescribed", 1e-13 * L)),
            strongly_convex_part(Certificate(mu, "smallest eigenvalue, prescribed", 1e-13 * L)),
            quadratic_objective(),
            split_sum(),
            split_zero(center, slope),
            proximable_part(),
            attained(Certificate(f_star, "planted", 1e-15 * (1 + f_star)), center),
        ],
        start=start,
    )


def _curved(rng, d, L, kappa):
    spectrum = np.geomspace(L / kappa, L, d)
    Q, _ = np.linalg.qr(rng.normal(size=(d, d)))
    return Q, spectrum


@family
def split_lasso(
    rng,
    *,
    d: Annotated[int, between(2, 20)] = 6,
    L: Scale = 1.0,
    kappa: Condition = 10.0,
    lam: Annotated[float, between(0.01, 1.0, log=True)] = 0.1,
):
    """A random quadratic plus lam |x|_1; every other entry of the minimizer is 0."""
    support = np.arange(d) % 2
    center = support * rng.normal(size=d)
    slope = -lam * np.where(support, np.sign(center), rng.uniform(-0.9, 0.9, size=d))
    far = np.full(d, FAR)
    Q, spectrum = _curved(rng, d, L, kappa)
    return _boxed_sum(Q, spectrum, center, slope, np.full(d, lam), -far, far)


@family
def split_box(
    rng, *, d: Annotated[int, between(2, 20)] = 6, L: Scale = 1.0, kappa: Condition = 10.0
):
    """A random quadratic on a box: a third of the entries of the minimizer at each bound.

    The start is a random point of the box.
    """
    side = np.arange(d) % 3 - 1
    center = rng.normal(size=d)
    low = center - rng.uniform(0.5, 2.0, size=d) * (side >= 0)
    high = center + rng.uniform(0.5, 2.0, size=d) * (side <= 0)
    slope = -side * rng.uniform(0, L, d)
    Q, spectrum = _curved(rng, d, L, kappa)
    start = rng.uniform(low, high)
    return _boxed_sum(Q, spectrum, center, slope, np.zeros(d), low, high, start)


@family
def slow_split(
    rng,
    *,
    L: Scale = 1.0,
    kappa: Condition = 10.0,
    share: Annotated[float, between(0.0, 1.0)] = 0.0,
):
    """f(x) = (L/kappa x_1^2 + L x_2^2)/2 on the line x_2 = 0: slow in either entry.

    With steps gamma the governing sequence of Douglas-Rachford loses the factors
    1/(1 + gamma L/kappa) in the first entry and gamma L/(1 + gamma L) in the second one; a
    ``share`` of the squared distance at the start is in the second.
    """
    high = np.array([FAR, 0.0])
    start = np.sqrt(np.array([1 - share, share]))
    zero = np.zeros(2)
    return _boxed_sum(np.eye(2), np.array([L / kappa, L]), zero, zero, zero, -high, high, start)


class Forced(NamedTuple):
    """C x = force (x - c) beside the two operators of another oracle, in coordinates of its own."""

    pair: BoxedSum | Subspaces
    force: float
    center: Array

    def first(self, x, step):
        """The resolvent of A: (R, d) -> (R, d)."""
        return self.pair.first(x, step)

    def second(self, x, step):
        """The resolvent of B: (R, d) -> (R, d)."""
        return self.pair.second(x, step)

    def operator(self, x):
        """C: (R, d) -> (R, d)."""
        return self.force * (x - self.center)


def _forced(problem, force, u_star):
    """The problem with a force of at most 1 towards its solution, which stays one."""
    center = problem.constants["x_star"]
    return Problem(
        oracle=Forced(problem.oracle, force, center),
        declares=[
            cocoercive(Certificate(1.0, "the force is at most 1")),
            lipschitz(Certificate(1.0, "the force is at most 1")),
            two_resolvents(),
            three_split_zero(center, u_star),
        ],
        start=problem.start,
    )


@family
def forced_lines(
    rng,
    *,
    angle: Annotated[float, between(1e-3, np.pi / 2, log=True)] = 0.1,
    force: Force = 1e-4,
):
    """Two lines in the plane, and a force towards their common point."""
    return _forced(two_lines.make(rng, angle=angle, turn=0.0), force, np.zeros(2))


@family
def forced_split(rng, *, d: Annotated[int, between(2, 10)] = 6, force: Force = 1.0):
    """A quadratic, an l1 norm, and a force towards the minimizer of their sum."""
    problem = split_lasso.make(rng, d=d, L=1.0, kappa=10.0, lam=0.1)
    return _forced(problem, force, problem.constants["u_star"])
