"""What has the name of another is not the other; what is written reads back as it was."""

import json
from dataclasses import replace
from typing import Annotated, NamedTuple

import numpy as np
import pytest
from sympy import Eq, Float, Piecewise, Rational, sqrt

from convlab.algorithm import Point, algorithm
from convlab.assumption import Assumption
from convlab.assumptions import attained, smooth
from convlab.claims import Evidence, Verdict, exponent, upper_bound
from convlab.engine import run
from convlab.errors import ConvlabError
from convlab.families import instance_of
from convlab.family import between, family
from convlab.laboratory import Laboratory
from convlab.metrics import E, distance, distance_squared, gap
from convlab.problem import Problem
from convlab.report.documents import document, report_of
from convlab.symbols import D, L, k, symbol
from convlab.theorem import mutant
from truth.statements import (
    E_VALUE,
    EXACT,
    HOLDS,
    INCONCLUSIVE,
    INTERVAL,
    REFUTED,
    TINY,
    Power,
    changed,
    count,
    curve,
    entry,
    exponential,
    half,
    judge,
    line,
    parabola,
    power,
    scale,
    spoiled,
    theorem,
    verify,
    walk,
)

one = curve(lambda k, u: 0 * k + 1.0, "level")
two = curve(lambda k, u: 0 * k + 2.0, "level")
"""Another metric of the same name."""


def test_two_metrics_of_one_name_are_not_judged_as_one():
    for first, second in ((one, two), (two, one)):
        with pytest.raises(ConvlabError, match="two different metrics called 'level'"):
            theorem([upper_bound(first, 2), upper_bound(second, Rational(3, 2))])


def test_a_mutant_with_a_metric_of_the_same_name_is_run():
    claim = upper_bound(one, Rational(3, 2))
    changes = {"claims": [upper_bound(two, Rational(3, 2))]}
    report = verify(theorem(claim, mutants=[mutant("two", "it is 2", **changes)]))
    assert (report.verdict, report.mutants[0].verdict) == (HOLDS, REFUTED)
    assert report.mutants[0].witness.left == 2


first = symbol("q_0", "a metric at the start, of these tests")


def test_a_mutant_that_changes_only_what_is_measured_at_the_start_is_run():
    statement = theorem(
        upper_bound(distance, first / 2**k),
        half,
        line,
        initial={first: distance},
        mutants=[mutant("gap", "it is smaller", initial={first: gap})],
    )
    report = verify(statement)
    # Of a start at x > 1 the gap x^2/2 is smaller than x below 2.
    assert (report.verdict, report.mutants[0].verdict) == (HOLDS, REFUTED)


def test_problems_of_one_name_are_two_problems():
    def named(start):
        return Problem(Power(2), [attained(0.0, np.zeros(1))], np.array([start]), name="same")

    claim = upper_bound(distance, 1)
    for on in ([named(1.0), named(2.0)], [named(2.0), named(1.0)]):
        found = judge(claim, half, on)
        assert (found.verdict, found.witness.left) == (REFUTED, 2)
        assert len(found.evidence) == (2 if on[0].start[0] == 1 else 1)


def test_an_assumption_of_the_name_of_another_is_not_satisfied():
    other = Assumption("smooth", ("L",), "in another sense")
    report = verify(theorem(upper_bound(distance, D), half, parabola, assume=[other(L), attained]))
    assert "lacks smooth" in report.error
    same = verify(theorem(upper_bound(distance, D), half, parabola, assume=[smooth(L), attained]))
    assert same.error is None


def test_algorithms_of_one_name_are_two_methods():
    def make(factor):
        @algorithm
        def method(s, oracle):
            return Point(s.x * factor)

        return method()

    fast, slow = make(0.5), make(0.6)
    report = verify(
        theorem(
            upper_bound(distance, D / 2**k),
            fast,
            parabola,
            mutants=[mutant("slow", "0.6", algorithm=slow)],
        )
    )
    assert (report.verdict, report.mutants[0].verdict) == (HOLDS, REFUTED)
    assert report.mutants[0].witness.left == pytest.approx(0.6)


# Letters ----------------------------------------------------------------------------------------

shift = Assumption("shift", ("c",), "c is a constant")
shifted = Problem(Power(2), [attained(0.0, np.zeros(1)), shift(-0.5)], np.ones(1), name="shifted")
real = symbol("c", "a shift of these tests", sign="real")


@pytest.mark.parametrize(
    ("claimed", "verdict"),
    [
        (2 * sqrt(real**2) * D, HOLDS),
        (-2 * real * D, HOLDS),
        (sqrt(real**2) * D, REFUTED),
        (2 * real * D, REFUTED),
    ],
)
def test_a_letter_takes_values_of_its_sign(claimed, verdict):
    """The distance is D/2^k, and c = -1/2."""
    found = judge(upper_bound(distance, claimed), half, shifted, assume=[shift(real), attained])
    assert found.verdict is verdict
    assert found.witness is None or found.witness.k == 0


def test_a_value_of_the_other_sign_is_an_error():
    letter = symbol("c", "a shift of these tests, not negative")
    claim = upper_bound(distance, 2 * sqrt(letter**2) * D)
    report = verify(theorem(claim, half, shifted, assume=[shift(letter), attained]))
    assert "the letter c is declared nonnegative, but its value is -0.5" in report.error
    assert report.verdict is INCONCLUSIVE


