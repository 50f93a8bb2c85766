"""What a picture of a claim shows, for each kind of claim."""

import functools
import inspect
from dataclasses import replace

import numpy as np
import sympy

from convlab import symbols
from convlab.algorithm import Method
from convlab.claims import Basis, Bench, Claim, Setting
from convlab.claims.bounds import DELTAS, LowerBound, UpperBound
from convlab.claims.drift import Drift
from convlab.claims.limits import Limit, Outcome, Threshold
from convlab.claims.rates import Exponent
from convlab.claims.relations import Identity, Ordering
from convlab.claims.sweeps import Complexity, Scaling
from convlab.engine import Trace
from convlab.errors import ConvlabError
from convlab.report.graph import (
    Curve,
    Graph,
    arriving,
    center,
    floor_of,
    measured,
    power,
    sample,
    scale,
    spread,
    visible,
    worst,
)
from convlab.statement import expected_after, order
from convlab.symbols import latex

__all__ = ["graph"]


@functools.singledispatch
def graph(claim: Claim, bench: Bench, setting: Setting) -> Graph:
    """What the picture of a claim on one setting shows.

    A kind of claim has a picture of its own where ``graph.register`` holds one; any other shows
    the metric along the run.
    """
    _, curves = measured(bench, setting, claim.metric)
    return Graph(scale(1, curves), "k", claim.metric.statement, "", curves)


# Bounds -------------------------------------------------------------------------------------------


@graph.register
def _(claim: UpperBound | LowerBound, bench: Bench, setting: Setting) -> Graph:
    """The metric with its bound, and where it crosses it.

    Where the claim is about every run, the starting point that comes closest to the bound;
    beside it the spread over all of them, unless each has a bound of its own. For a probability,
    the quantile of the metric and the bound at one delta.
    """
    if isinstance(claim, UpperBound) and claim.probability is not None:
        return _quantile(claim, claim.probability, bench, setting)
    formula = setting.resolve(claim.bound)
    sampled = claim.metric.expected and setting.method.algorithm.stochastic
    if sampled:
        trace, curves = measured(bench, setting, claim.metric)
    else:
        trace, curves = bench.trace(setting), []
    sides = claim.sides(setting, trace, Basis.EXACT)
    upper = isinstance(claim, UpperBound)
    values, limits = sides.left, np.where(sides.mask, sides.right, np.nan)
    floor = floor_of(values, setting.problem)
    certain = np.abs(values) > claim.metric.allowance(np.abs(values), setting.problem)
    values = np.where(certain, values, 0.0)
    if sampled:
        value, limit = curves[0].y, limits.mean(axis=1)
        crossed = (value > limit + floor) if upper else (value < limit - floor)
    else:
        # Below a lower bound the smallest values matter, above an upper one they are rounding.
        hidden = floor if upper else -1.0
        r = worst(np.where(np.abs(values) > hidden, sides.ratio, 0.0))
        value, limit, crossed = visible(values[:, r], hidden), limits[:, r], sides.excess[:, r] > 1
        alike = np.allclose(limits, limits[:, [r]], rtol=1e-6, equal_nan=True)
        if len(trace.replicates) > 1:
            curves.append(Curve("worst", trace.grid, value))
        if alike or len(trace.replicates) == 1:
            curves += spread(trace.grid, values, hidden)
    curves.append(Curve("bound", trace.grid, limit))
    axes = scale(formula, curves)
    curves.append(Curve("violation", trace.grid[crossed], value[crossed]))
    sign = "" if upper else r"\ge "
    slope, reference = power(formula, trace.constants), sign + latex(claim.bound)
    return Graph(axes, "k", claim.metric.statement, reference, curves, slope)


