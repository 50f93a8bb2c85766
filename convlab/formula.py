"""Formulas: SymPy expressions, evaluated in doubles or in 50 digits. Nothing is typed twice."""

import ast
import functools
import operator
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import sympy

from convlab import precise
from convlab.errors import ConvlabError
from convlab.symbols import require_sign

__all__ = ["Integers", "evaluate", "holds", "parsed", "require_known"]


class Integers(sympy.Set):
    """The whole numbers from ``start`` to ``end``, both included, which may be formulas.

    >>> 3 in Integers(1, 4), 5 in Integers(1, 4)
    (True, False)
    """

    def __new__(cls, start: Any, end: Any = sympy.oo) -> "Integers":
        return sympy.Basic.__new__(cls, sympy.sympify(start), sympy.sympify(end))

    @property
    def start(self) -> sympy.Expr:
        """The smallest of them."""
        return self.args[0]

    @property
    def end(self) -> sympy.Expr:
        """The largest of them; oo where there is none."""
        return self.args[1]

    def _contains(self, other: sympy.Expr) -> sympy.Basic:
        whole = sympy.Eq(sympy.floor(other), other)
        return sympy.And(whole, other >= self.start, other <= self.end)


def _reduced(function: Callable) -> Callable:
    return lambda values, axis=0: functools.reduce(function, values)


_NUMPY = {
    "amax": _reduced(np.maximum),
    "amin": _reduced(np.minimum),
    "logical_and": SimpleNamespace(reduce=_reduced(np.logical_and)),
    "logical_or": SimpleNamespace(reduce=_reduced(np.logical_or)),
}
"""What SymPy prints with a reduction, which does not broadcast."""


@functools.lru_cache(maxsize=4096)
def _compiled(expression: sympy.Expr, symbols: tuple, exact: bool) -> Callable:
    if expression is not sympy.nan and expression.has(sympy.zoo, sympy.nan):
        raise ConvlabError(f"the formula {expression} divides by zero")
    if exact:
        names = {n: getattr(precise.mp, n) for n in dir(precise.mp) if not n.startswith("_")}
        names |= {"Max": max, "Min": min, "ceiling": precise.mp.ceil}
        return sympy.lambdify(symbols, expression, [names, "mpmath"], docstring_limit=0)
    return sympy.lambdify(symbols, expression, [_NUMPY, "scipy", "numpy"], docstring_limit=0)


@functools.lru_cache(maxsize=4096)
def _symbols(expression: sympy.Expr) -> tuple[sympy.Symbol, ...]:
    return tuple(sorted(expression.free_symbols, key=str))


_OPERATORS: dict[type, Callable] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.BitXor: operator.pow,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
_FUNCTIONS = {
    name: getattr(sympy, name)
    for name in ("Abs", "Max", "Min", "Rational", "ceiling", "exp", "floor", "log", "sqrt")
}
LARGEST = 1000
"""The largest exponent that a formula may name."""


def parsed(text: str, letters: Mapping[str, sympy.Symbol], where: str = "") -> sympy.Expr:
    """A formula from outside: numbers, letters, ``+ - * / ^ **``, some functions; nothing is run.

    Raises ConvlabError where there is anything else; ``where`` begins its sentence.

    >>> from convlab.symbols import L
    >>> parsed("1/(2*L)", {"L": L})
    1/(2*L)
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise ConvlabError(f"{where or text} is not a formula") from error
    return sympy.sympify(_built(tree, letters, where or text))


def _built(node: ast.AST, letters: Mapping[str, sympy.Symbol], where: str) -> Any:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return sympy.sympify(value)
        case ast.Name(id=name) if name in letters:
            return letters[name]
        case ast.Name(id=("oo" | "pi") as name):
            return getattr(sympy, name)
        case ast.UnaryOp(op=op, operand=inside) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_built(inside, letters, where))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            base, other = (_built(side, letters, where) for side in (left, right))
            power = _OPERATORS[type(op)] is operator.pow
            if power and other.is_number and not abs(other) <= LARGEST:
                raise ConvlabError(f"{where} has an exponent beyond {LARGEST}")
            return _OPERATORS[type(op)](base, other)
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_built(argument, letters, where) for argument in given))
        case ast.Name(id=name):
            known = ", ".join(sorted(letters))
            raise ConvlabError(f"{where} has the unknown symbol {name}; known here: {known}")
    what, known = ast.unparse(node), ", ".join(_FUNCTIONS)
    raise ConvlabError(
        f"{where} is not a formula: '{what}' is no number, no letter and none of {known}"
    )


def require_known(expression: sympy.Expr, known: Any, where: str) -> None:
    """Raise ConvlabError where the expression has a symbol that is not among the known ones."""
    unknown = sorted(str(s) for s in expression.free_symbols - set(known))
    if unknown:
        names = ", ".join(sorted(map(str, known)))
        raise ConvlabError(
            f"{where} has the unknown symbol{'s' if len(unknown) > 1 else ''} "
            f"{', '.join(unknown)}; known here: {names}"
        )


def evaluate(expression: Any, values: Mapping[sympy.Symbol, Any], *, exact: bool = False) -> Any:
    """The expression with values for its symbols: numbers, or NumPy arrays that broadcast.

    With ``exact`` the values are mpmath numbers and so is the result; else a quotient by zero is
    infinite, or not a number. Raises ConvlabError on a symbol without value, and on a value that
    contradicts the sign of its symbol.

    >>> x = sympy.Symbol("x")
    >>> float(evaluate(x**2 / 2, {x: 3.0})), float(evaluate(1 / x, {x: 0.0}))
    (4.5, inf)
    """
    expression = sympy.sympify(expression)
    symbols = _symbols(expression)
    if not all(s in values for s in symbols):
        require_known(expression, values, f"the formula {expression}")
    for symbol in symbols:
        require_sign(symbol, values[symbol])
    function = _compiled(expression, symbols, exact)
    given = [values[s] for s in symbols]
    with np.errstate(all="ignore"):
        try:
            return function(*given)
        except ZeroDivisionError:
            if exact:
                raise
            return function(*(np.float64(v) if isinstance(v, float) else v for v in given))


def holds(condition: Any, values: Mapping[sympy.Symbol, Any], ks: np.ndarray) -> np.ndarray:
    """(K,): at which of the iterations ``ks`` a condition holds; ``values`` has the other symbols.

    >>> k = sympy.Symbol("k", nonnegative=True)
    >>> holds(k > 2, {k: np.arange(5)}, np.arange(5)).tolist()
    [False, False, False, True, True]
    """
    truth = evaluate(sympy.Piecewise((1, condition), (0, True)), values)
    return np.broadcast_to(np.asarray(truth, dtype=float) > 0.5, ks.shape)
