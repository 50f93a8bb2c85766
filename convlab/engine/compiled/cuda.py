"""From an expression graph to the text of a CUDA kernel: one thread advances one replicate.

The lines of a step are those of :mod:`emit`, transcribed from its small part of Python into C.
Sizes are constants of the text. What is short lies in arrays of the thread, what is long in global
memory, and the thread draws its own random numbers.
"""

import ast
import functools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, NamedTuple

from convlab.engine.compiled.draws import Drawn
from convlab.engine.compiled.emit import Writer
from convlab.engine.compiled.linalg import ROOM
from convlab.engine.compiled.plan import Step
from convlab.engine.compiled.symbol import Untraceable
from convlab.streams import cuda as streams

__all__ = ["NEAR", "CudaKernel", "emit"]

NEAR = 256
"""Arrays of at most so many entries lie in the thread's own memory."""

_TYPES = {"f": "double", "i": "long long", "b": "bool"}


@dataclass(frozen=True)
class CudaKernel:
    """The text of a kernel, and what it takes as arguments beside states and parameters.

    In order: the matrices that it reads packed (parameters, and whether transposed), the labels of
    its hyperparameters, and room for its long arrays (entries for a replicate, and their kind).
    """

    text: str
    packed: tuple[tuple[int, bool], ...]
    hypers: tuple[str, ...]
    room: tuple[tuple[int, str], ...]


@functools.cache
def _head(*files: str) -> str:
    """The functions that a kernel calls: those of the streams, and of the files."""
    folder = resources.files("convlab.engine.compiled")
    texts = [folder.joinpath(file).read_text(encoding="utf-8") for file in files]
    return "\n".join([streams.source(), *texts])


def emit(recorded: Step) -> CudaKernel:
    """The kernel of a step.

    Raises Untraceable where the graph has no flat form, or none in CUDA C.
    """
    outputs, states, params = recorded.outputs, recorded.states, recorded.params
    writer = Writer(outputs)
    writer.write_step()
    sizes = {f"n{i}": n for i, n in enumerate(writer.sizes)}
    arrays = [_Array(f"S{i}", leaf.size, leaf.kind) for i, leaf in enumerate(states)]
    used = {f"S{name[1:]}" for name in writer.steps}
    changed = {f"S{i}" for i, node in outputs if node is not states[i]}
    drawn = {f"Z{i}": recorded.draws[i] for i in sorted(writer.draws)}
    arrays += [_Array(name, d.size, streams.kind(d.law)) for name, d in drawn.items()]
    for name, (size, kind) in writer.buffers.items():
        arrays.append(_Array(name.upper(), writer.entries(size), kind))
    kinds = {a.name: a.kind for a in arrays}
    kinds |= {f"P{i}": node.kind for i, node in enumerate(params)}
    kinds |= {name: kind for name, kind in writer.kinds.items() if name[0] == "s"}
    step = _Transcription(kinds, map(str, writer.lines))
    far = [a for a in arrays if a.name[0] != "S" and a.entries > NEAR]
    heading = [
        "long long R, long long k0, long long k1, u64 key, const unsigned* ids",
        *(f"{_TYPES[a.kind]}* G_{a.name}" for a in arrays if a.name[0] == "S"),
        *(_given(f"P{i}", node.kind, len(node.shape)) for i, node in enumerate(params)),
        *(_given(name, "f", 1) for name in writer.packed),
        *(_given(f"H_{h}", "f", f"H_{h}" in step.tables) for h in sorted(writer.hypers)),
        *(f"{_TYPES[a.kind]}* G_{a.name}" for a in far),
    ]
    inside = [a for a in arrays if a.name[0] != "S" or a.name in used]
    drawing = [line for name, d in drawn.items() for line in _drawing(name, d)]
    body = [
        "const long long r = (long long)blockIdx.x * blockDim.x + threadIdx.x;",
        "if (r >= R) return;",
        *(["const unsigned id = ids[r];"] if drawing else []),
        *(line for a in inside for line in a.opened()),
        "for (long long k = k0; k < k1; ++k) {",
        *("    " + line for line in [*step.declarations, *drawing, *step.lines]),
        "}",
        *(line for a in inside if a.name in changed for line in a.closed()),
    ]
    text = [
        _head("primitives.cuh", *["matrices.cuh"] * step.factorizes),
        *(f"constexpr int {name} = {n};" for name, n in sizes.items() if step.reads(name)),
        'extern "C" __global__ void kernel(',
        *(f"    {line}," for line in heading[:-1]),
        f"    {heading[-1]}) {{",
        *("    " + line for line in body),
        "}",
    ]
    return CudaKernel(
        "\n".join(text) + "\n",
        tuple(writer.packed.values()),
        tuple(sorted(writer.hypers)),
        tuple((a.entries, a.kind) for a in far),
    )


