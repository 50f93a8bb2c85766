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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sympy

from convlab import precise
from convlab.algorithm import Method
from convlab.engine.affine import PRECISE, Form, SecondMoments, Steps, leap, multiplications
from convlab.engine.ahead import Ahead, Setting, together
from convlab.engine.context import Context
from convlab.engine.draws import Forced, NotClosed
from convlab.engine.monomials import HigherMoments
from convlab.engine.recorder import HUGE
from convlab.engine.schedule import Schedule
from convlab.engine.trace import Status, Trace, merge
from convlab.metrics import INITIAL, Metric
from convlab.problem import Problem

__all__ = ["run_moments"]

SETTLED = 1e-12
"""Relative change over the last third of a run up to which moments have settled."""
LARGE = 1e50
"""A metric beyond this grows with the moments that have diverged."""
ANEW = 300
"""Multiplications that take as long in 50 digits as to find out a step."""
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
    backend: str = "numpy",
    constants: Mapping[sympy.Symbol, Any] | None = None,
    initial: Mapping[sympy.Symbol, Metric] = INITIAL,
    grid: Sequence[int] | np.ndarray | None = None,
    time_limit: float | None = None,
) -> Trace:
    """The expectations of the metrics, exact to rounding, from each of the starting points.

    Arguments and result are those of :func:`convlab.run`; ``replicates`` are starting points, and
    ``backend`` is numpy or mpmath. In 50 digits the run stops before it takes more than
    :data:`convlab.engine.affine.PRECISE` multiplications, and what it did not reach is NaN.
    Where moments exceed 1e100 the status is diverged; a metric that is large itself is infinite
    from then on, another one is NaN. ``settled`` of the trace says whether the moments repeat
    themselves, to rounding, over the last third of the run. Raises NotClosed where step or metrics
    are not of the form that the module describes.
    """
    context = Context.of(
        method,
        problem,
        iterations=iterations,
        replicates=replicates,
        metrics=metrics,
        key=key,
        backend=backend,
        constants=constants,
        initial=initial,
        grid=grid,
        time_limit=time_limit,
    )
    ids, values, metrics = context.ids, context.constants, context.metrics
    one = functools.partial(
        run_moments,
        method,
        problem,
        iterations=iterations,
        key=key,
        backend=backend,
        constants=constants,
        initial=initial,
        grid=grid,
        time_limit=time_limit,
    )
    if len(metrics) > 1:  # one moment may be infinite where another is not
        traces = [one(replicates=ids, metrics=[m]) for m in metrics]
        return replace(traces[0], values={n: v for t in traces for n, v in t.values.items()})
    (metric,) = metrics
    oracle, x0, xp = context.oracle, context.x0, context.xp
    exact = xp is precise
    needed = method.free_symbols.union(*(w.free_symbols for w in metric.weights.values()))
    if any(np.ndim(values.get(s, 0)) for s in needed):
        return functools.reduce(merge, (one(replicates=[i], metrics=metrics) for i in ids))
    hyper, points = context.hyper, context.points
    weights = Schedule(metric.weights, values, xp)
    x_star = problem.constants.get("x_star")
    moving = method.algorithm.depends_on_k or problem.moving
    wanted = metric.mean_of or metric
    init, update = (None, None) if metric.mean_of else (metric.init, metric.update)

    def begin(x: np.ndarray) -> tuple:
        draws = Forced({}, xp=xp)
        state = method.init(x, oracle, draws, hyper.at(0))
        if draws.laws:
            raise NotClosed("the first state is random")
        return state, init(state, oracle) if init else ()

    def remember(memory: Any, state: Any, weights: dict[str, Any]) -> Any:
        return update(memory, state, oracle, **weights) if update else ()

    def setting(k: int, numbers: tuple) -> Setting:
        w = weights.at(k) if update else {}
        return Setting(k if moving else 0, tuple(hyper.at(k).items()), tuple(w.items()), numbers)

    def advance(z: np.ndarray, rng: Forced, settings: Sequence[Setting]) -> tuple:
        k, h, w, numbers = together(settings, len(z), x0.ndim)
        state, memory = form.tree(z, numbers)
        oracle.at(k)
        after = method.step(state, oracle, rng, k, h), remember(memory, state, w)
        return form.flat(after), form.numbers_of(after, len(settings))

    def foresee(at: Setting) -> tuple:
        """The numbers after a step, if the step itself has none."""
        if not at.numbers:
            return ()
        state, memory = form.tree(xp.zeros((1, form.size)), at.numbers)
        return form.numbers_of((state, remember(memory, state, dict(at.weights))), 1)[0]

    def read(z: np.ndarray, k: int) -> np.ndarray:
        state, memory = form.tree(z, numbers)
        extra = (memory,) if update else ()
        w = weights.at(k) if wanted is metric else {}
        return wanted.read(state, oracle.at(k), *extra, **w)[:, 0]

    with np.errstate(all="ignore"):
        pair = begin(x0)
        form = Form(pair, begin(x_star[None] + 0 * x0[:1]) if x_star is not None else None)
        numbers = form.numbers
        same = not (moving or numbers) and hyper.steady and (weights.steady or not update)
        stepper = functools.partial(Steps, form.size, xp, advance)
        many = not (moving or same or exact)
        ahead = functools.partial(Ahead, setting, foresee, stepper, many=many)
        # A step that is not affine is found out sooner than a metric that is no polynomial.
        steps = ahead()
        step = steps.step(0, numbers, 1)
        moments = _moments(form.size, functools.partial(read, k=0), xp)
        if moments.order > 2:
            steps = ahead(order=moments.order)
            step = steps.step(0, numbers, 1)
        S = moments.of(form.flat(pair))
        recorded = np.full((len(points), len(ids)), np.inf, S.dtype)
        moves = moving or not weights.steady
        coefficients = None

        def expected(k: int) -> np.ndarray:
            nonlocal coefficients
            if coefficients is None or wanted.init is not None or moves:
                coefficients = moments.coefficients(functools.partial(read, k=k))
            return moments.expected(coefficients, S)

        k, mean, mass, late, spent = 0, np.zeros(len(ids), S.dtype), 0.0, False, 0.0
        settled = np.full(len(ids), points[-1] > 0)
        third, steady = points[-1] - points[-1] // 3, None
        for g, target in enumerate(points):
            if same and metric.mean_of is None:
                spent += multiplications(step, S[0].size, target - k) if exact else 0.0
                late = spent > PRECISE
                if not late:
                    S, k = leap(moments, step, S, target - k), target
            while k < target and not late:
                if metric.mean_of is not None:
                    w = weights.at(k)["weight"]
                    mass += w
                    mean = mean + w / max(mass, 1e-300) * (expected(k) - mean)
                if not same:
                    step = steps.step(k, numbers, points[-1])
                S, numbers = moments.after(step, S), step.numbers
                spent += ANEW + multiplications(step, S[0].size, 1) if exact else 0.0
                k, late = k + 1, context.clock.late or spent > PRECISE
            if late or not (np.abs(S) <= HUGE).all():
                break
            recorded[g] = expected(k) if metric.mean_of is None else mean
            if k >= third:
                steady = S if steady is None else steady
                settled &= _same(S, steady)
    status = Status.FINISHED
    if late:
        status = Status.STOPPED if spent > PRECISE else Status.TIMED_OUT
        recorded[g:] = np.nan
    elif not (np.abs(S) <= HUGE).all():
        status = Status.DIVERGED
        # Where the metric is not large itself, other moments have overflowed: it is not known.
        known = metric.mean_of is None and xp.isfinite(S).all()
        now = np.asarray(expected(k) if known else recorded[g - 1], dtype=float)
        recorded[g:] = np.where(np.abs(now) > LARGE, np.copysign(np.inf, now), np.nan)
    return context.trace(
        {metric.name: recorded},
        [status] * len(ids),
        engine="moments",
        exact=True,
        settled=settled & (status is Status.FINISHED),
    )


def _same(S: np.ndarray, before: np.ndarray) -> np.ndarray:
    """(R,): whether the moments are those of before, to rounding of the largest."""
    now, then = S.reshape(len(S), -1), before.reshape(len(S), -1)
    return np.abs(now - then).max(axis=1) <= SETTLED * np.abs(then).max(axis=1)


def _moments(
    size: int, read: Callable[[np.ndarray], np.ndarray], xp: Any
) -> SecondMoments | HigherMoments:
    """The moments of the least order of which a metric is a polynomial."""
    reasons = []
    for order in (2, *ORDERS):
        try:
            moments = SecondMoments(size, xp) if order == 2 else HigherMoments(size, order, xp)
            moments.coefficients(read)
            return moments
        except NotClosed as reason:
            reasons.append(reason)
    raise reasons[0]
