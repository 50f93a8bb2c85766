"""How instances are chosen: the race, the search, and what both leave unchanged."""

import time
from typing import Annotated, NamedTuple

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from convlab import Theorem, gap, identity, run, upper_bound
from convlab.abreast import abreast, form
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import (
    attained,
    bounded_variance,
    convex,
    quadratic_objective,
    smooth,
    strongly_convex,
)
from convlab.catalogue import installed
from convlab.claims import Verdict
from convlab.errors import ConvlabError
from convlab.falsify import falsify
from convlab.family import between, family
from convlab.instances import PROFILES, Instances
from convlab.laboratory import Laboratory
from convlab.metrics import distance_squared
from convlab.problem import Problem
from convlab.race import LARGE, Race, members, race
from convlab.symbols import D, L, k
from problems.huber import huber, huber_regression
from problems.noise import noisy_quadratic
from problems.quadratics import degenerate_quadratic, parabola, quadratic

CATALOGUE = installed([]).families
QUICK = PROFILES["quick"]


def descent(bound, **fields):
    """A statement about gradient descent with step 1/L on smooth convex functions."""
    given = {
        "cite": "own",
        "assume": [convex, smooth(L), attained],
        "algorithm": gradient_descent(eta=1 / L),
        "claims": [upper_bound(gap, bound)],
        "id": "descent",
    }
    return Theorem(**given | fields)


SHORT = gradient_descent(eta=sympy.Rational(1, 25))
FALSE = descent(L * D**2 / (8 * k))
TRUE = descent(L * D**2 / (4 * k + 2))


class Kink(NamedTuple):
    """Curvature 1 within tau, then slope tau."""

    tau: float

    def value(self, x):
        near = np.minimum(abs(x), self.tau)
        return near * (abs(x) - 0.5 * near)

    def gradient(self, x):
        return np.maximum(np.minimum(x, self.tau), -self.tau)


@family
def kink(rng, *, tau: Annotated[float, between(1e-3, 10.0, log=True)] = 5.0):
    """A user's family whose default is far from the worst."""
    return Problem(Kink(tau), [convex(), smooth(1.0), attained(0.0, np.zeros(1))], np.ones(1))


class Branching(NamedTuple):
    """An oracle that expects numbers."""

    L: float

    def value(self, x):
        return 0.5 * self.L * x * x if self.L > 0 else 0 * x

    def gradient(self, x):
        return self.L * x if self.L > 0 else 0 * x


@family
def branching(rng, *, L: Annotated[float, between(0.5, 2.0)] = 1.0):
    """Its members cannot go abreast."""
    return Problem(Branching(L), [convex(), smooth(2 * L), attained(0.0, np.zeros(1))], np.ones(1))


# Abreast ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", [huber, quadratic, huber_regression, noisy_quadratic, parabola])
@settings(max_examples=10, deadline=None)
@given(st.data())
def test_problems_abreast_are_the_same_problems(of, data):
    """Each replicate runs as if its problem were alone."""
    first = of()
    count = data.draw(st.integers(2, 6))
    sizes = {p.name: p.default for p in of.parameters.values() if p.kind is not float}
    problems = [first] + [of.drawn(i, **sizes).problem() for i in range(1, count)]
    problems = [p for p in problems if form(p.oracle) == form(first.oracle)]
    together = abreast(problems, 2, 7)
    method = gradient_descent(eta=sympy.Rational(1, 10) / L)
    values = np.repeat([p.constants["L"] for p in problems], 2)
    trace = run(
        method,
        together,
        iterations=5,
        replicates=2 * len(problems),
        key=7,
        constants={L: values},
        engine="eager",
        grid=range(6),
    )
    for i, problem in enumerate(problems):
        alone = run(method, problem, iterations=5, replicates=2, key=7, grid=range(6))
        both = trace.values["gap"][:, 2 * i : 2 * i + 2], alone.values["gap"]
        np.testing.assert_allclose(*both, rtol=1e-9, atol=1e-12 * both[1].max())


