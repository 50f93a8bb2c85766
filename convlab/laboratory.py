"""The laboratory: where algorithm, problem and theorem meet and a verdict comes out."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from convlab.bench import Conditions, TheoremBench
from convlab.claims import Claim, Finding, Verdict
from convlab.engine import Trace
from convlab.errors import ConvlabError
from convlab.family import Family
from convlab.instances import PROFILES, Instances, Profile
from convlab.outcome import ClaimReport, MutantReport, Report
from convlab.power import Automatic, automatic
from convlab.problem import Problem
from convlab.shrink import shrunk
from convlab.statement import claim_tex
from convlab.theorem import Mutant, Theorem

__all__ = ["PROFILES", "Laboratory", "Profile", "Report"]

ALPHA = 1e-6
"""Probability of a false refutation anywhere in the suite."""


@dataclass
class Laboratory:
    """Families, a key and a profile: all that a verdict depends on beside the theorem.

    ``suite`` is the number of statements that share the error budget.
    """

    families: Mapping[str, Family]
    profile: Profile = PROFILES["quick"]
    key: int = 0
    backend: str = "numpy"
    engine: str = "auto"
    suite: int = 1

    def __post_init__(self) -> None:
        self._instances = Instances(self.families, self.profile, self.key)

    def verify(self, theorem: Theorem) -> Report:
        """Try all claims on all settings, then all mutants.

        Bad input (an oracle that returns NaN, a certificate that is not true, a step outside its
        range) gives a report with an error.
        """
        began = time.monotonic()
        memory: dict[Any, Any] = {}
        base = {"id": theorem.id, "title": theorem.title, "expected": theorem.expected}
        try:
            bench = self._bench(theorem, None, memory)
            findings = [claim.judge(bench) for claim in theorem.claims]
            mutants = [self._mutant(theorem, m, bench, memory) for m in theorem.mutants]
            if Verdict(theorem.expected) is not Verdict.REFUTED:
                findings = [
                    self._shrunk(theorem, claim, finding, bench)
                    for claim, finding in zip(theorem.claims, findings, strict=True)
                ]
            holds = all(f.verdict is Verdict.HOLDS for f in findings)
            if holds and (self.profile.power or not mutants):
                changes = automatic(theorem, self._instances.families.values())
                mutants += [self._automatic(theorem, a, bench, memory) for a in changes]
        except ConvlabError as error:
            return Report(
                **base,  # type: ignore[arg-type]
                verdict=Verdict.INCONCLUSIVE,
                sentence=str(error),
                error=str(error),
                seconds=time.monotonic() - began,
            )
        verdict, sentence = _verdict(findings, mutants)
        evidence = [e for f in findings for e in f.evidence]
        runs = [made for made in memory.values() if isinstance(made, Trace)]
        return Report(
            **base,  # type: ignore[arg-type]
            verdict=verdict,
            sentence=sentence,
            claims=tuple(
                ClaimReport(
                    c.kind,
                    str(c.metric),
                    None if c.compared is None else str(c.compared),
                    claim_tex(c),
                    f,
                )
                for c, f in zip(theorem.claims, findings, strict=True)
            ),
            mutants=tuple(mutants),
            instances=tuple(dict.fromkeys(str(s) for s in bench.settings())),
            engines=tuple(dict.fromkeys(e.engine for e in evidence)),
            notes=tuple(dict.fromkeys(t.note for t in runs if t.note)),
            seconds=time.monotonic() - began,
        )

    def _shrunk(
        self, theorem: Theorem, claim: Claim, finding: Finding, bench: TheoremBench
    ) -> Finding:
        """A refutation on a simpler instance, where there is one."""
        refuted = {e.setting for e in finding.evidence if e.verdict is Verdict.REFUTED}
        setting = next((s for s in bench.settings() if str(s) in refuted), None)
        if setting is None:
            return finding
        alone = replace(theorem, claims=[claim], mutants=()).chosen(setting.choices)

        def judge(problem: Problem, iterations: int) -> Finding:
            return claim.judge(self._bench(alone, [(problem, iterations, True)], {}))

        return shrunk(claim, finding, setting, judge, self.profile.seconds / 10)

    def _mutant(
        self, theorem: Theorem, mutant: Mutant, original: TheoremBench, memory: dict[Any, Any]
    ) -> MutantReport:
        changed = mutant.change(theorem)
        same = all(
            getattr(changed, name) == getattr(theorem, name)
            for name in ("tight", "on", "assume", "iterations")
        )
        report = self._tried(mutant, changed, original.problems if same else None, memory)
        if report.verdict is not Verdict.REFUTED and same and theorem.on is None:
            report = self._tried(mutant, changed, None, memory)  # where the mutant is worst
        return report

    def _tried(
        self, mutant: Mutant, changed: Theorem, problems: Any, memory: dict[Any, Any]
    ) -> MutantReport:
        bench = self._bench(changed, problems, memory)
        report = MutantReport(mutant.name, mutant.why, Verdict.HOLDS, "no instance refutes it")
        for claim in changed.claims:
            finding = claim.judge(bench)
            if finding.verdict is Verdict.REFUTED:
                return replace(
                    report,
                    verdict=finding.verdict,
                    sentence=finding.sentence,
                    witness=finding.witness,
                )
            if report.verdict is Verdict.HOLDS:
                report = replace(report, verdict=finding.verdict, sentence=finding.sentence)
        return report

    def _automatic(
        self, theorem: Theorem, change: Automatic, bench: TheoremBench, memory: dict[Any, Any]
    ) -> MutantReport:
        """The report on an automatic change: one mutant suffices; that none fits is no error."""
        sentence = "no family at hand lacks just this"
        report = MutantReport("", "", Verdict.INAPPLICABLE, sentence)
        for number, mutant in enumerate(change.mutants):
            try:
                found = self._mutant(theorem, mutant, bench, memory)
            except ConvlabError as error:
                found = MutantReport("", mutant.why, Verdict.INAPPLICABLE, str(error))
            except Exception as error:  # a method may need what was dropped
                told = f"it cannot be run: {type(error).__name__}: {error}"
                found = MutantReport("", mutant.why, Verdict.INAPPLICABLE, told)
            if number == 0 or found.verdict is Verdict.REFUTED:
                report = found
            if found.verdict is Verdict.REFUTED:
                break
        named = change.named_in(theorem)
        return replace(report, name=change.name, automatic=True, named=named)

    def finding(self, theorem: Theorem, claim: Claim, problem: Problem, iterations: int) -> Finding:
        """The finding of one claim on one problem; a refutation on the simplest instance found."""
        bench = self._bench(theorem, [(problem, iterations, False)], {})
        return self._shrunk(theorem, claim, claim.judge(bench), bench)

    def fits(self, theorem: Theorem, family: Family) -> bool:
        """Whether some member satisfies the assumptions, or has a mistake that a run will tell."""
        try:
            probed = self._instances.probes(family)
            return any(theorem.constants(problem) is not None for _, problem in probed)
        except Exception:
            return True

    def bench(self, theorem: Theorem, **others: Any) -> TheoremBench:
        """The settings of a theorem, and runs on them: what its claims are judged with.

        ``others`` are another ``backend`` or ``engine``.
        """
        return self._bench(theorem, None, {}, **others)

    def _bench(
        self, theorem: Theorem, problems: Any, memory: dict[Any, Any], **others: Any
    ) -> TheoremBench:
        if problems is None:
            problems = self._instances.for_theorem(theorem)
        threshold = float(np.log(self.suite / ALPHA))
        conditions = Conditions(self.key, self.backend, self.engine, threshold)._replace(**others)
        return TheoremBench(theorem, problems, self.profile, conditions, memory)


def _verdict(findings: Sequence[Finding], mutants: Sequence[MutantReport]) -> tuple[Verdict, str]:
    for verdict in (Verdict.REFUTED, Verdict.INCONCLUSIVE, Verdict.INAPPLICABLE):
        for finding in findings:
            if finding.verdict is verdict:
                return verdict, finding.sentence
    own = [m for m in mutants if not m.automatic]
    survivors = [m for m in own if m.verdict is not Verdict.REFUTED]
    if survivors:
        sentence = f"the mutant '{survivors[0].name}' is not refuted: {survivors[0].sentence}"
        return Verdict.INCONCLUSIVE, sentence
    left = [m for m in mutants if m.automatic and m.verdict is not Verdict.REFUTED]
    named = ", ".join(f"'{m.name}'" for m in left if not m.named)
    if not own and len(left) == len(mutants):
        sentence = (
            "the check has not shown that it can fail: give the theorem mutants; of the "
            f"automatic ones none was refuted ({named or 'none applies'})"
        )
        return Verdict.INCONCLUSIVE, sentence
    also = f"; of the automatic mutants these survive: {named}" if named else ""
    return Verdict.HOLDS, findings[0].sentence + also
