"""Claims that compare two computations: identities, orderings, limits, thresholds, potentials."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy

from convlab.algorithm import Method
from convlab.claims.base import Bench, Claim, Evidence, Finding, Setting, Verdict, combine
from convlab.claims.bounds import UpperBound, applicable, rounding, upper_bound
from convlab.engine import Trace
from convlab.metrics import Metric
from convlab.vocabulary import Array, maximum, zeros_like

__all__ = [
    "Identity",
    "Limit",
    "Ordering",
    "Threshold",
    "identity",
    "limit",
    "ordering",
    "potential",
    "threshold",
]


def identity(
    metric: Metric, other: Any, *, digits: int = 9, when: Any = sympy.true
) -> "Identity":
    """metric_k equals ``other`` for all k, to ``digits`` digits.

    ``other`` is a formula, or a method whose own metric it must equal on the same draws.
    """
    other = other if isinstance(other, Method) else sympy.sympify(other)
    return Identity(metric=metric, other=other, digits=digits, when=when)


def ordering(metric: Metric, other: Method) -> "Ordering":
    """The metric of the theorem's method is never above that of ``other`` from the same start."""
    return Ordering(metric=metric, other=other)


def limit(metric: Metric, to: Any, *, within: float, absolute: bool = True) -> "Limit":
    """At the end of the run the metric is within ``within`` of ``to``, a formula.

    ``within`` is relative to ``to`` where ``absolute`` is False.
    """
    return Limit(metric=metric, bound=sympy.sympify(to), within=within, absolute=absolute)


def potential(
    name: str, tex: str, read: Callable[[Any, Any], Array], *, factor: Any = 1, expected: bool = False
) -> UpperBound:
    """A Lyapunov function V with V_(k+1) <= factor * V_k at every step.

    ``read(state, oracle) -> (R, 1)`` is V. Surely: the largest ratio V_(k+1)/V_k so far is at most
    the factor. Expected: the ratio at each step has expectation at most the factor.
    """

    def ratio(value: Array, previous: Array) -> Array:
        return value / maximum(previous, 1e-300)

    def init(s: Any, oracle: Any) -> tuple[Array, Array]:
        nothing = zeros_like(read(s, oracle))
        return nothing + 1e300, nothing

    def update(memory: tuple[Array, Array], s: Any, oracle: Any) -> tuple[Array, Array]:
        value = read(s, oracle)
        latest = ratio(value, memory[0])
        return value, latest if expected else maximum(memory[1], latest)

    def current(s: Any, oracle: Any, memory: tuple[Array, Array]) -> Array:
        return update(memory, s, oracle)[1]

    measured = Metric(f"{name} ratio", rf"{tex}_{{k+1}} / {tex}_k", current, init, update)
    return upper_bound(replace(measured, expected=expected), factor)


@dataclass(frozen=True, kw_only=True)
class Identity(Claim):
    """metric_k equals a formula, or the metric of another method, to stated digits."""

    kind = "identity"
    other: Any
    digits: int

    @property
    def formulas(self) -> tuple[Any, ...]:
        """The other side, where it is a formula, and the condition."""
        return (self.when,) if isinstance(self.other, Method) else (self.other, self.when)

    @property
    def statement(self) -> str:
        """The claim in TeX."""
        if isinstance(self.other, Method):
            name = str(self.other.algorithm.name).replace("_", r"\_")
            return rf"{self.metric.statement} \text{{ is that of }} \texttt{{{name}}}"
        return rf"{self.metric.statement} = {sympy.latex(self.other)}"

    def with_bound(self, bound: Any) -> "Identity":
        """The same claim with another right-hand side."""
        return replace(self, other=bound if isinstance(bound, Method) else sympy.sympify(bound))

    def judge(self, bench: Bench) -> Finding:
        """By the largest relative difference along the run."""
        return combine(self._compare(bench, setting) for setting in bench.settings())

    def _compare(self, bench: Bench, setting: Setting) -> Evidence:
        stochastic = setting.method.algorithm.stochastic
        if self.metric.expected and stochastic:
            trace = bench.expectation(setting, self.metric)
            if trace is None:
                sentence = f"{setting}: the expectation is not known exactly"
                return Evidence(str(setting), Verdict.INCONCLUSIVE, sentence)
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
            scale = np.maximum(np.abs(left), np.abs(right)) + rounding(left, trace, setting.problem)
            difference = np.abs(left - right)[mask] / scale[mask]
        worst = float(np.max(difference, initial=0.0))
        holds = worst <= 10.0**-self.digits
        return Evidence(
            str(setting),
            Verdict.HOLDS if holds else Verdict.REFUTED,
            f"{setting}: the two sides differ by {worst:.2g} relative",
            worst_ratio=worst * 10.0**self.digits,
            engine=trace.engine,
        )


