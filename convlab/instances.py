"""On what a theorem is tried: tight instances always, then families that fit."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from convlab import interpolated
from convlab.abreast import abreast
from convlab.errors import ConvlabError, UnavailableError
from convlab.families import Families, instance_of
from convlab.family import Choice, Family, Instance
from convlab.problem import Problem
from convlab.race import Budget, axes_of, members, probes, race, speaks_of_the_horizon
from convlab.theorem import Theorem

__all__ = ["PROFILES", "Instances", "Profile", "named"]


@dataclass(frozen=True)
class Profile:
    """How much is tried.

    ``length`` multiplies the iterations of each theorem; ``horizons`` are the iterations at which
    worst-case instances are built; ``starts`` and ``replicates`` per setting (the latter growing
    in blocks); ``instances`` are those beside the tight ones, half of them from the race;
    ``choices`` are values tried per free parameter; ``seconds`` limits one run; ``power`` says
    that automatic mutants are tried beside those of a theorem.
    """

    length: int
    horizons: tuple[int, ...]
    starts: int
    replicates: tuple[int, ...]
    instances: int
    choices: int
    seconds: float
    race: Budget
    power: bool = False


PROFILES = {
    "quick": Profile(1, (1, 4, 16, 64), 8, (256, 1024), 2, 3, 20.0, Budget(2, 9, 3, 1, 1)),
    "standard": Profile(
        4, (1, 2, 4, 8, 16, 32, 64, 128), 16, (256, 1024, 4096), 6, 3, 120.0, Budget(4, 17, 4, 2, 2)
    ),
    "thorough": Profile(
        16,
        (1, 2, 3, 4, 8, 16, 32, 64, 128, 256),
        32,
        (1024, 4096, 16384),
        50,
        5,
        1200.0,
        Budget(8, 33, 5, 3, 3),
        power=True,
    ),
}
"""The profiles by name."""


class Instances:
    """Chooses problems for theorems from families, by a profile and a key."""

    def __init__(self, families: Mapping[str, Family], profile: Profile, key: int) -> None:
        self.families = families
        self.profile = profile
        self.key = key
        self._made: dict[Any, Problem] = {}
        self._together: dict[Any, Problem] = {}
        self._chosen: dict[int, tuple[Theorem, list[tuple[Problem, int, bool]]]] = {}
        self._entered: dict[Any, list[tuple[Instance, Problem]]] = {}

    def for_theorem(self, theorem: Theorem) -> list[tuple[Problem, int, bool]]:
        """The instances for a theorem, chosen once: problem, iterations, whether it is tight."""
        if id(theorem) not in self._chosen:
            self._chosen[id(theorem)] = theorem, self._choose(theorem)
        return self._chosen[id(theorem)][1]

    def _choose(self, theorem: Theorem) -> list[tuple[Problem, int, bool]]:
        length = theorem.iterations * self.profile.length
        found: list[tuple[Problem, int, bool]] = []
        for instance in theorem.tight:
            found += [(p, n, True) for p, n in self._of(instance, theorem, length)]
        if theorem.on is not None:
            for instance in theorem.on:
                found += [(p, n, False) for p, n in self._of(instance, theorem, length)]
        else:
            raced = list(self._raced(theorem, length))
            count = max(1, self.profile.instances - len({p for p, _ in raced}))
            drawn = self._drawn(theorem, length, count)
            found += [(p, n, False) for p, n in (*raced, *drawn)]
        return found

    def _of(
        self, instance: Family | Problem, theorem: Theorem, length: int
    ) -> Iterator[tuple[Problem, int]]:
        if isinstance(instance, Problem):
            made = instance.horizon if speaks_of_the_horizon(theorem) else None
            lengths = self._lengths(theorem, length) if made is None else (made,)
            yield from ((instance, n) for n in lengths)
        elif "horizon" in instance.parameters:
            for horizon in self._horizons(instance.parameters["horizon"].range):
                yield self.problem(instance.instance(horizon=horizon)), horizon
        else:
            problem = self.problem(instance.instance())
            yield from ((problem, n) for n in self._lengths(theorem, length))

    def _horizons(self, allowed: Any) -> list[int]:
        """Those of the profile; where a family has a choice of its own, all up to the longest."""
        listed = self.profile.horizons
        offered = allowed.options if isinstance(allowed, Choice) else listed
        return [horizon for horizon in offered if horizon in allowed and horizon <= max(listed)]

    def _lengths(self, theorem: Theorem, length: int) -> tuple[int, ...]:
        """One length, or several horizons where the statement speaks of the horizon T.

        The shortest are always among them, where a constant that is off by one shows, and odd
        ones; a longer profile keeps those of the quick one.
        """
        if speaks_of_the_horizon(theorem):
            usual = theorem.iterations
            short = {1, 2, 3, usual // 50 | 1, usual // 4, usual}
            return tuple(sorted(short | {length // 4, length}))
        return (length,)

    def _raced(self, theorem: Theorem, length: int) -> Iterator[tuple[Problem, int]]:
        """For each claim the worst instance of the race, and more finalists in longer profiles."""
        # Those of the user's files come last in the catalogue, and first here.
        families = [f for f in reversed(list(self.families.values())) if f not in theorem.tight]
        found = race(theorem, families, self, self.profile.race, self.key)
        chosen: dict[Problem, int | None] = {}
        for finalists in found:
            for place in finalists[: self.profile.instances // 2]:
                chosen[place.problem] = place.horizon
        for problem, horizon in chosen.items():
            lengths = self._lengths(theorem, length) if horizon is None else (horizon,)
            yield from ((problem, n) for n in lengths)

    def _drawn(self, theorem: Theorem, length: int, count: int) -> Iterator[tuple[Problem, int]]:
        """Problems of families that satisfy the assumptions, in an order that the key decides.

        Their iterates have as many axes as those of the instances that the theorem names.
        """
        axes = axes_of(theorem, self)
        order = sorted(
            self.families.values(), key=lambda f: zlib.crc32(f"{self.key}:{f.name}".encode())
        )
        for family in order:
            if count <= 0:
                return
            if family in theorem.tight or "horizon" in family.parameters:
                continue
            try:
                default = self.problem(family.instance())
                if theorem.constants(default) is None or len(default.shape) != axes:
                    continue
            except UnavailableError:
                continue
            problem = self.problem(family.drawn(self.key + 1))
            if theorem.constants(problem) is None:
                problem = default
            count -= 1
            yield from ((problem, n) for n in self._lengths(theorem, length))

    def problem(self, instance: Instance) -> Problem:
        """The problem of an instance, made once."""
        mark = (id(instance.family), instance.key, tuple(instance.parameters.items()))
        if mark not in self._made:
            self._made[mark] = instance.problem()
        return self._made[mark]

    def probes(self, family: Family) -> list[tuple[Instance, Problem]]:
        """The members by which one sees whether a family can fit, made once."""
        return self._some(family, probes)

    def members(self, family: Family) -> list[tuple[Instance, Problem]]:
        """The members that a family enters into every race, made once."""
        return self._some(family, members)

    def _some(
        self, family: Family, chosen: Callable[[Family, int], Iterable[Instance]]
    ) -> list[tuple[Instance, Problem]]:
        """Members and their problems; none where their data are not there."""
        mark = family, chosen
        if mark not in self._entered:
            try:
                each = dict.fromkeys(chosen(family, self.key))
                self._entered[mark] = [(i, self.problem(i)) for i in each]
            except UnavailableError:
                self._entered[mark] = []
        return self._entered[mark]

    def abreast(self, problems: Sequence[Problem], starts: int, key: int) -> Problem:
        """Problems as one, made once: see :func:`convlab.abreast.abreast`."""
        mark = (*problems, starts, key)
        if mark not in self._together:
            self._together[mark] = abreast(problems, starts, key)
        return self._together[mark]


def named(text: str, families: Mapping[str, Family], theorem: Theorem | None) -> Family | Problem:
    """What a text names: a family by its name alone, an instance, or a problem of the theorem.

    The families are those given, those that the theorem names, and those whose parameters are the
    numbers themselves (:mod:`convlab.interpolated`). Raises ConvlabError where the
    text names nothing or several, with the nearest name or with all.
    """
    listed = () if theorem is None else (*theorem.tight, *(theorem.on or ()))
    own = [p for p in listed if isinstance(p, Problem)]
    found = [p for p in own if p.name == text]
    if len(found) > 1 and any(p.instance is None for p in found):
        raise ConvlabError(f"the theorem names {len(found)} problems called '{text}'")
    if found:
        return found[0]
    used = [f for f in listed if isinstance(f, Family)]
    used += [p.instance.family for p in own if p.instance is not None]
    known = Families(families, (*used, *interpolated.FAMILIES))
    if all(part.isidentifier() for part in text.split(".")):
        return known.find(text)
    return instance_of(text, known).problem()
