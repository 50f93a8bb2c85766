"""Steps as affine maps and metrics as quadratic forms, found out by evaluating them."""

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from convlab.engine.draws import Draws, Forced, NotClosed, OtherLaws, degree, draws_of, joined
from convlab.engine.tree import leaves, rebuild

__all__ = [
    "PRECISE",
    "AffineStep",
    "Form",
    "SecondMoments",
    "Steps",
    "affine_steps",
    "checks",
    "leap",
    "multiplications",
]

SMALL = 10**5
"""Multiplications that take as long as the calls of one step."""

COST = 10**6
"""Multiplications per iteration beyond which sampling is the better way."""
PRECISE, FEW = 10**4, 8
"""Multiplications of 50-digit numbers made to see an expectation again, and most entries.

Entries of the state and of the continuous draws of a step: what has more is known in doubles only.
"""
MOST_DEGREE = 4
"""The highest degree in which continuous draws may enter a step."""


class Form:
    """How a nested tuple of arrays is laid out as one vector, measured from an origin.

    Leaves that are no arrays are ``numbers``: they are no part of the vector.
    """

    def __init__(self, tree: Any, origin: Any = None) -> None:
        self._tree = tree
        found = leaves(tree)
        self._arrays = [isinstance(leaf, np.ndarray) for leaf in found]
        self.numbers = tuple(leaf for leaf in found if not isinstance(leaf, np.ndarray))
        self._shapes = [leaf.shape[1:] for leaf in found if isinstance(leaf, np.ndarray)]
        self._ends = list(itertools.accumulate(math.prod(shape) for shape in self._shapes))
        self.size = self._ends[-1]
        self._origin = np.zeros((1, self.size))
        if origin is not None:
            self._origin = self.flat(origin)

    def flat(self, tree: Any) -> np.ndarray:
        """The arrays of a tree as one vector per replicate, (R, size), from the origin."""
        arrays = itertools.compress(leaves(tree), self._arrays)
        whole = np.concatenate([leaf.reshape((len(leaf), -1)) for leaf in arrays], axis=1)
        return whole - self._origin

    def tree(self, z: np.ndarray, numbers: Sequence[Any]) -> Any:
        """The tree with these vectors, (R, size), for its arrays, and these numbers."""
        whole, begins = z + self._origin, [0, *self._ends]
        parts = iter(
            whole[:, i:j].reshape((len(z), *shape))
            for i, j, shape in zip(begins, self._ends, self._shapes, strict=False)
        )
        others = iter(numbers)
        return rebuild(self._tree, (next(parts if one else others) for one in self._arrays))

    def numbers_of(self, tree: Any, count: int) -> list[tuple[Any, ...]]:
        """The numbers of a tree whose rows are states of ``count`` iterations in turn, of each.

        Raises NotClosed where one differs between states of an iteration.
        """
        columns = []
        for leaf, is_array in zip(leaves(tree), self._arrays, strict=True):
            if isinstance(leaf, np.ndarray) and not is_array:
                rows = leaf.reshape(-1, count)
                if (rows != rows[0]).any():
                    raise NotClosed("a number that is remembered depends on the state")
                columns.append(rows[0].tolist())
            elif not is_array:
                columns.append([leaf] * count)
        return list(zip(*columns, strict=True)) if columns else [()] * count


