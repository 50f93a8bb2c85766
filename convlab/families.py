"""Families by name, and instances read from their text."""

import ast
import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from convlab.errors import ConvlabError
from convlab.family import Family, Instance

__all__ = ["Families", "instance_of"]


class Families(Mapping[str, Family]):
    """Families by path: the file, with dots for slashes, and the name in it.

    Any end of a path that no other family shares will do: ``quadratic`` or
    ``quadratics.quadratic`` for ``problems.quadratics.quadratic``. Families in ``also`` that are
    not among the others get their module and name as path.
    """

    def __init__(
        self, families: Mapping[str, Family] | None = None, also: Iterable[Family] = ()
    ) -> None:
        self._families = dict(families or {})
        for family in also:
            self.add(f"{family.__module__}.{family.name}", family)

    def add(self, path: str, family: Family) -> None:
        """Take in a family; one that is there already, or was read from the same line, stays.

        Raises ConvlabError where the path belongs to another.
        """
        known = [(f.name, f.place) for f in self._families.values()]
        if (family.name, family.place) in known:
            return
        if path in self._families:
            raise ConvlabError(
                f"two families are called {path}: {self._families[path].place} and "
                f"{family.place}; rename one of them, or name the folder that holds both files"
            )
        self._families[path] = family

    def paths(self, name: str) -> list[str]:
        """The paths that a name may stand for: the path itself, else all that end so."""
        if name in self._families:
            return [name]
        return [path for path in self._families if path.endswith(f".{name}")]

    def find(self, name: str) -> Family:
        """The only family of that name.

        Raises ConvlabError where there is none, with the nearest, or several, with all.
        """
        paths = self.paths(name)
        if len(paths) > 1:
            listed = ", ".join(f"{path} ({self._families[path].place})" for path in paths)
            raise ConvlabError(
                f"'{name}' is the name of {len(paths)} families; choose one: {listed}"
            )
        if not paths:
            known = [*(family.name for family in self._families.values()), *self._families]
            near = difflib.get_close_matches(name, known, 1, cutoff=0.3)
            raise ConvlabError(
                f"there is no family '{name}'" + (f"; did you mean {near[0]}?" if near else "")
            )
        return self._families[paths[0]]

    def __getitem__(self, name: str) -> Family:
        paths = self.paths(name)
        if len(paths) != 1:
            raise KeyError(name)
        return self._families[paths[0]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._families)

    def __len__(self) -> int:
        return len(self._families)


def instance_of(text: str, families: Mapping[str, Family]) -> Instance:
    """The instance of which this is the text: a call with literals, which is not evaluated.

    Parameters that are left out have their defaults. Raises ConvlabError where the text is no such
    call, or names no family or parameter, or a value is outside its range.

    >>> from typing import Annotated
    >>> from convlab.family import between, family
    >>> @family
    ... def ball(rng, *, r: Annotated[float, between(0, 9)] = 3.0):
    ...     ...
    >>> str(instance_of("ball(r=0.1)", {"ball": ball}))
    'ball(r=0.1)'
    """
    call = _call(text)
    values: dict[str, Any] = {}
    for keyword in call.keywords:
        name = keyword.arg
        if name is None or name in values:
            raise _unreadable(text, "a name is missing or stands twice")
        values[name] = _literal(keyword.value, text)
    family = Families(families).find(ast.unparse(call.func))
    return family.instance(**values)


def _call(text: str) -> ast.Call:
    """The call that the text is: of a dotted name, with keywords alone."""
    try:
        call = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _unreadable(text, "it is no Python expression") from error
    if not isinstance(call, ast.Call):
        raise _unreadable(text, "it is no call")
    function = call.func
    while isinstance(function, ast.Attribute):
        function = function.value
    if not isinstance(function, ast.Name) or call.args:
        raise _unreadable(text, "it does not name a family and its parameters")
    return call


def _literal(node: ast.expr, text: str) -> Any:
    """A number, a boolean, a string or a tuple of such; ``inf`` stands for infinity."""
    match node:
        case ast.Tuple(elements):
            return tuple(_literal(element, text) for element in elements)
        case ast.Constant(bool() | int() | float() | str() as value):
            return value
        case ast.Name("inf"):
            return float("inf")
        case ast.UnaryOp(ast.USub(), operand):
            value = _literal(operand, text)
            if not isinstance(value, bool | str | tuple):
                return -value
    raise _unreadable(text, f"{ast.unparse(node)} is no number, string, boolean or tuple")


def _unreadable(text: str, why: str) -> ConvlabError:
    return ConvlabError(
        f"'{text}' is no instance, since {why}; write it as quadratic(kappa=10.0, key=1)"
    )
