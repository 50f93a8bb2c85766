"""Steps that are no functions of one replicate, and runs that end before they are over."""

import time

import numpy as np
import pytest
from sympy import Rational

from convlab import suite
from convlab.algorithm import Point, algorithm
from convlab.assumptions import attained
from convlab.claims import (
    drift,
    exponent,
    identity,
    limit,
    linear_rate,
    lower_bound,
    ordering,
    stays_away,
    upper_bound,
)
from convlab.metrics import E, distance, distance_squared
from convlab.problem import Problem
from convlab.streams import normal, uniform
from convlab.symbols import D, V, k
from convlab.theorem import mutant
from convlab.vocabulary import norm, total, where
from truth.statements import (
    INCONCLUSIVE,
    LATE,
    REFUTED,
    bowl,
    curve,
    entry,
    frozen,
    half,
    judge,
    line,
    parabola,
    point,
    tape,
    theorem,
    verify,
    walk,
)

plane = Problem(
    bowl(0.5).oracle, [attained(0.0, np.zeros(2))], lambda rng, R: 1 + uniform(rng, 2), name="plane"
)


def error_of(method, claim=None, on=plane, **options):
    """The sentence of the report on a claim that is true if the step is as it should be."""
    claim = upper_bound(distance, 10**6 * D) if claim is None else claim
    return verify(theorem(claim, method, on, iterations=20), **options).error


# Steps that mix replicates ----------------------------------------------------------------------


@algorithm
def norm_of_all(s, oracle):
    g = oracle.gradient(s.x)
    return Point(s.x - 0.5 * g / np.linalg.norm(g) * 0.1)


@algorithm
def any_of_all(s, oracle):
    g = oracle.gradient(s.x)
    if (abs(g) > 1.5).any():
        g = g / 2
    return Point(s.x - 0.5 * g)


@algorithm
def mean_of_all(s, oracle):
    return Point(s.x - 0.5 * (s.x - 1e-3 * s.x.mean(axis=0, keepdims=True)))


@algorithm
def total_of_all(s, oracle):
    return Point(s.x / (1 + abs(s.x).sum()))


@algorithm
def largest_of_all(s, oracle):
    return Point(s.x / s.x.max())


@algorithm
def neighbours(s, oracle):
    return Point(np.roll(s.x, 1, axis=0) / 2)


@algorithm
def later(s, oracle, *, k):
    """The replicates meet from iteration 7 on."""
    return Point(s.x / 2 if float(np.max(k)) < 7 else s.x / 2 + 1e-6 * s.x.mean(axis=0))


@algorithm
def little(s, oracle):
    """The others count by a millionth."""
    return Point(s.x / 2 + 1e-6 * s.x.sum(axis=0, keepdims=True))


@pytest.mark.parametrize(
    "method",
    [
        norm_of_all(),
        any_of_all(),
        mean_of_all(),
        total_of_all(),
        largest_of_all(),
        neighbours(),
        later(k=k),
        little(),
    ],
    ids=lambda method: method.algorithm.name,
)
def test_a_step_that_mixes_replicates_is_an_error(method):
    told = error_of(method)
    assert told is not None
    assert f"the step of {method.algorithm.name} mixes replicates: from iteration" in told
    assert "reduce along the last axis" in told
    assert told.count("7 on" if method.algorithm is later else "0 on") == 1


# Steps that are not pure ------------------------------------------------------------------------


@algorithm
def of_numpy(s, oracle):
    return Point(s.x / 2 + 1e-3 * np.random.normal(size=s.x.shape))


generator = np.random.default_rng(0)


@algorithm
def of_a_generator(s, oracle):
    return Point(s.x / 2 + 1e-3 * generator.normal(size=s.x.shape))


memory: dict = {"calls": 0}


@algorithm
def counts_its_calls(s, oracle):
    memory["calls"] += 1
    return Point(s.x / (1 + memory["calls"]))


@algorithm
def keeps_what_was(s, oracle):
    """Momentum, remembered outside of the state."""
    before = memory.get("x", s.x)
    memory["x"] = s.x
    return Point(s.x / 2 + 0.1 * (s.x - before))


@algorithm
def of_the_clock(s, oracle):
    return Point(s.x / (2 + time.perf_counter() % 1))


@algorithm(init=lambda x0: Point(x0 + np.random.normal(size=x0.shape)))
def random_init(s, oracle):
    return Point(s.x / 2)


@pytest.mark.parametrize(
    "method",
    [
        of_numpy(),
        of_a_generator(),
        counts_its_calls(),
        keeps_what_was(),
        of_the_clock(),
        random_init(),
    ],
    ids=lambda method: method.algorithm.name,
)
def test_a_step_that_is_no_function_is_an_error(method):
    told = error_of(method)
    assert told is not None
    what = "init" if method.algorithm is random_init else "step"
    assert f"the {what} of {method.algorithm.name} is not a pure function" in told
    assert "draw random numbers from rng" in told


def test_the_other_method_of_a_claim_is_tried_as_well():
    for claim in (identity(distance, of_numpy()), ordering(distance, any_of_all())):
        told = error_of(half, claim)
        assert told is not None
        assert "pure function" in told or "mixes replicates" in told


def test_the_method_of_a_mutant_is_tried_as_well():
    statement = theorem(
        upper_bound(distance, D),
        half,
        plane,
        mutants=[mutant("mixed", "it mixes", algorithm=neighbours())],
    )
    assert "mixes replicates" in verify(statement).error


