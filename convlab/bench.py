"""The bench of one theorem: its settings, and runs on them, with which its claims are judged."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import sympy

from convlab import precise, symbols
from convlab.algorithm import Method
from convlab.certificates import check
from convlab.claims import Setting
from convlab.engine import NotClosed, Trace, merge, run, run_conditional, run_moments
from convlab.errors import ConvlabError
from convlab.formula import evaluate
from convlab.instances import Profile
from convlab.metrics import Metric
from convlab.problem import Problem
from convlab.statement import interval, number
from convlab.theorem import Theorem, _Fixed

__all__ = ["Conditions", "TheoremBench"]


_Choices = dict[sympy.Symbol, sympy.Expr]


class Conditions(NamedTuple):
    """Under which runs are made; ``log_threshold`` is that of e-values, log(1/alpha)."""

    key: int
    backend: str
    engine: str
    log_threshold: float


class TheoremBench:
    """The bench of one theorem: its settings, and runs on them, each made once."""

    def __init__(
        self,
        theorem: Theorem,
        problems: list[tuple[Problem, int, bool]],
        profile: Profile,
        conditions: Conditions,
        memory: dict[Any, Any],
    ) -> None:
        self.problems = problems
        self.log_threshold = conditions.log_threshold
        self._theorem = theorem
        self._profile = profile
        self._conditions = conditions
        self._memory = memory
        self._settings: list[Setting] | None = None

    def _once(self, mark: Any, make: Callable[[], Any]) -> Any:
        if mark not in self._memory:
            self._memory[mark] = make()
        return self._memory[mark]

    def settings(self) -> list[Setting]:
        """All settings, tight instances first."""
        if self._settings is None:
            self._settings = [
                setting
                for problem, iterations, tight in self.problems
                for setting in self._choose(problem, iterations, tight)
            ]
        return self._settings

    def setting_for(self, over: Callable[[Any], Problem], v: Any) -> Setting:
        """The first setting on a problem ``over(v)`` that a claim brings along, made once."""
        problem = self._once(("over", over, v), lambda: over(v))
        length = self._theorem.iterations * self._profile.length
        return self._choose(problem, length, False)[0]

    def _choose(self, problem: Problem, iterations: int, tight: bool) -> list[Setting]:
        theorem = self._theorem
        constants = theorem.constants(problem)
        if constants is None:
            missing = [a for a in theorem.assume if a.name not in problem.assumptions]
            names = ", ".join(a.name for a in missing) or "the constants assumed"
            raise ConvlabError(f"{theorem.id} cannot be tried on {problem.name}: it lacks {names}")
        c = self._conditions
        self._once(
            ("checked", problem, *(a.name for a in theorem.assume)),
            lambda: check(problem, theorem.assume, c.key, c.log_threshold + np.log(1e3)),
        )
        options: list[_Choices] = [{}]
        for symbol, allowed in theorem.parameters.items():
            values = _values(symbol, allowed, constants, self._profile.choices)
            options = [_with(o, symbol, v.xreplace(o)) for v in values for o in options]
        return [
            Setting(problem, theorem.algorithm, constants, iterations, choices, tight)
            for choices in options
        ]

    def _run(self, setting: Setting, method: Method, ids: range) -> Trace:
        theorem, c = self._theorem, self._conditions
        metrics = [_resolved(m, setting) for m in theorem.metrics]
        return run(
            method.subs(setting.choices),
            setting.problem,
            iterations=setting.iterations,
            replicates=ids,
            metrics=metrics,
            key=c.key,
            backend=c.backend,
            engine=c.engine,
            constants=setting.constants,
            initial=theorem.quantities,
            time_limit=self._profile.seconds,
        )

    def _mark(self, kind: str, setting: Setting, method: Method, extra: Any = None) -> Any:
        metrics = tuple(m.name for m in self._theorem.metrics)
        return (
            kind,
            setting.problem,
            tuple(method.hyperparameters.items()),
            id(method.algorithm),
            tuple(setting.choices.items()),
            frozenset((s, v if np.ndim(v) == 0 else None) for s, v in setting.constants.items()),
            setting.iterations,
            metrics,
            extra,
        )

    def trace(self, setting: Setting, method: Method | None = None) -> Trace:
        """A run from several starting points."""
        chosen = method or setting.method
        single = setting.problem.fixed_start and not chosen.algorithm.stochastic
        count = 1 if single else self._profile.starts
        return self._once(
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
                    key=self._conditions.key,
                    constants=setting.constants,
                    initial=self._theorem.quantities,
                )
            except NotClosed:
                return None

        return self._once(self._mark("moments", setting, setting.method, metric.name), make)

    def drift(
        self, setting: Setting, metric: Metric, given: Mapping[sympy.Symbol, Metric]
    ) -> Trace | None:
        """The metric along runs, and its exact expectation one step ahead, or None."""

        def make() -> Trace | None:
            try:
                return run_conditional(
                    setting.chosen_method,
                    setting.problem,
                    iterations=setting.iterations,
                    replicates=range(self._profile.starts),
                    metric=_resolved(metric, setting),
                    given={s: _resolved(m, setting) for s, m in given.items()},
                    key=self._conditions.key,
                    constants=setting.constants,
                    initial=self._theorem.quantities,
                )
            except NotClosed:
                return None

        names = (metric.name, *((s, m.name) for s, m in given.items()))
        return self._once(self._mark("drift", setting, setting.method, names), make)

    def samples(self, setting: Setting) -> Iterator[Trace]:
        """Growing samples of replicates."""
        whole, begin = None, 0
        for end in self._profile.replicates:
            block = self._once(
                self._mark("samples", setting, setting.method, (begin, end)),
                partial(self._run, setting, setting.method, range(begin, end)),
            )
            whole = block if whole is None else merge(whole, block)
            begin = end
            yield whole

    def exactly(
        self, setting: Setting, metric: Metric, other: Any, replicate: int, k: int
    ) -> tuple[Any, Any]:
        """A metric at iteration k and a formula, or the metric of another method, in 50 digits."""

        def at_k(method: Method) -> Trace:
            return run(
                method.subs(setting.choices),
                setting.problem,
                iterations=setting.iterations,
                replicates=[replicate],
                metrics=[_resolved(metric, setting)],
                key=self._conditions.key,
                backend="mpmath",
                constants=setting.constants,
                initial=self._theorem.quantities,
                grid=[k],
            )

        trace = at_k(setting.method)
        value = trace.values[metric.name][0, 0]
        if isinstance(other, Method):
            return value, at_k(other).values[metric.name][0, 0]
        number = precise.mp.mpmathify
        values = {s: number(v) for s, v in trace.constants.items()} | {symbols.k: number(k)}
        return value, evaluate(other, values, exact=True)


def _resolved(metric: Metric, setting: Setting) -> Metric:
    """The metric with the setting's choices in its weights."""
    if not metric.weights:
        return metric
    return replace(metric, weights={n: setting.resolve(w) for n, w in metric.weights.items()})


def _with(options: _Choices, symbol: sympy.Symbol, value: sympy.Expr) -> _Choices:
    """One choice more, put into the earlier ones as well."""
    return {s: e.xreplace({symbol: value}) for s, e in options.items()} | {symbol: value}


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
