"""The eager engine: a method on a problem, batched over replicates, on any array namespace."""

import time
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import sympy

from convlab import precise, symbols
from convlab.algorithm import Method
from convlab.engine.backends import to_numpy, xp_of
from convlab.engine.schedule import Schedule
from convlab.engine.trace import Status, Trace
from convlab.errors import ConvlabError
from convlab.metrics import INITIAL, Metric, gap
from convlab.problem import Problem, View
from convlab.streams import Stream

__all__ = ["constants_at", "log_grid", "run"]

HUGE = 1e100
"""An iterate beyond this in any entry has diverged."""


def log_grid(iterations: int, per_decade: int = 12) -> np.ndarray:
    """Iterations spaced evenly in the logarithm, with 0, 1 and the last.

    >>> log_grid(100, per_decade=2)
    array([  0,   1,   3,  10,  32, 100])
    """
    count = max(2, round(per_decade * np.log10(max(iterations, 2))) + 1)
    points = np.rint(np.geomspace(1, max(iterations, 1), count)).astype(int)
    return np.unique(np.concatenate([[0, min(1, iterations)], points[points <= iterations]]))


class _PreciseStream:
    """The same draws as 50-digit numbers."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def at(self, k: int) -> "_PreciseStream":
        self._stream.at(k)
        return self

    def draw(self, law: Any) -> np.ndarray:
        return precise.asarray(self._stream.draw(law))


def run(
    method: Method,
    problem: Problem,
    *,
    iterations: int,
    replicates: int | Sequence[int] = 1,
    metrics: Sequence[Metric] = (gap,),
    key: int = 0,
    backend: str = "numpy",
    start: Any = None,
    constants: Mapping[sympy.Symbol, Any] | None = None,
    initial: Mapping[sympy.Symbol, Metric] = INITIAL,
    grid: Sequence[int] | None = None,
    time_limit: float | None = None,
    progress: Callable[[int], bool | None] | None = None,
) -> Trace:
    """Run a method on a problem and record metrics.

    Parameters
    ----------
    iterations : number of steps
    replicates : how many, or which (ids): replicate r has the same draws in every run with the
        same key, whichever others run beside it
    start : (d,) or (R, d); by default the problem's own
    constants : values for symbols in the hyperparameters; by default the problem's certificates,
        by name
    initial : symbols that stand for a metric at the starting point
    grid : iterations to record; by default spaced evenly in the logarithm, 0 and 1 included
    time_limit : seconds
    progress : called with the iteration at each grid point; returning True stops the run

    Raises
    ------
    ConvlabError
        where an oracle is missing, shapes do not match or a symbol has no value. Divergence,
        NaN and time limit are statuses in the trace, not errors.
    """
    began = time.monotonic()
    xp = xp_of(backend)
    ids = tuple(range(replicates)) if isinstance(replicates, int) else tuple(replicates)
    stream: Any = Stream(key, ids, np if xp is precise else xp)
    if xp is precise:
        stream = _PreciseStream(stream)
    oracle = problem.on(xp)
    x0 = _starting_points(problem, start, key, ids, xp)
    values = constants_at(problem, x0, oracle, constants, initial)
    values[symbols.T] = iterations
    hyper = Schedule(method.hyperparameters, values, xp)
    weights = {m.name: Schedule(m.weights, values, xp) for m in metrics if m.weights}
    points = log_grid(iterations) if grid is None else np.unique(np.asarray(grid, dtype=int))

    recorder = _Recorder(metrics, weights, len(points), len(ids), xp)
    statuses = np.array([Status.FINISHED] * len(ids), dtype=object)
    calls: list[dict[str, int]] = []

    def advance(state: Any, k: int) -> Any:
        return method.step(state, oracle.at(k), stream.at(k), k, hyper.at(k))

    with np.errstate(all="ignore"):
        oracle.calls.clear()
        state = method.init(x0, oracle.at(0), stream.at(0), hyper.at(0))
        _same_shape(x0, state.x, f"the init of {method.algorithm.name}")
        counted = dict(oracle.calls)
        recorder.begin(state, oracle)
        k, snapshot = 0, (0, state)
        for g, target in enumerate(points):
            while k < target:
                recorder.update(state, oracle.at(k), k)
                oracle.calls.clear()
                state = advance(state, k)
                if k == 0:
                    _same_shape(x0, state.x, f"the step of {method.algorithm.name}")
                for name, count in oracle.calls.items():
                    counted[name] = counted.get(name, 0) + count
                k += 1
            _classify(state, statuses, snapshot, k, advance, xp)
            snapshot = (k, state)
            recorder.record(g, state, oracle.at(k), k, statuses)
            calls.append(dict(counted))
            alive = statuses == Status.FINISHED
            if not alive.any():
                break
            if k < points[-1]:
                late = time_limit is not None and time.monotonic() - began > time_limit
                if late or (progress is not None and progress(k)):
                    statuses[alive] = Status.TIMED_OUT if late else Status.STOPPED
                    break
    recorder.finish(statuses, len(calls))
    names = sorted({n for c in calls for n in c})
    filled = calls + [calls[-1]] * (len(points) - len(calls))
    return Trace(
        problem=problem.name,
        method=str(method),
        grid=points,
        values=recorder.values,
        statuses=tuple(statuses),
        calls={n: np.array([c.get(n, 0) for c in filled]) for n in names},
        constants=values,
        key=key,
        replicates=ids,
        backend=backend,
        seconds=time.monotonic() - began,
        starts=to_numpy(x0),
    )


def constants_at(
    problem: Problem,
    x0: Any,
    oracle: View,
    constants: Mapping[sympy.Symbol, Any] | None,
    initial: Mapping[sympy.Symbol, Metric],
) -> dict[sympy.Symbol, Any]:
    """Values of the symbols for a run from ``x0``: certificates, dimension, initial quantities.

    In 50 digits where ``x0`` is.
    """
    exact = isinstance(x0, np.ndarray) and x0.dtype.kind == "O"
    if constants is None:
        named = {name: entry.symbol for name, entry in symbols.NOTATION.items()}
        constants = {named[c]: v for c, v in problem.constants.items() if c in named}
    number = precise.mp.mpmathify if exact else lambda v: v
    values = {s: number(v) for s, v in constants.items() if np.ndim(v) == 0}
    values[symbols.d] = x0.shape[-1]

    class Start:
        x = x0

    for symbol, measured in initial.items():
        if measured is INITIAL.get(symbol) and not _measurable(problem, symbol):
            continue
        with np.errstate(all="ignore"):
            value = to_numpy(measured.read(Start, oracle))
        spread = len(value) > 1 and bool(np.any(value != value[0]))
        values[symbol] = value if spread else value[0, 0]
    return values


def _measurable(problem: Problem, symbol: sympy.Symbol) -> bool:
    needed = {symbols.D: "x_star", symbols.Delta: "f_star"}[symbol]
    return needed in problem.constants and (needed != "f_star" or hasattr(problem.oracle, "value"))


def _starting_points(
    problem: Problem, start: Any, key: int, ids: tuple[int, ...], xp: ModuleType
) -> Any:
    if start is None:
        return problem.starts(key, ids, xp)
    points = np.asarray(start)
    if points.ndim == 1 or points.shape[0] != len(ids):
        points = np.broadcast_to(points, (len(ids), *points.shape)).copy()
    expected = problem.constants.get("x_star")
    if expected is not None and points.shape[1:] != np.shape(expected):
        raise ConvlabError(
            f"the start has shape {points.shape[1:]}, but the iterates of {problem.name} have "
            f"shape {np.shape(expected)}"
        )
    return xp.asarray(points)


def _same_shape(x0: Any, x: Any, where: str) -> None:
    if x.shape != x0.shape:
        raise ConvlabError(
            f"shapes do not match: {where} turns x of shape {x0.shape} into shape {x.shape}; "
            "the first axis is the replicate, and reductions keep an axis of length one"
        )


def _entries(x: Any) -> Any:
    return (
        x.reshape((x.shape[0], -1))
        if isinstance(x, np.ndarray)
        else to_numpy(x).reshape((x.shape[0], -1))
    )


def _classify(
    state: Any,
    statuses: np.ndarray,
    snapshot: tuple[int, Any],
    k: int,
    advance: Callable[[Any, int], Any],
    xp: ModuleType,
) -> None:
    """Mark replicates that have diverged or become NaN since the last grid point.

    Which of the two came first is found by replaying from the snapshot: steps are pure.
    """
    x = _entries(state.x)
    alive = statuses == Status.FINISHED
    sound = np.asarray((np.abs(x) <= HUGE).all(axis=1), dtype=bool)
    lost = alive & ~sound
    if not lost.any():
        return
    diverged = np.zeros(len(lost), dtype=bool)
    first, replay = snapshot
    for i in range(first, k):
        replay = advance(replay, i)
        diverged |= (np.abs(_entries(replay.x)) > HUGE).any(axis=1)
    statuses[lost & diverged] = Status.DIVERGED
    statuses[lost & ~diverged] = Status.NOT_A_NUMBER


class _Recorder:
    """Keeps the metrics: values on the grid, memories in between."""

    def __init__(
        self,
        metrics: Sequence[Metric],
        weights: Mapping[str, Schedule],
        rows: int,
        replicates: int,
        xp: ModuleType,
    ) -> None:
        self._metrics = {m.name: m for m in metrics}
        self._weights = weights
        self._memory: dict[str, Any] = {}
        self._replicates = replicates
        dtype = object if xp is precise else float
        self.values = {name: np.full((rows, replicates), np.nan, dtype) for name in self._metrics}

    def begin(self, state: Any, oracle: View) -> None:
        for name, m in self._metrics.items():
            if m.init is not None:
                self._memory[name] = m.init(state, oracle)

    def update(self, state: Any, oracle: View, k: int) -> None:
        for name, memory in self._memory.items():
            weights = self._weights[name].at(k) if name in self._weights else {}
            self._memory[name] = self._metrics[name].update(memory, state, oracle, **weights)  # type: ignore[misc]

    def record(self, g: int, state: Any, oracle: View, k: int, statuses: np.ndarray) -> None:
        for name, m in self._metrics.items():
            memory = (self._memory[name],) if name in self._memory else ()
            weights = self._weights[name].at(k) if name in self._weights else {}
            value = m.read(state, oracle, *memory, **weights)
            if len(value.shape) != 2 or value.shape[1] != 1:
                raise ConvlabError(
                    f"shapes do not match: metric {name} gives shape {tuple(value.shape)}; "
                    f"it must give one number per replicate, ({self._replicates}, 1)"
                )
            self.values[name][g] = to_numpy(value)[:, 0]
            self.values[name][g, statuses == Status.DIVERGED] = np.inf
            self.values[name][g, statuses == Status.NOT_A_NUMBER] = np.nan

    def finish(self, statuses: np.ndarray, rows: int) -> None:
        """After the last row recorded, a diverged replicate stays at infinity."""
        for values in self.values.values():
            values[rows:, statuses == Status.DIVERGED] = np.inf
