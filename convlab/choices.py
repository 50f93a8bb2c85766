"""Choices: values of a theorem's free parameters at which it is tried."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from convlab.errors import ConvlabError
from convlab.formula import Integers
from convlab.statement import interval, number
from convlab.theorem import Theorem, _Fixed

__all__ = ["Choices", "choices"]

ROUNDING = 1e-12
"""Relative difference of the ends of a range that is none."""

Choices = dict[sympy.Symbol, sympy.Expr]
"""A formula in the constants for each free parameter."""


def choices(theorem: Theorem, constants: Mapping[sympy.Symbol, Any], count: int) -> list[Choices]:
    """Choices of the parameters, ``count`` of each, where these are the constants.

    All combinations of two values near the ends; and each parameter inside, the others at their
    first end. None where a range is empty for these constants: the theorem does not speak of them.
    Raises ConvlabError where a value that was asked for is outside its range.
    """
    numbers = {s: sympy.Float(v) for s, v in constants.items() if np.ndim(v) == 0}
    values = {s: _values(s, a, numbers, count) for s, a in theorem.parameters.items()}
    options: list[Choices] = [{}]
    for symbol, listed in values.items():
        options = [_with(o, symbol, v.xreplace(o)) for v in listed[:2] for o in options]
    for inner, listed in values.items():
        for value in listed[2:]:
            chosen: Choices = {}
            for symbol, others in values.items():
                put = value if symbol == inner else others[0]
                chosen = _with(chosen, symbol, put.xreplace(chosen))
            options.append(chosen)
    ranges = [a for a in theorem.parameters.values() if isinstance(a, sympy.Interval | Integers)]
    return [o for o in options if not any(_empty(a, o, numbers) for a in ranges)]


def _empty(allowed: Any, chosen: Choices, numbers: Mapping[sympy.Symbol, sympy.Float]) -> bool:
    """Whether an interval has no number in it, as where its ends are complex.

    Where that is not known, it has.
    """
    low, high = (sympy.sympify(e.xreplace(chosen).xreplace(numbers)) for e in allowed.args[:2])
    if not (low.is_number and high.is_number):
        return False
    if low.is_extended_real is False or high.is_extended_real is False:
        return True
    if isinstance(allowed, Integers):
        return math.ceil(low) > high
    width, rounding = float(high) - float(low), ROUNDING * abs(float(low))
    return width <= rounding if allowed.left_open or allowed.right_open else width < -rounding


def _with(options: Choices, symbol: sympy.Symbol, value: sympy.Expr) -> Choices:
    """One choice more, put into the earlier ones as well."""
    return {s: e.xreplace({symbol: value}) for s, e in options.items()} | {symbol: value}


def _values(
    symbol: sympy.Symbol, allowed: Any, numbers: Mapping[sympy.Symbol, sympy.Float], count: int
) -> list[sympy.Expr]:
    """Values of a parameter to try, formulas in the constants: near both ends, then inside.

    Raises ConvlabError where a value that was asked for is outside the set.
    """
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
    if isinstance(allowed, Integers):
        inside = [low + 1, low + 9] if high is sympy.oo else [(low + high) // 2, low + 1]
        ends = [low, low + 99] if high is sympy.oo else [low, high]
        return list(dict.fromkeys([*ends, *inside]))[:count]
    if high is sympy.oo and low.xreplace(numbers) == 0:
        return [sympy.Rational(*share) for share in ((20, 1), (1, 20), (11, 10), (200, 1))][:count]
    if high is sympy.oo:
        first = sympy.Rational(101, 100) if allowed.left_open else sympy.Integer(1)
        return [low * share for share in (first, 20, 2, 200)][:count]
    upper = sympy.Rational(99, 100) if allowed.right_open else sympy.Integer(1)
    lower = sympy.Rational(1, 20) if allowed.left_open else sympy.Integer(0)
    shares = (upper, lower, sympy.Rational(1, 3), sympy.Rational(2, 3))
    return [low + (high - low) * share for share in shares[:count]]
