"""From a solution of the program to an instance, which convlab runs and judges itself.

Smooth functions become the largest function through the points, nonsmooth ones the largest of the
affine pieces. Both are families of :mod:`convlab.interpolated`, whose parameters are the numbers
found, so that the instance can be run again from its text.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from convlab import assumptions as known
from convlab.bench import Conditions, TheoremBench
from convlab.claims import Basis
from convlab.errors import ConvlabError
from convlab.family import Instance
from convlab.instances import PROFILES
from convlab.interpolated import (
    affine_pieces,
    diagonal,
    parabolas,
    parabolas_and_pieces,
    parabolas_on_hull,
    pieces_on_hull,
    proximable_pieces,
)
from convlab.problem import Problem
from convlab.referee.estimation import Estimation
from convlab.referee.solver import Program, Solution

__all__ = ["Found", "instance"]

CLOSE = 1e-4
"""An instance that comes so close to the exact ratio, relatively, is not looked for further."""
APART = 1e-5
"""By how much affine pieces are kept apart, so that rounding does not change the slope."""
LOWEST = 1e-9
"""The least height of a parabola, so that the minimizer is unique."""
DIGITS, RANKS = (3, 5, 8, 17), (1e-2, 1e-4, 1e-6)
"""Digits of the numbers, and the sizes below which directions are left out: simple ones first."""


class Found(NamedTuple):
    """An instance, and metric/bound there in convlab's own run; or why there is none."""

    problem: Problem | None
    reached: float | None
    note: str = ""


class _Points(NamedTuple):
    """Points (n, d), slopes (n, d) and values (n,) of a function, from the minimizer."""

    x: np.ndarray
    g: np.ndarray
    f: np.ndarray


def instance(program: Estimation, solution: Solution, ratio: float) -> Found:
    """The simplest instance that comes close to the exact ratio, or else the closest."""
    if program.kind.operator:
        return Found(None, None, "no family goes through given values of an operator")
    if not program.tight:
        return Found(None, None, "the inequalities of the class are not known to be sufficient")
    if _nonsmooth(program) and not program.kind.has(known.proximable):
        solution = _apart(program, solution)
    best = Found(None, None, "the solution gives no instance")
    for made in _instances(program, program.program.simple(solution)):
        try:
            problem = made.problem()
            reached = _reached(program, problem)
        except ConvlabError as error:
            best = best if best.problem else Found(None, None, str(error))
            continue
        if reached > (best.reached or 0.0):
            best = Found(problem, reached)
        if reached >= (1 - CLOSE) * ratio:
            break
    return best


def _nonsmooth(program: Estimation) -> bool:
    return "L" not in program.names


def _apart(program: Estimation, solution: Solution) -> Solution:
    """A solution in which, at each point, all affine pieces but its own are lower."""
    points = _kept(program, program.oracle.part)
    for i, (xi, _, fi) in enumerate(points):
        for j, (xj, gj, fj) in enumerate(points):
            if i != j:
                program.pep.add_constraint(fi >= fj + gj * (xi - xj) + APART)
    changed = Program(program.pep)
    found = changed.solve()
    if found.value is None:
        return solution
    program.program = changed
    return found


def _kept(program: Estimation, function: Any) -> list[tuple[Any, Any, Any]]:
    """One triplet for each point but the minimizer: that whose slope the method has seen."""
    asked = {id(v.held) for (word, _), v in program.oracle.answers.items() if word == "gradient"}
    kept: dict[Any, tuple[Any, Any, Any]] = {}
    star = _mark(program.oracle.star) if program.oracle.star is not None else None
    for triplet in function.list_of_points:
        mark = _mark(triplet[0])
        if mark != star and (mark not in kept or id(triplet[1]) in asked):
            kept[mark] = triplet
    return list(kept.values())


def _mark(point: Any) -> frozenset:
    return frozenset((p, w) for p, w in point.decomposition_dict.items() if w)


def _instances(program: Estimation, solution: Solution) -> Iterator[Instance]:
    """Instances in few digits and dimensions first."""
    oracle = program.oracle
    origin = np.zeros(len(solution.gram))
    if oracle.star is not None:
        origin = solution.vector(oracle.star)
    start = solution.vector(program.start.held) - origin

    def points(function: Any) -> _Points:
        triplets = _kept(program, function)
        at = function.list_of_points
        least = next((f for x, _, f in at if oracle.star is not None and x is oracle.star), None)
        lowest = oracle.f_star.held if least is None and function is oracle.part else least
        bottom = 0.0 if lowest is None else solution.number(lowest)
        return _Points(
            np.array([solution.vector(x) - origin for x, _, _ in triplets]),
            np.array([solution.vector(g) for _, g, _ in triplets]),
            np.array([solution.number(f) for _, _, f in triplets]) - bottom,
        )

    part = points(oracle.part)
    other = None if oracle.other is None else points(oracle.other)
    tilt = np.zeros(len(solution.gram))
    if other is not None:
        tilt = next(
            solution.vector(g) for x, g, _ in oracle.part.list_of_points if x is oracle.star
        )
    vectors = [start[None, :], part.x, part.g, tilt[None, :]]
    vectors += [] if other is None else [other.x, other.g]
    _, sizes, axes = np.linalg.svd(np.concatenate(vectors))
    for rank in RANKS:
        basis = axes[: max(1, int((sizes > rank * sizes[0]).sum()))].T
        turned = _Points(part.x @ basis, part.g @ basis, part.f)
        more = None if other is None else _Points(other.x @ basis, other.g @ basis, other.f)
        for digits in DIGITS:
            yield from _made(program, start @ basis, turned, more, tilt @ basis, digits)


