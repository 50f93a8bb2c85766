"""Loops on symbols: the body is evaluated once, on the values that one pass hands to the next.

A loop is one node; its arguments are the first values, the test, if there is one, and what the body
makes of the values carried. What it leaves behind are ``result`` nodes.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from convlab.engine.compiled.graph import Graph
from convlab.engine.compiled.iteration import Branch
from convlab.engine.compiled.symbol import Node, Untraceable
from convlab.engine.tree import leaves, rebuild

__all__ = ["Loop", "loop"]


@dataclass(frozen=True, eq=False)
class Loop:
    """At most ``limit`` passes, fewer where the loop is ``tested``, over the values ``carried``.

    Loops have numbers: passes and values carried are known by that of theirs.
    """

    number: int
    limit: int
    carried: tuple[Node, ...]
    tested: bool

    def parts(self, node: Node) -> tuple[tuple[Node, ...], tuple[Node, ...], tuple[Node, ...]]:
        """Of the arguments of the loop's node: first values, test, values handed on."""
        n = len(self.carried)
        return node.args[:n], node.args[n : len(node.args) - n], node.args[len(node.args) - n :]


def loop(graph: Graph, limit: int, test: Callable | None, body: Callable, state: Any) -> Any:
    """``body`` applied ``limit`` times, or, with a test, while that holds.

    Raises Untraceable on draws in a loop with a test: from which slots is drawn after it would
    depend on the number of its passes.
    """
    if limit < 1:
        return state
    calls, branches = graph.calls.copy(), list(graph.branches)
    draws, slots = list(graph.draws), graph.slots
    first = [graph.asarray(leaf) for leaf in leaves(state)]
    while True:
        graph.loops += 1
        number = graph.loops
        carried = [
            graph.node("carry", (), a.shape, a.node.kind, (number, i)) for i, a in enumerate(first)
        ]
        given = rebuild(state, iter(carried))
        graph.passes.append((graph.node("pass", (), (), "i", (number,)), limit))
        tests = [] if test is None else [graph.asarray(test(given))]
        after = [graph.asarray(leaf) for leaf in leaves(body(given))]
        graph.passes.pop()
        if len(after) != len(first):
            raise Untraceable(f"a loop body that turns {len(first)} values into {len(after)}")
        if tests and graph.slots > slots:
            raise Untraceable("a draw inside a while_loop: draw before it")
        wider = [graph.alike(a, b)[0] for a, b in zip(first, after, strict=True)]
        if all(a.node is b.node for a, b in zip(wider, first, strict=True)):
            break
        first = wider
        _forget(graph, calls, branches)
        graph.draws, graph.slots = list(draws), slots
    each = graph.slots - slots
    graph.draws = draws + [drawn.within(limit, each) for drawn in graph.draws[len(draws) :]]
    graph.slots = slots + limit * each
    _count(graph, calls, len(branches), None if test else limit)
    after = [graph.alike(b, a)[0] for a, b in zip(first, after, strict=True)]
    moved = {c.node: i for i, c in enumerate(carried)}
    for i, value in enumerate(after):
        if moved.get(value.node, i) != i:
            after[i] = graph.node("copy", (value,), value.shape, value.node.kind)
    data = Loop(number, limit, tuple(moved), test is not None)
    node = graph.node("loop", (*first, *tests, *after), (1, 0), "f", data)
    results = [graph.node("result", (node,), a.shape, a.node.kind, i) for i, a in enumerate(first)]
    return rebuild(state, iter(results))


def _forget(graph: Graph, calls: Counter, branches: list) -> None:
    """Forget what a body has called when it was evaluated for its shapes only."""
    graph.calls.clear()
    graph.calls.update(calls)
    graph.branches = list(branches)


def _count(graph: Graph, calls: Counter, branches: int, passes: int | None) -> None:
    """Count what the body calls in all passes; where their number is not known, say so."""
    inside = graph.branches[branches:]
    made = graph.calls - calls
    if passes is None:
        graph.uncounted.update(made, *(part for b in inside for part in (b.then, b.other)))
        return
    for name, number in made.items():
        graph.calls[name] += (passes - 1) * number
    graph.branches[branches:] = [
        Branch(b.predicate, *({n: passes * c for n, c in part.items()} for part in b[1:]))
        for b in inside
    ]