def test_problems_of_different_form_do_not_go_abreast():
    with pytest.raises(ConvlabError, match="not of one form"):
        abreast([quadratic(d=2), quadratic(d=3)], 1, 0)


def test_an_oracle_that_gives_a_replicate_what_is_another_ones_is_refused():
    class Rows(NamedTuple):
        A: np.ndarray

        def value(self, x):
            return ((x @ self.A[0]) ** 2).sum(-1, keepdims=True) / self.A.shape[0]

    def made(i):
        declares = [attained(0.0, np.zeros(2))]
        return Problem(Rows(np.eye(2) * i), declares, np.ones(2))

    with pytest.raises(ConvlabError, match="does not go abreast"):
        abreast([made(1.0), made(2.0)], 2, 0)


def test_a_family_that_cannot_go_abreast_is_raced_one_by_one():
    found = race(FALSE, [branching], Instances({}, QUICK, 0), QUICK.race, 0)
    assert found[0][0].ratio > 0.1


# The race -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", range(4))
def test_a_false_bound_is_refuted_though_no_instance_is_named(key):
    report = Laboratory(CATALOGUE, QUICK, key=key).verify(FALSE)
    assert report.verdict is Verdict.REFUTED
    assert report.claims[0].finding.worst_ratio > 1.9


@pytest.mark.parametrize("key", range(2))
def test_a_bound_that_is_attained_holds_and_is_seen_to_be_tight(key):
    report = Laboratory(CATALOGUE, QUICK, key=key).verify(TRUE)
    assert report.verdict is Verdict.HOLDS
    assert report.claims[0].finding.worst_ratio == pytest.approx(1.0, abs=1e-6)


def test_the_choice_does_not_depend_on_the_name_of_the_theorem():
    few = {f.name: f for f in (kink, quadratic, huber, noisy_quadratic, huber_regression)}

    def chosen(name):
        found = Instances(few, QUICK, 0).for_theorem(descent(L * D**2 / k, id=name))
        return [(p.name, n) for p, n, _ in found]

    assert chosen("a") == chosen("b") == chosen("quite/another")


def test_the_key_decides_which_further_families_are_drawn():
    few = {f.name: f for f in (kink, quadratic, parabola, degenerate_quadratic, huber_regression)}

    def drawn(key):
        return Instances(few, QUICK, key).for_theorem(TRUE)[-1][0].instance.family

    assert len({drawn(key) for key in range(6)}) > 2


def test_a_parameter_is_searched_between_the_neighbours_of_its_best_value():
    claim = upper_bound(gap, L * D**2 / (4 * k + 2), when=sympy.Eq(k, 20))
    only = descent(0, claims=[claim])
    found = race(only, [kink], Instances({}, QUICK, 0), QUICK.race, 0)[0][0]
    assert found.ratio > 0.9999
    assert found.problem.instance.parameters["tau"] == pytest.approx(1 / 41, rel=0.02)


def test_the_family_of_a_user_takes_part():
    report = Laboratory({"kink": kink}, QUICK).verify(FALSE)
    assert report.verdict is Verdict.REFUTED
    assert "kink" in report.claims[0].finding.witness.instance


def test_a_pinned_iteration_brings_the_horizon_made_for_it():
    claim = upper_bound(gap, L * D**2 / (4 * k + 2), when=sympy.Eq(k, 9))
    found = race(descent(0, claims=[claim]), [huber], Instances({}, QUICK, 0), QUICK.race, 0)
    assert found[0][0].horizon == 9
    assert found[0][0].ratio == pytest.approx(1.0)


@family
def noisy_kink(rng, *, tau: Annotated[float, between(1e-3, 10.0, log=True)] = 5.0):
    """The same function, with noise that a method without draws never meets."""
    made = kink(tau=tau)
    return Problem(made.oracle, [*made.declares, bounded_variance(1.0)], np.ones(1))


