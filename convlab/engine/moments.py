"""Exact expectations, without sampling, wherever first and second moments close.

Where a step is affine in the state for every outcome of its discrete draws, and affine in its
continuous draws, the second moment of the state obeys a linear recursion; where a metric is
quadratic in the state, its expectation follows. Both are *found out* by evaluating step and
metric at unit vectors and are then checked at random points, so no algorithm needs to say what
it is: SGD, momentum, SVRG and SAGA on least squares are all seen to be affine.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import sympy

from convlab import symbols
from convlab.algorithm import Method
from convlab.engine.run import constants_at, log_grid
from convlab.engine.schedule import Schedule
from convlab.engine.trace import Status, Trace
from convlab.metrics import INITIAL, Metric
from convlab.problem import Problem

__all__ = ["NotClosed", "run_moments"]

OUTCOMES = 512
"""More joint outcomes of the discrete draws of one step than this are not enumerated."""
BATCH = 200_000
"""Evaluations of the step per iteration beyond which sampling is the better way."""


class NotClosed(Exception):  # noqa: N818 -- a fact about the run, not an error
    """The moments do not close; the message says why."""


def run_moments(
    method: Method,
    problem: Problem,
    *,
    iterations: int,
    replicates: int | Sequence[int] = 1,
    metrics: Sequence[Metric],
    key: int = 0,
    constants: Mapping[sympy.Symbol, Any] | None = None,
    initial: Mapping[sympy.Symbol, Metric] = INITIAL,
    grid: Sequence[int] | None = None,
) -> Trace:
    """The expectations of the metrics, exact to rounding, from each of the starting points.

    Arguments and result are those of :func:`convlab.run`; ``replicates`` are starting points.
    Raises NotClosed where step or metrics are not of the form that the module describes.
    """
    began = time.monotonic()
    ids = tuple(range(replicates)) if isinstance(replicates, int) else tuple(replicates)
    oracle = problem.on(np)
    x0 = problem.starts(key, ids)
    values = constants_at(problem, x0, oracle, constants, initial)
    values[symbols.T] = iterations
    needed = method.free_symbols.union(*(w.free_symbols for m in metrics for w in m.weights.values()))
    if any(np.ndim(values.get(s, 0)) for s in needed):
        raise NotClosed("hyperparameters differ between starting points")
    hyper = Schedule(method.hyperparameters, values, np)
    weights = {m.name: Schedule(m.weights, values, np) for m in metrics if m.weights}
    points = log_grid(iterations) if grid is None else np.unique(np.asarray(grid, dtype=int))

    def begin(x: np.ndarray) -> tuple:
        state = method.init(x, oracle, _Forced({}), hyper.at(0))
        return state, {m.name: m.init(state, oracle) for m in metrics if m.init is not None}

    def advance(pair: tuple, k: int, rng: "_Forced") -> tuple:
        state, memory = pair
        for m in metrics:
            if m.name in memory:
                w = weights[m.name].at(k) if m.name in weights else {}
                memory = memory | {m.name: m.update(memory[m.name], state, oracle, **w)}  # type: ignore[misc]
        return method.step(state, oracle, rng, k, hyper.at(k)), memory

    def read(pair: tuple, m: Metric, k: int) -> np.ndarray:
        state, memory = pair
        extra = (memory[m.name],) if m.name in memory else ()
        w = weights[m.name].at(k) if m.name in weights else {}
        return m.read(state, oracle, *extra, **w)[:, 0]

    with np.errstate(all="ignore"):
        pair = begin(x0)
        form = _Form(pair)
        z = np.concatenate([form.flat(pair), np.ones((len(ids), 1))], axis=1)
        S = z[:, :, None] * z[:, None, :]
        recorded = {m.name: np.full((len(points), len(ids)), np.inf) for m in metrics}
        quadratic: dict[str, np.ndarray] = {}
        k = 0
        for g, target in enumerate(points):
            while k < target:
                S, form = _advance_moments(S, form, lambda p, rng, k=k: advance(p, k, rng))
                k += 1
            if not np.isfinite(S).all():
                break
            for m in metrics:
                if m.name not in quadratic or weights.get(m.name):
                    quadratic[m.name] = _quadratic_form(form, lambda p, m=m, k=k: read(p, m, k))
                recorded[m.name][g] = np.einsum("ij,rij->r", quadratic[m.name], S)
    diverged = not np.isfinite(S).all()
    return Trace(
        problem=problem.name,
        method=str(method),
        grid=points,
        values=recorded,
        statuses=(Status.DIVERGED if diverged else Status.FINISHED,) * len(ids),
        calls={},
        constants=values,
        key=key,
        replicates=ids,
        backend="numpy",
        seconds=time.monotonic() - began,
        engine="moments",
        exact=True,
        starts=x0,
    )


class _Forced:
    """A stream whose draws are prescribed; without a prescription it notes which laws are asked."""

    def __init__(self, prescribed: Mapping[int, np.ndarray]) -> None:
        self._prescribed = prescribed
        self.laws: list[Any] = []

    def draw(self, law: Any) -> np.ndarray:
        self.laws.append(law)
        slot = len(self.laws) - 1
        if slot in self._prescribed:
            return self._prescribed[slot]
        if not hasattr(law, "support"):
            return np.zeros((1, *law.shape))
        return law.support()[0][:1]


class _Form:
    """How a nested tuple of arrays is laid out as one vector; what is no array stays as it is."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self.size = sum(leaf[0].size for leaf in _leaves(tree))

    def flat(self, tree: Any) -> np.ndarray:
        return np.concatenate([leaf.reshape((len(leaf), -1)) for leaf in _leaves(tree)], axis=1)

    def tree(self, z: np.ndarray) -> Any:
        parts = iter(np.split(z, np.cumsum([leaf[0].size for leaf in _leaves(self._tree)]), axis=1))
        return _map(lambda leaf: next(parts).reshape((len(z), *leaf.shape[1:])), self._tree)