# Steps as they should be ------------------------------------------------------------------------


@algorithm
def normalized(s, oracle):
    g = oracle.gradient(s.x)
    return Point(s.x - 0.5 * g / norm(g) * norm(s.x) / 2)


@algorithm
def clipped(s, oracle, rng):
    g = oracle.gradient(s.x) + normal(rng, 2)
    return Point(s.x - 0.1 * where(norm(g) > 1, g / norm(g), g))


@algorithm
def sized(s, oracle):
    return Point(s.x / (1 + total(s.x * s.x)))


@pytest.mark.parametrize("method", [normalized(), clipped(), sized()], ids=str)
def test_a_step_of_one_replicate_is_none(method):
    for key in range(20):
        assert error_of(method, key=key) is None


def test_nothing_chaotic_counts_as_mixing():
    """x -> 4 x (1 - x) doubles each error of rounding."""

    @algorithm
    def logistic(s, oracle):
        return Point(4 * s.x * (1 - s.x))

    on = Problem(point.oracle, [], lambda rng, R: uniform(rng, 3), name="cube")
    assert error_of(logistic(), upper_bound(entry, 2), on) is None


def test_rounding_of_the_size_of_the_start_is_no_mixing():
    """An oracle with data rounds as they do, however small the iterate has become."""

    @algorithm
    def sharp(s, oracle, *, k):
        return Point(1e-4 * s.x + (1e-17 * len(s.x) if float(np.max(k)) > 3 else 0.0))

    assert error_of(sharp(k=k), upper_bound(distance, 2 * D)) is None


# Runs that the clock ends, and NaN --------------------------------------------------------------

root = curve(lambda k, u: (k + 1) ** -0.5)
lost = curve(lambda k, u: where(k > 900, np.nan + 0 * k, (k + 1) ** -0.5))


def claims(measured):
    """False claims of all kinds by their names, of which a finished run refutes each."""
    late, rests = {"when": k > 900}, frozen()
    return {
        "upper bound": upper_bound(measured, Rational(1, 1000), **late),
        "lower bound": lower_bound(measured, 2, **late),
        "margin": stays_away(measured, 2, **late),
        "exponent": exponent(measured, -2),
        "linear rate": linear_rate(measured, Rational(1, 2)),
        "envelope": limit(measured, 1, envelope=Rational(1, 2), **late),
        "identity": identity(measured, 1, **late),
        "identity of methods": identity(measured, rests, **late),
        "ordering": ordering(measured, rests, factor=Rational(1, 100), **late),
        "drift": drift(measured, 0 * V + Rational(1, 1000), **late),
    }


kinds = pytest.mark.parametrize("kind", claims(root))


@kinds
def test_a_finished_run_refutes(kind):
    found = judge(claims(root)[kind], iterations=1000)
    assert (found.verdict, found.witness is None) == (REFUTED, False), found.sentence


@kinds
def test_no_number_refutes_nothing(kind):
    found = judge(claims(lost)[kind], iterations=1000)
    assert (found.verdict, found.witness) == (INCONCLUSIVE, None), found.sentence


@kinds
def test_the_clock_refutes_nothing(kind):
    found = judge(claims(root)[kind], iterations=1000, profile=LATE)
    assert (found.verdict, found.witness) == (INCONCLUSIVE, None), found.sentence


def test_a_limit_that_the_clock_ends_is_open():
    found = judge(limit(root, 1, within=0.1), iterations=1000, profile=LATE)
    assert (found.verdict, found.witness) == (INCONCLUSIVE, None)


def test_a_sampled_claim_that_the_clock_ends_is_open():
    @algorithm
    def drawn(s, oracle, rng):
        return Point(abs(normal(rng, 1)))

    for bound in (9, Rational(1, 9)):
        found = judge(
            upper_bound(E(entry), bound, when=k > 20), drawn(), line, profile=LATE, iterations=1000
        )
        assert (found.verdict, found.witness) == (INCONCLUSIVE, None)
        assert "timed out" in found.sentence


def test_exact_moments_that_the_clock_ends_are_open():
    claim = upper_bound(E(distance_squared), Rational(1, 900), when=k > 900)
    noisy = walk(eta=Rational(1, 2), noise=k)
    found = judge(claim, noisy, parabola, profile=LATE, iterations=1000)
    assert (found.verdict, found.witness) == (INCONCLUSIVE, None)


def test_what_was_seen_before_the_clock_counts():
    found = judge(upper_bound(root, Rational(1, 2)), iterations=1000, profile=LATE)
    assert (found.verdict, found.witness.k, found.witness.left) == (REFUTED, 0, 1)


# Exceptions -------------------------------------------------------------------------------------


@algorithm
def raises(s, oracle):
    raise ZeroDivisionError("of the user")


def test_an_exception_is_an_error_and_no_verdict():
    report = suite.verify(theorem(upper_bound(distance, D), raises(), line, id="t"))
    assert report.verdict is INCONCLUSIVE
    assert "of the user" in report.error


def test_a_missing_oracle_is_an_error():
    report = verify(theorem(upper_bound(entry, 1), half, tape))
    assert "has no oracle or constant 'gradient'" in report.error
    assert report.verdict is INCONCLUSIVE
    assert not report.as_expected
