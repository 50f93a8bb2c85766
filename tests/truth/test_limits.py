"""Limits: within an envelope, settled elsewhere, or not yet there."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from sympy import Eq, Float, Mod, Ne, Piecewise, Rational

from convlab.algorithm import Point, algorithm
from convlab.claims import limit
from convlab.metrics import E, distance, distance_squared, metric
from convlab.problem import Problem
from convlab.symbols import D, k
from convlab.vocabulary import log
from truth.statements import (
    EXACT,
    HOLDS,
    INCONCLUSIVE,
    LATE,
    MOMENTS,
    REFUTED,
    Statement,
    changed,
    check,
    curve,
    entry,
    exponential,
    frozen,
    half,
    judge,
    line,
    noise,
    parabola,
    point,
    power,
    scale,
    spoiled,
    table,
    walk,
)


def tends(name, claim, verdict, **fields):
    return Statement(name=name, claim=claim, verdict=verdict, **fields)


def near(k):
    """Within 2^-k of 1."""
    return 1 + 2.0**-k


exact = curve(lambda k, u: near(k))
envelope = 1 / 2**k


@table(
    tends("equality", limit(exact, 1, envelope=envelope), HOLDS),
    tends("from below", limit(curve(lambda k, u: 2 - near(k)), 1, envelope=envelope), HOLDS),
    tends("half of it", limit(exact, 1, envelope=envelope / 2), REFUTED, k=0, left=1, right=0.5),
    tends("another limit", limit(exact, Rational(11, 10), envelope=envelope), REFUTED, k=5),
    tends("at 9 only", limit(spoiled(9, 0.01, rest=near), 1, envelope=envelope), REFUTED, k=9),
    tends("below it at 9", limit(spoiled(9, -0.01, rest=near), 1, envelope=envelope), REFUTED, k=9),
    tends(
        "in replicate 2 only",
        limit(spoiled(9, 0.01, 2, rest=near), 1, envelope=envelope),
        REFUTED,
        k=9,
        replicate=2,
    ),
    tends("1e-8", limit(spoiled(9, 1e-8), 1, envelope=0), REFUTED, k=9, left=1e-8),
    tends("half the slack", limit(spoiled(9, 5e-10), 1, envelope=0), HOLDS),
    tends(
        "not there", limit(spoiled(9, 0.01, rest=near), 1, envelope=envelope, when=Ne(k, 9)), HOLDS
    ),
    tends("there", limit(spoiled(9, 0.01), 1, envelope=0, when=Eq(k, 9)), REFUTED, k=9),
    tends("rounding", limit(curve(lambda k, u: 1 + noise(k, 1.0)), 1, envelope=0), INCONCLUSIVE),
    tends("no number", limit(changed(9, np.nan), 1, envelope=1), INCONCLUSIVE),
    tends(
        "an envelope at 9",
        limit(exact, 1, envelope=Piecewise((0, Eq(k, 9)), (1, True))),
        REFUTED,
        k=9,
    ),
    tends(
        "the clock",
        limit(exact, 1, envelope=envelope),
        INCONCLUSIVE,
        iterations=1000,
        options={"profile": LATE},
    ),
)
def test_an_envelope(statement):
    check(statement)


@algorithm
def turn(s, oracle):
    """The three entries change places: a cycle of period 3."""
    return Point(s.x[..., np.array([1, 2, 0])])


def cycle(*points: float) -> Problem:
    """The first entries of the state go around these points."""
    return Problem(point.oracle, [], np.array(points), name="cycle")


@metric("first", "X")
def first(s, oracle):
    return s.x[..., :1]


slow = curve(lambda k, u: 1 / (k + 1))
logarithm = curve(lambda k, u: 1 + 1 / log(k + 2))


@table(
    tends(
        "arrived", limit(distance, 0, within=1e-6), HOLDS, method=half, on=parabola, iterations=60
    ),
    tends("rests there", limit(distance, 1, within=1e-6), HOLDS, method=frozen(), on=parabola),
    tends(
        "rests elsewhere",
        limit(distance, 2, within=1e-2),
        REFUTED,
        method=frozen(),
        on=parabola,
        k=0,
        left=1,
        right=0.01,
    ),
    tends(
        "rests close by",
        limit(distance, Float("1.011"), within=1e-2),
        REFUTED,
        method=frozen(),
        on=parabola,
    ),
    tends(
        "rests within",
        limit(distance, Float("1.009"), within=1e-2),
        HOLDS,
        method=frozen(),
        on=parabola,
    ),
    tends(
        "within, relative",
        limit(distance, D * Float("1.009"), within=1e-2, absolute=False),
        HOLDS,
        method=frozen(),
        on=line,
    ),
    tends(
        "elsewhere, relative",
        limit(distance, D * Float("1.02"), within=1e-2, absolute=False),
        REFUTED,
        method=frozen(),
        on=line,
    ),
    tends(
        "not arrived",
        limit(distance, 0, within=1e-6),
        INCONCLUSIVE,
        method=half,
        on=parabola,
        iterations=10,
        words="still moves",
    ),
    tends("1/k", limit(slow, 0, within=1e-6), INCONCLUSIVE, iterations=1000, words="still moves"),
    tends("1/k, arrived", limit(slow, 0, within=1e-2), HOLDS, iterations=1000),
    tends("1/k, elsewhere", limit(slow, 1, within=1e-2), INCONCLUSIVE, iterations=1000),
    tends("1 + 1/log k", limit(logarithm, 1, within=1e-2), INCONCLUSIVE, iterations=1000),
    tends(
        "1 + 1/log k, elsewhere", limit(logarithm, 2, within=1e-2), INCONCLUSIVE, iterations=1000
    ),
    tends(
        "a cycle of three",
        limit(first, 1, within=0.1),
        REFUTED,
        method=turn(),
        on=cycle(1, 2, 3),
        iterations=30,
    ),
    tends(
        "a cycle about it",
        limit(first, 1, within=0.1),
        HOLDS,
        method=turn(),
        on=cycle(1.0, 1.05, 0.95),
        iterations=30,
    ),
    tends(
        "a cycle seen at its ends",
        limit(first, 1, within=0.1, when=Eq(Mod(k, 3), 0)),
        HOLDS,
        method=turn(),
        on=cycle(1, 2, 3),
        iterations=30,
    ),
    tends(
        "a cycle seen elsewhere",
        limit(first, 1, within=0.1, when=Eq(Mod(k, 3), 1)),
        REFUTED,
        method=turn(),
        on=cycle(1, 2, 3),
        iterations=31,
    ),
    tends(
        "diverges",
        limit(distance, 1, within=0.1),
        REFUTED,
        method=scale(q=10**10),
        on=parabola,
        left=np.inf,
    ),
    tends(
        "no number", limit(changed(19, np.nan), 1, within=0.1), INCONCLUSIVE, words="not a number"
    ),
    tends(
        "no number, in one replicate", limit(changed(20, np.nan, 1), 1, within=0.1), INCONCLUSIVE
    ),
    tends("no number, and 0 is claimed", limit(changed(20, np.nan), 1, within=2.0), INCONCLUSIVE),
    tends(
        "the clock",
        limit(distance, 2, within=0.1),
        INCONCLUSIVE,
        method=frozen(),
        on=parabola,
        iterations=1000,
        options={"profile": LATE},
    ),
)
def test_where_a_run_ends(statement):
    check(statement)


def test_a_step_that_is_small_is_no_rest():
    """x_(k+1) = (1 - 1e-13) x_k tends to 0, and has not arrived."""
    creeping = scale(q=1 - Float("1e-13"))
    found = judge(limit(distance, 0, within=1e-6), creeping, parabola, iterations=1000)
    assert found.verdict is INCONCLUSIVE, found.sentence


def test_a_state_that_moves_beside_a_large_number_is_no_rest():
    """1/k beside the number 1e13, which would hide it if sizes were compared across the state."""

    class Beside(NamedTuple):
        x: Any
        large: Any

    @algorithm(init=lambda x0: Beside(x0, 0 * x0 + 1e13))
    def harmonic(s, oracle):
        return Beside(s.x / (1 + s.x), s.large)

    found = judge(limit(distance, 0, within=1e-3), harmonic(), parabola, iterations=200)
    assert found.verdict is INCONCLUSIVE, found.sentence


def test_a_step_below_rounding_is_no_rest():
    """f = x^30/30 from 1/4: x - x^29/2 tends to 0, though no double shows that it moves."""
    found = judge(limit(distance, 0, within=1e-3), half, power(30, start=0.25), iterations=60)
    assert found.verdict is INCONCLUSIVE, found.sentence


@algorithm
def towards_one(s, oracle, *, q):
    """x - 1 falls by the factor q."""
    return Point(1 + (s.x - 1) * q)


@algorithm
def rounded(s, oracle):
    """Rests, but for rounding, in doubles as in 50 digits."""
    return Point(s.x / 49 * 49)


@pytest.mark.parametrize(
    ("method", "start", "length"),
    [
        (towards_one(q=Rational(1, 2)), 3.0, 300),
        (towards_one(q=Rational(9, 10)), 3.0, 1000),
        (towards_one(q=Rational(99, 100)), 3.0, 6000),
        (towards_one(q=-Rational(9, 10)), 3.0, 1000),
        (rounded(), 1.0, 60),
    ],
    ids=str,
)
def test_what_has_come_to_rest_elsewhere_is_refuted(method, start, length):
    """The distance from 0 tends to 1, and 2 is claimed."""
    on = power(2, start=start)
    found = judge(limit(distance, 2, within=0.1), method, on, iterations=length)
    assert (found.verdict, found.bases) == (REFUTED, (EXACT,)), found.sentence
    assert found.witness.left == pytest.approx(1, abs=1e-9)
    assert judge(limit(distance, 1, within=0.1), method, on, iterations=length).verdict is HOLDS


# Expectations -----------------------------------------------------------------------------------

noisy = walk(eta=Rational(1, 2))
"""E x_k^2 tends to 1/75."""


@table(
    tends("arrived", limit(E(distance_squared), Rational(1, 75), within=1e-6), HOLDS),
    tends(
        "elsewhere",
        limit(E(distance_squared), Rational(1, 74), within=1e-5),
        REFUTED,
        left=1 / 74 - 1 / 75,
    ),
    tends(
        "elsewhere, relative",
        limit(E(distance_squared), Rational(1, 74), within=1e-3, absolute=False),
        REFUTED,
    ),
    tends(
        "near, relative",
        limit(E(distance_squared), Rational(1, 74), within=2e-2, absolute=False),
        HOLDS,
    ),
    tends(
        "not arrived",
        limit(E(distance_squared), Rational(1, 75), within=1e-6),
        INCONCLUSIVE,
        iterations=6,
    ),
    tends(
        "an envelope",
        limit(E(distance_squared), Rational(1, 75), envelope=Rational(74, 75) / 4**k),
        HOLDS,
    ),
    tends(
        "a smaller one",
        limit(E(distance_squared), Rational(1, 75), envelope=Rational(73, 75) / 4**k),
        REFUTED,
        k=0,
    ),
)
def test_the_limit_of_exact_moments(statement):
    fields = {"method": noisy, "on": parabola, "basis": MOMENTS}
    length = 100 if statement.iterations == 20 else statement.iterations
    check(Statement(**vars(statement) | fields | {"iterations": length}))


def test_the_limit_of_a_sampled_mean_is_open():
    found = judge(limit(E(entry), 1, within=0.1), exponential(), power(3))
    assert (found.verdict, found.bases) == (INCONCLUSIVE, ())
    assert "the moments do not close" in found.sentence


@pytest.mark.parametrize("options", [{}, {"within": 0.1, "envelope": 1}])
def test_a_limit_takes_one_of_the_two(options):
    with pytest.raises(ValueError, match="either within="):
        limit(distance, 0, **options)


@pytest.mark.parametrize("key", range(100, 200))
def test_equality_is_never_refuted(key):
    """The bowl with curvatures 1 and 1/2: |x_k| = 2^-k after the first step of length 1."""
    found = judge(limit(distance, 0, envelope=D / 2**k), half, line, key=key, iterations=30)
    assert (found.verdict, found.bases) == (HOLDS, (EXACT,))
    assert found.worst_ratio == pytest.approx(1)
