"""Assumptions, metrics, letters and mutants are told apart by object, not by name."""

import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from sympy import FiniteSet, Rational, sqrt
from test_claims import judge, power, statement

from convlab import assumptions
from convlab.algorithms.gradient import gradient_descent
from convlab.assumption import Assumption, Certificate
from convlab.assumptions import attained, convex, pl, smooth, strongly_convex
from convlab.claims import Verdict, identity, upper_bound
from convlab.engine import run, run_conditional, run_moments
from convlab.errors import ConvlabError
from convlab.laboratory import Laboratory
from convlab.metrics import (
    E,
    at_point,
    averaged,
    best,
    distance,
    gap,
    metric,
    running_mean,
    until,
)
from convlab.problem import Problem
from convlab.symbols import D, L, eta, k, require_sign, symbol
from convlab.theorem import Theorem, mutant, without

parabola = power(2)
lab = Laboratory({})


def tenth_gap():
    """A metric of the catalogue's name, and a tenth of its values."""

    @metric("gap", "0.1 gap")
    def smaller(s, oracle):
        return 0.1 * gap.read(s, oracle)

    return smaller


# Assumptions ------------------------------------------------------------------------------------


def test_an_assumption_called_with_values_keeps_its_definition():
    assert smooth(L).definition is smooth(2.0).definition is smooth.definition is smooth
    assert strongly_convex(1.0).closure()[1].definition is convex
    assert smooth.place.startswith("convlab.assumptions.functions, line ")
    assert smooth(2.0).place == smooth.place


def test_a_problem_that_declares_another_assumption_of_the_name_does_not_satisfy_a_theorem():
    other = Assumption("smooth", ("L",), "in another sense")
    theorem = statement(assume=[convex, other(L), attained])
    assert theorem.constants(parabola) is None
    assert "lacks smooth" in lab.verify(theorem).error
    own = Problem(
        oracle=parabola.oracle, declares=[*parabola.declares[::2], other(3.0)], start=np.ones(1)
    )
    assert statement(assume=[other(L), attained]).constants(own) == {L: 3.0}
    assert statement().constants(own) is None


def test_two_assumptions_of_one_name_are_an_error_that_names_both_places():
    other = Assumption("smooth", ("L",))
    places = r"one of convlab\.assumptions\.functions, line \d+, one of test_identity, line \d+"
    with pytest.raises(ConvlabError, match=f"assumes two .* 'smooth': {places}"):
        statement(assume=[smooth(L), other(L)])
    both = Problem(oracle=parabola.oracle, declares=[smooth(1.0), other(1.0)], name="both")
    with pytest.raises(ConvlabError, match=f"both declares two .* 'smooth': {places}"):
        both.assumptions  # noqa: B018


def test_one_assumption_is_not_declared_with_two_constants():
    both = Problem(oracle=parabola.oracle, declares=[smooth(1.0), smooth(2.0)], name="both")
    with pytest.raises(ConvlabError, match=r"declares both smooth\(L=1\) and smooth\(L=2\)"):
        both.assumptions  # noqa: B018
    same = Problem(oracle=parabola.oracle, declares=[smooth(1.0), smooth(1.0)])
    assert len(same.assumptions) == 1


def test_a_declared_constant_goes_before_one_that_follows():
    problem = Problem(oracle=parabola.oracle, declares=[strongly_convex(0.5), pl(1.0)])
    assert problem.assumptions[pl].values == (1.0,)


def test_an_oracle_named_like_a_constant_of_two_values_is_an_error():
    point = Assumption("point", ("x_star",))
    problem = Problem(
        oracle=parabola.oracle,
        declares=[attained(0.0, np.zeros(1)), point(np.ones(1))],
        start=np.ones(1),
        name="two points",
    )
    with pytest.raises(ConvlabError, match="'x_star' of problem two points has one value in att"):
        run(gradient_descent(eta=0.5), problem, iterations=1, metrics=[distance])
    near = point(Certificate(np.full(1, 1e-9), "by iteration", 1e-8))
    assert not Problem(oracle=None, declares=[attained(0.0, np.zeros(1)), near]).disputed


