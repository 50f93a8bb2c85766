"""The list of the installed theorems, and the index from which it is read.

To import all theorems takes seconds. The index, a file in the user's cache folder, has one line for
each of them; it counts as long as no file of the catalogue or of convlab has changed. This module
imports nothing that takes long to load.
"""

import contextlib
import hashlib
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from rich.text import Text

from convlab import places
from convlab.report.tables import table, write

__all__ = ["Line", "keep", "known", "print_lines"]

_PACKAGES = "convlab.problems", "convlab.theorems"
"""The entry-point groups whose packages make the catalogue."""


class Line(NamedTuple):
    """A theorem in the list."""

    theorem: str
    title: str
    source: str
    expected: str
    basis: str


def known(targets: Sequence[str]) -> list[Line] | None:
    """The lines of the theorems that the targets name, from the index; all, where there is none.

    None where the index does not say it: it is not there or out of date, or a target is a file, a
    folder or no beginning of an id.
    """
    if any(Path(target).exists() or target.endswith(".py") for target in targets):
        return None
    try:
        kept = json.loads(_index().read_text(encoding="utf-8"))
        if kept["stamp"] != _stamp():
            return None
        lines = [Line(*line) for line in kept["lines"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    found: dict[Line, None] = {}
    for target in targets or [""]:
        start = f"{target.rstrip('/')}/" if target else ""
        named = [n for n in lines if n.theorem == target or n.theorem.startswith(start)]
        if not named:
            return None
        found |= dict.fromkeys(named)
    return list(found)


def keep(lines: Sequence[Line]) -> None:
    """Write the index of all installed theorems; a folder that cannot be written has none."""
    text = json.dumps({"stamp": _stamp(), "lines": lines})
    with contextlib.suppress(OSError):
        _index().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        places.write(_index(), text.encode())


def _index() -> Path:
    return places.cache() / "catalogue.json"


def _stamp() -> str:
    """A digest of the names, sizes and times of all files that decide what is listed."""
    seen = [platform.python_version(), *map(str, _files())]
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()


def _files() -> Iterator[tuple[str, int, int]]:
    """Name, size and time of change of each."""
    packages = {"convlab", *(e.value for group in _PACKAGES for e in entry_points(group=group))}
    for name in sorted(packages):
        spec = find_spec(name)
        for folder in (spec.submodule_search_locations or []) if spec is not None else []:
            for file in sorted(Path(folder).rglob("*.py")):
                status = file.stat()
                yield str(file), status.st_size, status.st_mtime_ns


def print_lines(lines: Sequence[Line], failures: Mapping[str, str]) -> None:
    """Ids and titles, area by area; then the files that failed to import."""
    rows = table(*Line._fields)
    for line in sorted(lines):
        rows.add_row(*map(Text, line))
    write(rows)
    for label, reason in failures.items():
        write(Text(f"{label} cannot be imported: {reason}", style="red"))
