"""Families for a search over declared parameters: true everywhere, and ready to be stacked.

A search evaluates many parameters of a family at once: every number of the oracle becomes a column
of numbers, one for each replicate.
"""

import functools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from convlab.abreast import abreast
from convlab.algorithms.stochastic import sgd
from convlab.certificates import falsehoods
from convlab.engine import run_moments
from convlab.engine.draws import Forced, draws_of, joined
from convlab.metrics import E, distance_squared
from convlab.streams import Stream
from problems import (
    bilinear,
    composite,
    finite_sums,
    finite_sums_nonquadratic,
    games,
    huber,
    noise,
    nonconvex,
    nonsmooth,
    online,
    piecewise,
    quadratics,
)

FAMILIES = [
    huber.huber_width,
    huber.huber_width_reversed,
    huber.huber_width_strongly_convex,
    huber.smooth_half_line,
    quadratics.angled_quadratic,
    quadratics.parabola_between,
    nonsmooth.absolute_slope,
    nonsmooth.corner,
    nonsmooth.half_line,
    nonsmooth.planes,
    nonsmooth.three_planes,
    nonconvex.alternating_curvatures,
    nonconvex.teeth,
    nonconvex.turning_path,
    piecewise.convex_pieces,
    piecewise.strongly_convex_pieces,
    composite.half_line_parabola,
    composite.parabola_and_absolute,
    composite.parabola_on_half_line,
    composite.plain_parabola,
    games.bent_operator,
    games.nonexpansive_bend,
    games.nonexpansive_rotation,
    games.rotation,
    bilinear.box_game,
    bilinear.box_rotation,
    noise.corner_two_point,
    noise.huber_three_point,
    noise.huber_two_point,
    noise.parabola_three_point,
    noise.parabola_two_point,
    finite_sums.heavy_component,
    finite_sums_nonquadratic.kinked_pair,
    finite_sums_nonquadratic.opposite_curvatures,
    online.linear_losses,
]
ORACLES = {
    *("value", "smooth_value", "gradient", "stochastic_gradient", "sample_gradient"),
    *("sample_value", "loss", "operator", "restricted_gap", "project", "prox", "resolvent"),
}
every = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


@every
@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_certificates_are_true_for_all_parameters(family, data):
    problem = data.draw(family.strategy())
    assert list(falsehoods(problem, 3, float(np.log(1e9)))) == []


@every
def test_a_field_of_the_oracle_does_not_hide_a_certificate(family):
    """Methods and metrics read ``oracle.L``: the field comes first, so it must be the constant."""
    for key in range(1, 4):
        problem = family.sample(key)
        for name, value in problem.constants.items():
            np.testing.assert_allclose(getattr(problem.oracle, name, value), value, rtol=1e-12)


def leaves(oracle):
    """The numbers and arrays of an oracle, and of those within it."""
    for value in oracle:
        if isinstance(value, tuple):
            yield from leaves(value)
        else:
            yield value


def stacked(oracles):
    """One oracle with a row of data for each replicate."""
    made = []
    for values in zip(*oracles, strict=True):
        if isinstance(values[0], tuple):
            made.append(stacked(values))
        else:
            rows = np.array(values, dtype=float)
            made.append(rows[:, None] if rows.ndim == 1 else rows)
    return type(oracles[0])(*made)


def answers(problem, x):
    """What each oracle gives, by name."""
    oracle, found = problem.on(np).at(3), {}
    for name in ORACLES & set(problem.vocabulary):
        rng = Stream(4, range(len(x)), np).at(3)
        more = {"prox": [0.7], "resolvent": [0.7]}.get(name, [])
        more = [rng] if name.startswith("stochastic") else more
        more = [np.arange(len(x))[:, None] % 2] if name.startswith("sample") else more
        found[name] = np.broadcast_to(getattr(oracle, name)(x, *more), (len(x), x.shape[1]))
    return found


@every
def test_many_parameters_are_evaluated_at_once(family):
    rng = np.random.default_rng(1)
    ranges = {n: p.range for n, p in family.parameters.items() if p.kind is float}
    problems = [family(**{n: r.draw(rng, float) for n, r in ranges.items()}) for _ in range(8)]
    assert len({tuple(np.shape(v) for v in leaves(p.oracle)) for p in problems}) == 1
    assert len({tuple(a.name for a in p.declares) for p in problems}) == 1
    together = replace(problems[0], oracle=stacked([p.oracle for p in problems]))
    x = np.concatenate([p.starts(0, [0]) for p in problems])
    for shift in (0.0, -0.3, -2.0, 0.9):
        found = answers(together, x + shift)
        for r, problem in enumerate(problems):
            for name, values in answers(problem, x + shift).items():
                np.testing.assert_allclose(found[name][r], values[r], rtol=1e-12, atol=1e-14)


