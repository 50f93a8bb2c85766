"""What an engine hands over as it advances: states at the recorded iterations, part by part."""

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple, Protocol

import numpy as np

from convlab import precise
from convlab.engine.tree import leaves, rebuild

__all__ = ["PAUSE", "ROOM", "Pair", "Stepper", "Stretch", "batched", "stacked"]

Pair = tuple[Any, dict[str, Any]]
"""A state, and the memories of the metrics that have one."""

PAUSE = 0.1
"""Seconds between two looks at the clock, about."""
ROOM = 2**18
"""Numbers in the states that are kept until metrics are read off them."""


class Stretch(NamedTuple):
    """The recorded points number ``first`` to before ``stop``, and the iteration ``k`` reached.

    ``pair`` holds their states and memories, one after the other along the axis of replicates, as
    long as the engine does not go on; ``calls`` are those of oracles before each point,
    by name: (points,), or (points, R) where replicates differ.
    """

    k: int
    first: int
    stop: int
    pair: Pair
    calls: Mapping[str, Any]

    def at(self, i: int) -> Pair:
        """State and memories at the i-th of these points."""
        count = self.stop - self.first

        def rows(leaf: Any) -> Any:
            replicates = leaf.shape[0] // count
            return leaf[i * replicates : (i + 1) * replicates, ...]

        return rebuild(self.pair, map(rows, leaves(self.pair)))


class Stepper(Protocol):
    """An engine at work on a run."""

    name: str

    def stretches(self, pair: Pair, points: np.ndarray, pause: float) -> Iterator[Stretch]:
        """What there is to record at ``points``, from the first state on.

        A stretch comes about every ``pause`` seconds, even if no point has been reached.
        """

    def state(self, k: int) -> Any:
        """The state at the last point before the present stretch, iteration ``k``, or the first."""


def batched(leaf: Any, replicates: int, xp: ModuleType = np) -> Any:
    """A leaf with one row per replicate; a number becomes a column of floats."""
    array = xp.asarray(float(leaf) if isinstance(leaf, int) else leaf)
    if array.ndim == 0 or array.shape[0] != replicates:
        inner = array.shape[1:] if array.ndim else (1,)
        array = xp.broadcast_to(array, (replicates, *inner))
    return array


def stacked(values: Sequence[Any], replicates: int, xp: ModuleType) -> Any:
    """Trees of one form, leaf by leaf one after the other along the axis of replicates."""
    xp = np if xp is precise else xp  # type: ignore[assignment]
    columns = zip(*map(leaves, values), strict=True)
    joined = (xp.concat([batched(leaf, replicates, xp) for leaf in c]) for c in columns)
    return rebuild(values[0], joined)
