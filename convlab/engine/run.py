"""A run: a method on a problem, by one of the engines, and what is recorded of it."""

import time
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import sympy

from convlab import precise, symbols
from convlab.algorithm import Method
from convlab.engine.backends import to_numpy, xp_of
from convlab.engine.eager import Eager
from convlab.engine.policy import Task, backend_of, choose
from convlab.engine.recorder import Recorder
from convlab.engine.schedule import Schedule
from convlab.engine.stretch import PAUSE
from convlab.engine.trace import Status, Trace
from convlab.errors import ConvlabError, require_distinct
from convlab.metrics import INITIAL, Metric, gap
from convlab.problem import Problem, View

__all__ = ["constants_at", "log_grid", "run", "without_rounding"]


def log_grid(iterations: int, per_decade: int = 12) -> np.ndarray:
    """Iterations spaced evenly in the logarithm, with 0, 1 and the last.

    >>> log_grid(100, per_decade=2)
    array([  0,   1,   3,  10,  32, 100])
    """
    count = max(2, round(per_decade * np.log10(max(iterations, 2))) + 1)
    points = np.rint(np.geomspace(1, max(iterations, 1), count)).astype(int)
    return np.unique(np.concatenate([[0, min(1, iterations)], points[points <= iterations]]))


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
    engine: str = "auto",
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
    constants : values for symbols in the hyperparameters, numbers or one per replicate; by default
        the problem's certificates, by name
    initial : symbols that stand for a metric at the starting point
    grid : iterations to record; by default spaced evenly in the logarithm, 0 and 1 included
    engine : ``eager``, ``compiled``, ``auto``: compiled where that pays, or ``cuda``: compiled for
        an NVIDIA device, on CuPy arrays
    time_limit : seconds
    progress : called with the iteration at each grid point, and in between if that takes long;
        returning True stops the run

    Raises
    ------
    ConvlabError
        where an oracle is missing, shapes do not match, a symbol has no value or one that
        contradicts its sign, or two different metrics have one name. Divergence, NaN and time
        limit are statuses in the trace, not errors.
    """
    began = time.monotonic()
    backend = backend_of(engine, backend)
    xp = xp_of(backend)
    ids = tuple(range(replicates)) if isinstance(replicates, int) else tuple(replicates)
    metrics = tuple(dict.fromkeys(m.measurement for m in metrics))
    require_distinct(metrics, "the run has two different metrics")
    oracle = problem.on(xp)
    x0 = _starting_points(problem, start, key, ids, xp)
    values = constants_at(problem, x0, oracle, constants, initial)
    values[symbols.T] = iterations
    hyper = Schedule(method.hyperparameters, values, xp, x0.ndim)
    weights = {m.name: Schedule(m.weights, values, xp) for m in metrics if m.weights}
    points = log_grid(iterations) if grid is None else np.unique(np.asarray(grid, dtype=int))

    recorder = Recorder(metrics, weights, points, len(ids), xp)
    eager = Eager(method, oracle, (key, ids), hyper, recorder, xp)
    pause = PAUSE if time_limit is None else min(PAUSE, time_limit)
    calls: list[Mapping[str, Any]] = []

    with np.errstate(all="ignore"):
        pair = eager.begin(x0)
        task = Task(
            method, problem, metrics, hyper, weights, pair, key, ids, iterations, eager.calls.copy()
        )
        stepper, note = choose(engine, backend, eager, task)
        for stretch in stepper.stretches(pair, points, pause):
            seen = points[stretch.first : stretch.stop].tolist() or [stretch.k]
            stop = progress is not None and _asked_to_stop(progress, seen, points[-1])
            count = min(stop or len(seen), len(stretch.calls))
            recorder.record(stretch, count, oracle, stepper, eager.step)
            calls += stretch.calls[:count]
            late = time_limit is not None and time.monotonic() - began > time_limit
            if not recorder.alive.any():
                break
            if stop or (late and stretch.k < points[-1]):
                recorder.statuses[recorder.alive] = Status.STOPPED if stop else Status.TIMED_OUT
                break
    del calls[recorder.end :]
    recorder.finish(len(calls))
    filled = calls + calls[-1:] * (len(points) - len(calls))
    return Trace(
        problem=problem.name,
        method=method,
        grid=points,
        values=recorder.values,
        statuses=tuple(recorder.statuses),
        calls=_counted(filled, len(ids)),
        constants=values,
        key=key,
        replicates=ids,
        backend=backend,
        seconds=time.monotonic() - began,
        engine=stepper.name,
        note=note,
        starts=to_numpy(x0),
    )


def _counted(calls: Sequence[Mapping[str, Any]], replicates: int) -> dict[str, np.ndarray]:
    """Calls before each point: numbers, or (R, 1) where replicates differ, as (G, R)."""
    found = {}
    for name in sorted(calls[-1] if calls else ()):
        numbers = [c.get(name, 0) for c in calls]
        if any(np.ndim(n) for n in numbers):
            numbers = [np.broadcast_to(to_numpy(n), (replicates, 1)) for n in numbers]
        column = np.array(numbers).reshape(len(calls), -1)
        found[name] = np.broadcast_to(column, (len(calls), replicates))
    return found


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
        letters = (entry.symbol for entry in symbols.NOTATION.values())
        known = {s: problem.constants[s.name] for s in letters if s.name in problem.constants}
        constants = {s: v for s, v in known.items() if np.ndim(v) == 0}
    number = precise.mp.mpmathify if exact else lambda v: v
    values = {
        s: number(v) if np.ndim(v) == 0 else _column(s, v, x0, exact) for s, v in constants.items()
    }
    values[symbols.d] = x0.shape[-1]

    class Start:
        x = x0

    for symbol, measured in initial.items():
        if measured is INITIAL.get(symbol) and not _measurable(problem, symbol):
            continue
        with np.errstate(all="ignore"):
            value = to_numpy(measured.read(Start, oracle))
            value = without_rounding(symbol, value, measured, problem)
        spread = len(value) > 1 and bool(np.any(value != value[0]))
        values[symbol] = value if spread else value[0, 0]
    return values


def without_rounding(symbol: sympy.Symbol, value: Any, measured: Metric, problem: Problem) -> Any:
    """Measured values of a symbol; 0 where only rounding makes them contradict its sign."""
    if not symbol.is_nonnegative:
        return value
    plain = np.abs(np.asarray(value, dtype=float))
    largest = np.nanmax(np.where(np.isfinite(plain), plain, 0.0), initial=0.0)
    size = max(largest, abs(float(problem.constants.get("f_star", 0.0))))
    slack = measured.allowance(plain, problem) + 2.0**-40 * size
    return np.where((value < 0) & (plain <= slack), 0 * value, value)


def _column(symbol: sympy.Symbol, value: Any, x0: Any, exact: bool) -> Any:
    """The values of a symbol in each replicate, (R, 1)."""
    column = np.asarray(value, dtype=object if exact else float)
    if column.size != x0.shape[0]:
        raise ConvlabError(
            f"constant {symbol} has {column.size} values for {x0.shape[0]} replicates: give one "
            "for each, or a number"
        )
    column = column.reshape(-1, 1)
    return precise.asarray(column) if exact else column


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


def _asked_to_stop(progress: Callable[[int], bool | None], seen: list[int], last: int) -> int:
    """After how many of the iterations seen the caller wants no more; 0 for never."""
    return next((i for i, k in enumerate(seen, 1) if k < last and progress(k)), 0)
