"""Reports as files: JSON, JUnit XML, a summary in Markdown."""

import contextlib
import functools
import json
import math
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from convlab.claims import Basis, Evidence, Finding, Relation, Verdict, Witness
from convlab.errors import ConvlabError
from convlab.outcome import ClaimReport, MutantReport, Report

__all__ = [
    "Row",
    "document",
    "junit",
    "markdown",
    "notes",
    "report_of",
    "require_writable",
    "row",
    "summary",
    "to_json",
    "versions",
    "write",
]


@functools.cache
def versions() -> dict[str, str]:
    """Versions of Python, convlab and the libraries that the numbers come from.

    scikit-learn, where it is installed, decides which families there are.
    """
    found = {"python": platform.python_version()}
    for name in ("convlab", "numpy", "scipy", "sympy", "mpmath", "numba", "scikit-learn"):
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _number(value: float | None) -> float | str | None:
    """A number for strict JSON: "Infinity", "-Infinity" and "NaN" are strings."""
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _read(value: float | str | None) -> float | None:
    """Inverse of :func:`_number`."""
    return float(value) if isinstance(value, str) else value


def _interval(value: tuple[float, float, float] | None) -> list[float | str | None] | None:
    return None if value is None else [_number(v) for v in value]


def document(report: Report) -> dict[str, Any]:
    """A report as JSON data; numbers that are not finite become "Infinity", "-Infinity", "NaN"."""
    return {
        "id": report.id,
        "title": report.title,
        "verdict": str(report.verdict),
        "expected": str(report.expected),
        "status": report.status,
        "sentence": report.sentence,
        "error": report.error,
        "claims": [_claim(claim) for claim in report.claims],
        "mutants": [
            {
                "name": m.name,
                "why": m.why,
                "verdict": str(m.verdict),
                "sentence": m.sentence,
                "witness": _witness(m.witness),
                "automatic": m.automatic,
                "named": m.named,
            }
            for m in report.mutants
        ],
        "instances": list(report.instances),
        "engine": ", ".join(report.engines),
        "notes": list(report.notes),
        "seconds": report.seconds,
    }


def _witness(witness: Witness | None) -> dict[str, Any] | None:
    """What a refutation rests on, as data."""
    if witness is None:
        return None
    data = asdict(witness)
    numbers = {side: _number(data[side]) for side in ("left", "right")}
    return data | numbers | {"relation": str(witness.relation), "basis": str(witness.basis)}


def _witness_of(data: dict[str, Any] | None) -> Witness | None:
    """Inverse of :func:`_witness`."""
    if data is None:
        return None
    precise = data["precise"] and tuple(data["precise"])
    return Witness(
        **data
        | {
            "left": _read(data["left"]),
            "right": _read(data["right"]),
            "relation": Relation(data["relation"]),
            "basis": Basis(data["basis"]),
            "precise": precise,
        }
    )


def _claim(claim: ClaimReport) -> dict[str, Any]:
    finding = claim.finding
    log_e = finding.log_e_value
    return {
        "kind": claim.kind,
        "metric": claim.metric,
        "bound": claim.bound,
        "statement": claim.statement,
        "verdict": str(finding.verdict),
        "sentence": finding.sentence,
        "basis": [str(basis) for basis in finding.bases],
        "witness": _witness(finding.witness),
        "worst_ratio": _number(finding.worst_ratio),
        "speed": _number(finding.speed),
        "resolution": _number(finding.resolution),
        "e_value": None if log_e is None or log_e > 700 else _number(math.exp(log_e)),
        "log10_e_value": None if log_e is None else _number(log_e / math.log(10)),
        "exponent": _interval(finding.exponent),
        "evidence": [
            {
                "setting": e.setting,
                "verdict": str(e.verdict),
                "sentence": e.sentence,
                "basis": None if e.basis is None else str(e.basis),
                "witness": _witness(e.witness),
                "worst_ratio": _number(e.worst_ratio),
                "speed": _number(e.speed),
                "resolution": _number(e.resolution),
                "log_e_value": _number(e.log_e_value),
                "exponent": _interval(e.exponent),
                "statuses": dict(e.statuses),
                "engine": e.engine,
            }
            for e in finding.evidence
        ],
    }


def report_of(data: dict[str, Any]) -> Report:
    """Inverse of :func:`document`."""

    def evidence(e: dict[str, Any]) -> Evidence:
        values = e["exponent"]
        interval = None if values is None else tuple(map(_read, values))
        changed = {
            "verdict": Verdict(e["verdict"]),
            "basis": None if e["basis"] is None else Basis(e["basis"]),
            "witness": _witness_of(e["witness"]),
            "exponent": interval,
        }
        names = ("worst_ratio", "speed", "resolution", "log_e_value")
        numbers = {n: _read(e[n]) for n in names}
        return Evidence(**e | changed | numbers)

    def claim(c: dict[str, Any]) -> ClaimReport:
        seen = tuple(map(evidence, c["evidence"]))
        finding = Finding(Verdict(c["verdict"]), c["sentence"], seen)
        return ClaimReport(c["kind"], c["metric"], c["bound"], c["statement"], finding)

    return Report(
        id=data["id"],
        title=data["title"],
        verdict=Verdict(data["verdict"]),
        expected=Verdict(data["expected"]),
        sentence=data["sentence"],
        claims=tuple(map(claim, data["claims"])),
        mutants=tuple(
            MutantReport(
                m["name"],
                m["why"],
                Verdict(m["verdict"]),
                m["sentence"],
                _witness_of(m["witness"]),
                m["automatic"],
                m["named"],
            )
            for m in data["mutants"]
        ),
        instances=tuple(data["instances"]),
        engines=tuple(filter(None, data["engine"].split(", "))),
        notes=tuple(data["notes"]),
        seconds=data["seconds"],
        error=data["error"],
    )


