"""Exact expectations, without sampling, wherever the moments close.

Where a step is affine in the state for every outcome of its draws, the second moment of the state
obeys a linear recursion; where a metric is quadratic in the state, its expectation follows. Both
are *found out* by evaluating step and metric at unit vectors and are then checked at random
points, near and far, so no algorithm needs to say what it is: SGD, momentum, SVRG and SAGA on
least squares are all seen to be affine. Discrete draws are listed; continuous ones that are added
count by mean and variance, and where they multiply the state they are integrated by a cubature
formula of the degree that they need (:mod:`convlab.engine.draws`). A metric that is a polynomial
of degree 4, 6 or 8 takes all moments up to that order (:mod:`convlab.engine.monomials`).

States are measured from the state that starts at the minimizer, so that no digits are lost close
to it.
"""

import functools
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sympy

from convlab import symbols
from convlab.algorithm import Method
from convlab.engine.affine import AffineStep, Form, SecondMoments, affine_step
from convlab.engine.draws import Forced, NotClosed
from convlab.engine.monomials import HigherMoments
from convlab.engine.run import constants_at, log_grid
from convlab.engine.schedule import Schedule
from convlab.engine.trace import Status, Trace, merge
from convlab.metrics import INITIAL, Metric
from convlab.problem import Problem

__all__ = ["run_moments"]

ORDERS = (4, 6, 8)
"""The orders of moments tried where the second do not suffice."""


def run_moments(
    method: Method,
    problem: Problem,
    *,
    iterations: int,
    replicates: int | Sequence[int] = 1,
    metrics: Sequence[Metric],
    key: int = 0,
    constants: Mapping[sympy.Symbol, Any] | None = None,
    initial: Mapping[sympy.Symbol, Metric] = INITIAL,
    grid: Sequence[int] | None = None,
) -> Trace:
    """The expectations of the metrics, exact to rounding, from each of the starting points.

    Arguments and result are those of :func:`convlab.run`; ``replicates`` are starting points.
    Raises NotClosed where step or metrics are not of the form that the module describes.
    """
    began = time.monotonic()
    ids = tuple(range(replicates)) if isinstance(replicates, int) else tuple(replicates)
    one = functools.partial(
        run_moments,
        method,
        problem,
        iterations=iterations,
        key=key,
        constants=constants,
        initial=initial,
        grid=grid,
    )
    if len(metrics) > 1:  # one moment may be infinite where another is not
        traces = [one(replicates=ids, metrics=[m]) for m in metrics]
        return replace(traces[0], values={n: v for t in traces for n, v in t.values.items()})
    oracle = problem.on(np)
    x0 = problem.starts(key, ids)
    values = constants_at(problem, x0, oracle, constants, initial)
    values[symbols.T] = iterations
    needed = method.free_symbols.union(
        *(w.free_symbols for m in metrics for w in m.weights.values())
    )
    if any(np.ndim(values.get(s, 0)) for s in needed):
        return functools.reduce(merge, (one(replicates=[i], metrics=metrics) for i in ids))
    hyper = Schedule(method.hyperparameters, values, np, x0.ndim)
    weights = {m.name: Schedule(m.weights, values, np) for m in metrics if m.weights}
    points = log_grid(iterations) if grid is None else np.unique(np.asarray(grid, dtype=int))
    x_star = problem.constants.get("x_star")
    moving = method.algorithm.depends_on_k or problem.moving

    def begin(x: np.ndarray) -> tuple:
        draws = Forced({})
        state = method.init(x, oracle, draws, hyper.at(0))
        if draws.laws:
            raise NotClosed("the first state is random")
        return state, {
            m.name: m.init(state, oracle)
            for m in metrics
            if m.init is not None and m.mean_of is None
        }

    def advance(pair: tuple, k: int, rng: Forced) -> tuple:
        state, memory = pair
        oracle.at(k)
        for m in metrics:
            if m.name in memory:
                w = weights[m.name].at(k) if m.name in weights else {}
                memory = memory | {m.name: m.update(memory[m.name], state, oracle, **w)}  # type: ignore[misc]
        return method.step(state, oracle, rng, k, hyper.at(k)), memory

    def read(pair: tuple, m: Metric, k: int) -> np.ndarray:
        state, memory = pair
        extra = (memory[m.name],) if m.name in memory else ()
        w = weights[m.name].at(k) if m.name in weights else {}
        return m.read(state, oracle, *extra, **w)[:, 0]

    with np.errstate(all="ignore"):
        pair = begin(x0)
        origin = begin(x_star[None] + 0 * x0[:1]) if x_star is not None else None
        form = Form(pair, origin)
        wanted = [m.mean_of or m for m in metrics]
        # A step that is not affine is found out sooner than a metric that is no polynomial.
        affine_step(form, lambda pair, rng: advance(pair, 0, rng), 2)
        moments = _moments(form, [functools.partial(read, m=m, k=0) for m in wanted])
        S = moments.of(form.flat(pair))
        recorded = {m.name: np.full((len(points), len(ids)), np.inf) for m in metrics}
        coefficients: dict[str, np.ndarray] = {}
        means = {m.name: (np.zeros(len(ids)), 0.0) for m in metrics if m.mean_of is not None}

        def expected(m: Metric, k: int) -> np.ndarray:
            if m.name not in coefficients or m.init is not None or m.weights or moving:
                coefficients[m.name] = moments.coefficients(form, lambda p: read(p, m, k))
            return moments.expected(coefficients[m.name], S)

        def mark(k: int) -> tuple:
            """All on which the step of iteration k depends."""
            at = [tuple(schedule.at(k).items()) for schedule in schedules]
            return k if moving else None, *at, *form.fixed

        def affine(k: int, before: AffineStep | None = None) -> AffineStep:
            return affine_step(form, lambda pair, rng: advance(pair, k, rng), moments.order, before)

        schedules = (hyper, *(weights[name] for name in pair[1] if name in weights))
        k, known, step = 0, mark(0), affine(0)
        steady = not (moving or means or form.fixed) and all(s.steady for s in schedules)
        for g, target in enumerate(points):
            if steady:
                S, k = moments.leap(step, S, target - k), target
            while k < target:
                for m in metrics:
                    if m.mean_of is not None:
                        w = weights[m.name].at(k)["weight"]
                        mean, mass = means[m.name]
                        share = w / max(mass + w, 1e-300)
                        means[m.name] = mean + share * (expected(m.mean_of, k) - mean), mass + w
                if mark(k) != known:
                    known, step = mark(k), affine(k, step)
                S, form = moments.after(step, S), step.form
                k += 1
            if not np.isfinite(S).all():
                break
            for m in metrics:
                recorded[m.name][g] = means[m.name][0] if m.name in means else expected(m, k)
    diverged = not np.isfinite(S).all()
    return Trace(
        problem=problem.name,
        method=method,
        grid=points,
        values=recorded,
        statuses=(Status.DIVERGED if diverged else Status.FINISHED,) * len(ids),
        calls={},
        constants=values,
        key=key,
        replicates=ids,
        backend="numpy",
        seconds=time.monotonic() - began,
        engine="moments",
        exact=True,
        starts=x0,
    )


def _moments(form: Form, reads: Sequence[Any]) -> SecondMoments | HigherMoments:
    """The moments of the least order of which all metrics are polynomials."""
    reasons = []
    for order in (2, *ORDERS):
        try:
            moments = SecondMoments() if order == 2 else HigherMoments(form.size, order)
            for read in reads:
                moments.coefficients(form, read)
            return moments
        except NotClosed as reason:
            reasons.append(reason)
    raise reasons[0]
