"""The laboratory: where algorithm, problem and theorem meet and a verdict comes out."""

import html
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy

from convlab import precise, symbols
from convlab.algorithm import Method
from convlab.claims import Evidence, Finding, Setting, Verdict
from convlab.engine import NotClosed, Trace, merge, run, run_moments
from convlab.errors import ConvlabError, UnavailableError
from convlab.family import Between, Choice, Family
from convlab.formula import evaluate
from convlab.metrics import Metric
from convlab.problem import Problem
from convlab.statement import interval, number
from convlab.streams import Stream
from convlab.theorem import Mutant, Theorem, _Fixed

__all__ = [
    "PROFILES",
    "ClaimReport",
    "Laboratory",
    "MutantReport",
    "Profile",
    "Report",
    "evidence_of",
]

ALPHA = 1e-6
"""Probability of a false refutation anywhere in the suite."""
CHECK_POINTS = 64
CHECK_SAMPLES = 512


@dataclass(frozen=True)
class Profile:
    """How much is tried.

    ``length`` multiplies the iterations of each theorem; ``horizons`` are the iterations at which
    worst-case instances are built; ``starts`` and ``replicates`` per setting (the latter growing
    in blocks); ``instances`` are families beside the tight ones; ``choices`` are values tried per
    free parameter; ``seconds`` limits one run.
    """

    length: int
    horizons: tuple[int, ...]
    starts: int
    replicates: tuple[int, ...]
    instances: int
    choices: int
    seconds: float


PROFILES = {
    "quick": Profile(1, (1, 4, 16, 64), 8, (256, 1024), 2, 2, 20.0),
    "standard": Profile(4, (1, 2, 4, 8, 16, 32, 64, 128), 16, (256, 1024, 4096), 6, 3, 120.0),
    "thorough": Profile(
        16, (1, 2, 3, 4, 8, 16, 32, 64, 128, 256), 32, (1024, 4096, 16384), 50, 5, 1200.0
    ),
}


@dataclass(frozen=True)
class ClaimReport:
    """What became of one claim: plain data."""

    kind: str
    metric: str
    bound: str | None
    statement: str
    finding: Finding


@dataclass(frozen=True)
class MutantReport:
    """What became of one mutant: it should be refuted."""

    name: str
    why: str
    verdict: Verdict
    sentence: str


