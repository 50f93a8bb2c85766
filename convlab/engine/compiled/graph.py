"""The graph of a step: evaluating the step on symbolic arrays records what it computes.

Equal expressions are one node, so common subexpressions are computed once.
"""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from convlab.engine.compiled.calls import Tally
from convlab.engine.compiled.draws import Drawn
from convlab.engine.compiled.indexing import in_range, index
from convlab.engine.compiled.iteration import NUMPY, OWN, Index
from convlab.engine.compiled.symbol import Missing, Node, Sym, Untraceable, shown
from convlab.errors import ConvlabError

__all__ = ["ELEMENTWISE", "Graph", "Work"]


_FLOAT_UNARY = ("sqrt", "exp", "log", "log1p", "expm1", "sin", "cos", "tanh", "floor")
_UNARY = (*_FLOAT_UNARY, "neg", "abs", "sign", "not", "float", "bit_length")
_ARITHMETIC = ("add", "sub", "mul", "div", "pow", "mod", "floordiv", "min", "max")
_COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
_BITS = ("and", "or")

ELEMENTWISE = {*_UNARY, *_ARITHMETIC, *_COMPARISONS, *_BITS, "where"}
"""Operations on entries, with broadcasting."""


@functools.cache
def _earlier(n: int) -> np.ndarray:
    """(n, n): whether the second index is before the first."""
    return np.tri(n, k=-1, dtype=bool)


class Work(NamedTuple):
    """How many operations, and on how many ``entries`` of one replicate: multiplications, about."""

    calls: int
    entries: int

    def plus(self, node: Node, times: int) -> "Work":
        """With an operation that is done so many times."""
        each = _DRAWING if node.op == "draw" else len(node.args) > 0
        if node.op in ("product", "factor", "solve"):
            each = node.args[0].shape[-1]
        return Work(self.calls + times * bool(node.args), self.entries + times * each * node.size)


_DRAWING = 13
"""How many multiplications take as long as to draw a number."""


