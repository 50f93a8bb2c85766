"""The eager engine: the step itself, batched over replicates, on any array namespace."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from convlab import precise
from convlab.algorithm import Method
from convlab.engine.backends import to_numpy
from convlab.engine.recorder import Recorder, sound
from convlab.engine.schedule import Schedule
from convlab.engine.stretch import ROOM, Pair, Stretch, stacked
from convlab.engine.tree import leaves, rebuild
from convlab.errors import ConvlabError
from convlab.problem import View
from convlab.streams import INIT, Stream
from convlab.vocabulary import namespace
from convlab.vocabulary.words import among

__all__ = ["Eager", "PreciseStream"]

LOOK = 16
"""Iterations between two looks at whether a replicate is lost."""


class PreciseStream:
    """The same draws as 50-digit numbers."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def at(self, k: int) -> "PreciseStream":
        """See :meth:`convlab.streams.Stream.at`."""
        self._stream.at(k)
        return self

    def draw(self, law: Any) -> np.ndarray:
        """See :meth:`convlab.streams.Stream.draw`."""
        return precise.asarray(self._stream.draw(law))


class Calls:
    """How often each oracle has been called: numbers, or (R, 1) where replicates differ."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def count(self, name: str) -> None:
        """A call by the replicates that make use of it."""
        mask, one = among(), 1
        if mask is not None:
            xp = namespace(mask)
            one = xp.asarray(mask, dtype=xp.int64)
        self._made[name] = self._made.get(name, 0) + one

    def copy(self) -> dict[str, Any]:
        """The numbers so far."""
        return dict(self._made)


class Eager:
    """Advances states and memories by evaluating the step itself, iteration by iteration."""

    name = "eager"

    def __init__(
        self,
        method: Method,
        oracle: View,
        address: tuple[int, Sequence[int]],
        hyper: Schedule,
        recorder: Recorder,
        xp: ModuleType,
    ) -> None:
        self._method = method
        self._oracle = oracle
        self._replicates = len(address[1])
        self._key = address[0]
        self._stream: Any = Stream(*address, np if xp is precise else xp)
        if xp is precise:
            self._stream = PreciseStream(self._stream)
        self._hyper = hyper
        self._recorder = recorder
        self._xp = xp
        self.calls = Calls()
        self._unheard = oracle.on_call

    def begin(self, x0: Any) -> Pair:
        """The first state and memories."""
        oracle, method = self._oracle.at(0), self._method
        oracle.on_call = self.calls.count
        state = method.init(x0, oracle, self._stream.at(INIT), self._hyper.at(0))
        oracle.on_call = self._unheard
        _same_shape(x0, state.x, f"the init of {method.algorithm.name}")
        self._try_numbers_per_replicate(state)
        return state, self._recorder.begin(state, oracle)

    def step(self, state: Any, k: int) -> Any:
        """The state after iteration k."""
        return self._method.step(
            state, self._oracle.at(k), self._stream.at(k), k, self._hyper.at(k)
        )

    def stretches(self, pair: Pair, points: np.ndarray, pause: float) -> Iterator[Stretch]:
        """See :class:`convlab.engine.stretch.Stepper`; one that has lost a replicate ends soon."""
        room = max(1, ROOM // sum(math.prod(np.shape(leaf)) for leaf in leaves(pair)))
        kept: list[Pair] = []
        shapes: list[tuple[int, ...]] = []
        calls: list[dict[str, Any]] = []
        k, g, seen, began = 0, 0, 0, time.monotonic()
        self._before = pair[0]

        def stretch() -> Stretch:
            pairs = stacked(kept, self._replicates, self._xp) if kept else pair
            return Stretch(k, g - len(kept), g, pairs, self._counted(calls))

        while g < len(points):
            while k < points[g] and (k % 16 or time.monotonic() - began < pause):
                pair = self._after(pair, k)
                k += 1
            now = _shapes(pair)
            full = k < points[g] or bool(kept and shapes != now)
            if not full:
                kept.append(pair)
                calls.append(self.calls.copy())
                g, shapes = g + 1, now
                full = len(kept) == room
                if k - seen >= LOOK or g == len(points):
                    full, seen = full or not sound(pair[0].x).all(), k
            if full or g == len(points) or time.monotonic() - began > pause:
                yield stretch()
                self._before = kept[-1][0] if kept else self._before
                kept, calls, began = [], [], time.monotonic()

    def _counted(self, calls: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Calls before each point by name, (count,), or (count, R) where replicates differ."""
        found = {}
        for name in calls[-1] if calls else ():
            numbers = [c.get(name, 0) for c in calls]
            if any(np.ndim(n) for n in numbers):
                rows = [np.broadcast_to(to_numpy(n), (self._replicates, 1))[:, 0] for n in numbers]
                found[name] = np.stack(rows)
            else:
                found[name] = np.array(numbers)
        return found

    def state(self, k: int) -> Any:
        """See :class:`convlab.engine.stretch.Stepper`."""
        return self._before

    def _try_numbers_per_replicate(self, state: Any) -> None:
        """Refuse them where they meet another axis than that of the replicates.

        They could do so unnoticed where that is as long, so the step is tried on copies of the
        replicates, more than any axis has entries.
        """
        numbers, xp = self._hyper.at(0), np if self._xp is precise else self._xp
        names = [n for n, v in numbers.items() if np.ndim(v)]
        shapes = [np.shape(leaf) for leaf in leaves(state)]
        if not names or all(len(shape) < 3 for shape in shapes):
            return
        copies = 1 + max(max(shape, default=0) for shape in shapes)

        def repeated(leaf: Any) -> Any:
            return xp.concat([leaf] * copies) if np.ndim(leaf) else leaf

        many = rebuild(state, map(repeated, leaves(state)))
        values = {n: repeated(v) for n, v in numbers.items()}
        stream: Any = Stream(self._key, range(self._replicates * copies), xp)
        stream = PreciseStream(stream) if self._xp is precise else stream
        try:
            after = self._method.step(many, self._oracle.at(0), stream.at(0), 0, values)
            fits = _shapes((after, {})) == _shapes((many, {}))
        except ValueError:
            fits = False
        if not fits:
            raise ConvlabError(
                f"{self._method.algorithm.name}: {' and '.join(names)} of shape "
                f"{np.shape(numbers[names[0]])}, one number per replicate, cannot be combined with "
                f"states of the shapes {', '.join(map(str, shapes))}: give one number for all, or "
                "run one replicate at a time"
            )

    def _after(self, pair: Pair, k: int) -> Pair:
        state, memory = pair
        if memory:
            memory = self._recorder.update(memory, state, self._oracle.at(k), k)
        self._oracle.on_call = self.calls.count
        following = self.step(state, k)
        self._oracle.on_call = self._unheard
        if k == 0:
            _same_shape(state.x, following.x, f"the step of {self._method.algorithm.name}")
        return following, memory


def _shapes(pair: Pair) -> list[tuple[int, ...]]:
    return [np.shape(leaf) for leaf in leaves(pair)]


def _same_shape(x0: Any, x: Any, where: str) -> None:
    if x.shape != x0.shape:
        raise ConvlabError(
            f"shapes do not match: {where} turns x of shape {x0.shape} into shape {x.shape}; "
            "the first axis is the replicate, and reductions keep an axis of length one"
        )
