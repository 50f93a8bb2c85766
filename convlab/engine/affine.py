"""Steps as affine maps and metrics as quadratic forms, found out by evaluating them."""

import functools
import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from convlab.engine.draws import Draws, Forced, NotClosed, OtherLaws, degree, draws_of, joined
from convlab.engine.tree import leaves, mapped

__all__ = ["AffineStep", "Form", "SecondMoments", "affine_step", "checks"]

SMALL = 10**5
"""Multiplications that take as long as the calls of one step."""

COST = 10**6
"""Multiplications per iteration beyond which sampling is the better way."""
MOST_DEGREE = 4
"""The highest degree in which continuous draws may enter a step."""


class Form:
    """How a nested tuple of arrays is laid out as one vector, measured from an origin.

    ``fixed`` are the leaves that are no arrays: they stay as they are.
    """

    def __init__(self, tree: Any, origin: Any = None) -> None:
        self._tree = tree
        found = leaves(tree)
        self.fixed = tuple(leaf for leaf in found if not isinstance(leaf, np.ndarray))
        sizes = [leaf[0].size for leaf in found if isinstance(leaf, np.ndarray)]
        self.size = sum(sizes)
        self._ends = list(itertools.accumulate(sizes))
        self._origin = np.zeros((1, self.size))
        if origin is not None:
            self._origin = self.flat(origin)

    def flat(self, tree: Any) -> np.ndarray:
        """The arrays of a tree as one vector per replicate, (R, size), from the origin."""
        arrays = (leaf for leaf in leaves(tree) if isinstance(leaf, np.ndarray))
        return (
            np.concatenate([leaf.reshape((len(leaf), -1)) for leaf in arrays], axis=1)
            - self._origin
        )

    def tree(self, z: np.ndarray) -> Any:
        """The tree whose arrays are these vectors, (R, size)."""
        whole, begins = z + self._origin, [0, *self._ends]
        parts = (whole[:, i:j] for i, j in itertools.pairwise(begins))
        return mapped(lambda leaf: next(parts).reshape((len(z), *leaf.shape[1:])), self._tree)

    def like(self, tree: Any) -> "Form":
        """The same layout and origin, with the fixed leaves of another tree."""
        form = Form(mapped(lambda leaf: leaf[:1], tree))
        form._origin = self._origin
        return form


@dataclass(frozen=True)
class AffineStep:
    """State -> A_m state with weight w_m, plus noise; in coordinates (z, 1).

    ``maps`` holds the A_m, (m, P, P); the weights sum to one and may be negative; ``noise`` is the
    second moment added; ``laws`` are those of the draws.
    """

    maps: np.ndarray
    weights: np.ndarray
    noise: np.ndarray
    form: Form
    laws: tuple[Any, ...]

    def moments(self, S: np.ndarray) -> np.ndarray:
        """The second moments (R, P, P) after the step."""
        P = S.shape[-1]
        if len(self.weights) > P:
            return (S.reshape(-1, P * P) @ self._operator).reshape(S.shape) + self.noise
        left, right = self._sides
        after = [((left @ s).reshape(P, -1)) @ right for s in S]
        return np.stack(after) + self.noise

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


def affine_step(
    form: Form, advance: Any, order: int = 2, before: AffineStep | None = None
) -> AffineStep:
    """The step as affine maps, found out by evaluating it; for moments up to an order.

    Draws that are only added count by their mean and variance where second moments suffice.
    Otherwise they are integrated, which needs them to enter as a polynomial. A step tends to have
    the draws of the one ``before`` it, with which it is then tried first.
    """
    if before is not None:
        try:
            return _with_laws(form, advance, order, before.laws)
        except OtherLaws:
            pass
    probe = Forced({})
    advance(form.tree(np.zeros((1, form.size))), probe)
    return _with_laws(form, advance, order, tuple(probe.laws))


def _with_laws(form: Form, advance: Any, order: int, laws: tuple[Any, ...]) -> AffineStep:
    draws = draws_of(laws)
    found = _fit(form, advance, draws) if order == 2 or not draws.laws else None
    if found is None and draws.laws:
        try:
            upto = order * max(_degree(form, advance, draws, z) for z in checks(form.size)[1::2])
            draws = joined(draws, upto)
        except NotClosed as reason:
            text = f"the step is not affine in the state and in its draws: {reason}"
            raise NotClosed(text) from None
        found = _fit(form, advance, draws)
    if found is None:
        raise NotClosed("the step is not affine in the state")
    return found


def _evaluate(form: Form, advance: Any, draws: Draws, z: np.ndarray, e: np.ndarray) -> tuple:
    """The states (m, N, p) after one from z (N, p) with continuous entries e (N, q); the tree."""
    m = len(draws.weights)
    prescribed = {slot: np.repeat(v, len(z), axis=0) for slot, v in draws.chosen.items()}
    prescribed |= draws.split(np.tile(e, (m, 1)))
    rng = Forced(prescribed, draws.asked)
    after = advance(form.tree(np.tile(z, (m, 1))), rng)
    rng.require_all()
    return form.flat(after).reshape(m, len(z), form.size), after


