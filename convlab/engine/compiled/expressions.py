"""What is written where a value is read: the text of one entry of a node.

Stored values and leaves are read from their arrays; all else is written out, down to those.
"""

from collections.abc import Sequence

from convlab.engine.compiled.graph import ELEMENTWISE
from convlab.engine.compiled.loops import array, moved
from convlab.engine.compiled.plan import LEAVES, base_of
from convlab.engine.compiled.products import padded
from convlab.engine.compiled.symbol import Node, Untraceable

__all__ = ["Expressions", "broadcast", "entry"]

_INFIX = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "pow": "**",
    "mod": "%",
    "floordiv": "//",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
    "and": "&",
    "or": "|",
}
_FORMS = {"fixed": "", "replicate": "[r]", "k": "[k - k0]", "both": "[r, k - k0]"}
_MATH = {"sqrt", "exp", "log", "log1p", "expm1", "sin", "cos", "tanh", "floor"}


class Expressions:
    """Texts of entries, and the names, sizes and arguments that occurred in them."""

    def __init__(self, stored: set[Node]) -> None:
        self.buffers: dict[str, tuple[str, str]] = {}
        self.kinds: dict[str, str] = {}
        self.steps: dict[str, str] = {}
        self.sizes: list[int] = []
        self.draws: set[int] = set()
        self.hypers: set[str] = set()
        self._names: dict[Node, str] = {}
        self._done: set[Node] = set()
        self._stored = stored

    def _shifted(self, index: Sequence[str], starts: Sequence[int]) -> list[str]:
        return [f"{i} + {self._size(s)}" if s else i for i, s in zip(index, starts, strict=True)]

    def _size(self, n: int) -> str:
        if n in (0, 1):
            return str(n)
        if n not in self.sizes:
            self.sizes.append(n)
        return f"n{self.sizes.index(n)}"

    def entries(self, size: str) -> int:
        """How many entries a size is, as it is written."""
        return eval(
            size, {"padded": padded.py_func} | {f"n{i}": n for i, n in enumerate(self.sizes)}
        )

    def _name(self, node: Node) -> str:
        if node not in self._names:
            name = f"{'s' if node.size == 1 else 'b'}{len(self._names)}"
            self._names[node] = name
            self.kinds[name] = node.kind
            if node.size > 1:
                size = "*".join(self._size(n) for n in node.shape if n != 1)
                self.buffers[name] = size, self.kinds[name]
        return self._names[node]

    def _state(self, i: int, shape: Sequence[int]) -> str:
        self.steps[f"x{i}"] = "*".join(self._size(n) for n in shape[1:] if n != 1) or "1"
        return f"x{i}"

    def _view(self, node: Node, index: list[str]) -> tuple[str, str]:
        """The array in which a view lies, and where its entry at the index is."""
        if node in self._stored:
            return self._name(node), self._offset(node.shape, index)
        if node.op == "param":
            return f"P{node.data}", self._offset(node.shape, index)
        if node.op == "state":
            return self._state(node.data, node.shape), self._offset(node.shape, index)
        begin = ["0"] * len(node.args[0].shape)
        name, offset = self._view(node.args[0], begin)
        if node.op == "slice":
            begin = [self._size(s) for s in node.data]
        elif node.op == "pick":
            begin[node.data] = self._value(node.args[1], [])
        start = self._offset(node.args[0].shape, begin)
        return name, _plus(offset, start, self._offset(node.shape, index))

    def _offset(self, shape: Sequence[int], index: Sequence[str]) -> str:
        """Position in the flat array of a replicate."""
        text = "0"
        for n, i in zip(shape, index, strict=True):
            if n == 1:
                continue
            if text != "0":
                text = f"{text if text.isalnum() else f'({text})'} * {self._size(n)}"
            text = i if text == "0" else text if i == "0" else f"{text} + {i}"
        return text

    def _value(self, node: Node, index: list[str], *, top: bool = False) -> str:
        """The text of one entry; ``top`` recomputes a stored node instead of reading it."""
        if node in self._stored and not top and node in self._done:
            name = self._name(node)
            return name if node.size == 1 else entry(name, self._offset(node.shape, index))
        op = node.op
        if op in LEAVES:
            return self._leaf(node, index)
        if op in ELEMENTWISE:
            return self._combine(op, [self._value(a, broadcast(a, index)) for a in node.args])
        argument = node.args[0]
        if op == "copy":
            return self._value(argument, index)
        if op == "place":
            return f"place({self._value(argument, index)}, {self._size(node.data)})"
        if op == "broadcast":
            return self._value(argument, broadcast(argument, index))
        if op == "transpose":
            return self._value(argument, [*index[:-2], index[-1], index[-2]])
        if op == "slice":
            return self._value(argument, self._shifted(index, node.data))
        if op == "stride":
            starts, steps = node.data
            spread = [f"({i}) * {d}" if d != 1 else i for i, d in zip(index, steps, strict=True)]
            return self._value(argument, self._shifted(spread, starts))
        if op == "reshape":
            base = base_of(argument)
            if base.size == 1 and base in self._stored:
                return self._name(base)
            if base in self._stored or (base.op in ("state", "param") and base.shape):
                name, begin = self._view(argument, ["0"] * len(argument.shape))
                return entry(name, _plus(begin, self._offset(node.shape, index)))
            return self._value(argument, self._reshaped(node.shape, argument.shape, index))
        if op == "row":
            at = self._value(node.args[1], ["0", index[1]])
            inside = [at, index[2]] if len(argument.shape) == 2 else ["0", at, index[2]]
            return self._value(argument, inside)
        if op == "pick":
            at = self._value(node.args[1], [])
            return self._value(argument, [*index[: node.data], at, *index[node.data + 1 :]])
        if op == "element":
            return self._value(argument, [self._value(node.args[1], index)])
        raise Untraceable(f"the operation '{op}' in this place has no flat form")

    def _leaf(self, node: Node, index: list[str]) -> str:
        if node.op == "state":
            name = self._state(node.data, node.shape)
            return entry(name, self._offset(node.shape, index))
        if node.op == "param":
            name = f"P{node.data}"
            return name if not node.shape else entry(name, self._offset(node.shape, index))
        if node.op == "draw":
            self.draws.add(node.data)
            return f"Z{node.data}[r - lo, k - z0, {self._offset(node.shape, index)}]"
        if node.op == "hyper":
            name, form = node.data
            self.hypers.add(name)
            return f"H_{name}{_FORMS[form]}"
        if node.op == "arange":
            return index[0]
        if node.op == "pass":
            return f"p{node.data[0]}"
        return "k" if node.op == "k" else repr(node.data)

    @staticmethod
    def _combine(op: str, parts: list[str]) -> str:
        if op in _INFIX:
            return f"({parts[0]} {_INFIX[op]} {parts[1]})"
        if op == "where":
            return f"({parts[1]} if {parts[0]} else {parts[2]})"
        if op in _MATH:
            return f"math.{op}({parts[0]})"
        if op == "neg":
            return f"(-{parts[0]})"
        if op == "not":
            return f"(not {parts[0]})"
        name = {"min": "smaller", "max": "larger", "float": "np.float64"}.get(op, op)
        return f"{name}({', '.join(parts)})"

    def _reshaped(
        self, shape: tuple[int, ...], wanted: tuple[int, ...], index: list[str]
    ) -> list[str]:
        long = [(n, i) for n, i in zip(shape, index, strict=True) if n != 1]
        if [n for n, _ in long] == [n for n in wanted if n != 1]:
            rest = iter(i for _, i in long)
            return ["0" if n == 1 else next(rest) for n in wanted]
        flat = self._offset(shape, index)
        found: list[str] = []
        for n in reversed(wanted):
            if n == 1:
                found.append("0")
                continue
            found.append(f"(({flat}) % {self._size(n)})")
            flat = f"(({flat}) // {self._size(n)})"
        return found[::-1]


def _plus(*offsets: str) -> str:
    return " + ".join(offset for offset in offsets if offset != "0") or "0"


def entry(name: str, offset: str) -> str:
    """An entry of a flat array; as Numba lets indices be negative, they are made unsigned."""
    place = moved(name, offset)
    return f"{array(name)}[{place if place.isdigit() else f'u({place})'}]"


def broadcast(argument: Node, index: list[str]) -> list[str]:
    """The index of an argument under broadcasting: trailing axes, those of length one at 0."""
    last = index[len(index) - len(argument.shape) :]
    return ["0" if n == 1 else i for n, i in zip(argument.shape, last, strict=True)]
