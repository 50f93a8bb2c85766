"""The gate between a run and a verdict: one function decides for every comparison.

A claim turns its runs into two sides at every recorded iteration, a mask where it says something,
and the size of rounding. :func:`decide` compares them. *Refuted* needs a witness, a place at which
the sides are apart by more than rounding and, where a second look is possible, still are in 50
digits. What is not finished, not finite or not confirmed is *inconclusive*.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from convlab import symbols
from convlab.claims.base import Basis, Bench, Claim, Evidence, Relation, Setting, Verdict, Witness
from convlab.engine import HUGE, Status, Trace
from convlab.metrics import Metric, rounding
from convlab.precise import mp
from convlab.problem import Problem

__all__ = [
    "RELATIVE",
    "SecondLook",
    "Sides",
    "applicable",
    "counted",
    "decide",
    "decide_bet",
    "decide_twice",
    "slack",
    "unfinished",
    "witness",
]

RELATIVE = 1e-9
"""Relative excess of a double that counts as rounding."""
EXACT = 1e-12
"""Relative excess in 50 digits that counts as rounding: of the constants, which are doubles."""
CLEAR = 1e3
"""An excess of this many times the slack is looked at where it is cheapest: where it is first."""
LOOKS = 3
"""How many replicates get a second look."""
ALONE = ", in doubles only"
"""What a sentence adds where an expectation is too large for a second look."""
PLACES = 16
"""How many iterations of one replicate get a second look in one run."""

SecondLook = Callable[[int, Sequence[int]], tuple[Any, Any]]
"""Both sides in 50 digits, of a replicate at some iterations: two sequences of numbers."""


def slack(values: np.ndarray, other: np.ndarray, metric: Metric, problem: Problem) -> np.ndarray:
    """(G, R): by how much rounding and inexact certificates may move the sides apart.

    ``values`` are those of the metric, ``other`` those of the other side.
    """
    relative = RELATIVE * np.where(np.isfinite(other), np.abs(other), 0.0)
    return relative + rounding(values, problem) + metric.allowance(np.abs(values), problem)


def applicable(claim: Claim, setting: Setting, trace: Trace, other: np.ndarray) -> np.ndarray:
    """(G, R): where along the grid the claim says something.

    Where its condition holds and the other side is a finite number; only at the horizon, where the
    formulas speak of the horizon T and not of k.
    """
    mask = np.isfinite(other) & setting.holds(claim.when, trace)
    formulas = set().union(*(setting.resolve(f).free_symbols for f in claim.formulas))
    if symbols.T in formulas | setting.chosen_method.free_symbols and symbols.k not in formulas:
        mask = mask & (trace.grid == trace.grid[-1])[:, None]
    return mask


@dataclass(frozen=True)
class Sides:
    """Both sides of a comparison along a run.

    ``left`` and ``right`` (G, R), ``mask`` (G, R) where the claim says something, ``slack`` (G, R)
    the difference that rounding explains. ``start`` says whether iteration 0 counts for the
    tightness: many bounds are attained there by definition.
    """

    trace: Trace
    left: np.ndarray
    right: np.ndarray
    mask: np.ndarray
    slack: np.ndarray
    relation: Relation
    basis: Basis

    @property
    def known(self) -> np.ndarray:
        """(G, R): where the claim says something, and both sides are known.

        A run that has diverged is infinite from then on. Beyond the size at which runs count as
        diverged, a bound cannot be compared with it.
        """
        reach = np.isfinite(self.left) | (np.abs(self.right) < HUGE)
        return self.mask & ~np.isnan(self.left) & reach

    @property
    def missing(self) -> np.ndarray:
        """(G, R): where the claim says something of a run that was not finished, or is NaN."""
        return self.mask & np.isnan(self.left)

    @property
    def excess(self) -> np.ndarray:
        """(G, R): by how much the sides contradict the relation, in units of the slack."""
        with np.errstate(all="ignore"):
            apart = self.left - self.right
            if self.relation is Relation.EQUAL:
                apart = np.abs(apart)
            elif self.relation is Relation.AT_LEAST:
                apart = -apart
            units = apart / np.maximum(self.slack, 1e-300)
        return np.where(self.known & ~np.isnan(units), units, -np.inf)

    @property
    def ratio(self) -> np.ndarray:
        """(G, R): left over right, or for a lower bound the inverse; 0 where all is rounding."""
        with np.errstate(all="ignore"):
            ratio = self.left / self.right
            ratio = 1 / ratio if self.relation is Relation.AT_LEAST else ratio
        small = np.abs(self.right) + np.abs(self.left) <= 4 * self.slack
        return np.where(self.known & ~small & ~np.isnan(ratio), ratio, 0.0)

    def tightness(self) -> float | None:
        """How close the sides come after the start; None where the claim speaks only of the start.

        The largest ratio; of two sides that should be equal, their largest difference in units of
        the slack.
        """
        later = self.known & (self.trace.grid > 0)[:, None]
        if not later.any():
            return None
        of = self.excess if self.relation is Relation.EQUAL else self.ratio
        return float(np.max(of[later], initial=0.0))


class _Place(NamedTuple):
    """Where the sides contradict the claim: row and column.

    ``confirmed`` are the 50-digit sides that contradict it too; ``looked`` says whether there was
    a second look.
    """

    g: int
    r: int
    confirmed: tuple[Any, Any] | None = None
    looked: bool = True


def decide(
    setting: Setting,
    sides: Sides,
    what: Any,
    *,
    second: SecondLook | None = None,
    allowance: Callable[[np.ndarray], Any] = lambda left: 0.0,
    tolerance: float = EXACT,
) -> Evidence:
    """The evidence of one setting.

    Parameters
    ----------
    what : the name of the left side, for sentences
    second : both sides again in 50 digits, NaN where there is no second look; without it what the
        sides say is final, as for counts
    allowance : of the left side in 50 digits: by how much certificates may be wrong there
    tolerance : relative difference of the sides in 50 digits that is no contradiction
    """
    trace, excess = sides.trace, sides.excess
    tightness = sides.tightness()
    equal = sides.relation is Relation.EQUAL
    measure = "difference of the sides, over what is allowed," if equal else "metric/bound"
    evidence = Evidence(
        str(setting),
        Verdict.HOLDS,
        f"{setting}: the largest {measure} is {tightness or 0.0:.4g}",
        basis=sides.basis,
        worst_ratio=tightness,
        resolution=None if tightness is None or equal else min(tightness, 1.0),
        statuses=counted(trace),
        engine=trace.engine,
    )
    if not sides.mask.any():
        sentence = f"{setting}: the claim says nothing here: its condition or bound has no value"
        return replace(evidence, verdict=Verdict.INAPPLICABLE, sentence=sentence)
    found, denied, alone = None, None, None
    for place in _places(sides, excess, second, allowance, tolerance):
        if place.confirmed is not None:
            found = place
            break
        if place.looked:
            denied = denied or place
        else:
            alone = alone or place
    if denied is None:  # what 50 digits deny at one place is not believed of doubles at another
        found = found or alone
    if found is not None:
        g, r = found.g, found.r
        at_witness = excess[g, r] if equal else sides.ratio[g, r]
        worst = max(float(at_witness), tightness or 0.0)
        return replace(
            evidence,
            verdict=Verdict.REFUTED,
            sentence=f"{setting}: {_told(sides, found, what)}"
            + ("" if second is None or found.looked else ALONE),
            witness=witness(
                setting,
                sides.left[g, r],
                sides.right[g, r],
                sides.relation,
                sides.basis,
                replicate=trace.replicates[r],
                k=int(trace.grid[g]),
                precise=found.confirmed,
            ),
            worst_ratio=worst,
        )
    if denied is not None:
        sentence = f"{setting}: {_told(sides, denied, what)} in doubles, but not in 50 digits"
        return replace(evidence, verdict=Verdict.INCONCLUSIVE, sentence=sentence)
    if sides.missing.any() or not sides.known.any():
        return replace(
            evidence, verdict=Verdict.INCONCLUSIVE, sentence=unfinished(setting, trace, what)
        )
    return evidence


def decide_twice(
    bench: Bench,
    setting: Setting,
    sides: Sides,
    metric: Metric,
    other: Any,
    tolerance: float = EXACT,
) -> Evidence:
    """The evidence of a metric beside ``other``, a formula or a method, with a second look."""

    def second(replicate: int, ks: Sequence[int]) -> tuple[Any, Any]:
        return bench.exactly(setting, metric, other, replicate, ks, sides.basis)

    return decide(
        setting,
        sides,
        metric,
        second=second,
        allowance=lambda left: metric.allowance(left, setting.problem),
        tolerance=tolerance,
    )


def decide_bet(
    setting: Setting,
    trace: Trace,
    log_e: float,
    threshold: float,
    sentence: str,
    *,
    left: float,
    right: float,
    relation: Relation,
    k: int,
) -> Evidence:
    """The evidence of a sample: refuted where its e-value reaches the threshold.

    ``left`` and ``right`` are what the sample says of the two sides at iteration ``k``, where they
    contradict the claim most.
    """
    refuted = log_e >= threshold
    seen = witness(setting, left, right, relation, Basis.E_VALUE, k=k)
    return Evidence(
        str(setting),
        Verdict.REFUTED if refuted else Verdict.HOLDS,
        f"{setting}: {sentence} at k = {k}; e-value 10^{log_e / np.log(10):.1f}",
        basis=Basis.E_VALUE,
        witness=seen if refuted else None,
        log_e_value=log_e,
        statuses=counted(trace),
        engine=trace.engine,
    )


def counted(trace: Trace) -> dict[str, int]:
    """How many replicates ended in which way, by the names of the statuses."""
    return {s.name.lower(): c for s, c in trace.status_counts().items()}


def unfinished(setting: Setting, trace: Trace, what: Any) -> str:
    """Why a value is missing, in one sentence."""
    lost = [s for s in trace.statuses if s is not Status.FINISHED]
    return f"{setting}: " + (lost[0] if lost else f"the {what} is not a number")


def witness(
    setting: Setting,
    left: Any,
    right: Any,
    relation: Relation,
    basis: Basis,
    *,
    replicate: int | None = None,
    k: int | None = None,
    precise: tuple[Any, Any] | None = None,
) -> Witness:
    """What a refutation on a setting rests on; ``precise`` are both sides in 50 digits."""
    return Witness(
        instance=setting.problem.name,
        method=str(setting.chosen_method),
        choices={str(s): str(v) for s, v in setting.choices.items()},
        iterations=setting.iterations,
        replicate=replicate,
        k=k,
        left=float(left),
        right=float(right),
        relation=relation,
        basis=basis,
        precise=None if precise is None else (_digits(precise[0]), _digits(precise[1])),
    )


def _digits(value: Any) -> str:
    return str(mp.nstr(value, 20))


def _told(sides: Sides, place: _Place, what: Any) -> str:
    """The contradiction in words."""
    left, right = sides.left[place.g, place.r], sides.right[place.g, place.r]
    apart = {
        Relation.AT_MOST: "above the bound",
        Relation.AT_LEAST: "below the bound",
        Relation.EQUAL: "and not",
    }[sides.relation]
    digits = 6 if abs(left - right) > 1e-5 * max(abs(left), abs(right)) else 12
    told = f"at k = {sides.trace.grid[place.g]} the {what} is {left:.{digits}g}, {apart} "
    told += f"{right:.{digits}g}"
    if place.confirmed is not None:
        told += ", in 50-digit arithmetic too"
    if np.isinf(left) and sides.trace.statuses[place.r] is Status.DIVERGED:
        told += "; " + Status.DIVERGED
    return told


def _places(
    sides: Sides,
    excess: np.ndarray,
    second: SecondLook | None,
    allowance: Callable[[np.ndarray], Any],
    tolerance: float,
) -> "Sequence[_Place] | Any":
    """Places of contradiction: first one that is clear and early, then the largest excesses.

    With a second look each is confirmed or not.
    """
    if not (excess > 1).any():
        return
    if second is None:
        yield _Place(*_first(excess), looked=False)
        return
    g, r = _first(excess)
    looks = [(r, np.array([g]))] if excess[g, r] >= CLEAR else []
    looks += [
        (int(r), _largest(excess[:, r]))
        for r in np.argsort(-excess.max(axis=0), kind="stable")[:LOOKS]
    ]
    tried: set[tuple[int, int]] = set()
    for r, rows in looks:
        rows = np.array([row for row in rows if (int(row), r) not in tried], dtype=int)
        if not len(rows):
            continue
        tried |= {(int(row), r) for row in rows}
        ks = [int(sides.trace.grid[row]) for row in rows]
        lefts, rights = second(sides.trace.replicates[r], ks)
        # Only of runs there is always a second look: what became no number there denies too.
        looked = [sides.basis is Basis.EXACT or left == left for left in lefts]
        for row, left, right in zip(rows, lefts, rights, strict=True):
            if _contradicts(left, right, sides.relation, allowance, tolerance):
                yield _Place(int(row), r, (left, right))
        for some in (True, False):
            chosen = rows[np.array(looked) == some]
            if len(chosen):
                yield _Place(int(chosen[np.argmax(excess[chosen, r])]), r, looked=some)
        if not any(looked):  # later iterations, and other starting points, take no less
            return


def _largest(excess: np.ndarray) -> np.ndarray:
    """The rows of the largest excesses of one replicate, in order, wherever in the run they are."""
    rows = np.flatnonzero(excess > 1)
    return np.sort(rows[np.argsort(-excess[rows], kind="stable")][:PLACES])


def _first(excess: np.ndarray) -> tuple[int, int]:
    """The largest of the first clear excesses; where none is clear, the largest."""
    clear = (excess >= CLEAR).any(axis=1)
    if not clear.any():
        place = np.unravel_index(np.argmax(excess), excess.shape)
        return int(place[0]), int(place[1])
    first = int(np.argmax(clear))
    return first, int(np.argmax(excess[first]))


def _contradicts(
    left: Any,
    right: Any,
    relation: Relation,
    allowance: Callable[[np.ndarray], Any],
    tolerance: float,
) -> bool:
    """Whether two 50-digit sides contradict the relation by more than their errors."""
    if any(v != v or getattr(v, "imag", 0) != 0 for v in (left, right)):  # no real number
        return False
    apart = left - right
    if relation is Relation.EQUAL:
        apart, size = abs(apart), max(abs(left), abs(right))
    else:
        apart, size = (-apart if relation is Relation.AT_LEAST else apart), abs(right)
    allowed = float(np.max(allowance(np.array([abs(float(left))]))))
    return bool(apart > size * tolerance + allowed)