@dataclass(frozen=True)
class AffineStep:
    """State -> A_m state with weight w_m, plus noise; in coordinates (z, 1).

    ``maps`` holds the A_m, (m, P, P); the weights sum to one and may be negative; ``noise`` is the
    second moment added; ``numbers`` are those of the state after it; ``laws`` are those of the
    draws.
    """

    maps: np.ndarray
    weights: np.ndarray
    noise: np.ndarray
    numbers: tuple[Any, ...]
    laws: tuple[Any, ...]

    def moments(self, S: np.ndarray) -> np.ndarray:
        """The second moments (R, P, P) after the step."""
        P = S.shape[-1]
        if len(self.weights) > P:
            return (S.reshape(-1, P * P) @ self._operator).reshape(S.shape) + self.noise
        left, right = self._sides
        return (left @ S[:, None]).reshape(len(S), P, -1) @ right + self.noise

    @functools.cached_property
    def _operator(self) -> np.ndarray:
        """The map of second moments as one matrix, (P^2, P^2)."""
        m, P, _ = self.maps.shape
        flat = self.maps.reshape(m, P * P)
        product = (flat.T * self.weights) @ flat
        return product.reshape(P, P, P, P).transpose(1, 3, 0, 2).reshape(P * P, P * P)

    @functools.cached_property
    def transition(self) -> np.ndarray:
        """The step on second moments as one matrix, (P^2, P^2), noise included."""
        matrix = self._operator.copy()
        matrix[-1] += self.noise.ravel()
        return matrix

    @functools.cached_property
    def _sides(self) -> tuple[np.ndarray, np.ndarray]:
        """The maps side by side, (P, m, P), and, weighted and transposed, one below another."""
        m, P, _ = self.maps.shape
        right = (self.weights[:, None, None] * self.maps).transpose(0, 2, 1).reshape(m * P, P)
        return self.maps.transpose(1, 0, 2).copy(), right


class Steps(NamedTuple):
    """The steps of some iterations, as one function of states of ``size`` numbers.

    ``advance(z, rng, settings)`` takes the rows z (N, size) to those after the steps; the rows are
    for the settings in turn, again and again. It gives as well the numbers after each step.
    ``settings`` hold all on which a step depends, beside the state. ``xp`` is the namespace of the
    states: NumPy, or :mod:`convlab.precise` for 50 digits.
    """

    size: int
    xp: Any
    advance: Callable[[np.ndarray, Forced, Sequence[Any]], tuple[np.ndarray, list[tuple]]]
    settings: Sequence[Any]


def affine_steps(
    steps: Steps, order: int = 2, before: AffineStep | None = None
) -> list[AffineStep]:
    """The steps as affine maps, found out by evaluating them at once; for moments up to an order.

    Draws that are only added count by their mean and variance where second moments suffice.
    Otherwise they are integrated, which needs them to enter as a polynomial. Steps tend to have
    the draws of the one ``before`` them, with which they are then tried first. Raises NotClosed
    where a step is not affine; where there are several, also OtherLaws where they differ in their
    draws, and whatever a step raises that cannot be evaluated for many iterations at once.
    """
    if before is not None:
        try:
            return _with_laws(steps, order, before.laws)
        except OtherLaws:
            pass
    probe = Forced({}, xp=steps.xp)
    steps.advance(steps.xp.zeros((1, steps.size)), probe, steps.settings[:1])
    return _with_laws(steps, order, tuple(probe.laws))


def _with_laws(steps: Steps, order: int, laws: tuple[Any, ...]) -> list[AffineStep]:
    if steps.xp is not np and steps.size + draws_of(laws).size > FEW:
        raise NotClosed("the state is too large for 50 digits")
    draws = draws_of(laws, xp=steps.xp)
    found = _fit(steps, draws) if order == 2 or not draws.laws else None
    if found is None and draws.laws:
        try:
            some = steps.xp.asarray(checks(steps.size)[1::2])
            upto = order * max(_degree(steps, draws, z) for z in some)
            draws = joined(draws, upto)
        except NotClosed as reason:
            text = f"the step is not affine in the state and in its draws: {reason}"
            raise NotClosed(text) from None
        found = _fit(steps, draws)
    if found is None:
        raise NotClosed("the step is not affine in the state")
    return found


def _evaluate(steps: Steps, draws: Draws, z: np.ndarray, e: np.ndarray) -> tuple:
    """The states (m, N, K, p) after K steps from z (N, p) with continuous entries e (N, q).

    And the numbers after each of the steps.
    """
    m, N, K = len(draws.weights), len(z), len(steps.settings)
    prescribed = {slot: np.repeat(v, N * K, axis=0) for slot, v in draws.chosen.items()}
    prescribed |= draws.split(np.tile(np.repeat(e, K, axis=0), (m, 1)))
    rng = Forced(prescribed, draws.asked)
    rows = np.tile(np.repeat(z, K, axis=0), (m, 1))
    after, numbers = steps.advance(rows, rng, steps.settings)
    rng.require_all()
    return after.reshape(m, N, K, steps.size), numbers


