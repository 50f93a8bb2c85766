"""The laboratory: where algorithm, problem and theorem meet and a verdict comes out."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convlab.bench import Conditions, TheoremBench
from convlab.claims import Finding, Verdict
from convlab.engine import Trace
from convlab.errors import ConvlabError
from convlab.family import Family
from convlab.instances import PROFILES, Instances, Profile
from convlab.outcome import ClaimReport, MutantReport, Report
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
        self._memory: dict[Any, Any] = {}

    def verify(self, theorem: Theorem) -> Report:
        """Try all claims on all settings, then all mutants.

        Bad input (an oracle that returns NaN, a certificate that is not true, a step outside its
        range) gives a report with an error.
        """
        began = time.monotonic()
        self._memory.clear()
        base = {"id": theorem.id, "title": theorem.title, "expected": theorem.expected}
        try:
            bench = self.bench(theorem)
            findings = [claim.judge(bench) for claim in theorem.claims]
            mutants = tuple(self._mutant(theorem, m, bench) for m in theorem.mutants)
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
        runs = [made for made in self._memory.values() if isinstance(made, Trace)]
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
            mutants=mutants,
            instances=tuple(dict.fromkeys(str(s) for s in bench.settings())),
            engines=tuple(dict.fromkeys(e.engine for e in evidence)),
            notes=tuple(dict.fromkeys(t.note for t in runs if t.note)),
            seconds=time.monotonic() - began,
        )

    def _mutant(self, theorem: Theorem, mutant: Mutant, original: TheoremBench) -> MutantReport:
        changed = mutant.change(theorem)
        same = (changed.tight, changed.on, changed.assume) == (
            theorem.tight,
            theorem.on,
            theorem.assume,
        )
        bench = self._bench(changed, original.problems if same else None)
        verdict, sentence = Verdict.HOLDS, "no instance refutes it"
        for claim in changed.claims:
            finding = claim.judge(bench)
            verdict, sentence = finding.verdict, finding.sentence
            if verdict is Verdict.REFUTED:
                break
        return MutantReport(mutant.name, mutant.why, verdict, sentence)

    def bench(self, theorem: Theorem) -> TheoremBench:
        """The settings of a theorem, and runs on them: what its claims are judged with."""
        return self._bench(theorem, None)

    def _bench(self, theorem: Theorem, problems: Any) -> TheoremBench:
        if problems is None:
            problems = self._instances.for_theorem(theorem)
        threshold = float(np.log(self.suite / ALPHA))
        conditions = Conditions(self.key, self.backend, self.engine, threshold)
        return TheoremBench(theorem, problems, self.profile, conditions, self._memory)


def _verdict(findings: Sequence[Finding], mutants: Sequence[MutantReport]) -> tuple[Verdict, str]:
    for verdict in (Verdict.REFUTED, Verdict.INCONCLUSIVE, Verdict.INAPPLICABLE):
        for finding in findings:
            if finding.verdict is verdict:
                return verdict, finding.sentence
    for mutant in mutants:
        if mutant.verdict is not Verdict.REFUTED:
            sentence = f"the mutant '{mutant.name}' is not refuted: {mutant.sentence}"
            return Verdict.INCONCLUSIVE, sentence
    return Verdict.HOLDS, findings[0].sentence
