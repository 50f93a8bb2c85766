"""Indices on symbols: which part of an array is meant, and whether it is there.

An index is in range by law, if it is drawn from as many integers as there are places; by arithmetic
(``i % n``); by what is known of the problem's data. One that depends on the iteration alone is
checked before the kernel runs, and any other where it is read.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from convlab.engine.compiled.iteration import Index, along, inside, is_of_iteration
from convlab.engine.compiled.symbol import Node, Sym, Untraceable, shown
from convlab.errors import ConvlabError

__all__ = ["in_range", "index"]

_ALL = -math.inf, math.inf
_SAME = {"reshape", "slice", "stride", "broadcast", "transpose", "pick", "row", "element", "copy"}
"""Operations whose entries are among those of their first argument."""

_MONOTONE: dict[str, Callable] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: 0 if 0 in (a, b) else a * b,
    "min": min,
    "max": max,
    "neg": lambda a, _: -a,
}
"""Operations that are monotone in each argument: they take extreme values at extreme values."""


def index(graph: Any, x: Sym, key: Any) -> Sym:
    """Slices, new axes, and integers: constants, or functions of the iteration."""
    key = key if isinstance(key, tuple) else (key,)
    at = next((i for i, k in enumerate(key) if k is Ellipsis), None)
    if at is not None:
        missing = x.ndim - sum(k is not None and k is not Ellipsis for k in key)
        key = key[:at] + (slice(None),) * missing + key[at + 1 :]
    key += (slice(None),) * (x.ndim - sum(k is not None for k in key))
    starts, lengths, steps, shape, axis = [], [], [], [], 0
    for k in key:
        if k is None:
            shape.append(1)
            continue
        n = x.shape[axis]
        if isinstance(k, Sym) and is_of_iteration(k.node) and k.node.kind == "i":
            x, k = graph.place(x, axis, in_range(graph, k, n, x.shape)), 0
            n = 1
        axis += 1
        if isinstance(k, int):
            if not -n <= k < n:
                raise ConvlabError(
                    f"an index out of range: {k} along an axis of length {n} of an array of "
                    f"shape {shown(x.shape)}"
                )
            starts.append(k % n)
            lengths.append(1)
            steps.append(1)
            continue
        if not isinstance(k, slice):
            raise Untraceable("indexing with an array: use row(...), element(...), set_row(...)")
        start, stop, step = k.indices(n)
        starts.append(start)
        lengths.append(len(range(start, stop, step)))
        steps.append(step)
        shape.append(lengths[-1])
    if any(step != 1 for step in steps):
        x = graph.node("stride", (x,), lengths, x.node.kind, (tuple(starts), tuple(steps)))
    elif tuple(lengths) != x.shape:
        x = graph.node("slice", (x,), lengths, x.node.kind, tuple(starts))
    return graph.reshape(x, tuple(shape))


def in_range(graph: Any, i: Sym, n: int, shape: tuple[int, ...]) -> Sym:
    """The places 0 to n - 1 that an index means along an axis; -n to -1 count from its end.

    Where it may leave the axis, it is checked: before the run if it is of the iteration alone, else
    in the kernel. ``shape`` is that of the array.
    """
    low, high = _bounds(graph, i.node, {})
    if low >= 0 and high < n:
        return i
    if low < -n or high >= n:
        if not is_of_iteration(i.node):
            return graph.node("place", (i,), i.shape, "i", n)
        value, around = along(i.node, graph.hyper), inside(tuple(graph.around), graph.hyper)
        graph.indices.append(Index(value, n, shown(shape), around))
    return graph.elementwise("mod", i, n)


def _bounds(graph: Any, node: Node, known: dict[Node, tuple[Any, Any]]) -> tuple[Any, Any]:
    """The least and the greatest value that integers may take, as far as that can be said."""
    if node not in known:
        found = _found(graph, node, known) if node.kind == "i" else _ALL
        known[node] = _ALL if any(math.isnan(side) for side in found) else found
    return known[node]


def _found(graph: Any, node: Node, known: dict[Node, tuple[Any, Any]]) -> tuple[Any, Any]:
    sides = [_bounds(graph, a, known) for a in node.args]
    match node.op:
        case "const":
            return node.data, node.data
        case "k" | "pass":
            return 0, math.inf
        case "place":
            return 0, node.data - 1
        case "arange":
            return 0, node.size - 1
        case "draw":
            return 0, graph.draws[node.data].law.n - 1
        case "param":
            values = np.asarray(graph.params[node.data])
            return (int(values.min()), int(values.max())) if values.size else _ALL
        case "concat":
            return min(low for low, _ in sides), max(high for _, high in sides)
        case "where" | "cond":
            return min(low for low, _ in sides[1:]), max(high for _, high in sides[1:])
        case op if op in _SAME:
            return sides[0]
        case op if op in _MONOTONE:
            ends = [_MONOTONE[op](a, b) for a in sides[0] for b in sides[-1]]
            return (math.nan, math.nan) if any(map(math.isnan, ends)) else (min(ends), max(ends))
        case "mod" if sides[1][0] == sides[1][1] > 0:
            low, high = sides[0]
            return sides[0] if low >= 0 and high < sides[1][0] else (0, sides[1][0] - 1)
    return _ALL
