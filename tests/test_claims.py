"""Every kind of claim, judged on cases whose truth is known: what holds holds, what fails fails."""

from typing import NamedTuple

import numpy as np
import pytest
from sympy import Float, Interval, Rational, log, sqrt

from convlab.algorithm import Point, algorithm
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth
from convlab.claims import (
    Verdict,
    complexity,
    drift,
    exponent,
    identity,
    limit,
    linear_rate,
    lower_bound,
    ordering,
    potential,
    scaling,
    stays_away,
    threshold,
    upper_bound,
)
from convlab.engine import run
from convlab.errors import ConvlabError
from convlab.laboratory import Laboratory
from convlab.metrics import E, distance, distance_squared, gap, metric, until
from convlab.problem import Problem
from convlab.statement import claim_tex
from convlab.streams import bernoulli, normal, uniform
from convlab.symbols import D, L, T, V, delta, eta, k, mu, symbol
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import Array, absolute, norm, sqnorm, total, where
from convlab.vocabulary import log as vlog


class Power(NamedTuple):
    """f(x) = |x|^p / p in one dimension."""

    p: float

    def value(self, x):
        return absolute(x) ** self.p / self.p

    def gradient(self, x):
        return x * absolute(x) ** (self.p - 2)


def power(p, *, start=1.0):
    return Problem(
        oracle=Power(p),
        declares=[convex(), smooth(1.0), attained(0.0, np.zeros(1))],
        start=np.array([start]),
        name=f"power[{p}]",
    )


@algorithm
def walk(s, oracle, rng, *, eta):
    return Point(s.x - eta * oracle.gradient(s.x) + 0.1 * normal(rng, 1))


@algorithm
def replaced(s, oracle, rng):
    """x_(k+1) is exponential with mean 1, independent of the past."""
    return Point(-vlog(uniform(rng, 1)))


@algorithm
def frozen(s, oracle):
    return s


@metric("entry", "X")
def entry(s, oracle):
    return norm(s.x)


parabola = power(2)
lab = Laboratory({})


def judge(claim, method=None, on=parabola, **options):
    """The verdict on one claim, and the first piece of its evidence."""
    theorem = Theorem(
        cite="none",
        algorithm=method or gradient_descent(eta=Rational(1, 2)),
        assume=options.pop("assume", [attained]),
        claims=[claim],
        on=[on],
        **options,
    )
    report = lab.verify(theorem)
    assert report.error is None, report.error
    return report.claims[0].finding


def test_upper_bound_surely():
    tight = judge(upper_bound(distance, D * Rational(1, 2) ** k))
    assert tight.verdict is Verdict.HOLDS
    assert tight.worst_ratio == pytest.approx(1)
    assert tight.resolution == pytest.approx(1)
    wrong = judge(upper_bound(distance, D * Float("0.49") ** k))
    assert wrong.verdict is Verdict.REFUTED
    assert "at k = 1 " in wrong.sentence
    assert "50-digit" in wrong.sentence


def test_an_excess_of_one_in_a_hundred_million_is_found_and_confirmed():
    assert judge(upper_bound(distance, D / 2**k * (1 - 1e-8))).verdict is Verdict.REFUTED


def test_rounding_alone_refutes_nothing():
    # In doubles x_k leaves 1 for its fixed point by rounding; in 50 digits it does not.
    third = gradient_descent(eta=Rational(1, 3))
    assert (
        judge(upper_bound(gap, (D * Rational(2, 3) ** k) ** 2 / 2), third).verdict is Verdict.HOLDS
    )


def test_divergence_refutes_an_upper_bound():
    finding = judge(upper_bound(distance, 2 * D), gradient_descent(eta=3))
    assert finding.verdict is Verdict.REFUTED


def test_lower_bound():
    assert judge(lower_bound(distance, D / 2**k)).verdict is Verdict.HOLDS
    assert judge(lower_bound(distance, D / Float("1.9") ** k)).verdict is Verdict.REFUTED


def test_lower_bound_on_an_unknown_expectation_is_inconclusive():
    finding = judge(lower_bound(E(entry), 0.5, when=k >= 1), replaced())
    assert finding.verdict is Verdict.INCONCLUSIVE


