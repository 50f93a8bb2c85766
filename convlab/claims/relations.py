"""Claims that compare two computations, or two steps: identities, orderings, potentials."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy

from convlab import statistics
from convlab.algorithm import Method
from convlab.claims.base import Basis, Bench, Claim, Evidence, Relation, Setting, Verdict
from convlab.claims.bounds import UpperBound, upper_bound
from convlab.claims.gate import (
    RELATIVE,
    SecondLook,
    Sides,
    applicable,
    decide,
    decide_bet,
    decide_twice,
    slack,
    unfinished,
)
from convlab.engine import Trace
from convlab.metrics import Metric, rounding
from convlab.vocabulary import Array, flat, maximum, norm, where

__all__ = [
    "Identity",
    "Ordering",
    "identity",
    "ordering",
    "potential",
]


def identity(
    metric: Metric,
    other: Any,
    *,
    digits: int = 9,
    when: Any = sympy.true,
    variance: Any = None,
    span: Any = None,
) -> "Identity":
    """metric_k equals ``other`` for all k, to ``digits`` digits.

    ``other`` is a formula, or a method whose own metric it must equal on the same draws. An
    expectation that is not known exactly is judged by sampling where one property of the metric
    is known: ``variance``, a formula that bounds its variance over the replicates from one start
    (where ``other`` is a formula), or ``span``, a formula below which it always lies (from 0 on).
    """
    return Identity(
        metric=metric,
        other=other if isinstance(other, Method) else sympy.sympify(other),
        digits=digits,
        when=when,
        variance=None if variance is None else sympy.sympify(variance),
        span=None if span is None else sympy.sympify(span),
    )


def ordering(
    metric: Metric, other: Method, *, factor: Any = 1, when: Any = sympy.true, span: Any = None
) -> "Ordering":
    """The metric is never above ``factor`` times that of the method ``other``.

    From the same start, with the same draws, wherever ``when`` holds; what :func:`until` counts
    is compared at the end of the run. ``E(metric)`` orders the expectations: those that are not
    known exactly are judged by sampling where the metric lies in [0, ``span``], a formula.
    """
    return Ordering(
        metric=metric,
        other=other,
        factor=sympy.sympify(factor),
        when=when,
        span=None if span is None else sympy.sympify(span),
    )


def potential(
    name: str,
    tex: str,
    read: Callable[..., Array],
    *,
    factor: Any = 1,
    expected: bool = False,
    **weights: Any,
) -> UpperBound:
    """A Lyapunov function V with V_(k+1) <= factor * V_k at every step.

    ``tex`` is V in TeX, with a capital ``X`` where the point stands, or else after k steps.
    ``read(state, oracle, **weights) -> (R, 1)`` is V; ``weights`` are formulas in k and the
    constants. Surely: the largest ratio V_(k+1)/V_k so far is at most the factor. Expected: the
    ratio at each step has expectation at most the factor. The errors of x* and f* show where V is
    small: so V_(k+1) counts for 1e-13 V_0 less, and V_k for a millionth of V_0 at least.
    """

    def init(s: Any, oracle: Any) -> tuple[Array, ...]:
        zero = 0 * norm(flat(s.x))
        return zero, zero, zero, zero

    def update(memory: tuple[Array, ...], s: Any, oracle: Any, **weights: Any) -> tuple:
        begun, previous, worst, least = memory
        value = read(s, oracle, **weights)
        least = where(begun > 0, least, 1e-6 * value)
        latest = (value - 1e-7 * least) / maximum(maximum(previous, least), 1e-300)
        latest = where(begun > 0, latest, 0 * value)
        return 0 * begun + 1, value, latest if expected else maximum(worst, latest), least

    def current(s: Any, oracle: Any, memory: tuple[Array, ...], **weights: Any) -> Array:
        return update(memory, s, oracle, **weights)[2]

    after, before = (tex.replace("X", f"x_{{{i}}}") for i in ("k + 1", "k"))
    ratio = rf"({after}) / ({before})" if "X" in tex else "V_{k+1} / V_k"
    measured = Metric(
        f"{name} ratio",
        ratio,
        current,
        init,
        update,
        weights={n: sympy.sympify(w) for n, w in weights.items()},
        letters={} if "X" in tex else {"V_k": f"${tex}$"},
    )
    return upper_bound(replace(measured, expected=expected), factor)


@dataclass(frozen=True, kw_only=True)
class Identity(Claim):
    """metric_k equals a formula, or the metric of another method, to stated digits."""

    kind = "identity"
    form = "{0.metric} = {0.other}"
    other: Any
    digits: int
    variance: sympy.Expr | None = None
    span: sympy.Expr | None = None

    @property
    def formulas(self) -> tuple[Any, ...]:
        """The other side, where it is a formula, the condition, the variance and the span."""
        other = () if isinstance(self.other, Method) else (self.other,)
        return (*other, self.when, *(f for f in (self.variance, self.span) if f is not None))

    @property
    def symbols(self) -> set[sympy.Symbol]:
        """The symbols of the formulas, and of the other method."""
        own = self.other.free_symbols if isinstance(self.other, Method) else set()
        return super().symbols | own

    def with_bound(self, bound: Any) -> "Identity":
        """The same claim with another right-hand side."""
        return replace(self, other=bound if isinstance(bound, Method) else sympy.sympify(bound))

    def evidence(self, bench: Bench) -> Iterator[Evidence]:
        """By the largest difference along the run, or by sampling where a property is known."""
        for setting in bench.settings():
            sides = self.sides(bench, setting)
            if sides is None:
                yield self._sampled(bench, setting)
            else:
                other = setting.resolve(self.other) if self._is_formula else self.other
                digits = 10.0**-self.digits
                yield decide_twice(bench, setting, sides, self.metric, other, digits)

    @property
    def _is_formula(self) -> bool:
        return not isinstance(self.other, Method)

    def sides(self, bench: Bench, setting: Setting) -> Sides | None:
        """Both sides along a run; None where an expectation is not known exactly."""
        known = self.run(bench, setting)
        if known is None:
            return None
        trace, basis = known
        left = trace.values[self.metric.name]
        if self._is_formula:
            right = trace.evaluate(setting.resolve(self.other))
            mask = applicable(self, setting, trace, right)
        else:
            theirs = self.run(bench, setting, self.other)
            if theirs is None:
                return None
            right = theirs[0].values[self.metric.name]
            mask = setting.holds(self.when, trace)
        size = np.maximum(np.abs(left), np.abs(right))
        digits = 10.0**-self.digits * np.where(np.isfinite(size), size, 0.0)
        return Sides(
            trace=trace,
            left=left,
            right=right,
            mask=mask,
            slack=digits
            + rounding(left, setting.problem)
            + self.metric.allowance(np.abs(left), setting.problem),
            relation=Relation.EQUAL,
            basis=basis,
        )

    def _sampled(self, bench: Bench, setting: Setting) -> Evidence:
        """The e-value against equal means; the columns are those of the first sample."""
        threshold = bench.log_threshold + np.log(max(len(bench.settings()), 1))
        rows: np.ndarray | None = None
        open_ = Evidence(
            str(setting),
            Verdict.INCONCLUSIVE,
            f"{setting}: the moments do not close; with variance=... or span=..., a bound on the "
            "variance or on the size of the metric, a sample can decide",
        )
        if self.span is None and (self.variance is None or not self._is_formula):
            return open_
        evidence = open_
        others = [None] if self._is_formula else [self.other]
        for trace, *rest in zip(
            bench.samples(setting),
            *(bench.samples(setting, method) for method in others if method is not None),
            strict=True,
        ):
            left = trace.values[self.metric.name]
            if self._is_formula:
                right = trace.evaluate(setting.resolve(self.other))
            else:
                right = rest[0].values[self.metric.name]
            scale = trace.evaluate(
                setting.resolve(self.span if self.span is not None else self.variance)
            )
            if rows is None:
                mask = setting.holds(self.when, trace) & (scale > 0)
                mask &= np.isfinite(right) if self._is_formula else True
                rows = mask.all(axis=1)
            if not rows.any():
                sentence = f"{setting}: the formula is nowhere finite"
                return replace(open_, verdict=Verdict.INAPPLICABLE, sentence=sentence)
            apart = (left - right)[rows].T
            if np.isnan(apart).any():
                return replace(open_, sentence=unfinished(setting, trace, self.metric))
            if self.span is not None:
                scores = apart / scale[rows].T
                if (np.abs(scores) > 1).any():
                    return replace(open_, sentence=_beyond(setting, self.metric, self.span))
                log_e = statistics.log_e_mean_equals(scores, 0.0, bounds=(-1.0, 1.0))
            else:
                scores = apart / np.sqrt(scale[rows].T)
                log_e = statistics.log_e_mean_equals(scores, 0.0, variance=1.0)
            means = np.abs(scores.mean(axis=0))
            k = int(trace.grid[rows][np.argmax(means)])
            unit = "of the span" if self.span is not None else "standard deviations"
            evidence = decide_bet(
                setting,
                trace,
                log_e,
                threshold,
                f"over {len(scores)} replicates the means differ by up to {means.max():.2g} {unit}",
                left=means.max(),
                right=0.0,
                relation=Relation.EQUAL,
                k=k,
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
    span: sympy.Expr | None = None

    @property
    def share(self) -> str:
        """The factor in words; nothing where it is one."""
        return "" if self.factor == 1 else f"{self.factor} times "

    @property
    def formulas(self) -> tuple[Any, ...]:
        """The factor where there is one, the condition, and the span."""
        factor = () if self.factor == 1 else (self.factor,)
        return (*factor, self.when, *(() if self.span is None else (self.span,)))

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metric; where it counts until another is small, that one and what counts."""
        race = [] if self.metric.race is None else [self.metric.race[0], self.metric.race[2]]
        return (self.metric, *(m for m in race if m is not None))

    @property
    def symbols(self) -> set[sympy.Symbol]:
        """The symbols of the factor, and of the other method."""
        return super().symbols | self.other.free_symbols

    def with_bound(self, bound: Any) -> "Ordering":
        """The same claim with another factor."""
        return replace(self, factor=sympy.sympify(bound))

    def evidence(self, bench: Bench) -> Iterator[Evidence]:
        """At every recorded iteration of every replicate; a count at the last one."""
        for setting in bench.settings():
            ours, theirs = (self.run(bench, setting, m) for m in (None, self.other))
            if ours is None or theirs is None:
                yield self._sampled(bench, setting)
            elif self.metric.race is not None:
                yield self._race(setting, ours[0], theirs[0])
            else:
                second = self._second(bench, setting, *ours)
                yield self._surely(setting, self.sides(setting, *ours, theirs[0]), second)

    def sides(self, setting: Setting, ours: Trace, basis: Basis, theirs: Trace) -> Sides:
        """The metric, and the factor times that of the other method."""
        left, other = (t.values[self.metric.name] for t in (ours, theirs))
        factor = self._factors(setting, ours)
        right = factor * other
        return Sides(
            trace=ours,
            left=left,
            # Where the other method has diverged, nothing is above it.
            right=np.where(np.isnan(other), np.nan, right),
            mask=applicable(self, setting, ours, factor) & ~np.isposinf(right),
            slack=slack(left, right, self.metric, setting.problem)
            + np.abs(factor) * self.metric.allowance(np.abs(other), setting.problem)
            + RELATIVE * np.where(np.isfinite(right), np.abs(right), 0.0),
            relation=Relation.AT_MOST,
            basis=basis,
        )

    def _surely(self, setting: Setting, sides: Sides, second: SecondLook | None) -> Evidence:
        # Of either run, what is not known leaves the comparison open.
        left = np.where(np.isnan(sides.right), np.nan, sides.left)
        return decide(
            setting,
            replace(sides, left=left),
            self.metric,
            second=second,
            allowance=lambda left: 2 * self.metric.allowance(left, setting.problem),
        )

    def _second(self, bench: Bench, setting: Setting, ours: Trace, basis: Basis) -> SecondLook:
        def second(replicate: int, ks: Sequence[int]) -> tuple[Any, Any]:
            left, right = bench.exactly(setting, self.metric, self.other, replicate, ks, basis)
            factors = self._factors(setting, ours)[np.searchsorted(ours.grid, ks)]
            column = factors[:, ours.replicates.index(replicate)]
            return left, [float(f) * v for f, v in zip(column, right, strict=True)]

        return second

    def _factors(self, setting: Setting, trace: Trace) -> np.ndarray:
        """(G, R): the factor along a trace."""
        return trace.evaluate(setting.resolve(self.factor))

    def _race(self, setting: Setting, ours: Trace, theirs: Trace) -> Evidence:
        """Counts until both have arrived; one that has not counts as at least so much.

        Where rounding decides at which iteration one arrives, its count lies between two.
        """
        sides = self.sides(setting, ours, Basis.EXACT, theirs)
        last = (ours.grid == ours.grid[-1])[:, None]
        (low, high, arrived), (least, most, there) = (
            self._counts(setting, trace) for trace in (ours, theirs)
        )
        factor = self._factors(setting, ours)
        # Above for certain: our count so far, beyond a complete one of theirs.
        above = there & (low - factor * most > sides.slack)
        # Below for certain: a complete one of ours, within theirs so far.
        below = last & arrived & (high - factor * least <= sides.slack)
        counts = replace(
            sides,
            left=np.where(above, low, high),
            right=factor * np.where(above, most, least),
            mask=sides.mask & (above | below),
        )
        judged = self._surely(setting, counts, None)  # whole numbers are not rounded
        open_ = sides.mask[-1] & ~(above | below)[-1]
        if judged.verdict is Verdict.REFUTED or not open_.any():
            return judged
        sentence = (
            f"{setting}: {ours.grid[-1]} steps do not reach the accuracy in "
            f"{int(open_.sum())} of {len(open_)} runs"
        )
        return replace(judged, verdict=Verdict.INCONCLUSIVE, sentence=sentence, basis=Basis.EXACT)

    def _counts(self, setting: Setting, trace: Trace) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(G, R): the least and the largest count so far, and whether it is complete."""
        assert self.metric.race is not None
        measured, eps, cost = self.metric.race
        values, count = trace.values[measured.name], trace.values[self.metric.name]
        spent = trace.grid[:, None] + 0.0 * count
        if cost is not None:  # what is spent on the way to a state is known at the state before
            paid = trace.values[cost.name]
            spent = np.concatenate([0.0 * paid[:1], paid[:-1]])
        target = eps * values[0]
        noise = slack(values, target, measured, setting.problem)

        def until(reached: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            done = np.logical_or.accumulate(reached, axis=0)
            first = np.where(done[-1], done.argmax(axis=0), len(done) - 1)
            rows = np.minimum(np.arange(len(done))[:, None], first)
            return np.take_along_axis(spent, rows, axis=0), done

        with np.errstate(invalid="ignore"):
            early, _ = until(values <= target + noise)
            late, done = until(values <= target - noise)
        return np.minimum(count, early), np.maximum(count, late), done

    def _sampled(self, bench: Bench, setting: Setting) -> Evidence:
        """The e-value against ordered means, from paired differences of known range."""
        open_ = Evidence(
            str(setting),
            Verdict.INCONCLUSIVE,
            f"{setting}: the moments do not close; with span=..., a bound on the size of the "
            "metric, a sample can decide",
        )
        if self.span is None:
            return open_
        evidence = open_
        threshold = bench.log_threshold + np.log(max(len(bench.settings()), 1))
        rows: np.ndarray | None = None
        pairs = zip(bench.samples(setting), bench.samples(setting, self.other), strict=True)
        for ours, theirs in pairs:
            factor = self._factors(setting, ours)
            span = ours.evaluate(setting.resolve(self.span))
            if rows is None:
                mask = applicable(self, setting, ours, factor) & (span > 0)
                rows = mask.all(axis=1) & (ours.grid > 0)
            if not rows.any():
                sentence = f"{setting}: the formula is nowhere finite"
                return replace(open_, verdict=Verdict.INAPPLICABLE, sentence=sentence)
            left, right = (t.values[self.metric.name][rows] for t in (ours, theirs))
            noise = slack(left, right, self.metric, setting.problem)
            apart = left - noise - factor[rows] * right
            if np.isnan(apart).any():
                lost = ours if np.isnan(left).any() else theirs
                return replace(open_, sentence=unfinished(setting, lost, self.metric))
            low = factor[rows] * span[rows]
            # (d + low) / low has mean at most 1 where d has mean at most 0 and lies above -low.
            ratios = ((apart + low) / low).T
            if (ratios < 0).any():
                return replace(open_, sentence=_beyond(setting, self.metric, self.span))
            log_e, means = statistics.log_e_value(ratios), apart.mean(axis=1) / low.mean(axis=1)
            evidence = decide_bet(
                setting,
                ours,
                log_e,
                threshold,
                f"over {len(ratios)} pairs of runs the mean difference is at most "
                f"{means.max():.2g} of the span",
                left=means.max(),
                right=0.0,
                relation=Relation.AT_MOST,
                k=int(ours.grid[rows][np.argmax(means)]),
            )
            if evidence.verdict is Verdict.REFUTED:
                break
        return evidence


def _beyond(setting: Setting, metric: Metric, span: Any) -> str:
    return f"{setting}: the {metric} is beyond its span {span}"
