"""The store: one database file per project, which keeps the reports that were made.

A report is found again as long as nothing has changed that it depends on: the theorem's file and
what it imports, the families that it could draw, the code of convlab that decides a verdict, the
options, the libraries.
"""

import ast
import contextlib
import functools
import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import entry_points
from importlib.util import resolve_name
from pathlib import Path
from types import ModuleType

from convlab.catalogue import GROUPS, of_a_library, submodules
from convlab.outcome import Report
from convlab.report.documents import document, report_of, versions
from convlab.suite import Suite

__all__ = ["Store", "fingerprints"]

_TABLE = """
CREATE TABLE IF NOT EXISTS reports (
    fingerprint TEXT PRIMARY KEY, theorem TEXT, seconds REAL, report TEXT,
    versions TEXT, date TEXT, revision TEXT
)"""
_INDEX = "CREATE INDEX IF NOT EXISTS by_theorem ON reports (theorem, date)"
_PRUNE = """
DELETE FROM reports WHERE theorem = ? AND fingerprint NOT IN (
    SELECT fingerprint FROM reports WHERE theorem = ? ORDER BY date DESC LIMIT 10
)"""


class Store:
    """Reports by fingerprint, in ``.convlab/results.sqlite`` of a project folder.

    The ten latest of each theorem are kept. If the file cannot be read or written, the store is
    disabled and ``warn`` is called once.
    """

    def __init__(self, folder: Path, warn: Callable[[str], object]) -> None:
        self._file = folder / ".convlab" / "results.sqlite"
        self._warn = warn
        self._database: sqlite3.Connection | None = None
        with self._guarded():
            self._file.parent.mkdir(exist_ok=True)
            self._file.with_name(".gitignore").write_text("*\n")
            self._database = sqlite3.connect(self._file)
            self._execute(_TABLE)
            self._execute(_INDEX)

    def get(self, fingerprint: str) -> Report | None:
        """The report with this fingerprint, if there is one."""
        with self._guarded():
            query = "SELECT report FROM reports WHERE fingerprint = ?"
            for (text,) in self._execute(query, fingerprint):
                return report_of(json.loads(text))
        return None

    def put(self, fingerprint: str, report: Report) -> None:
        """Keep a report, unless an error or the clock decided it."""
        if report.error or any("timed_out" in e.statuses for e in report.evidence):
            return
        with self._guarded():
            self._execute(
                "INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?, ?, ?, ?)",
                fingerprint,
                report.id,
                report.seconds,
                json.dumps(document(report)),
                json.dumps(versions()),
                datetime.now(UTC).isoformat(timespec="seconds"),
                self._revision,
            )
            self._execute(_PRUNE, report.id, report.id)

    def seconds(self) -> dict[str, float]:
        """How long each theorem took when it was last verified."""
        with self._guarded():
            return dict(self._execute("SELECT theorem, seconds FROM reports ORDER BY date"))
        return {}

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _execute(self, query: str, *values: object) -> list[tuple]:
        if self._database is None:
            return []
        with self._database:
            return self._database.execute(query, values).fetchall()

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, KeyError, TypeError) as error:
            self.close()
            self._warn(f"stored results are not used: {self._file}: {error}")

    @functools.cached_property
    def _revision(self) -> str | None:
        command = ["git", "-C", str(self._file.parent), "rev-parse", "HEAD"]
        with contextlib.suppress(OSError):
            return subprocess.run(command, capture_output=True, text=True).stdout.strip() or None
        return None


def fingerprints(suite: Suite) -> dict[str, str]:
    """For each theorem of a suite, a hash of all that its report depends on."""
    theorems = _theorem_files(suite)
    common = hashlib.sha256(repr((suite.options, suite.statements, versions())).encode())
    shared = set(filter(Path.is_file, _code(theorems, suite.options.engine)))
    for file in sorted(shared):
        common.update(file.read_bytes())
    modules = [m for m in list(sys.modules.values()) if isinstance(m, ModuleType)]
    packages = {_file(module): module.__package__ for module in modules}
    text = functools.cache(lambda file: _text(file, theorems, packages))
    homes = {f: _file(sys.modules.get(f.__module__)) for f in suite.catalogue.families.values()}
    drawn = {family: file for family, file in homes.items() if file in theorems - shared}
    found = {}
    for name, theorem in suite.theorems.items():
        own = common.copy()
        own.update(name.encode() + text(suite.file(name)))
        fitting = {file for family, file in drawn.items() if suite.may_draw(theorem, family)}
        for file in sorted(fitting):
            own.update(text(file))
        found[name] = own.hexdigest()
    return found


def _file(module: ModuleType | None) -> Path:
    """The file of a module; of one that has none, a path where there is nothing."""
    return Path(getattr(module, "__file__", None) or "<built-in>")


def _theorem_files(suite: Suite) -> set[Path]:
    """The files that concern no theorem but their own, and those of files that import them."""
    found = set(suite.catalogue.files.values())
    for entry in entry_points(group="convlab.theorems"):
        if entry.value in sys.modules:
            found |= {file for _, file in submodules(sys.modules[entry.value])}
    return found


def _text(file: Path, theorems: set[Path], packages: Mapping[Path, str | None]) -> bytes:
    """The text of a theorem file, with those of the theorem files that it imports, and so on.

    ``packages`` are those in which the files of modules are.
    """
    found: dict[Path, bytes] = {}
    rest = [file]
    while rest:
        now = rest.pop()
        if now in found:
            continue
        found[now] = now.read_bytes()
        modules = map(sys.modules.get, _imports(ast.parse(found[now]), packages.get(now)))
        rest += [other for other in map(_file, modules) if other in theorems]
    return b"".join(found.values())


def _imports(tree: ast.AST, package: str | None) -> Iterator[str]:
    """Names of the modules that are imported, and of what may be some."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            with contextlib.suppress(ImportError):
                base = resolve_name("." * node.level + (node.module or ""), package)
                yield from (base, *(f"{base}.{alias.name}" for alias in node.names))


_SHOWS = ("__main__", "cli", "falsify", "plugin", "referee", "report", "store", "templates")
"""The modules and packages of convlab that decide no verdict; those above the suite."""


def _code(theorems: set[Path], engine: str) -> set[Path]:
    """The files of convlab that decide, of all families, and of the user's own modules.

    Without the files of theorems, and without kernels for an engine that is not used.
    """
    found = {_file(sys.modules.get(document.__module__))}  # the form of what is stored
    packages = {"convlab", *(e.value for group in GROUPS for e in entry_points(group=group))}
    kinds = ("*.py", "*.cuh") if engine == "cuda" else ("*.py",)
    for name in packages:
        for folder in map(Path, getattr(sys.modules.get(name), "__path__", ())):
            files = {file for kind in kinds for file in folder.rglob(kind)}
            parts = {f: f.relative_to(folder).with_suffix("").parts[0] for f in files}
            found |= {f for f in files if name != "convlab" or parts[f] not in _SHOWS}
    for name, module in list(sys.modules.items()):
        file = _file(module)
        if not (of_a_library(str(file)) or name.partition(".")[0] in packages):
            found.add(file)
    return found - theorems
