"""What PEPit knows: for sets of assumptions, the class of functions or operators.

An entry says by which inequalities between finitely many points, (sub)gradients and values a class
is described. They are *tight* where they are also sufficient: where whatever satisfies them belongs
to some function of the class, in a space of some dimension. A set of assumptions that has no entry
is refused; none is ever dropped.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from convlab import assumptions as known
from convlab.assumption import Assumption
from convlab.errors import ConvlabError
from convlab.theorem import Theorem

__all__ = ["Class", "Constants", "constants_of", "describe"]

Constants = Mapping[str, float]
"""Values of the assumptions' constants, by name."""


@dataclass(frozen=True)
class Entry:
    """A class of PEPit: its name there, its arguments, and whether its inequalities are tight."""

    kind: str
    arguments: Callable[[Constants], dict[str, float]]
    tight: bool = True


def _of(*names: str, **fixed: float) -> Callable[[Constants], dict[str, float]]:
    return lambda c: {n: c[n] for n in names} | fixed


FUNCTIONS: dict[frozenset[Assumption], Entry] = {
    frozenset(assumed): entry
    for assumed, entry in (
        ([known.convex], Entry("ConvexFunction", _of())),
        ([known.strongly_convex], Entry("StronglyConvexFunction", _of("mu"))),
        (
            [known.convex, known.bounded_subgradients],
            Entry("ConvexLipschitzFunction", lambda c: {"M": c["G"]}),
        ),
        ([known.smooth], Entry("SmoothFunction", _of("L"))),
        (
            [known.smooth, known.pl],
            Entry("SmoothFunction", _of("L"), tight=False),
        ),
        ([known.convex, known.smooth], Entry("SmoothConvexFunction", _of("L"))),
        ([known.smooth_part], Entry("SmoothConvexFunction", _of("L"))),
        (
            [known.strongly_convex, known.smooth],
            Entry("SmoothStronglyConvexFunction", _of("L", "mu")),
        ),
        (
            [known.strongly_convex_part, known.smooth_part],
            Entry("SmoothStronglyConvexFunction", _of("L", "mu")),
        ),
        (
            [known.quadratic_objective, known.convex, known.smooth],
            Entry("SmoothStronglyConvexQuadraticFunction", _of("L", mu=0.0)),
        ),
        (
            [known.quadratic_objective, known.strongly_convex, known.smooth],
            Entry("SmoothStronglyConvexQuadraticFunction", _of("L", "mu")),
        ),
    )
}
"""Functions, the smooth part of a composite one among them."""

OPERATORS: dict[frozenset[Assumption], Entry] = {
    frozenset(assumed): entry
    for assumed, entry in (
        ([known.monotone], Entry("MonotoneOperator", _of())),
        ([known.strongly_monotone], Entry("StronglyMonotoneOperator", _of("mu"))),
        ([known.lipschitz], Entry("LipschitzOperator", _of("L"))),
        ([known.cocoercive], Entry("CocoerciveOperator", _of("beta"))),
        (
            [known.cocoercive, known.strongly_monotone],
            Entry("CocoerciveStronglyMonotoneOperatorCheap", _of("beta", "mu"), tight=False),
        ),
        ([known.nonexpansive], Entry("NonexpansiveOperator", _of())),
        ([known.comonotone], Entry("NegativelyComonotoneOperator", _of("rho"), tight=False)),
        (
            [known.monotone, known.lipschitz],
            Entry("LipschitzStronglyMonotoneOperatorCheap", _of("L", mu=0.0), tight=False),
        ),
        (
            [known.strongly_monotone, known.lipschitz],
            Entry("LipschitzStronglyMonotoneOperatorCheap", _of("L", "mu"), tight=False),
        ),
    )
}
"""Operators; Lipschitz and monotone together are described by more inequalities than are known."""

OPTIMA = {known.attained, known.attained_on_set, known.bounded_below, known.zero}
"""That there is a minimizer, an infimum or a zero: the oracle brings it in."""

ROLES = {
    known.proximable,
    known.proximable_part,
    known.projectable,
    known.bounded_domain,
    known.resolvable,
}
"""What more the oracle offers: see :class:`convlab.referee.oracle.Oracle`."""

