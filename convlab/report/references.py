"""Citations: BibTeX entries as one line and a link."""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pybtex.database import BibliographyData, Person, parse_file
from pybtex.richtext import Text

__all__ = ["Citation", "citation"]


class Citation(NamedTuple):
    """A source in one line, in short as authors and year, and where to read it."""

    text: str
    url: str
    short: str


@functools.cache
def _entries(file: Path) -> BibliographyData:
    return parse_file(str(file), bib_format="bibtex")


def citation(key: str, file: Path) -> Citation | None:
    """The entry of a key in the nearest ``references.bib`` above a file that has it, or None."""
    for folder in file.resolve().parents:
        references = folder / "references.bib"
        if references.is_file() and key in (found := _entries(references)).entries:
            break
    else:
        return None
    entry = found.entries[key]
    people = [
        _plain(" ".join(p.first_names + p.middle_names + p.prelast_names + p.last_names))
        for p in entry.persons.get("author", [])
    ]
    names = ", ".join(people[:-1]) + (" and " if len(people) > 1 else "") + "".join(people[-1:])
    fields = {name: _plain(value) for name, value in entry.fields.items() if name != "url"}
    place = next((fields[n] for n in ("journal", "booktitle", "publisher") if n in fields), "")
    parts = [names, fields.get("title", key), place, fields.get("year", "")]
    short = f"{_surnames(entry.persons.get('author', []))} ({fields.get('year', key)})".strip()
    return Citation(", ".join(filter(None, parts)), entry.fields.get("url", ""), short)


def _surnames(people: Sequence[Person]) -> str:
    names = [_plain(" ".join(p.prelast_names + p.last_names)) for p in people]
    if len(names) > 3:
        return f"{names[0]} et al."
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def _plain(latex: str) -> str:
    return str(Text.from_latex(latex))
