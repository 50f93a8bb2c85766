"""Symbolic arrays: what a step, an oracle and a metric see in place of numbers.

The vocabulary asks an array for its namespace. These arrays answer with :data:`WORDS`, the few
words that have a meaning for unknown vectors: sums, multiples, inner products, square roots, least
values. Any other word is refused, so that nothing is computed that the step does not say.

A :class:`Vector` stands for ``(R, d)`` and holds a PEPit ``Point``; a :class:`Number` stands for
``(R, 1)`` and holds a PEPit ``Expression``, which is linear in inner products and function values.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from convlab.errors import ConvlabError

__all__ = ["WORDS", "Least", "Number", "RefusedError", "Root", "Vector"]


class RefusedError(ConvlabError, AttributeError):
    """What the referee cannot translate; an AttributeError, so that ``hasattr`` says no."""


def _plain(value: Any) -> float | None:
    """The number that a value is, where it is one: a Python number, or an array of one entry."""
    if isinstance(value, _Symbolic):
        return None
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "iuf":
        raise RefusedError(f"the referee cannot combine unknowns with {value!r}")
    return float(array.reshape(()))


class _Symbolic:
    """What all symbolic arrays share: a namespace, and operations that have no meaning."""

    __array_ufunc__ = None  # NumPy leaves the operation to the right-hand side
    ndim = 2
    dtype = "symbolic"

    def __init__(self, held: Any) -> None:
        self.held = held

    def __array_namespace__(self, **_: Any) -> Any:
        return WORDS

    def __getattr__(self, name: str) -> Any:
        raise RefusedError(
            f"the step asks unknowns for their '{name}', which the referee cannot tell"
        )

    def _refuse(self, *_: Any) -> Any:
        raise RefusedError(
            "the step combines unknowns in a way that is not linear in inner products and values"
        )

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __truediv__ = __rtruediv__ = __pow__ = __neg__ = __abs__ = __matmul__ = __rmatmul__ = _refuse

    def __lt__(self, other: Any) -> Any:
        raise RefusedError(
            "the step compares unknowns, and the referee cannot follow both branches"
        )

    __le__ = __gt__ = __ge__ = __bool__ = __lt__  # type: ignore[assignment]


class _Linear(_Symbolic):
    """Sums and multiples."""

    def __add__(self, other: Any) -> Any:
        if isinstance(other, type(self)):
            return type(self)(self.held + other.held)
        number = _plain(other)
        if number is None:
            return self._refuse()
        return self if number == 0.0 else self._shifted(number)

    def _shifted(self, number: float) -> Any:
        return self._refuse()

    def __neg__(self) -> Any:
        return self * -1.0

    def __sub__(self, other: Any) -> Any:
        return self + -1.0 * other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        number = _plain(other)
        return self._refuse() if number is None else type(self)(number * self.held)

    def __truediv__(self, other: Any) -> Any:
        number = _plain(other)
        return self._refuse() if number is None else type(self)((1.0 / number) * self.held)

    __radd__, __rmul__ = __add__, __mul__


class Vector(_Linear):
    """An unknown vector, ``(R, d)``."""

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Vector):
            return _Entries(self.held * other.held)
        return super().__mul__(other)

    __rmul__ = __mul__

    def __getitem__(self, item: Any) -> np.ndarray:
        """A column, which is only asked for its shape: a number per replicate begins as 0."""
        if item == (slice(None), slice(None, 1)):
            return np.zeros((1, 1))
        raise RefusedError("the step takes entries of a vector, and the referee knows only vectors")


class _Entries(_Symbolic):
    """The products of the entries of two vectors, which mean something only when added up."""


class Number(_Linear):
    """An unknown number, ``(R, 1)``: linear in inner products and function values."""

    def _shifted(self, number: float) -> "Number":
        return Number(self.held + number)


class Root(_Symbolic):
    """The square root of a number, which is ``held``."""

    def __mul__(self, other: Any) -> Any:
        number = _plain(other)
        if number is None or number < 0:
            return self._refuse()
        return Root(number**2 * self.held)

    def __truediv__(self, other: Any) -> Any:
        number = _plain(other)
        return self._refuse() if number is None else self * (1.0 / number)

    def __add__(self, other: Any) -> Any:
        return self if _plain(other) == 0.0 else self._refuse()

    __rmul__, __radd__ = __mul__, __add__


class Least(_Symbolic):
    """The least of several numbers, or of several roots, which are ``held`` in a tuple."""


def _least(a: Any, b: Any) -> Least:
    parts = [*(a.held if isinstance(a, Least) else [a]), *(b.held if isinstance(b, Least) else [b])]
    if {type(p) for p in parts} not in ({Number}, {Root}):
        raise RefusedError("the step takes the least of unknowns that are not numbers of one kind")
    return Least(tuple(parts))


def _added(x: Any, axis: int, keepdims: bool) -> Number:
    if not isinstance(x, _Entries) or axis != -1 or not keepdims:
        raise RefusedError("the step adds up entries that are not products of two vectors")
    return Number(x.held)


def _root(x: Any) -> Root:
    if not isinstance(x, Number):
        raise RefusedError("the step takes the root of what is no number")
    return Root(x.held)


class _Words:
    """The namespace of symbolic arrays: a word that it lacks is refused by name."""

    def __init__(self, **words: Callable) -> None:
        self.__dict__.update(words, __name__=__name__)

    def __getattr__(self, name: str) -> Any:
        raise RefusedError(f"the step uses the word '{name}', which has no meaning for unknowns")


WORDS = _Words(
    asarray=lambda x, dtype=None: x,
    minimum=_least,
    sqrt=_root,
    sum=_added,
    zeros_like=lambda x: 0.0 * x,
)
"""The words that have a meaning for unknowns."""
