"""Pictures as data: what the picture of a theorem shows, computed, or read from a CSV file."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import sympy

from convlab import symbols
from convlab.claims import Bench, Claim, Finding, Setting, Verdict
from convlab.claims.sweeps import Complexity, Scaling
from convlab.engine import log_grid
from convlab.errors import ConvlabError
from convlab.instances import named
from convlab.laboratory import Laboratory
from convlab.report.graph import Curve, Graph, scale
from convlab.report.graphs import graph
from convlab.symbols import latex
from convlab.theorem import Mutant, Theorem

__all__ = ["MEASURED", "PHASES", "Panel", "compute", "read", "write"]

PHASES = ("converges", "diverges")
"""The two kinds of points of a phase diagram."""
SWEEP = "sweep"
"""The name of what is found along a sweep of problems."""
DENSE = 120
"""Points of a curve that are drawn, about."""
LONG = 50
"""So many letters of TeX may a choice have in a legend."""
MEASURED = ("ends", "expectation", "mean", "quantile", "median", "value", "worst", *PHASES)
"""Series that can be the main line of an instance, the first that is there."""
Series = dict[str, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Panel:
    """One theorem's picture, as data.

    ``curves`` maps instance -> series -> (x, y), with the series of
    :class:`convlab.report.graph.Curve`, and ``ends`` for what is measured where x is the length of
    the run, on an instance (or with a step size) made for that length. ``labels`` maps instances
    to short names, with TeX; ``scale``, ``x``, ``y``, ``reference`` and ``power`` are those of
    :class:`convlab.report.graph.Graph`; ``mutant`` and ``why`` are empty for the theorem itself.
    """

    theorem: str
    title: str
    citation: str
    mutant: str
    why: str
    scale: str
    x: str
    y: str
    reference: str
    power: float | None
    labels: dict[str, str]
    curves: dict[str, Series] = field(repr=False)


def compute(
    theorem: Theorem,
    laboratory: Laboratory,
    *,
    citation: str = "",
    instances: Sequence[str] = (),
    mutant: str | None = None,
    most: int = 3,
) -> Panel:
    """Run a theorem (or a mutant of it) and keep what its picture shows.

    ``instances`` names families, with parameters where wanted (``quadratic(kappa=100)``), or
    counts from the tightest: ``0``. By default the tightest is shown, and others up to ``most``.
    Raises ConvlabError on an unknown instance or mutant, or where nothing can be tried.
    """
    changed = _mutant(theorem, mutant) if mutant is not None else None
    shown = changed.change(theorem) if changed is not None else theorem
    chosen = [named(n, laboratory.families, theorem) for n in instances if not n.isdigit()]
    if chosen:
        shown = replace(shown, tight=chosen, on=())
    bench = laboratory.bench(shown)
    claim, finding = _judged(shown.claims if changed else shown.claims[:1], bench)
    groups = _ranked(claim, bench, finding, distinct=len(chosen) != 1)
    if not groups:
        raise ConvlabError(f"{theorem.id} has nothing to show: {finding.sentence}")
    places = [int(n) for n in instances if n.isdigit()]
    if places and max(places) >= len(groups):
        raise ConvlabError(
            f"there is no instance {max(places)} of {theorem.id}; count from 0 to {len(groups) - 1}"
        )
    refuted = finding.verdict is Verdict.REFUTED
    names = [list(groups)[i] for i in places] or list(groups)[: 1 if refuted else None]
    pictures: dict[str, tuple[Graph, Series]] = {}
    for name in names:
        picture = _merged(claim, bench, groups[name], refuted)
        seen = max((len(picture[1][s][0]) for s in MEASURED if s in picture[1]), default=0)
        # Unless asked for, instances that are done after a step or two are left out.
        if seen > (3 if pictures and not instances else 0):
            pictures[name] = picture
        if len(pictures) == max(most, len(places)) or picture[1].keys() & set(PHASES):
            break
    if not pictures:
        pictures[names[0]] = _merged(claim, bench, groups[names[0]], refuted, hidden=0.0)
    graphs = [drawn for drawn, _ in pictures.values()]
    signed = any((c.y < 0).any() for g in graphs for c in g.curves)
    wide = [g.scale for g in graphs if g.scale in ("loglog", "semilogy") and not signed]
    return Panel(
        theorem=theorem.id,
        title=theorem.title.rstrip("."),
        citation=citation,
        mutant=changed.name if changed else "",
        why=changed.why if changed else "",
        scale=[*wide, graphs[0].scale][0],
        x=graphs[0].x,
        y=graphs[0].y,
        reference=graphs[0].reference,
        power=graphs[0].power,
        labels=_labels(claim, bench, {name: groups[name][0] for name in pictures}),
        curves={name: series for name, (_, series) in pictures.items()},
    )


def _mutant(theorem: Theorem, name: str) -> Mutant:
    """The mutant of that name, or the only one whose name begins so."""
    names = {m.name: m for m in theorem.mutants}
    found = [n for n in names if n == name] or [n for n in names if n.startswith(name)]
    if len(found) != 1:
        known = ", ".join(f"'{n}'" for n in names) or "none"
        raise ConvlabError(f"{theorem.id} has no mutant '{name}'; its mutants: {known}")
    return names[found[0]]


def _judged(claims: Sequence[Claim], bench: Bench) -> tuple[Claim, Finding]:
    """The first claim that is refuted, else the first of all."""
    findings = []
    for claim in claims:
        findings.append(claim.judge(bench))
        if findings[-1].verdict is Verdict.REFUTED:
            return claim, findings[-1]
    return claims[0], findings[0]


def _ranked(
    claim: Claim, bench: Bench, finding: Finding, *, distinct: bool
) -> dict[str, Sequence[Setting]]:
    """Settings by instance, the one that says most first: refuted, or closest to the bound.

    Settings that differ in the horizon only are one instance, and so is a sweep. ``distinct``
    keeps one choice of the free parameters per problem.
    """
    settings = {str(s): s for s in bench.settings()}
    said: dict[str, tuple] = {}
    for piece in finding.evidence:
        if piece.verdict is not Verdict.INAPPLICABLE:
            name = _name(settings[piece.setting]) if piece.setting in settings else SWEEP
            slope = piece.exponent[1] if piece.exponent else -np.inf
            close = round(piece.worst_ratio or 0.0, 2)
            tight = piece.setting in settings and settings[piece.setting].tight
            score = (piece.verdict is Verdict.REFUTED, close, tight, slope)
            said[name] = max(said.get(name, score), score)
    groups: dict[str, list[Setting]] = {}
    for setting in settings.values():
        groups.setdefault(_name(setting), []).append(setting)
    problems = set()
    ranked: dict[str, Sequence[Setting]] = {}
    for name in sorted(said, key=lambda n: said[n], reverse=True):
        problem = name.partition(" with ")[0]
        if not (distinct and problem in problems):
            ranked[name] = groups.get(name) or _swept(claim, bench)
            problems.add(problem)
    return ranked


def _swept(claim: Claim, bench: Bench) -> Sequence[Setting]:
    """The first setting of a sweep, which stands for all."""
    if isinstance(claim, Complexity | Scaling):
        return claim.settings(bench)[:1]
    return bench.settings()[:1]


def _name(setting: Setting) -> str:
    """The instance in words; one that is made for the length of the run stands for all lengths."""
    made_for = rf"horizon={setting.iterations}(?!\d)"
    return re.sub(made_for, "horizon=k", str(setting).rpartition(", ")[0])


def _merged(
    claim: Claim,
    bench: Bench,
    settings: Sequence[Setting],
    refuted: bool,
    *,
    hidden: float = np.nan,
) -> tuple[Graph, Series]:
    """The picture of one instance; of several horizons, the values at each of them.

    What is mostly rounding is put at ``hidden``, by default nowhere.
    """
    settings = sorted(settings, key=lambda s: s.iterations)
    graphs = [graph(claim, bench, s) for s in settings]
    shown = graphs[-1]
    if len(graphs) > 1:
        at = np.array([s.iterations for s in settings], dtype=float)
        ends = [{"ends": g.curves[0]} | {c.series: c for c in g.curves[1:]} for g in graphs]
        curves = [
            Curve(name, at, np.array([e[name].y[-1] if name in e else np.nan for e in ends]))
            for name in ends[-1]
            if name != "violation"
        ]
        alone = symbols.T in claim.symbols and symbols.k not in claim.symbols
        axes = scale(claim.compared or 1, curves)
        shown = shown._replace(scale=axes, x="T" if alone else "k", curves=curves)
        false = ["violation" in e and n in e["violation"].x for n, e in zip(at, ends, strict=True)]
        curves.append(Curve("violation", at[false], curves[0].y[false]))
    series: Series = {}
    for name, x, measured in shown.curves:
        y = np.where(np.isnan(measured), hidden, measured)
        kept = ~np.isnan(y) & _shown(x)
        if kept.any() and (name != "violation" or refuted):
            # Six digits, so that a picture drawn at once is the picture drawn from the file.
            series[name] = (_rounded(x[kept]), _rounded(y[kept]))
    return shown, series


def _shown(x: np.ndarray) -> np.ndarray:
    """Which points of a dense curve are drawn: as many as an eye can tell on either axis."""
    if len(x) <= DENSE:
        return np.ones(len(x), dtype=bool)
    last = int(x[-1])
    return np.isin(x, np.union1d(log_grid(last), np.rint(np.linspace(0, last, DENSE))))


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.array([float(f"{v:.6g}") for v in values])


def _labels(claim: Claim, bench: Bench, settings: Mapping[str, Setting]) -> dict[str, str]:
    """Short names: the family, the parameters that set it apart from its like, the choices."""
    labels = {}
    varied = {getattr(claim, "parameter", None), getattr(claim, "over", None)}
    names = {name: str(settings[name]) if name == SWEEP else name for name in settings}
    parts = {name: _parts(text) for name, text in names.items()}
    for name, setting in settings.items():
        family, own = parts[name]
        alike = [values for other, values in parts.values() if other == family]
        apart = [p for p in own if not all(p in values for values in alike)]
        chosen = [
            f"${latex(s)} = {_formula(e, bench, setting)}$"
            for s, e in setting.choices.items()
            if s not in varied
        ]
        each = ["one for each $k$"] if "horizon=k" in own else []
        labels[name] = ", ".join([family.replace("_", " "), *map(_words, apart), *chosen, *each])
    return labels


def _parts(name: str) -> tuple[str, list[str]]:
    """The family and the parameters in the name of an instance, and what is added to it."""
    problem = name.partition(" with ")[0]
    family = re.split(r"[( ]", problem)[0]
    inside, _, added = problem.removeprefix(family).removeprefix("(").partition(")")
    return family, [*inside.split(", "), *filter(None, [added.strip()])]


def _words(part: str) -> str:
    """A parameter and its value, a letter as in a formula; or what is added to a problem."""
    name, sign, value = part.partition("=")
    letter = latex(sympy.Symbol(name))
    if re.fullmatch(r"\w(_\w+)?|\\[a-z]+(_\{\w+\})?", letter):
        return f"${letter}${sign}{value}"
    return part.removeprefix("+ ").replace("_", " ")


def _formula(choice: sympy.Expr, bench: Bench, setting: Setting) -> str:
    """A choice in TeX; one that is too long for a legend as a number."""
    tex = latex(choice)
    if len(tex) <= LONG:
        return tex
    return f"{bench.trace(setting).evaluate(setting.resolve(choice)).mean():.3g}"


# Files --------------------------------------------------------------------------------------------


def write(panels: Sequence[Panel], remarks: Sequence[str]) -> str:
    """The text of a CSV file: remarks and labels as comments, then one row per point."""
    out = io.StringIO()
    for remark in remarks:
        out.write(f"# {remark}\n")
    for panel in panels:
        texts = {name: value for name, value in asdict(panel).items() if name != "curves"}
        out.write(f"# panel {json.dumps(texts, ensure_ascii=False)}\n")
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["theorem", "instance", "series", "k", "value"])
    for panel in panels:
        for instance, series in panel.curves.items():
            for name, (x, y) in series.items():
                rows.writerows(
                    [panel.theorem, instance, name, f"{a:.6g}", f"{b:.6g}"]
                    for a, b in zip(x, y, strict=True)
                )
    return out.getvalue()


def read(file: Path) -> list[Panel]:
    """The panels of a file that :func:`write` gave; raises ConvlabError where it is none."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConvlabError(
            f"the data {file} cannot be read ({error.strerror}); draw once without --from-data"
        ) from error
    try:
        heads = [json.loads(line[8:]) for line in lines if line.startswith("# panel ")]
        panels = {head["theorem"]: Panel(**head, curves={}) for head in heads}
        points: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            mark = (row["theorem"], row["instance"], row["series"])
            points.setdefault(mark, []).append((float(row["k"]), float(row["value"])))
        for (theorem, instance, name), pairs in points.items():
            x, y = np.array(pairs).T
            panels[theorem].curves.setdefault(instance, {})[name] = (x, y)
    except (KeyError, TypeError, ValueError) as error:
        raise ConvlabError(f"{file} is not a file of convlab plot: {error}") from error
    return list(panels.values())