def _quantile(claim: UpperBound, probability: sympy.Expr, bench: Bench, setting: Setting) -> Graph:
    """The quantile of the metric that a probability is about, and the bound at one delta."""
    put = {symbols.delta: sympy.Float(DELTAS[0])}
    trace, formula = sample(bench, setting), setting.resolve(claim.bound).subs(put)
    sides = claim.sides(setting, trace, Basis.E_VALUE, claim.bound.subs(put))
    values, limits = sides.left, np.where(sides.mask, sides.right, np.nan)
    level = float(probability.subs(put))
    value = np.quantile(values, level, axis=1, method="inverted_cdf")
    limit = np.median(limits, axis=1)
    curves = [Curve("quantile", trace.grid, value), *spread(trace.grid, values)]
    curves.append(Curve("bound", trace.grid, limit))
    axes = scale(formula, curves)
    curves.append(Curve("violation", trace.grid[value > limit], value[value > limit]))
    quantile = rf"\mathrm{{for\ the}}\ {level:g}\,\mathrm{{quantile}}"
    reference = rf"{latex(claim.bound)}\ {quantile},\ \delta = {DELTAS[0]:g}"
    slope = power(formula, trace.constants)
    return Graph(axes, "k", claim.metric.statement, reference, curves, slope)


@graph.register
def _(claim: Drift, bench: Bench, setting: Setting) -> Graph:
    """Both sides along the run in which they come closest, or differ most."""
    metric, trace = claim.metric, bench.drift(setting, claim.metric, claim.given)
    if trace is None:
        _, curves = measured(bench, setting, metric)
        return Graph(scale(1, curves), "k", metric.statement, "", curves)
    sides = claim.sides(setting, trace)
    floor = floor_of(trace.values[metric.name], setting.problem)
    r = worst(sides.excess)
    left, right = sides.left[:, r], sides.right[:, r]
    curves = [Curve("expectation", trace.grid, visible(left, floor))]
    limit = Curve("other" if claim.equal else "bound", trace.grid, visible(right, floor))
    axes = scale(1, curves)
    false = sides.excess[:, r] > 1
    violation = Curve("violation", trace.grid[false], left[false])
    names = {symbols.V: metric, **claim.given}
    meanings = [f"{latex(s)} = {m.statement}" for s, m in names.items()]
    reference = r",\ ".join([latex(claim.bound), *meanings])
    return Graph(axes, "k", expected_after(metric), reference, [*curves, limit, violation])


# Limits and thresholds ----------------------------------------------------------------------------


@graph.register
def _(claim: Limit, bench: Bench, setting: Setting) -> Graph:
    """The metric, and where it should end."""
    trace, curves = measured(bench, setting, claim.metric)
    target = np.median(trace.evaluate(setting.resolve(claim.bound)), axis=1)
    axes = scale(1, [*curves, Curve("limit", trace.grid[1:], target[1:])][: 1 + any(target)])
    curves.append(Curve("limit", trace.grid, target))
    return Graph(axes, "k", claim.metric.statement, latex(claim.bound), curves)


@graph.register
def _(claim: Threshold, bench: Bench, setting: Setting) -> Graph:
    """What is reached at the end of the run, against the parameter over the claimed value.

    Along several problems, the phase diagram: where it converges, and the claimed boundary.
    """
    if claim.over is not None:
        return _phases(claim, bench)
    low, high, claimed = claim.places(bench, setting)
    values = np.linspace(low, high, 41)
    reached = np.array([_reached(claim, bench, setting, v) for v in values])
    y = claim.metric.at(f"{{{setting.iterations}}}")
    unit = claimed or 1.0
    curves = [
        Curve("value", values / unit, np.clip(reached, 1e-18, 1e18)),
        Curve("threshold", np.array([claimed / unit]), np.ones(1)),
    ]
    name, value = latex(claim.parameter), latex(claim.bound)
    over = value if claim.bound.is_Atom else rf"\left({value}\right)"
    x = rf"{name} \,/\, {over}" if claimed else name
    return Graph("semilogy", x, rf"{y}\ \mathrm{{(relative)}}", f"{name} = {value}", curves)


def _phases(claim: Threshold, bench: Bench) -> Graph:
    """Cells of the plane of both parameters, each with what the method does there."""
    cells: dict[str, list[tuple[float, float]]] = {"converges": [], "diverges": []}
    boundary = []
    for v, setting in zip(claim.along, claim.settings(bench), strict=True):
        low, high, claimed = claim.places(bench, setting)
        boundary.append(claimed)
        for value in np.linspace(low, high, 16):
            there = claim.at(setting, value)
            outcome = claim.outcome(bench, there, _known(claim, bench, there))[0]
            side = "converges" if outcome is Outcome.CONVERGES else "diverges"
            cells[side].append((v, value))
    curves = [Curve(side, *np.array(at).T) for side, at in cells.items() if at]
    curves.append(Curve("limit", np.array(claim.along), np.array(boundary)))
    y, value = latex(claim.parameter), latex(claim.bound)
    assert claim.over is not None
    x = latex(sympy.Symbol(next(iter(inspect.signature(claim.over).parameters))))
    return Graph("linear", x, y, f"{y} = {value}", curves)


