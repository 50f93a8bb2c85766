"""Claims on where a method goes, and for which parameters: limits and thresholds."""

import enum
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy

from convlab.claims.base import Basis, Bench, Claim, Evidence, Relation, Setting, Verdict
from convlab.claims.gate import (
    Sides,
    applicable,
    counted,
    decide,
    slack,
    unfinished,
    witness,
)
from convlab.engine import Status, Trace, repeats
from convlab.metrics import Metric
from convlab.problem import Problem

__all__ = ["Limit", "Outcome", "Threshold", "limit", "threshold"]

ARRIVED = 1e-6
"""A metric below this share of its first value has converged, for a threshold."""


def limit(
    metric: Metric,
    to: Any,
    *,
    within: float | None = None,
    absolute: bool = True,
    envelope: Any = None,
    when: Any = sympy.true,
) -> "Limit":
    """The metric tends to ``to``, a formula.

    ``within`` is how close it must be over the last third of the run, relative to ``to`` where
    ``absolute`` is False. An ``envelope``, a formula e in k, says |metric_k - to| <= e at every
    k, and is judged as a bound. Raises ValueError unless exactly one of them is given.
    """
    if (within is None) == (envelope is None):
        raise ValueError("a limit takes either within=, a number, or envelope=, a formula in k")
    return Limit(
        metric=metric,
        bound=sympy.sympify(to),
        within=within,
        absolute=absolute,
        envelope=None if envelope is None else sympy.sympify(envelope),
        when=when,
    )


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

    ``bracket`` holds two formulas, one on either side, the smaller first. The method is tried at
    both, halfway, and as close to the claimed value as ``digits`` digits of it, or of the length
    of the bracket where it is 0. With ``above`` it converges above and not below. A boundary in
    two parameters is a threshold on each of the problems ``over(v)``, v in ``along``; its picture
    is the phase diagram.
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
    """The metric tends to a stated value.

    Without an envelope it holds where the metric is within the tolerance over the last third of
    the run, and is refuted where the run has settled elsewhere: where its state, or the moments,
    repeat themselves to rounding. A metric that has merely not arrived leaves the claim open.
    """

    kind = "limit"
    form = "{0.metric} -> {0.bound}"
    within: float | None
    absolute: bool = True
    envelope: sympy.Expr | None = None

    @property
    def formulas(self) -> tuple[Any, ...]:
        """The limit, the envelope and the condition."""
        return (self.bound, *(() if self.envelope is None else (self.envelope,)), self.when)

    def evidence(self, bench: Bench) -> Iterator[Evidence]:
        """By the envelope, or by where the run ends; an expectation must be known exactly."""
        for setting in bench.settings():
            known = self.run(bench, setting)
            if known is None:
                sentence = f"{setting}: the moments do not close"
                yield Evidence(str(setting), Verdict.INCONCLUSIVE, sentence)
            else:
                yield self._of(bench, setting, *known)

    def sides(self, setting: Setting, trace: Trace, basis: Basis) -> Sides:
        """The distance from the limit, and how large it may be."""
        values, to = trace.values[self.metric.name], trace.evaluate(setting.resolve(self.bound))
        if self.envelope is not None:
            allowed = trace.evaluate(setting.resolve(self.envelope))
            mask = applicable(self, setting, trace, allowed)
        else:
            allowed = np.broadcast_to(
                float(self.within or 0.0) * (1.0 if self.absolute else np.abs(to)), to.shape
            )
            last_third = trace.grid >= trace.grid[-1] - trace.grid[-1] // 3
            mask = applicable(self, setting, trace, to) & last_third[:, None]
        return Sides(
            trace=trace,
            left=np.abs(values - to),
            right=allowed,
            mask=mask,
            slack=slack(values, to, self.metric, setting.problem),
            relation=Relation.AT_MOST,
            basis=basis,
        )

    def _of(self, bench: Bench, setting: Setting, trace: Trace, basis: Basis) -> Evidence:
        sides, to = self.sides(setting, trace, basis), setting.resolve(self.bound)
        what = f"distance of the {self.metric} from {self.bound}"

        def second(replicate: int, ks: Sequence[int]) -> tuple[Any, Any]:
            values, limits = bench.exactly(setting, self.metric, to, replicate, ks, basis)
            rows = np.searchsorted(trace.grid, ks)
            allowed = sides.right[rows, trace.replicates.index(replicate)]
            return [abs(v - c) for v, c in zip(values, limits, strict=True)], list(allowed)

        def allowance(left: np.ndarray) -> Any:
            return self.metric.allowance(left, setting.problem)

        if self.envelope is not None:
            return decide(setting, sides, what, second=second, allowance=allowance)
        away = np.flatnonzero(((sides.excess > 0) & sides.known).any(axis=0))
        since = {int(r): self._rest(bench, setting, sides, int(r)) for r in away}
        moving = [r for r, k in since.items() if k is None]
        mask = applicable(self, setting, trace, sides.right)
        for r in range(len(trace.replicates)):
            begin = since.get(r)
            mask[:, r] &= sides.mask[:, r] if begin is None else trace.grid >= begin
        mask[:, moving] = False
        judged = replace(
            decide(setting, replace(sides, mask=mask), what, second=second, allowance=allowance),
            resolution=None,  # the tolerance is no part of the statement
        )
        if judged.verdict is Verdict.REFUTED or not moving:
            return judged
        value = trace.values[self.metric.name][-1, moving[0]]
        target = float(trace.evaluate(to)[-1, moving[0]])
        sentence = (
            f"{setting}: after {trace.grid[-1]} steps the {self.metric} is {value:.6g} and still "
            f"moves; claimed {target:.6g} within {self.within:g}"
        )
        return replace(
            judged,
            verdict=Verdict.INCONCLUSIVE,
            sentence=sentence,
            basis=basis,
            statuses=counted(trace),
            engine=trace.engine,
        )

    def _rest(self, bench: Bench, setting: Setting, sides: Sides, r: int) -> int | None:
        """From when on the run is at rest, or has diverged."""
        trace = sides.trace
        if trace.statuses[r] is Status.DIVERGED:
            infinite = np.isinf(trace.values[self.metric.name][:, r])
            return int(trace.grid[np.argmax(infinite) if infinite.any() else -1])
        if trace.settled is not None:
            return int(trace.grid[-1]) if trace.settled[r] else None
        values = trace.values[self.metric.name][:, r]
        last_third = trace.grid >= trace.grid[-1] - trace.grid[-1] // 3
        if not repeats(values[last_third], float(sides.slack[-1, r])):
            return None  # nor does the state, then
        return bench.rest(setting, trace.replicates[r])


