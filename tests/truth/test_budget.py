"""The error budget: alpha is divided over statements, settings, columns and looks.

The samples here are sure: every replicate has the ratio metric/bound that makes the e-value what
it must be for one threshold to be reached and the next one not.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq
from sympy import And, Eq, FiniteSet, Float, Or, Piecewise, Rational

from convlab import statistics
from convlab.algorithm import Point, algorithm
from convlab.claims import identity, ordering, upper_bound
from convlab.claims.bounds import DELTAS
from convlab.family import family
from convlab.laboratory import ALPHA, PROFILES, Laboratory
from convlab.metrics import E
from convlab.streams import uniform
from convlab.suite import Options, Suite
from convlab.symbols import D, delta, eta, k
from convlab.vocabulary import log, where
from truth.statements import (
    E_VALUE,
    HOLDS,
    REFUTED,
    TINY,
    entry,
    half,
    judge,
    line,
    parabola,
    power,
    theorem,
    verify,
)

ONE = np.log(1e6)
"""log(1/alpha) for one statement on one setting."""
cubic, other = power(3), power(4)


@algorithm
def sure(s, oracle, rng, *, value=1):
    """The same number at every iteration, by a way that no moment sees."""
    return Point(0 * s.x + 0 * log(uniform(rng, 1)) + value)


def ratio(log_e, replicates, columns=1, wrong=1):
    """The metric/bound at which the e-value of sure replicates is exp(log_e).

    ``wrong`` of the ``columns`` have this ratio, the others have 0.
    """

    def excess(r):
        table = np.zeros((replicates, columns))
        table[:, :wrong] = r
        return statistics.log_e_value(table) - log_e

    return brentq(excess, 1.0, 1e6)


def claim(log_e, replicates=256, when=None):
    """A bound on one column that is exceeded so much that the e-value is exp(log_e)."""
    bound = Float(1 / ratio(log_e, replicates), 17)
    return upper_bound(E(entry), bound, when=Eq(k, 1) if when is None else when)


def sampled(*blocks):
    return replace(TINY, replicates=blocks)


single = {"profile": sampled(256), "iterations": 2}


@pytest.mark.parametrize(
    ("log_e", "suite", "verdict"),
    [
        (ONE + 0.1, 1, REFUTED),
        (ONE - 0.1, 1, HOLDS),
        (np.log(1e2) + 0.1, 1, HOLDS),
        (ONE + 0.1, 2, HOLDS),
        (ONE + np.log(2) + 0.1, 2, REFUTED),
        (ONE + np.log(256) - 0.1, 256, HOLDS),
        (ONE + np.log(256) + 0.1, 256, REFUTED),
    ],
)
def test_alpha_is_a_millionth_of_all_statements(log_e, suite, verdict):
    found = judge(claim(log_e), sure(), cubic, suite=suite, **single)
    assert (found.verdict, found.bases) == (verdict, (E_VALUE,))
    assert found.log_e_value == pytest.approx(log_e, abs=1e-5)
    if verdict is REFUTED:
        assert found.witness.left == pytest.approx(1 / float(claim(log_e).bound), rel=1e-6)


@pytest.mark.parametrize(
    ("log_e", "verdict"), [(ONE + np.log(2) - 0.1, HOLDS), (ONE + np.log(2) + 0.1, REFUTED)]
)
def test_alpha_is_divided_over_the_settings(log_e, verdict):
    problems = judge(claim(log_e), sure(), [cubic, other], **single)
    choices = judge(
        claim(log_e),
        sure(value=eta),
        cubic,
        parameters={eta: FiniteSet(1, Rational(1, 9))},
        **single,
    )
    assert (problems.verdict, choices.verdict) == (verdict, verdict)
    alone = judge(claim(log_e), sure(), cubic, **single)
    assert alone.verdict is REFUTED


@pytest.mark.parametrize(
    ("log_e", "verdict"), [(ONE + np.log(4) - 0.1, HOLDS), (ONE + np.log(4) + 0.1, REFUTED)]
)
def test_settings_and_statements_share_it(log_e, verdict):
    found = judge(claim(log_e), sure(), [cubic, other], suite=2, **single)
    assert found.verdict is verdict


def test_it_is_divided_over_the_columns():
    """Of three columns one is false: alone it would be refuted."""
    columns, log_e = 3, ONE + np.log(3) - 0.5
    bound = Float(1 / ratio(log_e, 256), 17)
    only = Piecewise((bound, Eq(k, 2)), (10**9, True))
    found = judge(
        upper_bound(E(entry), only, when=k >= 1), sure(), cubic, profile=sampled(256), iterations=3
    )
    assert found.verdict is HOLDS
    assert found.log_e_value == pytest.approx(log_e - np.log(columns), abs=1e-3)
    alone = judge(claim(log_e, when=Eq(k, 2)), sure(), cubic, profile=sampled(256), iterations=3)
    assert alone.verdict is REFUTED


def test_it_is_divided_over_the_probabilities():
    """A bound with a probability is tried at two of them: two columns."""
    assert len(DELTAS) == 2
    replicates = 5
    always = statistics.log_e_value(np.full((replicates, 2), 1 / 0.01) * [[0.1, 1]])
    one = statistics.log_e_value(np.full((replicates, 1), 1 / 0.01))
    assert always < one
    bound = upper_bound(entry, 1 / Float(2), when=Eq(k, 1), probability=1 - delta)
    found = judge(bound, sure(), cubic, profile=sampled(replicates), iterations=1)
    assert found.log_e_value == pytest.approx(always)


@pytest.mark.parametrize(
    ("log_e", "verdict"), [(ONE + np.log(2) - 0.1, HOLDS), (ONE + np.log(2) + 0.1, REFUTED)]
)
def test_identities_and_orderings_share_it(log_e, verdict):
    """Two settings. The difference of the sides is sure, and the span is 1."""

    def of_ordering(x):
        return statistics.log_e_value(np.full((256, 1), 1 + x)) - log_e

    def of_identity(x):
        scores = np.full((256, 1), x)
        return statistics.log_e_mean_equals(scores, 0.0, bounds=(-1.0, 1.0)) - log_e

    on, later = [cubic, other], {"when": Eq(k, 1)}
    apart = Float(brentq(of_identity, 1e-6, 1 - 1e-6), 17)
    equal = identity(E(entry), 1 - apart, span=1, **later)
    assert judge(equal, sure(), on, **single).verdict is verdict
    equal = identity(E(entry), sure(value=1 - apart), span=1, **later)
    assert judge(equal, sure(), on, **single).verdict is verdict
    apart = Float(brentq(of_ordering, 1e-6, 1 - 1e-6), 17)
    at_most = ordering(E(entry), sure(value=1 - apart), span=1, **later)
    assert judge(at_most, sure(), on, **single).verdict is verdict


def test_samples_grow_and_are_judged_together():
    """128 replicates do not decide, 256 do."""
    bound = claim(ONE + 0.1, 256)
    alone = judge(bound, sure(), cubic, profile=sampled(128), iterations=2)
    assert alone.verdict is HOLDS
    together = judge(bound, sure(), cubic, profile=sampled(128, 256), iterations=2)
    assert together.verdict is REFUTED
    assert together.log_e_value == pytest.approx(ONE + 0.1, abs=1e-5)
    assert "over 256 replicates" in together.sentence


def test_the_first_sample_that_decides_ends_the_sampling():
    found = judge(claim(ONE + 0.1, 128), sure(), cubic, profile=sampled(128, 256), iterations=2)
    assert found.verdict is REFUTED
    assert "over 128 replicates" in found.sentence


def test_the_columns_are_those_of_the_first_sample():
    """Where the claim says nothing of a later replicate, that one counts as none."""
    lacking = float(line.starts(0, [130])[0, 0])
    when = And(Eq(k, 1), Or(lacking - 1e-9 > D, lacking + 1e-9 < D))
    found = judge(claim(ONE + 5, 255, when), sure(), line, profile=sampled(128, 256), iterations=1)
    assert found.verdict is REFUTED
    assert "over 256 replicates" in found.sentence
    table = np.full((256, 1), ratio(ONE + 5, 255))
    table[130] = 0
    assert found.log_e_value == pytest.approx(statistics.log_e_value(table), abs=1e-4)


def test_a_suite_counts_its_claims():
    """Three claims share it as four would: the count is rounded up to a power of two."""
    catalogue = Suite.of(["first_order/gradient_descent_convex"], Options()).catalogue
    claims = [upper_bound(E(entry), i + 2, when=Eq(k, 1)) for i in range(3)]
    for count, statements in ((1, 1), (2, 2), (3, 4)):
        statement = theorem(claims[:count], sure(), cubic, id="t")
        catalogue.theorems["t"] = statement
        suite = Suite(catalogue, ["t"], Options())
        assert suite.statements == statements
        threshold = suite._laboratory.bench(statement).log_threshold
        assert threshold == pytest.approx(np.log(statements / ALPHA))


def test_the_profiles_keep_to_it():
    assert ALPHA == 1e-6
    for profile in PROFILES.values():
        assert list(profile.replicates) == sorted(set(profile.replicates))
        assert profile.replicates[0] >= 256


@family
def first_power(rng):
    """x^2/2."""
    return parabola


@family
def second_power(rng):
    """x^3/3."""
    return power(3)


@pytest.mark.parametrize("key", range(4))
def test_more_than_one_family_is_tried(key):
    """The claim is false on one of two families; the profile asks for both."""
    both = {"first_power": first_power, "second_power": second_power}
    wrong = upper_bound(entry, 1)

    @algorithm
    def grows(s, oracle):
        """Grows where f(1) = 1/3."""
        return Point(s.x * where(oracle.value(1 + 0 * s.x) < 0.4, 2.0 + 0 * s.x, 0.5 + 0 * s.x))

    statement = replace(theorem(wrong, grows(), parabola), on=None)
    for families in (both, dict(reversed(both.items()))):
        report = verify(statement, key=key, profile=replace(TINY, instances=2), families=families)
        assert report.verdict is REFUTED
        assert report.claims[0].finding.witness.instance.startswith("second_power")


def test_tight_instances_are_tried_first_and_known_as_such():
    statement = theorem(upper_bound(entry, 2), half, other, tight=[cubic], assume=[])
    settings = Laboratory({}, TINY).bench(statement).settings()
    assert [(s.problem, s.tight) for s in settings] == [(cubic, True), (other, False)]
