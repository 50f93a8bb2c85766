"""Automatic mutants: how a theorem is made false when its author gives no mutant.

The constant halved, the exponent faster by 1/2, the step at twice its upper end, each assumption
dropped. They need not be false: a loose bound may be halved. So they measure the power of a check,
and judge a theorem only where it has no mutants of its own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import sympy

from convlab.claims import Claim
from convlab.claims.bounds import LowerBound, UpperBound
from convlab.claims.rates import Exponent, LinearRate
from convlab.claims.relations import Identity
from convlab.claims.sweeps import Complexity, Scaling
from convlab.errors import ConvlabError, UnavailableError
from convlab.family import Family
from convlab.theorem import Mutant, Theorem, step

__all__ = ["automatic"]


def automatic(theorem: Theorem, families: Iterable[Family]) -> Iterator[Mutant]:
    """The automatic mutants of a theorem; ``families`` are those to be tried without an assumption.

    Only those that apply: a formula may need the constant of an assumption, and no family may lack
    just one of them.
    """
    for i, claim in enumerate(theorem.claims):
        sharper = _sharper(claim)
        if sharper is not None:
            claims = [*theorem.claims[:i], sharper, *theorem.claims[i + 1 :]]
            yield Mutant(
                f"{claim.kind} {i + 1}: {sharper.compared}"
                if len(claims) > 1
                else f"{claim.kind} {sharper.compared}",
                "a smaller constant, or a faster rate",
                lambda t, claims=claims: replace(t, claims=claims),  # type: ignore[misc]
            )
    for symbol, allowed in theorem.parameters.items():
        if isinstance(allowed, sympy.Interval) and allowed.end.is_finite is not False:
            yield step(2 * allowed.end, "twice the upper end of its range", name=str(symbol))
    usable = list(families)
    for assumption in theorem.assume:
        kept = [a for a in theorem.assume if a is not assumption]
        try:
            dropped = replace(theorem, assume=kept)
        except ConvlabError:
            continue  # a formula needs its constant
        lacking = [f for f in usable if _lacks(f, theorem, dropped)]
        if lacking:
            yield Mutant(
                f"without {assumption.name}",
                "no longer assumed",
                lambda t, kept=kept, on=lacking: replace(t, assume=kept, tight=(), on=on),  # type: ignore[misc]
            )


def _sharper(claim: Claim) -> Claim | None:
    """The claim with half the constant, or with a faster rate."""
    if isinstance(claim, LinearRate):
        return claim.with_bound(claim.power ** sympy.Rational(3, 2))
    if isinstance(claim, Exponent | Complexity | Scaling):
        return claim.with_bound(claim.power - sympy.Rational(1, 2))
    if isinstance(claim, UpperBound):
        return claim.with_bound(claim.bound / 2)
    if isinstance(claim, LowerBound):
        return claim.with_bound(2 * claim.bound)
    if isinstance(claim, Identity) and isinstance(claim.other, sympy.Expr):
        return claim.with_bound(claim.other / 2)
    return None


def _lacks(family: Family, theorem: Theorem, dropped: Theorem) -> bool:
    """Whether the family's default problem satisfies all assumptions but the one dropped."""
    if "horizon" in family.parameters:
        return False
    try:
        problem = family()
        vectors = len(problem.shape) == 1
    except (UnavailableError, ConvlabError):
        return False
    return vectors and theorem.constants(problem) is None and dropped.constants(problem) is not None