def test_a_new_assumption_of_the_catalogue_cannot_replace_an_old_one(tmp_path, monkeypatch):
    (tmp_path / "new.py").write_text(
        "from convlab.assumption import Assumption\n"
        "__all__ = ['smooth']\n"
        "smooth = Assumption('smooth', ('L',))\n"
    )
    code = Path(assumptions.__file__).read_text()
    path = [*assumptions.__path__, str(tmp_path)]
    monkeypatch.setattr(assumptions, "__path__", path)
    try:
        with pytest.raises(ConvlabError) as error:
            exec(code, {"__name__": assumptions.__name__, "__path__": path})
    finally:
        del sys.modules["convlab.assumptions.new"], assumptions.new
    assert "convlab.assumptions has two assumptions called 'smooth'" in str(error.value)
    assert "one of convlab.assumptions.functions, line" in str(error.value)
    assert "one of convlab.assumptions.new, line 3" in str(error.value)


def test_without_drops_the_assumption_and_no_other_of_its_name():
    theorem = statement()
    dropped = without(smooth, "", on=[parabola]).change(theorem)
    assert [a.name for a in dropped.assume] == ["convex", "attained"]
    with pytest.raises(ConvlabError, match="mutant without smooth, not assumed"):
        without(Assumption("smooth", ("L",)), "", on=[parabola]).change(theorem)


def test_all_assumptions_of_the_catalogue_are_their_own_definitions():
    for name in assumptions.__all__:
        assert getattr(assumptions, name).definition is getattr(assumptions, name)


# Metrics ----------------------------------------------------------------------------------------


def test_equal_calls_give_the_same_metric_and_others_do_not():
    assert E(gap) is E(gap)
    assert E(gap).measurement is gap.measurement is gap
    assert best(gap) is best(gap, last=True) is best(measured=gap)
    assert best(gap) is not best(gap, last=False)
    assert averaged(gap, weight=1) is averaged(gap, weight="1") is averaged(gap)
    assert averaged(gap, weight="k") is averaged(gap, weight="k")
    assert averaged(gap, weight=k) is not averaged(gap)
    assert running_mean(gap, weight=k + 1) is running_mean(gap, weight=1 + k)
    assert until(gap, 0.1) is until(gap, 0.1) is not until(gap, 0.2)
    assert at_point("y", best(gap)) is at_point("y", best(gap))
    small = tenth_gap()
    assert best(small) is not best(gap)
    assert best(small).place == until(small, 0.1).place == small.place != gap.place


def test_an_expectation_stands_outermost():
    with pytest.raises(ConvlabError, match=r"best of E\[gap\] .* write E\(best\(\.\.\.\)\)"):
        best(E(gap))


def test_two_metrics_of_one_name_are_an_error_that_names_both_places():
    places = r"one of convlab\.metrics, line \d+, one of test_identity, line \d+"
    claims = [upper_bound(gap, D**2 / (2 * eta * k)), upper_bound(tenth_gap(), D**2 / (20 * eta))]
    with pytest.raises(ConvlabError, match=f"two different metrics called 'gap': {places}"):
        statement(claims=claims)
    claims = [upper_bound(best(gap), 1), upper_bound(E(best(tenth_gap())), 1)]
    with pytest.raises(ConvlabError, match=rf"called 'best\(gap\)': {places}"):
        statement(claims=claims)
    method = gradient_descent(eta=0.5)
    for runs in (run, run_moments):
        with pytest.raises(ConvlabError, match=f"two different metrics called 'gap': {places}"):
            runs(method, parabola, iterations=3, metrics=[gap, tenth_gap()])


def test_a_metric_and_its_expectation_are_one_measurement():
    theorem = statement(claims=[upper_bound(gap, 1), upper_bound(E(gap), 1)])
    assert theorem.metrics == (gap,)
    trace = run(gradient_descent(eta=0.5), parabola, iterations=3, metrics=[E(gap), gap])
    assert list(trace.values) == ["gap"]


# Mutants ----------------------------------------------------------------------------------------


def test_a_mutant_that_changes_only_a_metric_is_run():
    small = upper_bound(tenth_gap(), D**2 / (2 * eta * k) / 10)
    report = lab.verify(
        statement(
            claims=[small],
            mutants=[mutant("all of it", "", claims=[upper_bound(gap, small.bound)])],
        )
    )
    assert report.verdict is Verdict.HOLDS
    assert report.mutants[0].verdict is Verdict.REFUTED


