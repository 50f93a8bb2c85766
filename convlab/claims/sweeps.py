"""Claims along a sweep: how cost, or what is reached, grows with a quantity v."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import sympy

from convlab import statistics, symbols
from convlab.claims.base import Basis, Bench, Claim, Evidence, Relation, Setting, Verdict
from convlab.claims.gate import unfinished, witness
from convlab.claims.rates import MARGIN, judge_slope, knows_most
from convlab.engine import Status
from convlab.formula import evaluate
from convlab.metrics import Metric
from convlab.problem import Problem

__all__ = ["Complexity", "Scaling", "complexity", "scaling"]


Swept: TypeAlias = Callable[[Any], Problem] | sympy.Symbol
"""Along what a sweep goes: problems, or a parameter of the theorem."""


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


class _Found(NamedTuple):
    """What one setting of a sweep gives.

    ``values`` (R,) are positive numbers; ``at_least`` says that they are only known to be so large
    or larger; ``lack`` is what keeps the setting from giving any.
    """

    setting: Setting
    values: np.ndarray
    engine: str
    at_least: str = ""
    lack: str = ""


@dataclass(frozen=True, kw_only=True)
class _Sweep(Claim):
    """A slope along a sweep; of samples only the first block is drawn, on each of the problems."""

    power: sympy.Expr
    over: Swept
    at: tuple[Any, ...]
    statistic: str | float = "mean"
    asymptotic = True
    slope = True

    @property
    def formulas(self) -> tuple[Any, ...]:
        """The power."""
        return (self.power,)

    @property
    def swept(self) -> str:
        """The name of what a sweep goes along: the function's argument, or the parameter."""
        if isinstance(self.over, sympy.Symbol):
            return str(self.over)
        return next(iter(inspect.signature(self.over).parameters))

    def with_bound(self, bound: Any) -> "Claim":
        """The same claim with another power."""
        return replace(self, power=sympy.sympify(bound))

    def settings(self, bench: Bench) -> list[Setting]:
        """The settings of the sweep, one for each value."""
        if isinstance(self.over, sympy.Symbol):
            first = bench.settings()[0]
            values = map(sympy.sympify, self.at)
            found = [replace(first, choices={**first.choices, self.over: v}) for v in values]
        else:
            found = [bench.setting_for(self.over, v) for v in self.at]
        if self.swept == symbols.T.name:
            return [replace(s, iterations=int(v)) for s, v in zip(found, self.at, strict=True)]
        return found

    def sweep(self, bench: Bench) -> Iterator[_Found]:
        """What each setting gives."""
        raise NotImplementedError

    def claimed(self, bench: Bench) -> float:
        """The power as a number."""
        first = self.settings(bench)[0]
        return float(evaluate(first.resolve(self.power), first.constants))

    def evidence(self, bench: Bench) -> Iterator[Evidence]:
        """By the slope of the logarithms; the unit is the replicate.

        A value that is only a lower limit raises the slope where it lies in the upper half of the
        sweep: there it refutes if it does so already, and otherwise leaves the claim open.
        """
        found = list(self.sweep(bench))
        first = found[0].setting
        lacks = [f for f in found if f.lack]
        if lacks:
            sentence = f"{lacks[0].setting}: {lacks[0].lack}"
            yield Evidence("sweep", Verdict.INCONCLUSIVE, sentence, Basis.INTERVAL)
            return
        v = np.asarray(self.at, dtype=float)
        upper = np.log(v) > np.log(v).mean()
        limited = [(f, up) for f, up in zip(found, upper, strict=True) if f.at_least]
        infinite = [f for f, _ in limited if np.isinf(f.values).any()]
        claimed = self.claimed(bench)
        if limited and not all(up for _, up in limited):
            f = next(f for f, up in limited if not up)
            sentence = f"{f.setting}: {f.at_least}"
            yield Evidence("sweep", Verdict.INCONCLUSIVE, sentence, Basis.INTERVAL)
            return
        if infinite:
            f = infinite[0]
            yield Evidence(
                "sweep",
                Verdict.REFUTED,
                f"{f.setting}: {f.at_least}",
                Basis.INTERVAL,
                witness(f.setting, np.inf, claimed, Relation.AT_MOST, Basis.INTERVAL),
            )
            return
        slope = statistics.slope(
            v,
            np.array([*np.broadcast_arrays(*(f.values for f in found))]),
            statistic=self.statistic,
            asymptotic=self.asymptotic,
        )
        judged = judge_slope(first, slope, claimed, MARGIN, found[0].engine, "sweep")
        if limited and judged.verdict is not Verdict.REFUTED:
            sentence = f"{limited[0][0].setting}: {limited[0][0].at_least}"
            judged = replace(judged, verdict=Verdict.INCONCLUSIVE, sentence=sentence)
        yield judged


@dataclass(frozen=True, kw_only=True)
class Complexity(_Sweep):
    """Iterations to relative accuracy eps grow at most as v^power along a sweep of problems."""

    kind = "complexity exponent"
    form = "iterations until {0.metric} is small = O(v^({0.power}))"
    eps: float

    def sweep(self, bench: Bench) -> Iterator[_Found]:
        """The (R,) iterations needed, interpolated."""
        for setting in self.settings(bench):
            trace = knows_most(bench, setting, self, whole=False)
            values = trace.values[self.metric.name]
            reached = (values <= self.eps * values[0]).any(axis=0)
            known = ~np.isnan(values).any(axis=0)
            if not (reached | known).all():
                lack = unfinished(setting, trace, self.metric).removeprefix(f"{setting}: ")
                yield _Found(setting, np.array([np.nan]), trace.engine, lack=lack)
                continue
            needed = _first_crossing(trace.grid, values, self.eps)
            diverged = np.array([s is Status.DIVERGED for s in trace.statuses])
            needed[~reached & diverged] = np.inf
            short = f"{setting.iterations} steps do not reach {self.eps:g}"
            yield _Found(setting, needed, trace.engine, "" if reached.all() else short)


@dataclass(frozen=True, kw_only=True)
class Scaling(_Sweep):
    """The metric at the end of the run grows at most as v^power between the ends of a sweep."""

    asymptotic = False
    kind = "scaling exponent"
    form = "{0.metric} at the end = O(v^({0.power}))"

    def sweep(self, bench: Bench) -> Iterator[_Found]:
        """The (R,) last values."""
        for setting in self.settings(bench):
            trace = knows_most(bench, setting, self, whole=False)
            last = np.abs(trace.values[self.metric.name][-1])
            if np.isnan(last).any():
                lack = unfinished(setting, trace, self.metric).removeprefix(f"{setting}: ")
                yield _Found(setting, last, trace.engine, lack=lack)
            else:
                infinite = Status.DIVERGED if np.isinf(last).any() else ""
                yield _Found(setting, last, trace.engine, infinite)


def _first_crossing(grid: np.ndarray, values: np.ndarray, eps: float) -> np.ndarray:
    """(R,) iteration of the first crossing, interpolated in log metric between grid points.

    The last iteration where there is none.
    """
    crossings = []
    for column in values.T:
        target = eps * column[0]
        if not (column <= target).any():
            crossings.append(float(grid[-1]))
            continue
        g = int(np.argmax(column <= target))
        above, below = np.log(column[g - 1]), np.log(max(column[g], np.finfo(float).tiny))
        share = (above - np.log(target)) / (above - below)
        crossings.append(grid[g - 1] + share * (grid[g] - grid[g - 1]))
    return np.array(crossings)
