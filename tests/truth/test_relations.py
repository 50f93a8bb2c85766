"""Identities and orderings: of runs, of counts until an accuracy, and of expectations."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from sympy import Eq, Float, Ne, Piecewise, Rational

from convlab.algorithm import Point, algorithm
from convlab.algorithms.gradient import gradient_descent
from convlab.claims import identity, ordering, upper_bound
from convlab.metrics import E, distance, distance_squared, until
from convlab.streams import uniform
from convlab.symbols import D, k
from convlab.vocabulary import absolute, where
from truth.statements import (
    E_VALUE,
    EXACT,
    HOLDS,
    INCONCLUSIVE,
    LATE,
    MOMENTS,
    REFUTED,
    Statement,
    changed,
    check,
    coin,
    curve,
    entry,
    exponential,
    frozen,
    half,
    judge,
    line,
    noise,
    power,
    scale,
    spoiled,
    table,
    walk,
)

quarter = gradient_descent(eta=Rational(1, 4))
cubic = power(3)
ten = scale(q=10**10)


def said(name, claim, verdict, **fields):
    return Statement(name=name, claim=claim, verdict=verdict, **fields)


def of_runs(name, claim, verdict, **fields):
    return said(name, claim, verdict, **{"method": half, "on": line} | fields)


def at_nine(value, amount):
    return Piecewise((value * (1 + amount), Eq(k, 9)), (value, True))


rounded = curve(lambda k, u: 1 + noise(k, 1e-3))


@table(
    of_runs("of a formula", identity(distance, D / 2**k), HOLDS),
    of_runs("false at 9", identity(distance, at_nine(D / 2**k, Float("1e-3"))), REFUTED, k=9),
    of_runs("by 1e-8 at 9", identity(distance, at_nine(D / 2**k, Float("1e-8"))), REFUTED, k=9),
    of_runs("smaller by 1e-8", identity(distance, at_nine(D / 2**k, -Float("1e-8"))), REFUTED, k=9),
    of_runs("in the tenth digit", identity(distance, at_nine(D / 2**k, Float("5e-10"))), HOLDS),
    of_runs(
        "to 12 digits",
        identity(distance, at_nine(D / 2**k, Float("1e-6")), digits=12),
        REFUTED,
        k=9,
    ),
    of_runs("to 3 digits", identity(distance, at_nine(D / 2**k, Float("5e-4")), digits=3), HOLDS),
    of_runs(
        "to 4 digits", identity(distance, at_nine(D / 2**k, Float("5e-4")), digits=4), REFUTED, k=9
    ),
    of_runs("but not at 9", identity(distance, at_nine(D / 2**k, 1), when=Ne(k, 9)), HOLDS),
    of_runs("both grow beyond 1e100", identity(distance, D * 10 ** (10 * k)), HOLDS, method=ten),
    of_runs("one grows faster", identity(distance, D * 10 ** (11 * k)), REFUTED, method=ten, k=1),
    of_runs("with itself", identity(distance, half), HOLDS),
    of_runs("with another step", identity(distance, quarter), REFUTED, k=1),
    of_runs(
        "with a step close by",
        identity(distance, gradient_descent(eta=Float("0.50000001"))),
        REFUTED,
    ),
    of_runs("frozen and frozen", identity(distance, frozen()), HOLDS, method=frozen()),
    of_runs(
        "the clock",
        identity(distance, D / 3**k, when=k > 0),
        INCONCLUSIVE,
        options={"profile": LATE},
        iterations=1000,
    ),
    said("in replicate 3", identity(spoiled(9, 1e-3, 3), 1), REFUTED, k=9, replicate=3),
    said("at the start", identity(spoiled(0, 1e-3), 1), REFUTED, k=0),
    said("at the last", identity(spoiled(20, 1e-3), 1), REFUTED, k=20),
    said("rounding", identity(rounded, 1), INCONCLUSIVE, words="but not in 50 digits"),
    said("no number", identity(changed(9, np.nan), 1), INCONCLUSIVE, words="not a number"),
    said("no number, and false", identity(changed(9, np.nan, 1), 2), REFUTED, left=1, right=2),
)
def test_an_identity(statement):
    check(statement)


@algorithm
def up_to(s, oracle, *, k, last, q):
    """Halves the distance until an iteration, then another factor."""
    return Point(s.x * where(0 * s.x + k < last, 0.5 + 0 * s.x, q + 0 * s.x))


def halves_until(last, q):
    return up_to(k=k, last=last, q=q)


@algorithm
def inexact(s, oracle):
    """1/2 of x, by a way that doubles round."""
    return Point(s.x / 49 * 49 / 2)


@table(
    of_runs("of equals", ordering(distance, half), HOLDS),
    of_runs("of the faster", ordering(distance, quarter), HOLDS),
    of_runs("of the slower", ordering(distance, half), REFUTED, method=quarter, k=1),
    of_runs("from 9 on", ordering(distance, half), REFUTED, method=halves_until(9, 0.6), k=10),
    of_runs(
        "at the last alone",
        ordering(distance, half),
        REFUTED,
        method=halves_until(19, 0.50001),
        k=20,
    ),
    of_runs("behind 9", ordering(distance, half, when=k <= 9), HOLDS, method=halves_until(9, 0.6)),
    of_runs("of equals, rounded", ordering(distance, half), HOLDS, method=inexact()),
    of_runs("of equals, rounded there", ordering(distance, inexact()), HOLDS),
    of_runs("by a factor", ordering(distance, frozen(), factor=1 / 2**k), HOLDS),
    of_runs(
        "by a smaller factor",
        ordering(distance, frozen(), factor=at_nine(1 / 2**k, -Float("0.01"))),
        REFUTED,
        k=9,
    ),
    of_runs("the other diverges", ordering(distance, ten), HOLDS),
    of_runs("it diverges", ordering(distance, half), REFUTED, method=ten, k=1),
    of_runs(
        "the clock",
        ordering(distance, half, when=k > 0),
        INCONCLUSIVE,
        method=quarter,
        iterations=1000,
        options={"profile": LATE},
    ),
    said(
        "in replicate 2",
        ordering(spoiled(9, 0.5, 2), frozen(), when=Eq(k, 9)),
        REFUTED,
        replicate=2,
        k=9,
    ),
)
def test_an_ordering(statement):
    check(statement)


@algorithm
def broken(s, oracle, *, k, last):
    """No number from an iteration on."""
    return Point(s.x / 2 * where(0 * s.x + k < last, 1.0 + 0 * s.x, np.nan + 0 * s.x))


@pytest.mark.parametrize("last", [1, 19])
def test_an_ordering_of_runs_that_are_no_numbers_is_open(last):
    lost = broken(k=k, last=last)
    for method, other in ((lost, half), (half, lost)):
        found = judge(ordering(distance, other), method, line)
        assert (found.verdict, found.witness) == (INCONCLUSIVE, None), found.sentence


steps = until(distance, 1e-3)


@table(
    of_runs("of equals", ordering(steps, half), HOLDS),
    of_runs(
        "at least 11 and 10 steps",
        ordering(steps, half),
        REFUTED,
        method=quarter,
        k=11,
        left=11,
        right=10,
    ),
    of_runs("10 and at least 20", ordering(steps, quarter), HOLDS),
    of_runs(
        "at least 20 and 10",
        ordering(steps, half),
        REFUTED,
        method=frozen(),
        k=11,
        left=11,
        right=10,
    ),
    of_runs(
        "neither arrives",
        ordering(steps, frozen()),
        INCONCLUSIVE,
        method=quarter,
        words="do not reach the accuracy",
    ),
    of_runs(
        "25 and 10 steps, by 5/2",
        ordering(steps, half, factor=Rational(5, 2)),
        HOLDS,
        method=quarter,
        iterations=40,
    ),
    of_runs(
        "25 and 10 steps, by 2",
        ordering(steps, half, factor=2),
        REFUTED,
        method=quarter,
        iterations=40,
        k=21,
        left=21,
        right=20,
    ),
    of_runs(
        "10 and at least 20, by 1/3", ordering(steps, quarter, factor=Rational(1, 3)), INCONCLUSIVE
    ),
    of_runs(
        "the clock",
        ordering(steps, half),
        INCONCLUSIVE,
        method=frozen(),
        iterations=1000,
        options={"profile": LATE},
    ),
)
def test_a_race(statement):
    check(statement)


# Expectations -----------------------------------------------------------------------------------

sgd = walk(eta=Rational(1, 2))
louder = walk(eta=Rational(1, 2), noise=Rational(1, 5))


def in_mean(name, claim, verdict, **fields):
    return said(name, claim, verdict, **{"method": sgd, "on": line, "basis": MOMENTS} | fields)


@table(
    in_mean("equals itself", identity(E(distance_squared), sgd), HOLDS),
    in_mean("is not louder", identity(E(distance_squared), louder), REFUTED, k=1),
    in_mean("at most the louder", ordering(E(distance_squared), louder), HOLDS),
    in_mean("at most itself", ordering(E(distance_squared), sgd), HOLDS),
    in_mean(
        "the louder at most it", ordering(E(distance_squared), sgd), REFUTED, method=louder, k=1
    ),
    in_mean(
        "by a factor",
        ordering(E(distance_squared), louder, factor=Rational(1, 4), when=k > 20),
        HOLDS,
        iterations=40,
    ),
    in_mean(
        "by a factor, early",
        ordering(E(distance_squared), louder, factor=Rational(1, 4)),
        REFUTED,
        k=0,
    ),
    in_mean("surely it may be above", ordering(distance_squared, louder), REFUTED, basis=EXACT),
    in_mean("surely it is not itself", identity(distance_squared, louder), REFUTED, basis=EXACT),
    in_mean(
        "the clock",
        identity(E(distance_squared), louder),
        INCONCLUSIVE,
        iterations=100,
        options={"profile": LATE},
    ),
)
def test_expectations_known_exactly(statement):
    if statement.name == "the clock":
        found = judge(statement.claim, sgd, line, iterations=100, profile=LATE)
        assert found.verdict is not HOLDS
        return
    check(statement)


@algorithm
def other_coin(s, oracle, rng, *, p):
    """|u - v|^p of two uniforms: the mean is 2/((p + 1)(p + 2))."""
    return Point(absolute(uniform(rng, 1) - uniform(rng, 1)) ** p)


same, smaller = other_coin(p=1.0), other_coin(p=2.0)


def sampled(name, claim, verdict, **fields):
    fields = {"method": coin(), "on": cubic, "basis": E_VALUE} | fields
    return said(name, claim, verdict, **fields)


later = {"when": k >= 1}


@table(
    sampled("1/3", identity(E(entry), Rational(1, 3), span=1, **later), HOLDS),
    sampled(
        "1/3, by its variance",
        identity(E(entry), Rational(1, 3), variance=Rational(1, 18), **later),
        HOLDS,
    ),
    sampled("2/5", identity(E(entry), Rational(2, 5), span=1, **later), REFUTED),
    sampled("1/4", identity(E(entry), Rational(1, 4), span=1, **later), REFUTED),
    sampled(
        "2/5, by its variance",
        identity(E(entry), Rational(2, 5), variance=Rational(1, 18), **later),
        REFUTED,
    ),
    sampled(
        "at 9 only",
        identity(E(entry), at_nine(Rational(1, 3), Rational(1, 2)), span=1, **later),
        REFUTED,
        k=9,
    ),
    sampled("itself", identity(E(entry), same, span=1, **later), HOLDS),
    sampled("another", identity(E(entry), smaller, span=1, **later), REFUTED),
    sampled("at most itself", ordering(E(entry), same, span=1), HOLDS),
    sampled("at most the smaller", ordering(E(entry), smaller, span=1), REFUTED),
    sampled("the smaller at most", ordering(E(entry), same, span=1), HOLDS, method=smaller),
    sampled("half of it at most the smaller", ordering(E(entry), smaller, span=1, factor=2), HOLDS),
    sampled(
        "identity without",
        identity(E(entry), Rational(1, 3)),
        INCONCLUSIVE,
        basis=None,
        words="with variance=... or span=...",
    ),
    sampled("false, without", identity(E(entry), 5), INCONCLUSIVE, basis=None),
    sampled(
        "methods without",
        identity(E(entry), smaller),
        INCONCLUSIVE,
        basis=None,
        words="a sample can decide",
    ),
    sampled(
        "methods, a variance", identity(E(entry), smaller, variance=1), INCONCLUSIVE, basis=None
    ),
    sampled(
        "ordering without",
        ordering(E(entry), smaller),
        INCONCLUSIVE,
        basis=None,
        words="with span=...",
    ),
    sampled(
        "a span that is too small",
        ordering(E(entry), exponential(), span=Rational(1, 4)),
        INCONCLUSIVE,
        basis=None,
        words="beyond its span",
    ),
    sampled(
        "the same, of an identity",
        identity(E(entry), same, span=Rational(1, 4)),
        INCONCLUSIVE,
        basis=None,
        method=exponential(),
        words="beyond its span",
    ),
)
def test_expectations_by_sampling(statement):
    found = check(statement)
    if statement.verdict is REFUTED:
        assert found.witness.replicate is None
        assert found.log_e_value >= np.log(1e6)


def test_what_a_sample_lacks_leaves_it_open():
    @algorithm
    def lost(s, oracle, rng):
        u = uniform(rng, 1)
        return Point(where(absolute(u - uniform(rng, 1)) > 0.9, np.nan * u, u))

    for claim in (
        identity(E(entry), Rational(1, 9), span=1, **later),
        identity(E(entry), lost(), span=1, **later),
        ordering(E(entry), smaller, span=1, **later),
    ):
        found = judge(claim, lost(), cubic)
        assert (found.verdict, found.witness) == (INCONCLUSIVE, None)
        assert "not a number" in found.sentence


class Marked(NamedTuple):
    x: Any
    mark: Any


def test_what_the_second_sample_lacks_leaves_it_open():
    """Replicate 300 is no number from the second iteration on."""
    lost_mark = float(line.starts(0, [300])[0, 0])

    @algorithm(init=lambda x0: Marked(x0 / 2, x0))
    def lost(s, oracle, rng):
        x = absolute(uniform(rng, 1) - uniform(rng, 1))
        return Marked(where(s.mark == lost_mark, np.nan * x, x), s.mark)

    for claim in (
        identity(E(entry), Rational(1, 3), span=1, **later),
        identity(E(entry), Rational(1, 3), variance=1, **later),
        identity(E(entry), lost(), span=1, **later),
        ordering(E(entry), same, span=1, **later),
        upper_bound(E(entry), 1),
    ):
        found = judge(claim, lost(), line)
        assert (found.verdict, found.witness) == (INCONCLUSIVE, None), found.sentence


@pytest.mark.parametrize("key", range(100, 200))
def test_equality_is_never_refuted(key):
    options = {"key": key, "iterations": 3}
    for claim, method, on, basis in (
        (identity(E(entry), Rational(1, 3), span=1, **later), coin(), cubic, E_VALUE),
        (identity(E(entry), same, span=1, **later), coin(), cubic, E_VALUE),
        (ordering(E(entry), same, span=1), coin(), cubic, E_VALUE),
        (identity(E(distance_squared), sgd), sgd, line, MOMENTS),
        (ordering(distance, inexact()), half, line, EXACT),
        (identity(distance, D / 2**k), half, line, EXACT),
    ):
        found = judge(claim, method, on, **options)
        assert (found.verdict, found.bases) == (HOLDS, (basis,)), found.sentence
