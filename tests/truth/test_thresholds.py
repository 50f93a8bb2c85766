"""Thresholds: which side converges, which does not, and what is not decided at the horizon."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from sympy import Float, Interval, Rational

from convlab.algorithm import Point, algorithm
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, smooth
from convlab.claims import threshold
from convlab.metrics import E, distance, distance_squared
from convlab.symbols import L, eta, symbol
from convlab.vocabulary import Array, where
from truth.statements import (
    EXACT,
    HOLDS,
    INCONCLUSIVE,
    LATE,
    MOMENTS,
    REFUTED,
    Statement,
    bowl,
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

plain = gradient_descent(eta=eta)
either = symbol("e", "a step of either sign", sign="real")
signed = {"options": {"parameters": {either: Interval.open(-3, 3)}}}
free = {"parameters": {eta: Interval.open(0, 2)}}
sides = {"bracket": (1, 3)}


def turns(name, claim, verdict, **fields):
    fields = {"method": plain, "on": parabola, "iterations": 2000, "options": free} | fields
    return Statement(name=name, claim=claim, verdict=verdict, **fields)


@table(
    turns("at 2", threshold(distance, eta, 2, **sides), HOLDS),
    turns("at 1.9", threshold(distance, eta, Float("1.9"), **sides), REFUTED, k=2000, right=1e-6),
    turns("at 2.1", threshold(distance, eta, Float("2.1"), **sides), REFUTED),
    turns("at 2, to one digit", threshold(distance, eta, 2, **sides, digits=1), HOLDS),
    turns("at 1.9, to one digit", threshold(distance, eta, Float("1.9"), **sides, digits=1), HOLDS),
    turns("the other way", threshold(distance, eta, 2, **sides, above=True), REFUTED),
    turns(
        "both ends below",
        threshold(distance, eta, Float("0.75"), bracket=(Rational(1, 2), 1)),
        REFUTED,
    ),
    turns("both ends above", threshold(distance, eta, 4, bracket=(Float("2.5"), 5)), REFUTED),
    turns(
        "undecided at the horizon",
        threshold(distance, eta, 2, **sides),
        INCONCLUSIVE,
        iterations=200,
        words="is undecided at the end of the run",
    ),
    turns(
        "far off and undecided",
        threshold(distance, eta, Float("1.5"), **sides),
        REFUTED,
        iterations=200,
    ),
    turns(
        "inverse",
        threshold(distance, eta, Rational(1, 2), bracket=(Rational(1, 4), 1), above=True),
        HOLDS,
        method=gradient_descent(eta=1 / eta),
    ),
    turns(
        "at 0",
        threshold(distance, either, 0, bracket=(-1, 1), above=True),
        HOLDS,
        method=gradient_descent(eta=either),
        **signed,
    ),
    turns(
        "at 0, though it fails beyond 2",
        threshold(distance, either, 0, bracket=(-1, 3), above=True),
        REFUTED,
        method=gradient_descent(eta=either),
        **signed,
    ),
    turns(
        "negative",
        threshold(distance, either, -2, bracket=(-3, -1), above=True),
        HOLDS,
        method=gradient_descent(eta=-either),
        **signed,
    ),
    turns(
        "negative, elsewhere",
        threshold(distance, either, -Float("1.9"), bracket=(-3, -1), above=True),
        REFUTED,
        method=gradient_descent(eta=-either),
        **signed,
    ),
    turns(
        "the clock",
        threshold(distance, eta, 2, **sides),
        INCONCLUSIVE,
        options=free | {"profile": LATE},
    ),
    turns(
        "the clock, and false",
        threshold(distance, eta, Float("1.5"), **sides),
        INCONCLUSIVE,
        options=free | {"profile": LATE},
    ),
)
def test_a_threshold(statement):
    check(statement)


def test_a_witness_has_the_value_of_the_parameter():
    found = judge(
        threshold(distance, eta, Float("1.9"), **sides), plain, parabola, iterations=2000, **free
    )
    assert found.verdict is REFUTED
    assert "at eta = 1.919" in found.sentence
    assert found.witness.left == pytest.approx(abs(1 - 1.919) ** 2000, abs=1e-9)
    assert found.witness.basis is EXACT


@algorithm
def stuck(s, oracle, *, eta):
    """Halves where eta < 1, rests where it is not."""
    return Point(s.x * where(s.x * 0 + eta < 1, 0.5 + 0 * s.x, 1.0 + 0 * s.x))


@algorithm
def lost(s, oracle, *, eta):
    """Halves where eta < 1, is no number where it is not."""
    return Point(s.x * where(s.x * 0 + eta < 1, 0.5 + 0 * s.x, np.nan + 0 * s.x))


@algorithm
def creeps(s, oracle, *, eta):
    """Halves where eta < 1, falls like 1/k where it is not."""
    return Point(s.x * where(s.x * 0 + eta < 1, 0.5 + 0 * s.x, 1 / (1 + abs(s.x))))


@table(
    turns(
        "at rest",
        threshold(distance, eta, 1, bracket=(Rational(1, 2), 2)),
        HOLDS,
        method=stuck(eta=eta),
    ),
    turns(
        "at rest, elsewhere",
        threshold(distance, eta, Float("1.1"), bracket=(Rational(1, 2), 2)),
        REFUTED,
        method=stuck(eta=eta),
    ),
    turns(
        "no number",
        threshold(distance, eta, 1, bracket=(Rational(1, 2), 2)),
        INCONCLUSIVE,
        method=lost(eta=eta),
        words="not a number",
    ),
    turns(
        "1/k",
        threshold(distance, eta, 1, bracket=(Rational(1, 2), 2)),
        INCONCLUSIVE,
        method=creeps(eta=eta),
        words="undecided",
    ),
)
def test_how_it_fails_on_the_other_side(statement):
    check(statement)


def test_a_replicate_that_is_no_number_leaves_it_open():
    """The others come to rest at 0."""
    lost_start = float(line.starts(0, [2])[0, 0])

    @algorithm
    def one_lost(s, oracle, *, eta):
        nan = where(s.x == lost_start, np.nan + 0 * s.x, 1.0 + 0 * s.x)
        return Point(s.x * nan * where(0 * s.x + eta < 1, 0.25 + 0 * s.x, 2.0 + 0 * s.x))

    sides = {"bracket": (Rational(1, 2), Float("0.9"))}
    claim = threshold(distance, eta, Float("0.7"), **sides)
    found = judge(claim, one_lost(eta=eta), line, iterations=1000, **free)
    assert (found.verdict, found.witness) == (INCONCLUSIVE, None), found.sentence
    assert "not a number" in found.sentence


def curved(c):
    """The bowl of curvatures 1 and c >= 1."""
    return replace(bowl(c), declares=[attained(0.0, np.zeros(2)), smooth(c)])


def test_a_boundary_is_a_threshold_on_each_problem():
    """Gradient descent converges on a curvature of L below 2/L."""
    options = {"iterations": 2000, "assume": [smooth(L), attained], **free}
    on = {"over": curved, "along": (1.0, 2.0, 4.0), "bracket": (1 / L, 3 / L)}
    assert judge(threshold(distance, eta, 2 / L, **on), plain, parabola, **options).verdict is HOLDS
    for claimed in (Float("1.9") / L, 1.0):
        found = judge(threshold(distance, eta, claimed, **on), plain, parabola, **options)
        assert found.verdict is REFUTED
        assert found.witness.instance.startswith("bowl")
    only = threshold(distance, eta, Rational(1, 2), **on | {"along": (4.0,)})
    assert judge(only, plain, parabola, **options).verdict is HOLDS


@table(
    turns(
        "E x^2, without noise",
        threshold(E(distance_squared), eta, 2, **sides),
        HOLDS,
        method=walk(eta=eta, noise=0),
        basis=MOMENTS,
    ),
    turns(
        "E x^2, at 1.9",
        threshold(E(distance_squared), eta, Float("1.9"), **sides),
        REFUTED,
        method=walk(eta=eta, noise=0),
        basis=MOMENTS,
    ),
    turns(
        "noise stays",
        threshold(E(distance_squared), eta, 2, **sides),
        REFUTED,
        method=walk(eta=eta),
        basis=MOMENTS,
    ),
    turns(
        "moments open",
        threshold(E(entry), eta, 2, **sides),
        INCONCLUSIVE,
        method=exponential(),
        on=power(3),
        basis=None,
        words="the moments do not close",
    ),
)
def test_a_threshold_in_mean(statement):
    check(statement)


class Pair(NamedTuple):
    """The iterate, and a neighbour by which it grows before it falls."""

    x: Array
    y: Array


@algorithm(init=lambda x0: Pair(x0, x0))
def humped(s, oracle, *, eta):
    """x' = eta (x + y), y' = eta y: x_k = (1 + k) eta^k x_0, which falls in the end for eta < 1."""
    return Pair(eta * (s.x + s.y), eta * s.y)


@pytest.mark.parametrize(("iterations", "verdict"), [(400, INCONCLUSIVE), (4000, HOLDS)])
def test_what_is_above_its_start_and_falls_is_undecided(iterations, verdict):
    claim = threshold(distance, eta, 1, bracket=(Rational(1, 2), 2))
    found = judge(claim, humped(eta=eta), parabola, iterations=iterations, **free)
    assert found.verdict is verdict
