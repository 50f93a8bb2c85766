"""Running a CUDA kernel: launches of many iterations for all replicates at once."""

import importlib
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from convlab.engine.backends import xp_of
from convlab.engine.compiled import cuda
from convlab.engine.compiled.driver import kind_of, owned, schedule_of
from convlab.engine.compiled.products import packed
from convlab.engine.compiled.trace import Traced, trace
from convlab.engine.stretch import Pair, Stretch
from convlab.engine.task import Task
from convlab.engine.tree import leaves, rebuild
from convlab.streams.cuda import compiled

__all__ = ["CudaStepper"]

THREADS = 32
"""Threads of a block: few, so that few replicates already reach all processors."""
LAUNCH, WORK = 2**14, 2**24
"""Most iterations of a launch, and most iterations times replicates."""


class CudaStepper:
    """Advances states and memories by a kernel on the device; they are CuPy arrays."""

    name = "cuda"

    def __init__(self, task: Task, traced: Traced) -> None:
        xp = self._xp = xp_of("cupy")
        self._wait = importlib.import_module("cupy").cuda.get_current_stream().synchronize
        self._key = np.uint64(task.key)
        self._ids = xp.asarray(np.asarray(task.replicates, dtype=np.uint32))
        self._traced = traced
        self._begun = task.begun
        self._kernel = compiled(traced.kernel.text)
        self._hypers = [schedule_of(task, label) for label in traced.kernel.hypers]
        self._params: list[Any] = [
            _number(p) if np.ndim(p) == 0 else xp.asarray(np.ascontiguousarray(p, dtype=kind_of(p)))
            for p in traced.params
        ]
        for index, transposed in traced.kernel.packed:
            matrix = np.asarray(traced.params[index], dtype=float)
            self._params.append(xp.asarray(packed(matrix.T if transposed else matrix)))
        types = {"f": np.float64, "i": np.int64, "b": np.bool_}
        self._room = [
            xp.empty(len(task.replicates) * entries, dtype=types[kind])
            for entries, kind in traced.kernel.room
        ]

    @classmethod
    def of(cls, task: Task) -> "CudaStepper":
        """The stepper of a task; raises Untraceable where it has no kernel."""
        return cls(task, trace(task, cuda.emit))

    def stretches(self, pair: Pair, points: np.ndarray, pause: float) -> Iterator[Stretch]:
        """See :class:`convlab.engine.stretch.Stepper`."""
        arrays = [owned(leaf, len(self._ids), self._xp) for leaf in leaves(pair)]
        own = [self._xp.zeros((len(self._ids), 1), dtype=self._xp.int64) for _ in self._traced.own]
        calls: Mapping[str, int] = {}
        self._before, k, began = pair, 0, time.monotonic()
        for g, point in enumerate(points.tolist()):
            while k < point:
                until = self._launch([*arrays, *own], k, point)
                counted = self._traced.calls_until(np.array([until]), k, calls)
                calls = {name: int(c[-1]) for name, c in counted.items()}
                k = until
                if time.monotonic() - began > pause:
                    yield Stretch(k, g, g, pair, {})
                    began = time.monotonic()
            kept = rebuild(pair, (a.copy() for a in arrays))
            before = {name: np.array([number]) for name, number in calls.items()}
            made = self._traced.all_calls(1, self._begun, before, [a.copy().T for a in own])
            yield Stretch(k, g, g + 1, kept, made)
            self._before = kept

    def state(self, k: int) -> Any:
        """See :class:`convlab.engine.stretch.Stepper`."""
        return self._before[0]

    def _launch(self, arrays: list[Any], k: int, stop: int) -> int:
        """Advance states in place; the iteration reached, ``stop`` or earlier."""
        R = len(self._ids)
        until = min(stop, k + max(1, min(LAUNCH, WORK // R)))
        values = [
            self._xp.asarray(v) if np.ndim(v) else np.float64(v)
            for v in (schedule.between(name, k, until) for schedule, name in self._hypers)
        ]
        self._traced.check(k, until)
        numbers = np.int64(R), np.int64(k), np.int64(until), self._key, self._ids
        given = (*numbers, *arrays, *self._params, *values, *self._room)
        self._kernel((-(-R // THREADS),), (THREADS,), given)
        self._wait()
        return until


def _number(value: Any) -> np.generic:
    return kind_of(value)(value)
