"""Symbolic arrays, and what is answered where something is done to them that has no compiled form.

A :class:`Sym` looks like an array with a single replicate: a vector is ``(1, d)``, a scalar
``(1, 1)``. Arrays of the problem are shared, and have no such axis.
"""

import contextlib
import math
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convlab import vocabulary
from convlab.errors import ConvlabError

__all__ = ["Missing", "Node", "Sym", "Uncompiled", "Untraceable", "compiling", "shown"]


class Untraceable(TypeError):  # noqa: N818 -- a fact about the step, not an error
    """The step does something that has no place in a graph; the message says what, and instead."""


class Missing(Untraceable, AttributeError):  # noqa: N818
    """The step uses an unknown operation."""


class Uncompiled(RuntimeError):  # noqa: N818
    """The engine failed at a step that it should compile; the message says what to report."""


@contextlib.contextmanager
def compiling() -> Iterator[None]:
    """What fails inside is no fault of the step: raises Uncompiled, with what to report."""
    try:
        yield
    except (Untraceable, ConvlabError, OSError):
        raise
    except Exception as error:
        raise Uncompiled(
            "the kernel could not be compiled, which is a fault of convlab: please report the "
            f"step, and {type(error).__name__} at '{_statement(error)}'"
        ) from error


def _statement(error: Exception) -> str:
    """The line of a kernel that Numba points at; elsewhere the first of the message."""
    text = str(error)
    found = re.search(r'convlab_kernel_\w+\.py", line \d+:\n(?:.*\n)*?(.*)\n *\^', text)
    return found[1].strip() if found else text.partition("\n")[0]


@dataclass(frozen=True, eq=False)
class Node:
    """One operation: its arguments are nodes, ``data`` is what else it needs.

    The nodes of a graph have numbers, in the order in which they were met.
    """

    number: int
    op: str
    args: tuple["Node", ...]
    shape: tuple[int, ...]
    kind: str
    data: Any = None

    @property
    def size(self) -> int:
        """Number of entries."""
        return math.prod(self.shape)


_OPERATORS = {
    "add": "add",
    "subtract": "sub",
    "multiply": "mul",
    "divide": "truediv",
    "power": "pow",
    "remainder": "mod",
    "floor_divide": "floordiv",
    "less": "lt",
    "less_equal": "le",
    "greater": "gt",
    "greater_equal": "ge",
    "equal": "eq",
    "not_equal": "ne",
    "matmul": "matmul",
}
"""NumPy's names of the operators, and Python's."""

_WORDS = {
    "sum": "total",
    "max": "amax",
    "abs": "absolute",
    "dot": "inner",
    "vdot": "inner",
    "concatenate": "concat",
    "clip": "minimum(maximum(...), ...)",
    "take": "row",
    "outer": "a[:, :, None] * b[:, None, :]",
}
"""Words for functions that have another name elsewhere."""


def _instead(name: str) -> str:
    """What to write instead of a function of NumPy or a method of arrays."""
    word = name if name in vocabulary.__all__ else _WORDS.get(name)
    if word is None:
        return "write it in words of convlab.vocabulary"
    return f"write {word if '(' in word or '[' in word else word + '(...)'} of convlab.vocabulary"


def _foreign(function: Any) -> Untraceable:
    return Untraceable(f"the NumPy function '{function.__name__}': {_instead(function.__name__)}")


def shown(*shapes: tuple[int, ...]) -> str:
    """Shapes as the user thinks of them, with R for the axis of replicates."""
    texts = []
    for shape in shapes:
        sizes = ["R" if i == 0 and n == 1 else str(n) for i, n in enumerate(shape)]
        texts.append(f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})")
    return " and ".join(texts)


_DTYPES = {"f": "float64", "i": "int64", "b": "bool"}


