"""Catalogues: theorems and families are found by being there.

A catalogue is a package under the entry-point group ``convlab.theorems`` (or
``convlab.problems``), a folder, or a file. The id of a theorem is the path of its file, followed
by the name of its variable where that is not ``theorem``.
"""

import difflib
import importlib
import importlib.util
import inspect
import sys
import sysconfig
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from convlab.errors import ConvlabError
from convlab.families import Families
from convlab.family import Family
from convlab.problem import Problem
from convlab.theorem import Theorem

__all__ = [
    "GROUPS",
    "Catalogue",
    "installed",
    "load",
    "of_a_library",
    "one",
    "project",
    "reason",
    "select",
    "submodules",
]


@dataclass
class Catalogue:
    """Theorems by id, families by path, and the files that failed to import, with the reason."""

    theorems: dict[str, Theorem] = field(default_factory=dict)
    families: Families = field(default_factory=Families)
    files: dict[str, Path] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(
        self, module: ModuleType, prefix: str, kinds: tuple[type, ...] = (Theorem, Family)
    ) -> None:
        """Take in what a module defines of these kinds.

        Two families of one name in it are a failure, also where the second hides the first.
        """
        own: dict[str, Family] = {}
        for value in (*vars(module).values(), *_named(vars(module).values())):
            if isinstance(value, Family) and value.__module__ == module.__name__:
                other = own.setdefault(value.name, value)
                if other is not value:
                    self.failures[prefix] = (
                        f"two families are called {value.name}: {other.place} and {value.place}; "
                        "rename one of them"
                    )
                    return
        for name, value in vars(module).items():
            if isinstance(value, Theorem) and Theorem in kinds:
                self._add_theorem(module, prefix, name, value)
        for name, value in own.items() if Family in kinds else ():
            self.families.add(f"{prefix.replace('/', '.')}.{name}", value)

    def _add_theorem(self, module: ModuleType, prefix: str, name: str, value: Theorem) -> None:
        key = prefix if name == "theorem" else f"{prefix}/{name}"
        title, _, text = inspect.cleandoc(module.__doc__ or "").partition("\n")
        if name != "theorem":
            title = value.title or f"{title.rstrip('.')}: {name.replace('_', ' ')}."
        title = value.title or title
        text = inspect.cleandoc(value.text or text).strip()
        self.theorems[key] = replace(value, id=key, title=title, text=text)
        self.files[key] = Path(module.__file__ or "")

    def merge(self, other: "Catalogue") -> None:
        """Take in another catalogue; raises ConvlabError where two families have one path."""
        for name in ("theorems", "files", "failures"):
            getattr(self, name).update(getattr(other, name))
        for path, family in other.families.items():
            self.families.add(path, family)


def _named(values: Iterable[Any]) -> Iterator[Family]:
    """The families that theorems among the values name, or problems that they name come from."""
    for theorem in values:
        if isinstance(theorem, Theorem):
            for instance in (*theorem.tight, *(theorem.on or ())):
                if isinstance(instance, Family):
                    yield instance
                elif isinstance(instance, Problem) and instance.instance is not None:
                    yield instance.instance.family


def submodules(package: ModuleType) -> Iterator[tuple[str, Path]]:
    """The modules of a package, with their files; without those that begin with an underscore."""
    for root in map(Path, getattr(package, "__path__", ())):
        for file in sorted(root.rglob("*.py")):
            parts = file.relative_to(root).with_suffix("").parts
            if not file.stem.startswith("_"):
                yield ".".join((package.__name__, *parts)), file


