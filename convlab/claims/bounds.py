"""Claims that compare a metric with a bound, iteration by iteration."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy

from convlab import statistics, symbols
from convlab.claims.base import (
    Basis,
    Bench,
    Claim,
    Evidence,
    Relation,
    Setting,
    Verdict,
)
from convlab.claims.gate import (
    Sides,
    applicable,
    decide,
    decide_bet,
    decide_twice,
    slack,
    unfinished,
)
from convlab.engine import Trace
from convlab.errors import ConvlabError
from convlab.metrics import Metric

__all__ = [
    "DELTAS",
    "LowerBound",
    "NonConvergence",
    "UpperBound",
    "lower_bound",
    "stays_away",
    "upper_bound",
]

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


@dataclass(frozen=True, kw_only=True)
class _Bound(Claim):
    relation = Relation.AT_MOST

    def sides(self, setting: Setting, trace: Trace, basis: Basis, bound: Any = None) -> Sides:
        """Metric and bound along a trace; ``bound`` replaces the claim's own."""
        formula = setting.resolve(self.bound if bound is None else bound)
        values, limits = trace.values[self.metric.name], trace.evaluate(formula)
        return Sides(
            trace=trace,
            left=values,
            right=limits,
            mask=applicable(self, setting, trace, limits),
            slack=slack(values, limits, self.metric, setting.problem),
            relation=self.relation,
            basis=basis,
        )

    def surely(self, bench: Bench, setting: Setting, sides: Sides, bound: Any = None) -> Evidence:
        """Exact comparison; of a run that is not known exactly, an excess gets a second look."""
        formula = setting.resolve(self.bound if bound is None else bound)
        return decide_twice(bench, setting, sides, self.metric, formula)


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

    def evidence(self, bench: Bench) -> Iterator[Evidence]:
        """Exact where that is possible, else by e-values."""
        settings = bench.settings()
        threshold = bench.log_threshold + np.log(max(len(settings), 1))
        for setting in settings:
            known = self.run(bench, setting) if self.probability is None else None
            if known is not None:
                sides = self.sides(setting, *known)
                yield replace(self.surely(bench, setting, sides), speed=self._speed(sides))
            else:
                yield self._sampled(bench, setting, threshold)

    def _speed(self, sides: Sides) -> float | None:
        """The fall of log(metric) over that of log(bound), if that has k in an exponent.

        From the first iteration known to the last at which neither is rounding, on the slowest
        replicate.
        """
        powers = sympy.sympify(self.bound).atoms(sympy.Pow)
        if not any(symbols.k in power.exp.free_symbols for power in powers):
            return None
        seen = sides.known & (sides.left > 4 * sides.slack) & (sides.right > 4 * sides.slack)
        found = []
        for left, right, rows in zip(sides.left.T, sides.right.T, seen.T, strict=True):
            at = np.flatnonzero(rows & np.isfinite(left) & np.isfinite(right))
            if len(at) > 1:
                fall, allowed = (np.log(v[at[0]] / v[at[-1]]) for v in (left, right))
                found += [float(fall / allowed)] if allowed > 0 else []
        return min(found, default=None)

    def _bounds(self) -> list[tuple[Any, float]]:
        """The bounds to try, each with the probability at which it may be exceeded (0: mean)."""
        if self.probability is None:
            return [(self.bound, 0.0)]
        put = [{symbols.delta: sympy.Float(delta)} for delta in DELTAS]
        return [(self.bound.subs(p), float(1 - self.probability.subs(p))) for p in put]

    def _sampled(self, bench: Bench, setting: Setting, threshold: float) -> Evidence:
        """The e-value over columns that the first sample fixes; the start is judged surely."""
        columns: list[np.ndarray] | None = None
        evidence = None
        for trace in bench.samples(setting):
            every = [self.sides(setting, trace, Basis.E_VALUE, b) for b, _ in self._bounds()]
            if columns is None:
                if not any(sides.mask.any() for sides in every):
                    return decide(setting, every[0], self.metric)
                if not setting.method.algorithm.random_start:
                    for sides, (bound, _) in zip(every, self._bounds(), strict=True):
                        evidence = self._at_start(bench, setting, sides, bound)
                        if evidence.verdict is not Verdict.HOLDS:
                            return evidence
                columns = [self._columns(setting, sides) for sides in every]
                if not any(rows.any() for rows in columns):
                    break
            if any(sides.missing[rows].any() for sides, rows in zip(every, columns, strict=True)):
                sentence = unfinished(setting, trace, self.metric)
                return Evidence(str(setting), Verdict.INCONCLUSIVE, sentence, Basis.E_VALUE)
            if self.probability is None and self._below_least(every[0], columns[0]):
                sentence = (
                    f"{setting}: the {self.metric} takes values below {self.metric.least}, so no "
                    "sample bounds its mean; declare least=... of the metric"
                )
                return Evidence(str(setting), Verdict.INCONCLUSIVE, sentence, Basis.E_VALUE)
            evidence = self._bet(setting, every, columns, threshold)
            if evidence.verdict is Verdict.REFUTED:
                break
        if evidence is None:
            raise ConvlabError("the bench gave no samples")
        return evidence

    def _columns(self, setting: Setting, sides: Sides) -> np.ndarray:
        """(G,): the iterations that count, fixed once for all samples: not a start that is sure."""
        rows = np.asarray(sides.mask.all(axis=1))
        if setting.method.algorithm.random_start:
            return rows
        return rows & (sides.trace.grid > 0)

    def _below_least(self, sides: Sides, rows: np.ndarray) -> bool:
        """Whether the metric takes values at which a bet on its mean would be unfair."""
        least = self.metric.least
        return least is None or bool((sides.left[rows] < least - sides.slack[rows]).any())

    def _at_start(self, bench: Bench, setting: Setting, sides: Sides, bound: Any) -> Evidence:
        """Iteration 0, where the metric is no random variable."""
        only = sides.mask & (sides.trace.grid == 0)[:, None]
        start = replace(sides, mask=only, basis=Basis.EXACT)
        found = self.surely(bench, setting, start, bound)
        if found.verdict is Verdict.INAPPLICABLE:
            return Evidence(str(setting), Verdict.HOLDS, found.sentence, Basis.EXACT)
        return found

    def _bet(
        self, setting: Setting, every: Sequence[Sides], columns: Sequence[np.ndarray], limit: float
    ) -> Evidence:
        tables, indicators, chances = [], [], []
        for sides, rows, (_, chance) in zip(every, columns, self._bounds(), strict=True):
            left, right, noise = sides.left[rows], sides.right[rows], sides.slack[rows]
            shares = _shares(left - noise, right, 0.0 if chance else self.metric.least or 0.0)
            # A replicate of a later block to which the claim does not apply counts as none.
            tables.append(np.where(sides.mask[rows], shares, 0.0).T)
            indicators.append((sides.mask[rows] & (left > right + noise)).T)
            chances += [chance] * len(shares)
        values, allowed = np.concatenate(tables, axis=1), None
        ratios = values
        if self.probability is not None:
            allowed = np.array(chances)
            ratios = np.concatenate(indicators, axis=1) / allowed
        log_e, means = statistics.log_e_value(ratios), ratios.mean(axis=0)
        trace, worst = every[0].trace, float(means.max())
        grid = np.concatenate([trace.grid[rows] for rows in columns])
        what = "mean of metric/bound"
        if self.probability is not None:
            what = "share of runs beyond the bound, over what is allowed,"
        k = int(grid[np.argmax(means)])
        sentence = f"over {len(ratios)} replicates the {what} reaches {worst:.4g}"
        found = decide_bet(
            setting,
            trace,
            log_e,
            limit,
            sentence,
            left=worst,
            right=1.0,
            relation=Relation.AT_MOST,
            k=k,
        )
        resolution = None if found.witness else statistics.resolution(values, limit, allowed)
        return replace(found, worst_ratio=worst, resolution=resolution)


