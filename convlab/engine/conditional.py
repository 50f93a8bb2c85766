"""Exact expectations one step ahead: of a metric after the next step, given the state before it.

The step and the metric may be what they like: all outcomes of the draws of one step are tried at
each recorded state of a trajectory. Continuous draws are integrated where the metric after the
step is a polynomial in them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy

from convlab import precise, symbols
from convlab.algorithm import Method
from convlab.engine.affine import PRECISE
from convlab.engine.context import Context, without_rounding
from convlab.engine.draws import Draws, Forced, NotClosed, degree, draws_of, joined
from convlab.engine.eager import PreciseStream
from convlab.engine.schedule import Schedule
from convlab.engine.trace import Status, Trace
from convlab.engine.tree import mapped
from convlab.metrics import INITIAL, Metric
from convlab.problem import Problem
from convlab.streams import INIT, Stream

__all__ = ["AFTER", "run_conditional"]

AFTER = "after"
"""Name of the expectation one step ahead among the values of a trace."""
OUTCOMES = 8192
"""More joint outcomes of the discrete draws of one step than this are not tried."""
ROWS = 4096
"""States that are stepped at once."""
MOST_DEGREE = 8
"""The highest degree in the continuous draws that the metric after a step may have."""
CLOSE = 1e-6
"""Share of its first value below which a metric is too small for that degree to be seen."""


def run_conditional(
    method: Method,
    problem: Problem,
    *,
    iterations: int,
    replicates: Sequence[int],
    metric: Metric,
    given: Mapping[sympy.Symbol, Metric] | None = None,
    key: int = 0,
    backend: str = "numpy",
    constants: Mapping[sympy.Symbol, Any] | None = None,
    initial: Mapping[sympy.Symbol, Metric] = INITIAL,
    grid: Sequence[int] | np.ndarray | None = None,
    time_limit: float | None = None,
) -> Trace:
    """A metric along trajectories, and under ``AFTER`` its expectation after the next step.

    The values of the metric are those of the symbol V in formulas, and ``given`` are other symbols
    with metrics whose values along the trajectories they stand for; where a trajectory has
    diverged, all are NaN. On the backend ``mpmath`` all is in 50 digits; what would take more than
    ``PRECISE`` entries, of the states along the run or of those after one step, is NaN.

    Raises NotClosed where the draws of a step can be neither listed nor integrated, and for a
    metric that remembers.
    """
    along = {symbols.V: metric, **(given or {})}
    if any(m.init is not None for m in along.values()):
        raise NotClosed("the metric is not one of the state")
    context = Context.of(
        method,
        problem,
        iterations=iterations,
        replicates=replicates,
        metrics=[metric],
        key=key,
        backend=backend,
        constants=constants,
        initial=initial,
        grid=grid,
        time_limit=time_limit,
    )
    ids, oracle, hyper, points = context.ids, context.oracle, context.hyper, context.points
    xp, exact = context.xp, context.xp is precise
    stream: Any = Stream(key, ids, np)
    stream = PreciseStream(stream) if exact else stream
    weights = {s: Schedule(m.weights, context.constants, xp) for s, m in along.items()}
    unknown = np.full((len(points), len(ids)), np.nan, context.x0.dtype)
    here, ahead = {s: unknown.copy() for s in along}, unknown.copy()

    def value(state: Any, k: int, symbol: sympy.Symbol = symbols.V, copies: int = 1) -> np.ndarray:
        at = _tiled(weights[symbol].at(k), copies)
        return along[symbol].read(state, oracle.at(k), **at)[:, 0].reshape(copies, -1)

    def after(state: Any, k: int, draws: Draws, entries: np.ndarray) -> np.ndarray:
        """The metric after the step, (m N, R), for m outcomes and N values of what is continuous.

        The replicates are the last of the three axes into which the rows of states unfold.
        """
        m, N, R = len(draws.weights), len(entries), len(ids)
        prescribed = {s: np.repeat(v, N * R, axis=0) for s, v in draws.chosen.items()}
        prescribed |= draws.split(np.repeat(np.tile(entries, (m, 1)), R, axis=0))
        many = mapped(lambda leaf: np.tile(leaf, (m * N,) + (1,) * (leaf.ndim - 1)), state)
        at = _tiled(hyper.at(k), m * N)
        following = method.step(many, oracle.at(k), Forced(prescribed), k, at)
        return value(following, k + 1, copies=m * N)

    def expectation(state: Any, k: int, upto: int, close: bool) -> tuple[np.ndarray, int]:
        probe = Forced({}, xp=xp)
        first = mapped(lambda leaf: leaf[:1], state)
        method.step(first, oracle.at(k), probe, k, _tiled(hyper.at(k), 0))
        draws = draws_of(tuple(probe.laws), OUTCOMES, xp)
        if draws.laws:
            m = len(draws.weights)

            def function(entries: np.ndarray) -> np.ndarray:
                found = after(state, k, draws, xp.asarray(entries)).reshape(m, len(entries), -1)
                return found.transpose(1, 0, 2)[:, None]

            if not close:  # there the degree would be that of the rounding
                try:
                    upto = max(upto, degree(function, draws.size, MOST_DEGREE))
                except NotClosed:
                    if not all(law.two_valued for law in draws.laws.values()):
                        raise
                    upto = 2 * MOST_DEGREE  # rules of two points are then the laws themselves
            draws = joined(draws, upto)
        if exact and len(draws.weights) * context.x0.size > PRECISE:
            return unknown[0], upto
        found = weighted(state, k, draws)
        if draws.shuffled and not exact:  # which doubles have shown
            again = weighted(state, k, draws._replace(chosen=draws.chosen | draws.shuffled))
            if not np.allclose(found, again, rtol=1e-9, atol=0.0, equal_nan=True):
                raise NotClosed("the draws of one step have too many joint outcomes, in any order")
        return found, upto

    def weighted(state: Any, k: int, draws: Draws) -> np.ndarray:
        found = xp.zeros((len(ids),))
        size = max(1, ROWS // len(ids))
        for begin in range(0, len(draws.weights), size):
            some = slice(begin, begin + size)
            block = draws._replace(
                chosen={s: v[some] for s, v in draws.chosen.items()}, weights=draws.weights[some]
            )
            found += block.weights @ after(state, k, block, xp.asarray(np.empty((1, 0))))
        return found

    with np.errstate(all="ignore"):
        state = method.init(context.x0, oracle, stream.at(INIT), hyper.at(0))
        k, upto, late, end = 0, 0, False, Status.FINISHED
        for g, target in enumerate(points):
            if exact and target * context.x0.size > PRECISE:
                end = Status.STOPPED
                break
            while k < target and not late:
                state = method.step(state, oracle.at(k), stream.at(k), k, hyper.at(k))
                k, late = k + 1, context.clock.late
            if late:
                end = Status.TIMED_OUT
                break
            for symbol, measured in here.items():
                measured[g] = value(state, k, symbol)[0]
            now = here[symbols.V]
            sizes = np.abs(now[[0, g]].astype(float))
            if not np.isfinite(sizes[1]).any():
                break
            close = not exact and np.nanmax(sizes[1]) < CLOSE * np.nanmax(sizes[0])
            ahead[g], upto = expectation(state, k, upto, close)
    now = here[symbols.V]
    plain = now.astype(float)
    lost, infinite = ~np.isfinite(plain), np.isinf(plain).any(axis=0)
    statuses = np.full(len(ids), end, dtype=object)
    statuses[infinite] = Status.DIVERGED
    if end is Status.FINISHED:
        statuses[lost.any(axis=0) & ~infinite] = Status.NOT_A_NUMBER
    for measured in (*here.values(), ahead):
        measured[lost] = np.nan
    for symbol, measured in here.items():
        here[symbol] = without_rounding(symbol, measured, along[symbol], problem)
    return context.trace(
        {metric.name: now, AFTER: ahead},
        statuses,
        constants=context.constants | {s: measured[:, :, None] for s, measured in here.items()},
        engine="one step",
        exact=True,
    )


def _tiled(values: Mapping[str, Any], copies: int) -> dict[str, Any]:
    """Numbers per replicate repeated for copies of the replicates; the first for none."""

    def repeated(v: np.ndarray) -> np.ndarray:
        return np.tile(v, (copies,) + (1,) * (v.ndim - 1)) if copies else v[:1]

    return {n: repeated(v) if isinstance(v, np.ndarray) else v for n, v in values.items()}
