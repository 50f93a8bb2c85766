"""What is kept of a run: metrics at the recorded iterations, and how each replicate ends."""

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from convlab import precise
from convlab.engine.backends import to_numpy
from convlab.engine.schedule import Schedule
from convlab.engine.stretch import Pair, Stepper, Stretch
from convlab.engine.trace import Status
from convlab.errors import ConvlabError
from convlab.metrics import Metric
from convlab.problem import View

__all__ = ["HUGE", "Recorder", "sound"]

Step = Callable[[Any, int], Any]

HUGE = 1e100
"""An iterate beyond this in any entry has diverged."""


def _entries(x: Any) -> Any:
    """(R, any): on NumPy, or left on CuPy, as NumPy's functions work on its arrays."""
    if not hasattr(x, "get"):
        x = to_numpy(x)
    return x.reshape((x.shape[0], -1))


def sound(x: Any) -> np.ndarray:
    """For each replicate whether all entries of x are numbers, and not huge."""
    return np.asarray(to_numpy((np.abs(_entries(x)) <= HUGE).all(axis=1)), dtype=bool)


def _huge(x: Any) -> np.ndarray:
    """For each replicate whether an entry of x is huge."""
    return np.asarray(to_numpy((np.abs(_entries(x)) > HUGE).any(axis=1)), dtype=bool)


class Recorder:
    """Keeps the metrics: values on the grid, memories in between.

    ``statuses`` are those of the replicates; what was recorded of one after it was lost is
    replaced in the end.
    """

    def __init__(
        self,
        metrics: Sequence[Metric],
        weights: Mapping[str, Schedule],
        points: np.ndarray,
        replicates: int,
        xp: ModuleType,
    ) -> None:
        self._metrics = {m.name: m for m in metrics}
        self._weights = weights
        self._points = points
        self._replicates = replicates
        self._xp = xp
        dtype = object if xp is precise else float
        shape = len(points), replicates
        self.values = {name: np.full(shape, np.nan, dtype) for name in self._metrics}
        self.statuses = np.array([Status.FINISHED] * replicates, dtype=object)
        self._lost = np.full(replicates, len(points))

    # Memories -----------------------------------------------------------------------------------

    def begin(self, state: Any, oracle: View) -> dict[str, Any]:
        """The first memories."""
        return {n: m.init(state, oracle) for n, m in self._metrics.items() if m.init is not None}

    def update(self, memory: dict[str, Any], state: Any, oracle: View, k: int) -> dict[str, Any]:
        """The memories after iteration k, which begins in ``state``."""
        return {
            name: self._metrics[name].update(old, state, oracle, **self._weights_at(name, [k]))  # type: ignore[misc]
            for name, old in memory.items()
        }

    def _weights_at(self, name: str, ks: Sequence[int] | np.ndarray) -> dict[str, Any]:
        if name not in self._weights:
            return {}
        if len(ks) == 1:
            return self._weights[name].at(int(ks[0]))
        return self._weights[name].along(np.asarray(ks), self._replicates)

    # Values -------------------------------------------------------------------------------------

    def record(
        self, stretch: Stretch, count: int, oracle: View, stepper: Stepper, step: Step
    ) -> None:
        """The first ``count`` points of a stretch.

        Metrics read the states of all points at once, as if they were more replicates.
        """
        if not count:
            return
        self._classify(stretch, count, stepper, step)
        R, first = self._replicates, stretch.first
        ks = self._points[first : stretch.stop]
        for name, m in self._metrics.items():
            alone = oracle.moving or oracle.abreast
            whole = None if alone else self._read(m, stretch.pair, oracle, ks)
            if whole is not None and whole.shape == (len(ks) * R, 1):
                self.values[name][first : first + count] = whole.reshape(-1, R)[:count]
                continue
            for i in range(count):  # it is of the whole ensemble, or k or the replicate counts
                value = self._read(m, stretch.at(i), oracle.at(int(ks[i])), ks[i : i + 1])
                if value.ndim != 2 or value.shape[1] != 1:
                    raise ConvlabError(
                        f"shapes do not match: metric {name} gives shape {value.shape}; "
                        f"it must give one number per replicate, ({R}, 1)"
                    )
                self.values[name][first + i] = value[:, 0]

    def _read(self, metric: Metric, pair: Pair, oracle: View, ks: np.ndarray) -> np.ndarray:
        state, memory = pair
        extra = (memory[metric.name],) if metric.name in memory else ()
        return to_numpy(metric.read(state, oracle, *extra, **self._weights_at(metric.name, ks)))

    def _classify(self, stretch: Stretch, count: int, stepper: Stepper, step: Step) -> None:
        """Mark replicates that have diverged or become NaN since the last grid point.

        Where it does not show, which of the two came first is found by replaying from that point:
        steps are pure.
        """
        good = sound(stretch.pair[0].x).reshape(-1, self._replicates)[:count]
        for i in np.flatnonzero(~good.all(axis=1)).tolist():
            g = stretch.first + i
            lost = self.alive & ~good[i]
            if not lost.any():
                continue
            k = self._points[g - 1] if g else 0
            replay = stretch.at(i - 1)[0] if i else stepper.state(k)
            diverged = _huge(stretch.at(i)[0].x)
            for j in range(k, self._points[g]):
                if diverged[lost].all():
                    break
                replay = step(replay, j)
                diverged |= _huge(replay.x)
            self._lost[lost] = g
            self.statuses[lost & diverged] = Status.DIVERGED
            self.statuses[lost & ~diverged] = Status.NOT_A_NUMBER

    @property
    def alive(self) -> np.ndarray:
        """The replicates that are not lost."""
        return self._lost == len(self._points)

    @property
    def end(self) -> int:
        """After how many points all replicates are lost; beyond the last where some are not."""
        return int(self._lost.max()) + 1

    def finish(self, rows: int) -> None:
        """After ``rows`` points: a replicate that has diverged stays at infinity."""
        lost = np.arange(len(self._points))[:, None] >= self._lost
        for values in self.values.values():
            values[rows:] = np.nan
            values[lost & (self.statuses == Status.DIVERGED)] = np.inf
            values[lost & (self.statuses == Status.NOT_A_NUMBER)] = np.nan