def _known(claim: Threshold, bench: Bench, setting: Setting) -> Trace:
    """The values of a metric; an error where only samples would tell."""
    known = claim.run(bench, setting, ends=True)
    if known is None:
        raise ConvlabError(
            f"the {claim.kind} of {claim.metric} has no picture on {setting}: "
            "its expectation is not known exactly"
        )
    return known[0]


def _reached(claim: Threshold, bench: Bench, setting: Setting, value: float) -> float:
    """The largest final over first value of the metric; infinity where it is lost."""
    there = claim.at(setting, value)
    quotient = claim.outcome(bench, there, _known(claim, bench, there))[2]
    return np.inf if np.isnan(quotient) else quotient


# Rates --------------------------------------------------------------------------------------------


@graph.register
def _(claim: Exponent, bench: Bench, setting: Setting) -> Graph:
    """The metric, and a line of the claimed slope at twice its last value."""
    trace, curves = measured(bench, setting, claim.metric)
    values, x = trace.values[claim.metric.name], claim.places(trace)
    signed = any((curve.y < 0).any() for curve in curves)
    curves = [
        curve._replace(x=x[np.isin(trace.grid, curve.x)], y=np.abs(curve.y)) for curve in curves
    ]
    if not claim.metric.expected:
        curves = [*center(x, np.abs(values), claim.statistic), *curves]
    claimed = float(np.max(trace.evaluate(setting.resolve(claim.power))))
    seen = np.flatnonzero(np.isfinite(curves[0].y) & (x > 0))
    if seen.size:
        k = x[1 : seen[-1] + 1].astype(float)
        with np.errstate(over="ignore"):
            law = (k / k[-1]) ** claimed if claim.log_x else claimed ** (k - k[-1])
            slope = 2 * curves[0].y[seen[-1]] * law
        curves.append(Curve("slope", k, slope))
    y, axis = claim.metric.statement, "k" if claim.against is None else claim.against.tex
    y = rf"\left| {y} \right|" if signed else y
    if claim.log_x:
        return Graph("loglog", axis, y, order(claim), curves, claimed)
    return Graph("semilogy", axis, y, order(claim), curves)


@graph.register
def _(claim: Complexity | Scaling, bench: Bench, setting: Setting) -> Graph:
    """What is found along the sweep, and a line of the claimed slope at twice its largest."""
    v = np.asarray(claim.at, dtype=float)
    found = np.broadcast_arrays(*(piece.values for piece in claim.sweep(bench)))
    values = np.array(found).reshape(len(v), -1)
    curves = [*center(v, values, claim.statistic), *spread(v, values)]
    claimed = claim.claimed(bench)
    law = v**claimed
    constants = curves[0].y / law
    if np.isfinite(constants).any():
        curves.append(Curve("slope", v, 2 * np.nanmax(constants) * law))
    x, y = latex(sympy.Symbol(claim.swept)), claim.metric.at("T")
    if isinstance(claim, Complexity):
        y = rf"\mathrm{{iterations\ to\ accuracy}}\ {claim.eps:g}"
    return Graph("loglog", x, y, order(claim), curves, claimed)


# Comparisons --------------------------------------------------------------------------------------


