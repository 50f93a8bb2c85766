"""What a step stores and what it computes anew, and in which order.

Results of reductions, products and branches are stored, and so are vectors that more than one loop
reads; all else is recomputed where it is read. The stored values become *tasks*, and tasks over
the same extent are fused into one loop where each reads the others at its own index only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from convlab.engine.compiled.draws import Drawn
from convlab.engine.compiled.graph import ELEMENTWISE
from convlab.engine.compiled.symbol import Node

__all__ = ["LEAVES", "Plan", "Step", "Task", "base_of"]

LEAVES = {"state", "param", "hyper", "k", "draw", "const", "arange", "pass"}
"""Operations without arguments: what a step is given."""
_ADDRESSED = {"product", "factor", "solve"}
"""Operations that read their arguments as they lie in an array."""
_ALONE = {*_ADDRESSED, "cond", "concat", "set_row", "loop", "result"}
"""Operations that are computed by lines of their own, and stored."""
_STORED = {*_ALONE, "sum", "largest", "carry", "copy"}


@dataclass(frozen=True)
class Step:
    """What was recorded: the new value of each leaf, the leaves, the problem's data, the draws.

    Steps are equal where their ``marks`` are, which tell all that the text of a kernel tells.
    """

    marks: tuple
    outputs: list[tuple[int, Node]] = field(compare=False)
    states: list[Node] = field(compare=False)
    params: list[Node] = field(compare=False)
    draws: list[Drawn] = field(compare=False)


@dataclass(eq=False)
class Task:
    """One stored value: computed in a loop over ``extent``, or by lines of its own."""

    node: Node
    extent: tuple[int, ...]
    aligned: set[Node] = field(default_factory=set)
    apart: set[Node] = field(default_factory=set)


def base_of(node: Node) -> Node:
    """The node among whose entries those of the node lie, one after the other.

    A draw of one pass of a loop is by itself: those of all passes are not stored with it.
    """
    together = (
        node.op == "reshape"
        or (node.op == "slice" and node.size == node.shape[-1])
        or (node.op == "pick" and all(n == 1 for n in node.shape[: node.data]))
    )
    return base_of(node.args[0]) if together and not _is_pass(node) else node


def _is_pass(node: Node) -> bool:
    """Whether the node is what some pass of a loop has drawn."""
    return node.op == "pick" and (node.args[0].op == "draw" or _is_pass(node.args[0]))


def _is_leaf(node: Node) -> bool:
    """Whether the entries lie in a state, in a parameter or in the transpose of a part of one."""
    matrix = node.op == "transpose" and len(node.shape) == 2
    return node.op in ("state", "param") or (matrix and base_of(node.args[0]).op == "param")


def _ordered(roots: Iterable[Node]) -> list[Node]:
    """Nodes below the roots, arguments first."""
    seen: dict[Node, None] = {}
    stack = [(root, False) for root in reversed(list(roots))]
    while stack:
        node, expanded = stack.pop()
        if node in seen:
            continue
        if expanded:
            seen[node] = None
            continue
        stack.append((node, True))
        stack += [(a, False) for a in reversed(node.args)]
    return list(seen)


def _enclosing(nodes: Sequence[Node]) -> dict[Node, frozenset[int]]:
    """For each node the loops whose values it depends on, and in whose bodies it therefore is."""
    found: dict[Node, frozenset[int]] = {}
    for node in nodes:
        inside = frozenset().union(*(found[a] for a in node.args))
        if node.op in ("carry", "pass"):
            inside = frozenset({node.data[0]})
        elif node.op == "loop":
            inside -= {node.data.number}
        found[node] = inside
    return found


class Plan:
    """Which nodes of a step are stored, and in which loops.

    ``outputs`` are the leaves of the state that change, with their new values; of them, tables of
    which rows change are written ``in_place``.
    """

    def __init__(self, outputs: Sequence[tuple[int, Node]]) -> None:
        self.outputs = [(i, node) for i, node in outputs if not self._same_leaf(i, node)]
        self._inside: dict[Node, frozenset[int]] = {}
        self.stored = self._decide()

    @staticmethod
    def _same_leaf(i: int, node: Node) -> bool:
        return node.op == "state" and node.data == i

    def _decide(self) -> set[Node]:
        nodes = _ordered(node for _, node in self.outputs)
        self._inside = _enclosing(nodes)
        self.in_place = self._changed_tables(nodes)
        stored = {n for n in nodes if n.op in _STORED and n not in self.in_place}
        readers: dict[Node, set[object]] = {n: set() for n in nodes}
        for _, node in self.outputs:
            if node in self.in_place:
                readers[node.args[2]] |= {"rows", node}
                readers[node.args[1]].add("rows")
            else:
                readers[node].add(("commit", node.shape))
        for node in reversed(nodes):
            if node in self.in_place:
                continue
            inside = readers[node]
            if node not in stored and node.op not in LEAVES:
                scalar = node.size == 1 and node.op in ELEMENTWISE
                several = len(inside) > 1 and node.size > 1 and node.op in ELEMENTWISE
                if scalar or several:
                    stored.add(node)
            if node.op == "loop":
                stored |= {n for n in node.data.parts(node)[2] if n.op not in LEAVES}
            for position, argument in enumerate(node.args):
                inner = node.op == "product" and node.size == 1
                if node.op in _ADDRESSED and not inner and not _is_leaf(base := base_of(argument)):
                    stored.add(base)
                is_index = node.op in ("row", "element", "set_row") and position == 1
                if is_index and self._is_index(argument):
                    stored.add(argument)
                readers[argument] |= {node} if node in stored else inside
        return self._guard_commits(stored)

    def is_common(self, node: Node) -> bool:
        """Whether a number is the same in all replicates."""
        if node.op == "hyper":
            return node.data[1] not in ("replicate", "both")
        if node.op in LEAVES:
            return node.op in ("k", "const") or (node.op == "param" and not node.shape)
        return node.op in ELEMENTWISE and all(map(self.is_common, node.args))

    def _changed_tables(self, nodes: Sequence[Node]) -> set[Node]:
        """Tables of the state with some rows changed, which nothing in the step reads."""
        read = {a for node in nodes for a in node.args}
        states = [node for _, node in self.outputs]
        return {
            node
            for i, node in self.outputs
            if node.op == "set_row"
            and self._same_leaf(i, node.args[0])
            and node not in read
            and states.count(node) == 1
        }

    @staticmethod
    def _is_index(node: Node) -> bool:
        """Whether an index is better stored: read in an inner loop, it would be read each time."""
        return node.op not in LEAVES or (node.op == "draw" and node.size == 1)

    def _guard_commits(self, stored: set[Node]) -> set[Node]:
        """Also store outputs that read a leaf which another loop overwrites, or off their index.

        Tables are written last: their rows must be stored if they read an overwritten leaf.
        """
        overwritten = {i: node.shape for i, node in self.outputs if node not in self.in_place}
        for _, output in self.outputs:
            for node in output.args[1:] if output in self.in_place else (output,):
                if node in stored or node.op in LEAVES - {"state"}:
                    continue
                if node.op == "state" and node.data in overwritten:
                    stored.add(node)
                for leaf, aligned in self._reads(node, stored):
                    if leaf.op == "state" and leaf.data in overwritten:
                        same = aligned and overwritten[leaf.data] == node.shape
                        if not same or output in self.in_place:
                            stored.add(node)
        return stored

    def _reads(self, node: Node, stored: set[Node]) -> list[tuple[Node, bool]]:
        """Leaves and stored values that a recomputed value reads: at its own index or not."""
        found, seen = [], set()
        stack = [(a, self._is_aligned(node, a)) for a in node.args] or [(node, True)]
        while stack:
            n, aligned = stack.pop()
            if (n, aligned) in seen:
                continue
            seen.add((n, aligned))
            if n in stored or n.op in LEAVES:
                found.append((n, aligned))
                continue
            stack += [(a, aligned and self._is_aligned(n, a)) for a in n.args]
        return found

    @staticmethod
    def _is_aligned(node: Node, argument: Node) -> bool:
        if argument.size == 1:
            return True
        return node.op in {*ELEMENTWISE, "sum", "largest"} and (
            argument.shape == node.shape or node.op in ("sum", "largest")
        )

    def groups(self, roots: Sequence[Node], done: set[Node]) -> list[list[Task]]:
        """The stored values below the roots that are not done yet, fused where possible."""
        outside = self._outside(roots, done)
        groups: list[list[Task]] = []
        place: dict[Node, int] = {}
        for node in outside:
            if node not in self.stored or node in done:
                continue
            task = self._task(node)
            earliest = 0
            for n in task.apart:
                earliest = max(earliest, place.get(n, -1) + 1)
            for n in task.aligned:
                scalar = n.size == 1
                earliest = max(earliest, place.get(n, -1) + (1 if scalar else 0))
            target = None
            if task.extent:
                for g in range(earliest, len(groups)):
                    if groups[g][0].extent == task.extent:
                        target = g
                        break
            if target is None:
                target = len(groups)
                groups.append([])
            groups[target].append(task)
            place[node] = target
        return groups

    def _outside(self, roots: Sequence[Node], done: set[Node]) -> list[Node]:
        """Nodes below the roots that are needed whichever branch a cond takes.

        Of a loop that is not open, those in which nothing changes from pass to pass.
        """
        given = frozenset(n.data[0] for n in done if n.op == "carry")
        seen: dict[Node, None] = {}

        def visit(node: Node) -> None:
            if node in seen:
                return
            for a in node.args[:1] if node.op == "cond" else node.args:
                visit(a)
            seen[node] = None

        for root in roots:
            visit(root)
        return [n for n in seen if self._inside[n] <= given]

    def _task(self, node: Node) -> Task:
        if node.op in ("sum", "largest"):
            inner = node.args[0].shape
            extent = inner if node.size == 1 else ()
        elif node.op in _ALONE or node.size == 1:
            extent = ()
        else:
            extent = node.shape
        task = Task(node, extent)
        below = node.args[:1] if node.op == "cond" else () if node.op == "loop" else node.args
        if node.op in ("cond", "loop"):
            task.apart |= {n for n in _ordered(node.args) if n in self.stored}
        for a in below:
            for n, aligned in self._reads_from(a):
                good = aligned and self._is_aligned(node, a) and bool(extent)
                (task.aligned if good else task.apart).add(n)
        task.apart -= {node}
        return task

    def _reads_from(self, argument: Node) -> list[tuple[Node, bool]]:
        if argument in self.stored:
            return [(argument, True)]
        return [(n, ok) for n, ok in self._reads(argument, self.stored) if n in self.stored]