def _made(
    program: Estimation,
    start: np.ndarray,
    part: _Points,
    other: _Points | None,
    tilt: np.ndarray,
    digits: int,
) -> Iterator[Instance]:
    def rounded(values: np.ndarray) -> tuple:
        shown = [f"{v:.{digits}g}" for v in np.ravel(values)]
        return _nested(np.array(shown, dtype=float).reshape(np.shape(values)))

    kind, c = program.kind.entry.kind, program.names
    try:
        if kind == "SmoothStronglyConvexQuadraticFunction":
            mu = c.get("mu", 0.0)
            slopes, places = part.g.T, part.x.T
            Q = slopes @ np.linalg.pinv(places, rcond=1e-6)
            curvatures, axes = np.linalg.eigh((Q + Q.T) / 2)
            bounded = np.clip(curvatures, mu, c["L"])
            turned = rounded(axes.T @ start)
            yield diagonal.instance(
                L=c["L"], mu=max(mu, 1e-9), curvatures=rounded(bounded), start=turned
            )
        elif kind == "ConvexLipschitzFunction" and not program.kind.has(known.proximable):
            pieces: dict[str, Any] = {
                "G": c["G"],
                "offsets": rounded(np.minimum(_offsets(part), 0.0)),
                "slopes": rounded(part.g),
                "start": rounded(start),
            }
            if other is None:
                yield affine_pieces.instance(**pieces)
            else:
                corners = rounded(other.x)
                yield pieces_on_hull.instance(**pieces, tilt=rounded(tilt), corners=corners)
        elif _nonsmooth(program):
            mu = c.get("mu", LOWEST)
            less = part._replace(
                g=part.g - mu * part.x, f=part.f - 0.5 * mu * (part.x**2).sum(axis=1)
            )
            yield proximable_pieces.instance(
                mu=mu,
                offsets=rounded(np.minimum(_offsets(less), 0.0)),
                slopes=rounded(less.g),
                start=rounded(start),
            )
        else:
            L, mu = c["L"], _modulus(kind, c)
            level = part._replace(g=part.g - tilt, f=part.f - part.x @ tilt)
            bottoms = level.x - level.g / L
            heights = level.f - (level.g**2).sum(axis=1) / (2 * L)
            if program.oracle.star is None:
                lowest = int(np.argmin(heights))
                start, bottoms = start - bottoms[lowest], bottoms - bottoms[lowest]
            heights = heights - max(0.0, L * mu / (2 * (L - mu))) * (bottoms**2).sum(axis=1)
            given: dict[str, Any] = {
                "L": L,
                "mu": mu,
                "heights": rounded(np.maximum(heights, LOWEST)),
                "bottoms": rounded(bottoms),
                "start": rounded(start),
            }
            if other is None:
                yield parabolas.instance(**given)
            elif program.kind.has(known.projectable):
                corners = rounded(other.x)
                yield parabolas_on_hull.instance(**given, tilt=rounded(tilt), corners=corners)
            else:
                yield parabolas_and_pieces.instance(
                    **given,
                    offsets=rounded(np.minimum(_offsets(other), 0.0)),
                    slopes=rounded(other.g + tilt),
                    tilt=rounded(tilt),
                )
    except ConvlabError:
        return


def _offsets(points: _Points) -> np.ndarray:
    """Where the affine pieces through the points are at 0."""
    return points.f - (points.g * points.x).sum(axis=1)


def _modulus(kind: str, constants: Any) -> float:
    if kind == "SmoothFunction":
        return -constants["L"]
    return constants["mu"] if kind == "SmoothStronglyConvexFunction" else 0.0


def _nested(values: np.ndarray) -> tuple:
    return tuple(_nested(v) if v.ndim else float(v) for v in values)


def _reached(program: Estimation, problem: Problem) -> float:
    """Metric/bound at iteration k in convlab's own run on the instance."""
    theorem = replace(program.theorem, claims=[program.claim], mutants=())
    alone = theorem.chosen(program.choices)
    conditions = Conditions(0, "numpy", "eager", 15.0)
    bench = TheoremBench(alone, [(problem, program.k, True)], PROFILES["quick"], conditions, {})
    setting = bench.settings()[0]
    sides = program.claim.sides(setting, bench.trace(setting), Basis.EXACT)
    ratio = float(sides.left[-1, 0] / sides.right[-1, 0])
    return ratio if np.isfinite(ratio) else 0.0
