"""Bounds on expectations, from exact moments and by betting on samples."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from sympy import Eq, Float, Piecewise, Rational

from convlab.algorithm import Point, algorithm
from convlab.claims import identity, limit, lower_bound, ordering, potential, upper_bound
from convlab.metrics import E, distance_squared, metric
from convlab.precise import mp
from convlab.problem import Problem
from convlab.streams import bernoulli, integers, normal, rademacher, student, two_point, uniform
from convlab.symbols import D, k
from convlab.vocabulary import sqnorm, where
from truth.statements import (
    E_VALUE,
    EXACT,
    HOLDS,
    INCONCLUSIVE,
    MOMENTS,
    REFUTED,
    TINY,
    Nothing,
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


# A second look in 50 digits ----------------------------------------------------------------------

FAR = 1e6


@algorithm
def far_walk(s, oracle, rng):
    """x_(k+1) - c = (x_k - c)/2 + z/10, with c = 10^6: the moments have 12 digits more."""
    return Point(FAR + (s.x - FAR) / 2 + normal(rng, 1) / 10)


@metric("offset squared", r"(X - 10^6)^2")
def offset_squared(s, oracle):
    return (s.x - FAR) ** 2


@metric("offset^4", r"(X - 10)^4")
def offset_fourth(s, oracle):
    return (s.x - 10) ** 4


far = Problem(Nothing(), [], np.array([FAR + 1]), name="far")
far_variance = variance.subs(D, 1)


@table(
    moments(
        "equality, lost in doubles",
        upper_bound(E(offset_squared), far_variance),
        INCONCLUSIVE,
        words="in doubles, but not in 50 digits",
    ),
    moments(
        "equality from below, lost in doubles",
        lower_bound(E(offset_squared), far_variance),
        INCONCLUSIVE,
        words="in doubles, but not in 50 digits",
    ),
    moments(
        "an identity, lost in doubles",
        identity(E(offset_squared), far_variance),
        INCONCLUSIVE,
        words="in doubles, but not in 50 digits",
    ),
    moments(
        "a limit with an envelope, lost in doubles",
        limit(E(offset_squared), Rational(1, 75), envelope=Rational(74, 75) / 4**k),
        INCONCLUSIVE,
        words="in doubles, but not in 50 digits",
    ),
    moments(
        "1e-6 below, seen through the noise",
        upper_bound(E(offset_squared), far_variance * (1 - Float("1e-6"))),
        REFUTED,
        words="in 50-digit arithmetic too",
    ),
)
def test_what_doubles_lose_is_looked_at_in_50_digits(statement):
    check(replace(statement, method=far_walk(), on=far))


@table(
    moments("a bound", upper_bound(E(distance_squared), variance * (1 - Float("1e-6"))), REFUTED),
    moments(
        "a lower bound", lower_bound(E(distance_squared), variance * (1 + Float("1e-6"))), REFUTED
    ),
    moments("an identity", identity(E(distance_squared), variance * (1 + Float("1e-6"))), REFUTED),
    moments(
        "a limit with an envelope",
        limit(E(distance_squared), Rational(1, 75), envelope=Rational(73, 75) / 4**k),
        REFUTED,
    ),
    moments(
        "a limit that is settled",
        limit(E(distance_squared), Rational(1, 70), within=1e-9),
        REFUTED,
        iterations=60,
    ),
    moments(
        "an ordering",
        ordering(E(distance_squared), walk(eta=Rational(1, 2) + Float("1e-6"))),
        REFUTED,
    ),
    moments(
        "steps that move",
        upper_bound(E(distance_squared), D**2 / (k + 1) ** 2, when=k >= 1),
        REFUTED,
        method=walk(eta=1 / (k + 1)),
    ),
)
def test_a_refutation_by_moments_is_seen_in_50_digits(statement):
    found = check(replace(statement, words="in 50-digit arithmetic too"))
    left, right = map(float, found.witness.precise)
    assert left == pytest.approx(found.witness.left, rel=1e-9)
    assert right == pytest.approx(found.witness.right, rel=1e-9)


def test_the_digits_are_those_of_exact_arithmetic():
    """E x_1^2 = 1/4 + 0.1^2, where 0.1 is a double."""
    found = judge(upper_bound(E(distance_squared), 0.2, when=Eq(k, 1)), half_walk, parabola)
    assert found.witness.precise[0] == str(mp.nstr(mp.mpf(1) / 4 + mp.mpf(0.1) ** 2, 20))


LAWS = {
    "normal": (normal, 1, 1),
    "uniform": (uniform, Rational(1, 3), Rational(1, 12)),
    "rademacher": (rademacher, 1, 1),
    "two_point": (lambda rng, d: two_point(rng, d, 0.25), 1, 1),
    "integers": (lambda rng, d: integers(rng, 3, d), Rational(5, 3), Rational(2, 3)),
    "bernoulli": (lambda rng, d: bernoulli(rng, 0.125, d), Rational(1, 8), Rational(7, 64)),
    "student": (lambda rng, d: student(rng, d, 4.0), 2, 2),
}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("power", [1, 2])
def test_every_law_has_its_moments_in_50_digits(law, power):
    """x_1 is z, or z x_0 with x_0 = 1: its second moment is that of the law."""
    draw, second, _ = LAWS[law]

    @algorithm
    def once(s, oracle, rng):
        z = draw(rng, 1)
        return Point(0 * s.x + z if power == 1 else s.x * z)

    claim = upper_bound(E(distance_squared), second - Rational(1, 10**6), when=Eq(k, 1))
    found = judge(claim, once(), parabola, iterations=1)
    if law == "student" and power == 2:  # no rule integrates it
        assert found.bases == (E_VALUE,)
        return
    assert (found.verdict, found.bases) == (REFUTED, (MOMENTS,))
    exact = mp.mpf(second.p) / second.q if isinstance(second, Rational) else mp.mpf(second)
    assert abs(mp.mpf(found.witness.precise[0]) - exact) < mp.mpf("1e-18")


def test_fourth_moments_are_looked_at_too():
    """E (x_1 - 10)^4 = (1/2^4 + 3/2^4)/2, where x_1 is 10 and 1/2 or 3/2 more."""

    @algorithm
    def away(s, oracle, rng):
        return Point(10 + (s.x - 10) / 2 + rademacher(rng, 1) / 2)

    on = Problem(Nothing(), [], np.array([12.0]), name="away")
    true = Rational(41, 16)
    claim = upper_bound(E(offset_fourth), true * (1 - Float("1e-6")), when=Eq(k, 1))
    found = judge(claim, away(), on, iterations=1)
    assert (found.verdict, found.bases) == (REFUTED, (MOMENTS,)), found.sentence
    assert abs(mp.mpf(found.witness.precise[0]) - mp.mpf(41) / 16) < mp.mpf("1e-18")


@algorithm
def shrunk(s, oracle, rng):
    return Point(s.x / 2 + normal(rng, s.x.shape[1]) / 10)


@metric("size", "|X|^2")
def size(s, oracle):
    return sqnorm(s.x)


def test_a_state_too_large_for_50_digits_is_refuted_from_doubles_and_says_so():
    claim = upper_bound(E(size), 10, when=k >= 1)
    found = judge(claim, shrunk(), Problem(Nothing(), [], np.ones(40)), iterations=3)
    assert (found.verdict, found.bases) == (REFUTED, (MOMENTS,))
    assert found.sentence.endswith(", in doubles only")
    assert found.witness.precise is None


def test_a_run_too_long_for_50_digits_is_refuted_from_doubles_and_says_so():
    """Steps that differ from iteration to iteration, of which there are too many."""
    late = Piecewise((D**2 / 9, Eq(k, 900)), (D**2, True))
    method = walk(eta=1 / (10 * (k + 1)), noise=Rational(1, 20))
    found = judge(upper_bound(E(distance_squared), late * 3), method, parabola, iterations=1000)
    assert (found.verdict, found.witness.k, found.witness.precise) == (REFUTED, 900, None)
    assert found.sentence.endswith(", in doubles only")


def test_what_50_digits_deny_early_is_not_believed_late():
    """At 1 doubles are wrong, and at 900, where nothing is looked at, they alone contradict."""

    @algorithm
    def moving(s, oracle, rng, k):
        return Point(FAR + (s.x - FAR) * (k + 1) / (k + 2) + 0 * normal(rng, 1))

    claim = upper_bound(E(offset_squared), (k + 1) ** -2.0 * (1 + Float("1e-9")))
    found = judge(claim, moving(), far, iterations=1000)
    assert found.verdict is INCONCLUSIVE
    assert "in doubles, but not in 50 digits" in found.sentence


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


def test_moments_that_fall_without_bound_refute():
    """E of -x^2 where x grows: what has overflowed was beyond 1e100 before, below zero."""

    @metric("minus the square", "-X^2")
    def minus(s, oracle):
        return -(s.x**2)

    found = judge(lower_bound(E(minus), -1, when=k > 300), walk(eta=12), parabola, iterations=400)
    assert (found.verdict, found.bases, found.witness.left) == (REFUTED, (MOMENTS,), -np.inf)


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
