"""What comes out of the laboratory: verdicts with their evidence, as plain data."""

import html
from dataclasses import dataclass

from convlab.claims import Basis, Evidence, Finding, Verdict, Witness

__all__ = ["ClaimReport", "MutantReport", "Report"]


@dataclass(frozen=True)
class ClaimReport:
    """The result of one claim, as plain data."""

    kind: str
    metric: str
    bound: str | None
    statement: str
    finding: Finding


@dataclass(frozen=True)
class MutantReport:
    """The verdict on one mutant: it should be refuted, with a witness.

    ``named`` says of an automatic one that the statement itself tells of it, in ``loose`` or
    ``untested``.
    """

    name: str
    why: str
    verdict: Verdict
    sentence: str
    witness: Witness | None = None
    automatic: bool = False
    named: bool = False


@dataclass(frozen=True)
class Report:
    """The verdict on a theorem, with its evidence: plain data.

    ``notes`` say which methods ran eagerly although a compiled run was asked for or would have
    paid, and why.
    """

    id: str
    title: str
    verdict: Verdict
    expected: Verdict
    sentence: str
    claims: tuple[ClaimReport, ...] = ()
    mutants: tuple[MutantReport, ...] = ()
    instances: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    error: str | None = None

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the expected one."""
        return self.error is None and self.verdict is self.expected

    @property
    def status(self) -> str:
        """``ok`` or what went wrong, in one sentence."""
        if self.error is not None:
            return f"error: {self.error}"
        return "ok" if self.as_expected else f"expected {self.expected}: {self.sentence}"

    @property
    def counted(self) -> tuple[MutantReport, ...]:
        """The mutants that must be refuted: the theorem's own; all, where it has none."""
        return tuple(m for m in self.mutants if not m.automatic) or self.mutants

    @property
    def bases(self) -> tuple[Basis, ...]:
        """How the claims were judged."""
        found = {basis for claim in self.claims for basis in claim.finding.bases}
        return tuple(basis for basis in Basis if basis in found)

    @property
    def resolution(self) -> float | None:
        """The smallest resolution of the claims that have one."""
        known = (claim.finding.resolution for claim in self.claims)
        return min((r for r in known if r is not None), default=None)

    @property
    def evidence(self) -> list[Evidence]:
        """All evidence, claim by claim."""
        return [e for claim in self.claims for e in claim.finding.evidence]

    def _repr_html_(self) -> str:
        rows: list[tuple[str, str, Finding | MutantReport]] = [
            ("claim", html.escape(f"${c.statement}$"), c.finding) for c in self.claims
        ]
        rows += [("mutant", html.escape(m.name), m) for m in self.mutants]
        cells = "".join(
            f"<tr><td>{kind}</td><td>{name}</td><td>{found.verdict}</td>"
            f"<td>{html.escape(found.sentence)}</td></tr>"
            for kind, name, found in rows
        )
        title = html.escape(f"{self.title} {self.status if self.error else self.verdict}")
        return f"<table><caption>{title}</caption>{cells}</table>"