@dataclass(frozen=True, kw_only=True)
class Ordering(Claim):
    """Method X is never worse than Y: paired, from the same starts, with the same draws."""

    kind = "ordering"
    other: Method

    @property
    def symbols(self) -> set[sympy.Symbol]:
        """The symbols of the other method."""
        return self.other.free_symbols

    @property
    def statement(self) -> str:
        """The claim in TeX."""
        name = self.other.algorithm.name.replace("_", r"\_")
        return rf"{self.metric.statement} \le \text{{that of }} \texttt{{{name}}}"

    def judge(self, bench: Bench) -> Finding:
        """Surely, at every recorded iteration of every replicate."""
        return combine(self._compare(bench, setting) for setting in bench.settings())

    def _compare(self, bench: Bench, setting: Setting) -> Evidence:
        ours, theirs = bench.trace(setting), bench.trace(setting, self.other)
        left, right = (t.values[self.metric.name] for t in (ours, theirs))
        slack = rounding(left, ours, setting.problem) + 1e-9 * np.abs(right)
        worse = ~(left <= right + slack)
        with np.errstate(all="ignore"):
            worst = float(np.nanmax(np.where(right > slack, left / right, 0.0)))
        sentence = f"{setting}: largest quotient {worst:.4g}"
        if worse.any():
            g, r = np.argwhere(worse)[0]
            sentence = (
                f"{setting}: at k = {ours.grid[g]} the {self.metric} is {left[g, r]:.6g}, above "
                f"{right[g, r]:.6g} of {self.other}"
            )
        verdict = Verdict.REFUTED if worse.any() else Verdict.HOLDS
        return Evidence(str(setting), verdict, sentence, worst_ratio=worst, engine=ours.engine)


@dataclass(frozen=True, kw_only=True)
class Limit(Claim):
    """The metric ends near a stated value."""

    kind = "limit"
    within: float
    absolute: bool = True

    @property
    def statement(self) -> str:
        """The claim in TeX."""
        return rf"\lim_{{k \to \infty}} {self.metric.statement} = {sympy.latex(self.bound)}"

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


def threshold(
    metric: Metric, parameter: sympy.Symbol, at: Any, *, bracket: tuple[Any, Any], digits: int = 2
) -> "Threshold":
    """The metric converges for the parameter below ``at`` and not above it.

    ``bracket`` holds two formulas, one on either side; bisection narrows it down to ``digits``
    digits of the claimed value.
    """
    return Threshold(
        metric=metric,
        parameter=parameter,
        bound=sympy.sympify(at),
        bracket=tuple(map(sympy.sympify, bracket)),  # type: ignore[arg-type]
        digits=digits,
    )


@dataclass(frozen=True, kw_only=True)
class Threshold(Claim):
    """Converges on one side of a parameter value and not on the other.

    To converge is to end below a millionth of the first value; the bisection finds the value of
    the parameter at which that changes. Convergence is slow close to a threshold, so the value
    found may lie on the converging side of the true one by about 14/iterations, relative.
    """

    kind = "threshold"
    parameter: sympy.Symbol
    bracket: tuple[sympy.Expr, sympy.Expr]
    digits: int

    @property
    def statement(self) -> str:
        """The claim in TeX."""
        symbol = sympy.latex(self.parameter)
        return rf"{self.metric.statement} \to 0 \iff {symbol} < {sympy.latex(self.bound)}"

    def judge(self, bench: Bench) -> Finding:
        """By bisection on each setting."""
        return combine(self._bisect(bench, setting) for setting in bench.settings())

    def _bisect(self, bench: Bench, setting: Setting) -> Evidence:
        first = bench.trace(setting)
        low, high, claimed = (
            float(first.evaluate(setting.resolve(v))[0, 0]) for v in (*self.bracket, self.bound)
        )
        tolerance = 10.0**-self.digits * abs(claimed)
        ends = (self._converges(bench, setting, low), self._converges(bench, setting, high))
        if ends[0] == ends[1]:
            outcome = "converges" if ends[0] else "does not converge"
            sentence = f"{setting}: the method {outcome} at {low:.6g} and at {high:.6g} alike"
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
        )

    def _converges(self, bench: Bench, setting: Setting, value: float) -> bool:
        choices = setting.choices | {self.parameter: sympy.Float(value)}
        trace = bench.trace(replace(setting, choices=choices))
        values = trace.values[self.metric.name]
        return bool(np.all(values[-1] <= 1e-6 * values[0]))
