"""Claims on the speed of convergence, without constants: linear rates and exponents."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from convlab import statistics
from convlab.claims.base import (
    Bench,
    Claim,
    Curve,
    Evidence,
    Finding,
    Graph,
    Setting,
    Verdict,
    combine,
    rounding,
)
from convlab.claims.graph import measured, sample, spread
from convlab.engine import Trace
from convlab.metrics import Metric
from convlab.problem import Problem

__all__ = ["Complexity", "Exponent", "LinearRate", "complexity", "exponent", "linear_rate"]

MARGIN = 0.05
"""Distance from a claimed exponent within which a finite run cannot tell."""


def exponent(metric: Metric, power: Any, *, statistic: str | float = "mean") -> "Exponent":
    """metric_k = O(k^power) up to powers of log k, power negative: faster is fine.

    ``statistic`` is what is taken over the replicates: "mean", "median" or a quantile.
    """
    return Exponent(metric=metric, power=sympy.sympify(power), statistic=statistic)


def linear_rate(metric: Metric, rate: Any, *, statistic: str | float = "mean") -> "LinearRate":
    """metric_k = O(rate^k), up to factors that grow more slowly: faster is fine."""
    return LinearRate(metric=metric, power=sympy.sympify(rate), statistic=statistic)


def complexity(
    metric: Metric, power: Any, *, over: Callable[[Any], Problem], at: Sequence[Any], eps: float
) -> "Complexity":
    """Iterations until metric <= eps * metric_0 grow at most as v^power on the problems over(v).

    ``at`` holds the values v, at least four, better eight; v may be kappa, d, n, 1/eps, a width.
    """
    return Complexity(metric=metric, power=sympy.sympify(power), over=over, at=tuple(at), eps=eps)


def _traces(bench: Bench, setting: Setting, metric: Metric) -> Trace:
    """The trace that knows most of the metric: exact expectation, all samples, or starts."""
    exact = None
    if metric.expected and setting.method.algorithm.stochastic:
        exact = bench.expectation(setting, metric)
    return sample(bench, setting) if exact is None else exact


def _judged(
    setting: Any, found: statistics.Slope, claimed: float, margin: float, engine: str
) -> Evidence:
    """Refuted where the interval lies above the claimed slope and the estimate by the margin."""
    refuted = found.low > claimed and found.estimate > claimed + margin
    return Evidence(
        str(setting),
        Verdict.REFUTED if refuted else Verdict.HOLDS,
        f"{setting}: slope {found.estimate:.4g} in [{found.low:.4g}, {found.high:.4g}] over "
        f"[{found.first:g}, {found.last:g}], claimed {claimed:.4g}",
        exponent=(found.low, found.estimate, found.high),
        engine=engine,
    )


@dataclass(frozen=True, kw_only=True)
class Exponent(Claim):
    """metric_k = O(k^power), up to powers of log k.

    The slope of log metric against log k is read by :func:`convlab.statistics.slope`. Refuted
    where the estimate exceeds the power by more than 0.05 and the whole interval lies above it.
    A wide interval refutes nothing: the mutants show whether it was narrow enough.
    """

    kind = "exponent"
    form = "{metric} = O(k^({power}))"
    power: sympy.Expr
    statistic: str | float = "mean"
    log_x = True

    @property
    def formulas(self) -> tuple[Any, ...]:
        """The power."""
        return (self.power,)

    @property
    def statement(self) -> str:
        """The claim in TeX."""
        return rf"{self.metric.statement} = \tilde O\left({self._order}\right)"

    @property
    def _order(self) -> str:
        return rf"k^{{{sympy.latex(self.power, fold_short_frac=True)}}}"

    def with_bound(self, bound: Any) -> "Exponent":
        """The same claim with another power."""
        return type(self)(**{**vars(self), "power": sympy.sympify(bound)})

    def graph(self, bench: Bench, setting: Setting) -> Graph:
        """The metric, and a line of the claimed slope at twice its last value."""
        trace, curves = measured(bench, setting, self.metric)
        values = trace.values[self.metric.name]
        if not self.metric.expected and values.shape[1] > 1 and self.statistic != "median":
            curves.insert(0, self._center(trace.grid, values))
        power = float(np.max(trace.evaluate(setting.resolve(self.power))))
        seen = np.flatnonzero(np.isfinite(curves[0].y) & (trace.grid > 0))
        if seen.size:
            k = trace.grid[1 : seen[-1] + 1].astype(float)
            with np.errstate(over="ignore"):
                slope = 2 * curves[0].y[seen[-1]] * self._law(k, k[-1], power)
            curves.append(Curve("slope", k, slope))
        y, order = self.metric.statement, self._order
        if self.log_x:
            return Graph("loglog", "k", y, order, curves, power)
        return Graph("semilogy", "k", y, order, curves)

    def _center(self, grid: np.ndarray, values: np.ndarray) -> Curve:
        if self.statistic == "mean":
            return Curve("mean", grid, values.mean(axis=1))
        return Curve("quantile", grid, np.quantile(values, float(self.statistic), axis=1))

    def _law(self, k: np.ndarray, last: float, power: float) -> np.ndarray:
        return (k / last) ** power

    def judge(self, bench: Bench) -> Finding:
        """By the slope at the end of the run, on each setting."""
        return combine(self._evidence(bench))

    def _evidence(self, bench: Bench) -> Iterator[Evidence]:
        for setting in bench.settings():
            trace = _traces(bench, setting, self.metric)
            values = np.abs(trace.values[self.metric.name])
            lost = ~np.isfinite(values).all(axis=0)
            if lost.any():
                status = next(s for s, gone in zip(trace.statuses, lost, strict=True) if gone)
                yield Evidence(str(setting), Verdict.REFUTED, f"{setting}: {status}")
                continue
            floor = rounding(values, trace, setting.problem)
            try:
                found = statistics.slope(
                    trace.grid,
                    values,
                    floor=floor,
                    log_x=self.log_x,
                    statistic=self.statistic,
                    key=trace.key,
                )
            except ValueError as error:
                yield Evidence(str(setting), Verdict.INAPPLICABLE, f"{setting}: {error}")
                continue
            yield self._compare(setting, trace, found)

    def _compare(self, setting: Setting, trace: Trace, found: statistics.Slope) -> Evidence:
        claimed = float(np.max(trace.evaluate(setting.resolve(self.power))))
        return _judged(setting, found, claimed, MARGIN, trace.engine)


@dataclass(frozen=True, kw_only=True)
class LinearRate(Exponent):
    """metric_k = O(rate^k): the slope of log metric against k is at most log rate.

    The margin is one part in twenty of the claimed log rate.
    """

    kind = "linear rate"
    form = "{metric} = O(({power})^k)"
    log_x = False

    @property
    def statement(self) -> str:
        """The claim in TeX."""
        return rf"{self.metric.statement} = O\left({self._order}\right)"

    @property
    def _order(self) -> str:
        return rf"\left({sympy.latex(self.power)}\right)^k"

    def _law(self, k: np.ndarray, last: float, power: float) -> np.ndarray:
        return power ** (k - last)

    def _compare(self, setting: Setting, trace: Trace, found: statistics.Slope) -> Evidence:
        rate = float(np.max(trace.evaluate(setting.resolve(self.power))))
        claimed = float(np.log(rate)) if rate > 0 else -np.inf
        margin = MARGIN * abs(claimed) if np.isfinite(claimed) else 0.0
        return _judged(setting, found, claimed, margin, trace.engine)


@dataclass(frozen=True, kw_only=True)
class Complexity(Claim):
    """Iterations to relative accuracy eps grow at most as v^power along a sweep of problems."""

    kind = "complexity exponent"
    form = "iterations until {metric} is small = O(v^({power}))"
    power: sympy.Expr
    over: Callable[[Any], Problem]
    at: tuple[Any, ...]
    eps: float

    @property
    def formulas(self) -> tuple[Any, ...]:
        """The power."""
        return (self.power,)

    @property
    def statement(self) -> str:
        """The claim in TeX."""
        metric = self.metric.statement
        return (
            rf"\min\{{k : {metric} \le {self.eps:g} \cdot \text{{initial}}\}} = "
            rf"O\left(v^{{{sympy.latex(self.power)}}}\right)"
        )

    def with_bound(self, bound: Any) -> "Complexity":
        """The same claim with another power."""
        return type(self)(**{**vars(self), "power": sympy.sympify(bound)})

    def graph(self, bench: Bench, setting: Setting) -> Graph:
        """The iterations needed along the sweep, and a line of the claimed slope at twice them."""
        v = np.asarray(self.at, dtype=float)
        counts = [np.nan if c is None else c for _, c, _ in self._sweep(bench)]
        curves = spread(v, np.array(np.broadcast_arrays(*counts)).reshape(len(v), -1))
        for last in np.flatnonzero(np.isfinite(curves[0].y))[-1:]:
            slope = 2 * curves[0].y[last] * (v / v[last]) ** float(self.power)
            curves.append(Curve("slope", v, slope))
        y = rf"\mathrm{{iterations\ to\ accuracy}}\ {self.eps:g}"
        order = rf"v^{{{sympy.latex(self.power, fold_short_frac=True)}}}"
        return Graph("loglog", "v", y, order, curves, float(self.power))

    def judge(self, bench: Bench) -> Finding:
        """By the slope of log iterations against log v; the unit is the starting point."""
        settings, counts, engines = zip(*self._sweep(bench), strict=True)
        for setting, count in zip(settings, counts, strict=True):
            if count is None:
                short = f"{setting}: {setting.iterations} steps do not reach {self.eps:g}"
                return combine([Evidence(str(setting), Verdict.REFUTED, short)])
        found = statistics.slope(np.asarray(self.at, dtype=float), np.array(counts))
        return combine([_judged("sweep", found, float(self.power), MARGIN, engines[0])])

    def _sweep(self, bench: Bench) -> Iterator[tuple[Setting, np.ndarray | None, str]]:
        """Each setting, with the (R,) iterations needed there, None where they do not suffice."""
        for value in self.at:
            setting = bench.setting_for(self.over(value))
            trace = _traces(bench, setting, self.metric)
            values = trace.values[self.metric.name]
            reached = (values <= self.eps * values[0]).any(axis=0).all()
            count = _first_crossing(trace.grid, values, self.eps) if reached else None
            yield setting, count, trace.engine


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
