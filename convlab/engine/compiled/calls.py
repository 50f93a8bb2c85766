"""How often a step calls the oracles.

Calls that all replicates make are counted when the step is traced, apart for each branch on the
iteration. Where a replicate takes its own branch, or ends a loop by itself, its calls become a
number of the graph, and a leaf of its state.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from convlab.engine.compiled.iteration import Around
from convlab.engine.compiled.symbol import Node, Sym

__all__ = ["Tally"]


class Tally:
    """Calls of oracles: the ``same`` for all replicates, by the branches around them, and ``own``.

    Those of its own a replicate counts: they are numbers of the graph.
    """

    def __init__(self) -> None:
        self.same: dict[Around, Counter[str]] = {}
        self.own: dict[str, Sym] = {}

    def count(self, around: Iterable[tuple[Node, bool]], name: str, times: int = 1) -> None:
        """Calls of an oracle by all replicates."""
        self.same.setdefault(tuple(around), Counter())[name] += times

    def add(self, other: "Tally", times: int = 1) -> None:
        """What all replicates call so many times."""
        for around, calls in other.same.items():
            for name, number in calls.items():
                self.count(around, name, times * number)

    def add_own(self, numbers: dict[str, Any]) -> None:
        """What each replicate calls so often."""
        for name, number in numbers.items():
            self.own[name] = number + self.own[name] if name in self.own else number

    def numbers(self, graph: Any) -> dict[str, Any]:
        """All calls, as numbers of the graph."""
        found: dict[str, Any] = dict(self.own)
        for around, calls in self.same.items():
            for name, number in calls.items():
                made: Any = number
                for predicate, side in around:
                    sides = (made, 0) if side else (0, made)
                    made = graph.elementwise("where", Sym(graph, predicate), *sides)
                found[name] = made + found[name] if name in found else made
        return found

    def add_passes(
        self, graph: Any, passes: Any, limit: int, tested: "Tally", body: "Tally"
    ) -> None:
        """What each replicate calls in so many passes of a loop with a test.

        Its own calls in the body are left out. The test is evaluated once more than the body, but
        never after ``limit`` passes.
        """
        each = Tally()
        each.add(body)
        for times, part in ((passes, each), (graph.minimum(passes + 1, limit), tested)):
            self.add_own({n: times * number for n, number in part.numbers(graph).items()})

    def add_branches(self, graph: Any, predicate: Sym, then: "Tally", other: "Tally") -> None:
        """What each replicate calls in the branch that it takes."""
        a, b = then.numbers(graph), other.numbers(graph)
        names = sorted({*a, *b})
        self.add_own(
            {n: graph.elementwise("where", predicate, a.get(n, 0), b.get(n, 0)) for n in names}
        )
