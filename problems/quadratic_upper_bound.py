"""Convex functions below a parabola at their minimizer, with kinks elsewhere."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumptions import attained, convex, quadratic_upper_bound
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import Array, absolute, amax, inner, matvec, rmatvec
from problems.nonsmooth import turn

__all__ = ["LargestSquare", "largest_square", "square_of_maximum"]

Scale = Annotated[float, between(0.1, 100.0, log=True)]


class LargestSquare(NamedTuple):
    """f(x) = L/2 max_i (a_i^T (x - c))^2; of equal squares the first in ``order`` has the slope."""

    L: float
    A: Array
    center: Array
    order: Array

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.5 * self.L * amax(absolute(matvec(self.A, x - self.center))) ** 2

    def gradient(self, x):
        """A subgradient: (R, d) -> (R, d)."""
        r = matvec(self.A, x - self.center)
        chosen = turn(absolute(r), self.order)
        return self.L * inner(chosen, r) * rmatvec(self.A, chosen)


def _largest_square(L, A, center, start=None):
    """The rows of A have norm 1, and span the space."""
    n = len(A)
    return Problem(
        oracle=LargestSquare(L, A, center, np.arange(n, 0.0, -1.0)),
        declares=[convex(), quadratic_upper_bound(L), attained(0.0, center)],
        start=start,
    )


@family
def square_of_maximum(rng, *, horizon: Annotated[int, between(1, 200)] = 10, L: Scale = 1.0):
    """f(x) = L |x|_inf^2/2 from (1, ..., 1) in dimension horizon + 1.

    After ``horizon`` subgradients one entry has not moved, and the gap is still L/2: B. Goujaud,
    A. B. Taylor and A. Dieuleveut, *Optimal first-order methods for convex functions with a
    quadratic upper bound* (2022), Theorem 2.3.
    """
    d = horizon + 1
    return _largest_square(L, np.eye(d), np.zeros(d), np.ones(d))


@family
def largest_square(
    rng,
    *,
    d: Annotated[int, between(1, 20)] = 5,
    n: Annotated[int, between(20, 60)] = 30,
    L: Scale = 1.0,
):
    """The largest of n squares in random directions."""
    A = rng.normal(size=(n, d))
    A /= np.linalg.norm(A, axis=1, keepdims=True)
    return _largest_square(L, A, rng.normal(size=d))
