"""What the command line prints; plain text when the output is not a terminal."""

from collections.abc import Collection, Sequence
from pathlib import Path

import sympy
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from convlab import symbols
from convlab.assumption import Assumption
from convlab.claims import Claim
from convlab.laboratory import Report
from convlab.referee import Exact
from convlab.report.documents import Row, notes, row, summary
from convlab.report.references import Citation
from convlab.report.tables import table, write
from convlab.statement import (
    cited,
    describe,
    formula,
    glossary,
    inequality,
    interval,
    others,
    slopes_only,
)
from convlab.theorem import Theorem

__all__ = ["best_bound", "print_exact", "print_reports", "print_theorem", "progress"]

_COLORS = {"holds": "green", "refuted": "red", "error": "red"}


def progress() -> Progress:
    """A progress bar on the error stream; none where that is not a terminal."""
    screen = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    )


def print_reports(
    reports: Sequence[Report],
    seconds: float,
    stored: Collection[str] = (),
    *,
    explained: Collection[str] = (),
    verbose: bool = False,
) -> None:
    """One line per theorem, the sum, what is not as expected or loose, and what is not compiled.

    Of loose theorems those that say why, ``explained``, are counted and not named.

    With ``verbose`` also the claims, the instances tried and the mutants of each theorem.
    """
    names = [name.replace("_", " ") for name in Row._fields]
    rows = table(*names, "seconds", right=("worst ratio", "resolution", "mutants", "seconds"))
    for report in reports:
        cells = row(report)
        color = _COLORS.get(cells.verdict, "yellow") if not report.as_expected else "green"
        took = "stored" if report.id in stored else f"{report.seconds:.1f}"
        words = [Text(word) for word in (*cells, took)]
        words[1].stylize(color)
        rows.add_row(*words)
    if reports:
        write(rows)
        write("")
    write(summary(reports, seconds))
    for report in reports:
        if report.error is None and not report.as_expected:
            write(f"{report.id}: {report.verdict}, {report.status}")
    loose = [r.id for r in reports if r.resolution is not None and r.resolution < 0.5]
    if loose:
        named = [name for name in loose if name not in explained]
        others = len(loose) - len(named)
        told = [*named[:3], *([f"{len(named) - 3} more"] if len(named) > 3 else [])]
        told += [f"{others} of which 'convlab show' says why"] if others else []
        listed = " and ".join(filter(None, (", ".join(told[:-1]), told[-1])))
        write(f"half the bound would hold too (resolution below 1/2): {listed}")
    for note in notes(reports):
        write(f"not compiled: {note}")
    for report in reports if verbose else ():
        _print_evidence(report)


def _print_evidence(report: Report) -> None:
    """What a verdict rests on: claims, instances, mutants."""
    write("")
    write(Text(report.id, style="bold"))
    claims = table("claim", "verdict", "basis", "worst ratio", "resolution", "speed")
    for claim in report.claims:
        found = claim.finding
        claims.add_row(
            Text(f"{claim.metric}: {claim.kind} {claim.bound or ''}".rstrip()),
            str(found.verdict),
            ", ".join(found.bases),
            "" if found.worst_ratio is None else f"{found.worst_ratio:.4g}",
            "" if found.resolution is None else f"{found.resolution:.2g}",
            "" if found.speed is None else f"{found.speed:.3g}",
        )
    write(claims)
    tried = table("tried on")
    for instance in report.instances:
        tried.add_row(Text(instance))
    write(tried)
    if report.mutants:
        mutants = table("mutant", "verdict", "")
        for m in report.mutants:
            mutants.add_row(Text(m.name), str(m.verdict), Text(m.sentence))
        write(mutants)


