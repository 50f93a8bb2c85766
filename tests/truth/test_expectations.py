"""Bounds on expectations, from exact moments and by betting on samples."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from sympy import Eq, Float, Piecewise, Rational

from convlab.algorithm import Point, algorithm
from convlab.claims import lower_bound, potential, upper_bound
from convlab.metrics import E, distance_squared, metric
from convlab.streams import bernoulli, normal, two_point
from convlab.symbols import D, k
from convlab.vocabulary import where
from truth.statements import (
    E_VALUE,
    EXACT,
    HOLDS,
    INCONCLUSIVE,
    MOMENTS,
    REFUTED,
    TINY,
    Statement,
    check,
    entry,
    exponential,
    judge,
    line,
    parabola,
    power,
    table,
    walk,
)

half_walk = walk(eta=Rational(1, 2))
variance = D**2 / 4**k + Rational(1, 75) * (1 - Rational(1, 4) ** k)
"""E x_k^2 where x_(k+1) = x_k/2 + z/10."""


def at_nine(factor):
    return Piecewise((factor * variance, Eq(k, 9)), (variance, True))


def moments(name, claim, verdict, **fields):
    fields = {"method": half_walk, "on": parabola, "basis": MOMENTS} | fields
    return Statement(name=name, claim=claim, verdict=verdict, **fields)


@table(
    moments("equality", upper_bound(E(distance_squared), variance), HOLDS),
    moments(
        "equality from several starts", upper_bound(E(distance_squared), variance), HOLDS, on=line
    ),
    moments("from below", lower_bound(E(distance_squared), variance), HOLDS),
    moments(
        "one in a thousand", upper_bound(E(distance_squared), Float("0.999") * variance), REFUTED
    ),
    moments("at 9 only", upper_bound(E(distance_squared), at_nine(Float("0.99"))), REFUTED, k=9),
    moments(
        "1e-8 at 9", upper_bound(E(distance_squared), at_nine(1 - Float("1e-8"))), REFUTED, k=9
    ),
    moments("half the slack", upper_bound(E(distance_squared), at_nine(1 - Float("5e-10"))), HOLDS),
    moments(
        "1e-8 above, from below",
        lower_bound(E(distance_squared), at_nine(1 + Float("1e-8"))),
        REFUTED,
        k=9,
    ),
    moments(
        "half the slack, from below",
        lower_bound(E(distance_squared), at_nine(1 + Float("5e-10"))),
        HOLDS,
    ),
    moments(
        "where it counts", upper_bound(E(distance_squared), at_nine(0.5), when=Eq(k, 8)), HOLDS
    ),
    moments(
        "more noise",
        upper_bound(E(distance_squared), variance),
        REFUTED,
        method=walk(eta=Rational(1, 2), noise=Float("0.101")),
        k=1,
    ),
    moments(
        "grows as stated",
        upper_bound(E(distance_squared), 4**k * D**2 + (4**k - 1) / Rational(300)),
        HOLDS,
        method=walk(eta=3),
        iterations=100,
    ),
)
def test_a_bound_on_exact_moments(statement):
    check(statement)


class Two(NamedTuple):
    x: np.ndarray
    other: np.ndarray


def test_moments_that_overflow_elsewhere_leave_the_claim_open():
    """x_k = 2^-k beside a number that overflows."""

    @algorithm(init=lambda x0: Two(x0, x0))
    def beside(s, oracle, rng):
        return Two(s.x / 2 + 0.0 * normal(rng, 1), s.other * 1e10)

    found = judge(upper_bound(E(distance_squared), D**2), beside(), parabola, iterations=40)
    assert found.verdict is INCONCLUSIVE, found.sentence


# Samples ----------------------------------------------------------------------------------------


def sampled(name, claim, verdict, **fields):
    fields = {"method": exponential(), "on": power(3), "basis": E_VALUE} | fields
    return Statement(name=name, claim=claim, verdict=verdict, **fields)


@table(
    sampled("equality", upper_bound(E(entry), 1), HOLDS, words="e-value"),
    sampled("equality at 9", upper_bound(E(entry), 1, when=Eq(k, 9)), HOLDS),
    sampled("exceeded by a half", upper_bound(E(entry), Rational(2, 3)), REFUTED, basis=EXACT, k=0),
    sampled(
        "exceeded by a half after the start",
        upper_bound(E(entry), Rational(2, 3), when=k >= 1),
        REFUTED,
    ),
    sampled(
        "at 9 only",
        upper_bound(E(entry), Piecewise((Rational(2, 3), Eq(k, 9)), (1, True))),
        REFUTED,
        k=9,
    ),
    sampled(
        "at 13 of the grid only",
        upper_bound(E(entry), Rational(2, 3), when=Eq(k, 13)),
        REFUTED,
        k=13,
    ),
    sampled(
        "at 613 of 1,000",
        upper_bound(E(entry), Rational(2, 3), when=Eq(k, 613)),
        REFUTED,
        k=613,
        iterations=1000,
    ),
    sampled("not at 613", upper_bound(E(entry), 1, when=Eq(k, 613)), HOLDS, iterations=1000),
    sampled(
        "from below",
        lower_bound(E(entry), Rational(1, 2)),
        INCONCLUSIVE,
        basis=None,
        words="no sample bounds a mean from below",
    ),
    sampled("from below, false", lower_bound(E(entry), 2), INCONCLUSIVE, basis=None),
)
def test_a_bound_on_a_sampled_mean(statement):
    found = check(statement)
    if statement.verdict is REFUTED and found.witness.basis is E_VALUE:
        assert found.witness.replicate is None
        assert found.witness.left > 1.2
        assert found.log_e_value >= np.log(1e6)
        assert found.worst_ratio == found.witness.left


def test_a_bound_that_is_loose_by_three_says_so():
    """The start attains it by definition, and says nothing of its tightness."""
    found = judge(upper_bound(E(entry), 3), exponential(), power(3, start=3.0))
    assert found.verdict is HOLDS
    assert 0.3 < found.worst_ratio < 0.45
    assert 0.15 < found.resolution < 1 / 3
    tight = judge(upper_bound(E(entry), 1), exponential(), power(3, start=1.0))
    assert 0.6 < tight.resolution <= 1


def test_a_bound_that_is_false_at_the_start_alone():
    found = judge(upper_bound(E(entry), 2), exponential(), power(3, start=3.0))
    assert (found.verdict, found.bases) == (REFUTED, (EXACT,))
    assert (found.witness.k, found.witness.left, found.witness.right) == (0, 3, 2)
    assert found.worst_ratio == 1.5


def test_a_bound_that_speaks_of_the_start_alone():
    found = judge(upper_bound(E(entry), 3, when=Eq(k, 0)), exponential(), power(3, start=3.0))
    assert (found.verdict, found.bases, found.worst_ratio) == (HOLDS, (EXACT,), None)


@algorithm(init=lambda x0, rng: Point(x0 * abs(normal(rng, 1)) ** 0.5))
def random_start(s, oracle, rng):
    return Point(abs(normal(rng, 1)) ** 0.5)


def test_a_random_start_is_sampled_too():
    """E |z| = sqrt(2/pi) = 0.798, also at the start."""
    true = judge(upper_bound(E(square_of), 0.7979), random_start(), power(3))
    assert (true.verdict, true.bases) == (HOLDS, (E_VALUE,))
    false = judge(upper_bound(E(square_of), 0.5, when=Eq(k, 0)), random_start(), power(3))
    assert (false.verdict, false.bases, false.witness.k) == (REFUTED, (E_VALUE,), 0)


@metric("square of the root", "X^2")
def square_of(s, oracle):
    return s.x**2


@algorithm
def sometimes(s, oracle, rng, *, value):
    """With probability 1/8 in each iteration another value, from then on; else 1/2."""
    lost = bernoulli(rng, 0.125)
    return Point(where(lost > 0.5, 0 * s.x + value, s.x / abs(s.x) / 2))


@table(
    sampled(
        "infinite in some runs",
        upper_bound(E(entry), 10**9),
        REFUTED,
        method=sometimes(value=1e200),
    ),
    sampled("finite", upper_bound(E(entry), 1), HOLDS, method=sometimes(value=1)),
)
def test_replicates_that_diverge_count_as_infinite(statement):
    check(statement)


def test_replicates_that_are_no_numbers_leave_it_open():
    @algorithm
    def lost(s, oracle, rng):
        fate = bernoulli(rng, 0.01)
        return Point(where(fate > 0.5, np.nan + 0 * s.x, 1.0 + 0 * s.x) * abs(normal(rng, 1)))

    for bound in (10, 0.1):
        found = judge(upper_bound(E(entry), bound, when=k >= 1), lost(), power(3))
        assert found.verdict is INCONCLUSIVE
        assert found.witness is None
        assert "not a number" in found.sentence


@algorithm
def rare(s, oracle, rng):
    """Large with probability 1/100, by a way that no moment sees."""
    return Point(abs(two_point(rng, 1, 0.01)))


def test_heavy_tails_cost_power_and_never_truth():
    """|two_point| is 9.95 with probability 1/100, else 0.1: its mean is 0.199."""
    mean = 2 * (0.01 * 0.99) ** 0.5
    true = judge(upper_bound(E(entry), 1.00001 * mean, when=k >= 1), rare(), power(3))
    assert (true.verdict, true.bases) == (HOLDS, (E_VALUE,))
    false = judge(upper_bound(E(entry), mean / 3, when=k >= 1), rare(), power(3))
    assert (false.verdict, false.bases) == (REFUTED, (E_VALUE,))


def test_a_potential_in_expectation():
    """V_(k+1) is exponential with mean 1, V_0 = 1: the ratio exceeds 1 at later steps."""

    def energy(s, oracle):
        return abs(s.x)

    growing = potential("V", "V", energy, factor=10**8, expected=True)
    assert judge(growing, exponential(), power(3)).verdict is HOLDS
    falling = judge(potential("V", "V", energy, expected=True), exponential(), power(3))
    assert (falling.verdict, falling.witness.basis) == (REFUTED, E_VALUE)


def test_a_potential_with_noise():
    """E V_1 / V_0 = 1/4 + 1/100 from the distance 1."""

    def energy(s, oracle):
        return s.x**2

    for factor, verdict in ((10**6, HOLDS), (Rational(1, 4), REFUTED)):
        claim = potential("V", "V", energy, factor=factor, expected=True)
        assert judge(claim, half_walk, parabola, iterations=30).verdict is verdict


# A hundred keys ---------------------------------------------------------------------------------

FEW = replace(TINY, replicates=(64, 256))


@pytest.mark.parametrize("key", range(100, 200))
def test_equality_is_never_refuted(key):
    found = judge(
        upper_bound(E(entry), 1), exponential(), power(3), key=key, profile=FEW, iterations=3
    )
    assert (found.verdict, found.bases) == (HOLDS, (E_VALUE,))
    exact = judge(upper_bound(E(distance_squared), variance), half_walk, line, key=key)
    assert (exact.verdict, exact.bases) == (HOLDS, (MOMENTS,))
    assert exact.worst_ratio == pytest.approx(1, abs=1e-12)


def test_a_hundred_keys_are_calibrated():
    """The chance of an e-value of 20 is at most 1/20 under a claim that is true with equality."""
    found = [
        judge(upper_bound(E(entry), 1), exponential(), power(3), key=key, profile=FEW, iterations=2)
        for key in range(100, 200)
    ]
    large = sum(f.log_e_value > np.log(20) for f in found)
    assert large <= 5
    assert len({f.log_e_value for f in found}) == 100