def test_a_mutant_that_changes_only_an_initial_quantity_is_run():
    first = symbol("G_0_test", "a metric at the start")

    @metric("half a distance", "|X| / 2")
    def half(s, oracle):
        return distance.read(s, oracle) / 2

    theorem = Theorem(
        cite="none",
        assume=[smooth(L), attained],
        algorithm=gradient_descent(eta=Rational(1, 2)),
        initial={first: distance},
        claims=[identity(distance, first * Rational(1, 2) ** k)],
        on=[parabola],
        mutants=[mutant("half", "half is too little", initial={first: half})],
    )
    report = lab.verify(theorem)
    assert report.verdict is Verdict.HOLDS
    assert report.mutants[0].verdict is Verdict.REFUTED


# Letters ----------------------------------------------------------------------------------------

shift = Assumption("shift", ("c",), "c is a constant")
shifted = Problem(
    oracle=parabola.oracle,
    declares=[*parabola.declares, shift(-0.5)],
    start=np.ones(1),
    name="shifted",
)


def test_a_value_that_contradicts_the_sign_of_its_letter_is_an_error():
    c = symbol("c", "a shift that is nonnegative")
    theorem = statement(
        assume=[shift(c), smooth(L), attained], claims=[upper_bound(distance, D * sqrt(c**2) * 2)]
    )
    error = lab.verify(Theorem(**{**vars(theorem), "on": [shifted]})).error
    assert "the letter c is declared nonnegative, but its value is -0.5" in error
    assert 'sign="real"' in error


def test_a_real_letter_takes_negative_values():
    c = symbol("c", "a shift that is real", sign="real")
    assert sqrt(c**2) != c
    claim = identity(distance, 2 * D * sqrt(c**2) * Rational(1, 2) ** k)
    assert judge(claim, on=shifted, assume=[shift(c), attained]).verdict is Verdict.HOLDS


def test_a_choice_that_contradicts_the_sign_of_its_letter_is_an_error():
    theorem = statement(parameters={eta: FiniteSet(-1 / L)})
    assert (
        "the letter eta is declared nonnegative, but its value is -1" in lab.verify(theorem).error
    )


def test_constants_of_a_run_agree_with_their_letters():
    c = symbol("c", "a shift that is positive", sign="positive")
    method = gradient_descent(eta=c)
    with pytest.raises(ConvlabError, match="the letter c is declared positive, but its value is 0"):
        run(method, parabola, iterations=3, constants={c: 0.0})
    run(method, parabola, iterations=3, constants={c: 0.5})


def test_an_initial_quantity_below_zero_by_rounding_is_zero():
    low = Problem(
        oracle=parabola.oracle,
        declares=[attained(0.5 + 1e-16, np.zeros(1))],
        start=np.ones(1),
        name="low",
    )
    delta = symbol("Delta_test", "gap at the start")
    trace = run(gradient_descent(eta=0.5), low, iterations=1, metrics=[gap], initial={delta: gap})
    assert trace.constants[delta] == 0.0
    trace = run_conditional(
        gradient_descent(eta=0.0),
        low,
        iterations=1,
        replicates=[0],
        metric=distance,
        given={delta: gap},
    )
    assert np.all(trace.constants[delta] == 0.0)
    lower = Problem(oracle=parabola.oracle, declares=[attained(0.6, np.zeros(1))], start=np.ones(1))
    method = gradient_descent(eta=delta)
    with pytest.raises(ConvlabError, match="the letter Delta_test is declared nonnegative"):
        run(method, lower, iterations=1, metrics=[gap], initial={delta: gap})


def test_a_letter_has_one_sign():
    made = symbol("w", "a letter of this test", sign="real")
    assert symbol("w", "a letter of this test", sign="real") is made
    assert pickle.loads(pickle.dumps(made)) == made
    with pytest.raises(ConvlabError, match="declared as real and as nonnegative"):
        symbol("w", "a letter of this test")
    with pytest.raises(ConvlabError, match="declared as real and as real integer"):
        symbol("w", "a letter of this test", sign="real", integer=True)


def test_formulas_whose_sign_is_not_known_contradict_nothing():
    require_sign(eta, 1 / L - 1)
    require_sign(eta, np.nan)
    with pytest.raises(ConvlabError, match="its value is -D"):
        require_sign(eta, -symbol("D", "a positive letter of this test", sign="positive"))
    with pytest.raises(ConvlabError, match="its value is -2"):
        require_sign(eta, np.array([1.0, np.nan, -2.0]))
