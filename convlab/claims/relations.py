"""Claims that compare two computations, or two steps: identities, orderings, potentials."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy

from convlab import statistics
from convlab.algorithm import Method
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
from convlab.claims.bounds import UpperBound, applicable, upper_bound
from convlab.engine import Status, Trace
from convlab.metrics import Metric
from convlab.vocabulary import Array, maximum, zeros_like

__all__ = [
    "Identity",
    "Ordering",
    "identity",
    "ordering",
    "potential",
]


def identity(
    metric: Metric, other: Any, *, digits: int = 9, when: Any = sympy.true, variance: Any = None
) -> "Identity":
    """metric_k equals ``other`` for all k, to ``digits`` digits.

    ``other`` is a formula, or a method whose own metric it must equal on the same draws.
    ``variance``, a formula that bounds the variance of the metric over the replicates from one
    start, lets an expectation that is not known exactly be judged by sampling.
    """
    other = other if isinstance(other, Method) else sympy.sympify(other)
    variance = None if variance is None else sympy.sympify(variance)
    return Identity(metric=metric, other=other, digits=digits, when=when, variance=variance)


def ordering(
    metric: Metric, other: Method, *, factor: Any = 1, when: Any = sympy.true
) -> "Ordering":
    """The metric is never above ``factor`` times that of the method ``other``.

    From the same start, with the same draws, wherever ``when`` holds; what :func:`until` counts
    is compared at the end of the run.
    """
    return Ordering(metric=metric, other=other, factor=sympy.sympify(factor), when=when)


def potential(
    name: str,
    tex: str,
    read: Callable[[Any, Any], Array],
    *,
    factor: Any = 1,
    expected: bool = False,
) -> UpperBound:
    """A Lyapunov function V with V_(k+1) <= factor * V_k at every step.

    ``read(state, oracle) -> (R, 1)`` is V. Surely: the largest ratio V_(k+1)/V_k so far is at most
    the factor. Expected: the ratio at each step has expectation at most the factor. A V_k below a
    millionth of V_0 counts as that much: the error of x* shows there.
    """

    def init(s: Any, oracle: Any) -> tuple[Array, Array, Array]:
        value = read(s, oracle)
        return 1e30 * value, zeros_like(value), 1e-6 * value

    def update(memory: tuple[Array, Array, Array], s: Any, oracle: Any) -> tuple:
        previous, worst, least = memory
        value = read(s, oracle)
        latest = value / maximum(maximum(previous, least), 1e-300)
        return value, latest if expected else maximum(worst, latest), least

    def current(s: Any, oracle: Any, memory: tuple[Array, Array, Array]) -> Array:
        return update(memory, s, oracle)[1]

    measured = Metric(f"{name} ratio", rf"{tex}_{{k+1}} / {tex}_k", current, init, update)
    return upper_bound(replace(measured, expected=expected), factor)


@dataclass(frozen=True, kw_only=True)
class Identity(Claim):
    """metric_k equals a formula, or the metric of another method, to stated digits."""

    kind = "identity"
    form = "{0.metric} = {0.other}"
    other: Any
    digits: int
    variance: sympy.Expr | None = None

    @property
    def formulas(self) -> tuple[Any, ...]:
        """The other side, where it is a formula, the condition, and the variance."""
        other = () if isinstance(self.other, Method) else (self.other,)
        return (*other, self.when, *(() if self.variance is None else (self.variance,)))

    def with_bound(self, bound: Any) -> "Identity":
        """The same claim with another right-hand side."""
        return replace(self, other=bound if isinstance(bound, Method) else sympy.sympify(bound))

    def judge(self, bench: Bench) -> Finding:
        """By the largest relative difference along the run, or by sampling on a known variance."""
        return combine(self._compare(bench, setting) for setting in bench.settings())

    def _sides(self, bench: Bench, setting: Setting) -> tuple[Trace, Any, Any, Any] | None:
        """A trace, both sides along it, and their relative difference; None where unknown."""
        if self.metric.expected and setting.method.algorithm.stochastic:
            trace = bench.expectation(setting, self.metric)
            if trace is None:
                return None
        else:
            trace = bench.trace(setting)
        left = trace.values[self.metric.name]
        if isinstance(self.other, Method):
            right = bench.trace(setting, self.other).values[self.metric.name]
            mask = np.ones(left.shape, dtype=bool)
        else:
            right = trace.evaluate(setting.resolve(self.other))
            mask = applicable(self, setting, trace, right)
        with np.errstate(all="ignore"):
            floor = rounding(left, trace, setting.problem)
            size = np.maximum(np.abs(left), np.abs(right)) + floor
            unsure = self.metric.allowance(np.abs(left), setting.problem) + floor / 256
            apart = np.abs(left - right) - unsure
            return trace, left, right, np.where(mask & (left != right), apart.clip(0) / size, 0.0)

    def _compare(self, bench: Bench, setting: Setting) -> Evidence:
        sides = self._sides(bench, setting)
        if sides is None and self.variance is not None:
            return self._sampled(bench, setting)
        if sides is None:
            sentence = f"{setting}: the expectation is not known exactly"
            return Evidence(str(setting), Verdict.INCONCLUSIVE, sentence)
        trace, left, _, difference = sides
        if np.isnan(difference).any():
            status = next(s for s in trace.statuses if s is not Status.FINISHED)
            return Evidence(str(setting), Verdict.INCONCLUSIVE, f"{setting}: {status}")
        largest, least = float(np.max(difference, initial=0.0)), 10.0**-self.digits
        apart = np.argwhere(difference > least)
        sentence = f"{setting}: the two sides differ by {largest:.2g} relative"
        if len(apart) and not trace.exact and np.isfinite(left).all():
            tried = [*apart[:2], np.unravel_index(np.argmax(difference), difference.shape)]
            exact = 0.0
            for at in dict.fromkeys((int(g), int(r)) for g, r in tried):
                exact = max(exact, self._exact_difference(bench, setting, trace, *at))
                if exact > least:
                    sentence += ", in 50-digit arithmetic too"
                    break
            else:
                sentence += f" by rounding, and by {exact:.2g} in 50-digit arithmetic"
                largest = exact
        return Evidence(
            str(setting),
            Verdict.HOLDS if largest <= least else Verdict.REFUTED,
            sentence,
            worst_ratio=largest / least,
            engine=trace.engine,
        )

    def _exact_difference(
        self, bench: Bench, setting: Setting, trace: Trace, g: int, r: int
    ) -> float:
        """The relative difference of the two sides at a point of a trace, in 50 digits."""
        other = self.other if isinstance(self.other, Method) else setting.resolve(self.other)
        at = trace.replicates[r], int(trace.grid[g])
        left, right = bench.exactly(setting, self.metric, other, *at)
        unsure = float(np.max(self.metric.allowance(np.array([abs(float(left))]), setting.problem)))
        size = max(abs(left), abs(right))
        return max(0.0, float((abs(left - right) - unsure) / size)) if size else 0.0

    def _sampled(self, bench: Bench, setting: Setting) -> Evidence:
        threshold = bench.log_threshold + np.log(max(len(bench.settings()), 1))
        evidence = Evidence(str(setting), Verdict.INAPPLICABLE, "the formula is nowhere finite")
        for trace in bench.samples(setting):
            mean = trace.evaluate(setting.resolve(self.other))
            variance = trace.evaluate(setting.resolve(self.variance))
            rows = (applicable(self, setting, trace, mean) & (variance > 0)).all(axis=1)
            if not rows.any():
                return evidence
            scores = (trace.values[self.metric.name] - mean)[rows] / np.sqrt(variance[rows])
            if np.isnan(scores).any():
                status = next(s for s in trace.statuses if s is not Status.FINISHED)
                return Evidence(str(setting), Verdict.INCONCLUSIVE, f"{setting}: {status}")
            log_e = statistics.log_e_mean_equals(scores.T, 0.0, variance=1.0)
            largest = float(np.abs(scores.mean(axis=1)).max())
            evidence = Evidence(
                str(setting),
                Verdict.REFUTED if log_e >= threshold else Verdict.HOLDS,
                f"{setting}: over {scores.shape[1]} replicates the mean is up to {largest:.2g} "
                f"standard deviations off; e-value 10^{log_e / np.log(10):.1f}",
                log_e_value=log_e,
                engine=trace.engine,
            )
            if evidence.verdict is Verdict.REFUTED:
                break
        return evidence


@dataclass(frozen=True, kw_only=True)
class Ordering(Claim):
    """Method X is never worse than Y: paired, from the same starts, with the same draws."""

    kind = "ordering"
    form = "{0.metric} is at most {0.share}that of {0.other}"
    other: Method
    factor: sympy.Expr = sympy.S.One

    @property
    def share(self) -> str:
        """The factor in words; nothing where it is one."""
        return "" if self.factor == 1 else f"{self.factor} times "

    @property
    def formulas(self) -> tuple[Any, ...]:
        """The factor where there is one, and the condition."""
        return (*(() if self.factor == 1 else (self.factor,)), self.when)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metric; where it counts until another is small, those that its picture shows."""
        race = [] if self.metric.race is None else [self.metric.race[0], self.metric.race[2]]
        return (self.metric, *(m for m in race if m is not None))

    @property
    def symbols(self) -> set[sympy.Symbol]:
        """The symbols of the factor, and of the other method."""
        return super().symbols | self.other.free_symbols

    def with_bound(self, bound: Any) -> "Ordering":
        """The same claim with another factor."""
        return replace(self, factor=sympy.sympify(bound))

    def judge(self, bench: Bench) -> Finding:
        """Surely, at every recorded iteration of every replicate; a count at the last one."""
        return combine(self._compare(bench, setting) for setting in bench.settings())

    def _sides(self, bench: Bench, setting: Setting) -> tuple[Trace, Trace, Any, Any]:
        """Both traces, their quotient, and where the first is greater than it should be."""
        ours, theirs = bench.trace(setting), bench.trace(setting, self.other)
        left, right = (t.values[self.metric.name] for t in (ours, theirs))
        factor = ours.evaluate(setting.resolve(self.factor))
        mask = applicable(self, setting, ours, factor)
        if self.metric.race is not None:
            mask = mask & (ours.grid == ours.grid[-1])[:, None]
        slack = rounding(left, ours, setting.problem) + 1e-9 * np.abs(right)
        with np.errstate(all="ignore"):
            quotient = np.where(mask & (right > slack), left / right, 0.0)
        return ours, theirs, quotient, mask & ~(left <= factor * right + slack)

    def _compare(self, bench: Bench, setting: Setting) -> Evidence:
        ours, theirs, quotient, worse = self._sides(bench, setting)
        largest = float(np.nanmax(quotient))
        sentence = f"{setting}: largest quotient {largest:.4g}"
        if worse.any():
            g, r = np.argwhere(worse)[0]
            left, right = (t.values[self.metric.name][g, r] for t in (ours, theirs))
            sentence = (
                f"{setting}: at k = {ours.grid[g]} the {self.metric} is {left:.6g}, above "
                f"{self.share}{right:.6g} of {self.other}"
            )
        verdict = Verdict.REFUTED if worse.any() else Verdict.HOLDS
        return Evidence(str(setting), verdict, sentence, worst_ratio=largest, engine=ours.engine)