def test_upper_bound_in_expectation_from_moments():
    # x+ = x/2 + 0.1 z:  E x^2 = D^2/4^k + 0.01 (1 - 4^-k) / (1 - 1/4)
    exact = D**2 / 4**k + Rational(1, 75) * (1 - Rational(1, 4) ** k)
    method = walk(eta=Rational(1, 2))
    finding = judge(upper_bound(E(distance_squared), exact), method)
    assert finding.verdict is Verdict.HOLDS
    assert finding.evidence[0].engine == "moments"
    assert finding.worst_ratio == pytest.approx(1)
    assert judge(identity(E(distance_squared), exact), method).verdict is Verdict.HOLDS
    shrunk = judge(upper_bound(E(distance_squared), Float("0.999") * exact), method)
    assert shrunk.verdict is Verdict.REFUTED


def test_upper_bound_in_expectation_by_e_values():
    fair = judge(upper_bound(E(entry), 1, when=k >= 1), replaced(), iterations=50)
    assert fair.verdict is Verdict.HOLDS
    assert fair.evidence[0].engine == "eager"
    assert fair.log_e_value < np.log(1e6)
    assert 0.6 < fair.resolution < 1
    unfair = judge(upper_bound(E(entry), 0.7, when=k >= 1), replaced(), iterations=50)
    assert unfair.verdict is Verdict.REFUTED
    assert "e-value" in unfair.sentence


def test_upper_bound_with_probability():
    true = upper_bound(entry, log(1 / delta), when=k >= 1, probability=1 - delta)
    assert judge(true, replaced(), iterations=50).verdict is Verdict.HOLDS
    false = upper_bound(entry, log(1 / delta) / 2, when=k >= 1, probability=1 - delta)
    assert judge(false, replaced(), iterations=50).verdict is Verdict.REFUTED


@pytest.mark.parametrize("p", [3, 4, 6])
def test_exponent(p):
    # x' = -x^(p-1): |x| ~ k^(-1/(p-2)), f ~ k^(-p/(p-2)).
    truth = -Rational(p, p - 2)
    method = gradient_descent(eta=Rational(1, 2))
    options = {"method": method, "on": power(p), "iterations": 20_000}
    assert judge(exponent(gap, truth), **options).verdict is Verdict.HOLDS
    assert judge(exponent(gap, truth - Rational(1, 4)), **options).verdict is Verdict.REFUTED
    assert judge(exponent(gap, truth + 1), **options).verdict is Verdict.HOLDS


def test_linear_rate():
    assert judge(linear_rate(distance, Rational(1, 2))).verdict is Verdict.HOLDS
    assert judge(linear_rate(distance, Rational(3, 4))).verdict is Verdict.HOLDS
    assert judge(linear_rate(distance, Float("0.45"))).verdict is Verdict.REFUTED
    assert judge(linear_rate(distance, Rational(1, 2)), frozen()).verdict is Verdict.REFUTED


class Diagonal(NamedTuple):
    """Two curvatures."""

    small: float

    def value(self, x):
        return total(x * self.gradient(x)) / 2

    def gradient(self, x):
        return x * np.array([1.0, self.small])


def test_complexity():
    def over(kappa):
        return Problem(
            oracle=Diagonal(1 / kappa),
            declares=[attained(0.0, np.zeros(2))],
            start=np.ones(2),
            name=f"diagonal[{kappa}]",
        )

    at = (10, 14, 20, 28, 40, 57, 80, 113)
    method = gradient_descent(eta=1)
    true = complexity(distance, 1, over=over, at=at, eps=1e-3)
    assert judge(true, method).verdict is Verdict.HOLDS
    false = complexity(distance, Rational(1, 2), over=over, at=at, eps=1e-3)
    assert judge(false, method).verdict is Verdict.REFUTED


def test_scaling_with_the_iterations():
    """Steps chosen for the end of the run, after which the distance is 1/T."""
    at = (16, 32, 64, 128, 256)
    chosen = {"method": gradient_descent(eta=1 - 1 / T ** (1 / T)), "iterations": 16}
    true = scaling(distance, -1, over=T, at=at)
    assert judge(true, **chosen).verdict is Verdict.HOLDS
    assert judge(true.with_bound(-Float("1.1")), **chosen).verdict is Verdict.REFUTED
    assert "T" in claim_tex(true)


def test_scaling():
    def over(kappa):
        return power(2.0, start=3.0 / kappa**2)

    at = (1, 2, 3, 5, 8, 13)
    true = scaling(distance, -2, over=over, at=at)
    assert judge(true, frozen()).verdict is Verdict.HOLDS
    assert judge(true.with_bound(Rational(-5, 2)), frozen()).verdict is Verdict.REFUTED


