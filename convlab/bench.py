"""The bench of one theorem: its settings, and runs on them, with which its claims are judged."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import sympy

from convlab import precise, symbols
from convlab.algorithm import Method
from convlab.certificates import check
from convlab.choices import choices
from convlab.claims import Basis, Setting
from convlab.claims.bounds import LowerBound, UpperBound
from convlab.engine import (
    AFTER,
    Context,
    NotClosed,
    Trace,
    log_grid,
    merge,
    require_independence,
    rest,
    run,
    run_conditional,
    run_moments,
)
from convlab.errors import ConvlabError
from convlab.formula import evaluate, holds
from convlab.instances import Profile
from convlab.metrics import Metric
from convlab.problem import Problem
from convlab.theorem import Theorem

__all__ = ["Conditions", "TheoremBench"]


EVERY = 1000
"""Iterations of which all are kept, however many there are."""
KEPT = 2**23
"""Numbers of a trace that are kept: all iterations, as long as they are not more."""
SINGLED = 64
"""A condition that holds at no more iterations singles them out."""
BESIDE = range(3)
"""Replicates beside which the last is compared with itself alone."""


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
            missing = [a for a in theorem.assume if a.definition not in problem.assumptions]
            names = ", ".join(a.name for a in missing) or "the constants assumed"
            raise ConvlabError(f"{theorem.id} cannot be tried on {problem.name}: it lacks {names}")
        c = self._conditions
        self._once(
            ("checked", problem, *(a.definition for a in theorem.assume)),
            lambda: check(problem, theorem.assume, c.key, c.log_threshold + np.log(1e3)),
        )
        return [
            Setting(problem, theorem.algorithm, constants, iterations, chosen, tight)
            for chosen in choices(theorem, constants, self._profile.choices)
        ]

    def _given(self, setting: Setting) -> dict[str, Any]:
        """What every kind of run of a setting is made with."""
        return {
            "iterations": setting.iterations,
            "key": self._conditions.key,
            "constants": setting.constants,
            "initial": self._theorem.quantities,
            "time_limit": self._profile.seconds,
        }

    def _run(self, setting: Setting, method: Method, ids: Sequence[int], grid: Any) -> Trace:
        chosen = method.subs(setting.choices)
        self._once(
            ("independent", setting.problem, method.algorithm),
            lambda: self._require_independence(setting, chosen),
        )
        return run(
            chosen,
            setting.problem,
            replicates=ids,
            metrics=[setting.weighted(m) for m in self._theorem.metrics],
            backend=self._conditions.backend,
            engine=self._conditions.engine,
            grid=grid,
            **self._given(setting),
        )

    def _require_independence(self, setting: Setting, method: Method) -> None:
        """A replicate goes its way alone as beside others: see :mod:`convlab.engine.replay`."""
        contexts = [
            Context.of(method, setting.problem, replicates=ids, metrics=[], **self._given(setting))
            for ids in (BESIDE, BESIDE[-1:])
        ]
        require_independence(*contexts)

    def _mark(self, kind: str, setting: Setting, method: Method, extra: Any = None) -> Any:
        return (
            kind,
            setting.problem,
            tuple(method.hyperparameters.items()),
            method.algorithm,
            tuple(setting.choices.items()),
            frozenset((s, v if np.ndim(v) == 0 else None) for s, v in setting.constants.items()),
            setting.iterations,
            self._theorem.metrics,
            frozenset(self._theorem.quantities.items()),
            extra,
        )

    def trace(self, setting: Setting, method: Method | None = None, *, ends: bool = False) -> Trace:
        """A run from several starting points, recorded at every iteration, or at its ends."""
        chosen = method or setting.method
        single = setting.problem.fixed_start and not chosen.algorithm.stochastic
        count = 1 if single else self._profile.starts
        grid = _grid(setting, ends)

        def make() -> Trace:
            return self._reduced(setting, self._run(setting, chosen, range(count), grid))

        return self._once(self._mark("trace", setting, chosen, ends), make)

    def _reduced(self, setting: Setting, trace: Trace) -> Trace:
        """A trace that is too large to be kept, without what no claim can need.

        Beyond the first iterations, the logarithmic grid stays, the iterations that a condition
        singles out, and, between two points of the grid, those at which a metric comes closest to
        its bound.
        """
        if trace.grid.size * len(trace.replicates) * len(trace.values) <= KEPT:
            return trace
        last = int(trace.grid[-1])
        kept = np.isin(trace.grid, log_grid(last)) | (trace.grid <= EVERY)
        cells = np.searchsorted(log_grid(last), trace.grid)
        starts = np.flatnonzero(np.diff(cells, prepend=-1))
        for claim in self._theorem.claims:
            rows = setting.holds(claim.when, trace).any(axis=1)
            if rows.sum() <= EVERY:
                kept |= rows
            if isinstance(claim, UpperBound | LowerBound) and claim.metric.name in trace.values:
                ratio = claim.sides(setting, trace, Basis.EXACT).ratio
                for begin, end in zip(starts, [*starts[1:], len(trace.grid)], strict=True):
                    kept[begin + np.argmax(ratio[begin:end], axis=0)] = True
        return trace.at(kept)

    def expectation(
        self,
        setting: Setting,
        metric: Metric,
        method: Method | None = None,
        *,
        ends: bool = False,
    ) -> Trace | None:
        """The exact expectation at every iteration, or None where the moments do not close."""
        chosen = method or setting.method

        def make() -> Trace | None:
            return _closed(
                run_moments,
                chosen.subs(setting.choices),
                setting.problem,
                replicates=1 if setting.problem.fixed_start else 2,
                metrics=[setting.weighted(metric)],
                grid=_grid(setting, ends),
                **self._given(setting),
            )

        return self._once(self._mark("moments", setting, chosen, (metric.measurement, ends)), make)

    def drift(
        self, setting: Setting, metric: Metric, given: Mapping[sympy.Symbol, Metric]
    ) -> Trace | None:
        """The metric along runs, and its exact expectation one step ahead, or None."""

        def make() -> Trace | None:
            starts, grid = range(self._profile.starts), self._sparse(setting)
            return self._ahead(setting, metric, given, replicates=starts, grid=grid)

        measured = metric, *given.items()
        return self._once(self._mark("drift", setting, setting.method, measured), make)

    def _ahead(
        self,
        setting: Setting,
        metric: Metric,
        given: Mapping[sympy.Symbol, Metric],
        **options: Any,
    ) -> Trace | None:
        return _closed(
            run_conditional,
            setting.chosen_method,
            setting.problem,
            metric=setting.weighted(metric),
            given={s: setting.weighted(m) for s, m in given.items()},
            **self._given(setting) | options,
        )

    def samples(self, setting: Setting, method: Method | None = None) -> Iterator[Trace]:
        """Growing samples of replicates, on the logarithmic grid and where a condition points."""
        chosen = method or setting.method
        whole, begin = None, 0
        for end in self._profile.replicates:
            block = self._once(
                self._mark("samples", setting, chosen, (begin, end)),
                partial(self._run, setting, chosen, range(begin, end), self._sparse(setting)),
            )
            whole = block if whole is None else merge(whole, block)
            begin = end
            yield whole

    def _sparse(self, setting: Setting) -> np.ndarray:
        """The logarithmic grid, with the iterations that a condition of a claim singles out."""
        points = log_grid(setting.iterations)
        ks = np.arange(setting.iterations + 1)
        for claim in self._theorem.claims:
            condition = setting.resolve(claim.when)
            if symbols.k not in condition.free_symbols:
                continue
            values = {**setting.constants, symbols.T: setting.iterations, symbols.k: ks}
            if not condition.free_symbols <= values.keys():
                continue
            singled = ks[holds(condition, values, ks)]
            if len(singled) <= SINGLED:
                points = np.union1d(points, singled)
        return points

    def rest(self, setting: Setting, replicate: int) -> int | None:
        """From when on a replicate is at rest: see :func:`convlab.engine.replay.rest`."""
        contexts = [
            Context.of(
                setting.chosen_method,
                setting.problem,
                replicates=[replicate],
                metrics=[],
                backend=backend,
                **self._given(setting),
            )
            for backend in ("numpy", "mpmath")
        ]
        return rest(*contexts)

    def exactly(
        self,
        setting: Setting,
        metric: Metric,
        other: Any,
        replicate: int,
        ks: Sequence[int],
        basis: Basis,
    ) -> tuple[Any, Any]:
        """A metric at some iterations, and a formula or the metric of another method, in 50 digits.

        Of a run, or, where the basis is moments, the expectation. The run ends at the last of the
        iterations; what could not be run so far is NaN, and so are moments that are too many.
        """

        def along(method: Method) -> Trace | None:
            chosen = method.subs(setting.choices)
            given: dict[str, Any] = self._given(setting) | {
                "replicates": [replicate],
                "metrics": [setting.weighted(metric)],
                "backend": "mpmath",
                "grid": ks,
            }
            if basis is not Basis.MOMENTS or not chosen.algorithm.stochastic:
                return run(chosen, setting.problem, **given)
            return _closed(run_moments, chosen, setting.problem, **given | {"time_limit": None})

        traces = [along(m) for m in (setting.method, other) if isinstance(m, Method)]
        known = [trace for trace in traces if trace is not None]
        if len(known) < len(traces):
            return _unknown(ks), _unknown(ks)
        values = [trace.values[metric.name][:, 0] for trace in known]
        return values[0], values[1] if len(values) > 1 else _formula(other, known[0], ks)

    def exactly_ahead(
        self,
        setting: Setting,
        metric: Metric,
        given: Mapping[sympy.Symbol, Metric],
        other: Any,
        replicate: int,
        ks: Sequence[int],
    ) -> tuple[Any, Any]:
        """The expectation one step ahead of some states of a run, and a formula, in 50 digits.

        What could not be run so far is NaN, and so is an expectation over too many outcomes.
        """
        precisely = {"backend": "mpmath", "time_limit": None}
        trace = self._ahead(setting, metric, given, replicates=[replicate], grid=ks, **precisely)
        if trace is None:
            return _unknown(ks), _unknown(ks)
        return trace.values[AFTER][:, 0], _formula(other, trace, ks)


def _closed(make: Callable[..., Trace], *args: Any, **options: Any) -> Trace | None:
    """What a run leaves behind; None where the moments do not close."""
    try:
        return make(*args, **options)
    except NotClosed:
        return None


def _unknown(ks: Sequence[int]) -> np.ndarray:
    return np.full(len(ks), np.nan)


def _formula(formula: Any, trace: Trace, ks: Sequence[int]) -> list[Any]:
    """A formula along a trace of one replicate in 50 digits."""

    def at(value: Any, g: int) -> Any:
        numbers = np.ravel(value)
        return precise.mp.mpmathify(numbers[g if len(numbers) > 1 else 0])

    found = []
    for g, k in enumerate(ks):
        constants = {s: at(v, g) for s, v in trace.constants.items()}
        found.append(evaluate(formula, constants | {symbols.k: precise.mp.mpf(int(k))}, exact=True))
    return found


def _grid(setting: Setting, ends: bool) -> np.ndarray:
    """Every iteration, or the first, that at two thirds and the last."""
    last = setting.iterations
    return np.array([0, last - last // 3, last]) if ends else np.arange(last + 1)