def _drawing(name: str, drawn: Drawn) -> list[str]:
    """Lines that draw, for all passes of the loops around it."""
    law, first, loops = drawn
    if not loops:
        return streams.drawing(law, name, first)
    lines, at, slot = [], "0", str(first)
    for i, (passes, slots) in enumerate(loops):
        lines.append(f"{'    ' * i}for (int p{i} = 0; p{i} < {passes}; ++p{i}) {{")
        at, slot = f"({at} * {passes} + p{i})", f"{slot} + p{i} * {slots}"
    place = f"{name} + {at} * {math.prod(law.shape)}"
    inside = [
        f"{_TYPES[streams.kind(law)]}* const Z = {place};",
        f"const unsigned slot = {slot};",
        *streams.drawing(law, "Z", "slot"),
    ]
    lines += ["    " * len(loops) + line for line in inside]
    return lines + ["    " * i + "}" for i in reversed(range(len(loops)))]


def _given(name: str, kind: str, dimensions: int) -> str:
    """An argument: a number, or an array that all threads read."""
    return f"const {_TYPES[kind]}{'* __restrict__' if dimensions else ''} {name}"


class _Array(NamedTuple):
    """A leaf of the state, S, a draw, Z, or a buffer, B, of a replicate."""

    name: str
    entries: int
    kind: str

    def opened(self) -> list[str]:
        """Lines that make it, and fill it if it is a leaf."""
        place = f"G_{self.name} + r * {self.entries}"
        if self.entries > NEAR:
            return [f"{_TYPES[self.kind]}* const {self.name} = {place};"]
        lines = [f"{_TYPES[self.kind]} {self.name}[{self.entries}];"]
        return lines + [f"{self._each} {self.name}[i] = ({place})[i];"] * (self.name[0] == "S")

    def closed(self) -> list[str]:
        """Lines that bring a leaf back."""
        place = f"G_{self.name} + r * {self.entries}"
        return [f"{self._each} ({place})[i] = {self.name}[i];"] * (self.entries <= NEAR)

    @property
    def _each(self) -> str:
        return f"for (int i = 0; i < {self.entries}; ++i)"


class _Value(NamedTuple):
    """An expression in C, and its kind."""

    text: str
    kind: str


_SIGNS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.USub: "-",
    ast.Not: "!",
}
_CALLS: dict[type, str] = {ast.FloorDiv: "floordiv", ast.Mod: "modulo"}
_PRODUCTS: dict[str, tuple[tuple[int, ...], ...]] = {
    "products": ((0, 1), (3,), (4, 5), (7,), (8,)),
    "product": ((0, 1), (2, 3), (4, 5), (6,), (7,), (8,)),
}
_FACTORIZATIONS: dict[str, tuple[tuple[int, ...], ...]] = {
    "substituted": ((0, 1), (2, 3), (4,), (5,), (6, 7)),
    **dict.fromkeys(ROOM, ((0, 1), (2,), (3,), (4, 5))),
}
"""Of calls that are lines of their own, the arguments that are one in C: an array and a place."""


