"""Automatic mutants: how a theorem is made false without its author.

The constant halved, the rate faster, a term of the bound dropped, the step at twice its upper end,
each assumption dropped, or its constant off by a factor of 2. They need not be false: a loose bound
may be halved. So they measure the power of a check, and judge a theorem only where it has no
mutants of its own. Bounds are changed from the tenth iteration on: near the start, D^2-type bounds
are attained by definition.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy

from convlab import symbols
from convlab.assumption import Assumption
from convlab.assumptions import (
    attained,
    bounded_below,
    distributed,
    finite_sum,
    gap_set,
    resolvable,
    zero,
)
from convlab.claims import Claim
from convlab.claims.bounds import LowerBound, UpperBound
from convlab.claims.limits import Threshold
from convlab.claims.rates import Exponent, LinearRate
from convlab.claims.relations import Identity
from convlab.claims.sweeps import Complexity, Scaling
from convlab.errors import ConvlabError, UnavailableError
from convlab.family import Family
from convlab.race import iterations_of
from convlab.theorem import Mutant, Theorem, step

__all__ = ["Automatic", "automatic"]

LATE = 10
"""The iteration from which on the changed bound is claimed."""
GIVEN = {attained, bounded_below, distributed, finite_sum, gap_set, resolvable, zero}
"""Assumptions that say what f, its components, its solution, an oracle or a metric is."""


@dataclass(frozen=True)
class Automatic:
    """Ways to make a theorem false in one respect: it has been tested if one is refuted.

    ``about`` is what is changed: a claim, an assumption, or a parameter.
    """

    name: str
    mutants: Sequence[Mutant]
    about: Claim | Assumption | sympy.Symbol

    def named_in(self, theorem: Theorem) -> bool:
        """Whether the statement says itself that this may survive.

        Of a step it need not: its range may be the one for which the source has a proof.
        """
        if isinstance(self.about, Assumption):
            return any(a.definition is self.about.definition for a in theorem.untested)
        return bool(theorem.loose) or isinstance(self.about, sympy.Symbol)


def automatic(theorem: Theorem, families: Iterable[Family]) -> Iterator[Automatic]:
    """What can be changed; ``families`` are those to be tried without an assumption.

    Only what applies: an assumption that the theorem's own mutants drop is left out, and so is one
    that says what there is and not what is true of it, or that there is a minimum; and all of a
    theorem which says that there are such problems.
    """
    for i, claim in enumerate(theorem.claims):
        of = f"claim {i + 1}: " if len(theorem.claims) > 1 else ""
        for name, changed in _sharper(theorem, claim):
            claims = [*theorem.claims[:i], changed, *theorem.claims[i + 1 :]]
            yield Automatic(of + name, [_mutant(of + name, claims=claims)], claim)
    swept = {c.parameter for c in theorem.claims if isinstance(c, Threshold)}
    for symbol, allowed in theorem.parameters.items():
        if symbol in swept or not isinstance(allowed, sympy.Interval):
            continue
        if allowed.end.is_finite is not False:
            twice = step(2 * allowed.end, "twice the upper end of its range", name=str(symbol))
            yield Automatic(twice.name, [twice], symbol)
    if theorem.exists:
        return  # with less assumed there still are such problems
    usable = list(families)
    dropped = {a.definition for a in theorem.assume} & {
        a.definition for m in theorem.mutants for a in _dropped(theorem, m)
    }
    for assumption in theorem.assume:
        says = assumption.test is not None or assumption.centered is not None
        if says and assumption.definition not in GIVEN | dropped:
            ways = [*_without(theorem, assumption, usable), *_wrong(theorem, assumption)]
            yield Automatic(f"without {assumption.name}", ways, assumption)


def _mutant(name: str, **changes: Any) -> Mutant:
    return Mutant(name, "an automatic change", lambda theorem: replace(theorem, **changes))


# Claims -------------------------------------------------------------------------------------------


def _sharper(theorem: Theorem, claim: Claim) -> Iterator[tuple[str, Claim]]:
    """The claim with half the constant, with a faster rate, and without a term of its bound."""
    if isinstance(claim, LinearRate):
        yield "a faster rate", claim.with_bound(claim.power ** sympy.Rational(3, 2))
    elif isinstance(claim, Exponent | Complexity | Scaling):
        yield "a faster rate", claim.with_bound(claim.power - sympy.Rational(1, 2))
    elif isinstance(claim, Identity) and isinstance(claim.other, sympy.Expr):
        if claim.other != 0:
            yield "half the value", claim.with_bound(claim.other / 2)
    elif isinstance(claim, UpperBound):
        late, x = _late(theorem, claim)
        yield "half the bound", late.with_bound(claim.bound / 2)
        if (faster := _faster(claim.bound, x)) is not None:
            yield "a faster rate", late.with_bound(faster)
        for term, rest in _dropping(claim.bound):
            name = f"without the term {str(term).replace('**', '^')}"
            yield name, replace(claim, bound=rest, when=sympy.And(claim.when, x >= 1))
    elif isinstance(claim, LowerBound):
        yield "twice the bound", _late(theorem, claim)[0].with_bound(2 * claim.bound)


def _late(theorem: Theorem, claim: Claim) -> tuple[Claim, sympy.Symbol]:
    """The claim from LATE on, where it says something there; and its letter, k or the horizon."""
    of_horizon = symbols.T in claim.symbols and symbols.k not in claim.symbols
    x = symbols.T if of_horizon else symbols.k
    said = iterations_of(claim, theorem.iterations)
    if not said.size or said[-1] < LATE:
        return claim, x
    return replace(claim, when=sympy.And(claim.when, x >= LATE)), x


def _faster(bound: sympy.Expr, x: sympy.Symbol) -> sympy.Expr | None:
    """A geometric bound to the power 1.5; another one faster by x^(1/5) from LATE on."""
    powers = [p for p in bound.atoms(sympy.Pow) if x in p.exp.free_symbols]
    if powers:
        return bound.xreplace({p: p.base ** (sympy.Rational(3, 2) * p.exp) for p in powers})
    if x not in bound.free_symbols:
        return None
    return bound * (x / sympy.Integer(LATE)) ** sympy.Rational(-1, 5)


def _dropping(bound: sympy.Expr) -> Iterator[tuple[sympy.Expr, sympy.Expr]]:
    """Each term of the sums in a bound that makes it larger, and the bound without it."""
    if isinstance(bound, sympy.Add):
        for term in bound.args:
            inside = list(_dropping(term))
            if not term.could_extract_minus_sign():
                yield term, bound - term
            yield from ((t, bound - term + rest) for t, rest in inside)
    elif isinstance(bound, sympy.Mul):
        for factor in bound.args:
            yield from ((t, bound / factor * rest) for t, rest in _dropping(factor))
    elif isinstance(bound, sympy.Pow) and bound.exp.is_number and bound.exp.is_positive:
        counts = bound.base.free_symbols <= {symbols.k, symbols.T}  # as k + 1 does
        rests = () if counts else _dropping(bound.base)
        yield from ((t, rest**bound.exp) for t, rest in rests)


# Assumptions --------------------------------------------------------------------------------------


def _dropped(theorem: Theorem, mutant: Mutant) -> list[Assumption]:
    """The assumptions that a mutant of the theorem's own does without."""
    left = {a.definition for a in mutant.change(theorem).assume}
    return [a for a in theorem.assume if a.definition not in left]


