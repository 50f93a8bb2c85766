"""Claims that compare a metric with a bound, iteration by iteration."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

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
    rounding,
)
from convlab.engine import Status, Trace
from convlab.errors import ConvlabError
from convlab.metrics import Metric

__all__ = [
    "LowerBound",
    "UpperBound",
    "applicable",
    "lower_bound",
    "stays_away",
    "upper_bound",
]

RELATIVE = 1e-9
"""Excess of a double over a bound that is not yet looked at in 50 digits."""
DELTAS = (0.1, 0.01)
"""Failure probabilities at which a high-probability claim is tried."""


def upper_bound(
    metric: Metric, bound: Any, *, when: Any = sympy.true, probability: Any = None
) -> "UpperBound":
    """metric_k <= bound for all k: surely, ``E(metric)`` in expectation, or with a probability.

    >>> from convlab import gap
    >>> from convlab.symbols import D, L, k
    >>> print(upper_bound(gap, L * D**2 / (2 * k)))
    gap <= D^2*L/(2*k)
    """
    return UpperBound(
        metric=metric,
        bound=sympy.sympify(bound),
        when=when,
        probability=None if probability is None else sympy.sympify(probability),
    )


def lower_bound(metric: Metric, bound: Any, *, when: Any = sympy.true) -> "LowerBound":
    """metric_k >= bound for all k: surely, or for an expectation that is known exactly."""
    return LowerBound(metric=metric, bound=sympy.sympify(bound), when=when)


def stays_away(metric: Metric, margin: Any, *, when: Any = sympy.true) -> "NonConvergence":
    """metric_k >= margin > 0 wherever ``when`` holds: no convergence."""
    return NonConvergence(metric=metric, bound=sympy.sympify(margin), when=when)


def applicable(claim: Claim, setting: Setting, trace: Trace, bound: np.ndarray) -> np.ndarray:
    """(G, R): where along the grid the claim says something.

    Where its condition holds and its bound is a finite number; only at the horizon, where the
    bound speaks of the horizon T and not of k.
    """
    mask = np.isfinite(bound)
    condition = setting.resolve(claim.when)
    if condition is not sympy.true:
        truth = sympy.Piecewise((1, condition), (0, True))
        mask = mask & (trace.evaluate(truth) > 0.5)
    formulas = set().union(*(setting.resolve(f).free_symbols for f in claim.formulas))
    if symbols.T in formulas | setting.chosen_method.free_symbols and symbols.k not in formulas:
        mask = mask & (trace.grid == trace.grid[-1])[:, None]
    return mask


@dataclass(frozen=True, kw_only=True)
class _Bound(Claim):
    sign: int = 1

    def surely(self, bench: Bench, setting: Setting, trace: Trace) -> Evidence:
        """Exact comparison on a trace whose values are exact; excesses are confirmed.

        The ratio reported is that after the start, where many bounds are trivially attained.
        """
        metric, formula = self.metric, setting.resolve(self.bound)
        values, bound = trace.values[metric.name], trace.evaluate(formula)
        mask = applicable(self, setting, trace, bound)
        common: dict[str, Any] = {"setting": str(setting), "engine": trace.engine}
        counts = {s.name.lower(): c for s, c in trace.status_counts().items()}
        if not mask.any():
            return Evidence(
                **common, verdict=Verdict.INAPPLICABLE, sentence="the bound is nowhere finite here"
            )
        noise = rounding(values, trace, setting.problem)
        slack = RELATIVE * np.abs(bound) + noise + metric.allowance(np.abs(values), setting.problem)
        with np.errstate(all="ignore"):
            ratio = np.where(
                np.abs(bound) + np.abs(values) <= 4 * slack, 0.0, (values / bound) ** self.sign
            )
            excess = mask & (self.sign * (values - bound) > slack)
        missing = mask & np.isnan(values)
        later = mask & ~missing & (trace.grid > 0)[:, None]
        worst = float(np.max(ratio[later if later.any() else mask & ~missing], initial=0.0))
        evidence = Evidence(
            **common,
            verdict=Verdict.HOLDS,
            sentence=f"{setting}: the largest metric/bound is {worst:.4g}",
            worst_ratio=worst,
            resolution=min(worst, 1.0),
            statuses=counts,
        )
        for g, r in np.argwhere(excess)[:3]:
            at = trace.replicates[r], int(trace.grid[g])
            certain = trace.exact or not np.isfinite(values[g, r])
            if certain or self._is_exceeded(*bench.exactly(setting, metric, formula, *at), setting):
                return replace(
                    evidence,
                    verdict=Verdict.REFUTED,
                    sentence=(
                        f"{setting}: at k = {trace.grid[g]} the {metric} is {values[g, r]:.6g}, "
                        f"{'above' if self.sign > 0 else 'below'} the bound {bound[g, r]:.6g}"
                        + ("" if trace.exact else ", in 50-digit arithmetic too")
                        + ("; " + Status.DIVERGED if np.isinf(values[g, r]) else "")
                    ),
                )
        if missing.any():
            status = next(s for s in trace.statuses if s is not Status.FINISHED)
            return replace(evidence, verdict=Verdict.INCONCLUSIVE, sentence=f"{setting}: {status}")
        return evidence

    def _is_exceeded(self, value: Any, limit: Any, setting: Setting) -> bool:
        """By more than 50-digit arithmetic and the allowance of the metric account for."""
        allowance = self.metric.allowance(np.array([abs(float(value))]), setting.problem)
        slack = abs(limit) * 1e-12 + float(np.max(allowance))
        return bool(self.sign * (value - limit) > slack)

    def exact_evidence(self, bench: Bench, setting: Setting) -> Evidence | None:
        """The evidence where no sampling is needed, else None."""
        stochastic = setting.method.algorithm.stochastic
        if not self.metric.expected or not stochastic:
            return self.surely(bench, setting, bench.trace(setting))
        trace = bench.expectation(setting, self.metric)
        return None if trace is None else self.surely(bench, setting, trace)


@dataclass(frozen=True, kw_only=True)
class UpperBound(_Bound):
    """metric_k <= bound, surely, in expectation or with a probability."""

    kind = "upper bound"
    form = "{0.metric} <= {0.bound}"
    probability: sympy.Expr | None = None

    def __str__(self) -> str:
        text = super().__str__()
        chance = self.probability
        return text if chance is None else f"{text} with probability at least {chance}"

    @property
    def formulas(self) -> tuple[Any, ...]:
        """Bound, condition and probability."""
        return (*super().formulas, *(() if self.probability is None else (self.probability,)))

    def judge(self, bench: Bench) -> Finding:
        """Exactly where that is possible, else by e-values."""
        return combine(self._evidence(bench))

    def _evidence(self, bench: Bench) -> Iterator[Evidence]:
        settings = bench.settings()
        threshold = bench.log_threshold + np.log(max(len(settings), 1))
        for setting in settings:
            evidence = None
            if self.probability is None:
                evidence = self.exact_evidence(bench, setting)
            yield evidence or self._sampled(bench, setting, threshold)

    def _sampled(self, bench: Bench, setting: Setting, threshold: float) -> Evidence:
        trace, ratios, log_e = None, None, -np.inf
        for trace in bench.samples(setting):
            ratios = self._ratios(setting, trace)
            if ratios is None:
                return Evidence(str(setting), Verdict.INAPPLICABLE, "the bound is nowhere finite")
            if np.isnan(ratios).any():
                status = next(s for s in trace.statuses if s is not Status.FINISHED)
                return Evidence(str(setting), Verdict.INCONCLUSIVE, f"{setting}: {status}")
            log_e = statistics.log_e_value(ratios)
            if log_e >= threshold:
                break
        if trace is None or ratios is None:
            raise ConvlabError("the bench gave no samples")
        refuted, worst = log_e >= threshold, float(ratios.mean(axis=0).max())
        return Evidence(
            str(setting),
            Verdict.REFUTED if refuted else Verdict.HOLDS,
            f"{setting}: over {len(ratios)} replicates the mean of metric/bound reaches "
            f"{worst:.4g}; e-value 10^{log_e / np.log(10):.1f}",
            worst_ratio=worst,
            resolution=None if refuted else statistics.resolution(ratios, threshold),
            log_e_value=log_e,
            statuses={s.name.lower(): c for s, c in trace.status_counts().items()},
            engine=trace.engine,
        )

    def _ratios(self, setting: Setting, trace: Trace) -> np.ndarray | None:
        """(R, columns): numbers whose expectation is at most 1 under the claim."""
        values, formula = trace.values[self.metric.name], setting.resolve(self.bound)
        if self.probability is None:
            bound = trace.evaluate(formula)
            rows = applicable(self, setting, trace, bound).all(axis=1)
            noise = rounding(values, trace, setting.problem)
            noise = noise + self.metric.allowance(values[rows], setting.problem)
            return ((values[rows] - noise) / bound[rows]).clip(0).T if rows.any() else None
        columns = []
        for delta in DELTAS:
            put = {symbols.delta: sympy.Float(delta)}
            bound = trace.evaluate(formula.subs(put))
            rows = applicable(self, setting, trace, bound).all(axis=1)
            failure = float(1 - self.probability.subs(put))
            excess = statistics.exceedance(values[rows], bound[rows], failure)
            columns.append(np.where(np.isnan(values[rows]), np.nan, excess).T)
        ratios = np.concatenate(columns, axis=1)
        return ratios if ratios.size else None


@dataclass(frozen=True, kw_only=True)
class LowerBound(_Bound):
    """metric_k >= bound, surely or for an exact expectation.

    No sample can refute a lower bound on the mean of an unbounded variable without assumptions on
    its law, so an expectation that is not exact leaves the claim inconclusive.
    """

    kind = "lower bound"
    form = "{0.metric} >= {0.bound}"
    sign: int = -1

    def judge(self, bench: Bench) -> Finding:
        """By exact comparison."""
        return combine(
            self.exact_evidence(bench, setting)
            or Evidence(
                str(setting),
                Verdict.INCONCLUSIVE,
                f"{setting}: the expectation is not known exactly, and no sample bounds it below",
            )
            for setting in bench.settings()
        )


@dataclass(frozen=True, kw_only=True)
class NonConvergence(LowerBound):
    """The metric stays above a margin."""

    kind = "non-convergence"
