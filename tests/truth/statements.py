"""What the statements of known truth are made of: tiny problems, methods and metrics.

A *tape* is a run whose state at iteration k is the pair (mark of the replicate, k), so that a
metric on it is any function of both: ``curve("name", lambda k, u: ...)``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pytest
from sympy import Rational, sympify

from convlab.algorithm import Method, Point, algorithm
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, smooth
from convlab.claims import Basis, Claim, Finding, Verdict
from convlab.engine import run
from convlab.instances import Profile
from convlab.laboratory import Laboratory
from convlab.metrics import Metric, metric
from convlab.problem import Problem
from convlab.race import Budget
from convlab.streams import normal, uniform
from convlab.theorem import Theorem
from convlab.vocabulary import absolute, norm, total, where
from convlab.vocabulary import log as vlog

HOLDS, REFUTED = Verdict.HOLDS, Verdict.REFUTED
INCONCLUSIVE, INAPPLICABLE = Verdict.INCONCLUSIVE, Verdict.INAPPLICABLE
EXACT, MOMENTS, E_VALUE, INTERVAL = Basis

TINY = Profile(
    length=1,
    horizons=(1, 4),
    starts=4,
    replicates=(256, 1024),
    instances=1,
    choices=2,
    seconds=60.0,
    race=Budget(1, 5, 1, 1, 1),
)
"""Four starts, and samples of at most 1,024 replicates."""
LATE = Profile(
    length=1,
    horizons=(1, 4),
    starts=4,
    replicates=(16,),
    instances=1,
    choices=2,
    seconds=0.0,
    race=Budget(1, 5, 1, 1, 1),
)
"""A clock that ends every run after a few iterations."""


ENGINES = {EXACT: ("eager",), MOMENTS: ("moments", "one step"), E_VALUE: ("eager",)}
"""How a report calls the ways to find what a basis rests on."""


# Problems ---------------------------------------------------------------------------------------


class Nothing(NamedTuple):
    """No oracle at all."""


class Power(NamedTuple):
    """f(x) = |x|^p / p on the line."""

    p: float

    def value(self, x):
        return absolute(x) ** self.p / self.p

    def gradient(self, x):
        return x * absolute(x) ** (self.p - 2)


class Bowl(NamedTuple):
    """f(x) = x_1^2/2 + c x_2^2/2."""

    c: float

    def value(self, x):
        return total(x * self.gradient(x)) / 2

    def gradient(self, x):
        return x * np.array([1.0, self.c])


def power(p: float, start: float = 1.0) -> Problem:
    """|x|^p / p from one point."""
    declares = [attained(0.0, np.zeros(1)), *([smooth(1.0)] if p == 2 else [])]
    return Problem(Power(p), declares, np.array([start]), name=f"power[{p}]")


parabola = power(2)
"""x^2/2 from 1."""
line = Problem(
    Power(2),
    [attained(0.0, np.zeros(1)), smooth(1.0)],
    lambda rng, R: 1 + uniform(rng, 1),
    name="line",
)
"""x^2/2 from a point between 1 and 2."""


def bowl(c: float) -> Problem:
    """The bowl of curvatures 1 and c, from (1, 1)."""
    return Problem(Bowl(c), [attained(0.0, np.zeros(2))], np.ones(2), name=f"bowl[{c}]")


def _marked(rng: Any, R: int) -> np.ndarray:
    u = uniform(rng, 1)
    return np.concatenate([u, np.zeros_like(u)], axis=1)


tape = Problem(Nothing(), [], _marked, name="tape")
"""The state is (mark, k)."""
point = Problem(Nothing(), [], np.ones(1), name="point")
"""The number 1, and no oracle."""


# Methods ----------------------------------------------------------------------------------------


@algorithm
def count(s, oracle):
    """One more iteration on the tape."""
    return Point(s.x + np.array([0.0, 1.0]))


@algorithm
def frozen(s, oracle):
    return s


@algorithm
def scale(s, oracle, *, q):
    """x_(k+1) = q x_k."""
    return Point(s.x * q)


@algorithm
def walk(s, oracle, rng, *, eta, noise=0.1):
    """x_(k+1) = x_k - eta grad f(x_k) + noise z."""
    return Point(s.x - eta * oracle.gradient(s.x) + noise * normal(rng, 1))


@algorithm
def exponential(s, oracle, rng):
    """x_(k+1) is exponential with mean 1, independent of the past."""
    return Point(-vlog(uniform(rng, 1)))


@algorithm
def coin(s, oracle, rng):
    """x_(k+1) is uniform on (0, 1), found by a detour that no moment sees."""
    return Point(absolute(uniform(rng, 1) - uniform(rng, 1)))


half = gradient_descent(eta=Rational(1, 2))
"""Gradient descent on x^2/2 halves the distance."""


# Metrics ----------------------------------------------------------------------------------------


@metric("entry", "X")
def entry(s, oracle):
    return norm(s.x)


@metric("square", "X^2")
def square(s, oracle):
    return s.x[..., :1] ** 2


def curve(function: Callable[[Any, Any], Any], name: str = "curve") -> Metric:
    """A metric on the tape: ``function(k, mark)``, (R, 1) arrays of doubles or 50-digit numbers."""
    return metric(name, "m_k")(lambda s, oracle: function(s.x[..., 1:], s.x[..., :1]))


def mark(replicate: int, key: int = 0) -> float:
    """The mark of a replicate on the tape."""
    return float(tape.starts(key, [replicate])[0, 0])


def level(k: Any) -> Any:
    """One at every iteration."""
    return 0 * k + 1.0


def spoiled(at: int, amount: float, replicate: int | None = None, rest: Callable = level) -> Metric:
    """``rest``, and times 1 + ``amount`` at one iteration, of one replicate if that is given."""
    chosen = None if replicate is None else mark(replicate)

    def function(k: Any, u: Any) -> Any:
        there = k == at if chosen is None else (k == at) & (u == chosen)
        return where(there, rest(k) * (1 + amount), rest(k))

    return curve(function)


def changed(at: int, value: float, replicate: int | None = None) -> Metric:
    """One, and another value at one iteration."""
    chosen = None if replicate is None else mark(replicate)

    def function(k: Any, u: Any) -> Any:
        there = k == at if chosen is None else (k == at) & (u == chosen)
        return where(there, 0 * k + value, level(k))

    return curve(function)


def noise(k: Any, size: float) -> Any:
    """``size`` in doubles where k/49 * 49 is not k (at 1, 2, 4, 8, ...); 0 in 50 digits."""
    return where(absolute(k / 49 * 49 - k) > 1e-30, 0 * k + size, 0 * k)


# Judging ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A claim whose truth is known, and what must be said of it.

    ``k``, ``replicate``, ``left`` and ``right`` are those of the witness, ``words`` parts of the
    sentence, ``options`` further fields of the theorem or of the laboratory.
    """

    name: str
    claim: Claim
    verdict: Verdict
    method: Method = field(default_factory=count)
    on: Problem = tape
    basis: Basis | None = Basis.EXACT
    k: int | None = None
    replicate: int | None = None
    left: float | None = None
    right: float | None = None
    words: str | tuple[str, ...] = ()
    iterations: int = 20
    options: Mapping[str, Any] = field(default_factory=dict)


