"""The semidefinite program of a PEPit problem, solved by Clarabel through CVXPY.

Where convergence is fast the unknowns are of very different sizes, and a solver stops short. So the
program is solved again in units in which its first solution is of size 1.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Program", "Solution"]

GAP = 1e-5
"""Relative gap between primal and dual value beyond which nothing counts as solved."""
TOLERANCE = 1e-7
TOLERANCES = ("tol_gap_abs", "tol_gap_rel", "tol_feas")
"""What Clarabel must reach to call a solution optimal; with its own 1e-8 it stops short of some."""
SLACK = 1e-6
"""By how much, relatively, the value may fall while the solution is made simple."""
LEAST = (1e-6, 1e-2, 1e-2)
"""The smallest units, relative to the largest, that are tried one after the other."""


@dataclass(frozen=True)
class Solution:
    """The value, None where it is not solved for the reason ``status``, and what attains it.

    ``gram`` (n, n) are the inner products of the unknown points, ``values`` (m,) the numbers.
    """

    value: float | None
    status: str
    gram: np.ndarray
    values: np.ndarray

    def vector(self, point: Any) -> np.ndarray:
        """A PEPit point in coordinates, as many as the Gram matrix has: (n,)."""
        weights = np.zeros(len(self.gram))
        for leaf, weight in point.decomposition_dict.items():
            weights[leaf.counter] += weight
        return weights @ self._factor

    @property
    def _factor(self) -> np.ndarray:
        sizes, axes = np.linalg.eigh(self.gram)
        return axes * np.sqrt(np.maximum(sizes, 0.0))

    def number(self, expression: Any) -> float:
        """A PEPit expression."""
        from PEPit.tools.expressions_to_matrices import expression_to_matrices

        G, F, constant = expression_to_matrices(expression)
        return float((G * self.gram).sum() + F @ self.values + constant)


class Program:
    """The constraints and the objective of a PEPit problem, as matrices."""

    def __init__(self, pep: Any) -> None:
        from PEPit import Expression, Point

        pep._prepare_constraints(verbose=0)
        self._size, self._count = Point.counter, Expression.counter
        self._objective = self._rows([pep.objective])
        scalar = [c for c in pep._list_of_prepared_constraints if c.activated]
        equal = [c.expression for c in scalar if c.equality_or_inequality == "equality"]
        below = [c.expression for c in scalar if c.equality_or_inequality != "equality"]
        self._equal, self._below = self._rows(equal), self._rows(below)
        self._matrices = [
            (m.shape[0], self._rows(list(m.matrix_of_expressions.ravel())))
            for m in pep._list_of_prepared_psd
            if m.activated
        ]

    def _rows(self, expressions: list[Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weights of the inner products (r, n n) and of the numbers (r, m), constants (r,)."""
        from PEPit.tools.expressions_to_matrices import expression_to_matrices

        n, m = self._size, self._count
        found = [expression_to_matrices(e) for e in expressions]
        G = np.array([g.ravel() for g, _, _ in found]).reshape(len(found), n * n)
        F = np.array([f for _, f, _ in found]).reshape(len(found), m)
        return G, F, np.array([float(c) for _, _, c in found])

    def solve(self) -> Solution:
        """The largest value, in units that fit."""
        found = self._solved((np.ones(self._size), np.ones(self._count)), None, None)
        for least in LEAST:
            if found.value is not None or not len(found.gram):
                break
            found = self._solved(_units(found, least), None, None)
        return found

    def simple(self, solution: Solution) -> Solution:
        """A solution of about the same value in few dimensions, the same where there is none.

        A step of the minimization of log det, after M. Fazel, H. Hindi and S. Boyd, American
        Control Conference (2003).
        """
        units = _units(solution, LEAST[0])
        value = solution.value or 0.0
        least = value - SLACK * abs(value)
        for _ in range(4):
            scaled = solution.gram / np.outer(units[0], units[0])
            weight = np.linalg.inv(scaled + 1e-4 * np.trace(scaled) * np.eye(self._size))
            found = self._solved(units, weight / np.abs(weight).max(), least)
            if found.value is None:
                break
            solution = found
        return solution

    def _solved(
        self,
        units: tuple[np.ndarray, np.ndarray],
        weight: np.ndarray | None,
        least: float | None,
    ) -> Solution:
        import cvxpy as cp

        n = self._size
        u, v = units
        gram, values = cp.Variable((n, n), PSD=True), cp.Variable(self._count)
        products = np.outer(u, u).ravel()

        def affine(rows: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[Any, np.ndarray]:
            """The rows in these units, each divided by its largest weight, and these weights."""
            G, F, constants = rows[0] * products, rows[1] * v, rows[2]
            sizes = np.maximum(np.abs(G).max(axis=1), np.abs(F).max(axis=1))
            sizes = np.where(sizes > 0, sizes, 1.0)
            G, F = G / sizes[:, None], F / sizes[:, None]
            return G @ cp.vec(gram, order="C") + F @ values + constants / sizes, sizes

        limits, bound = [], []
        for rows, equal in ((self._equal, True), (self._below, False)):
            if len(rows[2]):
                left, sizes = affine(rows)
                limits.append(left == 0 if equal else left <= 0)
                bound.append(rows[2] / sizes)
        for size, rows in self._matrices:
            left, sizes = affine(rows)
            plain = cp.reshape(cp.multiply(left, sizes), (size, size), order="C")
            limits.append((plain + plain.T) / 2 >> 0)
            bound.append(-rows[2].reshape(size, size))
        objective, scale = affine(self._objective)
        if weight is None:
            problem = cp.Problem(cp.Maximize(objective[0]), limits)
        else:
            held = [*limits, objective[0] >= least / scale[0]]  # type: ignore[operator]
            problem = cp.Problem(cp.Minimize(cp.sum(cp.multiply(gram, weight))), held)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                problem.solve(solver="CLARABEL", **dict.fromkeys(TOLERANCES, TOLERANCE))
            except cp.SolverError as error:
                return _unsolved(f"Clarabel fails: {str(error).split('.')[0]}")
        if gram.value is None:
            return _unsolved(f"Clarabel says {problem.status}")
        G = gram.value * np.outer(u, u)
        F = values.value * v
        value = float(objective.value[0] * scale[0])
        dual = -sum(float(np.sum(c.dual_value * b)) for c, b in zip(limits, bound, strict=True))
        dual *= scale[0]
        status = "solved"
        if problem.status != "optimal":
            status = f"not solved: Clarabel says {problem.status}"
        elif weight is None and abs(dual - value) > GAP * max(abs(dual), abs(value)):
            status = f"not solved: the primal value is {value:.6g}, the dual one {dual:.6g}"
        return Solution(value if status == "solved" else None, status, G, F)


def _units(solution: Solution, least: float) -> tuple[np.ndarray, np.ndarray]:
    """The sizes of the points and of the numbers, none below ``least`` times the largest."""
    lengths = np.sqrt(np.diag(solution.gram).clip(0))
    return tuple(  # type: ignore[return-value]
        np.maximum(sizes, least * max(float(sizes.max(initial=0.0)), 1e-300))
        for sizes in (lengths, np.abs(solution.values))
    )


def _unsolved(why: str) -> Solution:
    return Solution(None, f"not solved: {why}", np.zeros((0, 0)), np.zeros(0))
