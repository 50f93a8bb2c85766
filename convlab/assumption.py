"""Assumptions: properties with named constants, which can test themselves on a problem.

The same words serve both sides. A theorem *assumes* ``smooth(L)``, with a symbol; a problem
*declares* ``smooth(2.0)`` or ``smooth(Certificate(2.0, "largest eigenvalue"))``.
The catalogue of assumptions is :mod:`convlab.assumptions`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np

from convlab.errors import ConvlabError, caller
from convlab.statistics import log_e_value

__all__ = ["Assumption", "Certificate", "Violation"]


ROUNDING = 2.0**-50
"""Relative error of a number that a closed form gives in double precision."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """A constant of a problem, and how it was obtained.

    ``error`` bounds the absolute error of the value, in the Euclidean norm. A closed form needs
    none: doubles are rounded, so the bound is at least 2^-50 times the norm of the value. The error
    of zero and of an integer is what was given.

    >>> Certificate(4.0, "closed form").error == 2.0**-48, Certificate(0.0, "closed form").error
    (True, 0.0)
    """

    value: Any
    how: str
    error: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.value, Integral):
            rounding = ROUNDING * float(np.linalg.norm(np.asarray(self.value, dtype=float)))
            object.__setattr__(self, "error", max(float(self.error), rounding))


class Violation(NamedTuple):
    """A point at which a declared assumption fails."""

    assumption: "Assumption"
    point: np.ndarray
    other: np.ndarray
    left: float
    right: float

    def __str__(self) -> str:
        def show(v: np.ndarray) -> str:
            v = np.asarray(v, dtype=float)
            return np.array2string(v, precision=4, threshold=6, max_line_width=10**6)

        where = f"x = {show(self.point)}"
        if self.assumption.pairwise:
            where += f", y = {show(self.other)}"
        return (
            f"the problem declares {self.assumption}, but at {where} "
            f"the left side {self.left:.6g} exceeds the right side {self.right:.6g}"
        )


Test = Callable[..., tuple[Any, Any]]
Centered = Callable[..., tuple[Any, Any, Any]]


@dataclass(frozen=True, eq=False)
class Assumption:
    """A property with named constants.

    An assumption is the object that its module defines: ``smooth`` and ``smooth(2.0)`` have the
    same ``definition``; another property called "smooth" has another one, and neither satisfies
    the other.

    Parameters
    ----------
    name : the field's word for it
    constants : names of the constants, in the order in which a call takes their values
    statement : the inequality, in TeX, with the constants' names; it says all that is implied
    letters : what other letters of the statement mean, by their TeX, where they have a meaning
        beside that of :data:`convlab.symbols.LETTERS`
    tex : the letters of constants in the statement, where they do not follow from the names
    test : ``test(oracle, x, y, rng, start, **constants) -> (left, right)``, arrays ``(R, 1)``: the
        assumption holds where left <= right. It takes those of these arguments that it names;
        ``start`` are starting points
    expected : the inequality is between the *expectations* over the draws of ``rng``
    centered : ``centered(oracle, x, rng, **constants) -> (noise, order, size)``: given x, the rows
        of ``noise``, ``(R, ...)``, have expectation 0, and their norms a moment of this order in
        (1, 2], at most size^order; order and size are None where no moment is known
    implies : ``implies(*values)`` gives the assumptions that follow from this one
    larger, smaller : constants that may always be replaced by larger, or smaller, ones: an
        L-smooth function is L'-smooth for L' >= L. A number in a theorem stands for that class; of
        the other constants, it must be the problem's own
    values : the constants: symbols in a theorem, certificates in a problem
    place : module and line of the definition, for messages
    """

    name: str
    constants: tuple[str, ...] = ()
    statement: str = ""
    test: Test | None = None
    expected: bool = False
    centered: Centered | None = None
    implies: Callable[..., Sequence["Assumption"]] = lambda *values: ()
    larger: tuple[str, ...] = ()
    smaller: tuple[str, ...] = ()
    letters: Mapping[str, str] = field(default_factory=dict)
    tex: Mapping[str, str] = field(default_factory=dict)
    values: tuple[Any, ...] = ()
    place: str = field(default="", repr=False)
    _definition: "Assumption | None" = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", self.place or caller(__name__))

    @property
    def definition(self) -> "Assumption":
        """The assumption as it was defined, before it was given values."""
        return self._definition or self

    def __call__(self, *values: Any) -> "Assumption":
        """The assumption with values for its constants; raises ConvlabError on a wrong number."""
        if len(values) != len(self.constants):
            expected = ", ".join(self.constants) or "no constants"
            raise ConvlabError(f"{self.name} takes {expected}; {len(values)} values were given")
        made = replace(self, values=values)
        object.__setattr__(made, "_definition", self.definition)
        return made

    def __str__(self) -> str:
        if not self.constants:
            return self.name
        values = [v.value if isinstance(v, Certificate) else v for v in self.values]
        shown = (f"{v:.6g}" if isinstance(v, float) else str(v) for v in values)
        pairs = (f"{c}={s}" for c, s in zip(self.constants, shown, strict=False))
        return f"{self.name}({', '.join(pairs)})"

    @property
    def pairwise(self) -> bool:
        """Whether the inequality is about two points."""
        return self.test is not None and "y" in _arguments(self.test)

    def certificates(self) -> dict[str, Certificate]:
        """Constant -> certificate, for an assumption declared by a problem."""
        pairs = zip(self.constants, self.values, strict=True)
        return {
            name: v if isinstance(v, Certificate) else Certificate(v, "by construction")
            for name, v in pairs
        }

    def closure(self) -> list["Assumption"]:
        """The assumption and all that follow from it."""
        found = [self]
        for implied in self.implies(*self.values):
            found += implied.closure()
        return found

    def covers(self, name: str, value: float, certificate: Certificate) -> bool:
        """Whether the property with ``value`` for a constant follows from that of the certificate.

        Up to the error of the certificate.
        """
        own, error = float(certificate.value), certificate.error
        if name in self.larger:
            return own <= value + error
        if name in self.smaller:
            return own >= value - error
        return abs(own - value) <= error

    def violation(
        self,
        oracle: Any,
        x: np.ndarray,
        y: np.ndarray,
        rng: Any,
        log_threshold: float,
        start: np.ndarray | None = None,
    ) -> Violation | None:
        """The first of the points ``x`` (and ``y``) at which the assumption fails, if any.

        An inequality between expectations is judged by an e-value against ``log_threshold``,
        with all rows of ``x`` equal. A test of the start is given ``start``, and reports that.
        """
        if self.test is None:
            return None
        if start is not None and "start" in _arguments(self.test):
            x = start
        left, right = self._call(self.test, oracle=oracle, x=x, y=y, rng=rng, start=start)
        left, right = (
            np.broadcast_to(np.asarray(v, dtype=float), (len(x), 1)) for v in (left, right)
        )
        if self.expected:
            ratio = left / np.where(right > 0, right, np.finfo(float).tiny)
            ratio = np.where(left <= 1e-12 * (1 + np.abs(left).max()), 0.0, ratio)
            failed = np.full(len(x), log_e_value(ratio) > log_threshold)
            left, right = (np.full((len(x), 1), v.mean()) for v in (left, right))
        else:
            slack = 1e-9 * (np.abs(left) + np.abs(right)) + 1e-12
            failed = ~(left <= right + slack)[:, 0]
        if not failed.any():
            return None
        r = int(np.argmax(failed))
        return Violation(self, x[r], y[r], float(left[r, 0]), float(right[r, 0]))

    def noise(self, oracle: Any, x: np.ndarray, rng: Any) -> tuple[Any, Any, Any] | None:
        """What ``centered`` gives at the points ``x``; None where the assumption has none."""
        if self.centered is None:
            return None
        return self._call(self.centered, oracle=oracle, x=x, rng=rng)

    def _call(self, function: Callable, **given: Any) -> Any:
        """The function of those arguments that it names, and of the constants."""
        given |= {name: c.value for name, c in self.certificates().items()}
        return function(*(given[a] for a in _arguments(function)))


def _arguments(function: Callable) -> tuple[str, ...]:
    code = function.__code__
    return code.co_varnames[: code.co_argcount]
