"""Theorems, and their mutants: theorems changed so that they are false."""

import enum
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy

from convlab import statement, symbols
from convlab.algorithm import Method
from convlab.assumption import Assumption
from convlab.claims import Claim, Verdict
from convlab.errors import ConvlabError, require_distinct
from convlab.family import Family
from convlab.formula import Integers, parsed, require_known
from convlab.metrics import INITIAL, Metric
from convlab.problem import Problem

__all__ = [
    "Integers",
    "Mutant",
    "Source",
    "Theorem",
    "bound",
    "mutant",
    "step",
    "without",
]

Instance = Family | Problem


class Source(enum.StrEnum):
    """How a statement stands to the source that it cites."""

    STATED = "stated"
    """It is there, under its number."""
    ADAPTED = "adapted"
    """It is there with a difference, which is told."""
    DERIVED = "derived"
    """The source has the method or the problem; the statement is derived here."""


@dataclass(frozen=True)
class Mutant:
    """A change that makes a theorem false, and why it does; it must come out refuted."""

    name: str
    why: str
    change: Callable[["Theorem"], "Theorem"]


@dataclass(frozen=True, kw_only=True)
class Theorem:
    """A statement, and what is needed to put it to the test.

    Parameters
    ----------
    cite : BibTeX key
    number : number of the theorem, or the section, in the source, with the edition or version where
        they differ: "Theorem 2.1.15 (2nd edition)"; none where the source does not state it
    adapted : what differs from the source under that number, in one line: "for d = 1"
    assume : assumptions, with symbols, or multiples of them, for those constants that formulas
        use: ``smooth(L)``, ``attained``
    algorithm : a method whose hyperparameters are formulas
    claims : what is claimed
    parameters : free parameters of the statement and the sets they come from, such as
        ``{eta: Interval.Lopen(0, 1 / L)}`` or ``{b: Integers(1, n)}``; a value outside is an error
    because : why a parameter comes from a finite set, in one line
    initial : symbols for metrics at the starting point, beside D and Delta
    tight : families or problems that come closest: always tried, beside every family whose
        certificates satisfy the assumptions and whose iterates have as many axes
    exists : it says that there are such problems, and not that all are so: a lower bound, a cycle,
        a counterexample
    on : the problems that there are, of a statement that ``exists``
    mutants : changes that make it false
    untested : assumptions without which nothing at hand refutes it, and why
    expected : the verdict that is known to be right
    iterations : length of the runs of the quick profile, where the usual 1000 does not serve
    loose : why the bound is above what happens, or a term of it is not needed, in one sentence
        that begins with how far: "by 5: the proof drops the last term"; for a resolution below 1/2

    Raises
    ------
    ConvlabError
        where there is no claim, where two different assumptions, or two different metrics of the
        claims, have one name, or where a formula has a symbol that neither the assumptions nor
        the parameters bring in.
    """

    cite: str
    claims: Sequence[Claim]
    algorithm: Method
    assume: Sequence[Assumption] = ()
    number: str = ""
    adapted: str = ""
    parameters: Mapping[sympy.Symbol, sympy.Set] = field(default_factory=dict)
    because: Mapping[sympy.Symbol, str] = field(default_factory=dict)
    initial: Mapping[sympy.Symbol, Metric] = field(default_factory=dict)
    tight: Sequence[Instance] = ()
    exists: bool = False
    on: Sequence[Instance] | None = None
    mutants: Sequence[Mutant] = ()
    untested: Mapping[Assumption, str] = field(default_factory=dict)
    expected: Verdict = Verdict.HOLDS
    iterations: int = 1000
    loose: str = ""
    id: str = ""
    title: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        where = f"the theorem of {self.cite} {self.number}".rstrip()
        object.__setattr__(self, "expected", Verdict(self.expected))
        if not self.claims:
            raise ConvlabError(f"{where} has no claims: give it claims=[upper_bound(...)]")
        require_distinct(
            (a.definition for a in self.assume), f"{where} assumes two different properties"
        )
        require_distinct(self.metrics, f"{where} has two different metrics")
        if self.adapted and not self.number:
            raise ConvlabError(f"{where} is adapted from nothing: give the number in the source")
        if self.exists and not self.on:
            raise ConvlabError(f"{where} says that there are problems: name them in on=[...]")
        stray = {a.name for a in self.untested} - {a.name for a in self.assume}
        stray |= {str(s) for s in self.because} - {str(s) for s in self.parameters}
        if stray:
            raise ConvlabError(f"{where} gives a reason for {', '.join(sorted(stray))}, not in it")
        known = self.symbols
        for one, other in itertools.combinations(sorted(known, key=str), 2):
            if one.name == other.name:
                raise ConvlabError(
                    f"{where} uses the letter {one} in two meanings: rename one of the symbols"
                )
        for name, formula in self.algorithm.hyperparameters.items():
            require_known(formula, known, f"the hyperparameter {name} in {where}")
        for claim in self.claims:
            for formula in map(sympy.sympify, claim.formulas):
                own = {symbols.delta, *claim.own}
                require_known(formula, known | own, f"the {claim.kind} in {where}")
                if formula.has(sympy.zoo, sympy.nan, sympy.oo):
                    raise ConvlabError(f"the {claim.kind} in {where} divides by zero: {formula}")

    def _repr_markdown_(self) -> str:
        return statement.markdown(self)

    @property
    def source(self) -> Source:
        """Whether the source states it, or something near it, or it is derived here."""
        if not self.number:
            return Source.DERIVED
        return Source.ADAPTED if self.adapted else Source.STATED

    @property
    def symbols(self) -> set[sympy.Symbol]:
        """The symbols that formulas of the theorem may use."""
        assumed = {s for a in self.assume for v in a.values if (s := _multiple(v)[1]) is not None}
        run = {symbols.k, symbols.T, symbols.d}
        return assumed | run | set(self.parameters) | set(self.quantities)

    @property
    def quantities(self) -> dict[sympy.Symbol, Metric]:
        """Symbols that stand for metrics at the starting point."""
        return {**INITIAL, **self.initial}

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The measurements of all claims, each once."""
        return tuple(dict.fromkeys(m.measurement for c in self.claims for m in c.metrics))

    def constants(self, problem: Problem) -> dict[sympy.Symbol, Any] | None:
        """Values of the assumptions' symbols on a problem; None where it does not satisfy them."""
        values: dict[sympy.Symbol, Any] = {}
        for assumption in self.assume:
            declared = problem.assumptions.get(assumption.definition)
            if declared is None:
                return None
            certificates = declared.certificates().items()
            for value, (name, certificate) in zip(assumption.values, certificates, strict=False):
                factor, symbol = _multiple(value)
                if symbol is None:
                    if not assumption.covers(name, float(value), certificate):
                        return None
                    continue
                own = certificate.value if factor == 1 else certificate.value / float(factor)
                if np.any(values.setdefault(symbol, own) != own):
                    return None
        return values

    def at(self, **values: Any) -> "Theorem":
        """The theorem with values (numbers or formulas) for some of its parameters.

        Raises ConvlabError where a number is outside the range, or there is no such parameter.
        A formula is checked on each problem, when it is tried there.
        """
        named = {str(s): s for s in self.parameters}
        fixed = dict(self.parameters)
        for name, value in values.items():
            if name not in named:
                known = ", ".join(named) or "none"
                raise ConvlabError(f"{self.id} has no parameter '{name}'; its parameters: {known}")
            letters = {str(s): s for s in self.symbols}
            where = f"{name} = {value}"
            text = isinstance(value, str)
            formula = parsed(value, letters, where) if text else sympy.sympify(value)
            require_known(formula, self.symbols, where)
            fixed[named[name]] = _Fixed(formula, self.parameters[named[name]])
        return replace(self, parameters=fixed)

    def chosen(self, choices: Mapping[sympy.Symbol, sympy.Expr]) -> "Theorem":
        """The theorem with these choices of its parameters, whatever their ranges."""
        fixed = {s: _Fixed(formula, None) for s, formula in choices.items()}
        return replace(self, parameters={**self.parameters, **fixed})


