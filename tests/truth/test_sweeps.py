"""Slopes along a sweep: how cost grows, and runs that do not reach the accuracy."""

import numpy as np
import pytest
from sympy import Interval, Rational

from convlab.algorithm import Point, algorithm
from convlab.algorithms.gradient import gradient_descent
from convlab.claims import complexity, scaling
from convlab.metrics import distance
from convlab.symbols import T, eta
from convlab.vocabulary import where
from truth.statements import (
    HOLDS,
    INCONCLUSIVE,
    INTERVAL,
    LATE,
    REFUTED,
    Statement,
    bowl,
    check,
    frozen,
    half,
    judge,
    parabola,
    power,
    scale,
    table,
)

sizes = (10, 14, 20, 28, 40, 57, 80, 113)
full_step = gradient_descent(eta=1)


def curved(kappa):
    """The bowl of curvatures 1 and 1/kappa: gradient descent takes about 7 kappa steps to 1e-3."""
    return bowl(1 / kappa)


def far(v):
    """x^2/2 from 3/v^2."""
    return power(2, start=3.0 / v**2)


def cost(power, *, over=curved, at=sizes):
    return complexity(distance, power, over=over, at=at, eps=1e-3)


def reached(power, *, over=far, at=(1, 2, 3, 5, 8, 13)):
    return scaling(distance, power, over=over, at=at)


def sweep(name, claim, verdict, **fields):
    fields = {"method": full_step, "on": parabola, "basis": INTERVAL, "iterations": 1000} | fields
    return Statement(name=name, claim=claim, verdict=verdict, **fields)


at_rest = {"method": frozen()}


@table(
    sweep("kappa", cost(1), HOLDS),
    sweep("more than kappa", cost(Rational(3, 2)), HOLDS),
    sweep("its root", cost(Rational(1, 2)), REFUTED),
    sweep(
        "600 steps, upper half unfinished",
        cost(1),
        INCONCLUSIVE,
        iterations=600,
        words="steps do not reach 0.001",
    ),
    sweep("600 steps refute a falling cost", cost(-1), REFUTED, iterations=600),
    sweep(
        "100 steps, lower half unfinished",
        cost(1),
        INCONCLUSIVE,
        iterations=100,
        words="steps do not reach",
    ),
    sweep("100 steps, false", cost(0), INCONCLUSIVE, iterations=100),
    sweep("never", cost(0), INCONCLUSIVE, **at_rest),
    sweep("the clock", cost(0), INCONCLUSIVE, options={"profile": LATE}, words="timed out"),
    sweep("it diverges", cost(2), INCONCLUSIVE, method=scale(q=10**10)),
)
def test_a_complexity(statement):
    check(statement)


@table(
    sweep("v^-2", reached(-2), HOLDS, **at_rest),
    sweep("v^-5/2", reached(-Rational(5, 2)), REFUTED, **at_rest),
    sweep("v^-2.1", reached(-Rational(21, 10)), REFUTED, **at_rest),
    sweep("v^-3/2", reached(-Rational(3, 2)), HOLDS, **at_rest),
    sweep("halved", reached(-2), HOLDS, method=half, iterations=20),
    sweep("halved, false", reached(-3), REFUTED, method=half, iterations=20),
    sweep(
        "the clock",
        reached(-3),
        INCONCLUSIVE,
        options={"profile": LATE},
        words="timed out",
        **at_rest,
    ),
)
def test_a_scaling(statement):
    check(statement)


def test_a_scaling_with_the_horizon():
    """Steps chosen for the end of the run, after which the distance is 1/T."""
    chosen = gradient_descent(eta=1 - 1 / T ** (1 / T))
    claim = scaling(distance, -1, over=T, at=(16, 32, 64, 128, 256))
    assert judge(claim, chosen, parabola).verdict is HOLDS
    found = judge(claim.with_bound(-Rational(11, 10)), chosen, parabola)
    assert (found.verdict, found.bases) == (REFUTED, (INTERVAL,))
    assert found.witness.right == pytest.approx(-1.1)
    assert found.witness.left == pytest.approx(-1, abs=1e-3)


def test_a_scaling_with_a_parameter():
    """Distance eta where the state is eta x_0."""
    at = (Rational(1, 8), Rational(1, 4), Rational(1, 2), 1)
    options = {"parameters": {eta: Interval(0, 1)}, "iterations": 1}
    for claimed, verdict in ((1, HOLDS), (Rational(3, 2), HOLDS), (Rational(1, 2), REFUTED)):
        claim = scaling(distance, claimed, over=eta, at=at)
        assert judge(claim, scale(q=eta), parabola, **options).verdict is verdict


@algorithm
def lost(s, oracle):
    """No number from starts below 0.1, 1/2 of x elsewhere."""
    return Point(where(s.x < 0.1, np.nan * s.x, s.x / 2))


@algorithm
def explodes(s, oracle):
    """Beyond 1e100 from starts below 0.1."""
    return Point(where(s.x < 0.1, 1e200 * s.x, s.x / 2))


@table(
    sweep(
        "no number", reached(-3), INCONCLUSIVE, method=lost(), iterations=1, words="not a number"
    ),
    sweep("no number, true", reached(-1), INCONCLUSIVE, method=lost(), iterations=1),
    sweep(
        "infinite at large v",
        reached(9),
        REFUTED,
        method=explodes(),
        iterations=1,
        left=np.inf,
        words="diverged",
    ),
)
def test_ends_that_are_no_numbers(statement):
    check(statement)
