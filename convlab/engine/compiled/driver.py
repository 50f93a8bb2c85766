"""Running a kernel: stretches of iterations, chunks of replicates, blocks of draws, threads."""

import contextlib
import gc
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from convlab.engine.compiled.cache import compiled, on_disk, seconds_without
from convlab.engine.compiled.products import LARGE, TILE, WIDE_TILE, packed
from convlab.engine.compiled.symbol import compiling
from convlab.engine.compiled.trace import Traced, trace
from convlab.engine.schedule import Schedule
from convlab.engine.stretch import ROOM, Pair, Stretch, batched
from convlab.engine.task import Task
from convlab.engine.tree import leaves, rebuild
from convlab.errors import ConvlabError
from convlab.streams import compiled as fillers

__all__ = ["CompiledStepper", "kind_of", "owned", "schedule_of"]

BLOCK = 2**17
"""Numbers that a kernel is given at a time: random, or hyperparameters; or iterations, if none."""
FILL = 2**11
"""Random numbers of a slot that are drawn at a time, at least, as far as 32 blocks reach."""
KINDS: dict[str, Any] = {"f": np.float64, "i": np.int64, "b": np.bool_}
"""The types of numbers in a kernel."""
CHUNK = 64
"""Replicates that are advanced together by one thread."""
THREADS: int | None = None
"""How many threads; None for OMP_NUM_THREADS, or one per processor."""
FIRST = 2**20
"""Numbers in the state times iterations of the first stretch; later ones follow the clock."""
LONGEST = 2**22
"""Iterations of a stretch, at most."""
WORTHWHILE = 2e-3
"""Seconds of work from which several threads share it."""