def _degree(steps: Steps, draws: Draws, z: np.ndarray) -> int:
    """The degree of the steps in their continuous draws, at one state."""

    def function(entries: np.ndarray) -> np.ndarray:
        at = np.tile(z, (len(entries), 1))
        points = steps.xp.asarray(entries)
        return _evaluate(steps, draws, at, points)[0].transpose(1, 2, 0, 3)

    return degree(function, draws.size, MOST_DEGREE)


def _fit(steps: Steps, draws: Draws) -> list[AffineStep] | None:
    """The steps as affine in state and continuous draws; None where one is not."""
    p, q, m, K = steps.size, draws.size, len(draws.weights), len(steps.settings)
    most = COST if steps.xp is np else PRECISE
    if min(m * (p + q) ** 3, (p + 1) ** 4 + m * q**3) > most or m * (p + 1) ** 4 > 10**3 * COST:
        raise NotClosed("the state is too large")
    tried, points = map(steps.xp.asarray, (checks(p + q), _first_degree(p + q)))
    if steps.xp is not np:  # the others have been tried in doubles
        tried, points = tried[1:2], np.concatenate([points[: -len(tried)], tried[1:2]])
    out, numbers = _evaluate(steps, draws, points[:, :p], points[:, p:])
    constant = out[:, p + q]
    linear = out[:, : p + q] - constant[:, None]
    there = out[:, -len(tried) :]
    predicted = (tried @ linear.reshape(m, p + q, K * p)).reshape(there.shape) + constant[:, None]
    scale = 1 + np.abs(out).max(axis=(0, 3))[-len(tried) :, :, None]
    if not (np.abs(predicted - there) <= 1e-9 * scale).all():
        return None
    if draws.shuffled:
        other = draws._replace(chosen=draws.chosen | draws.shuffled)
        again, _ = _evaluate(steps, other, tried[:, :p], tried[:, p:])
        if not (np.abs(again - there) <= 1e-9 * scale).all():
            raise NotClosed("the draws of one step have too many joint outcomes, in any order")
    for i in (0, K - 1) if K > 1 else ():  # a step in company must be what it is by itself
        single = steps._replace(settings=steps.settings[i : i + 1])
        alone, its = _evaluate(single, draws, tried[:, :p], tried[:, p:])
        same = np.abs(alone[:, :, 0] - there[:, :, i]) <= 1e-12 * scale[:, i]
        if not (same.all() and its == numbers[i : i + 1]):
            return None
    maps = steps.xp.zeros((K, m, p + 1, p + 1))
    maps[..., :p, :p] = linear[:, :p].transpose(2, 0, 3, 1)
    N = linear[:, p:].transpose(2, 0, 3, 1)
    maps[..., :p, p] = constant.transpose(1, 0, 2) + N @ draws.entrywise("mean")
    maps[..., p, p] = 1.0
    weight = draws.weights[:, None, None]
    noise = steps.xp.zeros((K, p + 1, p + 1))
    noise[:, :p, :p] = (weight * (N * draws.entrywise("variance")) @ N.swapaxes(2, 3)).sum(axis=1)
    return [AffineStep(maps[i], draws.weights, noise[i], numbers[i], draws.asked) for i in range(K)]


@functools.lru_cache(maxsize=64)
def checks(size: int) -> np.ndarray:
    """Random points at which a form found at unit vectors is checked: near, far and very far."""
    rng = np.random.Generator(np.random.Philox(key=7))
    return rng.normal(size=(5, size)) * np.array([1e-3, 1.0, 1.0, 1e3, 1e6])[:, None]


@functools.lru_cache(maxsize=64)
def _first_degree(size: int) -> np.ndarray:
    """The points at which an affine map is found: unit vectors, zero, and those of the check."""
    return np.concatenate([np.eye(size), np.zeros((1, size)), checks(size)])