def to_json(reports: Sequence[Report], *, key: int, profile: str, seconds: float) -> str:
    """The reports of a run, with what is needed to make them again."""
    data = {
        "theorems": [document(report) for report in reports],
        "versions": versions(),
        "key": key,
        "profile": profile,
        "seconds": seconds,
    }
    return json.dumps(data, indent=1, allow_nan=False) + "\n"


def junit(reports: Sequence[Report], seconds: float) -> str:
    """The reports as one JUnit test suite: an unexpected verdict is a failure."""
    suite = ElementTree.Element(
        "testsuite",
        name="convlab",
        tests=str(len(reports)),
        failures=str(sum(r.error is None and not r.as_expected for r in reports)),
        errors=str(sum(r.error is not None for r in reports)),
        skipped="0",
        time=f"{seconds:.3f}",
    )
    for report in reports:
        area, _, name = report.id.rpartition("/")
        case = ElementTree.SubElement(
            suite, "testcase", classname=area or "theorems", name=name, time=f"{report.seconds:.3f}"
        )
        if not report.as_expected:
            tag = "failure" if report.error is None else "error"
            found = ElementTree.SubElement(case, tag, message=_printable(report.status))
            found.text = _printable(report.sentence)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True).decode() + "\n"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def summary(reports: Sequence[Report], seconds: float) -> str:
    """The run in one line.

    >>> summary([], 0.2)
    '0 theorems: 0 as expected; 0 of 0 mutants refuted; 0.2 s'
    """
    good = sum(r.as_expected for r in reports)
    mutants = [m.verdict for r in reports for m in r.counted]
    bad = f", {len(reports) - good} not" if good < len(reports) else ""
    return (
        f"{len(reports)} theorem{'s' if len(reports) != 1 else ''}: {good} as expected{bad}; "
        f"{mutants.count(Verdict.REFUTED)} of {len(mutants)} mutants refuted; {seconds:.1f} s"
    )


def notes(reports: Sequence[Report]) -> list[str]:
    """Which methods ran eagerly and why, each once, with the theorems that it concerns."""
    concerned: dict[str, list[str]] = {}
    for report in reports:
        for note in report.notes:
            concerned.setdefault(note, []).append(report.id)
    return [
        f"{note}: {', '.join(ids[:2])}" + (f" and {len(ids) - 2} more" if len(ids) > 2 else "")
        for note, ids in sorted(concerned.items())
    ]


class Row(NamedTuple):
    """A report as one line of a table."""

    theorem: str
    verdict: str
    basis: str
    worst_ratio: str
    resolution: str
    exponent: str
    mutants: str
    engine: str


def row(report: Report) -> Row:
    """A report in a few words.

    The worst ratio is the largest of all claims, the resolution the smallest, the exponent the
    slowest, with its interval.
    """
    ratios = [r for c in report.claims if (r := c.finding.worst_ratio) is not None]
    slopes = [e for c in report.claims if (e := c.finding.exponent) is not None]
    slowest = max(slopes, key=lambda e: e[1], default=None)
    refuted = sum(m.verdict is Verdict.REFUTED for m in report.counted)
    return Row(
        report.id,
        str(report.verdict) if report.error is None else "error",
        ", ".join(report.bases),
        f"{max(ratios):.4g}" if ratios else "",
        "" if report.resolution is None else f"{report.resolution:.2g}",
        "" if slowest is None else "{1:.3g} [{0:.3g}, {2:.3g}]".format(*slowest),
        f"{refuted}/{len(report.counted)}",
        ", ".join(report.engines),
    )


def markdown(reports: Sequence[Report], seconds: float) -> str:
    """A summary for the page of a pull request: what is not as expected first, then all."""
    lines = ["### convlab", "", summary(reports, seconds), ""]
    unexpected = [r for r in reports if not r.as_expected]
    lines += [f"- `{r.id}`: {_printable(r.status)}" for r in unexpected]
    lines += [""] if unexpected else []
    lines += [
        "| " + " | ".join(Row._fields).replace("_", " ") + " |",
        "|---" * len(Row._fields) + "|",
    ]
    for report in reports:
        cells = row(report)
        if not report.as_expected:
            cells = cells._replace(verdict=f"**{cells.verdict}**")
        lines.append("| " + " | ".join(cells._replace(theorem=f"`{report.id}`")) + " |")
    found = notes(reports)
    lines += ["", "Not compiled:", ""] if found else []
    lines += [f"- {_printable(note)}" for note in found]
    return "\n".join(lines) + "\n"


def require_writable(path: Path) -> None:
    """Raise ConvlabError where a file could not be written at the end of a run."""
    if path.is_dir():
        raise ConvlabError(f"cannot write {path}: it is a folder")
    if path.exists() and not path.is_file():
        return
    try:
        _beside(path).touch(exist_ok=False)
        _beside(path).unlink()
    except OSError as error:
        raise ConvlabError(f"cannot write {path}: {error.strerror}") from error


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; a pipe or device is written to.

    Raises ConvlabError where that fails.
    """
    special = path.exists() and not path.is_file()
    draft = path if special else _beside(path)
    try:
        draft.write_bytes(content if isinstance(content, bytes) else content.encode())
        if not special:
            os.replace(draft, path)
    except OSError as error:
        raise ConvlabError(f"cannot write {path}: {error.strerror}") from error
    finally:
        if not special:
            draft.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")
