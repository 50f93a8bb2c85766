"""What the referee says: the exact worst ratio of a claim at an iteration."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from convlab.errors import UnavailableError
from convlab.problem import Problem
from convlab.referee.estimation import Estimation
from convlab.theorem import Theorem

__all__ = ["Exact", "exact"]


@dataclass(frozen=True)
class Exact:
    """The worst case of metric/bound at iteration ``k``.

    Parameters
    ----------
    k : the iteration
    ratio : the largest metric/bound over the class; None where it is not solved
    tight : whether some instance attains it; else it only bounds the worst case from above
    status : "solved", or why not
    constants, choices : the numbers for which it was computed
    problem : an instance that attains it, None where none could be made, for the reason ``note``
    """

    k: int
    ratio: float | None
    tight: bool
    status: str
    constants: Mapping[str, float]
    choices: Mapping[str, str]
    problem: Problem | None = None
    note: str = ""


def exact(
    theorem: Theorem,
    given: Problem | Mapping[Any, float] | None,
    k: int,
    *,
    claim: int = 0,
    choices: Mapping[sympy.Symbol, sympy.Expr] | None = None,
) -> Exact:
    """The exact worst case of metric/bound at iteration k, for one claim.

    ``given`` has the constants, a problem or numbers by symbol; those that it lacks have usual
    values. ``choices`` are the theorem's parameters, by default the first that the bench tries.

    Raises UnavailableError without the extra ``pep``, and ConvlabError, in one sentence, where an
    assumption, oracle, metric or bound cannot be translated.
    """
    missing = [n for n in ("PEPit", "clarabel", "cvxpy") if importlib.util.find_spec(n) is None]
    if missing:
        raise UnavailableError(
            f"the referee needs {' and '.join(missing)}: pip install 'convlab[pep]'"
        )
    if isinstance(given, Problem):
        numbers = theorem.constants(given) or {}
        given = {s: float(v) for s, v in numbers.items() if np.ndim(v) == 0}
    program = Estimation(theorem, given, k, claim, choices)
    ratio, status = program.solve()
    return Exact(
        k=k,
        ratio=ratio,
        tight=program.tight,
        status=status,
        constants=program.names,
        choices={str(s): str(e) for s, e in program.choices.items()},
    )