@functools.lru_cache(maxsize=64)
def _second_degree(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs i < j of entries, and the points at which a quadratic form is found.

    Zero, unit vectors, their opposites, their sums by pairs, and those of the check.
    """
    i, j = np.triu_indices(size, 1)
    eye = np.eye(size)
    points = [np.zeros((1, size)), eye, -eye, eye[i] + eye[j], checks(size)]
    return i, j, np.concatenate(points)


class SecondMoments:
    """The expectations E (z, 1)(z, 1)^T, (R, P, P), of states z of ``size`` numbers."""

    order = 2

    def __init__(self, size: int, xp: Any = np) -> None:
        self._size, self._xp = size, xp

    def of(self, z: np.ndarray) -> np.ndarray:
        """Those of known states (R, p)."""
        ones = np.concatenate([z, np.ones((len(z), 1), z.dtype)], axis=1)
        return ones[:, :, None] * ones[:, None, :]

    def after(self, step: AffineStep, moments: np.ndarray) -> np.ndarray:
        """The expectations after a step."""
        return step.moments(moments)

    def transition(self, step: AffineStep) -> np.ndarray:
        """The step as one matrix, by which rows of moments are multiplied."""
        return step.transition

    def expected(self, Q: np.ndarray, moments: np.ndarray) -> np.ndarray:
        """The expectations (R,) of a metric."""
        return np.einsum("ij,rij->r", Q, moments)

    def coefficients(self, read: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """The symmetric matrix Q with metric = (z, 1)^T Q (z, 1), of a function of z."""
        p = self._size
        tried = checks(p)
        i, j, points = _second_degree(p)
        if self._xp is not np:  # the others have been tried in doubles
            tried, points = tried[1:2], np.concatenate([points[: -len(tried)], tried[1:2]])
        values = read(self._xp.asarray(points))
        if values.shape != (len(points),):
            raise NotClosed("the metric is not one of each replicate")
        c, plus, minus = values[0], values[1 : p + 1], values[p + 1 : 2 * p + 1]
        Q = self._xp.zeros((p + 1, p + 1))
        square, linear = (plus + minus) / 2 - c, (plus - minus) / 2
        mixed = (
            values[2 * p + 1 : 2 * p + 1 + len(i)]
            - c
            - square[i]
            - square[j]
            - linear[i]
            - linear[j]
        ) / 2
        Q[:p, :p][i, j] = Q[:p, :p][j, i] = mixed
        Q[:p, :p] += np.diag(square)
        Q[:p, p] = Q[p, :p] = linear / 2
        Q[p, p] = c
        ones = np.concatenate([tried, np.ones((len(tried), 1))], axis=1)
        predicted = np.einsum("ri,ij,rj->r", ones, Q, ones)
        found = values[-len(tried) :]
        unit = 1 + np.abs(values[: -len(tried)]).max()
        if not (np.abs(predicted - found) <= 1e-8 * np.abs(found) + 1e-10 * unit).all():
            raise NotClosed("the metric is not quadratic in the state")
        return Q


def multiplications(step: AffineStep, n: int, count: int) -> float:
    """How many multiplications ``count`` equal steps on n moments take, about."""
    m, P, _ = step.maps.shape
    by_squaring = m * n**2 + 2 * math.log2(count + 1) * n**3
    one_by_one = count * 2 * m * P**3 if m <= P and n == P**2 else (m + count) * n**2
    return min(one_by_one, by_squaring)


def leap(moments: Any, step: AffineStep, S: np.ndarray, count: int) -> np.ndarray:
    """The expectations after ``count`` equal steps, by repeated squaring where that is less."""
    n, exact = math.prod(S.shape[1:]), S.dtype.kind == "O"
    if count * (n**2 + (0 if exact else SMALL)) < 2 * math.log2(count + 1) * n**3:
        for _ in range(count):
            S = moments.after(step, S)
        return S
    power = np.linalg.matrix_power(moments.transition(step), count)
    after = (S.reshape(len(S), n) @ power).reshape(S.shape)
    if count == 1 or exact or np.isfinite(after).all():
        return after
    middle = leap(moments, step, S, count // 2)
    return leap(moments, step, middle, count - count // 2) if np.isfinite(middle).all() else middle
