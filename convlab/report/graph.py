"""The picture of a claim as data, and the curves that pictures share."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import sympy

from convlab import symbols
from convlab.claims import Bench, Setting
from convlab.engine import Trace
from convlab.formula import evaluate
from convlab.metrics import Metric, rounding
from convlab.problem import Problem

__all__ = [
    "Curve",
    "Graph",
    "arriving",
    "center",
    "floor_of",
    "measured",
    "power",
    "sample",
    "scale",
    "spread",
    "visible",
    "worst",
]

AT_ONCE = 1e6
"""A run that falls to rounding, and so far between two recorded iterations, arrives at once."""


class Curve(NamedTuple):
    """One series of a picture: values ``y`` at ``x``.

    ``value``, ``worst`` (the starting point that comes closest to the bound), ``median``,
    ``mean``, ``expectation`` (exact) and ``quantile`` are measured; ``low`` and ``high`` are the
    10 % and 90 % quantiles; ``bound`` is what is claimed, ``slope`` a claimed rate without its
    constant, ``other`` the other side of a comparison, ``limit`` a claimed limit or boundary,
    ``threshold`` a claimed value of ``x``; ``converges`` and ``diverges`` are points of a phase
    diagram, ``goal`` is an accuracy to be reached; ``violation`` marks points that contradict
    the claim.
    """

    series: str
    x: np.ndarray
    y: np.ndarray


class Graph(NamedTuple):
    """The picture of a claim on one setting, as data.

    ``scale`` is loglog, semilogy, semilogx or linear; the labels of the axes ``x`` and ``y``, and
    ``reference``, what the metric is compared with, are TeX; ``power`` is the exponent of what is
    claimed, where that is a power for large x.
    """

    scale: str
    x: str
    y: str
    reference: str
    curves: list[Curve]
    power: float | None = None


def floor_of(values: np.ndarray, problem: Problem) -> float:
    """The size below which values of a metric (G, R) are mostly rounding: that of the start."""
    return float(rounding(values[:1], problem).max())


def sample(bench: Bench, setting: Setting) -> Trace:
    """The largest sample of a stochastic method, the runs from all starts of another."""
    if not setting.method.algorithm.stochastic:
        return bench.trace(setting)
    *_, last = bench.samples(setting)
    return last


def measured(bench: Bench, setting: Setting, metric: Metric) -> tuple[Trace, list[Curve]]:
    """What the claim is about (an expectation, exact where it is known) first, then the spread.

    The trace is that of the first curve.
    """
    exact = None
    if metric.expected and setting.method.algorithm.stochastic:
        exact = bench.expectation(setting, metric)
    trace = sample(bench, setting) if exact is None else next(iter(bench.samples(setting)))
    values = trace.values[metric.name]
    floor = floor_of(values, setting.problem)
    curves = spread(trace.grid, values, floor)
    if exact is not None:
        mean = exact.values[metric.name].mean(axis=1)
        curves.insert(0, Curve("expectation", exact.grid, visible(mean, floor)))
    elif metric.expected and len(trace.replicates) > 1:
        curves.insert(0, Curve("mean", trace.grid, visible(values.mean(axis=1), floor)))
    return trace if exact is None else exact, curves


def center(x: Any, values: np.ndarray, statistic: str | float) -> list[Curve]:
    """What a claim takes over several replicates, the columns, unless that is the median."""
    if values.shape[1] == 1 or statistic == "median":
        return []
    if statistic == "mean":
        return [Curve("mean", x, values.mean(axis=1))]
    return [Curve("quantile", x, np.quantile(values, float(statistic), axis=1))]


def spread(x: Any, values: np.ndarray, floor: float = 0.0) -> list[Curve]:
    """Median and 10-90 % band over the replicates, the columns of ``values``; or the only one."""
    x = np.asarray(x)
    if values.shape[1] == 1:
        return [Curve("value", x, arriving(values[:, 0], floor))]
    levels = {"median": 0.5, "low": 0.1, "high": 0.9}
    found = np.quantile(values, list(levels.values()), axis=1, method="inverted_cdf")
    return [Curve(s, x, visible(y, floor)) for s, y in zip(levels, found, strict=True)]


def visible(values: np.ndarray, floor: float) -> np.ndarray:
    """The values, with NaN where they are mostly rounding."""
    return np.where(np.abs(values) <= floor, np.nan, values)


def arriving(values: np.ndarray, floor: float) -> np.ndarray:
    """The same; where a run arrives at once, its first value there is put at the floor."""
    shown = visible(values, floor)
    first = int(np.argmax(np.abs(values) <= floor))
    if first > 0 and values[first - 1] > AT_ONCE * floor:
        shown[first] = floor
    return shown


def worst(ratio: np.ndarray) -> int:
    """The replicate, a column, in which the largest ratio is; NaN does not count."""
    return int(np.argmax(np.max(np.nan_to_num(ratio, posinf=np.inf), axis=0)))


def power(formula: Any, constants: Mapping[sympy.Symbol, Any]) -> float | None:
    """The exponent of a formula that is a power for large k (or T), to four digits, else None."""
    far = 10.0 ** np.array([11.0, 12.0, 14.0, 15.0])
    single = {s: np.ravel(v)[0] for s, v in constants.items()}
    values = np.asarray(evaluate(formula, single | {symbols.k: far, symbols.T: far}), dtype=float)
    if values.shape != far.shape or not (np.isfinite(values) & (values > 0)).all():
        return None
    slopes = np.diff(np.log10(values))[::2]
    steady = abs(slopes[0] - slopes[1]) < 1e-4 < abs(slopes[1])
    return float(np.round(slopes[1], 4)) if steady else None


def scale(formula: Any, curves: list[Curve]) -> str:
    """Axes on which a bound by the formula is straight: semilogy if geometric in k, else loglog.

    Where the formula does not depend on k, the first curve decides. A linear axis, semilogx,
    is used for values of both signs or of small range.
    """
    values = np.concatenate([c.y[np.isfinite(c.y) & (c.x > 0)] for c in curves])
    positive = values[values > 0]
    if not (curves[0].y[curves[0].x > 0] > 0).any() or -values.min() > 1e-6 * positive.max():
        return "semilogx"
    formula, moving = sympy.sympify(formula), {symbols.k, symbols.T}
    powers = [p.as_base_exp() for p in formula.atoms(sympy.Pow, sympy.exp)]
    if any(moving & e.free_symbols and not moving & b.free_symbols for b, e in powers):
        return "semilogy"
    low, high = np.quantile(positive, [0.15, 0.85], method="inverted_cdf")
    moves = bool(moving & formula.free_symbols)
    if high < 3 * low and not (moves and positive.max() > 30 * positive.min()):
        return "semilogx"
    if moves:
        return "loglog"
    x, y = curves[0].x, curves[0].y
    seen = np.isfinite(y) & (x > 0)
    if seen.sum() < 3:
        return "loglog"
    with np.errstate(all="ignore"):
        straight = [abs(np.corrcoef(v, np.log(y[seen]))[0, 1]) for v in (x[seen], np.log(x[seen]))]
    return "semilogy" if straight[0] > max(straight[1], 0.9) else "loglog"