# What the families are for ----------------------------------------------------------------------


@pytest.mark.parametrize("N", [1, 3, 10])
def test_the_worst_widths_are_in_the_ranges(N):
    """The exact worst cases of N steps 1/L: Huber, the half-line, and teeth."""
    run = lambda problem, step: functools.reduce(  # noqa: E731
        lambda x, _: step(problem.on(np), x), range(N), problem.starts(0, [0])
    )
    gradient = lambda o, x: x - o.gradient(x)  # noqa: E731
    problem = huber.huber_width(tau=1 / (2 * N + 1))
    gap = problem.on(np).value(run(problem, gradient))
    np.testing.assert_allclose(gap, 1 / (4 * N + 2))
    problem = composite.parabola_on_half_line(slope=1 / (2 * N))
    gap = problem.on(np).value(run(problem, lambda o, x: o.prox(gradient(o, x), 1.0)))
    np.testing.assert_allclose(gap, 1 / (4 * N))
    for eta in (0.4, 1.0):  # min |f'|^2 = 4 L (f(x_0) - f*)/(N (4 eta L - (eta L)^2) + 2)
        problem = nonconvex.teeth(width=eta, count=N)
        steps = run(problem, lambda o, x, eta=eta: x - eta * o.gradient(x))
        start = problem.on(np).value(problem.starts(0, [0]))
        bound = 4 * start / (N * (4 * eta - eta**2) + 2)
        np.testing.assert_allclose(problem.on(np).gradient(steps) ** 2, bound)


@pytest.mark.parametrize("N", [1, 2, 5])
def test_gradients_that_turn_to_and_fro_are_the_worst_for_long_steps(N):
    """For steps 3/(2L) the gap of the worst start is |g|^2 (1/2 + 21 N/32)/L, by the referee."""
    problem = nonconvex.turning_path(horizon=N, step=1.5, turn=np.arccos(-1 / 8))
    oracle, x = problem.on(np), problem.starts(0, [0])
    np.testing.assert_allclose(oracle.value(x), 1 / 2 + 21 * N / 32)
    for _ in range(N + 1):
        np.testing.assert_allclose(np.linalg.norm(oracle.gradient(x)), 1.0)
        x = x - 1.5 * oracle.gradient(x)


def test_functions_through_points_go_abreast():
    each = [nonconvex.turning_path(horizon=3, step=s, turn=t) for s, t in ((1.0, 0.0), (1.5, 1.7))]
    together = abreast(each, 2, 0)
    starts = together.starts(0, range(4))
    alone = [p.on(np).gradient(starts[2 * i : 2 * i + 2]) for i, p in enumerate(each)]
    np.testing.assert_allclose(together.on(np).gradient(starts), np.concatenate(alone), atol=1e-12)


def test_three_planes_are_as_sharp_as_declared():
    angles = np.linspace(0, 2 * np.pi, 20_001)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for key in range(5):
        problem = nonsmooth.three_planes.sample(key)
        least = problem.on(np).value(circle).min()
        assert 0 <= least - problem.constants["m"] <= 1e-3


@pytest.mark.parametrize(
    ("noise", "skewness", "kurtosis"),
    [
        (noise.TwoPoint(2.0, 0.1), 0.8 / 0.3, 1 / 0.09 - 3),
        (noise.ThreePoint(2.0, 0.25), 0.0, 4.0),
        (noise.ThreePoint(2.0, 1.0), 0.0, 1.0),
    ],
)
def test_the_moments_of_the_noise_are_the_prescribed_ones(noise, skewness, kurtosis):
    oracle = huber.huber_width().on(np)
    noted = Forced({})
    noise.stochastic_gradient(oracle, np.zeros((1, 1)), noted)
    draws = joined(draws_of(tuple(noted.laws)), 4)
    x = np.zeros((len(draws.weights), 1))
    values = noise.stochastic_gradient(oracle, x, Forced(draws.chosen))[:, 0]
    moments = [draws.weights @ (values / 2.0) ** order for order in (1, 2, 3, 4)]
    np.testing.assert_allclose(moments, [0.0, 1.0, skewness, kurtosis], atol=1e-12)


@pytest.mark.parametrize("family", [noise.parabola_two_point, noise.parabola_three_point])
def test_the_moments_of_sgd_on_the_noisy_parabola_close(family):
    problem = family(share=0.0, L=1.0, kappa=2.0, sigma=3.0)
    metric = E(distance_squared)
    trace = run_moments(sgd(eta=0.5), problem, iterations=1, metrics=[metric])
    np.testing.assert_allclose(trace.values[metric.name][-1], 0.75**2 + 0.25 * 9)
