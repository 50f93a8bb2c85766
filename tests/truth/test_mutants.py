"""Mutants: refuted with a witness only, and never by a clock, by NaN or by themselves."""

import time
from dataclasses import replace

import numpy as np
import pytest
from sympy import Float, Interval, Rational, sqrt

from convlab.algorithm import Point, algorithm
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth
from convlab.claims import exponent, identity, limit, linear_rate, lower_bound, upper_bound
from convlab.family import family
from convlab.instances import PROFILES
from convlab.metrics import E, distance, distance_squared
from convlab.symbols import D, L, eta, k
from convlab.theorem import bound, mutant, step, without
from convlab.vocabulary import where
from truth.statements import (
    E_VALUE,
    EXACT,
    HOLDS,
    INAPPLICABLE,
    INCONCLUSIVE,
    INTERVAL,
    MOMENTS,
    REFUTED,
    TINY,
    curve,
    entry,
    exponential,
    frozen,
    half,
    line,
    noise,
    parabola,
    power,
    theorem,
    verify,
    walk,
)

halved = upper_bound(distance, D / 2**k)
"""True with equality of ``half``."""


def tried(claim, *mutants, method=half, on=line, **options):
    fields = {n: options.pop(n) for n in ("profile", "key", "families") if n in options}
    return verify(theorem(claim, method, on, mutants=list(mutants), **options), **fields)


@pytest.mark.parametrize(
    ("claim", "change", "method", "on", "basis"),
    [
        (halved, bound(D * Rational(4, 10) ** k, "too small"), half, line, EXACT),
        (halved, step(Rational(2, 5), "too short"), half, line, EXACT),
        (halved, step(3, "too long"), half, line, EXACT),
        (halved, mutant("frozen", "it rests", algorithm=frozen()), half, line, EXACT),
        (lower_bound(distance, D / 2**k), bound(D * 0.6**k, "too large"), half, line, EXACT),
        (identity(distance, D / 2**k), bound(D / 3**k, "smaller"), half, line, EXACT),
        (limit(distance, 1, within=0.1), bound(2, "another"), frozen(), parabola, EXACT),
        (
            linear_rate(distance, Rational(1, 2)),
            bound(Rational(2, 5), "faster"),
            half,
            line,
            INTERVAL,
        ),
        (
            upper_bound(E(distance_squared), D**2 + 1),
            bound(D**2 / 4**k, "noise"),
            walk(eta=0.5),
            line,
            MOMENTS,
        ),
        (
            upper_bound(E(entry), 1),
            bound(Rational(1, 2), "the mean is 1"),
            exponential(),
            power(3, 0.5),
            E_VALUE,
        ),
    ],
    ids=[
        "bound",
        "short step",
        "long step",
        "method",
        "lower",
        "identity",
        "limit",
        "rate",
        "moments",
        "sample",
    ],
)
def test_a_mutant_is_refuted_with_a_witness(claim, change, method, on, basis):
    report = tried(claim, change, method=method, on=on, iterations=40)
    assert report.error is None, report.error
    assert report.verdict is HOLDS, report.sentence
    (found,) = report.mutants
    assert (found.verdict, found.witness.basis) == (REFUTED, basis)
    assert not found.automatic


def test_a_mutant_that_is_true_survives():
    report = tried(halved, bound(D / 2**k * 2, "it is larger"))
    assert (report.verdict, report.mutants[0].verdict) == (INCONCLUSIVE, HOLDS)
    assert report.mutants[0].witness is None
    assert report.sentence.startswith(f"the mutant '{report.mutants[0].name}' is not refuted")


def test_one_survivor_among_others_is_named():
    killed = bound(D / 3**k, "smaller")
    spared = mutant("the same", "it is no mutant", claims=[halved])
    for mutants in ((killed, spared), (spared, killed)):
        report = tried(halved, *mutants)
        assert report.verdict is INCONCLUSIVE
        assert "the mutant 'the same' is not refuted" in report.sentence
        assert sorted(m.verdict for m in report.mutants) == [HOLDS, REFUTED]


def test_a_false_theorem_is_refuted_whatever_its_mutants():
    for change in (bound(D / 3**k, "smaller"), bound(9 * D, "larger")):
        report = tried(upper_bound(distance, D * Float("0.49") ** k), change)
        assert report.verdict is REFUTED
        assert report.claims[0].finding.witness.k == 1


def test_an_open_claim_is_open_whatever_its_mutants():
    lost = curve(lambda k, u: where(k == 9, np.nan + 0 * k, 0 * k + 1.0))
    report = verify(theorem(upper_bound(lost, 1), mutants=[bound(Rational(1, 2), "it is 1")]))
    assert (report.verdict, report.mutants[0].verdict) == (INCONCLUSIVE, REFUTED)


