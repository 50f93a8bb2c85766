"""What every kind of run shares: start, constants, schedules, weights, grid and clock."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import sympy

from convlab import precise, symbols
from convlab.algorithm import Method
from convlab.engine.backends import to_numpy, xp_of
from convlab.engine.schedule import Schedule
from convlab.engine.trace import Status, Trace
from convlab.errors import ConvlabError, require_distinct
from convlab.metrics import INITIAL, Metric, rounding
from convlab.problem import Problem, View

__all__ = ["Clock", "Context", "log_grid", "without_rounding"]


def log_grid(iterations: int, per_decade: int = 12) -> np.ndarray:
    """Iterations spaced evenly in the logarithm, with 0, 1 and the last.

    >>> log_grid(100, per_decade=2)
    array([  0,   1,   3,  10,  32, 100])
    """
    count = max(2, round(per_decade * np.log10(max(iterations, 2))) + 1)
    points = np.rint(np.geomspace(1, max(iterations, 1), count)).astype(int)
    return np.unique(np.concatenate([[0, min(1, iterations)], points[points <= iterations]]))


@dataclass(frozen=True)
class Clock:
    """The seconds since a run began, and how many it may take; ``limit`` None is no limit."""

    began: float
    limit: float | None = None

    @classmethod
    def start(cls, limit: float | None = None) -> "Clock":
        """A clock that begins now."""
        return cls(time.monotonic(), limit)

    @property
    def seconds(self) -> float:
        """The seconds that have passed."""
        return time.monotonic() - self.began

    @property
    def late(self) -> bool:
        """Whether the limit has passed."""
        return self.limit is not None and self.seconds > self.limit


@dataclass(frozen=True)
class Context:
    """A method on a problem, with the numbers that a run needs.

    ``x0`` (R, *shape) are the starting points of the replicates ``ids``, ``constants`` the values
    of the symbols there, ``hyper`` the hyperparameters along the run, ``weights`` those of the
    metrics by name, ``points`` (G,) the iterations to record.
    """

    method: Method
    problem: Problem
    metrics: tuple[Metric, ...]
    iterations: int
    key: int
    ids: tuple[int, ...]
    backend: str
    xp: ModuleType
    oracle: View
    x0: Any
    constants: dict[sympy.Symbol, Any]
    hyper: Schedule
    weights: dict[str, Schedule]
    points: np.ndarray
    clock: Clock

    @classmethod
    def of(
        cls,
        method: Method,
        problem: Problem,
        *,
        iterations: int,
        replicates: int | Sequence[int],
        metrics: Iterable[Metric],
        key: int,
        backend: str = "numpy",
        start: Any = None,
        constants: Mapping[sympy.Symbol, Any] | None = None,
        initial: Mapping[sympy.Symbol, Metric] = INITIAL,
        grid: Sequence[int] | np.ndarray | None = None,
        time_limit: float | None = None,
    ) -> "Context":
        """The context of a run: see :func:`convlab.run` for the arguments and the errors."""
        clock = Clock.start(time_limit)
        xp = xp_of(backend)
        ids = tuple(range(replicates)) if isinstance(replicates, int) else tuple(replicates)
        oracle = problem.on(xp)
        x0 = _starting_points(problem, start, key, ids, xp)
        values = _constants_at(problem, x0, oracle, constants, initial)
        values[symbols.T] = iterations
        metrics = tuple(dict.fromkeys(m.measurement for m in metrics))
        require_distinct(metrics, "the run has two different metrics")
        return cls(
            method=method,
            problem=problem,
            metrics=metrics,
            iterations=iterations,
            key=key,
            ids=ids,
            backend=backend,
            xp=xp,
            oracle=oracle,
            x0=x0,
            constants=values,
            hyper=Schedule(method.hyperparameters, values, xp, x0.ndim),
            weights={m.name: Schedule(m.weights, values, xp) for m in metrics if m.weights},
            points=log_grid(iterations) if grid is None else np.unique(np.asarray(grid, dtype=int)),
            clock=clock,
        )

    def trace(
        self, values: dict[str, np.ndarray], statuses: Iterable[Status], **others: Any
    ) -> Trace:
        """What the run leaves behind; ``others`` are further fields of the trace."""
        fields: dict[str, Any] = {"calls": {}, "constants": self.constants, **others}
        return Trace(
            problem=self.problem.name,
            method=self.method,
            grid=self.points,
            values=values,
            statuses=tuple(statuses),
            key=self.key,
            replicates=self.ids,
            backend=self.backend,
            seconds=self.clock.seconds,
            starts=to_numpy(self.x0),
            **fields,
        )


def _constants_at(
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
    allowed = measured.allowance(plain, problem) + rounding(plain, problem).max(initial=0.0)
    return np.where((value < 0) & (plain <= allowed), 0 * value, value)


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
