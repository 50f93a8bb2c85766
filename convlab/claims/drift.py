"""Claims on one step: the expectation of a metric after it, given the state before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from convlab import symbols
from convlab.claims.base import Basis, Bench, Claim, Evidence, Relation, Setting, Verdict
from convlab.claims.gate import Sides, applicable, decide
from convlab.engine import AFTER, Status, Trace
from convlab.metrics import Metric, rounding

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

    def evidence(self, bench: Bench) -> Iterator[Evidence]:
        """By exact comparison at the recorded states."""
        for setting in bench.settings():
            trace = bench.drift(setting, self.metric, self.given)
            if trace is None:
                sentence = f"{setting}: the draws of one step can be neither listed nor integrated"
                yield Evidence(str(setting), Verdict.INCONCLUSIVE, sentence)
            else:
                yield self._of(bench, setting, trace)

    def _of(self, bench: Bench, setting: Setting, trace: Trace) -> Evidence:
        def second(replicate: int, ks: Sequence[int]) -> tuple[Any, Any]:
            bound = setting.resolve(self.bound)
            return bench.exactly_ahead(setting, self.metric, self.given, bound, replicate, ks)

        return decide(
            setting,
            self.sides(setting, trace),
            f"expectation of the next {self.metric}",
            second=second,
            allowance=lambda left: self.metric.allowance(left, setting.problem),
            tolerance=10.0**-self.digits,
        )

    def sides(self, setting: Setting, trace: Trace) -> Sides:
        """The expectation after the next step, and the formula, at each state."""
        left, right = trace.values[AFTER], trace.evaluate(setting.resolve(self.bound))
        here = trace.values[self.metric.name]
        unfinished = [s in (Status.TIMED_OUT, Status.NOT_A_NUMBER) for s in trace.statuses]
        lacking = np.isnan(here) & np.array(unfinished) & setting.holds(self.when, trace)
        size = np.maximum(np.abs(left), np.abs(right))
        digits = 10.0**-self.digits * np.where(np.isfinite(size), size, 0.0)
        return Sides(
            trace=trace,
            left=left,
            right=right,
            # Before a run has diverged its states count; after it there are none.
            mask=applicable(self, setting, trace, right) & np.isfinite(here) | lacking,
            slack=digits
            + rounding(here, setting.problem)
            + self.metric.allowance(np.abs(here), setting.problem),
            relation=Relation.EQUAL if self.equal else Relation.AT_MOST,
            basis=Basis.MOMENTS,
        )