# Mutants that are not false ---------------------------------------------------------------------


@algorithm
def sleepy(s, oracle):
    """``half``, with a nap at each step."""
    time.sleep(0.02)
    return Point(s.x / 2)


@algorithm
def lost(s, oracle):
    """No number."""
    return Point(s.x * np.nan)


@algorithm
def rounded(s, oracle):
    """``half``, by a way that doubles round."""
    return Point(s.x / 49 * 49 / 2)


SLOW = replace(TINY, seconds=0.2)


@pytest.mark.parametrize(
    "claim",
    [
        halved,
        upper_bound(distance, D * Rational(3, 5) ** k),
        identity(distance, D / 2**k),
        linear_rate(distance, Rational(1, 2)),
        exponent(distance, -1),
        limit(distance, 0, within=1e-6),
        limit(distance, 0, envelope=D / 2**k),
    ],
    ids=lambda claim: claim.kind,
)
def test_a_method_with_a_sleep_in_it_is_not_refuted(claim):
    """The clock ends it: that says nothing against it."""
    report = tried(
        claim, mutant("sleepy", "it sleeps", algorithm=sleepy()), profile=SLOW, iterations=100
    )
    (found,) = report.mutants
    assert (found.verdict, found.witness) == (INCONCLUSIVE, None), found.sentence
    assert report.verdict is INCONCLUSIVE


@pytest.mark.parametrize(
    "claim",
    [
        halved,
        linear_rate(distance, Rational(1, 2)),
        limit(distance, 0, within=1e-6),
        exponent(distance, -1),
    ],
    ids=lambda claim: claim.kind,
)
def test_a_method_that_gives_no_numbers_is_not_refuted(claim):
    report = tried(claim, mutant("lost", "no number", algorithm=lost()), iterations=100)
    (found,) = report.mutants
    assert (found.verdict, found.witness) == (INCONCLUSIVE, None), found.sentence
    assert report.verdict is INCONCLUSIVE


def test_rounding_does_not_refute_a_mutant():
    report = tried(halved, mutant("rounded", "the same", algorithm=rounded()))
    assert (report.mutants[0].verdict, report.verdict) == (HOLDS, INCONCLUSIVE)
    loud = upper_bound(curve(lambda k, u: 1 + noise(k, 1.0)), 1)
    quiet = upper_bound(curve(lambda k, u: 0 * k + 1.0, "quiet"), 1)
    report = verify(theorem(quiet, mutants=[mutant("loud", "rounding", claims=[loud])]))
    assert (report.mutants[0].verdict, report.mutants[0].witness) == (INCONCLUSIVE, None)


def test_a_mutant_that_applies_nowhere_survives():
    never = upper_bound(distance, D, when=k > 10**6)
    report = tried(halved, mutant("never", "nowhere", claims=[never]))
    assert (report.mutants[0].verdict, report.verdict) == (INAPPLICABLE, INCONCLUSIVE)
    assert report.mutants[0].why == "nowhere"


def test_a_mutant_is_tried_on_the_instances_that_it_names():
    changes = {"tight": [power(2, 5.0)], "on": [power(4, 5.0)], "assume": [], "iterations": 3}
    report = tried(upper_bound(entry, 2), mutant("elsewhere", "far", **changes), on=parabola)
    assert report.verdict is HOLDS
    found = report.mutants[0].witness
    assert (found.instance, found.iterations, found.left) == ("power[2]", 3, 5)


# Without mutants --------------------------------------------------------------------------------


def test_a_theorem_without_mutants_is_judged_by_automatic_ones():
    """From the tenth iteration on: at the start it is attained by definition."""
    report = tried(halved)
    assert report.verdict is HOLDS
    assert [m.name for m in report.mutants] == ["half the bound", "a faster rate"]
    for found in report.mutants:
        assert (found.automatic, found.verdict, found.witness.k) == (True, REFUTED, 10)
        assert found.sentence.endswith("in 50-digit arithmetic too")


def test_a_loose_theorem_without_mutants_has_shown_nothing():
    report = tried(upper_bound(distance, 3 * D))
    assert report.verdict is INCONCLUSIVE
    assert "the check has not shown that it can fail" in report.sentence
    assert [m.verdict for m in report.mutants] == [HOLDS]


def test_a_theorem_to_which_no_mutant_applies_has_shown_nothing():
    report = tried(limit(distance, 1, within=0.1), method=frozen(), on=parabola)
    assert (report.verdict, report.mutants) == (INCONCLUSIVE, ())
    assert "none applies" in report.sentence