def _import(name: str, catalogue: Catalogue, label: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except Exception as error:
        catalogue.failures[label] = reason(error)
        return None


def reason(error: BaseException, file: Path | None = None) -> str:
    """What went wrong, in one line, and where: in ``file``, if the error passed through it."""
    if isinstance(error, SyntaxError):
        return f"syntax error in line {error.lineno}: {error.msg}"
    what = str(error) if isinstance(error, ConvlabError) else f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    within = [f for f in frames if file is not None and Path(f.filename) == file.resolve()]
    if not within and (isinstance(error, ConvlabError) or not frames):
        return what
    frame = (within or [f for f in frames if not of_a_library(f.filename)] or frames)[-1]
    return f"{what} (line {frame.lineno} of {Path(frame.filename).name})"


_LIBRARIES = tuple(sysconfig.get_path(n) for n in ("stdlib", "platstdlib", "purelib", "platlib"))


def of_a_library(file: str) -> bool:
    """Whether a file belongs to Python, or is installed beside it."""
    return file.startswith((*_LIBRARIES, "<"))


GROUPS: dict[str, type] = {"convlab.problems": Family, "convlab.theorems": Theorem}
"""The entry-point groups, and what is looked for in their packages."""


def installed(targets: Sequence[str] | None = None) -> Catalogue:
    """The families and theorems of the packages that are registered for them.

    With ``targets``, beginnings of ids, only those files of theorems are imported that may hold
    one: to import all takes seconds.
    """
    catalogue = Catalogue()
    for group, kind in GROUPS.items():
        for entry in sorted(entry_points(group=group), key=lambda e: e.name):
            package = _import(entry.value, catalogue, entry.value)
            if package is None:
                continue
            if entry.name == "convlab" and not hasattr(package, "CONVLAB"):
                where = next(iter(getattr(package, "__path__", [package.__file__])))
                raise ConvlabError(
                    f"the folder {where} on the import path hides convlab's own package "
                    f"'{entry.value}'; rename that folder, or run convlab from another one"
                )
            catalogue.add(package, package.__name__, (kind,))
            for name, _ in submodules(package):
                inside = name.removeprefix(package.__name__ + ".") if kind is Theorem else name
                label = inside.replace(".", "/")
                if kind is Theorem and targets is not None and not _may_hold(label, targets):
                    continue
                module = _import(name, catalogue, label)
                if module is not None:
                    catalogue.add(module, label, (kind,))
    return catalogue


def _may_hold(label: str, targets: Sequence[str]) -> bool:
    """Whether an id of the file with this label may be, or begin with, one of the targets."""
    names = [f"{target.rstrip('/')}/" for target in targets]
    return any(f"{label}/".startswith(name) or name.startswith(f"{label}/") for name in names)


def load(path: Path) -> Catalogue:
    """The theorems and families of a file, or of all Python files in a folder.

    Skips tests, hidden files and names that start with an underscore.

    Raises ConvlabError where there is no such path.
    """
    catalogue = Catalogue()
    if not path.exists():
        raise ConvlabError(f"there is no file or folder {path}")
    root = path if path.is_dir() else path.parent
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    for file in files:
        inside = file.relative_to(root)
        label = inside.with_suffix("").as_posix()
        if file.stem.startswith(("test_", "conftest")) or any(
            part.startswith((".", "_")) or part == "site-packages" for part in inside.parts
        ):
            continue
        name = "convlab_file_" + str(file.resolve()).replace("/", "_").removesuffix(".py")
        spec = importlib.util.spec_from_file_location(name, file)
        if spec is None or spec.loader is None:
            catalogue.failures[label] = f"{file} is not a Python file"
            continue
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        sys.path.insert(0, str(root.resolve()))
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            catalogue.failures[label] = f"{file}: {reason(error, file)}"
            continue
        finally:
            sys.path.remove(str(root.resolve()))
        catalogue.add(module, label)
    return catalogue


def select(targets: Sequence[str]) -> tuple[Catalogue, list[str]]:
    """The installed catalogue with files and folders among the targets, and the ids they name.

    A target is an id, the beginning of ids (an area), a file or a folder; none means all that is
    installed. Of the files that failed to import, those that the targets name are kept. Raises
    ConvlabError on a target that names nothing, with the nearest id.
    """
    if not targets:
        catalogue = installed()
        return catalogue, list(catalogue.theorems)
    catalogue = installed(targets)
    known = [*catalogue.theorems, *catalogue.failures]
    failures, catalogue.failures = catalogue.failures, {}
    ids: list[str] = []
    loaded: list[Catalogue] = []
    for target in targets:
        inside = [i for i in known if i == target or i.startswith(target.rstrip("/") + "/")]
        if inside and not target.endswith(".py"):
            ids += [i for i in inside if i in catalogue.theorems]
            catalogue.failures |= {i: failures[i] for i in inside if i in failures}
        elif Path(target).exists():
            own = load(Path(target))
            if not own.theorems and not own.failures:
                raise ConvlabError(f"{target} holds no theorem; write theorem = Theorem(...)")
            _require_distinct(own, catalogue.files)
            catalogue.merge(own)
            loaded.append(own)
            ids += list(own.theorems)
        else:
            whole = installed()
            known = [*whole.theorems, *whole.failures]
            near = difflib.get_close_matches(target, known, 1, cutoff=0.3)
            hint = f"did you mean {near[0]}?" if near else "'convlab list' names all"
            raise ConvlabError(f"there is no theorem, folder or file '{target}'; {hint}")
    others = installed([name for own in loaded for name in own.theorems]).files if loaded else {}
    for own in loaded:
        _require_distinct(own, others)
    return catalogue, list(dict.fromkeys(ids))


def one(target: str) -> tuple[Catalogue, str]:
    """The catalogue, and the id that a target is, or else of the only theorem that it names.

    Raises ConvlabError where it names none or several, or a file cannot be imported.
    """
    catalogue, ids = select([target])
    for label, why in catalogue.failures.items():
        raise ConvlabError(f"{label} cannot be imported: {why}")
    if target in catalogue.theorems:
        return catalogue, target
    if len(ids) > 1:
        raise ConvlabError(f"{target} holds {len(ids)} theorems; choose one: {', '.join(ids)}")
    return catalogue, ids[0]


def project(start: Path) -> Path:
    """The project that a folder belongs to: the nearest above with pyproject.toml or .git."""
    marks = ("pyproject.toml", ".git")
    return next((f for f in (start, *start.parents) if any((f / m).exists() for m in marks)), start)


def _require_distinct(own: Catalogue, others: Mapping[str, Path]) -> None:
    for name, file in own.files.items():
        other = others.get(name, file)
        if not other.samefile(file):
            raise ConvlabError(
                f"{file} and {other} have the same id, {name}; rename one of them, or name the "
                "folder that holds both"
            )