@graph.register
def _(claim: Identity, bench: Bench, setting: Setting) -> Graph:
    """Both sides, from the starting point where they differ most.

    An expectation that is not known exactly: the mean of the samples.
    """
    metric = claim.metric
    sides = claim.sides(bench, setting)
    if sides is None:
        return _sampled(claim, bench, setting)
    trace, left, right = sides.trace, sides.left, sides.right
    formula = sympy.S.One if isinstance(claim.other, Method) else setting.resolve(claim.other)
    floor, r = floor_of(left, setting.problem), worst(sides.excess)
    curves = [
        Curve("value", trace.grid, visible(left[:, r], floor)),
        Curve("other", trace.grid, visible(right[:, r], floor)),
    ]
    axes = scale(formula, curves)
    false = sides.excess[:, r] > 1
    curves.append(Curve("violation", trace.grid[false], left[false, r]))
    return Graph(axes, "k", metric.statement, _other_side(claim, setting), curves)


def _sampled(claim: Identity, bench: Bench, setting: Setting) -> Graph:
    """The mean of the samples, and the formula where there is one; apart by five deviations."""
    trace, curves = measured(bench, setting, claim.metric)
    y, reference = claim.metric.statement, _other_side(claim, setting)
    if isinstance(claim.other, Method):
        return Graph(scale(1, curves), "k", y, reference, curves)
    formula = setting.resolve(claim.other)
    mean, other = curves[0].y, trace.evaluate(formula).mean(axis=1)
    axes = scale(formula, curves)
    curves.append(Curve("other", trace.grid, other))
    if claim.variance is not None:
        variance = trace.evaluate(setting.resolve(claim.variance)).mean(axis=1)
        apart = np.abs(mean - other) > 5 * np.sqrt(variance / len(trace.replicates))
        curves.append(Curve("violation", trace.grid[apart], mean[apart]))
    return Graph(axes, "k", y, reference, curves)


def _other_side(claim: Identity, setting: Setting) -> str:
    """The other side of an identity in TeX."""
    if isinstance(claim.other, Method):
        return _method(claim.other, setting)
    return f"= {latex(claim.other)}"


@graph.register
def _(claim: Ordering, bench: Bench, setting: Setting) -> Graph:
    """Both methods, from the starting point where the quotient is largest.

    Where the metric counts until another is small, that one, against what is counted.
    """
    found, other = claim.run(bench, setting), claim.run(bench, setting, claim.other)
    if found is None or other is None:
        _, curves = measured(bench, setting, claim.metric)
        return Graph(scale(1, curves), "k", claim.metric.statement, "", curves)
    (ours, basis), theirs = found, other[0]
    sides = claim.sides(setting, ours, basis, theirs)
    if claim.metric.race is not None:
        sides = replace(sides, mask=sides.mask & (ours.grid == ours.grid[-1])[:, None])
    r, shown, cost = worst(sides.ratio), claim.metric, None
    if claim.metric.race is not None:
        shown, eps, cost = claim.metric.race
    curves = []
    for series, trace in (("value", ours), ("other", theirs)):
        values = trace.values[shown.name]
        x = trace.grid if cost is None else trace.values[cost.name][:, r]
        y = arriving(values[:, r], floor_of(values, setting.problem))
        curves.append(Curve(series, x, y))
    # In a race the claim is about a quotient of counts: a length, if their axis is logarithmic.
    axes = scale(1, curves) if claim.metric.race is None else "loglog"
    if claim.metric.race is not None:
        first = ours.values[shown.name][0, r]
        curves.append(Curve("goal", curves[0].x, np.full(len(ours.grid), eps * first)))
    else:
        above = sides.excess[:, r] > 1
        curves.append(Curve("violation", ours.grid[above], curves[0].y[above]))
    axis = "k" if cost is None else cost.tex
    return Graph(axes, axis, shown.statement, _method(claim.other, setting), curves)


def _method(method: Method, setting: Setting) -> str:
    """The name of a method in TeX, with what sets it apart from the one of the setting."""
    name = method.algorithm.name.replace("_", r"\ ")
    own = setting.method.hyperparameters if method.algorithm is setting.method.algorithm else {}
    values = [
        rf",\ {_letter(h)} = {latex(v)}"
        for h, v in method.hyperparameters.items()
        if h in own and own[h] != v
    ]
    return rf"\mathrm{{{name}}}" + "".join(values)


def _letter(name: str) -> str:
    """A hyperparameter in TeX: a Greek letter, or its name."""
    tex = latex(sympy.Symbol(name))
    return tex if tex.startswith("\\") else rf"\mathrm{{{name}}}".replace("_", r"\ ")
