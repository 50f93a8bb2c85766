"""Claims along a sweep: how cost, or what is reached, grows with a quantity v."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import sympy

from convlab import statistics, symbols
from convlab.claims.base import (
    Bench,
    Claim,
    Evidence,
    Finding,
    Setting,
    Verdict,
    combine,
)
from convlab.claims.rates import MARGIN, judge_slope, knows_most
from convlab.engine import Status
from convlab.formula import evaluate
from convlab.metrics import Metric
from convlab.problem import Problem

__all__ = ["Complexity", "Scaling", "Swept", "complexity", "scaling", "variable"]

Swept: TypeAlias = Callable[[Any], Problem] | sympy.Symbol
"""Along what a sweep goes: problems, or a parameter of the theorem."""


def variable(over: Swept) -> sympy.Symbol:
    """The symbol along which a sweep goes: the function's argument, or the parameter itself."""
    if isinstance(over, sympy.Symbol):
        return over
    return sympy.Symbol(next(iter(inspect.signature(over).parameters)))


def complexity(
    metric: Metric, power: Any, *, over: Swept, at: Sequence[Any], eps: float
) -> "Complexity":
    """Iterations until metric <= eps * metric_0 grow at most as v^power on the problems over(v).

    ``at`` holds the values v, at least four, better eight; v may be kappa, d, n, 1/eps, a width.
    ``over`` may also be a parameter of the theorem, which then takes the values on its first
    setting.
    """
    return Complexity(metric=metric, power=sympy.sympify(power), over=over, at=tuple(at), eps=eps)


def scaling(
    metric: Metric,
    power: Any,
    *,
    over: Swept,
    at: Sequence[Any],
    statistic: str | float = "mean",
) -> "Scaling":
    """The metric at the end of the run grows at most as v^power between the ends of a sweep.

    The sweep goes over the problems over(v), from the first to the last v in ``at``, and what is
    claimed is the mean slope between them: choose the range in which the power should be seen.
    ``over`` may also be a parameter of the theorem, which then takes the values v on its first
    setting. Where v is called T it is also the number of iterations: for steps, and worst
    problems, that are chosen for the end of the run. ``power`` may be negative (a fluctuation that
    vanishes with the width of a network); ``statistic`` is what is taken over the replicates:
    "mean", "median" or a quantile. ``at`` holds the values v, at least four, better eight.
    """
    return Scaling(
        metric=metric, power=sympy.sympify(power), over=over, at=tuple(at), statistic=statistic
    )


@dataclass(frozen=True, kw_only=True)
class _Sweep(Claim):
    """A slope along a sweep; of samples only the first block is drawn, on each of the problems."""

    power: sympy.Expr
    over: Swept
    at: tuple[Any, ...]
    statistic: str | float = "mean"
    asymptotic = True

    @property
    def formulas(self) -> tuple[Any, ...]:
        """The power."""
        return (self.power,)

    def with_bound(self, bound: Any) -> "Claim":
        """The same claim with another power."""
        return type(self)(**{**vars(self), "power": sympy.sympify(bound)})

    def settings(self, bench: Bench) -> list[Setting]:
        """The settings of the sweep, one for each value."""
        if isinstance(self.over, sympy.Symbol):
            first = bench.settings()[0]
            values = map(sympy.sympify, self.at)
            found = [replace(first, choices={**first.choices, self.over: v}) for v in values]
        else:
            found = [bench.setting_for(self.over, v) for v in self.at]
        if variable(self.over).name == symbols.T.name:
            return [replace(s, iterations=int(v)) for s, v in zip(found, self.at, strict=True)]
        return found

    def sweep(self, bench: Bench) -> Iterator[tuple[Setting, np.ndarray, str, str]]:
        """Each setting, the (R,) numbers found there, the engine; or what is missing."""
        raise NotImplementedError

    def judge(self, bench: Bench) -> Finding:
        """By the slope of the logarithms; the unit is the replicate."""
        settings, values, engines, lacks = zip(*self.sweep(bench), strict=True)
        for setting, lack in zip(settings, lacks, strict=True):
            if lack:
                return combine([Evidence(str(setting), Verdict.REFUTED, f"{setting}: {lack}")])
        found = statistics.slope(
            np.asarray(self.at, dtype=float),
            np.array(values),
            statistic=self.statistic,
            asymptotic=self.asymptotic,
        )
        claimed = self._claimed(settings[0])
        return combine([judge_slope("sweep", found, claimed, MARGIN, engines[0])])

    def _claimed(self, setting: Setting) -> float:
        """The power as a number."""
        return float(evaluate(setting.resolve(self.power), setting.constants))


@dataclass(frozen=True, kw_only=True)
class Complexity(_Sweep):
    """Iterations to relative accuracy eps grow at most as v^power along a sweep of problems."""

    kind = "complexity exponent"
    form = "iterations until {0.metric} is small = O(v^({0.power}))"
    eps: float

    def sweep(self, bench: Bench) -> Iterator[tuple[Setting, np.ndarray, str, str]]:
        """The (R,) iterations needed, interpolated."""
        for setting in self.settings(bench):
            trace = knows_most(bench, setting, self.metric, whole=False)
            values = trace.values[self.metric.name]
            if (values <= self.eps * values[0]).any(axis=0).all():
                yield setting, _first_crossing(trace.grid, values, self.eps), trace.engine, ""
            else:
                lack = f"{setting.iterations} steps do not reach {self.eps:g}"
                yield setting, np.array([np.nan]), trace.engine, lack


@dataclass(frozen=True, kw_only=True)
class Scaling(_Sweep):
    """The metric at the end of the run grows at most as v^power between the ends of a sweep."""

    asymptotic = False
    kind = "scaling exponent"
    form = "{0.metric} at the end = O(v^({0.power}))"

    def sweep(self, bench: Bench) -> Iterator[tuple[Setting, np.ndarray, str, str]]:
        """The (R,) last values."""
        for setting in self.settings(bench):
            trace = knows_most(bench, setting, self.metric, whole=False)
            last = np.abs(trace.values[self.metric.name][-1])
            lack = ""
            if not np.isfinite(last).all():
                lost = (s for s in trace.statuses if s is not Status.FINISHED)
                lack = next(lost, "the metric is not finite")
            yield setting, last, trace.engine, lack


def _first_crossing(grid: np.ndarray, values: np.ndarray, eps: float) -> np.ndarray:
    """(R,) iteration of the first crossing, interpolated in log metric between grid points."""
    crossings = []
    for column in values.T:
        target = eps * column[0]
        g = int(np.argmax(column <= target))
        above, below = np.log(column[g - 1]), np.log(max(column[g], np.finfo(float).tiny))
        share = (above - np.log(target)) / (above - below)
        crossings.append(grid[g - 1] + share * (grid[g] - grid[g - 1]))
    return np.array(crossings)
