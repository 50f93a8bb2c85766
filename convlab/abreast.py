"""Problems abreast: many problems of one form as one, each on replicates of its own.

A search tries hundreds of members of a family. Run one after the other they would take minutes;
as one problem whose numbers are columns, ``(R, 1)`` in place of a number, they are one run.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from convlab.assumption import Assumption, Certificate
from convlab.errors import ConvlabError
from convlab.problem import Problem

__all__ = ["abreast", "form"]


def form(value: Any) -> Any:
    """What problems must share to run abreast: types and shapes, and all that is no real number.

    ``value`` is an oracle, or a field of one.
    """
    if hasattr(value, "_fields"):
        return type(value), tuple(map(form, value))
    if isinstance(value, np.ndarray):
        return value.dtype.kind, value.shape
    if isinstance(value, float | np.floating):
        return float
    return value


def abreast(problems: Sequence[Problem], starts: int, key: int) -> Problem:
    """One problem in place of many: each is that of ``starts`` replicates, one after the other.

    Its oracle has in each field the numbers of all, its constants are those of all, and replicate
    r starts where its problem starts under ``key``. Raises ConvlabError where the problems are not
    of one form, or where an oracle does not give each replicate what its own problem gives it.
    """
    if any(form(p.oracle) != form(problems[0].oracle) for p in problems):
        raise ConvlabError("the problems are not of one form")
    names = [
        name
        for name in problems[0].constants
        if all(name in p.constants and name not in p.disputed for p in problems)
    ]
    constants = [_joined([p.constants[name] for p in problems], starts) for name in names]
    points = np.concatenate([p.starts(key, range(starts)) for p in problems])
    shared = Assumption("members", tuple(names))
    made = Problem(
        oracle=_joined([p.oracle for p in problems], starts),
        declares=[shared(*(Certificate(v, "of each member") for v in constants))],
        start=lambda rng, R: points,
        name=f"{len(problems)} problems abreast",
    )
    object.__setattr__(made, "abreast", True)
    for i in (0, len(problems) - 1):
        rows = slice(i * starts, (i + 1) * starts)
        _require_the_same(made, problems[i], points, rows)
    return made


def _require_the_same(together: Problem, alone: Problem, points: Any, rows: slice) -> None:
    """Oracles of a point alone give the same to some replicates as to their own problem."""
    for name in alone.vocabulary:
        code = getattr(getattr(type(alone.oracle), name, None), "__code__", None)
        if code is None or code.co_varnames[: code.co_argcount] != ("self", "x"):
            continue
        try:
            with np.errstate(all="ignore"):
                values = np.asarray(getattr(together.oracle, name)(points), dtype=float)
        except Exception:  # so would a run that needs it
            continue
        with np.errstate(all="ignore"):
            own = np.asarray(getattr(alone.oracle, name)(points[rows]), dtype=float)
        values = values[rows] if len(values) == len(points) else values
        fits = values.shape[-own.ndim :] == own.shape  # or one row each, where there is one for all
        if not (fits and np.allclose(values, own, rtol=1e-6, equal_nan=True)):
            raise ConvlabError(f"{alone.name}: {name} does not go abreast")


def _joined(values: Sequence[Any], copies: int) -> Any:
    """The values of all problems as one: itself where they are equal, else along the replicates."""
    first = values[0]
    if hasattr(first, "_fields"):
        return type(first)(*(_joined(field, copies) for field in zip(*values, strict=True)))
    if np.ndim(first) == 0 and not isinstance(first, float | np.floating):
        return first
    if all(v is first or np.array_equal(v, first) for v in values):
        return first
    stack = np.repeat(np.stack([np.asarray(v) for v in values]), copies, axis=0)
    return stack[:, None] if np.ndim(first) == 0 else stack