USUAL = {"L": 1.0, "beta": 1.0, "mu": 0.1, "G": 1.0, "B": 1.0, "rho": 0.1}
"""Numbers for the constants where none are given."""


@dataclass(frozen=True)
class Class:
    """The class that a theorem's assumptions describe: an entry, and what more is assumed."""

    entry: Entry
    operator: bool
    also: frozenset[Assumption]

    def has(self, assumption: Assumption) -> bool:
        """Whether an optimum or a role of this kind is assumed."""
        return assumption in self.also


def describe(theorem: Theorem) -> Class:
    """The class of a theorem; raises ConvlabError, naming the assumption, where there is none."""
    assumed = {a.definition for a in theorem.assume}
    also = assumed & (OPTIMA | ROLES)
    main = assumed - also - _implied(theorem.assume)
    if known.proximable in also and not main & {known.convex, known.strongly_convex}:
        main |= {known.convex}
    for table, operator in ((FUNCTIONS, False), (OPERATORS, True)):
        entry = table.get(frozenset(main))
        if entry is not None:
            _require_one_setting(theorem, main | also, operator)
            return Class(entry, operator, frozenset(also | (main & {known.nonexpansive})))
    single = set().union(*FUNCTIONS, *OPERATORS)
    unknown = sorted(a.name for a in main - single)
    names = ", ".join(sorted(a.name for a in main)) or "nothing"
    what = (
        f"has no class for the assumption {unknown[0]}"
        if unknown
        else f"has no class for {names} together"
    )
    raise ConvlabError(f"{theorem.id or theorem.cite}: the referee {what}")


SETTINGS = (
    (known.proximable_part, {known.smooth_part, known.attained, known.bounded_below}),
    (known.projectable, {known.bounded_domain, known.attained_on_set}),
    (None, {known.attained, known.bounded_below, known.proximable}),
)
"""What may be assumed of a sum, of a function on a set, and of a function alone."""


def _require_one_setting(theorem: Theorem, assumed: set[Assumption], operator: bool) -> None:
    """Refuse optima and roles that do not belong together: nothing may be ignored."""
    place, allowed = next((p, a) for p, a in SETTINGS if p is None or p in assumed)
    if operator:
        place, allowed = None, {known.zero, known.resolvable}
    parts = {known.smooth_part, known.strongly_convex_part}
    foreign = {a for a in assumed & (OPTIMA | ROLES) if a not in allowed and a is not place}
    if known.proximable_part not in assumed:
        foreign |= assumed & parts
    elif not assumed & parts:
        foreign.add(known.proximable_part)
    if foreign:
        names = ", ".join(sorted(a.name for a in foreign))
        beside = ", ".join(sorted(a.name for a in assumed - foreign))
        raise ConvlabError(
            f"{theorem.id or theorem.cite}: the referee does not know what {names} means beside "
            f"{beside}"
        )


def _implied(assume: Iterable[Assumption]) -> set[Assumption]:
    """The assumptions that follow, with the same constants, from another one that is assumed."""
    given = [a for a in assume if a.values or not a.constants]
    stated = {(a.definition, a.values) for a in given}
    follows = {
        (b.definition, b.values) for a in given for b in a.closure() if b.definition != a.definition
    }
    return {definition for definition, _ in stated & follows}


def constants_of(
    theorem: Theorem, given: Mapping[Any, float] | None
) -> tuple[dict[sympy.Symbol, float], dict[str, float]]:
    """Values of the assumptions' constants, by symbol and by name.

    ``given`` is by symbol or by its name; what it lacks has its usual number.
    """
    named = {str(s): float(v) for s, v in (given or {}).items()}
    by_symbol: dict[sympy.Symbol, float] = {}
    by_name: dict[str, float] = {}
    for assumption in theorem.assume:
        for name, value in zip(assumption.constants, assumption.values, strict=False):
            if isinstance(value, sympy.Symbol):
                number = named.get(str(value), USUAL.get(name))
                if number is None:
                    raise ConvlabError(
                        f"{theorem.id}: give the referee a number for {value}, the constant "
                        f"{name} of {assumption.name}"
                    )
                by_symbol[value] = number
            else:
                number = float(value)
            by_name[name] = number
    return by_symbol, by_name