def print_theorem(theorem: Theorem, source: Citation | None, file: Path) -> None:
    """The statement: assumptions, method, claims, mutants, source."""
    data = describe(theorem)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column()

    def section(title: str, lines: Sequence[str]) -> None:
        for number, line in enumerate(lines):
            grid.add_row(title if number == 0 else "", Text(line))
        if lines:
            grid.add_row()

    named = [cited(theorem, theorem.cite)]
    section("source", named + ([source.text, source.url] if source is not None else []))
    assumed = [(_named(a), inequality(theorem, a)) for a in theorem.assume]
    lines = [line for lines in assumed for line in lines if line]
    section("there is" if theorem.exists else "assumes", lines)
    ranges = [f"{s} in {interval(allowed)}" for s, allowed in theorem.parameters.items()]
    why = [f"{s}: {reason}" for s, reason in theorem.because.items()]
    update = data["algorithm"]["update"].split("\n\n")
    section("method", [str(theorem.algorithm), *update, *ranges, *why])
    section("claims", [line for c in theorem.claims for line in (str(c), formula(theorem, c))])
    section("compared", [line for text in others(theorem) for line in text.split("\n\n")])
    plain = {letter.tex: str(letter) for letter in theorem.symbols if hasattr(letter, "tex")}
    letters: dict[str, list[str]] = {}
    for letter, meaning in glossary(theorem).items():
        letters.setdefault(meaning, []).append(plain.get(letter, letter))
    section("where", [f"{', '.join(names)}: {meaning}" for meaning, names in letters.items()])
    section("tight on", data["tight"])
    section("tried on", data["on"] or [])
    section("mutants", [f"{m.name}: {m.why}" for m in theorem.mutants])
    slopes = "its claims are judged by intervals of slopes, outside the error budget"
    section("untested", [f"{name}: {reason}" for name, reason in data["untested"].items()])
    section("basis", [slopes] if slopes_only(theorem) else [])
    section("expected", [str(theorem.expected)])
    section("file", [str(file)])
    write(Text(theorem.id, style="bold"))
    write(f"{theorem.title}\n")
    if theorem.loose:
        write(f"Loose {theorem.loose}\n")
    if theorem.text:
        write(f"{theorem.text}\n")
    write(grid)


def print_exact(claim: Claim, found: Sequence[Exact] | str) -> None:
    """What the referee says of a claim: the worst case by iteration, or why there is none."""
    if isinstance(found, str):
        write(f"exact worst case: not known, {found}")
        return
    solved = [one for one in found if one.ratio is not None]
    if solved:
        largest = max(one.ratio for one in solved if one.ratio is not None)
        what = "" if found[0].tight else "at most "
        at = ", ".join(f"{name} = {value:.6g}" for name, value in found[0].constants.items())
        chosen = ", ".join(f"{name} = {value}" for name, value in found[0].choices.items())
        where = ", ".join(filter(None, (at, chosen)))
        listed = ", ".join(str(one.k) for one in solved)
        write(
            f"exact worst case of metric/bound at k = {listed}: {what}{largest:.6g}"
            + (f" (with {where})" if where else "")
        )
    rows = table("k", "metric/bound", "best bound", "in a run", "its instance", right=("k",))
    for one in found:
        if one.ratio is None:
            rows.add_row(str(one.k), "", "", "", Text(one.status))
            continue
        best = best_bound(claim, one)
        reached = "" if one.reached is None else f"{one.reached:.6g}"
        instance = f"none: {one.note}" if one.problem is None else one.problem.name
        rows.add_row(str(one.k), f"{one.ratio:.6g}", Text(best), reached, Text(instance))
    write(rows)


def best_bound(claim: Claim, found: Exact) -> str:
    """The bound times the exact ratio, at iteration k: no smaller one is true."""
    assert found.ratio is not None
    at = {symbols.k: sympy.Integer(found.k), symbols.T: sympy.Integer(found.k)}
    formula = sympy.sympify(claim.bound).subs(at)  # type: ignore[attr-defined]
    return str(sympy.N(found.ratio * formula, 5)).replace("**", "^")


def _named(assumption: Assumption) -> str:
    values = ", ".join(map(str, assumption.values))
    return f"{assumption.name}({values})" if values else assumption.name