def _degree(form: Form, advance: Any, draws: Draws, z: np.ndarray) -> int:
    """The degree of the step in its continuous draws, at one state."""

    def function(entries: np.ndarray) -> np.ndarray:
        at = np.tile(z, (len(entries), 1))
        return _evaluate(form, advance, draws, at, entries)[0].transpose(1, 0, 2)

    return degree(function, draws.size, MOST_DEGREE)


def _fit(form: Form, advance: Any, draws: Draws) -> AffineStep | None:
    """The step as affine in state and continuous draws; None where it is not."""
    p, q, m = form.size, draws.size, len(draws.weights)
    if min(m * (p + q) ** 3, (p + 1) ** 4 + m * q**3) > COST or m * (p + 1) ** 4 > 10**3 * COST:
        raise NotClosed("the state is too large")
    tried = checks(p + q)
    points = np.concatenate([np.eye(p + q), np.zeros((1, p + q)), tried])
    out, after = _evaluate(form, advance, draws, points[:, :p], points[:, p:])
    constant = out[:, p + q]
    linear = out[:, : p + q] - constant[:, None]
    predicted = np.einsum("rj,mjp->mrp", tried, linear) + constant[:, None]
    scale = 1 + np.abs(out).max(axis=(0, 2))[-len(tried) :, None]
    if not (np.abs(predicted - out[:, -len(tried) :]) <= 1e-9 * scale).all():
        return None
    if draws.shuffled:
        other = draws._replace(chosen=draws.chosen | draws.shuffled)
        again, _ = _evaluate(form, advance, other, tried[:, :p], tried[:, p:])
        if not (np.abs(again - out[:, -len(tried) :]) <= 1e-9 * scale).all():
            raise NotClosed("the draws of one step have too many joint outcomes, in any order")
    maps = np.zeros((m, p + 1, p + 1))
    maps[:, :p, :p] = linear[:, :p].transpose(0, 2, 1)
    N = linear[:, p:].transpose(0, 2, 1)
    maps[:, :p, p] = constant + N @ draws.entrywise("mean")
    maps[:, p, p] = 1.0
    weight = draws.weights[:, None, None]
    added = np.zeros((p + 1, p + 1))
    variance = draws.entrywise("variance")
    added[:p, :p] = (weight * (N * variance) @ N.transpose(0, 2, 1)).sum(axis=0)
    return AffineStep(maps, draws.weights, added, form.like(after), draws.asked)


@functools.lru_cache(maxsize=64)
def checks(size: int) -> np.ndarray:
    """Random points at which a form found at unit vectors is checked: near, far and very far."""
    rng = np.random.Generator(np.random.Philox(key=7))
    return rng.normal(size=(5, size)) * np.array([1e-3, 1.0, 1.0, 1e3, 1e6])[:, None]


class SecondMoments:
    """The expectations E (z, 1)(z, 1)^T, (R, P, P)."""

    order = 2

    def of(self, z: np.ndarray) -> np.ndarray:
        """Those of known states (R, p)."""
        ones = np.concatenate([z, np.ones((len(z), 1))], axis=1)
        return ones[:, :, None] * ones[:, None, :]

    def after(self, step: AffineStep, moments: np.ndarray) -> np.ndarray:
        """The expectations after a step."""
        return step.moments(moments)

    def leap(self, step: AffineStep, moments: np.ndarray, count: int) -> np.ndarray:
        """The expectations after ``count`` equal steps, by repeated squaring where that is less."""
        R, P, _ = moments.shape
        if count * (P**4 + SMALL) < 2 * math.log2(count + 1) * P**6:
            for _ in range(count):
                moments = self.after(step, moments)
            return moments
        power = np.linalg.matrix_power(step.transition, count)
        after = (moments.reshape(R, P * P) @ power).reshape(R, P, P)
        if count == 1 or np.isfinite(after).all():
            return after
        middle = self.leap(step, moments, count // 2)
        return self.leap(step, middle, count - count // 2) if np.isfinite(middle).all() else middle

    def expected(self, Q: np.ndarray, moments: np.ndarray) -> np.ndarray:
        """The expectations (R,) of a metric."""
        return np.einsum("ij,rij->r", Q, moments)

    def coefficients(self, form: Form, read: Any) -> np.ndarray:
        """The symmetric matrix Q with metric = (z, 1)^T Q (z, 1)."""
        p = form.size
        i, j = np.triu_indices(p, 1)
        eye = np.eye(p)
        tried = checks(p)
        points = np.concatenate([np.zeros((1, p)), eye, -eye, eye[i] + eye[j], tried])
        values = read(form.tree(points))
        if values.shape != (len(points),):
            raise NotClosed("the metric is not one of each replicate")
        c, plus, minus = values[0], values[1 : p + 1], values[p + 1 : 2 * p + 1]
        Q = np.zeros((p + 1, p + 1))
        square, linear = (plus + minus) / 2 - c, (plus - minus) / 2
        mixed = (
            values[2 * p + 1 : -len(tried)] - c - square[i] - square[j] - linear[i] - linear[j]
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
