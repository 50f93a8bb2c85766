"""Pages written from the code: one per theorem, an index per area, the families, the notation.

Run by ``conf.py`` at each build, into ``docs/generated/``. A page is written only where its text
has changed, so that Sphinx reads it again only then; what is not written any more is deleted.
"""

import contextlib
import itertools
import json
from collections.abc import Collection, Iterator
from pathlib import Path

import exact
import listings
import runs
from markup import docstring, in_table, markdown, table

from convlab import catalogue
from convlab.assumption import Assumption
from convlab.catalogue import Catalogue
from convlab.errors import UnavailableError
from convlab.family import Family
from convlab.problem import Problem
from convlab.statement import (
    assumed,
    cited,
    formula,
    glossary,
    hyperparameters,
    inequality,
    others,
    reasons,
    slopes_only,
)
from convlab.theorem import Theorem


def title(theorem: Theorem) -> str:
    """The heading of a theorem's page."""
    return markdown(theorem.title.rstrip("."))


def assumption_line(theorem: Theorem, assumed: Assumption) -> str:
    """One assumption: its name, and its inequality with the constants that it is given."""
    line = f"[`{assumed.name}`](#assumption-{assumed.name})"
    text = inequality(theorem, assumed)
    return f"{line}: ${text}$" if text else line


def meaning(text: str) -> str:
    """What a letter means, with formulas between dollars, for a table."""
    parts = text.split("$")
    return "".join(f"${in_table(p)}$" if i % 2 else markdown(p) for i, p in enumerate(parts))