def test_copies_of_a_function_with_other_noise_count_once():
    found = race(TRUE, [kink, noisy_kink, parabola], Instances({}, QUICK, 0), QUICK.race, 0)[0]
    families = {place.problem.instance.family for place in found}
    assert len(families & {kink, noisy_kink}) == 1
    assert parabola in families


def test_the_race_draws_what_no_verdict_draws(monkeypatch):
    keys = []
    import convlab.race

    real = convlab.race.run
    monkeypatch.setattr(convlab.race, "run", lambda *a, **o: keys.append(o["key"]) or real(*a, **o))
    race(TRUE, [kink], Instances({}, QUICK, 3), QUICK.race, 3)
    assert keys
    assert min(keys) >= 2**32  # no key of the command line


def test_large_data_enter_with_few_members():
    class Table(NamedTuple):
        A: np.ndarray

    @family
    def table(rng, *, t: Annotated[float, between(0.0, 1.0)] = 0.5):
        """Many numbers."""
        return Problem(Table(np.zeros((LARGE + 1, 1))), [attained(0.0, np.zeros(1))])

    assert len(list(members(table, 0))) == 2


# Numbers mean classes -----------------------------------------------------------------------------


def test_a_number_in_a_theorem_stands_for_a_class():
    numbered = descent(
        25 * D**2 / (4 * k + 2), assume=[convex, smooth(25.0), attained], algorithm=SHORT
    )
    for constant, fits in ((1.0, True), (25.0, True), (26.0, False)):
        assert (numbered.constants(quadratic(L=constant)) is not None) is fits
    report = Laboratory(CATALOGUE, QUICK).verify(numbered)
    assert report.verdict is Verdict.HOLDS
    assert report.claims[0].finding.worst_ratio > 0.99  # at L = 25, found by itself


def test_a_strong_convexity_of_a_theorem_is_a_least_one():
    assumed = descent(D, assume=[smooth(L), strongly_convex(0.5), attained])
    assert assumed.constants(quadratic(L=1.0, kappa=2.0)) is not None
    assert assumed.constants(quadratic(L=1.0, kappa=1.5)) is not None
    assert assumed.constants(quadratic(L=1.0, kappa=3.0)) is None


def test_the_numbers_of_a_theorem_are_tried_as_parameters():
    assume = [smooth(25.0), strongly_convex(1.0), attained]
    assumed = descent(D, assume=assume, algorithm=SHORT)
    this = Race.of(assumed, Instances(CATALOGUE, QUICK, 0), QUICK.race, 0)
    assert 25.0 in {e.instance.parameters["L"] for e in this.first(quadratic)}


# Falsify ------------------------------------------------------------------------------------------


def test_falsify_finds_and_simplifies_a_counterexample(tmp_path):
    memory = tmp_path / "examples"
    found = falsify(FALSE, CATALOGUE, seconds=5.0, database=memory, clock=time.process_time)
    assert found.refuted
    (worst,) = found.worst
    assert worst.ratio > 1.9
    assert worst.finding.witness.iterations <= 3  # shrunk


def test_falsify_does_not_refute_what_is_true():
    found = falsify(TRUE, {"kink": kink, "huber": huber}, seconds=2.0)
    assert not found.refuted
    assert found.worst[0].ratio == pytest.approx(1.0, abs=1e-6)


def test_falsify_searches_claims_that_are_no_bounds():
    """On strictly convex quadratics the distance falls; on flat directions it stays."""
    still = Theorem(
        cite="own",
        assume=[quadratic_objective, convex, smooth(L), attained],
        algorithm=gradient_descent(eta=1 / L),
        claims=[identity(distance_squared, D**2 * (1 - k) ** 2, when=sympy.Le(k, 1))],
        id="still",
        iterations=2,
    )
    found = falsify(still, {"q": degenerate_quadratic}, seconds=5.0)
    assert found.refuted


def test_falsify_says_where_nothing_fits():
    with pytest.raises(ConvlabError, match="no family satisfies the assumptions"):
        falsify(FALSE, {}, seconds=0.2)
