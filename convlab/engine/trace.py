"""What a run leaves behind."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy

from convlab import symbols
from convlab.algorithm import Method
from convlab.formula import evaluate

__all__ = ["Status", "Trace", "merge"]


class Status(enum.StrEnum):
    """How a replicate ended; the value is a sentence for the user."""

    FINISHED = "finished: all iterations were run"
    DIVERGED = "diverged: an entry of the iterate exceeded 1e100; lower the step size"
    NOT_A_NUMBER = "not a number: the state became NaN; look at the oracle near the last point"
    TIMED_OUT = "timed out: the time limit passed first; raise it or lower the iterations"
    STOPPED = "stopped early: the caller had seen enough"


@dataclass(frozen=True)
class Trace:
    """Metrics at a grid of iterations, for each replicate.

    Attributes
    ----------
    problem : its name
    method : what was run
    grid : (G,) iterations, with 0 and 1
    values : metric name -> (G, R); infinity after a replicate has diverged, NaN after it has
        become NaN or where it was not run
    statuses : one per replicate
    calls : oracle -> (G, R) calls made before that iteration; in a cond and a while_loop each
        replicate counts those of its own branch and of its own passes, as if it ran alone
    constants : symbol -> number or (R, 1) array: what formulas may use
    engine, note : which engine ran, and why it was not the compiled one that was asked for
    exact : the values are expectations, computed from moments, and R counts starting points
    settled : (R,) whether the moments repeat themselves over the last third; None where unknown
    """

    problem: str
    method: Method
    grid: np.ndarray
    values: dict[str, np.ndarray]
    statuses: tuple[Status, ...]
    calls: dict[str, np.ndarray]
    constants: Mapping[sympy.Symbol, Any]
    key: int
    replicates: tuple[int, ...]
    backend: str
    seconds: float
    engine: str = "eager"
    note: str = ""
    exact: bool = False
    settled: np.ndarray | None = None
    starts: np.ndarray = field(default_factory=lambda: np.empty(0), repr=False)

    def at(self, rows: np.ndarray) -> "Trace":
        """The trace at some of its recorded iterations, a mask or indices."""
        return replace(
            self,
            grid=self.grid[rows],
            values={name: v[rows] for name, v in self.values.items()},
            calls={name: v[rows] for name, v in self.calls.items()},
        )

    def evaluate(self, formula: Any) -> np.ndarray:
        """A formula in k and the constants along the grid: (G, R); NaN where it has no value."""
        ks = self.grid.astype(float)[:, None, None]
        flat = np.asarray(evaluate(formula, {**self.constants, symbols.k: ks}), dtype=float)
        shape = (len(self.grid), len(self.replicates), 1)
        return np.broadcast_to(flat, shape)[:, :, 0]

    def status_counts(self) -> dict[Status, int]:
        """How many replicates ended in which way."""
        return {s: self.statuses.count(s) for s in Status if s in self.statuses}


def _both(first: np.ndarray | None, second: np.ndarray | None) -> np.ndarray | None:
    return None if first is None or second is None else np.concatenate([first, second])


def merge(first: Trace, second: Trace) -> Trace:
    """Two runs of one method on one problem with different replicates, as one."""

    def joined(a: Any, b: Any) -> Any:
        if np.ndim(a) == np.ndim(b) == 0 and a == b:
            return a
        return np.concatenate(
            [np.broadcast_to(v, (len(t.replicates), 1)) for v, t in ((a, first), (b, second))]
        )

    return replace(
        first,
        values={n: np.concatenate([v, second.values[n]], axis=1) for n, v in first.values.items()},
        calls={
            n: np.concatenate([v, second.calls[n]], axis=1)
            for n, v in first.calls.items()
            if n in second.calls
        },
        statuses=first.statuses + second.statuses,
        constants={s: joined(v, second.constants[s]) for s, v in first.constants.items()},
        replicates=first.replicates + second.replicates,
        seconds=first.seconds + second.seconds,
        settled=_both(first.settled, second.settled),
        starts=np.concatenate([first.starts, second.starts]),
    )