class Pages:
    """All pages of a catalogue."""

    def __init__(self, found: Catalogue, pictures: Collection[str] = ()) -> None:
        if found.failures:
            raise RuntimeError("; ".join(f"{n}: {why}" for n, why in found.failures.items()))
        self.catalogue, self.pictures = found, pictures
        self.examples = dict(self._examples())
        self.ratios = json.loads(exact.RATIOS.read_text())

    def all(self) -> Iterator[tuple[str, str]]:
        """Names of files and their text."""
        yield "include/symbols.md", listings.notation(self.catalogue)
        yield "include/assumptions.md", listings.properties(self.catalogue)
        yield "include/profiles.md", listings.profiles()
        yield "families.md", listings.families(self.catalogue, self.examples)
        yield "methods.md", listings.methods()
        areas = itertools.groupby(sorted(self.catalogue.theorems), lambda name: name.split("/")[0])
        listed = {area: list(names) for area, names in areas}
        yield "theorems.md", self.index(listed)
        for area, names in listed.items():
            yield f"theorems/{area}.md", self.area(area, names)
            for name in names:
                yield f"theorems/{name}.md", self.theorem(self.catalogue.theorems[name])

    def _examples(self) -> Iterator[tuple[str, Problem]]:
        """A problem of each family that can be had here."""
        for name, family in self.catalogue.families.items():
            with contextlib.suppress(UnavailableError):
                yield name, family()

    def index(self, areas: dict[str, list[str]]) -> str:
        """The page of all areas."""
        lines = ["# Theorems", ""]
        count = sum(map(len, areas.values()))
        lines += [f"{count} statements in {len(areas)} areas.", ""]
        lines += ["```{toctree}", ":maxdepth: 2", "", *(f"theorems/{a}" for a in areas), "```"]
        return "\n".join(lines)

    def area(self, area: str, names: list[str]) -> str:
        """The page of one area: a table, which is also the list of its pages."""
        lines = [f"# {area.replace('_', ' ').capitalize()}", ""]
        lines += table("statement", "claims", "basis", "source")
        for name in names:
            theorem = self.catalogue.theorems[name]
            claims = "<br>".join(f"${in_table(formula(theorem, c))}$" for c in theorem.claims)
            link = f"[{title(theorem)}](/generated/theorems/{name}.md)"
            basis = "intervals only" if slopes_only(theorem) else ""
            lines.append(f"| {link} | {claims} | {basis} | {self.source(theorem)} |")
        lines += ["", "```{toctree}", ":hidden:", ""]
        return "\n".join([*lines, *(f"/generated/theorems/{name}" for name in names), "```"])

    def source(self, theorem: Theorem) -> str:
        """The citation, with the number of the theorem."""
        return cited(theorem, f"{{cite:t}}`{theorem.cite}`")

    def theorem(self, theorem: Theorem) -> str:
        """The page of one theorem."""
        return "\n".join(
            [
                f"# {title(theorem)}",
                "",
                f"{self.source(theorem)}. Run it: `convlab verify {theorem.id}`",
                "",
                *([f"Loose {markdown(theorem.loose)}.", ""] if theorem.loose else []),
                markdown(theorem.text),
                "",
                *self.statement(theorem),
                "",
                *self.exact(theorem),
                *self.picture(theorem),
                *self.instances(theorem),
                "",
                *self.mutants(theorem),
                "",
                "## As it is written",
                "",
                "````python",
                self.catalogue.files[theorem.id].read_text().rstrip(),
                "````",
            ]
        )

    def statement(self, theorem: Theorem) -> Iterator[str]:
        """Assumptions, method, parameters, claims."""
        yield from ["## Statement", ""]
        if theorem.assume:
            yield from [assumed(theorem), ""]
            yield from (f"- {assumption_line(theorem, a)}" for a in theorem.assume)
            yield ""
        method = theorem.algorithm.algorithm
        yield f"Run [`{method.name}`](#method-{method.name}):"
        yield from ["", *docstring(method, indent="    ")]
        if rules := hyperparameters(theorem):
            yield from [f"Here {', '.join(f'${rule}$' for rule in rules)}.{reasons(theorem)}", ""]
        yield "Then"
        for claim in theorem.claims:
            slope = ", judged by the interval of a [slope](/verdict.md)" if claim.slope else ""
            text = formula(theorem, claim)
            yield from ["", f"{claim.kind}{slope}:", "", "$$", text, "$$"]
        for text in others(theorem):
            yield from ["", text]
        yield from ["", *table("letter", "meaning")]
        yield from (f"| ${in_table(t)}$ | {meaning(m)} |" for t, m in glossary(theorem).items())
        if theorem.expected != "holds":
            yield from ["", f"As it is stated, it is known to be **{theorem.expected}**."]

    def exact(self, theorem: Theorem) -> Iterator[str]:
        """What the referee says of the claims."""
        if theorem.id in self.ratios:
            yield from ["## Exact worst case", ""]
            yield "By [performance estimation](/instances.md#the-referee); false if above 1:"
            yield ""
            for entry in self.ratios[theorem.id]:
                yield from exact.lines(entry)
            yield ""

    def picture(self, theorem: Theorem) -> Iterator[str]:
        """The picture of the first claim, and its data."""
        if theorem.id in self.pictures:
            file = theorem.id.rpartition("/")[2]
            yield from ["## Picture", "", f"![{title(theorem)}]({file}.svg)", ""]
            yield from [f"The numbers in it: {{download}}`{file}.csv`", ""]

    def instances(self, theorem: Theorem) -> Iterator[str]:
        """What the theorem is tried on."""
        yield from ["## Tried on", ""]
        for instance in theorem.tight:
            yield f"- {self.link(instance)}: tight, always tried"
        if theorem.on is not None:
            yield from (f"- {self.link(i)}" for i in theorem.on)
            return
        fit = [
            self.link(family)
            for name, problem in self.examples.items()
            if (family := self.catalogue.families[name]) not in theorem.tight
            and theorem.constants(problem) is not None
        ]
        if fit:
            yield (
                "- by the key of the run, out of those that satisfy the assumptions: "
                + ", ".join(fit)
            )

    def link(self, instance: Family | Problem) -> str:
        """A link to the family of an instance."""
        made = instance.instance if isinstance(instance, Problem) else None
        family = made.family if made is not None else instance
        shown = f"`{instance.name}`"
        paths = [path for path, known in self.catalogue.families.items() if known is family]
        return f"[{shown}](#family-{paths[0]})" if paths else shown

    def mutants(self, theorem: Theorem) -> Iterator[str]:
        """The table of mutants."""
        yield from ["## Mutants", "", "Changed like this it is false, and comes out refuted:", ""]
        yield from table("change", "why")
        yield from (f"| `{m.name}` | {markdown(m.why)} |" for m in theorem.mutants)


def write(folder: Path) -> None:
    """Write the pages of the installed catalogue into ``folder``."""
    found = catalogue.installed()
    drawn = runs.pictures(found, folder / "theorems")
    pages = dict(Pages(found, drawn).all()) | dict(runs.outputs())
    kept = {*pages, *(f"theorems/{n}{s}" for n in drawn for s in (".svg", ".csv", ".mark"))}
    for old in folder.rglob("*.*"):
        if old.relative_to(folder).as_posix() not in kept:
            old.unlink()
    for name, text in pages.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
