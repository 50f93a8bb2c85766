"""Pages that list families, methods, symbols, assumptions and profiles."""

import ast
import importlib
import inspect
import itertools
import pkgutil
from types import ModuleType

import sympy
from markup import docstring, markdown, table

from convlab import algorithms, assumptions, symbols
from convlab.algorithm import Algorithm
from convlab.assumption import Assumption
from convlab.catalogue import Catalogue
from convlab.instances import PROFILES
from convlab.problem import Problem
from convlab.theorem import Theorem


def modules(package: ModuleType) -> list[str]:
    """The names of the modules of a package."""
    return [info.name for info in pkgutil.iter_modules(package.__path__, package.__name__ + ".")]


def families(found: Catalogue, examples: dict[str, Problem]) -> str:
    """All families, with their parameters; certificates where the ``examples`` have one."""
    lines = ["# Families of problems", ""]
    for name, family in sorted(found.families.items(), key=lambda item: item[1].name):
        lines += [f"(family-{name})=", f"## `{family.name}`", "", *docstring(family)]
        if family.parameters:
            lines += table("parameter", "range", "default")
            lines += [
                f"| `{p.name}` | {p.range} | {p.default} |" for p in family.parameters.values()
            ]
            lines.append("")
        if name in examples:
            lines += certificates(examples[name])
    return "\n".join(lines)


def certificates(problem: Problem) -> list[str]:
    """What is known of a problem, and what it satisfies."""
    lines = table("certificate", "at the defaults", "obtained")
    for constant, certificate in problem.certificates.items():
        value = certificate.value
        shown = f"{value:.6g}" if isinstance(value, int | float) else type(value).__name__
        lines.append(f"| `{constant}` | {shown} | {markdown(certificate.how)} |")
    satisfied = ", ".join(f"[`{a.name}`](#assumption-{a.name})" for a in problem.assumptions)
    return [*lines, "", f"Satisfies {satisfied}.", ""]


def methods() -> str:
    """All algorithms, by file."""
    lines = ["# Methods", ""]
    for path in modules(algorithms):
        module = importlib.import_module(path)
        lines += [f"## {(module.__doc__ or path).partition('.')[0]}", "", f"`{path}`", ""]
        for name, value in vars(module).items():
            if isinstance(value, Algorithm) and value.__module__ == path:
                shown = ", ".join(value.hyperparameters)
                lines += [f"(method-{name})=", f"### `{name}({shown})`", "", *docstring(value)]
    return "\n".join(lines)


def notation(found: Catalogue) -> str:
    """The tables of symbols: the house's, then those of single theorems."""
    house = {v for v in vars(symbols).values() if isinstance(v, sympy.Symbol)}
    used: dict[sympy.Symbol, list[str]] = {}
    for name, theorem in found.theorems.items():
        for letter in symbols_of(theorem):
            used.setdefault(letter, []).append(name)
    lines = table("symbol", "in code", "meaning")
    for (name, meaning), entry in symbols.NOTATION.items():
        if entry.symbol in house:
            lines.append(f"| ${entry.tex}$ | `{name}` | {markdown(meaning)}{_signed(entry)} |")
    lines += ["", "Letters of single theorems:", "", *table("symbol", "in code", "meaning", "in")]
    for (name, meaning), entry in sorted(symbols.NOTATION.items()):
        if entry.symbol not in house:
            places = used.get(entry.symbol, ())
            where = "<br>".join(f"[{t}](/generated/theorems/{t}.md)" for t in places)
            explained = markdown(meaning) + _signed(entry)
            lines.append(f"| ${entry.tex}$ | `{name}` | {explained} | {where} |")
    return "\n".join(lines) + "\n"


def _signed(entry: symbols.Entry) -> str:
    """The sign of a letter, where it is not nonnegative."""
    return "" if entry.sign == "nonnegative" else f" ({entry.sign})"


def symbols_of(theorem: Theorem) -> set[sympy.Symbol]:
    """All symbols in the formulas of a theorem."""
    formulas = [*theorem.algorithm.hyperparameters.values(), *theorem.parameters, *theorem.initial]
    formulas += [f for claim in theorem.claims for f in claim.formulas]
    formulas += [v for a in theorem.assume for v in a.values]
    formulas += [s for s in theorem.parameters.values() if isinstance(s, sympy.Set)]
    return set().union(*(sympy.sympify(f).free_symbols for f in formulas))


def properties(found: Catalogue) -> str:
    """The assumptions of the catalogue, and those of single theorems."""
    rooms = [importlib.import_module(name) for name in modules(assumptions)]
    docs = {name: text for room in rooms for name, text in attribute_docs(room).items()}
    known = {v for v in vars(assumptions).values() if isinstance(v, Assumption)}
    known |= {assumed.definition for t in found.theorems.values() for assumed in t.assume}
    lines = []
    for assumption in sorted(known, key=lambda a: a.name):
        name = assumption.name
        constants = ", ".join(f"`{c}`" for c in assumption.constants)
        lines += [f"(assumption-{name})=", f"### `{name}`", ""]
        lines += [f"Constants: {constants}.", ""] if constants else []
        lines += [markdown(docs.get(name, "")), ""]
        lines += ["$$", assumption.statement, "$$", ""] if assumption.statement else []
    return "\n".join(lines)


def attribute_docs(module: ModuleType) -> dict[str, str]:
    """The names assigned in a module, each with the string that stands below it, if any."""
    found: dict[str, str] = {}
    body = ast.parse(inspect.getsource(module)).body
    for assignment, below in itertools.pairwise([*body, ast.Pass()]):
        if isinstance(assignment, ast.Assign | ast.AnnAssign):
            targets = getattr(assignment, "targets", [getattr(assignment, "target", None)])
            names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
            match below:
                case ast.Expr(ast.Constant(str(text))):
                    found |= dict.fromkeys(names, inspect.cleandoc(text))
                case _:
                    found |= dict.fromkeys(names, "")
    return found


def profiles() -> str:
    """The table of profiles."""
    heads = ("profile", "families beside the tight ones", "starts", "replicates, up to", "length")
    lines = table(*heads)
    for name, p in PROFILES.items():
        lines.append(f"| {name} | {p.instances} | {p.starts} | {p.replicates[-1]} | x {p.length} |")
    return "\n".join(lines) + "\n"
