"""Functions whose infimum is not 0: what a method that uses f* must subtract."""

from dataclasses import replace
from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    average_smooth,
    bounded_subgradients,
    components_convex,
    components_smooth,
    components_strongly_convex,
    convex,
    finite_sum,
    interpolation,
    known_infima,
    sharp,
    smooth,
    strongly_convex,
)
from convlab.family import between, choice, family
from convlab.problem import Problem
from problems.finite_sums import LeastSquares
from problems.nonsmooth import Separable, absolute_value
from problems.quadratics import Quadratic, parabola

__all__ = ["Raised", "raised_absolute", "raised_bowls", "raised_parabola"]

Height = Annotated[float, between(-10.0, 10.0)]


class Raised(NamedTuple):
    """A function plus a constant."""

    base: Quadratic | Separable
    height: float

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return self.height + self.base.value(x)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.base.gradient(x)


def _raised(problem: Problem, height: float) -> Problem:
    """The problem with infimum 0 plus a constant; of what it declares, what is kept."""
    kept = (convex, smooth, strongly_convex, bounded_subgradients, sharp)
    lowest = attained(Certificate(height, "added"), problem.constants["x_star"])
    return replace(
        problem,
        oracle=Raised(problem.oracle, height),
        declares=[*(a for a in problem.declares if a.definition in kept), lowest],
    )


@family
def raised_parabola(
    rng,
    *,
    steep: Annotated[bool, choice(False, True)] = False,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.5, 1000.0, log=True)] = 10.0,
    height: Height = 1.0,
):
    """A parabola, flat or steep, plus ``height``, from x_0 = 1."""
    return _raised(parabola(steep=steep, L=L, kappa=kappa), height)


@family
def raised_absolute(
    rng, *, slope: Annotated[float, between(0.01, 1.0, log=True)] = 1.0, height: Height = 1.0
):
    """slope |x| plus ``height``, from x_0 = 1."""
    return _raised(absolute_value(slope=slope), height)


@family
def raised_bowls(
    rng,
    *,
    n: Annotated[int, between(1, 16)] = 2,
    d: Annotated[int, between(1, 10)] = 2,
    L: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    height: Annotated[float, between(0.01, 100.0, log=True)] = 1.0,
):
    """f_i(x) = L |x - x*|^2/2 + i height/n for i = 1, ..., n: equal bowls at different heights.

    One point minimizes all of them, so that nothing disturbs a method that knows the infima.
    """
    heights = height * np.arange(1.0, n + 1) / n
    center = np.zeros(d)
    return Problem(
        oracle=LeastSquares(
            A=np.zeros((n, d)),
            y=np.sqrt(2 * heights),
            tilt=np.zeros((n, d)),
            ridge=L,
            infima=heights,
            center=center,
            onto_rows=np.eye(d),
            least=float(heights.mean()),
        ),
        declares=[
            finite_sum(n),
            components_convex(),
            components_smooth(L),
            components_strongly_convex(L),
            average_smooth(L),
            smooth(L),
            strongly_convex(L),
            interpolation(),
            known_infima(),
            attained(Certificate(float(heights.mean()), "mean of the heights"), center),
        ],
    )
