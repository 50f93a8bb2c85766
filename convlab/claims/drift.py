"""Claims on one step: the expectation of a metric after it, given the state before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from convlab import symbols
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
from convlab.claims.bounds import applicable
from convlab.engine import AFTER, Trace
from convlab.metrics import Metric

__all__ = ["Drift", "drift"]


def drift(
    metric: Metric,
    bound: Any,
    *,
    equal: bool = False,
    given: Mapping[sympy.Symbol, Metric] | None = None,
    digits: int = 9,
    when: Any = sympy.true,
) -> "Drift":
    """E[V_(k+1) | x_k] <= bound at every state x_k of every run, or, where ``equal``, =.

    V is the metric, without E(...), and ``bound`` a formula in the symbol V, its value at x_k, in
    k, the constants, and the symbols of ``given``, which stand for other metrics at x_k. The
    comparison is one of ``digits`` digits.

    >>> from convlab.metrics import gap
    >>> from convlab.symbols import V
    >>> print(drift(gap, V / 2))
    E[gap after the next step] <= V/2, where V = gap
    """
    return Drift(
        metric=metric,
        bound=sympy.sympify(bound),
        equal=equal,
        given=dict(given or {}),
        digits=digits,
        when=when,
    )


@dataclass(frozen=True, kw_only=True)
class Drift(Claim):
    """E[V_(k+1) | x_k] compared with a formula in V_k, at the states of runs.

    The expectation is exact: over all outcomes of the discrete draws of one step, and by a
    cubature formula where the metric after the step is a polynomial in normal, uniform or sign
    draws. Where the draws can be neither listed nor integrated, the claim stays inconclusive.
    """

    kind = "drift"
    form = "E[{0.metric} after the next step] {0.relation} {0.bound}, where {0.meanings}"
    equal: bool
    given: Mapping[sympy.Symbol, Metric]
    digits: int

    @property
    def own(self) -> set[sympy.Symbol]:
        """V, and the symbols of other metrics."""
        return {symbols.V, *self.given}

    @property
    def relation(self) -> str:
        """The sign between the two sides."""
        return "=" if self.equal else "<="

    @property
    def meanings(self) -> str:
        """What V and the other symbols of the claim stand for."""
        return ", ".join(f"{s} = {m}" for s, m in ((symbols.V, self.metric), *self.given.items()))

    def judge(self, bench: Bench) -> Finding:
        """By exact comparison at the recorded states."""
        return combine(self._compare(bench, setting) for setting in bench.settings())

    def _sides(self, setting: Setting, trace: Trace) -> tuple[Any, Any, Any, float]:
        """Expectation, formula, the excess in units of what is allowed, and the size of rounding.

        An excess above 1 contradicts the claim; where the claim says nothing, it is NaN.
        """
        left, right = trace.values[AFTER], trace.evaluate(setting.resolve(self.bound))
        here = trace.values[self.metric.name]
        mask = applicable(self, setting, trace, right) & np.isfinite(here)
        floor = rounding(here, trace, setting.problem)
        slack = 10.0**-self.digits * np.maximum(np.abs(left), np.abs(right)) + floor
        slack = slack + self.metric.allowance(np.abs(here), setting.problem)
        apart = np.abs(left - right) if self.equal else left - right
        excess = np.where(np.isnan(left), np.inf, apart / slack)
        return left, right, np.where(mask, excess, np.nan), floor

    def _compare(self, bench: Bench, setting: Setting) -> Evidence:
        trace = bench.drift(setting, self.metric, self.given)
        if trace is None:
            sentence = f"{setting}: the draws of one step can be neither listed nor integrated"
            return Evidence(str(setting), Verdict.INCONCLUSIVE, sentence)
        left, right, excess, floor = self._sides(setting, trace)
        if np.isnan(excess).all():
            sentence = f"{setting}: the formula is nowhere finite here"
            return Evidence(str(setting), Verdict.INAPPLICABLE, sentence)
        with np.errstate(all="ignore"):
            ratio = np.where(np.isnan(excess) | (np.abs(right) <= floor), np.nan, left / right)
        refuted = bool(np.nanmax(excess) > 1)
        g, r = np.unravel_index(np.nanargmax(excess), excess.shape)
        sentence = (
            f"{setting}: at k = {trace.grid[g]} the {self.metric} is expected to become "
            f"{left[g, r]:.10g}, claimed {'' if self.equal else 'at most '}{right[g, r]:.10g}"
        )
        return Evidence(
            str(setting),
            Verdict.REFUTED if refuted else Verdict.HOLDS,
            sentence,
            worst_ratio=float(np.nanmax(ratio)) if np.isfinite(ratio).any() else None,
            engine=trace.engine,
        )