def theorem(
    claims: Claim | list[Claim], method: Method | None = None, on: Any = tape, **fields: Any
) -> Theorem:
    """A theorem about one problem, or a list of problems."""
    problems = on if isinstance(on, list) else [on]
    known = [attained] if "x_star" in problems[0].constants else []
    return Theorem(
        cite="none",
        algorithm=count() if method is None else method,
        claims=claims if isinstance(claims, list) else [claims],
        on=problems,
        **{"iterations": 20, "assume": known} | fields,
    )


def verify(
    statement: Theorem,
    *,
    key: int = 0,
    profile: Profile = TINY,
    suite: int = 1,
    engine: str = "eager",
    families: Mapping[str, Any] | None = None,
):
    """The report of a laboratory on a theorem."""
    made = Laboratory(families or {}, profile, key=key, engine=engine, suite=suite)
    return made.verify(statement)


def judge(
    claim: Claim,
    method: Method | None = None,
    on: Any = tape,
    *,
    key: int = 0,
    profile: Profile = TINY,
    suite: int = 1,
    engine: str = "eager",
    **fields: Any,
) -> Finding:
    """What the laboratory finds of one claim."""
    report = verify(
        theorem(claim, method, on, **fields), key=key, profile=profile, suite=suite, engine=engine
    )
    assert report.error is None, report.error
    return report.claims[0].finding


def table(*rows: Statement) -> Any:
    """A test for each of the statements: ``@table(...) def test_it(statement)``."""
    return pytest.mark.parametrize("statement", rows, ids=[row.name for row in rows])


def check(statement: Statement) -> Finding:
    """Judge a statement, and see that verdict, basis and witness are right."""
    found = judge(
        statement.claim,
        statement.method,
        statement.on,
        iterations=statement.iterations,
        **statement.options,
    )
    assert found.verdict is statement.verdict, found.sentence
    assert found.bases == (() if statement.basis is None else (statement.basis,)), found.bases
    for piece in found.evidence:
        if piece.setting != "sweep":
            assert piece.setting.startswith(statement.on.name)
        if piece.verdict in (HOLDS, REFUTED) and piece.basis is not Basis.INTERVAL:
            assert piece.engine in ENGINES[piece.basis]
            assert sum(piece.statuses.values()) > 0
    words = (statement.words,) if isinstance(statement.words, str) else statement.words
    for part in words:
        assert part in found.sentence
    witness = found.witness
    assert (witness is not None) == (statement.verdict is Verdict.REFUTED)
    if witness is not None:
        assert witness.basis is statement.basis
        assert statement.k is None or witness.k == statement.k
        assert statement.replicate is None or witness.replicate == statement.replicate
        for told, truth in ((witness.left, statement.left), (witness.right, statement.right)):
            assert truth is None or told == pytest.approx(truth, rel=1e-6)
        again(statement, witness)
    return found


def again(statement: Statement, witness: Any) -> None:
    """Run a witness of a single run again: its left side is that of the run."""
    claim = statement.claim
    if witness.basis is not Basis.EXACT or claim.kind in ("limit", "threshold"):
        return
    letters = statement.options.get("parameters", {})
    chosen = {s: sympify(witness.choices[str(s)]) for s in letters}
    trace = run(
        statement.method.subs(chosen),
        statement.on,
        iterations=witness.iterations,
        replicates=[witness.replicate],
        metrics=[claim.metric],
        grid=[witness.k],
        key=statement.options.get("key", 0),
        engine="eager",
    )
    assert trace.values[claim.metric.name][0, 0] == pytest.approx(witness.left, rel=1e-12)
    if witness.precise is not None and np.isfinite(witness.left):
        assert float(witness.precise[0]) == pytest.approx(witness.left, rel=1e-6)