@dataclass(frozen=True)
class Report:
    """The verdict on a theorem, with its evidence: plain data."""

    id: str
    title: str
    verdict: Verdict
    expected: Verdict
    sentence: str
    claims: tuple[ClaimReport, ...] = ()
    mutants: tuple[MutantReport, ...] = ()
    instances: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    seconds: float = 0.0
    error: str | None = None

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the expected one."""
        return self.error is None and self.verdict is self.expected

    @property
    def status(self) -> str:
        """``ok`` or what went wrong, in one sentence."""
        if self.error is not None:
            return f"error: {self.error}"
        return "ok" if self.as_expected else f"expected {self.expected}: {self.sentence}"

    def _repr_html_(self) -> str:
        rows: list[tuple[str, str, Finding | MutantReport]] = [
            ("claim", f"${c.statement}$", c.finding) for c in self.claims
        ]
        rows += [("mutant", html.escape(m.name), m) for m in self.mutants]
        cells = "".join(
            f"<tr><td>{kind}</td><td>{name}</td><td>{found.verdict}</td>"
            f"<td>{html.escape(found.sentence)}</td></tr>"
            for kind, name, found in rows
        )
        title = html.escape(f"{self.title} {self.status if self.error else self.verdict}")
        return f"<table><caption>{title}</caption>{cells}</table>"


@dataclass
class Laboratory:
    """Families, a key and a profile: all that a verdict depends on beside the theorem.

    ``suite`` is the number of statements that share the error budget.
    """

    families: Mapping[str, Family]
    profile: Profile = PROFILES["quick"]
    key: int = 0
    backend: str = "numpy"
    suite: int = 1
    _runs: dict[Any, Any] = field(default_factory=dict, repr=False)
    _problems: dict[Any, Problem] = field(default_factory=dict, repr=False)

    def verify(self, theorem: Theorem) -> Report:
        """Try all claims on all settings, then all mutants.

        Bad input (an oracle that returns NaN, a certificate that is not true, a step outside its
        range) gives a report with an error.
        """
        began = time.monotonic()
        self._runs.clear()
        base = {"id": theorem.id, "title": theorem.title, "expected": theorem.expected}
        try:
            bench = self.bench(theorem)
            findings = [claim.judge(bench) for claim in theorem.claims]
            mutants = tuple(self._mutant(theorem, m, bench) for m in theorem.mutants)
        except ConvlabError as error:
            return Report(
                **base,  # type: ignore[arg-type]
                verdict=Verdict.INCONCLUSIVE,
                sentence=str(error),
                error=str(error),
                seconds=time.monotonic() - began,
            )
        verdict, sentence = _verdict(findings, mutants)
        evidence = [e for f in findings for e in f.evidence]
        return Report(
            **base,  # type: ignore[arg-type]
            verdict=verdict,
            sentence=sentence,
            claims=tuple(
                ClaimReport(
                    c.kind,
                    str(c.metric),
                    None if c.compared is None else str(c.compared),
                    c.statement,
                    f,
                )
                for c, f in zip(theorem.claims, findings, strict=True)
            ),
            mutants=mutants,
            instances=tuple(dict.fromkeys(str(s) for s in bench.settings())),
            engines=tuple(dict.fromkeys(e.engine for e in evidence)),
            seconds=time.monotonic() - began,
        )

    def _mutant(self, theorem: Theorem, mutant: Mutant, original: "_Bench") -> MutantReport:
        changed = mutant.change(theorem)
        same = (changed.tight, changed.on, changed.assume) == (
            theorem.tight,
            theorem.on,
            theorem.assume,
        )
        bench = _Bench(self, changed, original.problems if same else None)
        verdict, sentence = Verdict.HOLDS, "no instance refutes it"
        for claim in changed.claims:
            finding = claim.judge(bench)
            verdict, sentence = finding.verdict, finding.sentence
            if verdict is Verdict.REFUTED:
                break
        return MutantReport(mutant.name, mutant.why, verdict, sentence)

    def bench(self, theorem: Theorem) -> "_Bench":
        """The settings of a theorem, and runs on them: what its claims are judged with."""
        return _Bench(self, theorem)

    # Instances ----------------------------------------------------------------------------------

    def problems(self, theorem: Theorem) -> list[tuple[Problem, int, bool]]:
        """The instances for a theorem: problem, iterations, and whether it is a tight one."""
        length = theorem.iterations * self.profile.length
        found: list[tuple[Problem, int, bool]] = []
        for instance in theorem.tight:
            found += [
                (p, n, True) for p, n in self._instances(instance, theorem, length, theorem.tight)
            ]
        if theorem.on is not None:
            for instance in theorem.on:
                found += [(p, n, False) for p, n in self._instances(instance, theorem, length, ())]
        else:
            found += [(p, n, False) for p, n in self._candidates(theorem, length)]
        return found

    def _instances(
        self, instance: Family | Problem, theorem: Theorem, length: int, tight: Sequence
    ) -> Iterator[tuple[Problem, int]]:
        if isinstance(instance, Problem):
            yield from ((instance, n) for n in self._lengths(theorem, length))
        elif "horizon" in instance.parameters:
            for horizon in self._horizons(instance.parameters["horizon"].range):
                yield self._problem(instance, 0, horizon=horizon), horizon
        else:
            yield from ((self._problem(instance, 0), n) for n in self._lengths(theorem, length))

    def _horizons(self, allowed: Between | Choice) -> list[int]:
        """Those of the profile; where a family has a choice of its own, all up to the longest."""
        listed = self.profile.horizons
        offered = allowed.options if isinstance(allowed, Choice) else listed
        return [horizon for horizon in offered if horizon in allowed and horizon <= max(listed)]

    def _lengths(self, theorem: Theorem, length: int) -> tuple[int, ...]:
        """One length, or several horizons where the statement speaks of the horizon T."""
        formulas = [f for c in theorem.claims for f in c.formulas]
        formulas += theorem.algorithm.hyperparameters.values()
        if any(symbols.T in sympy.sympify(f).free_symbols for f in formulas):
            return (length // 50, length // 4, length)
        return (length,)

    def _candidates(self, theorem: Theorem, length: int) -> Iterator[tuple[Problem, int]]:
        """Problems of families that satisfy the assumptions, in an order that the key decides."""
        order = sorted(
            self.families.values(),
            key=lambda f: zlib.crc32(f"{self.key}:{theorem.id}:{f.name}".encode()),
        )
        tight = {f.name for f in theorem.tight if isinstance(f, Family)}
        count = 0
        for family in order:
            if count >= self.profile.instances:
                return
            if family.name in tight or "horizon" in family.parameters:
                continue
            try:
                if theorem.constants(self._problem(family, 0)) is None:
                    continue
            except UnavailableError:
                continue
            problem = self._problem(family, self.key + 1, sample=True)
            if theorem.constants(problem) is None:
                problem = self._problem(family, 0)
            count += 1
            yield from ((problem, n) for n in self._lengths(theorem, length))

    def _problem(self, family: Family, key: int, *, sample: bool = False, **values: Any) -> Problem:
        mark = (id(family), key, sample, tuple(values.items()))
        if mark not in self._problems:
            made = family.sample(key) if sample else family(key, **values)
            self._problems[mark] = made
        return self._problems[mark]

    def check(self, problem: Problem, theorem: Theorem) -> None:
        """Test the assumptions of the theorem on the problem that declares them.

        Raises ConvlabError with the point at which one fails, or at which an oracle gives NaN.
        """
        xs = problem.starts(self.key ^ 0x5EED, range(CHECK_POINTS))
        rng = np.random.Generator(np.random.Philox(key=self.key))
        center = problem.constants.get("x_star", xs)
        spread = np.linalg.norm((xs - center).reshape(len(xs), -1), axis=1).max() + 1e-3
        shape = (2, *xs.shape)
        size = spread * np.exp(rng.uniform(-4, 1, size=(2, len(xs)) + (1,) * (xs.ndim - 1)))
        x, y = xs + size * rng.normal(size=shape) / np.sqrt(max(xs[0].size, 1))
        oracle = problem.on(np)
        if hasattr(problem.oracle, "project"):
            x, y = oracle.project(x), oracle.project(y)
        for name, expected in (("value", (len(x), 1)), ("gradient", x.shape)):
            if hasattr(problem.oracle, name):
                _require_numbers(problem, name, x, getattr(oracle, name)(x), expected)
        threshold = np.log(self.suite * 1e3 / ALPHA)
        for assumption in theorem.assume:
            declared = problem.assumptions[assumption.name]
            if declared.expected:
                for point in x[:3]:
                    rows = np.broadcast_to(point, (CHECK_SAMPLES, *point.shape)).copy()
                    stream = Stream(self.key ^ 0xC0DE, range(CHECK_SAMPLES), np).at(0)
                    found = declared.violation(oracle, rows, rows, stream, threshold)
                    if found:
                        raise ConvlabError(f"{problem.name}: {found}")
            else:
                stream = Stream(self.key ^ 0xC0DE, range(CHECK_POINTS), np).at(0)
                found = declared.violation(oracle, x, y, stream, threshold)
                if found:
                    raise ConvlabError(f"{problem.name}: {found}")

    def memo(self, mark: Any, make: Any) -> Any:
        """The result of ``make()``, made once per theorem."""
        if mark not in self._runs:
            self._runs[mark] = make()
        return self._runs[mark]


def _require_numbers(
    problem: Problem, name: str, x: np.ndarray, value: Any, expected: tuple[int, ...]
) -> None:
    if np.shape(value) != expected:
        raise ConvlabError(
            f"{problem.name}: shapes do not match: the oracle '{name}' gives {np.shape(value)} at "
            f"x of shape {x.shape}, and should give {expected}; the first axis is the replicate, "
            "and reductions keep an axis of length one"
        )
    bad = ~np.isfinite(np.asarray(value, dtype=float)).reshape(len(x), -1).all(axis=1)
    if bad.any():
        point = np.array2string(x[int(np.argmax(bad))], precision=4, threshold=6)
        raise ConvlabError(
            f"{problem.name}: the oracle '{name}' gives NaN or infinity at x = {point}; "
            "mend the oracle, or declare its domain with a 'project' oracle"
        )


def _verdict(findings: Sequence[Finding], mutants: Sequence[MutantReport]) -> tuple[Verdict, str]:
    for verdict in (Verdict.REFUTED, Verdict.INCONCLUSIVE, Verdict.INAPPLICABLE):
        for finding in findings:
            if finding.verdict is verdict:
                return verdict, finding.sentence
    for mutant in mutants:
        if mutant.verdict is not Verdict.REFUTED:
            sentence = f"the mutant '{mutant.name}' is not refuted: {mutant.sentence}"
            return Verdict.INCONCLUSIVE, sentence
    return Verdict.HOLDS, findings[0].sentence


class _Bench:
    """The bench of one theorem: its settings, and runs on them, each made once."""

    def __init__(
        self,
        lab: Laboratory,
        theorem: Theorem,
        problems: list[tuple[Problem, int, bool]] | None = None,
    ) -> None:
        self._lab = lab
        self._theorem = theorem
        self.problems = lab.problems(theorem) if problems is None else problems
        self.log_threshold = float(np.log(lab.suite / ALPHA))
        self._settings: list[Setting] | None = None

    def settings(self) -> list[Setting]:
        """All settings, tight instances first."""
        if self._settings is None:
            self._settings = [
                setting
                for problem, iterations, tight in self.problems
                for setting in self._choose(problem, iterations, tight)
            ]
        return self._settings

    def setting_for(self, problem: Problem) -> Setting:
        """The first setting on a problem that a claim brings along."""
        length = self._theorem.iterations * self._lab.profile.length
        return self._choose(problem, length, False)[0]

    def _choose(self, problem: Problem, iterations: int, tight: bool) -> list[Setting]:
        theorem = self._theorem
        constants = theorem.constants(problem)
        if constants is None:
            missing = [a for a in theorem.assume if a.name not in problem.assumptions]
            names = ", ".join(a.name for a in missing) or "the constants assumed"
            raise ConvlabError(f"{theorem.id} cannot be tried on {problem.name}: it lacks {names}")
        self._lab.memo(
            ("checked", problem.name, problem), lambda: self._lab.check(problem, theorem)
        )
        options: list[dict[sympy.Symbol, sympy.Expr]] = [{}]
        for symbol, allowed in theorem.parameters.items():
            values = _values(symbol, allowed, constants, self._lab.profile.choices)
            options = [o | {symbol: v.subs(o)} for v in values for o in options]
        return [
            Setting(problem, theorem.algorithm, constants, iterations, choices, tight)
            for choices in options
        ]

    def _run(self, setting: Setting, method: Method, ids: range) -> Trace:
        lab, theorem = self._lab, self._theorem
        metrics = [_resolved(m, setting) for m in theorem.metrics]
        return run(
            method.subs(setting.choices),
            setting.problem,
            iterations=setting.iterations,
            replicates=ids,
            metrics=metrics,
            key=lab.key,
            backend=lab.backend,
            constants=setting.constants,
            initial=theorem.quantities,
            time_limit=lab.profile.seconds,
        )

    def _mark(self, kind: str, setting: Setting, method: Method, extra: Any = None) -> Any:
        metrics = tuple(m.name for m in self._theorem.metrics)
        return (
            kind,
            setting.problem,
            str(method.subs(setting.choices)),
            id(method.algorithm),
            tuple(setting.choices.items()),
            frozenset(setting.constants),
            setting.iterations,
            metrics,
            extra,
        )

    def trace(self, setting: Setting, method: Method | None = None) -> Trace:
        """A run from several starting points."""
        chosen = method or setting.method
        single = setting.problem.fixed_start and not chosen.algorithm.stochastic
        count = 1 if single else self._lab.profile.starts
        return self._lab.memo(
            self._mark("trace", setting, chosen), lambda: self._run(setting, chosen, range(count))
        )

    def expectation(self, setting: Setting, metric: Metric) -> Trace | None:
        """The exact expectation, or None where the moments do not close."""

        def make() -> Trace | None:
            try:
                return run_moments(
                    setting.chosen_method,
                    setting.problem,
                    iterations=setting.iterations,
                    replicates=1 if setting.problem.fixed_start else 2,
                    metrics=[_resolved(metric, setting)],
                    key=self._lab.key,
                    constants=setting.constants,
                    initial=self._theorem.quantities,
                )
            except NotClosed:
                return None

        return self._lab.memo(self._mark("moments", setting, setting.method, metric.name), make)

    def samples(self, setting: Setting) -> Iterator[Trace]:
        """Growing samples of replicates."""
        whole, begin = None, 0
        for end in self._lab.profile.replicates:
            block = self._lab.memo(
                self._mark("samples", setting, setting.method, (begin, end)),
                lambda begin=begin, end=end: self._run(setting, setting.method, range(begin, end)),
            )
            whole = block if whole is None else merge(whole, block)
            begin = end
            yield whole

    def exceeds(
        self, setting: Setting, metric: Metric, bound: Any, replicate: int, k: int, sign: int = 1
    ) -> bool:
        """Whether the excess over the bound is there in 50-digit arithmetic."""
        trace = run(
            setting.chosen_method,
            setting.problem,
            iterations=setting.iterations,
            replicates=[replicate],
            metrics=[_resolved(metric, setting)],
            key=self._lab.key,
            backend="mpmath",
            constants=setting.constants,
            initial=self._theorem.quantities,
            grid=[k],
        )
        value = trace.values[metric.name][0, 0]
        number = precise.mp.mpmathify
        values = {s: number(v) for s, v in trace.constants.items()} | {symbols.k: number(k)}
        limit = evaluate(bound, values, exact=True)
        slack = abs(limit) * 1e-12 + float(
            np.max(metric.allowance(np.array([abs(float(value))]), setting.problem))
        )
        return bool(sign * (value - limit) > slack)


def _resolved(metric: Metric, setting: Setting) -> Metric:
    """The metric with the setting's choices in its weights."""
    from dataclasses import replace

    if not metric.weights:
        return metric
    return replace(metric, weights={n: setting.resolve(w) for n, w in metric.weights.items()})


