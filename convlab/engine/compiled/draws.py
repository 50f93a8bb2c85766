"""What a step draws: a law, and the slots from which it is drawn."""

import itertools
import math
from typing import Any, NamedTuple

__all__ = ["Drawn"]


class Drawn(NamedTuple):
    """A law, drawn from slot ``first``, and, within loops, from others in later passes.

    ``loops`` are those around it, the outermost first: how many passes, and how many slots one
    pass takes. The values of all passes make a table, ``shape``.
    """

    law: Any
    first: int
    loops: tuple[tuple[int, int], ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Passes of each loop, then the shape of a value."""
        return (*(passes for passes, _ in self.loops), *self.law.shape)

    @property
    def size(self) -> int:
        """Numbers in the values of all passes."""
        return math.prod(self.shape)

    @property
    def slots(self) -> list[int]:
        """The slots of all passes, those of the innermost loop one after the other."""
        starts = (range(0, passes * slots, slots) for passes, slots in self.loops)
        return [self.first + sum(places) for places in itertools.product(*starts)]

    def within(self, passes: int, slots: int) -> "Drawn":
        """The same in a loop."""
        return self._replace(loops=((passes, slots), *self.loops))