def test_of_automatic_mutants_those_that_survive_are_named():
    report = tried([halved, upper_bound(distance, 3 * D)])
    assert report.verdict is HOLDS
    assert [m.verdict for m in report.mutants] == [REFUTED, REFUTED, HOLDS]
    assert "these survive: 'claim 2: half the bound'" in report.sentence


def test_the_step_is_doubled():
    report = tried(
        upper_bound(distance, 9 * D),
        method=gradient_descent(eta=eta),
        on=parabola,
        assume=[smooth(L), attained],
        parameters={eta: Interval.open(0, 2 / L)},
    )
    named = {m.name: m.verdict for m in report.mutants}
    assert named["eta = 4/L"] is REFUTED
    assert report.verdict is HOLDS


@family
def steep(rng):
    """x^2/2 that is not declared convex."""
    return replace(parabola, declares=[attained(0.0, np.zeros(1))], start=np.array([5.0]))


def test_each_assumption_is_dropped():
    """Without convexity, the family ``steep`` is tried, where the claim is false."""
    report = tried(
        upper_bound(distance, 2),
        on=replace(parabola, declares=[convex(), attained(0.0, np.zeros(1))]),
        assume=[convex, attained],
        families={"steep": steep},
    )
    named = {m.name: m.verdict for m in report.mutants}
    assert named["without convex"] is REFUTED
    assert report.verdict is HOLDS


@family
def mistaken(rng):
    """x^2/2 with a minimizer that is none, not declared convex."""
    return replace(parabola, declares=[attained(0.0, np.ones(1))])


def test_an_automatic_mutant_that_cannot_be_tried_is_no_error():
    """Without convexity, only a family with a false certificate is left."""
    report = tried(
        halved,
        on=replace(parabola, declares=[convex(), attained(0.0, np.zeros(1))]),
        assume=[convex, attained],
        families={"mistaken": mistaken},
    )
    assert (report.verdict, report.error) == (HOLDS, None)
    assert [m.verdict for m in report.mutants] == [REFUTED, REFUTED, INAPPLICABLE]
    untried = report.mutants[2]
    assert (untried.name, untried.why) == ("without convex", "an automatic change")
    assert (untried.automatic, untried.witness) == (True, None)
    assert untried.sentence.endswith("f(x*) differs from f* by 0.5")


powerful = replace(PROFILES["quick"], power=True)


def names(report, verdict):
    return {m.name for m in report.mutants if m.automatic and m.verdict is verdict}


def test_each_term_of_a_bound_is_dropped():
    report = tried(upper_bound(distance, D / 2**k + D / 1000**k), profile=powerful)
    assert "without the term D/2^k" in names(report, REFUTED)
    assert "without the term D/1000^k" in names(report, HOLDS)


def test_what_is_subtracted_or_only_counts_is_no_term():
    claim = upper_bound(distance, D * (2 - 1 / (k + 1)) * sqrt((k + 2) / (k + 1)))
    report = tried(claim, profile=powerful)
    dropped = [m.name for m in report.mutants if m.name.startswith("without the term")]
    assert dropped == ["without the term 2"]


def test_an_assumption_with_a_constant_is_tried_with_another_one():
    """Beyond 2/L: the method diverges where the constant is twice as large as assumed."""
    report = tried(
        upper_bound(distance, D),
        bound(D / 2, "the start"),
        method=gradient_descent(eta=Rational(3, 2) / L),
        on=parabola,
        assume=[smooth(L), attained],
        profile=powerful,
    )
    assert "without smooth" in names(report, REFUTED)
    assert "half the bound" in names(report, HOLDS)


def test_what_a_statement_names_is_not_told_again():
    fields = {"assume": [convex, attained], "profile": powerful}
    on = replace(parabola, declares=[convex(), attained(0.0, np.zeros(1))])
    claim = upper_bound(distance, 3 * D)
    told = tried(claim, bound(D / 2, "the start"), on=on, **fields)
    assert "these survive: 'half the bound', 'without convex'" in told.sentence
    reasons = {"loose": "by 3: an example", "untested": {convex: "not used"}}
    named = tried(claim, bound(D / 2, "the start"), on=on, **fields, **reasons)
    assert "survive" not in named.sentence
    assert all(m.named for m in named.mutants if m.automatic)


def test_without_an_assumption_on_instances_that_lack_it():
    on = replace(parabola, declares=[convex(), attained(0.0, np.zeros(1))])
    report = tried(
        upper_bound(distance, 2),
        without(convex, "not assumed", on=[power(4, 5.0)]),
        on=on,
        assume=[convex, attained],
    )
    assert (report.verdict, report.mutants[0].verdict) == (HOLDS, REFUTED)
    assert report.mutants[0].witness.left == 5