def _values(
    symbol: sympy.Symbol, allowed: Any, constants: Mapping[sympy.Symbol, Any], count: int
) -> list[sympy.Expr]:
    """Values of a parameter to try, formulas in the constants: the ends first, then inside.

    Raises ConvlabError where a value that was asked for is outside the set.
    """
    numbers = {s: sympy.Float(v) for s, v in constants.items() if np.ndim(v) == 0}
    if isinstance(allowed, _Fixed):
        if allowed.allowed is not None:
            inside = allowed.allowed.subs(numbers).contains(allowed.value.subs(numbers))
            if inside is sympy.false:
                raise ConvlabError(
                    f"{symbol} = {allowed.value} = {number(allowed.value.subs(numbers))} is "
                    f"outside the range of the theorem, {interval(allowed.allowed)} = "
                    f"{interval(allowed.allowed.subs(numbers))}"
                )
        return [allowed.value]
    if isinstance(allowed, sympy.FiniteSet):
        return list(allowed)[:count]
    low, high = allowed.start, allowed.end
    if high is sympy.oo:
        base = low if low != 0 else sympy.Integer(1)
        first = 1 if low != 0 and not allowed.left_open else sympy.Rational(11, 10)
        return [base * f for f in (first, 20, 2, 200)][:count]
    shares = [sympy.Rational(99, 100) if allowed.right_open else sympy.Integer(1)]
    shares += [sympy.Rational(1, 3), sympy.Rational(1, 20), sympy.Rational(2, 3)]
    return [low + (high - low) * share for share in shares[:count]]


def evidence_of(report: Report) -> list[Evidence]:
    """All evidence of a report."""
    return [e for claim in report.claims for e in claim.finding.evidence]
