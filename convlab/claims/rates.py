"""Claims on the speed of convergence, without constants: linear rates and exponents."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy

from convlab import statistics
from convlab.claims.base import Basis, Bench, Claim, Evidence, Relation, Setting, Verdict
from convlab.claims.gate import counted, unfinished, witness
from convlab.engine import Status, Trace
from convlab.metrics import Metric, rounding

__all__ = [
    "MARGIN",
    "Exponent",
    "LinearRate",
    "exponent",
    "judge_slope",
    "knows_most",
    "linear_rate",
]

MARGIN = 0.05
"""Distance from a claimed exponent within which a finite run cannot tell."""
BEND = 100
"""A curve bends where it is still so many times the error of the certificates."""


def exponent(
    metric: Metric,
    power: Any,
    *,
    statistic: str | float = "mean",
    against: Metric | None = None,
    when: Any = sympy.true,
) -> "Exponent":
    """metric_k = O(k^power) up to powers of log k, power negative: faster is fine.

    ``statistic`` is what is taken over the replicates: "mean", "median" or a quantile. ``against``
    is a metric that grows along the run and takes the place of k, such as the bits sent. ``when``
    selects iterations, such as the ends of epochs.
    """
    return Exponent(
        metric=metric,
        power=sympy.sympify(power),
        statistic=statistic,
        against=against,
        when=when,
    )


def linear_rate(
    metric: Metric, rate: Any, *, statistic: str | float = "mean", when: Any = sympy.true
) -> "LinearRate":
    """metric_k = O(rate^k), up to factors that grow more slowly: faster is fine."""
    return LinearRate(metric=metric, power=sympy.sympify(rate), statistic=statistic, when=when)


def knows_most(bench: Bench, setting: Setting, claim: Claim, *, whole: bool = True) -> Trace:
    """The trace that knows most of the metric: exact expectation, samples, or starts.

    ``whole`` takes all samples that the profile allows, else the first block.
    """
    stochastic = setting.method.algorithm.stochastic
    known = claim.run(bench, setting) if claim.metric.expected or not stochastic else None
    if known is not None:
        return known[0]
    samples = bench.samples(setting)
    return [*samples][-1] if whole else next(iter(samples))


def judge_slope(
    setting: Setting,
    found: statistics.Slope,
    claimed: float,
    margin: float,
    engine: str,
    where: Any = None,
) -> Evidence:
    """Refuted where the interval lies above the claimed slope and the estimate by the margin."""
    refuted = found.low > claimed and found.estimate > claimed + margin
    where = setting if where is None else where
    return Evidence(
        str(where),
        Verdict.REFUTED if refuted else Verdict.HOLDS,
        f"{where}: slope {found.estimate:.4g} in [{found.low:.4g}, {found.high:.4g}] over "
        f"[{found.first:g}, {found.last:g}], claimed {claimed:.4g}",
        basis=Basis.INTERVAL,
        witness=witness(setting, found.low, claimed, Relation.AT_MOST, Basis.INTERVAL)
        if refuted
        else None,
        exponent=(found.low, found.estimate, found.high),
        engine=engine,
    )


@dataclass(frozen=True, kw_only=True)
class Exponent(Claim):
    """metric_k = O(k^power), up to powers of log k.

    The slope of log metric against log k is read by :func:`convlab.statistics.slope`. Refuted
    where the estimate exceeds the power by more than 0.05 and the whole interval lies above it,
    or where a run diverges. A wide interval refutes nothing: the mutants show whether it was
    narrow enough.
    """

    kind = "exponent"
    form = "{0.metric} = O(k^({0.power}))"
    power: sympy.Expr
    statistic: str | float = "mean"
    against: Metric | None = None
    log_x = True
    slope = True

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What decays, and what takes the place of the iteration."""
        return (self.metric, *(() if self.against is None else (self.against,)))

    @property
    def formulas(self) -> tuple[Any, ...]:
        """The power, and the condition."""
        return (self.power, self.when)

    def with_bound(self, bound: Any) -> "Exponent":
        """The same claim with another power."""
        return replace(self, power=sympy.sympify(bound))

    def places(self, trace: Trace) -> np.ndarray:
        """(G,): the iterations, or the median over the replicates of what takes their place."""
        if self.against is None:
            return trace.grid
        return np.median(trace.values[self.against.name], axis=1)

    def claimed(self, setting: Setting, trace: Trace) -> tuple[float, float]:
        """The claimed slope, and the margin within which a finite run cannot tell."""
        return float(np.max(trace.evaluate(setting.resolve(self.power)))), MARGIN

    def evidence(self, bench: Bench) -> Iterator[Evidence]:
        """By the slope at the end of the run, on each setting."""
        for setting in bench.settings():
            yield self._of(setting, knows_most(bench, setting, self))

    def _of(self, setting: Setting, trace: Trace) -> Evidence:
        rows = setting.holds(self.when, trace).all(axis=1)
        values = np.abs(trace.values[self.metric.name])[rows]
        claimed, margin = self.claimed(setting, trace)
        base = Evidence(
            str(setting),
            Verdict.INCONCLUSIVE,
            basis=Basis.INTERVAL,
            statuses=counted(trace),
            engine=trace.engine,
        )
        infinite = np.argwhere(np.isinf(values))
        if len(infinite) and Status.DIVERGED in trace.statuses:
            g, r = infinite[0]
            k = int(trace.grid[rows][g])
            return replace(
                base,
                verdict=Verdict.REFUTED,
                sentence=f"{setting}: at k = {k}, {Status.DIVERGED}",
                witness=witness(
                    setting,
                    np.inf,
                    claimed,
                    Relation.AT_MOST,
                    Basis.INTERVAL,
                    replicate=trace.replicates[r],
                    k=k,
                ),
            )
        if not np.isfinite(values).all():
            return replace(base, sentence=unfinished(setting, trace, self.metric))
        error = self.metric.allowance(values, setting.problem)
        uncertain = values[values <= BEND * error]
        noise = rounding(values, setting.problem).max(initial=0.0)
        floor = float(max(noise, uncertain.max(initial=0.0)))
        try:
            found = statistics.slope(
                self.places(trace)[rows],
                values,
                floor=floor,
                log_x=self.log_x,
                statistic=self.statistic,
                key=trace.key,
            )
        except ValueError as error:
            # A method that arrives at once says nothing of a speed, neither for nor against it.
            arrived = len(values) and values[-1].max() <= floor
            verdict = Verdict.INAPPLICABLE if arrived else Verdict.INCONCLUSIVE
            return replace(base, verdict=verdict, sentence=f"{setting}: {error}")
        judged = judge_slope(setting, found, claimed, margin, trace.engine)
        return replace(judged, statuses=counted(trace))


@dataclass(frozen=True, kw_only=True)
class LinearRate(Exponent):
    """metric_k = O(rate^k): the slope of log metric against k is at most log rate.

    The margin is one part in twenty of the claimed log rate.
    """

    kind = "linear rate"
    form = "{0.metric} = O(({0.power})^k)"
    log_x = False

    def claimed(self, setting: Setting, trace: Trace) -> tuple[float, float]:
        """The logarithm of the claimed rate, and a twentieth of it."""
        rate = float(np.max(trace.evaluate(setting.resolve(self.power))))
        slope = float(np.log(rate)) if rate > 0 else -np.inf
        return slope, MARGIN * abs(slope) if np.isfinite(slope) else 0.0
