"""From an expression graph to the text of one flat Numba function.

Stored values are written in the order of the plan; all else is written out where it is read. The
new state is committed at the end.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from convlab.engine.compiled.expressions import Expressions, broadcast, entry
from convlab.engine.compiled.linalg import ROOM
from convlab.engine.compiled.loops import Common, Shared, array, moved, plain, tiled
from convlab.engine.compiled.plan import Plan, Step, Task, base_of
from convlab.engine.compiled.symbol import Node

__all__ = ["Kernel", "Writer", "emit"]


@dataclass(frozen=True)
class Kernel:
    """The text of a kernel, and what it takes as arguments beside states and parameters.

    In order: the matrices that it reads packed (parameters, and whether transposed), the draws that
    it reads, the labels of its hyperparameters, sizes, and arrays to work in (entries, their kind,
    and whether each replicate of a tile has so many). Leaves of the state that are not among
    ``used`` it leaves alone, and does not keep.
    """

    text: str
    used: tuple[int, ...]
    packed: tuple[tuple[int, bool], ...]
    draws: tuple[int, ...]
    hypers: tuple[str, ...]
    sizes: tuple[int, ...]
    room: tuple[tuple[int, str, bool], ...]


@functools.lru_cache(maxsize=256)
def emit(recorded: Step) -> Kernel:
    """The kernel of a step: written once for equal ones.

    Raises Untraceable where the graph has no flat form.
    """
    writer = Writer(recorded.outputs)
    writer.write_step()
    shared = any(isinstance(line, Shared) for line in writer.lines)
    loops = tiled if shared else plain
    step, room = loops(writer.lines, writer.buffers, writer.steps, writer.kinds)
    arguments = [
        "lo, hi, tile, k0, k1, z0, G, g0",
        *(f"S{i}" for i in range(len(recorded.states))),
        *(f"O{i}" for i in range(len(recorded.states))),
        *(f"P{i}" for i in range(len(recorded.params))),
        *writer.packed,
        *(f"Z{i}" for i in sorted(writer.draws)),
        *(f"H_{h}" for h in sorted(writer.hypers)),
        *(f"n{i}" for i in range(len(writer.sizes))),
        *room,
    ]
    lines = [f"def kernel({', '.join(arguments)}):", "    distinct()"]
    lines += ["    " + line for line in step]
    return Kernel(
        "\n".join(lines) + "\n",
        tuple(int(name[1:]) for name in writer.steps),
        tuple(writer.packed.values()),
        tuple(sorted(writer.draws)),
        tuple(sorted(writer.hypers)),
        tuple(writer.sizes),
        tuple((writer.entries(size), kind, in_tile) for size, kind, in_tile in room.values()),
    )


class Writer(Expressions):
    """Writes the body of the iteration loop: lines in the part of Python that Numba compiles."""

    def __init__(self, outputs: Sequence[tuple[int, Node]]) -> None:
        self._plan = Plan(outputs)
        super().__init__(self._plan.stored)
        self.lines: list[Any] = []
        self.packed: dict[str, tuple[int, bool]] = {}
        self._indent = ""

    def write_step(self) -> None:
        """All stored values, then the commits, tables last."""
        roots = []
        for _, node in self._plan.outputs:
            roots += list(node.args[1:]) if node in self._plan.in_place else [node]
        self._write_tasks(roots)
        groups: dict[tuple[int, ...], list[tuple[int, Node]]] = {}
        for i, node in self._plan.outputs:
            if node not in self._plan.in_place:
                groups.setdefault(node.shape, []).append((i, node))
        for shape, members in groups.items():
            index = self._open(shape)
            for i, node in members:
                self._line(f"t{i} = {self._value(node, index)}")
            for i, _ in members:
                cell = entry(self._state(i, shape), self._offset(shape, index))
                self._line(f"{cell} = t{i}")
            self._close(shape)
        for i, node in self._plan.outputs:
            if node in self._plan.in_place:
                self._write_rows(node, self._state(i, node.shape))

    # Writing ------------------------------------------------------------------------------------

    def _write_tasks(self, roots: Sequence[Node]) -> None:
        for group in self._plan.groups(roots, self._done):
            self._write_group(group)

    def _line(self, text: str) -> None:
        self.lines.append(self._indent + text)

    def _open(self, extent: Sequence[int]) -> list[str]:
        """Open loops over the axes longer than one; the index."""
        index: list[str] = []
        for n in extent:
            name = "0" if n == 1 else f"i{sum(i != '0' for i in index)}"
            if n != 1:
                self._line(f"for {name} in range({self._size(n)}):")
                self._indent += "    "
            index.append(name)
        return index

    def _close(self, extent: Sequence[int]) -> None:
        self._indent = self._indent[: len(self._indent) - 4 * sum(n != 1 for n in extent)]

    def _write_group(self, group: list[Task]) -> None:
        first = group[0]
        if not first.extent:
            self._write_alone(first.node)
            return
        for task in group:
            if task.node.op in ("sum", "largest"):
                self._line(f"{self._name(task.node)} = {self._start(task.node)}")
        index = self._open(first.extent)
        for task in group:
            node = task.node
            if node.op in ("sum", "largest"):
                self._accumulate(node, index)
            else:
                name = self._name(node)
                value = self._value(node, index, top=True)
                self._line(f"{entry(name, self._offset(node.shape, index))} = {value}")
            self._done.add(node)
        self._close(first.extent)

    @staticmethod
    def _start(node: Node) -> str:
        if node.op == "largest":
            return "-np.inf"
        return "0.0" if node.kind == "f" else "0"

    def _accumulate(self, node: Node, index: list[str]) -> None:
        name, value = self._name(node), self._value(node.args[0], index)
        if node.op == "sum":
            self._line(f"{name} += {value}")
        else:
            self._line(f"{name} = larger({name}, {value})")

    def _write_alone(self, node: Node) -> None:
        if node.op == "result":
            self._names[node] = self._name(node.args[0].data.carried[node.data])
            self._done.add(node)
            return
        name = "" if node.op == "loop" else self._name(node)
        if node.op == "cond":
            self._write_cond(node, name)
        elif node.op == "product":
            self._write_product(node, name)
        elif node.op == "concat":
            self._write_concat(node, name)
        elif node.op in ("factor", "solve"):
            self._write_factor(node, name)
        elif node.op == "set_row":
            self._copy(node, node.args[0])
            self._write_rows(node, name)
        elif node.op == "loop":
            self._write_loop(node)
        elif node.op == "sum" and node.args[0].op == "transpose" and len(node.shape) == 3:
            self._write_column_sums(node, name)
        elif node.op in ("sum", "largest"):
            outer = node.shape[:-1]
            index = self._open(outer)
            self._line(f"acc = {self._start(node)}")
            inner = self._size(node.args[0].shape[-1])
            self._line(f"for j in range({inner}):")
            self._indent += "    "
            value = self._value(node.args[0], [*index, "j"])
            self._line(f"acc += {value}" if node.op == "sum" else f"acc = larger(acc, {value})")
            self._indent = self._indent[:-4]
            self._line(f"{entry(name, self._offset(node.shape, [*index, '0']))} = acc")
            self._close(outer)
        else:
            zeros = ["0"] * len(node.shape)
            line = f"{name} = {self._value(node, zeros, top=True)}"
            if self._indent or not self._plan.is_common(node):
                self._line(line)
            else:
                self.lines.append(Common(line))
        self._done.add(node)

    def _write_concat(self, node: Node, name: str) -> None:
        start = 0
        for part in node.args:
            index = self._open(part.shape)
            moved = [*index[:-1], f"{index[-1]} + {start}" if start else index[-1]]
            value = self._value(part, index)
            self._line(f"{entry(name, self._offset(node.shape, moved))} = {value}")
            self._close(part.shape)
            start += part.shape[-1]

    def _write_column_sums(self, node: Node, name: str) -> None:
        """Sums over the first axis of a matrix: row by row, as it lies."""
        columns, rows = node.args[0].shape[1:]
        self._line(f"for i in range({self._size(columns)}):")
        self._line(f"    {entry(name, 'i')} = {self._start(node)}")
        self._line(f"for j in range({self._size(rows)}):")
        self._line(f"    for i in range({self._size(columns)}):")
        value = self._value(node.args[0].args[0], ["0", "j", "i"])
        self._line(f"        {entry(name, 'i')} += {value}")

    def _write_cond(self, node: Node, name: str) -> None:
        predicate, *branches = node.args
        scalar = node.size == 1
        zeros = ["0"] * len(predicate.shape)
        words = f"if {self._value(predicate, zeros)}:", "else:"
        for word, branch in zip(words, branches, strict=True):
            self._line(word)
            self._indent += "    "
            done = set(self._done)
            self._write_tasks([branch])
            if scalar:
                self._line(f"{name} = {self._value(branch, ['0'] * len(branch.shape))}")
            else:
                index = self._open(node.shape)
                value = self._value(branch, index)
                self._line(f"{entry(name, self._offset(node.shape, index))} = {value}")
                self._close(node.shape)
            self._done = done
            self._indent = self._indent[:-4]

    def _write_loop(self, node: Node) -> None:
        """The values carried have a place each; the new ones are complete before they go there."""
        loop = node.data
        first, test, after = loop.parts(node)
        done = set(self._done)
        for carry, value in zip(loop.carried, first, strict=True):
            self._copy(carry, value)
        self._line(f"for p{loop.number} in range({self._size(loop.limit)}):")
        head = len(self.lines)
        self._indent += "    "
        self._done |= set(loop.carried)
        if test:
            self._write_tasks(test)
            self._line(f"if not {self._value(test[0], ['0'] * len(test[0].shape))}:")
            self._line("    break")
        self._write_tasks(after)
        for carry, value in zip(loop.carried, after, strict=True):
            if carry is not value:
                self._copy(carry, value)
        if len(self.lines) == head:  # the body changes nothing
            self.lines.pop()
        self._indent = self._indent[:-4]
        self._done = done

    def _write_rows(self, node: Node, name: str) -> None:
        """Rows of the table that begins at ``name``."""
        _, rows, value = node.args
        index = self._open(value.shape)
        at = self._value(rows, index[:2])
        cell = entry(name, self._offset(node.shape, ["0", at, index[2]]))
        self._line(f"{cell} = {self._value(value, index)}")
        self._close(value.shape)

    def _copy(self, place: Node, value: Node) -> None:
        name = self._name(place)
        index = self._open(place.shape)
        cell = name if place.size == 1 else entry(name, self._offset(place.shape, index))
        self._line(f"{cell} = {self._value(value, index)}")
        self._close(place.shape)

    def _write_product(self, node: Node, name: str) -> None:
        a, b = node.args
        inner, columns = self._size(a.shape[-1]), self._size(node.shape[-1])
        if _is_shared(node):
            self._write_shared(node, name)
        elif columns == "1" or any(self._is_turned(x) for x in node.args):
            *which, row, column = self._open(node.shape)
            self._line("acc = 0.0")
            self._line(f"for j in range({inner}):")
            first = self._value(a, broadcast(a, [*which, row, "j"]))
            second = self._value(b, broadcast(b, [*which, "j", column]))
            self._line(f"    acc += {first} * {second}")
            cell = entry(name, self._offset(node.shape, [*which, row, column]))
            self._line(f"{cell if node.size > 1 else name} = acc")
            self._close(node.shape)
        else:
            which = self._open(node.shape[:-2])
            begin = [*which, "0", "0"]
            parts = [
                self._view(a, broadcast(a, begin)),
                self._view(b, broadcast(b, begin)),
                (name, self._offset(node.shape, begin)),
            ]
            operands = ", ".join(f"{array(n)}, {moved(n, place)}" for n, place in parts)
            self._line(f"product({operands}, {self._size(node.shape[-2])}, {inner}, {columns})")
            self._close(node.shape[:-2])

    def _is_turned(self, x: Node) -> bool:
        """Whether a matrix is the transpose of one that lies somewhere."""
        base = base_of(x)
        return base.op == "transpose" and base not in self._stored

    def _write_factor(self, node: Node, name: str) -> None:
        """A call of one of :mod:`matrices`, with room to work in behind the result."""
        rows, columns = node.args[-1].shape[-2:]
        operands = []
        for argument in node.args:
            place, at = self._view(argument, ["0"] * len(argument.shape))
            if place[0] == "s":
                number, place = place, self._room(place, 1)
                self._line(f"{entry(place, '0')} = {number}")
            operands.append(f"{array(place)}, {moved(place, at)}")
        out = name
        if node.op == "factor" or node.size == 1:
            size = ROOM[node.data](rows, columns) if node.op == "factor" else 0
            out = self._room(name, node.size + size)
        operands += [self._size(rows), self._size(columns), f"{array(out)}, {moved(out, '0')}"]
        word = "substituted" if node.op == "solve" else node.data
        self._line(f"{word}({', '.join(operands)})")
        if out != name:
            self._line(f"{name} = {entry(out, '0')}")

    def _room(self, name: str, size: int) -> str:
        """A buffer of floats for a stored value; that of a number, s, is b of the same index."""
        room = "b" + name[1:]
        self.buffers[room] = self._size(size), "f"
        return room

    def _write_shared(self, node: Node, name: str) -> None:
        a, b = node.args
        transposed = b.op == "transpose"
        param = b.args[0] if transposed else b
        matrix = f"{'T' if transposed else 'M'}{param.data}"
        self.packed[matrix] = param.data, transposed
        left, at = self._view(a, ["0"] * len(a.shape))
        inner, columns = self._size(a.shape[-1]), self._size(node.shape[-1])
        wide = f"padded({columns})"
        self.buffers[name] = wide, "f"
        step = self._step(a)
        shared = Shared(left, at, step, matrix, name, wide, f"{inner}, {columns}")
        if self._indent:
            self._line(str(shared))
        else:
            self.lines.append(shared)

    def _step(self, a: Node) -> str:
        """By how much a view of one replicate and that of the next are apart."""
        base = base_of(a)
        if base in self._stored:
            size = self.buffers[self._name(base)][0]
        else:
            size = self.steps[self._state(base.data, base.shape)]
        return f"({size})" if "*" in size else size


def _is_shared(node: Node) -> bool:
    """Whether a product is that of a vector per replicate with a matrix of the problem."""
    a, b = node.args
    vector = len(a.shape) == 2 and a.shape[0] == 1 and a.kind == "f" and base_of(a).op != "param"
    matrix = b.args[0] if b.op == "transpose" else b
    return vector and node.shape[-1] > 1 and len(b.shape) == 2 and matrix.op == "param"