class Outcome(enum.Enum):
    """What a method does for one value of a parameter."""

    CONVERGES = "converges"
    FAILS = "does not converge"
    OPEN = "is undecided at the end of the run"


@dataclass(frozen=True, kw_only=True)
class Threshold(Claim):
    """Converges on one side of a parameter value and not on the other, on each problem.

    For an expectation, which must be known exactly, this is convergence in mean. To converge is
    to end below a millionth of the first value, to fail is to end above it and not to have fallen
    since two thirds of the run, to diverge, or to settle elsewhere to rounding; what does neither
    is open. Convergence is slow close to a
    threshold: within ``digits`` digits of it a run needs about 14 times 10^digits iterations.
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

    def settings(self, bench: Bench) -> Sequence[Setting]:
        """The settings of the theorem, or one on each of the problems along the boundary."""
        if self.over is None:
            return bench.settings()
        return [bench.setting_for(self.over, v) for v in self.along]

    def evidence(self, bench: Bench) -> Iterator[Evidence]:
        """By runs on both sides of the claimed value, on each setting."""
        for setting in self.settings(bench):
            yield self._of(bench, setting)

    def places(self, bench: Bench, setting: Setting) -> tuple[float, float, float]:
        """The ends of the bracket and the claimed value, as numbers."""
        first = bench.trace(setting, ends=True)
        low, high, claimed = (
            float(first.evaluate(setting.resolve(v))[0, 0]) for v in (*self.bracket, self.bound)
        )
        return low, high, claimed

    def at(self, setting: Setting, value: float) -> Setting:
        """The setting with a value of the parameter."""
        # As the value of a symbol, not in its place: so no formula changes from value to value.
        choices = {s: v for s, v in setting.choices.items() if s != self.parameter}
        constants = {**setting.constants, self.parameter: value}
        return replace(setting, choices=choices, constants=constants)

    def _of(self, bench: Bench, setting: Setting) -> Evidence:
        low, high, claimed = self.places(bench, setting)
        width = 10.0**-self.digits * (abs(claimed) or high - low)
        near = [claimed - width, claimed + width]
        below = [low, (low + near[0]) / 2, near[0]]
        beyond = [near[1], (near[1] + high) / 2, high]
        good, bad = (beyond, below) if self.above else (below, beyond)
        evidence = Evidence(
            str(setting),
            Verdict.HOLDS,
            f"{setting}: it converges at {good[0 if self.above else -1]:.6g} and does not at "
            f"{bad[-1 if self.above else 0]:.6g}, claimed {claimed:.6g}",
            worst_ratio=1.0,
        )
        open_: Evidence | None = None
        expected = [(v, Outcome.CONVERGES) for v in good] + [(v, Outcome.FAILS) for v in bad]
        for value, claimed_outcome in sorted(expected, key=lambda e: abs(e[0] - claimed)):
            known = self.run(bench, self.at(setting, value), ends=True)
            if known is None:
                sentence = f"{setting}: the moments do not close"
                return Evidence(str(setting), Verdict.INCONCLUSIVE, sentence)
            trace, basis = known
            evidence = replace(evidence, basis=basis, engine=trace.engine, statuses=counted(trace))
            outcome, r, quotient = self.outcome(bench, self.at(setting, value), trace)
            if outcome is claimed_outcome:
                continue
            sentence = (
                f"{setting}: at {self.parameter} = {value:.6g} the method {outcome.value} "
                f"({self.metric} after {trace.grid[-1]} steps: {quotient:.3g} of its first value), "
                f"but the threshold is claimed at {claimed:.6g}"
            )
            if outcome is Outcome.OPEN:
                lost = np.isnan(quotient) and unfinished(setting, trace, self.metric)
                open_ = open_ or replace(
                    evidence, verdict=Verdict.INCONCLUSIVE, sentence=lost or sentence
                )
                continue
            relation = Relation.AT_LEAST if claimed_outcome is Outcome.FAILS else Relation.AT_MOST
            return replace(
                evidence,
                verdict=Verdict.REFUTED,
                sentence=sentence,
                witness=witness(
                    self.at(setting, value),
                    quotient,
                    ARRIVED,
                    relation,
                    basis,
                    replicate=trace.replicates[r],
                    k=int(trace.grid[-1]),
                ),
            )
        return open_ or evidence

    def outcome(self, bench: Bench, setting: Setting, trace: Trace) -> tuple[Outcome, int, float]:
        """What the runs do, the replicate that decides it, and its final over first value.

        They converge where all do, and fail where one does.
        """
        values = trace.values[self.metric.name]
        with np.errstate(all="ignore"):
            quotients = values[-1] / np.maximum(values[0], 1e-300)
        diverged = np.array([s is Status.DIVERGED for s in trace.statuses])
        quotients = np.where(diverged, np.inf, quotients)
        last = int(trace.grid[-1])
        before = values[np.searchsorted(trace.grid, last - last // 3)]
        grows = (quotients > 1) & (diverged | (values[-1] >= before))
        r = int(np.argmax(np.where(np.isnan(quotients), -1.0, quotients)))
        if grows.any():
            r = int(np.argmax(np.where(grows, quotients, -1.0)))
            return Outcome.FAILS, r, float(quotients[r])
        if np.isnan(quotients).any():
            return Outcome.OPEN, int(np.argmax(np.isnan(quotients))), float("nan")
        if (quotients <= ARRIVED).all():
            return Outcome.CONVERGES, r, float(quotients[r])
        steady = trace.settled
        if steady is None:
            stays = bench.rest(setting, trace.replicates[r]) is not None
        else:
            stays = bool(steady[r])
        return (Outcome.FAILS if stays else Outcome.OPEN), r, float(quotients[r])