def test_letters_of_two_meanings_are_not_mixed():
    others = [symbol("c", "one meaning of these tests"), symbol("c", "another of these tests")]
    with pytest.raises(ConvlabError, match="uses the letter c in two meanings"):
        theorem(
            upper_bound(distance, others[0] * D),
            half,
            shifted,
            assume=[shift(others[1]), attained],
            initial={others[0]: distance},
        )


# Written and read -------------------------------------------------------------------------------

REPORTS = {
    "holds": lambda: theorem(upper_bound(distance, D / 2**k), half, line),
    "infinite ratio": lambda: theorem(
        upper_bound(changed(9, 1e-5), Piecewise((0, Eq(k, 9)), (1, True)))
    ),
    "infinite left side": lambda: theorem(
        upper_bound(distance, 2, when=k > 12), scale(q=10**10), parabola
    ),
    "no number": lambda: theorem(upper_bound(changed(9, np.nan), 1)),
    "one replicate": lambda: theorem(upper_bound(spoiled(9, 1.0, 3), 1)),
    "a slope": lambda: theorem(
        exponent(curve(lambda k, u: (k + 1) ** -0.5), -1), count(), iterations=1000
    ),
    "a sample": lambda: theorem(
        upper_bound(E(entry), Float("0.5"), when=k > 0), exponential(), power(3)
    ),
    "moments": lambda: theorem(
        upper_bound(E(distance_squared), 0), walk(eta=Rational(1, 2)), parabola
    ),
    "mutants": lambda: theorem(
        upper_bound(distance, D / 2**k),
        half,
        parabola,
        mutants=[mutant("1/4", "slower", algorithm=half.algorithm(eta=Rational(1, 4)))],
    ),
    "an error": lambda: theorem(upper_bound(entry, 1), half),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_back_as_it_was(name):
    report = verify(REPORTS[name]())
    text = json.dumps(document(report), allow_nan=False)
    back = report_of(json.loads(text))
    assert document(back) == document(report)
    assert [c.finding.witness for c in back.claims] == [c.finding.witness for c in report.claims]
    assert [m.witness for m in back.mutants] == [m.witness for m in report.mutants]
    assert [c.finding.worst_ratio for c in back.claims] == [
        c.finding.worst_ratio for c in report.claims
    ]
    assert back.bases == report.bases


def test_what_these_reports_hold():
    infinite = verify(REPORTS["infinite ratio"]())
    assert infinite.claims[0].finding.worst_ratio == np.inf
    data = json.loads(json.dumps(document(infinite)))["claims"][0]
    assert data["worst_ratio"] == "Infinity"
    assert (data["witness"]["k"], data["witness"]["basis"]) == (9, "exact")
    assert data["basis"] == ["exact"]
    left = verify(REPORTS["infinite left side"]())
    assert document(left)["claims"][0]["witness"]["left"] == "Infinity"
    assert verify(REPORTS["a slope"]()).bases == (INTERVAL,)
    assert verify(REPORTS["a sample"]()).bases == (E_VALUE,)
    assert verify(REPORTS["holds"]()).bases == (EXACT,)


def test_there_is_no_refutation_without_a_witness():
    with pytest.raises(ValueError, match="a refutation needs a witness"):
        Evidence("a setting", Verdict.REFUTED, "because")
    assert Evidence("a setting", Verdict.HOLDS).witness is None


# Instances --------------------------------------------------------------------------------------


@family
def stretched(rng, *, L: Annotated[float, between(0.1, 10.0)] = 1.0):
    """L x^2/2 from a random start."""
    return Problem(Stretched(L), [attained(0.0, np.zeros(1)), smooth(L)], 1 + rng.uniform(size=1))


class Stretched(NamedTuple):
    """L x^2/2."""

    L: float

    def value(self, x):
        return self.L * x[..., :1] ** 2 / 2

    def gradient(self, x):
        return self.L * x


@pytest.mark.parametrize("key", range(100, 110))
def test_the_instance_of_a_witness_reads_back_to_the_bit(key):
    """Parameters are drawn, so that four digits do not make the problem again."""
    statement = replace(
        theorem(
            upper_bound(distance, D / 1000 ** (k / 20)),
            half.algorithm(eta=1 / (20 * L)),
            parabola,
            assume=[smooth(L), attained],
        ),
        on=None,
    )
    families = {"stretched": stretched}
    bench = Laboratory(families, TINY, key=key, engine="eager").bench(statement)
    found = statement.claims[0].judge(bench)  # not made small, as a report does it
    assert found.verdict is REFUTED
    text = found.witness.instance
    again = instance_of(text, families).problem()
    assert (again.name, str(again.instance)) == (text, text)
    assert float(f"{again.oracle.L:.4g}") != again.oracle.L
    trace = run(
        statement.algorithm,
        again,
        iterations=found.witness.iterations,
        replicates=[found.witness.replicate],
        metrics=[distance],
        grid=[found.witness.k],
        key=key,
        engine="eager",
    )
    assert trace.values["distance"][0, 0] == found.witness.left
