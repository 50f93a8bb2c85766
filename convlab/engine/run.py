"""A run: a method on a problem, by one of the engines, and what is recorded of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy

from convlab.algorithm import Method
from convlab.engine.backends import to_numpy
from convlab.engine.context import Context
from convlab.engine.eager import Eager
from convlab.engine.policy import backend_of, choose
from convlab.engine.recorder import Recorder
from convlab.engine.stretch import PAUSE
from convlab.engine.task import Task
from convlab.engine.trace import Status, Trace
from convlab.metrics import INITIAL, Metric, gap
from convlab.problem import Problem

__all__ = ["run"]


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
    context = Context.of(
        method,
        problem,
        iterations=iterations,
        replicates=replicates,
        metrics=metrics,
        key=key,
        backend=backend_of(engine, backend),
        start=start,
        constants=constants,
        initial=initial,
        grid=grid,
        time_limit=time_limit,
    )
    oracle, points, clock = context.oracle, context.points, context.clock
    R = len(context.ids)
    recorder = Recorder(context.metrics, context.weights, points, R, context.xp)
    eager = Eager(method, oracle, (key, context.ids), context.hyper, recorder, context.xp)
    pause = PAUSE if time_limit is None else min(PAUSE, time_limit)
    calls: list[tuple[int, Mapping[str, Any]]] = []

    with np.errstate(all="ignore"):
        pair = eager.begin(context.x0)
        task = Task(
            method=method,
            problem=problem,
            metrics=context.metrics,
            hyper=context.hyper,
            weights=context.weights,
            pair=pair,
            key=key,
            replicates=context.ids,
            iterations=iterations,
            begun=eager.calls.copy(),
        )
        stepper, note = choose(engine, context.backend, eager, task)
        for stretch in stepper.stretches(pair, points, pause):
            seen = points[stretch.first : stretch.stop].tolist() or [stretch.k]
            stop = progress is not None and _asked_to_stop(progress, seen, points[-1])
            count = min(stop or len(seen), stretch.stop - stretch.first)
            recorder.record(stretch, count, oracle, stepper, eager.step)
            if count:
                calls.append((count, stretch.calls))
            if not recorder.alive.any():
                break
            if stop or (clock.late and stretch.k < points[-1]):
                recorder.statuses[recorder.alive] = Status.STOPPED if stop else Status.TIMED_OUT
                break
    rows = min(sum(count for count, _ in calls), recorder.end)
    recorder.finish(rows)
    return context.trace(
        recorder.values,
        recorder.statuses,
        calls=_counted(calls, rows, len(points), R),
        engine=stepper.name,
        note=note,
    )


def _counted(
    stretches: Sequence[tuple[int, Mapping[str, Any]]], rows: int, points: int, replicates: int
) -> dict[str, np.ndarray]:
    """Calls before each point, (G, R), of stretches of so many points one after the other.

    After ``rows`` points the last numbers stay.
    """
    found = {}
    for name in sorted({name for _, calls in stretches for name in calls}):
        parts = []
        for count, calls in stretches:
            part = np.zeros((count, 1)) if name not in calls else to_numpy(calls[name])[:count]
            parts.append(np.broadcast_to(part.reshape(count, -1), (count, replicates)))
        kept = np.concatenate(parts)[np.minimum(np.arange(points), rows - 1)]
        found[name] = kept.astype(np.int64)
    return found


def _asked_to_stop(progress: Callable[[int], bool | None], seen: list[int], last: int) -> int:
    """After how many of the iterations seen the caller wants no more; 0 for never."""
    return next((i for i, k in enumerate(seen, 1) if k < last and progress(k)), 0)
