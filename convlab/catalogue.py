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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from convlab.errors import ConvlabError
from convlab.family import Family
from convlab.theorem import Theorem

__all__ = ["Catalogue", "installed", "load", "select"]


@dataclass
class Catalogue:
    """Theorems by id, families by name, and the files that failed to import, with the reason."""

    theorems: dict[str, Theorem] = field(default_factory=dict)
    families: dict[str, Family] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, module: ModuleType, prefix: str, *, theorems: bool = True) -> None:
        """Take in what a module defines."""
        for name, value in vars(module).items():
            if isinstance(value, Family) and value.__module__ == module.__name__:
                self.families.setdefault(value.name, value)
            elif theorems and isinstance(value, Theorem):
                self._add_theorem(module, prefix, name, value)

    def _add_theorem(self, module: ModuleType, prefix: str, name: str, value: Theorem) -> None:
        key = prefix if name == "theorem" else f"{prefix}/{name}"
        title, _, text = inspect.cleandoc(module.__doc__ or "").partition("\n")
        if name != "theorem":
            title = value.title or f"{title.rstrip('.')}: {name.replace('_', ' ')}."
        title = value.title or title
        self.theorems[key] = replace(value, id=key, title=title, text=value.text or text.strip())
        self.files[key] = Path(module.__file__ or "")

    def merge(self, other: "Catalogue") -> None:
        """Take in another catalogue."""
        for name in ("theorems", "families", "files", "failures"):
            getattr(self, name).update(getattr(other, name))


def _submodules(package: ModuleType) -> Iterator[str]:
    for root in map(Path, package.__path__):
        for file in sorted(root.rglob("*.py")):
            parts = file.relative_to(root).with_suffix("").parts
            if not file.stem.startswith("_"):
                yield ".".join((package.__name__, *parts))


def _import(name: str, catalogue: Catalogue, label: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except Exception as error:
        catalogue.failures[label] = _reason(error)
        return None


def _reason(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"syntax error in line {error.lineno}: {error.msg}"
    if isinstance(error, ConvlabError):
        return str(error)
    line = ""
    trace = error.__traceback__
    while trace is not None:
        line = f" (line {trace.tb_lineno} of {Path(trace.tb_frame.f_code.co_filename).name})"
        trace = trace.tb_next
    return f"{type(error).__name__}: {error}{line}"


def installed() -> Catalogue:
    """All that is registered under the two entry-point groups."""
    catalogue = Catalogue()
    for group in ("convlab.problems", "convlab.theorems"):
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
            catalogue.add(package, package.__name__)
            for name in _submodules(package) if hasattr(package, "__path__") else ():
                label = name.removeprefix(package.__name__ + ".").replace(".", "/")
                module = _import(name, catalogue, label)
                if module is not None:
                    catalogue.add(module, label, theorems=group == "convlab.theorems")
    return catalogue


def load(path: Path) -> Catalogue:
    """The theorems and families of a file, or of all Python files in a folder.

    Raises ConvlabError where there is no such path.
    """
    catalogue = Catalogue()
    if not path.exists():
        raise ConvlabError(f"there is no file or folder {path}")
    root = path if path.is_dir() else path.parent
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    for file in files:
        label = file.relative_to(root).with_suffix("").as_posix()
        if file.stem.startswith(("_", "test_", "conftest")):
            continue
        name = "convlab_file_" + str(file.resolve()).replace("/", "_").removesuffix(".py")
        spec = importlib.util.spec_from_file_location(name, file)
        if spec is None or spec.loader is None:
            catalogue.failures[label] = f"{file} is not a Python file"
            continue
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        sys.path.insert(0, str(root))
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            catalogue.failures[label] = f"{file}: {_reason(error)}"
            continue
        finally:
            sys.path.remove(str(root))
        catalogue.add(module, label)
    return catalogue


def select(targets: Sequence[str]) -> tuple[Catalogue, list[str]]:
    """The installed catalogue with files and folders among the targets, and the ids they name.

    A target is an id, the beginning of ids (an area), a file or a folder; none means all that is
    installed. Raises ConvlabError on a target that names nothing, with the nearest id.
    """
    catalogue = installed()
    if not targets:
        return catalogue, list(catalogue.theorems)
    ids: list[str] = []
    for target in targets:
        inside = [i for i in catalogue.theorems if i == target or i.startswith(target.rstrip("/") + "/")]
        if inside and not target.endswith(".py"):
            ids += inside
        elif Path(target).exists():
            own = load(Path(target))
            if not own.theorems and not own.failures:
                raise ConvlabError(f"{target} holds no theorem: define one as theorem = Theorem(...)")
            catalogue.merge(own)
            ids += list(own.theorems)
        elif target in catalogue.failures:
            raise ConvlabError(f"{target} cannot be imported: {catalogue.failures[target]}")
        else:
            near = difflib.get_close_matches(target, list(catalogue.theorems), 1, cutoff=0.3)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ConvlabError(f"there is no theorem, folder or file '{target}'{hint}")
    return catalogue, list(dict.fromkeys(ids))