def _shares(values: np.ndarray, bound: np.ndarray, least: float) -> np.ndarray:
    """Values over the bound, both counted from the least value; a bound below it has no share."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = (values - least).clip(0) / (bound - least)
    return np.where(bound > least, shares, np.where(values > bound, np.inf, 0.0))


@dataclass(frozen=True, kw_only=True)
class LowerBound(_Bound):
    """metric_k >= bound, surely or for an exact expectation.

    No sample can refute a lower bound on the mean of an unbounded variable without assumptions on
    its law, so an expectation that is not exact leaves the claim inconclusive.
    """

    kind = "lower bound"
    form = "{0.metric} >= {0.bound}"
    relation = Relation.AT_LEAST

    def evidence(self, bench: Bench) -> Iterator[Evidence]:
        """By exact comparison."""
        for setting in bench.settings():
            known = self.run(bench, setting)
            if known is None:
                yield Evidence(
                    str(setting),
                    Verdict.INCONCLUSIVE,
                    f"{setting}: the moments do not close, and no sample bounds a mean from below",
                )
            else:
                yield self.surely(bench, setting, self.sides(setting, *known))


@dataclass(frozen=True, kw_only=True)
class NonConvergence(LowerBound):
    """The metric stays above a margin."""

    kind = "non-convergence"
