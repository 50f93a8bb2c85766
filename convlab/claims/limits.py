"""Claims on where a method goes, and for which parameters: limits and thresholds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy

from convlab.claims.base import (
    Bench,
    Claim,
    Evidence,
    Finding,
    Setting,
    Verdict,
    combine,
)
from convlab.engine import Trace
from convlab.metrics import Metric
from convlab.problem import Problem

__all__ = ["CONVERGED", "Limit", "Threshold", "limit", "threshold"]

CONVERGED = 1e-6
"""To converge is to end below this part of the first value."""


def limit(metric: Metric, to: Any, *, within: float, absolute: bool = True) -> "Limit":
    """At the end of the run the metric is within ``within`` of ``to``, a formula.

    ``within`` is relative to ``to`` where ``absolute`` is False.
    """
    return Limit(metric=metric, bound=sympy.sympify(to), within=within, absolute=absolute)


def threshold(
    metric: Metric,
    parameter: sympy.Symbol,
    at: Any,
    *,
    bracket: tuple[Any, Any],
    digits: int = 2,
    above: bool = False,
    over: Callable[[Any], Problem] | None = None,
    along: Sequence[float] = (),
) -> "Threshold":
    """The metric converges for the parameter below ``at`` and not above it.

    ``bracket`` holds two formulas, one on either side, the smaller first; bisection narrows it
    down to ``digits`` digits of the claimed value, or of its own length where that is 0. With
    ``above`` it converges above and not below. A boundary in two parameters is a threshold on
    each of the problems ``over(v)``, v in ``along``; its picture is the phase diagram.
    """
    return Threshold(
        metric=metric,
        parameter=parameter,
        bound=sympy.sympify(at),
        bracket=tuple(map(sympy.sympify, bracket)),  # type: ignore[arg-type]
        digits=digits,
        above=above,
        over=over,
        along=tuple(along),
    )


@dataclass(frozen=True, kw_only=True)
class Limit(Claim):
    """The metric ends near a stated value."""

    kind = "limit"
    form = "{0.metric} -> {0.bound}"
    within: float
    absolute: bool = True

    def judge(self, bench: Bench) -> Finding:
        """By the distance at the last iteration; an expectation must be known exactly."""
        return combine(self._evidence(bench))

    def _evidence(self, bench: Bench) -> Iterator[Evidence]:
        for setting in bench.settings():
            trace: Trace | None = None
            if self.metric.expected and setting.method.algorithm.stochastic:
                trace = bench.expectation(setting, self.metric)
                if trace is None:
                    sentence = f"{setting}: the expectation is not known exactly"
                    yield Evidence(str(setting), Verdict.INCONCLUSIVE, sentence)
                    continue
            trace = trace or bench.trace(setting)
            last = trace.values[self.metric.name][-1]
            target = trace.evaluate(setting.resolve(self.bound))[-1]
            unit = 1.0 if self.absolute else np.abs(target)
            distance = np.abs(last - target) / (self.within * unit)
            worst = float(np.max(np.where(np.isnan(distance), np.inf, distance)))
            yield Evidence(
                str(setting),
                Verdict.HOLDS if worst <= 1 else Verdict.REFUTED,
                f"{setting}: after {trace.grid[-1]} steps the {self.metric} is {last[0]:.6g}, "
                f"claimed {target[0]:.6g} within {self.within:g}",
                worst_ratio=worst,
                engine=trace.engine,
            )


@dataclass(frozen=True, kw_only=True)
class Threshold(Claim):
    """Converges on one side of a parameter value and not on the other, on each problem.

    For an expectation, which must be known exactly, this is convergence in mean. To converge is
    to end below a millionth of the first value; the bisection finds the value of
    the parameter at which that changes. Convergence is slow close to a threshold, so the value
    found may lie on the converging side of the true one by about 14/iterations, relative.
    """

    kind = "threshold"
    form = "{0.metric} -> 0 exactly where {0.parameter} {0.side} {0.bound}"
    parameter: sympy.Symbol
    bracket: tuple[sympy.Expr, sympy.Expr]
    digits: int
    above: bool = False
    over: Callable[[Any], Problem] | None = None
    along: tuple[float, ...] = ()

    @property
    def side(self) -> str:
        """The relation between the parameter and the threshold where the metric converges."""
        return ">" if self.above else "<"

    def judge(self, bench: Bench) -> Finding:
        """By bisection on each setting."""
        return combine(self._bisect(bench, setting) for setting in self._settings(bench))

    def _settings(self, bench: Bench) -> Sequence[Setting]:
        if self.over is None:
            return bench.settings()
        return [bench.setting_for(self.over, v) for v in self.along]

    def _bisect(self, bench: Bench, setting: Setting) -> Evidence:
        first = self._trace(bench, setting)
        if first is None:
            sentence = f"{setting}: the expectation is not known exactly"
            return Evidence(str(setting), Verdict.INCONCLUSIVE, sentence)
        low, high, claimed = self._places(bench, setting)
        tolerance = 10.0**-self.digits * (abs(claimed) or high - low)
        ends = (self._converges(bench, setting, low), self._converges(bench, setting, high))
        if ends != (not self.above, self.above):
            outcomes = ["converges" if end else "does not converge" for end in ends]
            sentence = (
                f"{setting}: the method {outcomes[0]} at {low:.6g} and {outcomes[1]} at {high:.6g}"
            )
            return Evidence(str(setting), Verdict.REFUTED, sentence)
        while high - low > tolerance / 4:
            middle = (low + high) / 2
            if self._converges(bench, setting, middle) == ends[0]:
                low = middle
            else:
                high = middle
        away = max(claimed - high, low - claimed, 0.0) / tolerance
        return Evidence(
            str(setting),
            Verdict.HOLDS if away <= 1 else Verdict.REFUTED,
            f"{setting}: the change is between {low:.6g} and {high:.6g}, claimed {claimed:.6g}",
            worst_ratio=away,
            engine=first.engine,
        )

    def _places(self, bench: Bench, setting: Setting) -> tuple[float, float, float]:
        """The ends of the bracket and the claimed value, as numbers."""
        first = bench.trace(setting)
        low, high, claimed = (
            float(first.evaluate(setting.resolve(v))[0, 0]) for v in (*self.bracket, self.bound)
        )
        return low, high, claimed

    def _trace(self, bench: Bench, setting: Setting) -> Trace | None:
        if self.metric.expected and setting.method.algorithm.stochastic:
            return bench.expectation(setting, self.metric)
        return bench.trace(setting)

    def _converges(self, bench: Bench, setting: Setting, value: float) -> bool:
        return self._reached(bench, setting, value) <= CONVERGED

    def _reached(self, bench: Bench, setting: Setting, value: float) -> float:
        """The largest final over first value of the metric; infinity where it is lost."""
        # As the value of a symbol, not in its place: so no formula changes from value to value.
        choices = {s: v for s, v in setting.choices.items() if s != self.parameter}
        constants = {**setting.constants, self.parameter: value}
        trace = self._trace(bench, replace(setting, choices=choices, constants=constants))
        assert trace is not None
        values = trace.values[self.metric.name]
        with np.errstate(all="ignore"):
            quotient = values[-1] / np.maximum(values[0], 1e-300)
        return float(np.max(np.where(np.isnan(quotient), np.inf, quotient)))
