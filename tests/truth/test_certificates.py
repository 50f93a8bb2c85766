"""What a problem declares: a certificate that is wrong refutes no theorem, it is an error."""

from typing import NamedTuple

import numpy as np
import pytest
from sympy import Rational

from convlab.algorithm import Point, algorithm
from convlab.assumption import Assumption, Certificate
from convlab.assumptions import (
    attained,
    bounded_variance,
    convex,
    smooth,
    strongly_convex,
    unbiased,
)
from convlab.claims import linear_rate, lower_bound, upper_bound
from convlab.metrics import distance, gap
from convlab.problem import Problem
from convlab.streams import normal
from convlab.symbols import D, L, k, mu, sigma
from convlab.vocabulary import sqnorm
from truth.statements import (
    HOLDS,
    INCONCLUSIVE,
    REFUTED,
    Power,
    half,
    judge,
    theorem,
    verify,
)


class Parabola(NamedTuple):
    """|x|^2/2 plus a number."""

    low: float = 0.0

    def value(self, x):
        return sqnorm(x) / 2 + self.low

    def gradient(self, x):
        return x


class WrongGradient(Parabola):
    """A gradient that is too long by a thousandth."""

    def gradient(self, x):
        return 1.001 * x


class Noisy(NamedTuple):
    """x^2/2 with noise of a mean and a size."""

    mean: float
    size: float

    def value(self, x):
        return sqnorm(x) / 2

    def gradient(self, x):
        return x

    def stochastic_gradient(self, x, rng):
        return x + self.mean + self.size * normal(rng, 2)


class Projected(Parabola):
    """A projection that does not come to rest."""

    def project(self, x):
        return x / 2


zero = np.zeros(2)


def problem(*declares, oracle=None):
    return Problem(Parabola() if oracle is None else oracle, declares, np.ones(2), name="declared")


true = upper_bound(distance, D / 2**k)


@pytest.mark.parametrize(
    ("on", "assume", "words"),
    [
        (problem(attained(0.0, zero)), [attained], None),
        (problem(attained(0.0, np.full(2, 1e-3))), [attained], "x*"),
        (problem(attained(-0.1, zero)), [attained], "differs from f* by 0.1"),
        (problem(attained(0.1, zero)), [attained], "f* = 0.1"),
        (problem(attained(1.0, zero), oracle=Parabola(1.0)), [attained], None),
        (problem(attained(0.0, zero), oracle=Parabola(1.0)), [attained], "f*"),
        (
            problem(attained(0.0, zero), oracle=WrongGradient()),
            [attained],
            "the gradient is not the derivative",
        ),
        (problem(attained(0.0, zero), oracle=Projected()), [attained], "'project'"),
        (problem(attained(0.0, zero), smooth(1.0)), [attained, smooth(L)], None),
        (
            problem(attained(0.0, zero), smooth(0.99)),
            [attained, smooth(L)],
            "declares smooth(L=0.99)",
        ),
        (problem(attained(0.0, zero), strongly_convex(1.0)), [attained, strongly_convex(mu)], None),
        (
            problem(attained(0.0, zero), strongly_convex(1.01)),
            [attained, strongly_convex(mu)],
            "declares strongly_convex",
        ),
    ],
)
def test_a_wrong_constant_is_an_error(on, assume, words):
    report = verify(theorem(true, half, on, assume=assume))
    if words is None:
        assert report.error is None, report.error
        assert report.claims[0].finding.verdict is HOLDS
    else:
        assert report.error is not None
        assert report.error.startswith("declared: ")
        assert words in report.error
        assert (report.verdict, report.claims) == (INCONCLUSIVE, ())


class Sized(NamedTuple):
    """|x|^2/2, with a field that is named like a constant."""

    L: float

    def value(self, x):
        return sqnorm(x) / 2

    def gradient(self, x):
        return x


@pytest.mark.parametrize("own", [1.0, 1 + 1e-13, 2.0, np.ones(2)])
def test_a_field_named_like_a_constant_has_its_value(own):
    """A method that asks its oracle for L is given the field."""
    report = verify(
        theorem(true, half, problem(smooth(1.0), attained(0.0, zero), oracle=Sized(own)))
    )
    if np.ndim(own) == 0 and own < 2:
        assert report.error is None, report.error
    else:
        assert "the oracle's field 'L' is" in report.error
        assert "rename the field" in report.error


