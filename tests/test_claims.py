"""Theorems and claims: how they are made, what they say, and what is an error.

Statements of known truth, kind by kind, are in ``tests/truth``.
"""

from typing import NamedTuple

import numpy as np
import pytest
from sympy import Float, Interval, Rational, sqrt

from convlab.algorithm import algorithm
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth
from convlab.claims import (
    Verdict,
    exponent,
    ordering,
    upper_bound,
)
from convlab.engine import run
from convlab.errors import ConvlabError
from convlab.laboratory import Laboratory
from convlab.metrics import distance, gap, metric, until
from convlab.problem import Problem
from convlab.symbols import D, L, eta, k, mu, symbol
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import absolute


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
def frozen(s, oracle):
    return s


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


@pytest.mark.parametrize("p", [3, 4, 6])
def test_exponent(p):
    # x' = -x^(p-1): |x| ~ k^(-1/(p-2)), f ~ k^(-p/(p-2)).
    truth = -Rational(p, p - 2)
    method = gradient_descent(eta=Rational(1, 2))
    options = {"method": method, "on": power(p), "iterations": 20_000}
    assert judge(exponent(gap, truth), **options).verdict is Verdict.HOLDS
    assert judge(exponent(gap, truth - Rational(1, 4)), **options).verdict is Verdict.REFUTED
    assert judge(exponent(gap, truth + 1), **options).verdict is Verdict.HOLDS


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
