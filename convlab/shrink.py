"""A counterexample made small: fewer steps, smaller dimension, rounder parameters, no key.

A refutation is easier to believe and to look into where its instance is simple. So what refutes a
claim is changed piece by piece towards simpler values, and kept as long as the same claim is still
refuted, by the same procedure.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from convlab import symbols
from convlab.claims import Claim, Evidence, Finding, Setting, Verdict
from convlab.errors import ConvlabError, UnavailableError
from convlab.family import Between, Instance, Numbers, Parameter
from convlab.problem import Problem

__all__ = ["shrunk"]

Judge = Callable[[Problem, int], Finding]
"""The finding of the claim on a problem, with runs of this length."""


@dataclass(frozen=True)
class _Example:
    """An instance that refutes, the length of the run, and the evidence."""

    instance: Instance
    iterations: int
    evidence: Evidence


def shrunk(
    claim: Claim, finding: Finding, setting: Setting, judge: Judge, seconds: float
) -> Finding:
    """The finding with a simpler witness, as far as one is found within the seconds.

    ``setting`` is the one that refutes the claim. A problem that no family made stays as it is, and
    so does the length of a run on which the claim depends.
    """
    first = next(e for e in finding.evidence if e.verdict is Verdict.REFUTED)
    made = setting.problem.instance
    if made is None:
        return finding
    best = _Example(made, setting.iterations, first)
    until = time.monotonic() + seconds
    improved = True
    while improved:
        improved = False
        for instance, iterations in _simpler(claim, best):
            if time.monotonic() > until:
                break
            tried = _judged(instance, iterations, judge)
            if tried is not None:
                best, improved = _Example(instance, iterations, tried), True
                break
    if best.evidence is first:
        return finding
    sentence = best.evidence.sentence
    if best.instance != made:
        sentence += f"; first found on {setting}"
    ratios = [e.worst_ratio for e in (first, best.evidence) if e.worst_ratio is not None]
    told = replace(best.evidence, sentence=sentence, worst_ratio=max(ratios, default=None))
    others = tuple(e for e in finding.evidence if e is not first)
    return Finding(Verdict.REFUTED, sentence, (*others, told))


def _judged(instance: Instance, iterations: int, judge: Judge) -> Evidence | None:
    """The evidence that refutes the claim there; None where it does not, or cannot be tried."""
    try:
        finding = judge(instance.problem(), iterations)
    except (ConvlabError, UnavailableError):
        return None
    if finding.verdict is not Verdict.REFUTED:
        return None
    return next(e for e in finding.evidence if e.verdict is Verdict.REFUTED)


def _simpler(claim: Claim, example: _Example) -> Iterator[tuple[Instance, int]]:
    """Instances and lengths that are simpler in one respect, the simplest first."""
    made, iterations = example.instance, example.iterations
    witness = example.evidence.witness
    if "horizon" not in made.parameters and not _speaks_of_the_end(claim):
        at = None if witness is None else witness.k
        if at is not None and 0 < at < iterations:
            yield made, at
    if made.key:
        yield replace(made, key=0), iterations
    for name, parameter in made.family.parameters.items():
        for value in _simpler_values(parameter, made.parameters[name]):
            changed = replace(made, parameters={**made.parameters, name: value})
            yield changed, int(value) if name == "horizon" else iterations


def _speaks_of_the_end(claim: Claim) -> bool:
    """Whether the length of the run is part of what is claimed, or slopes are read off it."""
    return claim.slope or symbols.T in claim.symbols


def _simpler_values(parameter: Parameter, value: Any) -> Iterator[Any]:
    """Values of a parameter that are simpler than this one, the simplest first."""
    allowed = parameter.range
    if isinstance(allowed, Numbers):
        return
    if not isinstance(allowed, Between):
        yield from allowed.options[: allowed.options.index(value)]
        return
    if parameter.kind is int:
        low, tried = int(allowed.low), []
        while low < value:
            tried.append(low)
            low = (low + value + 1) // 2
        yield from tried
        return
    rounder = [float(parameter.default), 1.0, *(float(f"{value:.{n}g}") for n in (1, 2, 3))]
    for simple in dict.fromkeys(rounder):
        if simple in allowed and len(repr(simple)) < len(repr(value)):
            yield simple
