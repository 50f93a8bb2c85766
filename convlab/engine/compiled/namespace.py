"""The array namespace of symbols: a graph, with factorizations, branches and loops."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from convlab.engine.compiled.control import branch, loop
from convlab.engine.compiled.graph import Graph
from convlab.engine.compiled.linalg import Linalg
from convlab.engine.compiled.symbol import Sym

__all__ = ["Namespace"]


class Namespace(Graph):
    """The graph of a step, in the words in which the step is written."""

    __name__ = "convlab.engine.compiled.namespace"

    @cached_property
    def linalg(self) -> Linalg:
        """Factorizations."""
        return Linalg(self)

    def cond(self, predicate: Sym, then: Callable[[], tuple], other: Callable[[], tuple]) -> tuple:
        """See :func:`convlab.vocabulary.cond`: only one branch is computed."""
        return branch(self, predicate, then, other)

    def fixed_loop(self, count: int, body: Callable[[Any], Any], state: Any) -> Any:
        """See :func:`convlab.vocabulary.repeat`."""
        return loop(self, count, None, body, state)

    def while_loop(self, limit: int, predicate: Callable, body: Callable, state: tuple) -> tuple:
        """See :func:`convlab.vocabulary.while_loop`."""
        return loop(self, limit, predicate, body, state)