def test_iterations_and_cost_until_small():
    def over(start):
        return power(2.0, start=start)

    count = until(distance, 1e-3)
    for eta_, needed in ((Rational(1, 2), 10), (Rational(3, 4), 5)):
        trace = run(gradient_descent(eta=eta_), over(1.0), iterations=40, metrics=[count])
        assert trace.values[count.name][-1, 0] == needed
    twice = metric("price", "2k")(lambda s, oracle: 2.0 + 0 * s.x)
    priced = until(distance, 1e-3, cost=twice)
    trace = run(gradient_descent(eta=0.5), over(1.0), iterations=40, metrics=[priced])
    assert trace.values[priced.name][-1, 0] == 2.0


def test_ordering_by_a_factor_at_the_end():
    count, slow = until(distance, 1e-6), gradient_descent(eta=Rational(1, 10))
    faster = ordering(count, slow, factor=Rational(1, 5))
    fast = gradient_descent(eta=Rational(1, 2))
    assert judge(faster, fast).verdict is Verdict.HOLDS
    assert judge(faster.with_bound(Rational(1, 8)), fast).verdict is Verdict.REFUTED
    assert "1/5 times that of" in str(faster)


def test_exponent_against_a_cost():
    @metric("work", "W")
    def work(s, oracle):
        return s.work

    class Spent(NamedTuple):
        x: Array
        work: Array

    @algorithm(init=lambda x0: Spent(x0, 0 * x0))
    def harmonic(s, oracle, *, k):
        return Spent(s.x * (k + 1) / (k + 2), s.work + 2 * k + 1)

    claim = exponent(distance, Rational(-1, 2), against=work)
    assert judge(claim, harmonic(k=k)).verdict is Verdict.HOLDS
    assert judge(claim.with_bound(Rational(-3, 5)), harmonic(k=k)).verdict is Verdict.REFUTED


def test_threshold_above_and_along_two_parameters():
    def over(curvature):
        return Problem(
            oracle=Diagonal(curvature),
            declares=[attained(0.0, np.zeros(2)), smooth(curvature)],
            start=np.array([0.0, 1.0]),
            name=f"curved[{curvature}]",
        )

    options = {
        "method": gradient_descent(eta=eta),
        "parameters": {eta: Interval.open(0, 2)},
        "assume": [smooth(L)],
        "iterations": 2000,
    }
    sides = {"bracket": (1 / L, 3 / L), "over": over, "along": (1.0, 2.0, 4.0)}
    true = threshold(distance, eta, 2 / L, **sides)
    assert judge(true, **options).verdict is Verdict.HOLDS
    assert judge(true.with_bound(Float("1.9") / L), **options).verdict is Verdict.REFUTED
    wrong_side = threshold(distance, eta, 2 / L, above=True, **sides)
    assert judge(wrong_side, **options).verdict is Verdict.REFUTED
    inverse = threshold(distance, eta, Rational(1, 2), bracket=(Rational(1, 4), 1), above=True)
    method = gradient_descent(eta=1 / eta)
    assert judge(inverse, **options | {"method": method}).verdict is Verdict.HOLDS


def test_threshold():
    options = {
        "method": gradient_descent(eta=eta),
        "parameters": {eta: Interval.open(0, 2)},
        "iterations": 4000,
    }
    true = threshold(distance, eta, 2, bracket=(1, 3))
    assert judge(true, **options).verdict is Verdict.HOLDS
    false = threshold(distance, eta, Float("1.9"), bracket=(1, 3))
    assert judge(false, **options).verdict is Verdict.REFUTED
    one_sided = threshold(distance, eta, 2, bracket=(Rational(1, 2), 1))
    assert judge(one_sided, **options).verdict is Verdict.REFUTED


def test_a_threshold_may_be_zero():
    h = symbol("h", "step size of either sign", sign="real")
    options = {
        "method": gradient_descent(eta=h - 1),
        "parameters": {h: Interval.open(0, 2)},
        "iterations": 4000,
    }
    shifted = threshold(distance, h, 1, bracket=(Rational(1, 2), 2), above=True)
    assert judge(shifted, **options).verdict is Verdict.HOLDS
    options["method"] = gradient_descent(eta=h)
    at_zero = threshold(distance, h, 0, bracket=(-1, 1), above=True)
    found = judge(at_zero, **options)
    assert found.verdict is Verdict.HOLDS
    assert "claimed 0" in found.sentence
    elsewhere = threshold(distance, h, 0, bracket=(-1, 3), above=True)
    assert judge(elsewhere, **options).verdict is Verdict.REFUTED