class _Transcription:
    """Lines of Python in C.

    ``kinds`` are those of arrays and numbers; ``tables`` collects the hyperparameters that are
    arrays, ``declarations`` the numbers that the lines assign; ``factorizes`` says whether a line
    calls one of :mod:`matrices`.
    """

    def __init__(self, kinds: Mapping[str, str], lines: Iterable[str]) -> None:
        self._kinds = dict(kinds)
        self._fixed = set(kinds)
        self.tables: set[str] = set()
        self.factorizes = False
        self._declared: dict[str, str] = {}
        self.lines: list[str] = []
        self._indent = ""
        self._all(ast.parse("\n".join(lines)).body)

    @property
    def declarations(self) -> list[str]:
        """Lines for the numbers that are assigned, one for each kind."""
        lines = []
        for kind, type_ in _TYPES.items():
            if names := [name for name, k in self._declared.items() if k == kind]:
                lines.append(f"{type_} {', '.join(names)};")
        return lines

    def reads(self, name: str) -> bool:
        """Whether the name occurs in the lines."""
        return any(re.search(rf"\b{name}\b", line) for line in self.lines)

    # Statements ---------------------------------------------------------------------------------

    def _all(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            getattr(self, f"_{type(statement).__name__.lower()}", self._unknown)(statement)

    def _unknown(self, node: ast.AST) -> Any:
        raise Untraceable(f"'{ast.unparse(node)}' has no form in CUDA C")

    def _line(self, text: str) -> None:
        self.lines.append(self._indent + text)

    def _block(self, opening: str, statements: Sequence[ast.stmt]) -> None:
        self._line(opening + " {")
        self._indent += "    "
        self._all(statements)
        self._indent = self._indent[:-4]
        self._line("}")

    def _for(self, node: ast.For) -> None:
        index, limit = ast.unparse(node.target), node.iter
        if not (isinstance(limit, ast.Call) and ast.unparse(limit.func) == "range"):
            self._unknown(limit)
        *start, stop = (self._text(a) for a in limit.args)  # type: ignore[attr-defined]
        first = start[0] if start else "0"
        self._block(f"for (int {index} = {first}; {index} < {stop}; ++{index})", node.body)

    def _while(self, node: ast.While) -> None:
        self._block(f"while ({self._text(node.test)})", node.body)

    def _break(self, node: ast.Break) -> None:
        self._line("break;")

    def _if(self, node: ast.If) -> None:
        self._block(f"if ({self._text(node.test)})", node.body)
        if node.orelse:
            self._block("else", node.orelse)

    def _assign(self, node: ast.Assign) -> None:
        value = self._value(node.value)
        target = node.targets[0]
        if isinstance(target, ast.Name):
            self._line(f"{self._number(target.id, value.kind)} = {value.text};")
        else:
            self._line(f"{self._text(target)} = {value.text};")

    def _number(self, name: str, kind: str) -> str:
        """The name in C of a number that is assigned: one for each kind that it takes."""
        kind = self._kinds[name] if name in self._fixed else kind
        self._kinds[name] = kind
        chosen = self._variable(name)
        self._declared[chosen] = kind
        return chosen

    def _variable(self, name: str) -> str:
        kind = self._kinds[name]
        return name if name in self._fixed or kind == "f" else f"{name}_{kind}"

    def _augassign(self, node: ast.AugAssign) -> None:
        target, value = self._value(node.target), node.value
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult) and target.kind == "f":
            a, b = self._text(value.left), self._text(value.right)
            self._line(f"{target.text} = fma({a}, {b}, {target.text});")
        else:
            self._line(f"{target.text} {_SIGNS[type(node.op)]}= {self._text(value)};")

    def _expr(self, node: ast.Expr) -> None:
        call = node.value
        if not isinstance(call, ast.Call):
            return self._unknown(call)
        name = ast.unparse(call.func)
        places = {**_PRODUCTS, **_FACTORIZATIONS}
        if name not in places:
            self._refuse(name)
        self.factorizes |= name in _FACTORIZATIONS
        given = [self._text(argument) for argument in call.args]
        parts = [" + ".join(given[i] for i in place) for place in places[name]]
        self._line(f"{name}({', '.join(part.removesuffix(' + 0') for part in parts)});")
        return None

    def _refuse(self, name: str) -> Any:
        raise Untraceable(f"the operation '{name}' has no form in CUDA C")

    # Expressions --------------------------------------------------------------------------------

    def _text(self, node: ast.AST) -> str:
        return self._value(node).text

    def _value(self, node: ast.AST) -> _Value:
        method = getattr(self, f"_value_{type(node).__name__.lower()}", self._unknown)
        return method(node)

    def _value_constant(self, node: ast.Constant) -> _Value:
        if isinstance(node.value, bool):
            return _Value(str(node.value).lower(), "b")
        if isinstance(node.value, int):
            return _Value(f"{node.value}{'ll' * (node.value >= 2**31)}", "i")
        return _Value(repr(node.value), "f")

    def _value_name(self, node: ast.Name) -> _Value:
        if re.fullmatch(r"[xb]\d+", node.id):  # where the part of a replicate begins
            return _Value("0", "i")
        if node.id in self._kinds:
            return _Value(self._variable(node.id), self._kinds[node.id])
        return _Value(node.id, "f" if node.id.startswith("H_") else "i")

    def _value_attribute(self, node: ast.Attribute) -> _Value:
        return _Value("INF", "f") if ast.unparse(node) == "np.inf" else self._unknown(node)

    def _value_unaryop(self, node: ast.UnaryOp) -> _Value:
        value = self._value(node.operand)
        kind = "b" if isinstance(node.op, ast.Not) else value.kind
        return _Value(f"({_SIGNS[type(node.op)]}{value.text})", kind)

    def _value_binop(self, node: ast.BinOp) -> _Value:
        a, b = self._value(node.left), self._value(node.right)
        kind = "f" if "f" in (a.kind, b.kind) else "i"
        if isinstance(node.op, ast.Div):
            return _Value(f"({_as(a, 'f')} / {_as(b, 'f')})", "f")
        if isinstance(node.op, ast.Pow):
            if b.kind == "f":
                return _Value(f"pow({_as(a, 'f')}, {b.text})", "f")
            return _Value(f"power<{_TYPES[kind]}>({a.text}, {b.text})", kind)
        if type(node.op) in _CALLS:
            name = _CALLS[type(node.op)]
            return _Value(f"{name}(({_TYPES[kind]}){a.text}, ({_TYPES[kind]}){b.text})", kind)
        if isinstance(node.op, ast.Add) and "0" in (a.text, b.text) and kind == "i":
            return b if a.text == "0" else a
        if isinstance(node.op, ast.BitAnd | ast.BitOr) and a.kind == b.kind == "b":
            kind = "b"
        return _Value(f"({a.text} {_SIGNS[type(node.op)]} {b.text})", kind)

    def _value_compare(self, node: ast.Compare) -> _Value:
        a, b = self._text(node.left), self._text(node.comparators[0])
        return _Value(f"({a} {_SIGNS[type(node.ops[0])]} {b})", "b")

    def _value_ifexp(self, node: ast.IfExp) -> _Value:
        test, a, b = self._text(node.test), self._value(node.body), self._value(node.orelse)
        kind = _joined(a, b)
        return _Value(f"({test} ? {_as(a, kind)} : {_as(b, kind)})", kind)

    def _value_subscript(self, node: ast.Subscript) -> _Value:
        name, place = ast.unparse(node.value), node.slice
        entries = place.elts if isinstance(place, ast.Tuple) else [place]
        if name.startswith("H_"):
            self.tables.add(name)
            *row, column = (self._text(e) for e in entries)
            at = f"{row[0]} * (k1 - k0) + {column}" if row else column
            return _Value(f"{name}[{at}]", "f")
        return _Value(f"{name}[{self._text(entries[-1])}]", self._kinds[name])

    def _value_call(self, node: ast.Call) -> _Value:
        name, values = ast.unparse(node.func), [self._value(a) for a in node.args]
        first = values[0]
        if name == "u":
            return first
        if name == "padded":
            return _Value(f"(({first.text} + 7) / 8 * 8)", "i")
        if name == "np.float64":
            return _Value(f"((double){first.text})", "f")
        if name in ("larger", "smaller"):
            kind = _joined(*values)
            texts = ", ".join(_as(v, kind) for v in values)
            return _Value(f"{name}<{_TYPES[kind]}>({texts})", kind)
        if name == "abs":
            kind = "f" if first.kind == "f" else "i"
            return _Value(f"absolute(({_TYPES[kind]}){first.text})", kind)
        if name == "place":  # as CuPy does
            return _Value(f"modulo((long long){first.text}, (long long){values[1].text})", "i")
        if name == "bit_length":
            return _Value(f"bit_length({first.text})", "i")
        if name == "sign" or name.startswith("math."):
            return _Value(f"{name.removeprefix('math.')}({_as(first, 'f')})", "f")
        return self._refuse(name)


def _joined(a: _Value, b: _Value) -> str:
    return next(kind for kind in "fib" if kind in (a.kind, b.kind))


def _as(value: _Value, kind: str) -> str:
    if kind == "f" and value.text.isdigit():
        return f"{value.text}.0"
    return value.text if value.kind == kind else f"({_TYPES[kind]}){value.text}"