def _leaves(tree: Any) -> list[np.ndarray]:
    if isinstance(tree, np.ndarray):
        return [tree]
    if isinstance(tree, dict):
        return [leaf for value in tree.values() for leaf in _leaves(value)]
    return [leaf for value in tree for leaf in _leaves(value)] if isinstance(tree, tuple) else []


def _map(function: Any, tree: Any) -> Any:
    if isinstance(tree, np.ndarray):
        return function(tree)
    if isinstance(tree, dict):
        return {name: _map(function, value) for name, value in tree.items()}
    if isinstance(tree, tuple):
        parts = [_map(function, value) for value in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
    return tree


class _Draws(NamedTuple):
    """The draws of one step: joint outcomes of the discrete ones, moments of the others."""

    chosen: dict[int, np.ndarray]
    probability: np.ndarray
    slots: dict[int, tuple[int, ...]]
    mean: np.ndarray
    variance: np.ndarray


def _draws(laws: Sequence[Any]) -> _Draws:
    chosen: dict[int, np.ndarray] = {}
    probability = np.ones(1)
    slots, means, variances = {}, [], []
    for slot, law in enumerate(laws):
        if hasattr(law, "support"):
            outcomes, p = law.support()
            m = len(probability)
            if m * len(p) > OUTCOMES:
                raise NotClosed("the draws of one step have too many joint outcomes")
            chosen = {s: np.repeat(v, len(p), axis=0) for s, v in chosen.items()}
            chosen[slot] = np.tile(outcomes, (m,) + (1,) * (outcomes.ndim - 1))
            probability = np.outer(probability, p).ravel()
        elif np.isfinite(law.variance):
            slots[slot] = law.shape
            means += [law.mean] * int(np.prod(law.shape))
            variances += [law.variance] * int(np.prod(law.shape))
        else:
            raise NotClosed(f"{law} has no variance")
    return _Draws(chosen, probability, slots, np.array(means), np.array(variances))


def _advance_moments(S: np.ndarray, form: _Form, advance: Any) -> tuple[np.ndarray, _Form]:
    """The second moment of (state, 1) after one step."""
    p = form.size
    probe = _Forced({})
    advance(form.tree(np.zeros((1, p))), probe)
    draws = _draws(probe.laws)
    q, m = len(draws.mean), len(draws.probability)
    rng = np.random.Generator(np.random.Philox(key=7))
    points = np.concatenate([np.eye(p + q), np.zeros((1, p + q)), rng.normal(size=(2, p + q))])
    rows = len(points)
    if rows * m * p > BATCH * 50:
        raise NotClosed("the state is too large")
    z = np.tile(points[:, :p], (m, 1))
    noise = np.tile(points[:, p:], (m, 1))
    prescribed = {slot: np.repeat(v, rows, axis=0) for slot, v in draws.chosen.items()}
    at = 0
    for slot, shape in draws.slots.items():
        size = int(np.prod(shape))
        prescribed[slot] = noise[:, at : at + size].reshape((len(noise), *shape))
        at += size
    after = advance(form.tree(z), _Forced(prescribed))
    out = form.flat(after).reshape(m, rows, p)
    constant = out[:, p + q]
    linear = out[:, : p + q] - constant[:, None]
    predicted = np.einsum("rj,mjp->mrp", points[-2:], linear) + constant[:, None]
    if not np.allclose(predicted, out[:, -2:], rtol=1e-9, atol=1e-9 * (1 + np.abs(out).max())):
        raise NotClosed("the step is not affine in the state")
    A = np.zeros((m, p + 1, p + 1))
    A[:, :p, :p] = linear[:, :p].transpose(0, 2, 1)
    N = linear[:, p:].transpose(0, 2, 1)
    A[:, :p, p] = constant + N @ draws.mean
    A[:, p, p] = 1.0
    w = draws.probability[:, None, None]
    step = np.zeros_like(S)
    for a, share in zip(A, draws.probability, strict=True):
        step += share * (a @ S @ a.T)
    step[:, :p, :p] += (w * (N * draws.variance) @ N.transpose(0, 2, 1)).sum(axis=0)
    return step, _Form(_map(lambda leaf: leaf[:1], after))


def _quadratic_form(form: _Form, read: Any) -> np.ndarray:
    """The symmetric matrix Q with metric = (z, 1)^T Q (z, 1)."""
    p = form.size
    i, j = np.triu_indices(p, 1)
    eye = np.eye(p)
    rng = np.random.Generator(np.random.Philox(key=11))
    checks = rng.normal(size=(3, p))
    points = np.concatenate([np.zeros((1, p)), eye, -eye, eye[i] + eye[j], checks])
    values = read(form.tree(points))
    c, plus, minus = values[0], values[1 : p + 1], values[p + 1 : 2 * p + 1]
    Q = np.zeros((p + 1, p + 1))
    square, linear = (plus + minus) / 2 - c, (plus - minus) / 2
    mixed = (values[2 * p + 1 : -3] - c - square[i] - square[j] - linear[i] - linear[j]) / 2
    Q[:p, :p][i, j] = Q[:p, :p][j, i] = mixed
    Q[:p, :p] += np.diag(square)
    Q[:p, p] = Q[p, :p] = linear / 2
    Q[p, p] = c
    ones = np.concatenate([checks, np.ones((3, 1))], axis=1)
    predicted = np.einsum("ri,ij,rj->r", ones, Q, ones)
    if not np.allclose(predicted, values[-3:], rtol=1e-8, atol=1e-8 * (1 + np.abs(values).max())):
        raise NotClosed("the metric is not quadratic in the state")
    return Q
