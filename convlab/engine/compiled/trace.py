"""Tracing: a step, and the metrics that remember, evaluated once on symbolic arrays."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from convlab.engine.compiled import emit
from convlab.engine.compiled.draws import Drawn
from convlab.engine.compiled.graph import Graph, Work
from convlab.engine.compiled.iteration import Along, Index, inside
from convlab.engine.compiled.namespace import Namespace
from convlab.engine.compiled.plan import Step
from convlab.engine.compiled.symbol import Node, Sym, Untraceable, compiling, shown
from convlab.engine.schedule import Schedule
from convlab.engine.task import Task
from convlab.engine.tree import leaves, rebuild
from convlab.errors import ConvlabError
from convlab.streams import Stream

__all__ = ["Traced", "trace"]


class Traced(NamedTuple):
    """A kernel, what it is called with, and the ``work`` of an iteration.

    ``calls`` are those of oracles in an iteration, each with the iterations at which they are made.
    Those in ``own`` are counted by each replicate, in leaves behind those of its state and memory.
    """

    kernel: Any
    work: Work
    params: list[Any]
    draws: list[Drawn]
    calls: list[tuple[Along | None, dict[str, int]]]
    own: list[str]
    indices: list[Index]

    def check(self, start: int, stop: int) -> None:
        """Raise ConvlabError where an index leaves its axis at an iteration before ``stop``."""
        if start < stop:
            for index in self.indices:
                index.check(np.arange(start, stop))

    def calls_until(
        self, stops: np.ndarray, start: int, before: Mapping[str, int]
    ) -> dict[str, np.ndarray]:
        """Calls of each oracle before each of ``stops``; ``before`` are those before ``start``.

        Without those that each replicate counts.
        """
        passed = stops - start
        total: dict[str, Any] = {name: calls + 0 * passed for name, calls in before.items()}
        for made, calls in self.calls:
            times = passed
            if made is not None and start < stops[-1]:
                times = np.append(0, np.cumsum(made(np.arange(start, stops[-1]))))[passed]
            for name, number in calls.items():
                total[name] = total.get(name, 0) + number * times
        return total

    def all_calls(
        self,
        points: int,
        begun: Mapping[str, Any],
        counted: Mapping[str, np.ndarray],
        own: Sequence[Any],
    ) -> dict[str, Any]:
        """Calls before each of the points: (points, 1), or (points, R) where replicates differ.

        ``begun`` are those to begin, numbers or (R, 1), ``counted`` (points,) those of all
        replicates, ``own`` (points, R) those that each counts.
        """
        total: dict[str, Any] = {name: c[:, None] for name, c in counted.items()}
        for name, rows in zip(self.own, own, strict=True):
            total[name] = rows + total.get(name, 0)
        for name, number in begun.items():
            row = number.reshape(1, -1) if np.ndim(number) else np.full((1, 1), number)
            total[name] = total.get(name, np.zeros((points, 1), dtype=np.int64)) + row
        return total


class _Draws:
    """Stands for the stream."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def draw(self, law: Any) -> Sym:
        sample = Stream(0, [0], np).at(0).draw(law)
        return self._graph.draw(law, sample.dtype.kind == "i")


def _fits(shape: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, whole) == whole
    except ValueError:
        return False


def _kept(graph: Graph, node: Sym, symbol: Sym, is_iterate: bool) -> Sym:
    """A new part of the state in the shape of the old one."""
    if is_iterate:
        raise ConvlabError(
            f"shapes do not match: the step turns x of shape {shown(symbol.shape)} into shape "
            f"{shown(node.shape)}; the first axis is the replicate, and reductions keep an axis "
            "of length one"
        )
    if not _fits(node.shape, symbol.shape):
        raise Untraceable(
            f"a part of the state that changes its shape, {shown(symbol.shape)} to "
            f"{shown(node.shape)}: have init give it the shape that it keeps"
        )
    return graph.broadcast_to(node, symbol.shape)


def trace(task: Task, emitter: Callable = emit.emit) -> Traced:
    """The kernel of one iteration, memories updated, then the step: written by the emitter.

    Raises Untraceable where something has no place in a graph, Uncompiled where the emitter fails.
    """
    graph: Any = Namespace()
    k: Any = graph.node("k", (), (), "i")
    oracle = task.problem.on(graph).at(k)
    symbols = []
    for i, leaf in enumerate(leaves(task.pair)):
        array = leaf if hasattr(leaf, "dtype") else np.asarray(leaf)
        shape = (1, *array.shape[1:]) if array.ndim else (1, 1)
        symbols.append(graph.node("state", (), shape, array.dtype.kind, i))
    state, memory = rebuild(task.pair, iter(symbols))
    rng = _Draws(graph)

    def given(prefix: str, schedule: Schedule | None) -> dict[str, Any]:
        if schedule is None:
            return {}
        found = {}
        for name, (value, form) in schedule.forms().items():
            if form == "integer":
                found[name] = value
                continue
            label = prefix + name
            graph.hyper[label] = partial(schedule.between, name)
            axes = schedule.axes if form in ("replicate", "both") else 2
            found[name] = graph.node("hyper", (), (1,) * axes, "f", (label, form))
        return found

    following = {
        m.name: m.update(memory[m.name], state, oracle, **given(f"w{i}_", task.weights.get(m.name)))
        for i, m in enumerate(task.metrics)
        if m.update is not None
    }
    oracle.on_call = graph.count
    advanced = task.method.step(state, oracle, rng, k, given("", task.hyper))
    after = leaves((advanced, {name: following[name] for name in memory}))
    outputs: list[tuple[int, Node]] = []
    for i, (leaf, symbol) in enumerate(zip(after, symbols, strict=True)):
        node = graph.asarray(leaf)
        if node.shape != symbol.shape:
            node = _kept(graph, node, symbol, leaf is advanced.x)
        outputs.append((i, node.node))
    for i, (_, number) in enumerate(sorted(graph.tally.own.items()), len(symbols)):
        symbols.append(graph.node("state", (), (1, 1), "i", i))
        outputs.append((i, (symbols[i] + number).node))
    states = [s.node for s in symbols]
    params = [graph.parameter(p).node for p in graph.params]
    marks = (graph.marks, tuple((i, node.number) for i, node in outputs))
    with compiling():
        kernel = emitter(Step(marks, outputs, states, params, graph.draws))
    return Traced(
        kernel,
        graph.work,
        graph.params,
        graph.draws,
        [
            (inside(around, graph.hyper) if around else None, dict(calls))
            for around, calls in graph.tally.same.items()
        ],
        sorted(graph.tally.own),
        graph.indices,
    )