def _without(
    theorem: Theorem, assumption: Assumption, families: Sequence[Family]
) -> Iterator[Mutant]:
    """The assumption dropped, on each family that lacks just this one."""
    kept = [a for a in theorem.assume if a is not assumption]
    try:
        dropped = replace(theorem, assume=kept, untested={})
    except ConvlabError:
        return  # a formula needs its constant
    for family in families:
        if _lacks(family, theorem, dropped):
            yield _mutant(
                f"without {assumption.name}", assume=kept, untested={}, tight=(), on=[family]
            )


def _wrong(theorem: Theorem, assumption: Assumption) -> Iterator[Mutant]:
    """Its constants off by a factor of 2, in the direction in which the assumption says less.

    A constant that must have its own value is wrong in both directions; a count is left alone.
    """
    for name, value in zip(assumption.constants, assumption.values, strict=False):
        if not isinstance(value, sympy.Symbol) or value.is_integer:
            continue
        others = [2 * value] if name not in assumption.smaller else []
        others += [value / 2] if name not in assumption.larger else []
        for other in others:
            assume = [
                a.definition(*(other if v is value else v for v in a.values)) if a.values else a
                for a in theorem.assume
            ]
            yield _mutant(f"{assumption.name} with {other}", assume=assume)


def _lacks(family: Family, theorem: Theorem, dropped: Theorem) -> bool:
    """Whether the family's default problem satisfies all assumptions but the one dropped."""
    if "horizon" in family.parameters:
        return False
    try:
        problem = family()
    except (UnavailableError, ConvlabError):
        return False
    return theorem.constants(problem) is None and dropped.constants(problem) is not None
