"""Draws are independent: those of init and of the first step, and those of laws of every size."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from sympy import Float, Rational, pi, sqrt

from convlab.algorithm import Point, algorithm
from convlab.claims import identity, upper_bound
from convlab.metrics import E, metric
from convlab.problem import Problem
from convlab.streams import bernoulli, normal, rademacher, uniform
from convlab.symbols import k
from convlab.vocabulary import exp, where
from truth.statements import (
    E_VALUE,
    HOLDS,
    MOMENTS,
    REFUTED,
    judge,
    line,
    point,
    power,
)

cubic = power(3)


class Pair(NamedTuple):
    """A draw, and the one before."""

    x: Any
    before: Any


@metric("product", "x_k x_{k-1}")
def product(s, oracle):
    return s.x * s.before


@metric("square", "X^2")
def square(s, oracle):
    return s.x**2


def signs(step):
    """A method whose state is the sign that ``step`` draws, and the one before; init draws too."""
    return algorithm(init=lambda x0, rng: Pair(rademacher(rng, 1) * (1 + 0 * x0), 0 * x0))(step)


@signs
def alike(s, oracle, rng):
    return Pair(rademacher(rng, 1), s.x)


@signs
def larger(s, oracle, rng):
    return Pair(rademacher(rng, 2)[..., :1], s.x)


@signs
def second(s, oracle, rng):
    return Pair(rademacher(rng, 3)[..., 1:2], s.x)


@signs
def in_turn(s, oracle, rng, *, k):
    """Laws of size 1, 2, 3, 1, ..."""
    return Pair(rademacher(rng, 1 + int(np.max(k)) % 3)[..., -1:], s.x)


@signs
def of_another_law(s, oracle, rng):
    """The sign of a normal draw, in the slot in which init draws a sign."""
    return Pair(where(normal(rng, 1) > 0, 1.0 + 0 * s.x, -1.0 + 0 * s.x), s.x)


@signs
def same_again(s, oracle, rng):
    """Not independent: it keeps the sign with probability 3/4."""
    return Pair(where(bernoulli(rng, 0.75) > 0.5, s.x, -s.x), s.x)


independent = identity(E(product), 0, variance=1, when=k >= 1)
"""Of independent signs the product has mean 0, and variance 1."""


@pytest.mark.parametrize(
    "method",
    [alike(), larger(), second(), in_turn(k=k), of_another_law()],
    ids=lambda method: method.algorithm.name,
)
@pytest.mark.parametrize("key", range(5))
def test_signs_are_independent(method, key):
    found = judge(independent, method, line, key=key)
    assert found.verdict is HOLDS, found.sentence
    assert found.bases == (E_VALUE,)


def test_signs_that_are_not_are_found_out():
    found = judge(independent, same_again(), line)
    assert (found.verdict, found.witness.basis) == (REFUTED, E_VALUE)
    half_way = judge(
        identity(E(product), Rational(1, 2), variance=1, when=k >= 1), same_again(), line
    )
    assert half_way.verdict is HOLDS


def test_the_first_step_does_not_repeat_the_init():
    """z_0 z_1 of two normal draws: E (z_0 z_1)^2 = 1, and 3 where they are the same."""

    @algorithm(init=lambda x0, rng: Pair(normal(rng, 1), 0 * x0))
    def normals(s, oracle, rng):
        return Pair(normal(rng, 1), s.x)

    @metric("square of the product", "p^2")
    def squared(s, oracle):
        return (s.x * s.before) ** 2

    for bound, verdict in ((1, HOLDS), (Rational(1, 2), REFUTED)):
        found = judge(upper_bound(E(squared), bound, when=k >= 1), normals(), line, iterations=4)
        assert found.verdict is verdict, found.sentence


# A chain that starts from its stationary law ----------------------------------------------------


@algorithm(init=lambda x0, rng: Point(normal(rng, 1) * (1 + 0 * x0)))
def langevin(s, oracle, rng, *, h=0.5):
    """Langevin steps on x^2/2, accepted or not (MALA): a normal law stays one."""
    there = s.x * (1 - h) + (2 * h) ** 0.5 * normal(rng, 1)

    def forth(x, y):
        return (y - (1 - h) * x) ** 2 / (4 * h)

    ratio = exp((s.x**2 - there**2) / 2 + forth(s.x, there) - forth(there, s.x))
    return Point(where(uniform(rng, 1) < ratio, there, s.x))


@pytest.mark.parametrize("key", range(5))
def test_a_stationary_law_stays(key):
    """E x^2 = 1 at every iteration, with equality."""
    on = Problem(point.oracle, [], np.ones(1), name="mala")
    found = judge(upper_bound(E(square), 1), langevin(), on, key=key)
    assert (found.verdict, found.bases) == (HOLDS, (E_VALUE,)), found.sentence
    assert found.resolution > 0.5


def test_another_law_does_not():
    """Without the test of acceptance the stationary variance is 1/(1 - h/2)."""

    @algorithm(init=lambda x0, rng: Point(normal(rng, 1) * (1 + 0 * x0)))
    def unadjusted(s, oracle, rng):
        x = s.x / 2 + normal(rng, 1)
        return Point(where(abs(x) >= 0, x, 0 * x))

    found = judge(upper_bound(E(square), 1, when=k > 5), unadjusted(), point)
    assert found.verdict is REFUTED
    assert judge(upper_bound(E(square), Float("1.3334")), unadjusted(), point).verdict is HOLDS


# Laws -------------------------------------------------------------------------------------------


@algorithm
def absolute_normal(s, oracle, rng):
    return Point(abs(normal(rng, 1)) + 0 * s.x)


@algorithm
def one_normal(s, oracle, rng):
    return Point(normal(rng, 1) + 0 * s.x)


@metric("entry", "X")
def signed(s, oracle):
    return s.x


def test_the_law_of_a_draw_is_what_it_says():
    later = {"when": k >= 1}
    mean = sqrt(2 / pi)
    right = identity(E(signed), mean, variance=1 - 2 / pi, **later)
    assert judge(right, absolute_normal(), cubic).verdict is HOLDS
    wrong = identity(E(signed), mean + Rational(1, 10), variance=1 - 2 / pi, **later)
    assert judge(wrong, absolute_normal(), cubic).verdict is REFUTED
    exact = judge(identity(E(square), 1, **later), one_normal(), cubic)
    assert (exact.verdict, exact.bases) == (HOLDS, (MOMENTS,))
    false = judge(identity(E(square), Float("1.001"), **later), one_normal(), cubic)
    assert (false.verdict, false.bases) == (REFUTED, (MOMENTS,))
