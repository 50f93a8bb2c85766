"""Choices: values of a theorem's free parameters at which it is tried."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from convlab.errors import ConvlabError
from convlab.statement import interval, number
from convlab.theorem import Theorem, _Fixed

__all__ = ["Choices", "choices"]

Choices = dict[sympy.Symbol, sympy.Expr]
"""A formula in the constants for each free parameter."""


def choices(theorem: Theorem, constants: Mapping[sympy.Symbol, Any], count: int) -> list[Choices]:
    """All combinations of up to ``count`` values of each parameter, where these are the constants.

    Raises ConvlabError where a value that was asked for is outside its range.
    """
    options: list[Choices] = [{}]
    for symbol, allowed in theorem.parameters.items():
        values = _values(symbol, allowed, constants, count)
        options = [_with(o, symbol, v.xreplace(o)) for v in values for o in options]
    return options


def _with(options: Choices, symbol: sympy.Symbol, value: sympy.Expr) -> Choices:
    """One choice more, put into the earlier ones as well."""
    return {s: e.xreplace({symbol: value}) for s, e in options.items()} | {symbol: value}


def _values(
    symbol: sympy.Symbol, allowed: Any, constants: Mapping[sympy.Symbol, Any], count: int
) -> list[sympy.Expr]:
    """Values of a parameter to try, formulas in the constants: the ends first, then inside.

    Raises ConvlabError where a value that was asked for is outside the set.
    """
    numbers = {s: sympy.Float(v) for s, v in constants.items() if np.ndim(v) == 0}
    if isinstance(allowed, _Fixed):
        if allowed.allowed is not None:
            inside = allowed.allowed.subs(numbers).contains(allowed.value.subs(numbers))
            if inside is sympy.false:
                raise ConvlabError(
                    f"{symbol} = {allowed.value} = {number(allowed.value.subs(numbers))} is "
                    f"outside the range of the theorem, {interval(allowed.allowed)} = "
                    f"{interval(allowed.allowed.subs(numbers))}"
                )
        return [allowed.value]
    if isinstance(allowed, sympy.FiniteSet):
        return list(allowed)[:count]
    low, high = allowed.start, allowed.end
    if high is sympy.oo:
        base = low if low != 0 else sympy.Integer(1)
        first = 1 if low != 0 and not allowed.left_open else sympy.Rational(11, 10)
        return [base * f for f in (first, 20, 2, 200)][:count]
    shares = [sympy.Rational(99, 100) if allowed.right_open else sympy.Integer(1)]
    shares += [sympy.Rational(1, 3), sympy.Rational(1, 20), sympy.Rational(2, 3)]
    return [low + (high - low) * share for share in shares[:count]]
