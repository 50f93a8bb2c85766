"""Falsifying: a search for the instance on which a theorem comes closest to being false.

First the instances that refuted the theorem in earlier searches are tried. Then all families that
fit are raced, with more parameters than for a verdict, and Hypothesis draws instances from the
declared ranges of the best families, towards larger metric/bound. The referee, where it is asked,
computes the exact worst case for a few iterations. What is found is judged like any other instance,
made simple, and remembered where it refutes a claim.
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

from convlab.claims import Claim, Finding, Verdict
from convlab.errors import ConvlabError, UnavailableError
from convlab.family import Family, Instance
from convlab.instances import PROFILES, Instances, named
from convlab.laboratory import Laboratory
from convlab.problem import Problem
from convlab.race import Budget, Entry, Race, iterations_of
from convlab.referee import ITERATIONS, Exact, require_installed, worst_cases
from convlab.theorem import Theorem

__all__ = ["Search", "Worst", "falsify", "remembered"]

BUDGET = Budget(finalists=8, scan=33, zooms=6, sweeps=3, choices=3, generations=30)
"""What is raced; the time may end it earlier."""
ROUGH = Budget(finalists=8, scan=9, zooms=3, sweeps=1, choices=3)
"""The first round, so that none of the finalists waits for another to be done with."""
RACE = 0.6
"""Share of the time after which the race ends and Hypothesis begins."""
BEYOND = 1 + 1e-6
"""An instance is judged at once where metric/bound is larger."""
LONGEST = 16
"""The last iteration at which the referee is asked for the only ones that a claim speaks of."""
JUDGED = 4096
"""How many instances may be judged under one budget of errors."""


class Worst(NamedTuple):
    """The worst instance of one claim, and the finding on it, or, if refuted, on a simple one.

    ``ratio`` is the largest metric/bound; None for claims that are no bounds. ``exact`` is what the
    referee says at some iterations, a sentence where it refuses the claim; None if not asked.
    """

    claim: Claim
    problem: Problem
    iterations: int
    ratio: float | None
    finding: Finding
    exact: tuple[Exact, ...] | str | None = None


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
        return bool(self.refutations)

    @property
    def refutations(self) -> list[str]:
        """What refutes a claim, in one sentence for each."""
        found = (w.finding for w in self.worst)
        return [f.sentence for f in found if f.verdict is Verdict.REFUTED]


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
    referee: bool = False,
    progress: Progress = lambda what, share: None,
    clock: Callable[[], float] = time.monotonic,
) -> Search:
    """Search for the worst instance of each claim.

    Parameters
    ----------
    families : those to draw from, where the theorem does not name its own
    seconds : of search; to judge what is found takes a few seconds more
    key : decides what is drawn
    database : a folder in which what refutes a claim is kept, to be tried first the next time
    referee : afterwards compute the exact worst cases, with the constants of the worst instance;
        this takes as long as it takes
    clock : counts the seconds; ``time.process_time`` on a machine that does other work

    Raises
    ------
    ConvlabError
        where no family has a member that satisfies the assumptions.
    UnavailableError
        where the referee is asked, and not installed.
    """
    if referee:
        require_installed()
    return _Search(theorem, families, seconds, key, database, progress, clock).result(referee)


def remembered(
    theorem: Theorem, families: Mapping[str, Family], database: Path, *, key: int = 0
) -> list[Worst]:
    """What earlier searches found, tried again: where a claim is still refuted.

    Instances that cannot be made any more, or do not satisfy the assumptions, are passed over.
    """
    search = _Search(theorem, families, 0.0, key, database, lambda what, share: None)
    search.recall()
    return [w for c in theorem.claims if search.refuted(c) and (w := search.worst(c)) is not None]


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
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.theorem, self.progress, self.key = theorem, progress, key
        self.catalogue, self.memory = families, None if database is None else _Memory(database)
        self.clock, self.began, self.limit = clock, clock(), seconds
        self.laboratory = Laboratory(families, PROFILES["quick"], key=key, suite=JUDGED)
        self.makers = Instances(families, PROFILES["quick"], key)
        self.race = Race.of(theorem, self.makers, BUDGET, key)
        named = [f for f in (*theorem.tight, *(theorem.on or ())) if isinstance(f, Family)]
        others = (
            reversed(list(families.values())) if theorem.on is None else ()
        )  # those of a file first
        self.families = list(dict.fromkeys([*named, *others]))
        self.tried = 0
        self.best: dict[Claim, tuple[float, Entry]] = {}
        self.judged: dict[Claim, tuple[Problem, int, Finding]] = {}

    @property
    def share(self) -> float:
        """The share of the time that has passed."""
        return (self.clock() - self.began) / max(self.limit, 1e-9)

    def result(self, referee: bool) -> Search:
        """Remember, race, search, ask the referee, judge."""
        self.recall()
        ranked = self._raced()
        if not ranked:
            raise ConvlabError(f"{self.theorem.id}: no family satisfies the assumptions")
        for claim, (ratio, entry) in list(self.best.items()):
            if ratio > BEYOND:
                self._judge(claim, entry.problem)
        if not any(self.refuted(claim) for claim in self.theorem.claims):
            self._drawn(ranked)
        took = self.clock() - self.began
        self.progress("judging", 1.0)
        worst = [found for c in self.theorem.claims if (found := self.worst(c)) is not None]
        if referee:
            worst = [self._refereed(found) for found in worst]
        if self.memory is not None:
            for found in worst:
                self.memory.keep(self.theorem, found)
        return Search(self.theorem, tuple(worst), len(ranked), self.tried, took)

    def recall(self) -> None:
        """Judge all claims on what earlier searches found."""
        for text, length, chosen in () if self.memory is None else self.memory.found(self.theorem):
            self.progress("remembering", self.share)
            try:
                made = named(text, self.catalogue, self.theorem)
                theorem = self.theorem.at(**chosen)
                if not isinstance(made, Problem) or theorem.constants(made) is None:
                    continue
                for claim in theorem.claims:
                    self._judge(claim, made, length, theorem)
            except (ConvlabError, UnavailableError):
                continue

    def worst(self, claim: Claim) -> Worst | None:
        """What was found for a claim, None where nothing was."""
        ratio, entry = self.best.get(claim, (None, None))
        if entry is not None and not self.refuted(claim):
            self._judge(claim, entry.problem)
        if claim not in self.judged:
            return None
        problem, length, finding = self.judged[claim]
        seen = [r for r in (ratio, finding.worst_ratio) if r is not None]
        if entry is not None and (ratio or 0.0) >= (finding.worst_ratio or 0.0):
            problem, length = entry.problem, self._length(entry.problem)
        return Worst(claim, problem, length, max(seen, default=None), finding)

    def _refereed(self, worst: Worst) -> Worst:
        """With the exact worst cases; their instances take part, and the worst is the answer."""
        number = next(i for i, c in enumerate(self.theorem.claims) if c is worst.claim)
        said = iterations_of(worst.claim, self.theorem.iterations).tolist()
        few = len(said) <= len(ITERATIONS) and max(said, default=LONGEST + 1) <= LONGEST
        asked = said if few else ITERATIONS
        found: list[Exact] = []

        def tell(one: Exact) -> None:
            found.append(one)
            self.progress("asking the referee", len(found) / len(asked))

        self.progress("asking the referee", 0.0)
        try:
            worst_cases(self.theorem, worst.problem, claim=number, iterations=asked, progress=tell)
        except ConvlabError as error:
            if not found:
                return worst._replace(exact=str(error))
        for one in found:
            if one.problem is None or one.reached is None or one.reached <= (worst.ratio or 0.0):
                continue
            finding = self._finding(worst.claim, one.problem, one.k)
            refuted = finding.verdict is Verdict.REFUTED
            if refuted or worst.finding.verdict is not Verdict.REFUTED:
                worst = Worst(worst.claim, one.problem, one.k, one.reached, finding)
        return worst._replace(exact=tuple(found))

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
        ends = [
            (c, entry, ratio)
            for c in range(len(self.race.claims))
            for entry, ratio in self.race.finalists(scored, c)
        ]
        first = [entry.instance.family for _, entry, _ in ends]
        for c, entry, ratio in ends:
            self._keep(self.race.claims[c], entry, ratio)
        ends = list(self._searched(replace(self.race, budget=ROUGH), ends, 1.0))
        race = self.race
        while ends and self.share < RACE:
            ends = [e for e in self._searched(race, ends, RACE) if race.evolves(*e[1:])]
            # The next round begins where this one ends, with other draws and more of them.
            more = race.budget._replace(generations=2 * race.budget.generations)
            race = replace(race, budget=more, key=race.key + 1)
        return list(dict.fromkeys([*first, *(entries[0].instance.family for entries, _ in scored)]))

    def _searched(
        self, race: Race, ends: list[tuple[int, Entry, float]], until: float
    ) -> Iterator[tuple[int, Entry, float]]:
        """The finalists with their parameters searched, as far as the time allows."""
        for c, entry, ratio in ends:
            if self.share > until:
                return
            self.progress("racing", self.share)
            entry, ratio = race.searched(entry, ratio, c)
            self._keep(race.claims[c], entry, ratio)
            yield c, entry, ratio

    def _keep(self, claim: Claim, entry: Entry, ratio: float) -> None:
        if claim not in self.best or ratio > self.best[claim][0]:
            self.best[claim] = ratio, entry

    # Hypothesis ---------------------------------------------------------------------------------

    def _drawn(self, ranked: list[Family]) -> None:
        """Instances drawn by Hypothesis, from the finalists where claims have a ratio."""
        from hypothesis import HealthCheck, Verbosity, find, settings, target
        from hypothesis import strategies as st
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

        options = settings(
            max_examples=10**6,
            deadline=None,
            database=None,
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
        )
        try:
            find(st.one_of(drawn), refutes, settings=options, random=Random(self.key))
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

    def _judge(
        self,
        claim: Claim,
        problem: Problem,
        iterations: int | None = None,
        theorem: Theorem | None = None,
    ) -> bool:
        """Whether the claim is refuted on the problem; what refutes is kept, and the latest."""
        length = iterations or self._length(problem)
        finding = self._finding(claim, problem, length, theorem)
        refuted = finding.verdict is Verdict.REFUTED
        if refuted or not self.refuted(claim):
            self.judged[claim] = problem, length, finding
        return refuted

    def _finding(
        self, claim: Claim, problem: Problem, iterations: int, theorem: Theorem | None = None
    ) -> Finding:
        alone = replace(theorem or self.theorem, claims=[claim], mutants=())
        return self.laboratory.finding(alone, claim, problem, iterations)

    def refuted(self, claim: Claim) -> bool:
        """Whether a claim is refuted so far."""
        return claim in self.judged and self.judged[claim][2].verdict is Verdict.REFUTED

    def _length(self, problem: Problem) -> int:
        return problem.horizon or self.theorem.iterations


class _Memory:
    """What refuted theorems, in a folder: a database of Hypothesis, with texts as examples.

    A text is an instance, the iterations, and the choices of the theorem's parameters. They are
    kept by the last part of the theorem's id, which does not depend on how its file was named.
    """

    def __init__(self, folder: Path) -> None:
        from hypothesis.database import DirectoryBasedExampleDatabase

        self._database = DirectoryBasedExampleDatabase(folder)

    def keep(self, theorem: Theorem, worst: Worst) -> None:
        """Keep the witness of a refutation, where it can be made again."""
        witness = worst.finding.witness
        if worst.finding.verdict is Verdict.REFUTED and witness is not None:
            example = [witness.instance, witness.iterations, dict(witness.choices)]
            self._database.save(self._name(theorem), json.dumps(example).encode())

    def found(self, theorem: Theorem) -> list[tuple[str, int, dict[str, str]]]:
        """What is kept of a theorem, in an order that is always the same."""
        kept = sorted(self._database.fetch(self._name(theorem)))
        return [tuple(json.loads(text)) for text in kept]

    @staticmethod
    def _name(theorem: Theorem) -> bytes:
        return theorem.id.rpartition("/")[2].encode()
