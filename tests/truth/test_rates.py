"""Exponents and linear rates, on curves whose speed is known."""

import numpy as np
import pytest
from sympy import Eq, Mod, Ne, Rational

from convlab.algorithms.gradient import gradient_descent
from convlab.claims import exponent, linear_rate
from convlab.metrics import distance, gap
from convlab.symbols import k
from convlab.vocabulary import log, where
from truth.statements import (
    HOLDS,
    INAPPLICABLE,
    INCONCLUSIVE,
    INTERVAL,
    LATE,
    REFUTED,
    Statement,
    check,
    count,
    curve,
    frozen,
    half,
    judge,
    mark,
    parabola,
    power,
    scale,
    table,
)


def slope(name, claim, verdict, **fields):
    fields = {"basis": INTERVAL, "iterations": 1000} | fields
    return Statement(name=name, claim=claim, verdict=verdict, **fields)


root = curve(lambda k, u: (k + 1) ** -0.5)
"""Exponent -1/2."""


def loud(k, u):
    """1/k at every tenth iteration, and 1 in between."""
    return where(k % 10 == 0, 1 / (k + 1), 0 * k + 1.0)


@table(
    slope("exponent", exponent(root, -Rational(1, 2)), HOLDS),
    slope("slower than it is", exponent(root, -Rational(1, 3)), HOLDS),
    slope("faster by a quarter", exponent(root, -Rational(3, 4)), REFUTED),
    slope("faster by a tenth", exponent(root, -Rational(6, 10)), REFUTED),
    slope(
        "a logarithm is allowed",
        exponent(curve(lambda k, u: (k + 1) ** -1.0 * log(k + 2)), -1),
        HOLDS,
    ),
    slope("a power is not", exponent(curve(lambda k, u: (k + 1) ** -0.75), -1), REFUTED),
    slope("a constant", exponent(curve(lambda k, u: 0 * k + 1.0), -Rational(1, 2)), REFUTED),
    slope("it grows", exponent(curve(lambda k, u: (k + 1) ** 0.5), -Rational(1, 2)), REFUTED),
    slope("epoch ends", exponent(curve(loud), -1, when=Eq(Mod(k, 10), 0)), HOLDS),
    slope("in between", exponent(curve(loud), -1, when=Ne(Mod(k, 10), 0)), REFUTED),
    slope("too short", exponent(root, -1), INCONCLUSIVE, iterations=3),
    slope("at no iteration", exponent(root, -1, when=k > 2000), INCONCLUSIVE),
    slope("quartic", exponent(gap, -2), HOLDS, method=half, on=power(4)),
    slope("quartic, faster", exponent(gap, -Rational(5, 2)), REFUTED, method=half, on=power(4)),
    slope(
        "it arrives at once",
        exponent(distance, -1),
        INAPPLICABLE,
        method=gradient_descent(eta=1),
        on=parabola,
    ),
)
def test_an_exponent(statement):
    found = check(statement)
    if statement.verdict is REFUTED:
        low, estimate, high = found.exponent
        assert found.witness.right < low <= estimate <= high
        assert found.witness.left == low


@table(
    slope("rate", linear_rate(distance, Rational(1, 2)), HOLDS, method=half, on=parabola),
    slope("slower", linear_rate(distance, Rational(3, 4)), HOLDS, method=half, on=parabola),
    slope("faster", linear_rate(distance, Rational(45, 100)), REFUTED, method=half, on=parabola),
    slope("it rests", linear_rate(distance, Rational(1, 2)), REFUTED, method=frozen(), on=parabola),
    slope("sublinear", linear_rate(root, Rational(9, 10)), REFUTED),
    slope(
        "a growing factor",
        linear_rate(curve(lambda k, u: (1 + 0.9 * k) * 0.9**k), Rational(9, 10)),
        HOLDS,
        iterations=300,
    ),
    slope(
        "with another rate",
        linear_rate(curve(lambda k, u: (1 + 0.9 * k) * 0.95**k), Rational(9, 10)),
        REFUTED,
        iterations=300,
    ),
)
def test_a_linear_rate(statement):
    check(statement)


@pytest.mark.parametrize("kappa", [10, 100, 1000])
def test_polyaks_rate_is_not_refuted_by_a_factor_that_grows_with_k(kappa):
    """(1 + c k) q^k is O(q^k) up to a factor that grows more slowly."""
    q = float((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1))
    for c in (0.1, 0.5, 0.9):
        found = judge(linear_rate(curve(lambda k, u, c=c: (1 + c * k) * q**k), q), iterations=1000)
        assert found.verdict is not REFUTED, found.sentence
    faster = judge(linear_rate(curve(lambda k, u: q**k), q**1.5), iterations=1000)
    assert (faster.verdict, faster.bases) == (REFUTED, (INTERVAL,))


def unfinished(k, u):
    return where(k >= 900, np.nan + 0 * k, (k + 1) ** -0.5)


def one_unfinished(k, u):
    return where((k >= 900) & (u == mark(2)), np.nan + 0 * k, (k + 1) ** -0.5)


@table(
    slope("exponent", exponent(curve(unfinished), -2), INCONCLUSIVE, words="not a number"),
    slope(
        "of one replicate", exponent(curve(one_unfinished), -2), INCONCLUSIVE, words="not a number"
    ),
    slope("linear rate", linear_rate(curve(unfinished), 0.5), INCONCLUSIVE, words="not a number"),
    slope(
        "one entry",
        exponent(curve(lambda k, u: where(k == 500, np.nan + 0 * k, 1 / (k + 1))), -1),
        INCONCLUSIVE,
    ),
    slope(
        "exponent, the clock",
        exponent(root, -2),
        INCONCLUSIVE,
        options={"profile": LATE},
        words="timed out",
    ),
    slope(
        "rate, the clock",
        linear_rate(root, 0.5),
        INCONCLUSIVE,
        options={"profile": LATE},
        words="timed out",
    ),
    slope(
        "a rate that is true, the clock",
        linear_rate(distance, 0.5),
        INCONCLUSIVE,
        method=half,
        on=parabola,
        options={"profile": LATE},
    ),
    slope(
        "it diverges",
        exponent(distance, -1),
        REFUTED,
        method=scale(q=10**10),
        on=parabola,
        words="diverged",
        left=np.inf,
        k=11,
    ),
    slope(
        "a rate that diverges",
        linear_rate(distance, 0.5),
        REFUTED,
        method=scale(q=10**10),
        on=parabola,
        k=11,
    ),
)
def test_a_run_that_does_not_finish(statement):
    check(statement)


def test_the_work_takes_the_place_of_the_iterations():
    """1/(k + 1) against (k + 1)^2 has the exponent -1/2."""
    work = curve(lambda k, u: (k + 1) ** 2.0, "work")
    decay = curve(lambda k, u: 1 / (k + 1), "decay")
    for claimed, verdict in ((-Rational(1, 2), HOLDS), (-1, REFUTED)):
        found = judge(exponent(decay, claimed, against=work), count(), iterations=1000)
        assert found.verdict is verdict
        assert found.bases == (INTERVAL,)
