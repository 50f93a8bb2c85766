"""Functions whose infimum is not 0: what a method that uses f* must subtract."""

from dataclasses import replace
from typing import Annotated, NamedTuple

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    bounded_subgradients,
    convex,
    sharp,
    smooth,
    strongly_convex,
)
from convlab.family import between, choice, family
from convlab.problem import Problem
from problems.nonsmooth import Separable, absolute_value
from problems.quadratics import Quadratic, parabola

__all__ = ["Raised", "raised_absolute", "raised_parabola"]

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
