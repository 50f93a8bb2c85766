"""The exception for mistakes that the user can fix, and the check that names are distinct."""

import sys
from collections.abc import Iterable
from typing import Any

__all__ = ["ConvlabError", "UnavailableError", "caller", "require_distinct"]


class ConvlabError(ValueError):
    """Bad input: the message is one sentence that says what is wrong, where, and what to do."""


class UnavailableError(ConvlabError):
    """A family needs something that is not installed; the laboratory does without it."""


def caller(module: str) -> str:
    """Module and line from which the functions of ``module`` were called.

    Module-level code of ``module`` counts as a caller.
    """
    frame = sys._getframe(1)
    while (
        frame.f_globals["__name__"] == module
        and frame.f_code.co_name != "<module>"
        and frame.f_back is not None
    ):
        frame = frame.f_back
    return f"{frame.f_globals['__name__']}, line {frame.f_lineno}"


def require_distinct(things: Iterable[Any], where: str) -> None:
    """Raise ConvlabError where two different objects have one name.

    ``things`` have a ``name`` and a ``place``, the module and line that made them. ``where``
    begins the sentence: "the theorem assumes two different properties".
    """
    found: dict[str, Any] = {}
    for thing in things:
        other = found.setdefault(thing.name, thing)
        if other is not thing:
            raise ConvlabError(
                f"{where} called '{thing.name}': one of {other.place}, one of {thing.place}; "
                "rename one, or use the same object for both"
            )
