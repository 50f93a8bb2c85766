"""The worst case of a theorem at one iteration, as a semidefinite program.

convlab's own ``init``, ``step`` and ``metric.read`` run on symbolic points; PEPit turns what they
leave behind into the program, and Clarabel solves it. A. B. Taylor, J. M. Hendrickx and F. Glineur,
*Smooth strongly convex interpolation and exact worst-case performance of first-order methods*,
Math. Program. 161 (2017).
"""

import math
from collections.abc import Mapping
from typing import Any

import sympy

from convlab import symbols
from convlab.choices import choices as choices_of
from convlab.claims import Claim
from convlab.claims.bounds import UpperBound
from convlab.engine.schedule import Schedule
from convlab.errors import ConvlabError
from convlab.formula import evaluate
from convlab.referee.classes import constants_of, describe
from convlab.referee.oracle import Oracle
from convlab.referee.solver import Program, Solution
from convlab.referee.symbolic import Least, Number, RefusedError, Root, Vector
from convlab.theorem import Theorem

__all__ = ["Estimation"]


class Estimation:
    """The program for one claim of a theorem at iteration k; ``solve`` gives the ratio.

    Where the claim says nothing there, ``applies`` is False, and nothing is built. Raises
    ConvlabError where something cannot be translated, with the reason.
    """

    def __init__(
        self,
        theorem: Theorem,
        constants: Mapping[Any, float] | None,
        k: int,
        claim: int,
        choices: Mapping[sympy.Symbol, sympy.Expr] | None,
    ) -> None:
        self.theorem, self.k = theorem, k
        self.claim = _claim(theorem, claim)
        self.kind = describe(theorem)
        self.symbols, self.names = constants_of(theorem, constants)
        if choices is None:
            choices = choices_of(theorem, self.symbols, 1)[0]
        self.choices = dict(choices)
        self.method = theorem.algorithm.subs(self.choices)
        self.bound = sympy.sympify(self.claim.bound).xreplace(self.choices)
        self.tight = self.kind.entry.tight
        weights = (w.xreplace(self.choices) for w in self.claim.metric.weights.values())
        self._asked = self.method.free_symbols.union(*(w.free_symbols for w in weights))
        self._initial = {
            s: metric
            for s, metric in theorem.quantities.items()
            if s in self._asked | self.bound.free_symbols
        }
        if symbols.d in self._asked | self.bound.free_symbols:
            raise ConvlabError(
                f"{theorem.id}: the statement speaks of the dimension d, which the referee leaves "
                "free"
            )
        pinned = dict.fromkeys(self._asked & set(self._initial), 1.0)
        self._numbers: dict[sympy.Symbol, Any] = {**self.symbols, symbols.T: k, **pinned}
        if not self.applies:
            return
        try:
            self._build()
        except RefusedError as error:
            raise ConvlabError(f"{theorem.id or theorem.cite}: {error}") from error

    @property
    def applies(self) -> bool:
        """Whether the claim says something at iteration k."""
        condition = sympy.sympify(self.claim.when).xreplace(self.choices)
        at = {**self._numbers, symbols.k: float(self.k)}
        if condition.free_symbols - set(at):
            raise ConvlabError(
                f"{self.theorem.id}: whether '{condition}' holds depends on more than k, T and "
                "the constants"
            )
        return bool(evaluate(sympy.Piecewise((1, condition), (0, True)), at) > 0.5)

    def _build(self) -> None:
        import numpy as np
        from PEPit import PEP

        self.pep = PEP()
        self.oracle = oracle = Oracle(self.pep, self.kind, self.names)
        self.start = Vector(self.pep.set_initial_point())
        hyper = Schedule(self.method.hyperparameters, self._numbers, np)
        metric = self.claim.metric.measurement
        weights = {n: w.xreplace(self.choices) for n, w in metric.weights.items()}
        weighted = Schedule(weights, self._numbers, np)
        state = self.method.init(self.start, oracle, None, hyper.at(0))
        memory = None if metric.init is None else metric.init(state, oracle)
        for j in range(self.k):
            if metric.update is not None:
                memory = metric.update(memory, state, oracle, **weighted.at(j))
            state = self.method.step(state, oracle, None, j, hyper.at(j))
        remembered = () if metric.init is None else (memory,)
        found = metric.read(state, oracle, *remembered, **weighted.at(self.k))
        parts = found.held if isinstance(found, Least) else (found,)
        if {type(p) for p in parts} not in ({Number}, {Root}):
            raise RefusedError(f"the metric {metric} is no number that the referee can bound")
        self.squared = isinstance(parts[0], Root)
        self._condition()
        for part in parts:
            self.pep.set_performance_metric(part.held + 0.0 * self._distance())
        oracle.constrain(self.pep)

    def _distance(self) -> Any:
        """|x_0 - x*|^2, or |x_0|^2 where there is no x*: an expression on which to build."""
        point = self.start.held
        if self.oracle.star is not None:
            point = point - self.oracle.star
        return point**2

    def _condition(self) -> None:
        """The start is such that the bound, or its square, is 1; or one initial quantity is 1.

        The first where the bound is a sum of multiples of such quantities, like a D^2 + b Delta,
        and neither the method nor the class has a scale of its own.
        """

        class Start:
            x = self.start

        read = {s: metric.read(Start, self.oracle) for s, metric in self._initial.items()}
        at = {s: sympy.Float(v) for s, v in self._numbers.items() if s not in read}
        bound = self.bound.subs(at | {symbols.k: sympy.Integer(self.k)})
        bound = bound**2 if self.squared else bound
        self._scale = 1.0
        terms = _linear(bound, {s: isinstance(v, Root) for s, v in read.items()})
        if terms and not self._asked & set(read) and not {"G", "B"} & set(self.names):
            sums = [weight * read[s].held for s, weight in terms.items()]
            self.pep.set_initial_condition(sum(sums[1:], start=sums[0]) == 1)
            return
        if len(read) > 1:
            raise ConvlabError(
                f"{self.theorem.id}: the referee cannot choose {_listed(set(read))} together; it "
                "knows bounds like a D^2 + b Delta"
            )
        for symbol, value in read.items():
            self.pep.set_initial_condition(value.held == 1)
            self.names[str(symbol)] = 1.0
        self._scale = float(bound.subs(dict.fromkeys(read, 1.0)))
        if not 0 < self._scale < math.inf:
            raise ConvlabError(
                f"{self.theorem.id}: the bound {self.bound} is {self._scale:g} at k = {self.k}"
            )

    def solve(self) -> tuple[float | None, Solution]:
        """The largest metric/bound, None where it is not solved, and the solution."""
        self.program = Program(self.pep)
        solution = self.program.solve()
        if solution.value is None:
            return None, solution
        ratio = max(solution.value, 0.0) / self._scale
        return (math.sqrt(ratio) if self.squared else ratio), solution


