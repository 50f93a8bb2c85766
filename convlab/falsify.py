"""Falsifying: a search for the instance on which a theorem comes closest to being false.

First all families that fit are raced, with more parameters than for a verdict. Then Hypothesis
draws instances from the declared ranges of the best families, towards larger metric/bound, keeps
what refutes a claim in its database, and makes it simple. What is found is judged like any other
instance.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

from convlab.claims import Claim, Finding, Verdict
from convlab.errors import ConvlabError, UnavailableError
from convlab.family import Family, Instance
from convlab.instances import PROFILES, Instances
from convlab.laboratory import Laboratory
from convlab.problem import Problem
from convlab.race import Budget, Entry, Race
from convlab.theorem import Theorem

__all__ = ["Search", "Worst", "falsify"]

BUDGET = Budget(finalists=8, scan=33, zooms=6, sweeps=3, choices=3, generations=30)
"""What is raced; the time may end it earlier."""
RACE = 0.6
"""Share of the time after which the race ends and Hypothesis begins."""
BEYOND = 1 + 1e-6
"""An instance is judged at once where metric/bound is larger."""


class Worst(NamedTuple):
    """The worst instance of one claim, and the finding on it, or, if refuted, on a simple one.

    ``ratio`` is the largest metric/bound; None for claims that are no bounds.
    """

    claim: Claim
    problem: Problem
    iterations: int
    ratio: float | None
    finding: Finding


@dataclass(frozen=True)
class Search:
    """What a search came to: the worst instance of each claim, and how much was tried."""

    theorem: Theorem
    worst: tuple[Worst, ...]
    families: int
    instances: int
    seconds: float

    @property
    def refuted(self) -> bool:
        """Whether a claim is refuted."""
        return any(w.finding.verdict is Verdict.REFUTED for w in self.worst)


class _Late(BaseException):
    """The time is up. Hypothesis lets it pass, since it is no Exception."""


Progress = Callable[[str, float], None]
"""Told what is being done, and the share of the time that has passed."""


def falsify(
    theorem: Theorem,
    families: Mapping[str, Family],
    *,
    seconds: float = 20.0,
    key: int = 0,
    database: Path | None = None,
    progress: Progress = lambda what, share: None,
) -> Search:
    """Search for the worst instance of each claim.

    Parameters
    ----------
    families : those to draw from, where the theorem does not name its own
    seconds : of search; to judge what is found takes a few seconds more
    key : decides what is drawn
    database : a folder in which Hypothesis keeps what refutes a claim, to try it first next time

    Raises
    ------
    ConvlabError
        where no family has a member that satisfies the assumptions.
    """
    return _Search(theorem, families, seconds, key, database, progress).result()


class _Search:
    """One search: what is best so far, for each claim."""

    def __init__(
        self,
        theorem: Theorem,
        families: Mapping[str, Family],
        seconds: float,
        key: int,
        database: Path | None,
        progress: Progress,
    ) -> None:
        self.theorem, self.database, self.progress, self.key = theorem, database, progress, key
        self.began, self.limit = time.monotonic(), seconds
        self.laboratory = Laboratory(families, PROFILES["quick"], key=key)
        self.makers = Instances(families, PROFILES["quick"], key)
        self.race = Race.of(theorem, self.makers, BUDGET, key)
        named = [f for f in (*theorem.tight, *(theorem.on or ())) if isinstance(f, Family)]
        others = (
            reversed(list(families.values())) if theorem.on is None else ()
        )  # those of a file first
        self.families = list(dict.fromkeys([*named, *others]))
        self.tried = 0
        self.best: dict[Claim, tuple[float, Entry]] = {}
        self.judged: dict[Claim, tuple[Problem, Finding]] = {}

    @property
    def share(self) -> float:
        """The share of the time that has passed."""
        return (time.monotonic() - self.began) / max(self.limit, 1e-9)

    def result(self) -> Search:
        """Race, search, judge."""
        ranked = self._raced()
        if not ranked:
            raise ConvlabError(f"{self.theorem.id}: no family satisfies the assumptions")
        false = [
            self._judge(claim, entry.problem)
            for claim, (ratio, entry) in list(self.best.items())
            if ratio > BEYOND
        ]
        if not any(false):
            self._drawn(ranked)
        self.progress("judging", 1.0)
        worst = []
        for claim in self.theorem.claims:
            ratio, entry = self.best.get(claim, (None, None))
            if entry is not None and not self._refuted(claim):
                self._judge(claim, entry.problem)
            if claim in self.judged:
                problem, finding = self.judged[claim]
                problem = problem if entry is None else entry.problem
                seen = [r for r in (ratio, finding.worst_ratio) if r is not None]
                length = self._length(problem)
                worst.append(Worst(claim, problem, length, max(seen, default=None), finding))
        took = time.monotonic() - self.began
        return Search(self.theorem, tuple(worst), len(ranked), self.tried, took)

    # Race ---------------------------------------------------------------------------------------

    def _raced(self) -> list[Family]:
        """The families that fit, those of the finalists first."""
        scored = []
        for family in self.families:
            self.progress("racing", self.share)
            found = self.race.scored(family)
            if found is not None:
                scored.append(found)
                self.tried += len(found[0])
            if scored and self.share > RACE:
                break
        first: list[Family] = []
        for c, claim in enumerate(self.race.claims):
            for entry, ratio in self.race.finalists(scored, c):
                self.progress("racing", self.share)
                self._keep(claim, entry, ratio)
                first.append(entry.instance.family)
                if self.share < RACE:
                    self._keep(claim, *self.race.searched(entry, ratio, c))
        return list(dict.fromkeys([*first, *(entries[0].instance.family for entries, _ in scored)]))

    def _keep(self, claim: Claim, entry: Entry, ratio: float) -> None:
        if claim not in self.best or ratio > self.best[claim][0]:
            self.best[claim] = ratio, entry

    # Hypothesis ---------------------------------------------------------------------------------

    def _drawn(self, ranked: list[Family]) -> None:
        """Instances drawn by Hypothesis, from the finalists where claims have a ratio."""
        from hypothesis import HealthCheck, Verbosity, find, settings, target
        from hypothesis import strategies as st
        from hypothesis.database import DirectoryBasedExampleDatabase
        from hypothesis.errors import NoSuchExample

        few = ranked[: BUDGET.finalists] if self.race.claims else ranked
        short = range(1, self.race.length + 1)
        horizons = {
            f: [h for h in short if h in f.parameters["horizon"].range]
            for f in few
            if "horizon" in f.parameters
        }
        drawn = [f.instances() for f in few if f not in horizons]
        drawn += [f.instances(horizon=st.sampled_from(hs)) for f, hs in horizons.items() if hs]

        def refutes(instance: Instance) -> bool:
            if self.share >= 1:
                raise _Late
            self.progress("searching", self.share)
            ratio, refuted = self._tried(instance)
            if math.isfinite(ratio):
                target(ratio)
            return refuted

        kept = None if self.database is None else DirectoryBasedExampleDatabase(self.database)
        options = settings(
            max_examples=10**6,
            deadline=None,
            database=kept,
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
        )
        name = self.theorem.id.encode()
        try:
            find(
                st.one_of(drawn),
                refutes,
                settings=options,
                random=Random(self.key),
                database_key=name,
            )
        except (_Late, NoSuchExample):
            return

    def _tried(self, instance: Instance) -> tuple[float, bool]:
        """The largest ratio of a claim on the instance, and whether it refutes one."""
        try:
            problem = instance.problem()
            entries = self.race.entries([(instance, problem)])
        except (ConvlabError, UnavailableError):
            return 0.0, False
        if not entries:
            return 0.0, False
        self.tried += 1
        refuted, largest = False, 0.0
        if self.race.claims:
            ratios = self.race.ratios(entries)[:, 0]
            largest = float(np.max(ratios))
            for bound, ratio in zip(self.race.claims, ratios, strict=True):
                self._keep(bound, entries[0], float(ratio))
                if ratio > BEYOND:
                    refuted |= self._judge(bound, problem)
        for claim in self.theorem.claims:
            if claim not in self.race.claims:
                refuted |= self._judge(claim, problem)
        return largest, refuted

    def _judge(self, claim: Claim, problem: Problem) -> bool:
        """Whether the claim is refuted on the problem; what refutes is kept, and the latest."""
        alone = replace(self.theorem, claims=[claim], mutants=())
        finding = self.laboratory.finding(alone, claim, problem, self._length(problem))
        refuted = finding.verdict is Verdict.REFUTED
        if refuted or not self._refuted(claim):
            self.judged[claim] = problem, finding
        return refuted

    def _refuted(self, claim: Claim) -> bool:
        return claim in self.judged and self.judged[claim][1].verdict is Verdict.REFUTED

    def _length(self, problem: Problem) -> int:
        made = problem.instance
        horizon = None if made is None else made.parameters.get("horizon")
        return horizon or self.theorem.iterations
