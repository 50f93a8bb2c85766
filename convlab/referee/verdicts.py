"""What the referee says: the exact worst ratio of a claim at an iteration."""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from convlab.errors import ConvlabError, UnavailableError
from convlab.problem import Problem
from convlab.referee.estimation import Estimation
from convlab.referee.solutions import Found, instance
from convlab.theorem import Theorem

__all__ = ["ITERATIONS", "Exact", "exact", "require_installed", "worst_cases"]

ITERATIONS = (1, 2, 4, 8)
"""The iterations at which the worst case is computed where none are named."""


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
    problem : an instance made of the solution, None where none could be made: why says ``note``
    reached : metric/bound in convlab's own run on this instance
    """

    k: int
    ratio: float | None
    tight: bool
    status: str
    constants: Mapping[str, float]
    choices: Mapping[str, str]
    problem: Problem | None = None
    reached: float | None = None
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
    require_installed()
    if isinstance(given, Problem):
        numbers = theorem.constants(given)
        if numbers is None:
            raise ConvlabError(f"{given.name} does not satisfy the assumptions of {theorem.id}")
        given = {s: float(v) for s, v in numbers.items() if np.ndim(v) == 0}
    program = Estimation(theorem, given, k, claim, choices)
    ratio, status, found = None, f"the claim says nothing at k = {k}", Found(None, None)
    if program.applies:
        ratio, solution = program.solve()
        status = solution.status
        if ratio is not None:
            found = instance(program, solution, ratio)
    return Exact(
        k=k,
        ratio=ratio,
        tight=program.tight,
        status=status,
        constants=program.names,
        choices={str(s): str(e) for s, e in program.choices.items()},
        problem=found.problem,
        reached=found.reached,
        note=found.note,
    )


def require_installed() -> None:
    """Raise UnavailableError, with what to install, without the extra ``pep``."""
    missing = [n for n in ("PEPit", "clarabel", "cvxpy") if importlib.util.find_spec(n) is None]
    if missing:
        raise UnavailableError(
            f"the referee needs {' and '.join(missing)}: pip install 'convlab[pep]'"
        )


def worst_cases(
    theorem: Theorem,
    given: Problem | Mapping[Any, float] | None = None,
    *,
    claim: int = 0,
    choices: Mapping[sympy.Symbol, sympy.Expr] | None = None,
    iterations: Sequence[int] = ITERATIONS,
    progress: Callable[[Exact], None] = lambda found: None,
) -> list[Exact]:
    """:func:`exact` at several iterations; ``progress`` is called with each result."""
    found = []
    for k in iterations:
        found.append(exact(theorem, given, k, claim=claim, choices=choices))
        progress(found[-1])
    return found