def test_limit_and_non_convergence():
    assert judge(limit(distance, 0, within=1e-6)).verdict is Verdict.HOLDS
    assert judge(limit(distance, 1, within=1e-2)).verdict is Verdict.INCONCLUSIVE
    assert judge(limit(distance, 2, within=1e-2), frozen()).verdict is Verdict.REFUTED
    assert judge(stays_away(distance, D / 2), frozen()).verdict is Verdict.HOLDS
    assert judge(stays_away(distance, D / 2)).verdict is Verdict.REFUTED


@algorithm
def magnified_rounding(s, oracle, *, eta):
    return Point(s.x + eta * (s.x / 49 * 49 - s.x))


def test_rounding_alone_does_not_refute_an_identity():
    same = identity(distance, D)
    finding = judge(same, magnified_rounding(eta=10**12))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "in doubles, but not in 50 digits" in finding.sentence
    wrong = judge(identity(distance, D * (1 + Rational(1, 10**6))), magnified_rounding(eta=1))
    assert wrong.verdict is Verdict.REFUTED
    assert "in 50-digit arithmetic too" in wrong.sentence


def test_identity_of_two_methods():
    same = identity(distance, gradient_descent(eta=0.5))
    assert judge(same).verdict is Verdict.HOLDS
    assert judge(identity(distance, gradient_descent(eta=0.5001))).verdict is Verdict.REFUTED


def test_ordering():
    slow = gradient_descent(eta=0.25)
    assert judge(ordering(distance, slow)).verdict is Verdict.HOLDS
    assert judge(ordering(distance, gradient_descent(eta=0.5)), slow).verdict is Verdict.REFUTED


def test_potential():
    def energy(s, oracle):
        return sqnorm(s.x)

    assert judge(potential("V", "V", energy, factor=Rational(1, 4))).verdict is Verdict.HOLDS
    assert judge(potential("V", "V", energy, factor=Float("0.24"))).verdict is Verdict.REFUTED
    growing = potential("V", "V", energy, factor=10**6, expected=True)
    assert judge(growing, walk(eta=Rational(1, 2)), iterations=30).verdict is Verdict.HOLDS
    noisy = potential("V", "V", energy, factor=Rational(1, 4), expected=True)
    assert judge(noisy, walk(eta=Rational(1, 2)), iterations=30).verdict is Verdict.REFUTED


@algorithm
def jump(s, oracle, rng, *, eta):
    """Towards 0 with probability 3/4, by a factor that depends on the point; else away."""
    towards = bernoulli(rng, 0.75)
    return Point(where(towards > 0.5, s.x / (1 + eta * absolute(s.x)), 2 * s.x))


@algorithm
def uneven(s, oracle, rng):
    return Point(s.x * absolute(normal(rng, 1)))


def test_drift_at_the_states_of_a_run():
    # E |x+| = 3/4 |x| / (1 + |x|/2) + |x|/2
    method = jump(eta=Rational(1, 2))
    truth = Rational(3, 4) * V / (1 + V / 2) + V / 2
    equality = judge(drift(distance, truth, equal=True), method, iterations=100)
    assert equality.verdict is Verdict.HOLDS
    assert equality.evidence[0].engine == "one step"
    assert judge(drift(distance, truth), method, iterations=100).verdict is Verdict.HOLDS
    assert judge(drift(distance, Float("1.25") * V), method).verdict is Verdict.HOLDS
    below = drift(distance, truth * Float("0.9999999"))
    assert judge(below, method, iterations=100).verdict is Verdict.REFUTED
    above = drift(distance, truth * Float("1.0000001"), equal=True)
    assert judge(above, method, iterations=100).verdict is Verdict.REFUTED


def test_drift_integrates_normal_draws():
    # x+ = x/2 + z/10: E x+^4 = x^4/16 + 6 x^2/400 + 3/10^4
    method = walk(eta=Rational(1, 2))
    fourth = metric("fourth", "X^4")(lambda s, oracle: s.x**4)
    truth = V / 16 + Rational(6, 400) * sqrt(V) + Rational(3, 10**4)
    assert judge(drift(fourth, truth, equal=True), method).verdict is Verdict.HOLDS
    false = drift(fourth, truth - Rational(1, 10**6), equal=True)
    assert judge(false, method).verdict is Verdict.REFUTED


def test_drift_without_draws_is_a_step():
    method = gradient_descent(eta=Rational(1, 2))
    assert judge(drift(gap, V / 4, equal=True), method).verdict is Verdict.HOLDS
    assert judge(drift(gap, V / 5), method).verdict is Verdict.REFUTED


