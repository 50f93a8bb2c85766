"""Noise for which stochastic gradient descent can be computed exactly, or is at its worst."""

from dataclasses import replace
from typing import Annotated, Any, NamedTuple

import numpy as np

from convlab.assumption import Assumption, Certificate
from convlab.assumptions import (
    alpha_moment,
    attained,
    attained_on_set,
    bounded_second_moment,
    bounded_variance,
    gradient_moment,
    pareto_tails,
    projectable,
    quadratic_objective,
    smooth,
    strongly_convex,
    two_modes,
)
from convlab.family import between, choice, family
from convlab.problem import Problem
from convlab.streams import bernoulli, normal
from convlab.vocabulary import Array, matvec, maximum, minimum, norm
from problems.noise import OneSidedPareto, SymmetricPareto, TwoPoint, noisy
from problems.quadratics import Quadratic, quadratic

__all__ = [
    "Confined",
    "Correlated",
    "Shocks",
    "confined_heavy_tails",
    "confined_two_point",
    "coupled_modes",
    "pareto_parabola",
]

Size = Annotated[float, between(0.1, 10.0, log=True)]


class Correlated(NamedTuple):
    """Normal noise of covariance ``root root^T``."""

    root: Array

    def stochastic_gradient(self, oracle, x, rng):
        """(R, d) -> (R, d)."""
        return oracle.gradient(x) + matvec(self.root, normal(rng, x.shape[-1]))

    def declares(self, problem: Problem) -> list[Assumption]:
        """The variance, which is the trace of the covariance."""
        return [bounded_variance(Certificate(float(np.linalg.norm(self.root)), "trace"))]


class Shocks(NamedTuple):
    """No noise but with probability p: then a vector of one length, in a uniform direction.

    The norm has moment sigma^alpha of order alpha. Of all such laws the rarest shocks are worst
    for averages: O. Catoni, *Challenging the empirical mean and empirical variance*, Ann. Inst.
    Henri Poincare Probab. Stat. 48 (2012).
    """

    sigma: float = 1.0
    alpha: float = 1.5
    p: float = 0.01

    @property
    def length(self) -> float:
        """The length of a shock."""
        return self.sigma / self.p ** (1 / self.alpha)

    def stochastic_gradient(self, oracle, x, rng):
        """(R, d) -> (R, d)."""
        direction = normal(rng, x.shape[-1])
        shock = self.length * bernoulli(rng, self.p)
        return oracle.gradient(x) + shock * direction / norm(direction)

    def declares(self, problem: Problem) -> list[Assumption]:
        """The moment of order alpha, and the variance."""
        deviation = self.sigma * self.p ** (0.5 - 1 / self.alpha)
        return [
            alpha_moment(self.alpha, self.sigma),
            bounded_variance(Certificate(deviation, "closed form")),
        ]


@family
def coupled_modes(
    rng,
    *,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.0, 100.0, log=True)] = 5.0,
    sigma: Size = 1.0,
    correlation: Annotated[float, between(0.0, 0.99)] = 0.7,
):
    """f(x) = (L/kappa x_1^2 + L x_2^2)/2 with correlated noise, of variance 3 sigma^2/4 in x_1."""
    mu = L / kappa
    scales = sigma * np.sqrt([0.75, 0.25])
    covariance = np.outer(scales, scales) * [[1.0, correlation], [correlation, 1.0]]
    base = Problem(
        oracle=Quadratic(np.diag([mu, L]), np.zeros(2)),
        declares=[
            quadratic_objective(),
            smooth(L),
            strongly_convex(mu),
            attained(0.0, np.zeros(2)),
        ],
    )
    made = noisy(base, Correlated(np.linalg.cholesky(covariance)))
    entries = (float(covariance[i, j]) for i, j in ((0, 0), (0, 1), (1, 1)))
    return replace(made, declares=[*made.declares, two_modes(mu, L, *entries)])


@family
def pareto_parabola(
    rng,
    *,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    sigma: Size = 1.0,
    tail: Annotated[float, between(1.2, 1.9)] = 1.5,
):
    """L x^2/2 with noise of Pareto tails: infinite variance, and P(|noise| > t) in closed form."""
    noise = SymmetricPareto(sigma, (1 + tail) / 2, tail)
    made = noisy(quadratic(d=1, L=L), noise)
    tails = pareto_tails(tail, Certificate(noise.scale, "closed form"))
    return replace(made, declares=[*made.declares, tails])


class Confined(NamedTuple):
    """f(x) = L x^2/2 on [-radius, radius], where stochastic gradients have bounded moments."""

    L: float
    radius: float

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        return 0.5 * self.L * x * x

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return self.L * x

    def project(self, x):
        """(R, 1) -> (R, 1)."""
        return minimum(maximum(x, -self.radius), self.radius)


def _confined(L: float, radius: float, noise: Any, moment: Assumption) -> Problem:
    made = noisy(
        Problem(
            oracle=Confined(L, radius),
            declares=[
                smooth(L),
                strongly_convex(L),
                projectable(),
                attained_on_set(0.0, np.zeros(1)),
            ],
            start=np.full(1, radius),
        ),
        noise,
    )
    return replace(made, declares=[*made.declares, moment])


@family
def confined_two_point(
    rng,
    *,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    sigma: Size = 1.0,
):
    """L x^2/2 on the interval that steps up to 1/L with noise -sigma or sigma never leave."""
    radius = sigma / L
    moment = bounded_second_moment(Certificate(2**0.5 * sigma, "at the ends of the interval"))
    return _confined(L, radius, TwoPoint(sigma, 0.5), moment)


@family
def confined_heavy_tails(
    rng,
    *,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    sigma: Size = 1.0,
    alpha: Annotated[float, between(1.1, 1.9)] = 1.5,
    law: Annotated[str, choice("pareto", "one_sided_pareto", "shocks")] = "one_sided_pareto",
):
    """L x^2/2 on [-sigma/(3L), sigma/(3L)] with noise of tail index alpha + 0.05, or shocks."""
    radius, tail = 1 / 3 * sigma, alpha + 0.05
    noise = {
        "pareto": SymmetricPareto(sigma, alpha, tail),
        "one_sided_pareto": OneSidedPareto(sigma, alpha, tail),
        "shocks": Shocks(sigma, alpha, 0.3),
    }[law]
    G = Certificate(radius + sigma, "Minkowski's inequality")
    if isinstance(noise, Shocks):
        ends = [radius, noise.length + radius, noise.length - radius]
        weights = [1 - noise.p, noise.p / 2, noise.p / 2]
        moment = np.dot(weights, np.power(ends, alpha))
        G = Certificate(float(moment ** (1 / alpha)), "at the ends of the interval")
    return _confined(L, radius / L, noise, gradient_moment(alpha, G))
