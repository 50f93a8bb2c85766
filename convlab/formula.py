"""Formulas: SymPy expressions, evaluated in doubles or in 50 digits. Nothing is typed twice."""

import functools
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import sympy

from convlab import precise
from convlab.errors import ConvlabError
from convlab.symbols import require_sign

__all__ = ["Integers", "evaluate", "holds", "require_known"]


class Integers(sympy.Set):
    """The whole numbers from ``start`` to ``end``, both included, which may be formulas.

    >>> 3 in Integers(1, 4), 5 in Integers(1, 4)
    (True, False)
    """

    def __new__(cls, start: Any, end: Any = sympy.oo) -> "Integers":
        return sympy.Basic.__new__(cls, sympy.sympify(start), sympy.sympify(end))

    start = property(lambda self: self.args[0])
    end = property(lambda self: self.args[1])

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
    if expression.has(sympy.zoo, sympy.nan):
        raise ConvlabError(f"a formula divides by zero: {expression}")
    if exact:
        names = {n: getattr(precise.mp, n) for n in dir(precise.mp) if not n.startswith("_")}
        names |= {"Max": max, "Min": min, "ceiling": precise.mp.ceil}
        return sympy.lambdify(symbols, expression, [names, "mpmath"], docstring_limit=0)
    return sympy.lambdify(symbols, expression, [_NUMPY, "scipy", "numpy"], docstring_limit=0)


@functools.lru_cache(maxsize=4096)
def _symbols(expression: sympy.Expr) -> tuple[sympy.Symbol, ...]:
    return tuple(sorted(expression.free_symbols, key=str))


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

    With ``exact`` the values are mpmath numbers and so is the result. Raises ConvlabError on a
    symbol without value, and on a value that contradicts the sign of its symbol.

    >>> x = sympy.Symbol("x")
    >>> float(evaluate(x**2 / 2, {x: 3.0}))
    4.5
    """
    expression = sympy.sympify(expression)
    symbols = _symbols(expression)
    if not all(s in values for s in symbols):
        require_known(expression, values, f"the formula {expression}")
    for symbol in symbols:
        require_sign(symbol, values[symbol])
    function = _compiled(expression, symbols, exact)
    with np.errstate(all="ignore"):
        return function(*(values[s] for s in symbols))


def holds(condition: Any, values: Mapping[sympy.Symbol, Any], ks: np.ndarray) -> np.ndarray:
    """(K,): at which of the iterations ``ks`` a condition holds; ``values`` has the other symbols.

    >>> k = sympy.Symbol("k", nonnegative=True)
    >>> holds(k > 2, {k: np.arange(5)}, np.arange(5)).tolist()
    [False, False, False, True, True]
    """
    truth = evaluate(sympy.Piecewise((1, condition), (0, True)), values)
    return np.broadcast_to(np.asarray(truth, dtype=float) > 0.5, ks.shape)