def test_drift_that_cannot_be_computed_is_inconclusive():
    finding = judge(drift(distance, 2 * V), uneven())
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "neither listed nor integrated" in finding.sentence


def test_a_bound_in_the_horizon_is_compared_at_the_horizon_only():
    claim = upper_bound(distance, D / 2**T)
    assert judge(claim).verdict is Verdict.HOLDS


def test_a_bound_that_is_nowhere_finite_supports_nothing():
    finding = judge(upper_bound(distance, D, when=k > 10**9))
    assert finding.verdict is Verdict.INAPPLICABLE


# Theorems ---------------------------------------------------------------------------------------


def statement(**changes):
    fields = {
        "cite": "none",
        "assume": [convex, smooth(L), attained],
        "algorithm": gradient_descent(eta=eta),
        "parameters": {eta: Interval.Lopen(0, 1 / L)},
        "claims": [upper_bound(gap, D**2 / (2 * eta * k))],
        "on": [parabola],
    }
    return Theorem(**(fields | changes))


def test_a_surviving_mutant_makes_a_theorem_inconclusive():
    report = lab.verify(statement(mutants=[bound(D**2 / (eta * k), "it is larger")]))
    assert report.verdict is Verdict.INCONCLUSIVE
    assert "mutant" in report.sentence


def test_mutants_change_bounds_steps_and_fields():
    report = lab.verify(
        statement(
            mutants=[
                bound(D**2 / (2 * eta * k**9), "too fast"),
                step(Float("2.1") / L, "too long"),
                mutant("frozen", "does not move", algorithm=frozen()),
            ]
        )
    )
    assert report.verdict is Verdict.HOLDS
    assert [m.verdict for m in report.mutants] == [Verdict.REFUTED] * 3


def test_a_false_theorem_may_be_expected():
    report = lab.verify(statement(claims=[upper_bound(gap, 0.0)], expected="refuted"))
    assert report.as_expected


def test_assumptions_bind_their_symbols_and_exclude():
    theorem = statement()
    assert theorem.constants(parabola) == {L: 1.0}
    bare = Problem(oracle=Power(2), declares=[convex()], start=np.ones(1))
    assert theorem.constants(bare) is None
    lost = lab.verify(statement(on=[bare]))
    assert "lacks smooth, attained" in lost.error


def test_a_step_outside_the_range_is_an_error():
    report = lab.verify(statement().at(eta="3/L"))
    assert "outside the range of the theorem, (0, 1/L]" in report.error
    inside = lab.verify(statement().at(eta="1/(2*L)"))
    assert inside.claims[0].finding.verdict is Verdict.HOLDS
    with pytest.raises(ConvlabError, match="no parameter 'gamma'"):
        statement().at(gamma=1)


def test_a_false_certificate_is_caught_at_a_point():
    liar = Problem(
        oracle=Power(2),
        declares=[convex(), smooth(0.5), attained(0.0, np.zeros(1))],
        start=np.ones(1),
        name="liar",
    )
    report = lab.verify(statement(on=[liar]))
    assert "declares smooth(L=0.5), but at x = [" in report.error


def test_a_gradient_that_is_nan_is_caught_at_a_point():
    class Broken(Power):
        def gradient(self, x):
            return np.where(x > 0.5, np.nan, x)

    broken = Problem(
        oracle=Broken(2),
        declares=[convex(), smooth(1.0), attained(0.0, np.zeros(1))],
        start=np.ones(1),
        name="broken",
    )
    report = lab.verify(statement(on=[broken]))
    assert "the oracle 'gradient' gives NaN or infinity at x = [" in report.error


def test_statements_are_checked_when_they_are_made():
    with pytest.raises(ConvlabError, match="has no claims"):
        statement(claims=[])
    with pytest.raises(ConvlabError, match="unknown symbol mu; known here"):
        statement(claims=[upper_bound(gap, mu * D)])
    with pytest.raises(ConvlabError, match=r"hyperparameter eta .* unknown symbol q"):
        statement(algorithm=gradient_descent(eta=symbol("q", "nothing")))


def test_no_instance_means_inapplicable():
    assert lab.verify(statement(on=None)).verdict is Verdict.INAPPLICABLE


def test_verdicts_do_not_depend_on_what_ran_before():
    theorem = statement(algorithm=gradient_descent(eta=eta / sqrt(k + 1)))
    eager = Laboratory({}, engine="eager")
    first, second = eager.verify(theorem), Laboratory({}, engine="eager").verify(theorem)
    assert first.claims == second.claims
