"""Branches and loops on symbols.

A branch is one node; its arguments are the test, and what both sides give. The body of a loop is
evaluated once, on the values that one pass hands to the next. A loop is one node; its arguments are
the first values, the test, if there is one, and what the body makes of the values carried. What it
leaves behind are ``result`` nodes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from convlab.engine.compiled.graph import Graph
from convlab.engine.compiled.iteration import is_of_iteration
from convlab.engine.compiled.symbol import Node, Sym, Untraceable
from convlab.engine.tree import leaves, rebuild

__all__ = ["Loop", "branch", "loop"]

_PASSES = "passes"
"""The name of what a loop counts, beside the names of oracles."""


@dataclass(frozen=True)
class Loop:
    """At most ``limit`` passes, fewer where the loop is ``tested``, over the values ``carried``.

    Loops have numbers: passes and values carried are known by that of theirs.
    """

    number: int
    limit: int
    carried: tuple[Node, ...] = field(compare=False)
    tested: bool

    def parts(self, node: Node) -> tuple[tuple[Node, ...], tuple[Node, ...], tuple[Node, ...]]:
        """Of the arguments of the loop's node: first values, test, values handed on."""
        n = len(self.carried)
        return node.args[:n], node.args[n : len(node.args) - n], node.args[len(node.args) - n :]


def branch(graph: Graph, predicate: Sym, then: Callable, other: Callable) -> tuple:
    """What ``then`` gives where the predicate holds, elsewhere what ``other`` gives."""
    known = is_of_iteration(predicate.node)
    around = list(graph.around)
    graph.around = [*around, (predicate.node, True)] if known else around
    yes, calls = graph.tallied(then)
    graph.around = [*around, (predicate.node, False)] if known else around
    no, others = graph.tallied(other)
    graph.around = around
    if known:
        graph.tally.add(calls)
        graph.tally.add(others)
        calls.same, others.same = {}, {}
    if not (calls.own or others.own) and calls.same == others.same:
        graph.tally.add(calls)
    else:
        graph.tally.add_branches(graph, predicate, calls, others)
    whole = []
    for a, b in zip(leaves(yes), leaves(no), strict=True):
        a, b = graph.alike(graph.asarray(a), graph.asarray(b))
        whole.append(graph.node("cond", (predicate, a, b), a.shape, a.node.kind))
    return rebuild(yes, iter(whole))


def loop(graph: Graph, limit: int, test: Callable | None, body: Callable, state: Any) -> Any:
    """``body`` applied ``limit`` times, or, with a test, while that holds.

    Raises Untraceable on draws in a loop with a test: from which slots is drawn after it would
    depend on the number of its passes.
    """
    if limit < 1:
        return state
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
        around, graph.times = graph.times, graph.times * (1 if test else limit)
        tests, tested = graph.tallied(partial(_evaluated, graph, test, given))
        after, tally = graph.tallied(partial(_evaluated, graph, body, given))
        graph.times = around
        graph.passes.pop()
        if len(after) != len(first):
            raise Untraceable(f"a loop body that turns {len(first)} values into {len(after)}")
        if tests and graph.slots > slots:
            raise Untraceable("a draw inside a while_loop: draw before it")
        if tested.own:
            raise Untraceable(
                "an oracle called by some replicates only, in a cond or a loop, within the test of "
                "a while_loop: call it in the body"
            )
        wider = [graph.alike(a, b)[0] for a, b in zip(first, after, strict=True)]
        if all(a.node is b.node for a, b in zip(wider, first, strict=True)):
            break
        first = wider
        graph.draws, graph.slots = list(draws), slots
    each = graph.slots - slots
    graph.draws = draws + [drawn.within(limit, each) for drawn in graph.draws[len(draws) :]]
    graph.slots = slots + limit * each
    after = [graph.alike(b, a)[0] for a, b in zip(first, after, strict=True)]
    counts: dict[str, Any] = dict(tally.own)
    if tests and (tested.same or tally.same):
        counts[_PASSES] = 1
    for i, count in enumerate(counts.values(), len(first)):
        first.append(graph.broadcast_to(graph.asarray(0), (1, 1)))
        carried.append(graph.node("carry", (), (1, 1), "i", (number, i)))
        after.append(graph.elementwise("add", carried[i], count))
    moved = {c.node: i for i, c in enumerate(carried)}
    for i, value in enumerate(after):
        if moved.get(value.node, i) != i:
            after[i] = graph.node("copy", (value,), value.shape, value.node.kind)
    data = Loop(number, limit, tuple(moved), test is not None)
    node = graph.node("loop", (*first, *tests, *after), (1, 0), "f", data)
    results = [graph.node("result", (node,), a.shape, a.node.kind, i) for i, a in enumerate(first)]
    made = dict(zip(counts, results[len(results) - len(counts) :], strict=True))
    if not tests:
        graph.tally.add(tally, limit)
    elif _PASSES in made:
        graph.tally.add_passes(graph, made.pop(_PASSES), limit, tested, tally)
    graph.tally.add_own(made)
    return rebuild(state, iter(results))


def _evaluated(graph: Graph, function: Callable | None, given: Any) -> list[Sym]:
    """What a test or a body gives; nothing where there is none."""
    return [graph.asarray(leaf) for leaf in leaves(function(given))] if function else []