def _multiple(value: Any) -> tuple[Any, sympy.Symbol | None]:
    """The factor and the letter of a constant such as L or 2 L; no letter for a number."""
    factor, rest = sympy.sympify(value).as_coeff_Mul() if isinstance(value, sympy.Expr) else (1, 0)
    return (factor, rest) if isinstance(rest, sympy.Symbol) else (1, None)


@dataclass(frozen=True)
class _Fixed:
    """One value of a parameter, with the set in which it must lie (None: it need not)."""

    value: sympy.Expr
    allowed: sympy.Set | None


def mutant(name: str, why: str, **changes: Any) -> Mutant:
    """The theorem with some of its fields replaced."""
    return Mutant(name, why, lambda theorem: replace(theorem, **changes))


def bound(value: Any, why: str, *, claim: int = 0) -> Mutant:
    """Another bound (or exponent, or rate) in one of the claims: too small to be true."""

    def change(theorem: Theorem) -> Theorem:
        return replace(theorem, claims=[theorem.claims[claim].with_bound(value)])

    return Mutant(f"bound {value}", why, change)


def step(value: Any, why: str, *, name: str = "eta") -> Mutant:
    """Another step size (or other parameter or hyperparameter ``name``), outside the range."""

    def change(theorem: Theorem) -> Theorem:
        symbol = next((s for s in theorem.parameters if str(s) == name), None)
        formula = sympy.sympify(value)
        if symbol is not None:
            return replace(
                theorem, parameters={**theorem.parameters, symbol: _Fixed(formula, None)}
            )
        if name not in theorem.algorithm.hyperparameters:
            raise ConvlabError(f"{theorem.id}: mutant of '{name}', which is no hyperparameter")
        hyper = theorem.algorithm.hyperparameters | {name: formula}
        return replace(theorem, algorithm=replace(theorem.algorithm, hyperparameters=hyper))

    return Mutant(f"{name} = {value}", why, change)


def without(assumption: Assumption, why: str, *, on: Sequence[Instance]) -> Mutant:
    """One assumption dropped: tried on instances that satisfy all the others."""

    def change(theorem: Theorem) -> Theorem:
        kept = [a for a in theorem.assume if a.definition is not assumption.definition]
        if len(kept) == len(theorem.assume):
            raise ConvlabError(f"{theorem.id}: mutant without {assumption.name}, not assumed")
        return replace(theorem, assume=kept, tight=on, on=())

    return Mutant(f"without {assumption.name}", why, change)