class CompiledStepper:
    """Advances states and memories by a compiled kernel."""

    name = "compiled"

    def __init__(self, task: Task, traced: Traced) -> None:
        self._key = task.key
        self._ids = np.asarray(task.replicates, dtype=np.uint64)
        self._traced = traced
        self._kernel = compiled(traced.kernel.text)
        self._sizes = traced.kernel.sizes
        self._used = set(traced.kernel.used)
        self._begun = task.begun
        self._first = task.pair
        self._drawn = [traced.draws[i] for i in traced.kernel.draws]
        self._hypers = [schedule_of(task, label) for label in traced.kernel.hypers]
        forms = [schedule.forms()[name] for schedule, name in self._hypers]
        self._steady = [
            None if value is None else schedule.between(name, 0, 1)
            for (value, _), (schedule, name) in zip(forms, self._hypers, strict=True)
        ]
        self._numbers = sum(drawn.size for drawn in self._drawn)
        self._slots = sum(len(drawn.slots) for drawn in self._drawn)
        self._varying = sum(form == "both" for _, form in forms)
        self._params: list[Any] = [
            float(p) if np.ndim(p) == 0 else np.ascontiguousarray(p, dtype=kind_of(p)).ravel()
            for p in traced.params
        ]
        self._tile = TILE
        for index, transposed in traced.kernel.packed:
            matrix = np.asarray(traced.params[index], dtype=float)
            self._params.append(packed(matrix.T if transposed else matrix))
            if matrix.size >= LARGE:
                self._tile = WIDE_TILE
        self._threads = THREADS or int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1))
        self._compile(task)

    @classmethod
    def of(cls, task: Task, *, worth: float = 0.0) -> "CompiledStepper | None":
        """The stepper of a task; None where its kernel is not on the disk, and compiling it is not
        worth while: where this and all earlier eager runs take fewer seconds than that.

        Raises Untraceable where the step cannot be traced, Uncompiled where compiling it fails.
        """
        traced = trace(task)
        text, seconds = traced.kernel.text, task.eager_seconds(traced.work)
        if worth and not on_disk(text) and seconds_without(text, seconds) < worth:
            return None
        return cls(task, traced)

    def _compile(self, task: Task) -> None:
        """Compile, or load, by a call that advances no replicate."""
        flat = [array.ravel() for array in self._arrays(task.pair)]
        kept = [leaf[None] for leaf in flat]
        with compiling(), _uncollected():
            self._run(flat, kept, np.zeros(1, dtype=int), (0, 0), 0, 1, 1)

    def _arrays(self, pair: Pair) -> list[np.ndarray]:
        """What a kernel changes: state and memories, and calls that each replicate counts."""
        counts = [np.zeros((len(self._ids), 1), dtype=np.int64) for _ in self._traced.own]
        return [owned(leaf, len(self._ids)) for leaf in leaves(pair)] + counts

    def stretches(self, pair: Pair, points: np.ndarray, pause: float) -> Iterator[Stretch]:
        """See :class:`convlab.engine.stretch.Stepper`."""
        R = len(self._ids)
        arrays = self._arrays(pair)
        numbers = sum(a.size for a in arrays)
        room, length = max(1, ROOM // numbers), max(1, FIRST // numbers)
        calls: Mapping[str, int] = {}
        k, first, took = 0, 0, 0.0
        with contextlib.ExitStack() as stack:
            pool = None
            while first < len(points):
                stop = min(first + room, int(np.searchsorted(points, k + length, side="right")))
                until = min(
                    k + length, int(points[stop - 1]) if stop - first == room else points[-1]
                )
                if took > WORTHWHILE and pool is None and self._threads > 1:
                    pool = stack.enter_context(ThreadPoolExecutor(self._threads))
                began = time.monotonic()
                self._traced.check(k, until)
                kept = self._advance(arrays, points[first:stop], k, until, pool)
                took = time.monotonic() - began
                stops = np.append(points[first:stop], until)
                counted = self._traced.calls_until(stops, k, calls)
                calls = {name: int(c[-1]) for name, c in counted.items()}
                own = [rows.reshape(-1, R) for rows in kept[len(kept) - len(self._traced.own) :]]
                before = {name: c[:-1] for name, c in counted.items()}
                made = self._traced.all_calls(stop - first, self._begun, before, own)
                yield Stretch(until, first, stop, rebuild(pair, iter(kept)), made)
                k, first = until, stop
                if took < pause / 2:
                    length = min(2 * length, LONGEST)
                elif took > 2 * pause:
                    length = max(1, length // 2)

    def state(self, k: int) -> Any:
        """The state at iteration ``k``, made anew: see :class:`convlab.engine.stretch.Stepper`."""
        arrays = self._arrays(self._first)
        self._advance(arrays, np.empty(0, dtype=int), 0, k, None)
        return rebuild(self._first, iter(arrays))[0]

    def _advance(
        self,
        arrays: list[np.ndarray],
        points: np.ndarray,
        start: int,
        stop: int,
        pool: ThreadPoolExecutor | None,
    ) -> list[np.ndarray]:
        """Advance states in place; those at the points, one after the other."""
        R = len(self._ids)
        flat = [a.ravel() for a in arrays]
        at_end = len(points) > 0 and points[-1] == stop
        if at_end and len(points) == 1:
            self._advance(arrays, points[:0], start, stop, pool)
            return arrays
        kept = [np.empty((len(points), a.size), a.dtype) for a in flat]
        for i, (rows, a) in enumerate(zip(kept, flat, strict=True)):
            if i not in self._used:
                rows[:] = a
        size = min(CHUNK, -(-R // (self._threads * TILE)) * TILE)
        chunks = [(lo, min(lo + size, R)) for lo in range(0, R, size)]
        numbers = min(size, R) * self._numbers + R * self._varying
        room = min(max(BLOCK, FILL * self._slots), 32 * BLOCK)
        block = max(1, room // max(1, numbers))
        ahead = np.append(points, np.iinfo(points.dtype).max)

        def work(chunk: tuple[int, int]) -> None:
            self._run(flat, kept, ahead, chunk, start, stop, block)

        list((map if pool is None else pool.map)(work, chunks))
        if at_end:
            for rows, a in zip(kept, flat, strict=True):
                rows[-1] = a
        return [rows.reshape(-1, *a.shape[1:]) for rows, a in zip(kept, arrays, strict=True)]

    def _run(
        self,
        flat: list[np.ndarray],
        kept: list[np.ndarray],
        points: np.ndarray,
        chunk: tuple[int, int],
        start: int,
        stop: int,
        block: int,
    ) -> None:
        room = [
            np.empty(entries * (self._tile if in_tile else 1), KINDS[kind])
            for entries, kind, in_tile in self._traced.kernel.room
        ]
        for k in range(start, stop, block):
            end = min(k + block, stop)
            draws, values = self._draws(*chunk, k, end), self._values(k, end)
            g = int(np.searchsorted(points, k))
            arguments = [*flat, *kept, *self._params, *draws, *values, *self._sizes, *room]
            try:
                self._kernel(*chunk, self._tile, k, end, k, points, g, *arguments)
            except IndexError as error:
                raise ConvlabError(f"{error}, at an iteration from {k} to {end - 1}") from None

    def _draws(self, lo: int, hi: int, k: int, end: int) -> list[np.ndarray]:
        if not self._drawn:
            return []
        found = []
        ids = self._ids[lo : max(hi, lo + 1)]
        for drawn in self._drawn:
            passes = [
                fillers.values(drawn.law, self._key, ids, slot, k, end - k) for slot in drawn.slots
            ]
            values = passes[0] if len(passes) == 1 else np.stack(passes, axis=2)
            found.append(np.ascontiguousarray(values).reshape(len(ids), end - k, -1))
        return found

    def _values(self, k: int, end: int) -> list[Any]:
        return [
            schedule.between(name, k, end) if steady is None else steady
            for (schedule, name), steady in zip(self._hypers, self._steady, strict=True)
        ]


def schedule_of(task: Task, label: str) -> tuple[Schedule, str]:
    """The schedule of a labelled hyperparameter, or of a weight of metric i, and its name there."""
    for i, metric in enumerate(task.metrics):
        if metric.name in task.weights and label.startswith(f"w{i}_"):
            return task.weights[metric.name], label.removeprefix(f"w{i}_")
    return task.hyper, label


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage: a sixth of the time that Numba takes, as it makes little."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def owned(leaf: Any, replicates: int, xp: Any = np) -> Any:
    """A writable copy with one row per replicate."""
    array = batched(leaf, replicates, xp)
    return xp.array(array, dtype=kind_of(array), order="C")


def kind_of(value: Any) -> Any:
    """The type of numbers that a kernel takes for those of a value."""
    dtype = value.dtype if hasattr(value, "dtype") else np.asarray(value).dtype
    return KINDS[dtype.kind]
