"""Tracing: a step, and the metrics that remember, evaluated once on symbolic arrays."""

import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from convlab.engine.compiled import emit
from convlab.engine.compiled.draws import Drawn
from convlab.engine.compiled.graph import Graph
from convlab.engine.compiled.iteration import Around, Hyper, Index, inside
from convlab.engine.compiled.plan import Step
from convlab.engine.compiled.symbol import Node, Sym, Untraceable, compiling, shown
from convlab.engine.policy import Task
from convlab.engine.schedule import Schedule
from convlab.engine.tree import leaves, rebuild
from convlab.errors import ConvlabError
from convlab.problem import Problem
from convlab.streams import Stream

__all__ = ["Traced", "labelled", "trace"]


class Traced(NamedTuple):
    """A kernel, what it is called with, and how many ``entries`` a replicate computes.

    ``calls`` are those of oracles in an iteration, by the branches around them. Those in ``own``
    are counted by each replicate, in leaves behind those of its state and memory.
    """

    kernel: Any
    entries: int
    params: list[Any]
    draws: list[Drawn]
    calls: dict[Around, dict[str, int]]
    own: list[str]
    indices: list[Index]
    hyper: Hyper

    def check(self, start: int, stop: int) -> None:
        """Raise ConvlabError where an index leaves its axis at an iteration before ``stop``."""
        if start < stop:
            for index in self.indices:
                index.check(np.arange(start, stop), self.hyper)

    def calls_until(
        self, stops: np.ndarray, start: int, before: Mapping[str, int]
    ) -> list[dict[str, int]]:
        """Calls of each oracle before each of ``stops``; ``before`` are those before ``start``.

        Without those that each replicate counts.
        """
        passed = stops - start
        total: dict[str, Any] = {name: calls + 0 * passed for name, calls in before.items()}
        for around, calls in self.calls.items():
            times = passed
            if around and start < stops[-1]:
                made = inside(around, np.arange(start, stops[-1]), self.hyper)
                times = np.append(0, np.cumsum(made))[passed]
            for name, number in calls.items():
                total[name] = total.get(name, 0) + number * times
        columns = (v.tolist() for v in total.values())
        return [dict(zip(total, row, strict=True)) for row in zip(*columns, strict=True)] or [
            {} for _ in stops
        ]

    def all_calls(
        self, begun: Mapping[str, Any], counted: Mapping[str, int], own: Sequence[Any]
    ) -> dict[str, Any]:
        """Calls before a point: to begin, counted for all replicates, and by each, (R, 1)."""
        total: dict[str, Any] = dict(begun)
        for name, number in (*counted.items(), *zip(self.own, own, strict=True)):
            total[name] = number + total.get(name, 0)
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


_known: weakref.WeakKeyDictionary[Problem, dict[Any, Traced]] = weakref.WeakKeyDictionary()


def trace(task: Task, emitter: Callable = emit.emit) -> Traced:
    """The kernel of one iteration, memories updated, then the step: written by the emitter.

    It is made once for a problem, a step, metrics, and the forms of the state and of what moves.
    Raises Untraceable where something has no place in a graph, Uncompiled where the emitter fails.
    """
    made, hyper = _known.setdefault(task.problem, {}), labelled(task)
    mark = (
        emitter,
        task.method.algorithm.step,
        tuple((m.name, m.update) for m in task.metrics),
        (type(task.pair[0]), *map(_shape_and_kind, leaves(task.pair))),
        tuple((label, *_form(*where)) for label, where in hyper.items()),
    )
    if mark not in made:
        made[mark] = _traced(task, emitter)
    values = {label: partial(schedule.between, name) for label, (schedule, name) in hyper.items()}
    return made[mark]._replace(hyper=values)


def labelled(task: Task) -> dict[str, tuple[Schedule, str]]:
    """Hyperparameters and weights of metrics by their labels: the schedule, and the name there."""
    found = {name: (task.hyper, name) for name in task.hyper.forms()}
    for i, metric in enumerate(task.metrics):
        if schedule := task.weights.get(metric.name):
            found |= {f"w{i}_{name}": (schedule, name) for name in schedule.forms()}
    return found


def _form(schedule: Schedule, name: str) -> tuple[int, str, Any]:
    """What a kernel depends on: not on the values, but of integers, which it is made for."""
    value, form = schedule.forms()[name]
    return schedule.axes, form, value if form == "integer" else None


def _shape_and_kind(leaf: Any) -> tuple[tuple[int, ...], str]:
    """Of a part of the state, for one replicate."""
    array = leaf if hasattr(leaf, "dtype") else np.asarray(leaf)
    return (1, *array.shape[1:]) if array.ndim else (1, 1), array.dtype.kind


def _traced(task: Task, emitter: Callable) -> Traced:
    graph: Any = Graph()
    k: Any = graph.node("k", (), (), "i")
    oracle = task.problem.on(graph).at(k)
    symbols = []
    for i, leaf in enumerate(leaves(task.pair)):
        symbols.append(graph.node("state", (), *_shape_and_kind(leaf), i))
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
            axes = schedule.axes if form in ("replicate", "both") else 2
            found[name] = graph.node("hyper", (), (1,) * axes, "f", (prefix + name, form))
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
    with compiling():
        kernel = emitter(Step(outputs, states, params, graph.draws))
    return Traced(
        kernel,
        graph.entries,
        graph.params,
        graph.draws,
        {around: dict(calls) for around, calls in graph.tally.same.items()},
        sorted(graph.tally.own),
        graph.indices,
        {},
    )
