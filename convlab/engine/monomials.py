"""Moments of higher order: the expectations of all monomials of the state up to a degree.

Where a step is affine, z -> A_m z + c_m with weight w_m, the monomials of degree up to q of the
state after it are linear combinations of those before it: the expectations of monomials obey a
linear recursion. There are binomial(p + q, q) of them, so that this is for small states.
"""

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from convlab.engine.affine import AffineStep, checks
from convlab.engine.draws import NotClosed

__all__ = ["HigherMoments"]

MOST = 220
"""More monomials than this are not propagated."""
COST = 10**7
"""Numbers in the matrices of all outcomes together beyond which they are not made."""
REFINED = 5
"""How often the coefficients of a polynomial are refined in 50 digits."""


class HigherMoments:
    """The expectations of the monomials of degree at most ``order`` of ``size`` entries, (R, N).

    They are those of degree ``order`` exactly in the coordinates (z, 1).
    """

    def __init__(self, size: int, order: int, xp: Any = np) -> None:
        if math.comb(size + order, order) > MOST:
            raise NotClosed(f"the state is too large for moments of order {order}")
        self.order, self._size, self._xp = order, size, xp
        self._known: tuple[Any, Any] = None, None
        self._levels = [_words(size, degree) for degree in range(order + 1)]

    def of(self, z: np.ndarray) -> np.ndarray:
        """The monomials (R, N) of states (R, p)."""
        return _monomials(z, self.order)

    def after(self, step: AffineStep, moments: np.ndarray) -> np.ndarray:
        """The expectations after a step."""
        return moments @ self.transition(step)

    def transition(self, step: AffineStep) -> np.ndarray:
        """The step as one matrix, by which rows of moments are multiplied."""
        if self._known[0] is not step:
            self._known = step, self._recursion(step).T
        return self._known[1]

    def expected(self, coefficients: np.ndarray, moments: np.ndarray) -> np.ndarray:
        """The expectations (R,) of a metric."""
        return moments @ coefficients

    def _recursion(self, step: AffineStep) -> np.ndarray:
        m, P, _ = step.maps.shape
        if m * len(self._levels[-1]) ** 2 > COST:
            raise NotClosed("the state is too large")
        rows = np.ones((m, 1, 1), step.maps.dtype)
        for degree in range(1, self.order + 1):
            source, target = self._levels[degree - 1], self._levels[degree]
            number = {word: i for i, word in enumerate(target)}
            place = {word: i for i, word in enumerate(source)}
            shorter = rows[:, [place[word[:-1]] for word in target]]
            last = step.maps[:, [word[-1] for word in target]]
            rows = np.zeros((m, len(target), len(target)), step.maps.dtype)
            for a, word in enumerate(source):
                for b in range(P):
                    rows[:, :, number[tuple(sorted((*word, b)))]] += (
                        shorter[:, :, a] * last[:, :, b]
                    )
        after = np.tensordot(step.weights, rows, axes=1)
        # The weights sum to 1 up to rounding: were the moment of 1 to drift, so would all others.
        after[-1], after[-1, -1] = 0 * after[-1], 1
        return after

    def coefficients(self, read: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """The coefficients (N,) of a metric, a function of z.

        Raises NotClosed where it is no such polynomial.
        """
        near, terms, Q, R = _fitting(self._size, self.order)
        exact = self._xp is not np
        near, far = self._xp.asarray(near), self._xp.asarray(checks(self._size))
        terms = self.of(near) if exact else terms
        values = read(np.concatenate([near, far]))
        if values.shape != (len(near) + len(far),):
            raise NotClosed("the metric is not one of each replicate")
        found = self._xp.zeros((len(R),))
        for _ in range(REFINED if exact else 1):  # each time a dozen digits more
            rest = np.asarray(values[: len(near)] - terms @ found, dtype=float)
            found = found + np.linalg.solve(R, Q.T @ rest)
        found[np.abs(found) < (1e-40 if exact else 1e-12) * np.abs(found).max()] = 0.0
        unit = np.abs(values[: len(near)]).max()
        beyond = self.of(far)
        close = np.abs(terms @ found - values[: len(near)]) <= 1e-10 * unit
        same = np.abs(beyond @ found - values[len(near) :]) <= 1e-8 * (
            np.abs(beyond) @ np.abs(found)
        )
        if not (close.all() and same.all()):
            raise NotClosed(f"the metric is not a polynomial of degree {self.order} in the state")
        return found


@functools.lru_cache(maxsize=64)
def _words(size: int, degree: int) -> list[tuple[int, ...]]:
    """The monomials of a degree in ``size`` entries and 1, each by the places of its factors."""
    return list(itertools.combinations_with_replacement(range(size + 1), degree))


def _monomials(z: np.ndarray, order: int) -> np.ndarray:
    """The monomials (R, N) of states (R, p)."""
    ones = np.concatenate([z, np.ones((len(z), 1), z.dtype)], axis=1)
    return ones[:, np.array(_words(z.shape[1], order))].prod(axis=2)


@functools.lru_cache(maxsize=16)
def _fitting(size: int, order: int) -> tuple[np.ndarray, ...]:
    """Points of the cube, three for each monomial, the monomials there, and their factors Q R."""
    count = len(_words(size, order))
    rng = np.random.Generator(np.random.Philox(key=13))
    near = np.cos(np.pi * rng.uniform(size=(3 * count + 5, size)))
    terms = _monomials(near, order)
    return near, terms, *np.linalg.qr(terms)