class Sym:
    """A symbolic array: a node of a graph, which is its array namespace."""

    def __init__(self, graph: Any, node: Node) -> None:
        self.graph = graph
        self.node = node

    shape = property(lambda self: self.node.shape, doc="As in NumPy.")
    ndim = property(lambda self: len(self.node.shape), doc="As in NumPy.")
    dtype = property(lambda self: _DTYPES[self.node.kind], doc="Its name, as in NumPy.")
    T = property(lambda self: self.graph.matrix_transpose(self), doc="As in NumPy.")

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        return self.graph

    def __bool__(self) -> bool:
        if (known := self.graph.known(self.node)) is not None:
            return bool(known)
        raise Untraceable(
            "a Python 'if' or 'while' on a value of the run: write where(...), cond(...) or "
            "while_loop(...)"
        )

    def __float__(self) -> float:
        if (known := self.graph.known(self.node)) is not None:
            return float(known)
        raise Untraceable(
            "a Python number made of a value of the run, by float() or a function of math: leave "
            "it an array, and write exp(...), sqrt(...) ... of convlab.vocabulary"
        )

    def __int__(self) -> int:
        raise Untraceable(
            "a Python integer made of a value of the run, by int(), range() or as an index: write "
            "repeat(...), while_loop(...), row(...) or element(...)"
        )

    __index__ = __int__

    def __iter__(self) -> Any:
        raise Untraceable(
            "a Python loop over the entries of an array: write an operation on all of them, slices "
            "or repeat(...)"
        )

    def __len__(self) -> int:
        raise Untraceable("len() of an array: write x.shape[-1]; the number of replicates is open")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise Missing(f"the array method '{name}': {_instead(name)}")

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise Untraceable("a NumPy array made of a value of the run: leave it an array of the run")

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """Operators with a NumPy array or number on their left, and functions of known numbers."""
        if method == "__call__" and function.__name__ in _OPERATORS and not kwargs:
            left, right = (self.graph.asarray(v) for v in inputs)
            return getattr(operator, _OPERATORS[function.__name__])(left, right)
        known = [self.graph.known(v.node) if isinstance(v, Sym) else v for v in inputs]
        if not any(value is None for value in known):
            return function(*known, **kwargs)
        raise _foreign(function)

    def __array_function__(self, function: Any, *args: Any) -> Any:
        raise _foreign(function)

    def __getitem__(self, key: Any) -> "Sym":
        return self.graph.index(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        raise Untraceable(
            "an assignment into an array: steps are pure; write set_row(...) or concat(...)"
        )

    def bit_length(self) -> "Sym":
        """As of a Python integer."""
        return self.graph.elementwise("bit_length", self)

    def reshape(self, *shape: Any) -> "Sym":
        """As in NumPy."""
        return self.graph.reshape(self, shape[0] if isinstance(shape[0], tuple) else shape)

    def __matmul__(self, other: Any) -> "Sym":
        return self.graph.matmul(self, self.graph.asarray(other))

    def __rmatmul__(self, other: Any) -> "Sym":
        return self.graph.matmul(self.graph.asarray(other), self)


def _operator(op: str, swapped: bool = False) -> Callable:
    if swapped:
        return lambda self, other: self.graph.elementwise(op, other, self)
    return lambda self, other: self.graph.elementwise(op, self, other)


for _name, _op in {
    "add": "add",
    "sub": "sub",
    "mul": "mul",
    "truediv": "div",
    "pow": "pow",
    "mod": "mod",
    "floordiv": "floordiv",
    "and": "and",
    "or": "or",
}.items():
    setattr(Sym, f"__{_name}__", _operator(_op))
    setattr(Sym, f"__r{_name}__", _operator(_op, swapped=True))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Sym, f"__{_name}__", _operator(_name))
Sym.__hash__ = object.__hash__  # type: ignore[method-assign]
for _name, _op in {"neg": "neg", "abs": "abs", "invert": "not"}.items():
    setattr(Sym, f"__{_name}__", lambda self, op=_op: self.graph.elementwise(op, self))
