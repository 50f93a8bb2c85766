"""One step ahead: the exact conditional expectation, and formulas that miss it."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Eq, Float, Ne, Piecewise, Rational, sqrt

from convlab.algorithm import Point, algorithm
from convlab.claims import drift
from convlab.metrics import distance, distance_squared, metric
from convlab.problem import Problem
from convlab.streams import bernoulli, normal
from convlab.symbols import V, k, symbol
from convlab.vocabulary import absolute, sqnorm, where
from truth.statements import (
    HOLDS,
    INAPPLICABLE,
    INCONCLUSIVE,
    LATE,
    MOMENTS,
    REFUTED,
    Nothing,
    Statement,
    check,
    coin,
    curve,
    entry,
    half,
    judge,
    line,
    power,
    scale,
    table,
    walk,
)

W = symbol("W", "the square of the entry")


@algorithm
def jump(s, oracle, rng, *, p=0.75):
    """Towards 0 with a probability, by a factor that depends on the point; else away."""
    towards = bernoulli(rng, float(p))
    return Point(where(towards > 0.5, s.x / (1 + absolute(s.x) / 2), 2 * s.x))


truth = Rational(3, 4) * V / (1 + V / 2) + V / 2
"""E |x_(k+1)| given |x_k| = V."""


def ahead(name, claim, verdict, **fields):
    fields = {"method": jump(), "on": line, "basis": MOMENTS} | fields
    return Statement(name=name, claim=claim, verdict=verdict, **fields)


def at_nine(value, amount):
    return Piecewise((value * (1 + amount), Eq(k, 9)), (value, True))


later = {"when": k >= 5}
fourth = metric("fourth", "X^4")(lambda s, oracle: s.x**4)
noisy = walk(eta=Rational(1, 2))
exact_fourth = V / 16 + Rational(6, 400) * sqrt(V) + Rational(3, 10**4)


@table(
    ahead("equality", drift(distance, truth, equal=True), HOLDS),
    ahead("at most, with equality", drift(distance, truth), HOLDS),
    ahead("at most", drift(distance, Rational(5, 4) * V), HOLDS),
    ahead("less by 1e-7", drift(distance, truth * (1 - Float("1e-7"))), REFUTED, k=0),
    ahead("more by 1e-7", drift(distance, truth * (1 + Float("1e-7")), equal=True), REFUTED, k=0),
    ahead("more by 1e-7, at most", drift(distance, truth * (1 + Float("1e-7"))), HOLDS),
    ahead("false at 9 only", drift(distance, at_nine(truth, -Float("1e-3"))), REFUTED, k=9),
    ahead(
        "equality false at 9",
        drift(distance, at_nine(truth, Float("1e-3")), equal=True),
        REFUTED,
        k=9,
    ),
    ahead("but not at 9", drift(distance, at_nine(truth, -1), when=Ne(k, 9)), HOLDS),
    ahead(
        "to 3 digits", drift(distance, at_nine(truth, Float("5e-4")), equal=True, digits=3), HOLDS
    ),
    ahead(
        "to 4 digits",
        drift(distance, at_nine(truth, Float("5e-4")), equal=True, digits=4),
        REFUTED,
        k=9,
    ),
    ahead(
        "another probability",
        drift(distance, truth, equal=True),
        REFUTED,
        method=jump(p=Rational(7, 10)),
        k=0,
    ),
    ahead(
        "given another metric",
        drift(distance_squared, Rational(9, 4) * W**2 + Rational(1, 100), given={W: entry}),
        HOLDS,
        method=walk(eta=-Rational(1, 2)),
    ),
    ahead(
        "given another, false",
        drift(distance_squared, Rational(9, 4) * W**2, given={W: entry}),
        REFUTED,
        method=walk(eta=-Rational(1, 2)),
        k=0,
    ),
    ahead("integrated", drift(fourth, exact_fourth, equal=True), HOLDS, method=noisy),
    ahead(
        "integrated, false",
        drift(fourth, exact_fourth - Rational(1, 10**6), equal=True),
        REFUTED,
        method=noisy,
    ),
    ahead(
        "integrated, at most",
        drift(fourth, exact_fourth - Rational(1, 10**6)),
        REFUTED,
        method=noisy,
    ),
    ahead("without draws", drift(distance, V / 2, equal=True), HOLDS, method=half),
    ahead("without draws, false", drift(distance, Float("0.499") * V), REFUTED, method=half, k=0),
    ahead("never", drift(distance, V / 9, when=k > 99), INAPPLICABLE, method=half),
)
def test_a_drift(statement):
    found = check(statement)
    assert found.evidence[0].engine == "one step"


@algorithm
def tossed(s, oracle, rng):
    """A third, and 10^10 up or down: the mean is a third, of which doubles keep five digits."""
    return Point(s.x / 3 + 1e10 * (2 * bernoulli(rng, 0.5) - 1))


signed = metric("x", "X")(lambda s, oracle: s.x)
first = {"when": Eq(k, 0)}


@table(
    ahead("equality, lost in doubles", drift(signed, V / 3, equal=True, **first), INCONCLUSIVE),
    ahead(
        "5e-5 away, of which doubles keep five digits",
        drift(signed, V / 3 * (1 + Float("5e-5")), equal=True, **first),
        REFUTED,
        words="in 50-digit arithmetic too",
        k=0,
    ),
)
def test_what_doubles_lose_is_looked_at_in_50_digits(statement):
    found = check(replace(statement, method=tossed(), on=power(3)))
    assert "50" in found.sentence


@table(
    ahead("listed", drift(distance, truth * (1 - Float("1e-6"))), REFUTED, k=0),
    ahead("equality", drift(distance, truth * (1 + Float("1e-6")), equal=True), REFUTED, k=0),
    ahead("at 9 only", drift(distance, at_nine(truth, -Float("1e-6"))), REFUTED, k=9),
    ahead(
        "integrated", drift(fourth, exact_fourth * (1 - Float("1e-6"))), REFUTED, method=noisy, k=0
    ),
    ahead(
        "given another metric",
        drift(
            distance_squared,
            (Rational(9, 4) * W**2 + Rational(1, 100)) * (1 - Float("1e-6")),
            given={W: entry},
        ),
        REFUTED,
        method=walk(eta=-Rational(1, 2)),
        k=0,
    ),
)
def test_a_refuted_drift_is_seen_in_50_digits(statement):
    found = check(replace(statement, words="in 50-digit arithmetic too"))
    left, right = map(float, found.witness.precise)
    assert left == pytest.approx(found.witness.left, rel=1e-9)
    assert right == pytest.approx(found.witness.right, rel=1e-9)


@metric("size", "|X|^2")
def size(s, oracle):
    return sqnorm(s.x)


@algorithm
def halved(s, oracle, rng):
    return Point(s.x * (1 + bernoulli(rng, 0.5)) / 2 + 1)


def test_too_many_outcomes_for_50_digits_are_refuted_from_doubles_and_say_so():
    @algorithm
    def shaken(s, oracle, rng):
        return Point(s.x / 2 + bernoulli(rng, 0.5, 12))

    on = Problem(Nothing(), [], np.ones(12))
    found = judge(drift(size, V / 4), shaken(), on, iterations=3)
    assert (found.verdict, found.witness.precise) == (REFUTED, None)
    assert found.sentence.endswith(", in doubles only")


def test_a_state_too_late_for_50_digits_is_refuted_from_doubles_and_says_so():
    claim = drift(size, V / 5, when=Eq(k, 1000))
    found = judge(claim, halved(), Problem(Nothing(), [], np.ones(40)), iterations=1000)
    assert (found.verdict, found.witness.k, found.witness.precise) == (REFUTED, 1000, None)
    assert found.sentence.endswith(", in doubles only")


@algorithm
def uneven(s, oracle, rng):
    """The size of a normal draw: no rule integrates it."""
    return Point(s.x * absolute(normal(rng, 1)))


@algorithm
def broken(s, oracle, *, k):
    """No number from iteration 9 on."""
    return Point(s.x / 2 * where(0 * s.x + k < 9, 1.0 + 0 * s.x, np.nan + 0 * s.x))


@table(
    ahead(
        "draws that no rule integrates",
        drift(distance, 2 * V),
        INCONCLUSIVE,
        method=uneven(),
        basis=None,
        words="neither listed nor integrated",
    ),
    ahead("the same, false", drift(distance, V / 2), INCONCLUSIVE, method=uneven(), basis=None),
    ahead(
        "draws through a kink",
        drift(entry, 0 * V + 1),
        INCONCLUSIVE,
        method=coin(),
        on=power(3),
        basis=None,
    ),
    ahead("no number", drift(distance, V), INCONCLUSIVE, method=broken(k=k), words="not a number"),
    ahead("false before it", drift(distance, V / 3), REFUTED, method=broken(k=k), k=0),
    ahead(
        "the clock",
        drift(distance, V),
        INCONCLUSIVE,
        method=half,
        options={"profile": LATE},
        words="timed out",
    ),
    ahead(
        "it diverges as stated",
        drift(distance, 10**10 * V, equal=True),
        HOLDS,
        method=scale(q=10**10),
    ),
    ahead("it diverges faster", drift(distance, 10**9 * V), REFUTED, method=scale(q=10**10), k=0),
)
def test_what_cannot_be_computed_is_open(statement):
    check(statement)


def test_one_starting_point_refutes():
    """The factor is 1/2 below 1.9 and 1 above: only some starts are there."""

    @algorithm
    def stuck(s, oracle):
        return Point(where(s.x > 1.6, s.x, s.x / 2))

    found = judge(drift(distance, V / 2), stuck(), line)
    starts = line.starts(0, range(4))[:, 0]
    assert (starts > 1.6).any()
    assert (starts < 1.6).any()
    assert found.verdict is REFUTED
    assert starts[found.witness.replicate] > 1.6
    assert found.witness.left == pytest.approx(2 * found.witness.right)


def test_a_metric_that_remembers_has_no_drift():
    from convlab.metrics import best

    found = judge(drift(best(distance), V), half, line)
    assert (found.verdict, found.witness) == (INCONCLUSIVE, None)


@pytest.mark.parametrize("key", range(100, 200))
def test_equality_is_never_refuted(key):
    options = {"key": key, "iterations": 12}
    assert judge(drift(distance, truth, equal=True), jump(), line, **options).verdict is HOLDS
    shown = curve(lambda k, u: 2.0**-k)
    assert judge(drift(shown, V / 2, equal=True), **options).verdict is HOLDS
