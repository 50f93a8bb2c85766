"""Bounds that hold surely, and bounds that are false at one place."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Abs, Eq, FiniteSet, Float, Interval, Mod, Ne, Piecewise, Rational, oo

from convlab import bench
from convlab.algorithm import Point, algorithm
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, smooth
from convlab.claims import identity, lower_bound, potential, stays_away, upper_bound
from convlab.engine import log_grid
from convlab.laboratory import Laboratory
from convlab.metrics import averaged, distance, gap
from convlab.symbols import D, L, T, eta, gamma, k
from convlab.theorem import Integers, bound
from convlab.vocabulary import where
from truth.statements import (
    EXACT,
    HOLDS,
    INAPPLICABLE,
    INCONCLUSIVE,
    REFUTED,
    TINY,
    Statement,
    changed,
    check,
    count,
    curve,
    entry,
    frozen,
    half,
    judge,
    level,
    line,
    mark,
    noise,
    parabola,
    point,
    scale,
    spoiled,
    table,
    theorem,
    verify,
)


def true(name, claim, **fields):
    return Statement(name=name, claim=claim, verdict=HOLDS, **fields)


def false(name, claim, **fields):
    return Statement(name=name, claim=claim, verdict=REFUTED, **fields)


def open_(name, claim, **fields):
    return Statement(name=name, claim=claim, verdict=INCONCLUSIVE, **fields)


@table(
    true("equality", upper_bound(curve(lambda k, u: level(k)), 1)),
    false("twice at 9", upper_bound(spoiled(9, 1.0), 1), k=9, left=2, right=1),
    false("at 1", upper_bound(spoiled(1, 1.0), 1), k=1, left=2),
    false("at the start", upper_bound(spoiled(0, 1.0), 1), k=0, left=2),
    false("at the last", upper_bound(spoiled(20, 1.0), 1), k=20, left=2),
    false("at 613", upper_bound(spoiled(613, 0.5), 1), k=613, left=1.5, iterations=1000),
    false(
        "at the last of 1,000",
        upper_bound(spoiled(1000, 0.5), 1),
        k=1000,
        left=1.5,
        iterations=1000,
    ),
    false("replicate 3", upper_bound(spoiled(9, 1.0, 3), 1), k=9, replicate=3, left=2),
    false("replicate 0 at 1", upper_bound(spoiled(1, 1.0, 0), 1), k=1, replicate=0, left=2),
    false("1e-8", upper_bound(spoiled(9, 1e-8), 1), k=9, words="in 50-digit arithmetic too"),
    false("ten slacks", upper_bound(spoiled(9, 1e-8, 2), 1), k=9, replicate=2),
    false("two slacks", upper_bound(spoiled(9, 2e-9), 1), k=9),
    true("half the slack", upper_bound(spoiled(9, 5e-10), 1)),
    false(
        "every tenth step fivefold",
        upper_bound(curve(lambda k, u: where(k % 10 == 7, 5 * level(k), level(k))), 1),
        k=7,
        left=5,
        iterations=100,
    ),
    false(
        "a bound that is too small at 9",
        upper_bound(spoiled(9, 0.0), Piecewise((Float("0.9"), Eq(k, 9)), (1, True))),
        k=9,
        left=1,
        right=0.9,
    ),
)
def test_an_upper_bound(statement):
    check(statement)


@table(
    false("at 9 only", upper_bound(spoiled(9, 1.0), 1, when=Eq(k, 9)), k=9, left=2),
    true("not at 9", upper_bound(spoiled(9, 1.0), 1, when=Ne(k, 9))),
    true("wrong at 10 only", upper_bound(spoiled(10, 1.0), 1, when=Eq(k, 9))),
    false(
        "at 613 of 1,000",
        upper_bound(spoiled(613, 1.0), 1, when=Eq(k, 613)),
        k=613,
        iterations=1000,
    ),
    true("before 9", upper_bound(spoiled(9, 1.0), 1, when=k < 9)),
    false("from 9 on", upper_bound(spoiled(9, 1.0), 1, when=k >= 9), k=9),
    false("odd", upper_bound(spoiled(13, 1.0), 1, when=Eq(Mod(k, 2), 1)), k=13),
    true("even", upper_bound(spoiled(13, 1.0), 1, when=Eq(Mod(k, 2), 0))),
    Statement(
        name="never",
        claim=upper_bound(spoiled(9, 1.0), 1, when=k > 100),
        verdict=INAPPLICABLE,
        words="the claim says nothing here",
    ),
    true("no value at 0", upper_bound(spoiled(0, 1.0), 2 - 1 / k)),
    false("at 1, no value at 0", upper_bound(spoiled(1, 0.5), 2 - 1 / k), k=1, left=1.5, right=1),
)
def test_a_bound_where_a_condition_holds(statement):
    check(statement)


@table(
    true("equality", lower_bound(curve(lambda k, u: level(k)), 1)),
    false("half at 9", lower_bound(spoiled(9, -0.5), 1), k=9, left=0.5, right=1),
    false("replicate 2", lower_bound(spoiled(9, -0.5, 2), 1), k=9, replicate=2),
    false("1e-8", lower_bound(spoiled(9, -1e-8), 1), k=9, words="below the bound"),
    true("half the slack", lower_bound(spoiled(9, -5e-10), 1)),
    true("stays away", stays_away(curve(lambda k, u: level(k)), 1)),
    false("comes close once", stays_away(spoiled(17, -0.3), 1), k=17, left=0.7),
    false("gradient descent arrives", stays_away(distance, D / 2), method=half, on=parabola, k=2),
    true("a point that rests", stays_away(distance, D), method=frozen(), on=parabola),
    false("-infinity", lower_bound(changed(9, -np.inf), 0), k=9, left=-np.inf),
    true("infinity", lower_bound(changed(9, np.inf), 0)),
)
def test_a_lower_bound(statement):
    check(statement)


def rounding_and(real, size=0.22):
    """Rounding of size one at 1, 2, 4, 8, 16, and an excess that is there at ``real``."""
    return curve(lambda k, u: level(k) + noise(k, 1.0) + where(k == real, size + 0 * k, 0 * k))


def rounding_of_two():
    """Rounding of size one in replicates 0 and 1, an excess at 19 in replicate 2."""
    others = mark(0), mark(1)

    def function(k, u):
        rounded = (u == others[0]) | (u == others[1])
        there = (u == mark(2)) & (k == 19)
        return level(k) + where(rounded, noise(k, 1.0), 0 * k) + where(there, 0.22 + 0 * k, 0 * k)

    return curve(function)


@algorithm
def magnified(s, oracle, *, size):
    """Rests; what doubles do to x / 49 * 49 is added ``size`` times."""
    return Point(s.x + size * (s.x / 49 * 49 - s.x))


@table(
    true(
        "a fixed point that doubles leave",
        upper_bound(gap, (D * Rational(2, 3) ** k) ** 2 / 2),
        method=gradient_descent(eta=Rational(1, 3)),
        on=parabola,
        iterations=1000,
    ),
    open_(
        "rounding, magnified",
        upper_bound(distance, D),
        method=magnified(size=-(10**12)),
        on=parabola,
    ),
    true("rounding, as it is", upper_bound(distance, D), method=magnified(size=-1), on=parabola),
    open_("rounding alone", upper_bound(curve(lambda k, u: 1 + noise(k, 1.0)), 1)),
    open_("rounding below", lower_bound(curve(lambda k, u: 1 - noise(k, 0.5)), 1)),
    false("22 % behind rounding", upper_bound(rounding_and(19), 1), k=19, left=1.22),
    false("22 % before rounding", upper_bound(rounding_and(3), 1), k=3, left=1.22),
    false("a last bit behind it", upper_bound(rounding_and(19, 1e-8), 1), k=19),
    false(
        "22 % in one replicate, rounding in others",
        upper_bound(rounding_of_two(), 1),
        k=19,
        replicate=2,
        left=1.22,
    ),
)
def test_rounding_is_told_from_an_excess(statement):
    found = check(statement)
    if statement.verdict is INCONCLUSIVE:
        assert "in doubles, but not in 50 digits" in found.sentence


ten = scale(q=10**10)
"""Beyond 1e100 at k = 11."""


@table(
    false("diverges", upper_bound(distance, 10**6), method=ten, on=parabola, k=1, left=1e10),
    open_(
        "beyond all that is compared",
        upper_bound(distance, 10**105, when=k >= 12),
        method=scale(q=10**9),
        on=parabola,
        words="diverged",
    ),
    true("diverges as stated", upper_bound(distance, 10 ** (10 * k)), method=ten, on=parabola),
    false("faster than that", upper_bound(distance, 10 ** (9 * k)), method=ten, on=parabola, k=1),
    true("never small", lower_bound(distance, 10 ** (10 * k)), method=ten, on=parabola),
    false("not so large", lower_bound(distance, 10 ** (11 * k)), method=ten, on=parabola, k=1),
    true("away", stays_away(distance, 1), method=ten, on=parabola),
)
def test_a_run_that_diverges(statement):
    check(statement)


def test_divergence_is_infinite_and_says_so():
    found = judge(upper_bound(distance, 2, when=k >= 15), ten, parabola)
    assert found.verdict is REFUTED
    assert found.witness.left == np.inf
    assert (found.witness.k, found.witness.basis) == (15, EXACT)
    assert "diverged" in found.sentence


@table(
    open_("in one replicate", upper_bound(changed(9, np.nan, 2), 1), words="not a number"),
    open_("at the start", upper_bound(changed(0, np.nan), 1), words="not a number"),
    open_("at the end", lower_bound(changed(20, np.nan, 0), 1), words="not a number"),
    open_("of a margin", stays_away(changed(9, np.nan), 1), words="not a number"),
    true("where nothing is claimed", upper_bound(changed(9, np.nan), 1, when=Ne(k, 9))),
    false("infinite at 9", upper_bound(changed(9, np.inf, 1), 1), k=9, replicate=1, left=np.inf),
)
def test_values_that_are_no_numbers(statement):
    check(statement)


def test_an_excess_beside_a_value_that_is_no_number_refutes():
    def function(k, u):
        return where(k == 4, np.nan + 0 * k, where(k == 9, 2 * level(k), level(k)))

    found = judge(upper_bound(curve(function), 1))
    assert (found.verdict, found.witness.k, found.witness.left) == (REFUTED, 9, 2)


@table(
    true("both", upper_bound(distance, D / 4**k), method=scale(q=Rational(1, 4)), on=parabola),
    true(
        "bound alone", upper_bound(distance, D / 4**k), method=scale(q=Rational(1, 5)), on=parabola
    ),
    true("below", lower_bound(distance, D / 4**k), method=scale(q=Rational(1, 4)), on=parabola),
)
def test_a_bound_that_underflows(statement):
    found = check(
        Statement(**{**vars(statement), "iterations": 1000}),
    )
    assert np.isfinite(found.worst_ratio)


def test_nothing_is_above_zero_by_an_infinite_ratio():
    found = judge(upper_bound(changed(9, 1e-5), Piecewise((0, Eq(k, 9)), (1, True))))
    assert (found.verdict, found.witness.k) == (REFUTED, 9)
    assert found.worst_ratio == np.inf
    assert found.witness.right == 0


@pytest.mark.parametrize(
    ("claim", "wrong", "left"),
    [
        (upper_bound(distance, D / 2**k), Rational(1, 4), 0.75),
        (lower_bound(distance, D * Rational(3, 4) ** k), Rational(1, 2), 0.5),
    ],
    ids=["the smaller", "the larger"],
)
def test_one_choice_of_the_step_decides(claim, wrong, left):
    """x_k = (1 - eta)^k for eta in {1/4, 1/2}: equality for one, false for the other."""
    method, right = gradient_descent(eta=eta), Rational(3, 4) - wrong
    for choices, verdict in (({right}, HOLDS), ({wrong}, REFUTED), ({right, wrong}, REFUTED)):
        found = judge(claim, method, parabola, parameters={eta: FiniteSet(*choices)})
        assert found.verdict is verdict
        if verdict is REFUTED:
            assert found.witness.choices == {"eta": str(wrong)}
            assert (found.witness.k, found.witness.left) == (1, left)
            assert f"eta={wrong}" in found.sentence


def test_both_ends_of_an_interval_and_points_inside_are_tried():
    """At 1 the distance is 0 after one step; near 0 it is refuted, and so it is inside."""
    options = {"parameters": {eta: Interval.Lopen(0, 1)}}
    found = judge(upper_bound(distance, D / 2**k), gradient_descent(eta=eta), parabola, **options)
    assert (found.verdict, found.witness.choices) == (REFUTED, {"eta": "1/20"})
    assert found.evidence[0].verdict is HOLDS


@pytest.mark.parametrize(
    ("allowed", "wrong", "choice"),
    [
        (Interval(0, 1), eta > Rational(9, 10), "1"),
        (Interval(0, 1), eta < Rational(1, 10), "0"),
        (Interval.open(0, 1), eta < Rational(1, 10), "1/20"),
        (Interval(0, 1), Abs(eta - Rational(1, 2)) < Rational(2, 5), "1/3"),
        (Interval.open(0, oo), eta < 1, "1/20"),
        (Interval.open(0, oo), eta > 2, "20"),
        (Interval.open(3, oo), eta < 4, "303/100"),
        (Integers(2, 9), eta < 3, "2"),
        (Integers(2, 9), eta > 8, "9"),
        (Integers(2, 9), Abs(eta - 5) < 2, "5"),
        (Integers(1), eta < 2, "1"),
        (Integers(1), eta > 50, "100"),
    ],
    ids=str,
)
def test_a_range_is_tried_near_both_ends_and_inside(allowed, wrong, choice):
    claim = upper_bound(distance, D * Piecewise((Rational(1, 2), wrong), (1, True)))
    three = replace(TINY, choices=3)
    found = judge(claim, frozen(), parabola, parameters={eta: allowed}, profile=three)
    assert (found.verdict, found.witness.choices) == (REFUTED, {"eta": choice})


@pytest.mark.parametrize(
    ("allowed", "verdict"),
    [
        (Interval(2, L), INAPPLICABLE),
        (Interval.open(L, 1), INAPPLICABLE),
        (Interval(L, 1), HOLDS),
        (Integers(2, L), INAPPLICABLE),
        (Integers(L, 1), HOLDS),
    ],
    ids=str,
)
def test_an_empty_range_is_inapplicable(allowed, verdict):
    """L is 1: nothing is in [2, L], and 1 alone in [L, 1]."""
    options = {"assume": [smooth(L), attained], "parameters": {eta: allowed}}
    assert judge(upper_bound(distance, D), frozen(), parabola, **options).verdict is verdict


@pytest.mark.parametrize(("wrong", "choice"), [(eta < 1, "1/20"), (eta > 2, "20")], ids=str)
def test_a_range_that_begins_at_zero_on_a_problem_is_tried_there_too(wrong, choice):
    """L is 1: the range is that of all positive numbers."""
    claim = upper_bound(distance, D * Piecewise((Rational(1, 2), wrong), (1, True)))
    options = {"assume": [smooth(L), attained], "parameters": {eta: Interval.open(L - 1, oo)}}
    three = replace(TINY, choices=3)
    found = judge(claim, frozen(), parabola, profile=three, **options)
    assert (found.verdict, found.witness.choices) == (REFUTED, {"eta": choice})


def test_choices_are_put_into_choices_made_before():
    """eta = gamma/2 with gamma = 1, in either order: the distance is halved."""
    for letters in ((eta, gamma), (gamma, eta)):
        sets = {eta: FiniteSet(gamma / 2), gamma: FiniteSet(1)}
        options = {"parameters": {s: sets[s] for s in letters}}
        exact = upper_bound(distance, D * (1 - eta) ** k)
        assert judge(exact, gradient_descent(eta=eta), parabola, **options).verdict is HOLDS
        shrunk = judge(
            upper_bound(distance, D * (Float("0.999") - eta) ** k),
            gradient_descent(eta=eta),
            parabola,
            **options,
        )
        assert shrunk.verdict is REFUTED
        assert shrunk.witness.choices == {"eta": "1/2", "gamma": "1"}


# The horizon ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claimed", "place"),
    [
        (Piecewise((Float("0.9"), Eq(T, 1)), (1, True)), 1),
        (Piecewise((Float("0.9"), Eq(T, 2)), (1, True)), 2),
        (Piecewise((Float("0.9"), Eq(T, 3)), (1, True)), 3),
        (Piecewise((Float("0.9"), Eq(Mod(T, 2), 1)), (1, True)), None),
    ],
    ids=["1", "2", "3", "odd"],
)
def test_a_claim_about_the_horizon_is_tried_at_short_and_odd_ones(claimed, place):
    found = judge(upper_bound(entry, claimed), frozen(), point, iterations=1000)
    assert found.verdict is REFUTED
    assert (found.witness.left, found.witness.right) == (1.0, 0.9)
    assert found.witness.k == found.witness.iterations
    assert found.witness.k == place if place else found.witness.k % 2 == 1


def test_a_claim_about_the_horizon_speaks_of_the_end_only():
    found = judge(upper_bound(distance, D / 2**T), half, parabola, iterations=100)
    assert found.verdict is HOLDS
    wrong = judge(upper_bound(distance, D / 2 ** (T + 1)), half, parabola, iterations=100)
    assert wrong.verdict is REFUTED
    assert wrong.witness.k == wrong.witness.iterations


# Potentials -------------------------------------------------------------------------------------


def test_a_potential_falls_by_its_factor():
    def energy(s, oracle):
        return s.x**2

    assert (
        judge(potential("V", "V", energy, factor=Rational(1, 4)), half, parabola).verdict is HOLDS
    )
    found = judge(potential("V", "V", energy, factor=Float("0.2499999")), half, parabola)
    assert (found.verdict, found.witness.k) == (REFUTED, 1)
    assert found.witness.basis is EXACT


# The numbers beside a verdict -------------------------------------------------------------------


def test_the_start_does_not_count_for_the_tightness():
    """The bound 3 is attained at k = 0, where it is a definition, and loose by 3 later."""
    claim = upper_bound(curve(lambda k, u: where(k == 0, 3 * level(k), level(k))), 3)
    found = judge(claim)
    assert found.worst_ratio == found.resolution == pytest.approx(1 / 3)


def test_the_speed_tells_a_slow_rate_that_the_ratio_hides():
    """At k = 1 the ratio is 2/3 at most; but the metric falls by log 2 a step."""
    at_once, slower = (
        upper_bound(distance, D / 2**k),
        upper_bound(distance, D * Rational(3, 4) ** k),
    )
    assert judge(at_once, half, line).speed == pytest.approx(1)
    found = judge(slower, half, line)
    assert found.worst_ratio == pytest.approx(2 / 3)
    assert found.speed == pytest.approx(np.log(2) / np.log(4 / 3))
    assert judge(upper_bound(distance, 3 * D / (k + 1)), half, line).speed is None


def test_the_speed_is_that_of_the_slowest_run_before_rounding():
    found = judge(upper_bound(distance, D / 2**k), half, line, iterations=100)
    assert found.speed == pytest.approx(1, abs=1e-3)


def test_a_mutant_is_judged_at_every_iteration_too():
    claim = upper_bound(spoiled(9, 0.01), Float("1.01"))
    report = verify(theorem(claim, mutants=[bound(1, "it is 1.01 at 9")]))
    assert report.verdict is HOLDS
    assert report.mutants[0].witness.k == 9
    assert count().algorithm.name in report.mutants[0].witness.method


# Long runs --------------------------------------------------------------------------------------


@pytest.fixture
def short_memory(monkeypatch):
    """Traces of more than a hundred numbers are thinned, beyond their first ten iterations."""
    monkeypatch.setattr(bench, "KEPT", 100)
    monkeypatch.setattr(bench, "EVERY", 10)


@pytest.mark.parametrize("replicate", range(4))
@pytest.mark.parametrize("at", [7, 777, 998])
def test_a_thinned_run_keeps_where_each_replicate_is_closest_to_its_bound(
    short_memory, at, replicate
):
    metric = spoiled(at, 1.0, replicate)
    found = judge(upper_bound(metric, Rational(3, 2)), iterations=1000)
    assert (found.verdict, found.witness.k, found.witness.replicate) == (REFUTED, at, replicate)
    found = judge(lower_bound(spoiled(at, -0.5, replicate), Rational(3, 4)), iterations=1000)
    assert (found.verdict, found.witness.k, found.witness.replicate) == (REFUTED, at, replicate)


def test_a_thinned_run_keeps_what_a_condition_singles_out(short_memory):
    claim = identity(spoiled(777, 1.0), 1, when=Eq(k, 777))
    assert judge(claim, iterations=1000).witness.k == 777
    assert judge(identity(spoiled(776, 1.0), 1, when=Eq(k, 777)), iterations=1000).verdict is HOLDS


def test_a_thinned_run_is_short(short_memory):
    statement = theorem(upper_bound(spoiled(777, 1.0), 3), iterations=1000)
    made = Laboratory({}, TINY, engine="eager").bench(statement)
    grid = made.trace(made.settings()[0]).grid
    assert set(range(11)) | set(log_grid(1000)) | {777} <= set(grid)
    assert len(grid) <= 2 * len(log_grid(1000)) + 10


@pytest.mark.parametrize(("share", "verdict"), [(1, HOLDS), (1 - Float("1e-6"), REFUTED)])
def test_a_weight_may_have_a_parameter_in_it(share, verdict):
    """Of x_i = 2^-i with weights 2^-i, the average over i < k is 2/3 (1 + 2^-k)."""
    weighted = averaged(distance, weight=eta**k)
    claim = upper_bound(weighted, share * Rational(2, 3) * (1 + Rational(1, 2) ** k), when=k >= 1)
    parameters = {eta: FiniteSet(Rational(1, 2))}
    found = judge(claim, gradient_descent(eta=eta), parabola, parameters=parameters)
    assert (found.verdict, found.bases) == (verdict, (EXACT,)), found.sentence