class Graph:
    """The nodes recorded so far, and the operations that record them.

    ``params`` are the problem's arrays and numbers, in the order in which they were met;
    ``tally`` holds the calls of oracles. ``draws`` are those made, from so many ``slots``, and
    ``passes`` the loops around what is being recorded: which pass it is, and of how many.
    ``indices`` are functions of the iteration that may leave an axis, and ``around`` the branches
    on it around what is being recorded. ``hyper`` gives the values of hyperparameters between two
    iterations. ``work`` is what an iteration takes, as far as it is known; what is being recorded
    is done so many ``times``.
    """

    float64, int64 = "float64", "int64"

    def __init__(self) -> None:
        self._nodes: dict[tuple, Node] = {}
        self._replicated: set[Node] = set()
        self.params: list[Any] = []
        self.tally = Tally()
        self.around: list[tuple[Node, bool]] = []
        self.indices: list[Index] = []
        self.draws: list[Drawn] = []
        self.slots = 0
        self.passes: list[tuple[Sym, int]] = []
        self.loops = 0
        self.times = 1
        self.work = Work(0, 0)
        self.hyper: dict[str, Callable[[int, int], Any]] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "max":
            return self._largest
        if name in ELEMENTWISE:
            return lambda *args: self.elementwise(name, *args)
        raise Missing(
            f"the operation '{name}' has no compiled form: write it in words of convlab.vocabulary"
        )

    def node(
        self,
        op: str,
        args: Sequence[Sym],
        shape: Sequence[int],
        kind: str,
        data: Any = None,
    ) -> Sym:
        """The node with these parts: made now, or met before."""
        nodes = tuple(a.node for a in args)
        told = repr(data) if op == "const" else data  # which tells 0.0 from -0.0
        mark = (op, tuple(n.number for n in nodes), tuple(shape), kind, told)
        if mark not in self._nodes:
            made = Node(len(self._nodes), op, nodes, tuple(shape), kind, data)
            self._nodes[mark] = made
            self.work = self.work.plus(made, self.times)
            own = op in ("state", "draw", "carry") or (op == "hyper" and data[1] in OWN)
            if own or any(a in self._replicated for a in nodes):
                self._replicated.add(made)
        return Sym(self, self._nodes[mark])

    @property
    def marks(self) -> tuple:
        """What has been recorded, without reference to this graph: equal for equal ones."""
        return tuple(self._nodes)

    def count(self, name: str) -> None:
        """A call of an oracle."""
        self.tally.count(self.around, name)

    def tallied(self, function: Callable[[], Any]) -> tuple[Any, Tally]:
        """What a function gives, and the oracles that it calls, which are not counted here."""
        outside, self.tally = self.tally, Tally()
        found = function()
        inside, self.tally = self.tally, outside
        return found, inside

    # Leaves -------------------------------------------------------------------------------------

    def parameter(self, value: Any) -> Any:
        """A number or array of the problem; integers stay numbers, for they shape the kernel."""
        if isinstance(value, bool | int) or not isinstance(value, float | np.ndarray):
            return value
        index = next((i for i, known in enumerate(self.params) if known is value), None)
        if index is None:
            index = len(self.params)
            self.params.append(value)
        array = np.asarray(value)
        return self.node("param", (), array.shape, array.dtype.kind, index)

    def known(self, node: Node) -> Any:
        """The value of a number of the problem, or of arithmetic with such; None elsewhere.

        Asking for it puts the number into the text of the kernel.
        """
        if node.shape:
            return None
        if node.op == "const":
            return node.data
        if node.op == "param":
            return self.params[node.data]
        sides = [self.known(a) for a in node.args]
        if node.op not in NUMPY or any(side is None for side in sides):
            return None
        return NUMPY[node.op](*sides)

    def value(self, node: Node) -> Any:
        """The array of the problem that the node is, or is the transpose of; None elsewhere."""
        if node.op == "transpose" and len(node.shape) == 2:
            found = self.value(node.args[0])
            return None if found is None else found.T
        return self.params[node.data] if node.op == "param" else None

    def asarray(self, value: Any, dtype: Any = None) -> Sym:
        """A symbolic array of a number or of an array of the problem."""
        if isinstance(value, Sym):
            return value if dtype is None else self.astype(value, dtype)
        if isinstance(value, np.ndarray) and value.ndim:
            return self.parameter(value)
        number = value.item() if isinstance(value, np.generic | np.ndarray) else value
        if dtype in ("float64", float):
            number = float(number)
        kind = "b" if isinstance(number, bool) else "i" if isinstance(number, int) else "f"
        return self.node("const", (), (), kind, number)

    def zeros(self, shape: Sequence[int], dtype: Any = None) -> Sym:
        """Zeros."""
        return self.broadcast_to(self.asarray(0.0), tuple(shape))

    def zeros_like(self, x: Sym) -> Sym:
        """Zeros of the shape of ``x``."""
        return self.zeros(x.shape)

    def arange(self, n: int) -> Sym:
        """The integers 0, ..., n - 1."""
        return self.node("arange", (), (n,), "i")

    def finfo(self, dtype: Any) -> Any:
        """As in the array API."""
        return np.finfo(np.float64)

    def draw(self, law: Any, integers: bool) -> Sym:
        """The numbers drawn in the next slot; in a loop, a place of a table of all passes."""
        number, kind = len(self.draws), "i" if integers else "f"
        self.draws.append(Drawn(law, self.slots))
        self.slots += 1
        shape = (1, *(passes for _, passes in self.passes), *law.shape)
        found = self.node("draw", (), shape, kind, number)
        for axis, (which, _) in enumerate(self.passes, 1):
            found = self.place(found, axis, which)
        return self.reshape(found, (1, *law.shape))

    # Elementwise --------------------------------------------------------------------------------

    def elementwise(self, op: str, *values: Any) -> Sym:
        """An operation entry by entry, with broadcasting."""
        args = [self.asarray(v) for v in values]
        shape = self._broadcast(op, args)
        kinds = {a.node.kind for a in (args[1:] if op == "where" else args)}
        if op in (*_COMPARISONS, "not") or (op in (*_BITS, "where") and kinds == {"b"}):
            kind = "b"
        elif op in _FLOAT_UNARY or op in ("div", "float") or "f" in kinds:
            kind = "f"
        else:
            kind = "i"
        return self.node(op, args, shape, kind)

    def _broadcast(self, op: str, args: Sequence[Sym]) -> tuple[int, ...]:
        """The shape of the result; replicates must stay the first axis of all."""
        shapes = [a.shape for a in args]
        try:
            shape = np.broadcast_shapes(*shapes)
        except ValueError:
            raise ConvlabError(
                f"shapes do not match: '{op}' of {shown(*shapes)}; the first axis is the "
                "replicate, and reductions keep an axis of length one"
            ) from None
        if any(a.node in self._replicated and 0 < a.ndim < len(shape) for a in args):
            raise Untraceable(
                f"'{op}' of shapes {shown(*shapes)}, whose axes of replicates do not meet: "
                "add axes with x[:, None, :], and keep one in slices, x[:, :1]"
            )
        return shape

    def minimum(self, a: Any, b: Any) -> Sym:
        """Elementwise minimum."""
        return self.elementwise("min", a, b)

    def maximum(self, a: Any, b: Any) -> Sym:
        """Elementwise maximum."""
        return self.elementwise("max", a, b)

    def astype(self, x: Sym, dtype: Any) -> Sym:
        """To floats; other conversions have no compiled form."""
        if dtype not in ("float64", float):
            raise Untraceable(f"a conversion to {dtype}: only float64 has a compiled form")
        return x if x.node.kind == "f" else self.elementwise("float", x)

    # Views --------------------------------------------------------------------------------------

    def broadcast_to(self, x: Sym, shape: tuple[int, ...]) -> Sym:
        """As in the array API."""
        return x if x.shape == tuple(shape) else self.node("broadcast", (x,), shape, x.node.kind)

    def reshape(self, x: Sym, shape: tuple[int, ...]) -> Sym:
        """As in the array API."""
        if -1 in shape:
            known = math.prod(n for n in shape if n != -1)
            shape = tuple(x.node.size // max(known, 1) if n == -1 else n for n in shape)
        if math.prod(shape) != x.node.size:
            raise ConvlabError(
                f"shapes do not match: reshape of {shown(x.shape)} to {shown(tuple(shape))}"
            )
        return x if x.shape == tuple(shape) else self.node("reshape", (x,), shape, x.node.kind)

    def matrix_transpose(self, x: Sym) -> Sym:
        """The last two axes swapped."""
        if x.node.op == "transpose":
            return Sym(self, x.node.args[0])
        return self.node("transpose", (x,), (*x.shape[:-2], x.shape[-1], x.shape[-2]), x.node.kind)

    def concat(self, parts: Sequence[Sym], axis: int = -1) -> Sym:
        """Joined along the last axis."""
        if axis not in (-1, parts[0].ndim - 1):
            raise Untraceable("a concat along another axis than the last")
        parts = [p for p in parts if p.node.size] or list(parts[:1])
        if len(parts) == 1:
            return parts[0]
        if any(p.node.kind == "f" for p in parts):
            parts = [self.astype(p, float) for p in parts]
        shape = (*parts[0].shape[:-1], sum(p.shape[-1] for p in parts))
        return self.node("concat", parts, shape, parts[0].node.kind)

    def index(self, x: Sym, key: Any) -> Sym:
        """Slices, new axes, and integers: see :mod:`indexing`."""
        return index(self, x, key)

    def place(self, x: Sym, axis: int, i: Sym) -> Sym:
        """What is at place i along an axis, which stays, with length one."""
        shape = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
        return self.node("pick", (x, i), shape, x.node.kind, axis)

    # Reductions, products, rows -----------------------------------------------------------------

    def _reduce(self, op: str, x: Sym, axis: Any, keepdims: bool) -> Sym:
        if axis not in (-1, x.ndim - 1):
            raise Untraceable(f"a {op} over another axis than the last")
        found = self.node(op, (x,), (*x.shape[:-1], 1), x.node.kind)
        return found if keepdims else self.reshape(found, x.shape[:-1])

    def sum(self, x: Sym, *, axis: Any = None, keepdims: bool = False) -> Sym:
        """Over the last axis."""
        return self._reduce("sum", x, axis, keepdims)

    def _largest(self, x: Sym, *, axis: Any = None, keepdims: bool = False) -> Sym:
        """Over the last axis."""
        return self._reduce("largest", x, axis, keepdims)

    def rank(self, x: Sym) -> Sym:
        """See :func:`convlab.vocabulary.rank`: by comparing all pairs."""
        one: Any = x[..., :, None]
        other: Any = x[..., None, :]
        earlier: Any = self.asarray(_earlier(x.shape[-1]))
        before = (other < one) | ((other == one) & earlier)
        return self.sum(self.elementwise("float", before), axis=-1)

    def matmul(self, a: Sym, b: Sym) -> Sym:
        """Products with a shared matrix, and of matrices per replicate."""
        if min(a.ndim, b.ndim) < 2:
            raise Untraceable(
                f"a matrix product of {shown(a.shape, b.shape)}: write inner(...) or matvec(...)"
            )
        if a.shape[-1] != b.shape[-2]:
            raise ConvlabError(
                f"shapes do not match: a matrix product of {shown(a.shape, b.shape)}"
            )
        if a.shape[-1] == 1:
            return self.elementwise("mul", a, b)
        if a.ndim == 2 and b.ndim == 2:
            return self.node("product", (a, b), (a.shape[0], b.shape[1]), "f")
        shape = (*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1])
        return self.node("product", (a, b), shape, "f")

    def row(self, A: Sym, i: Sym) -> Sym:
        """See :func:`convlab.vocabulary.row`."""
        at = in_range(self, i, A.shape[-2], A.shape)
        return self.node("row", (A, at), (1, i.shape[1], A.shape[-1]), A.node.kind)

    def element(self, a: Sym, i: Sym) -> Sym:
        """See :func:`convlab.vocabulary.element`."""
        i = in_range(self, i, a.shape[-1], a.shape)
        i = self.broadcast_to(i, np.broadcast_shapes(i.shape, (1, 1)))
        if a.ndim == 2:
            return self.index(self.row(a[..., None], i), (..., 0))
        return self.node("element", (a, i), i.shape, a.node.kind)

    def set_row(self, T: Sym, i: Sym, value: Sym) -> Sym:
        """See :func:`convlab.vocabulary.set_row`."""
        if value.shape != (1, i.shape[-1], T.shape[-1]):
            raise ConvlabError(
                f"shapes do not match: set_row of a table {shown(T.shape)} at rows "
                f"{shown(i.shape)} needs values (R, {i.shape[-1]}, {T.shape[-1]}), "
                f"not {shown(value.shape)}"
            )
        at = in_range(self, i, T.shape[-2], T.shape)
        return self.node("set_row", (T, at, value), T.shape, T.node.kind)

    def alike(self, a: Sym, b: Sym) -> tuple[Sym, Sym]:
        """Both in the shape and type that hold both."""
        shape = np.broadcast_shapes(a.shape, b.shape)
        if "f" in (a.node.kind, b.node.kind):
            a, b = self.astype(a, float), self.astype(b, float)
        return self.broadcast_to(a, shape), self.broadcast_to(b, shape)