def test_a_field_settles_which_of_two_constants_is_meant():
    """Where two assumptions give one name two values, the oracle says which a method gets."""
    other = Assumption("other", ("L",))
    for own, wrong in ((1.0, False), (5.0, False), (2.0, True)):
        on = problem(smooth(1.0), other(5.0), attained(0.0, zero), oracle=Sized(own))
        assert (verify(theorem(true, half, on)).error is not None) == wrong


@pytest.mark.parametrize(
    ("oracle", "declared", "assumed", "words"),
    [
        (Noisy(0.0, 1.0), bounded_variance(1.5), bounded_variance(sigma), None),
        (
            Noisy(0.0, 1.0),
            bounded_variance(0.7),
            bounded_variance(sigma),
            "declares bounded_variance",
        ),
        (Noisy(0.0, 1.0), unbiased(), unbiased, None),
        (Noisy(0.5, 1.0), unbiased(), unbiased, "the mean of the"),
        (Noisy(0.5, 1.0), bounded_variance(2.0), bounded_variance(sigma), "the mean of the"),
    ],
)
def test_an_assumption_between_expectations_is_checked(oracle, declared, assumed, words):
    """The noise has the variance 2 in two dimensions, so that sigma = 1.42 is the least."""
    on = problem(attained(0.0, zero), declared, oracle=oracle)
    report = verify(theorem(true, half, on, assume=[attained, assumed]))
    if words is None:
        assert report.error is None, report.error
    else:
        assert words in report.error


@pytest.mark.parametrize("key", range(100, 200))
def test_true_declarations_pass_under_every_key(key):
    """The variance is 2, with equality."""
    declared = bounded_variance(2**0.5)
    on = problem(attained(0.0, zero), smooth(1.0), declared, oracle=Noisy(0.0, 1.0))
    report = verify(
        theorem(
            true, half, on, assume=[attained, smooth(L), bounded_variance(sigma)], iterations=2
        ),
        key=key,
    )
    assert report.error is None, report.error


def test_an_assumption_of_ones_own_is_checked():
    """|x| <= c: the points at which it is tried lie beyond 1/100."""
    small = Assumption("small", ("c",), test=lambda x, c: (sqnorm(x), c**2 + 0 * sqnorm(x)))
    for c, lies in ((1e9, False), (0.01, True)):
        on = problem(attained(0.0, zero), small(c))
        report = verify(theorem(true, half, on, assume=[attained, small(L)]))
        assert (report.error is not None) == lies


def test_convexity_is_checked():
    class Wave(Parabola):
        def value(self, x):
            return 1 - np.cos(x[..., :1]) + x[..., 1:] ** 2 / 2

        def gradient(self, x):
            return np.concatenate([np.sin(x[..., :1]), x[..., 1:]], axis=-1)

    on = problem(attained(0.0, zero), convex(), oracle=Wave())
    assert "declares convex" in verify(theorem(true, half, on, assume=[attained, convex])).error


# Errors of certificates -------------------------------------------------------------------------


def measured(error, shift=1e-11):
    """x^2/2 with an x* that is measured, and off by ``shift``."""
    found = Certificate(np.full(1, shift), "measured", error)
    return Problem(Power(2), [attained(Certificate(0.0, "closed"), found)], np.ones(1), name="m")


def test_the_error_of_x_star_is_no_excess():
    """After 400 steps the bound is 1e-120, and the distance 1e-11."""
    found = judge(upper_bound(distance, D / 2**k), half, measured(1e-10), iterations=400)
    assert found.verdict is HOLDS, found.sentence


def test_the_error_of_x_star_is_no_plateau():
    rate = judge(linear_rate(distance, Rational(1, 2)), half, measured(1e-10), iterations=400)
    assert rate.verdict is HOLDS, rate.sentence
    faster = judge(linear_rate(distance, Rational(1, 3)), half, measured(1e-10), iterations=400)
    assert faster.verdict is REFUTED


def test_an_excess_beyond_the_error_refutes():
    @algorithm
    def stuck(s, oracle):
        return Point(s.x / 2 + 1e-6)

    found = judge(upper_bound(distance, D / 2**k), stuck(), measured(1e-10), iterations=400)
    assert found.verdict is REFUTED
    assert found.witness.precise is not None


def test_a_gap_has_the_error_of_its_minimum():
    def on(error):
        lowest = Certificate(1e-6, "measured", error), Certificate(np.zeros(1), "symmetry")
        return Problem(Power(2), [attained(*lowest)], np.ones(1), name="measured")

    claim = lower_bound(gap, 0)
    assert judge(claim, half, on(2e-6)).verdict is HOLDS
    assert "f* = 1e-06" in verify(theorem(claim, half, on(1e-8))).error
