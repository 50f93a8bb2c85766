"""Bounds that hold with a probability, and bounds that are exceeded too often."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Eq, Float, Piecewise, Rational, log

from convlab.algorithm import Point, algorithm
from convlab.claims import upper_bound
from convlab.claims.bounds import DELTAS
from convlab.streams import bernoulli, uniform
from convlab.symbols import delta, k
from convlab.vocabulary import log as vlog
from convlab.vocabulary import where
from truth.statements import (
    E_VALUE,
    EXACT,
    HOLDS,
    INAPPLICABLE,
    INCONCLUSIVE,
    LATE,
    REFUTED,
    TINY,
    Statement,
    check,
    coin,
    entry,
    exponential,
    judge,
    power,
    table,
)

cubic = power(3)
quantile = log(1 / delta)
"""An exponential variable exceeds this with probability delta."""


def at_most(bound, when=k >= 1, probability=1 - delta):
    return upper_bound(entry, bound, when=when, probability=probability)


def said(name, claim, verdict, **fields):
    fields = {"method": exponential(), "on": cubic, "basis": E_VALUE} | fields
    return Statement(name=name, claim=claim, verdict=verdict, **fields)


def of_one(share):
    """A bound that is exceeded with probability 2 delta at the smaller or the larger delta."""
    return Piecewise((log(1 / (2 * delta)), Eq(delta, share)), (quantile, True))


@algorithm
def constant(s, oracle, rng, *, factor):
    """The number 1 times a factor, by a way that no moment sees."""
    return Point(0 * vlog(uniform(rng, 1)) + factor)


@table(
    said("equality", at_most(quantile), HOLDS),
    said("equality at the start too", at_most(quantile, when=k >= 0), HOLDS),
    said("twice too often", at_most(log(1 / (2 * delta))), REFUTED),
    said("half the bound", at_most(quantile / 2), REFUTED),
    said("probability 1 - 2 delta", at_most(quantile, probability=1 - 2 * delta), HOLDS),
    said("1 - 2 delta, equality", at_most(log(1 / (2 * delta)), probability=1 - 2 * delta), HOLDS),
    said("1 - delta/8", at_most(quantile, probability=1 - delta / 8), REFUTED),
    said(
        "false at 9 only",
        at_most(Piecewise((quantile / 3, Eq(k, 9)), (quantile, True))),
        REFUTED,
        k=9,
    ),
    said(
        "false at delta = 0.1 only",
        at_most(Piecewise((quantile / 3, Eq(delta, Float(0.1))), (quantile, True))),
        REFUTED,
    ),
    said(
        "false at delta = 0.01 only",
        at_most(Piecewise((quantile / 3, Eq(delta, Float(0.01))), (quantile, True))),
        REFUTED,
    ),
    said("rounding", at_most(1), HOLDS, method=constant(factor=1 + Float("1e-13"))),
    said(
        "rounding at the start",
        at_most(1 - Float("1e-13"), when=k >= 0),
        HOLDS,
        method=constant(factor=1),
    ),
    said("half the slack", at_most(1), HOLDS, method=constant(factor=1 + Float("5e-10"))),
    said("1e-6", at_most(1), REFUTED, method=constant(factor=1 + Float("1e-6"))),
    said("a start that is sure", at_most(Rational(9, 10), when=k >= 0), REFUTED, basis=EXACT, k=0),
    said("at the start alone", at_most(1, when=Eq(k, 0)), HOLDS, basis=EXACT),
    said("never", at_most(1, when=k > 99), INAPPLICABLE),
)
def test_a_bound_with_a_probability(statement):
    found = check(statement)
    if statement.verdict is REFUTED and found.witness.basis is E_VALUE:
        assert "share of runs beyond the bound" in found.sentence
        assert found.witness.left > 1.2
        assert found.log_e_value >= np.log(1e6)


def test_both_probabilities_are_tried():
    assert DELTAS == (0.1, 0.01)


@algorithm
def fails(s, oracle, rng, *, chance, value):
    """Another value with a chance, else 1/2."""
    lost = bernoulli(rng, float(chance))
    noise = 0 * vlog(uniform(rng, 1))
    return Point(where(lost > 0.5, noise + value, noise + 0.5))


@pytest.mark.parametrize(
    ("chance", "verdict"),
    [(0.01, HOLDS), (0.1, REFUTED), (0.005, HOLDS), (0.2, REFUTED)],
)
def test_runs_that_diverge_are_beyond_the_bound(chance, verdict):
    """P(fails) = chance: that is within delta at 0.01, and beyond it at 0.1."""
    found = judge(at_most(1, when=Eq(k, 1)), fails(chance=chance, value=1e200), cubic)
    assert found.verdict is verdict, found.sentence


def test_runs_that_are_no_numbers_or_unfinished_leave_it_open():
    for method, profile in (
        (fails(chance=0.01, value=np.nan), TINY),
        (exponential(), LATE),
    ):
        for claim in (at_most(10), at_most(0.01)):
            found = judge(claim, method, cubic, profile=profile, iterations=100)
            assert (found.verdict, found.witness) == (INCONCLUSIVE, None)


@pytest.mark.parametrize("key", range(100, 200))
def test_equality_is_never_refuted(key):
    few = replace(TINY, replicates=(64, 256))
    found = judge(at_most(quantile), exponential(), cubic, key=key, profile=few, iterations=3)
    assert (found.verdict, found.bases) == (HOLDS, (E_VALUE,))
    always = judge(at_most(1), coin(), cubic, key=key, profile=few, iterations=3)
    assert (always.verdict, always.worst_ratio) == (HOLDS, 0)


def test_a_bound_that_is_loose_by_two_says_so():
    """The resolution scales the bound, and not the probability."""
    twice = judge(at_most(2 * quantile), exponential(), cubic)
    assert (twice.verdict, twice.bases) == (HOLDS, (E_VALUE,))
    assert 0.25 < twice.resolution < 0.5
    exact = judge(at_most(quantile), exponential(), cubic)
    assert exact.resolution == pytest.approx(2 * twice.resolution, rel=0.01)
