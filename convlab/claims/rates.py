"""Claims on the speed of convergence, without constants: linear rates and exponents."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from convlab import statistics
from convlab.claims.base import (
    Bench,
    Claim,
    Evidence,
    Finding,
    Setting,
    Verdict,
    combine,
    rounding,
)
from convlab.engine import Trace
from convlab.metrics import Metric

__all__ = [
    "MARGIN",
    "Exponent",
    "LinearRate",
    "exponent",
    "judge_slope",
    "knows_most",
    "linear_rate",
    "sample",
]

MARGIN = 0.05
"""Distance from a claimed exponent within which a finite run cannot tell."""


def exponent(
    metric: Metric, power: Any, *, statistic: str | float = "mean", against: Metric | None = None
) -> "Exponent":
    """metric_k = O(k^power) up to powers of log k, power negative: faster is fine.

    ``statistic`` is what is taken over the replicates: "mean", "median" or a quantile. ``against``
    is a metric that grows along the run and takes the place of k, such as the bits sent.
    """
    return Exponent(metric=metric, power=sympy.sympify(power), statistic=statistic, against=against)


def linear_rate(metric: Metric, rate: Any, *, statistic: str | float = "mean") -> "LinearRate":
    """metric_k = O(rate^k), up to factors that grow more slowly: faster is fine."""
    return LinearRate(metric=metric, power=sympy.sympify(rate), statistic=statistic)


def sample(bench: Bench, setting: Setting) -> Trace:
    """The largest sample of a stochastic method, the runs from all starts of another."""
    if not setting.method.algorithm.stochastic:
        return bench.trace(setting)
    *_, last = bench.samples(setting)
    return last


def knows_most(bench: Bench, setting: Setting, metric: Metric, *, whole: bool = True) -> Trace:
    """The trace that knows most of the metric: exact expectation, samples, or starts.

    ``whole`` takes all samples that the profile allows, else its first block.
    """
    exact = None
    if metric.expected and setting.method.algorithm.stochastic:
        exact = bench.expectation(setting, metric)
    if exact is None and not whole and setting.method.algorithm.stochastic:
        return next(iter(bench.samples(setting)))
    return sample(bench, setting) if exact is None else exact


def judge_slope(
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
    form = "{0.metric} = O(k^({0.power}))"
    power: sympy.Expr
    statistic: str | float = "mean"
    against: Metric | None = None
    log_x = True

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What decays, and what takes the place of the iteration."""
        return (self.metric, *(() if self.against is None else (self.against,)))

    @property
    def formulas(self) -> tuple[Any, ...]:
        """The power."""
        return (self.power,)

    def with_bound(self, bound: Any) -> "Exponent":
        """The same claim with another power."""
        return type(self)(**{**vars(self), "power": sympy.sympify(bound)})

    def _places(self, trace: Trace) -> np.ndarray:
        """(G,): the iterations, or the median over the replicates of what takes their place."""
        if self.against is None:
            return trace.grid
        return np.median(trace.values[self.against.name], axis=1)

    def judge(self, bench: Bench) -> Finding:
        """By the slope at the end of the run, on each setting."""
        return combine(self._evidence(bench))

    def _evidence(self, bench: Bench) -> Iterator[Evidence]:
        for setting in bench.settings():
            trace = knows_most(bench, setting, self.metric)
            values = np.abs(trace.values[self.metric.name])
            lost = ~np.isfinite(values).all(axis=0)
            if lost.any():
                status = next(s for s, gone in zip(trace.statuses, lost, strict=True) if gone)
                yield Evidence(str(setting), Verdict.REFUTED, f"{setting}: {status}")
                continue
            floor = rounding(values, trace, setting.problem)
            try:
                found = statistics.slope(
                    self._places(trace),
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
        return judge_slope(setting, found, claimed, MARGIN, trace.engine)


@dataclass(frozen=True, kw_only=True)
class LinearRate(Exponent):
    """metric_k = O(rate^k): the slope of log metric against k is at most log rate.

    The margin is one part in twenty of the claimed log rate.
    """

    kind = "linear rate"
    form = "{0.metric} = O(({0.power})^k)"
    log_x = False

    def _compare(self, setting: Setting, trace: Trace, found: statistics.Slope) -> Evidence:
        rate = float(np.max(trace.evaluate(setting.resolve(self.power))))
        claimed = float(np.log(rate)) if rate > 0 else -np.inf
        margin = MARGIN * abs(claimed) if np.isfinite(claimed) else 0.0
        return judge_slope(setting, found, claimed, margin, trace.engine)