def _claim(theorem: Theorem, number: int) -> UpperBound:
    """The claim, where the referee can bound its metric."""
    claim: Claim = theorem.claims[number]
    where = theorem.id or theorem.cite
    if not isinstance(claim, UpperBound) or claim.probability is not None:
        raise ConvlabError(
            f"{where}: the referee judges upper bounds that hold surely, not the claim '{claim}'"
        )
    if theorem.algorithm.algorithm.stochastic:
        raise ConvlabError(
            f"{where}: {theorem.algorithm.algorithm.name} draws random numbers, and the referee "
            "judges deterministic methods"
        )
    return claim


def _linear(bound: sympy.Expr, roots: Mapping[sympy.Symbol, bool]) -> dict[sympy.Symbol, float]:
    """Weights with which the bound is a sum of the letters, or, of ``roots``, of their squares.

    Empty where it is no such sum.
    """
    letters = {s: sympy.Dummy(s.name, positive=True) for s in roots}
    put = {s: sympy.sqrt(x) if roots[s] else x for s, x in letters.items()}
    formula = sympy.expand(bound.subs(put))
    if not letters or not formula.is_polynomial(*letters.values()):
        return {}
    poly = sympy.Poly(formula, *letters.values())
    if any(sum(powers) != 1 for powers in poly.monoms()):
        return {}
    found = {s: float(poly.coeff_monomial(x)) for s, x in letters.items()}
    return {s: weight for s, weight in found.items() if weight}


def _listed(letters: set[sympy.Symbol]) -> str:
    return " and ".join(sorted(map(str, letters)))
