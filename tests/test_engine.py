"""Runs: traces, statuses, backends."""

import time
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlab.algorithm import Point, algorithm
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, smooth
from convlab.engine import Status, log_grid, require_independence, run
from convlab.engine.context import Context
from convlab.errors import ConvlabError
from convlab.metrics import averaged, best, distance, distance_squared, gap
from convlab.problem import Problem
from convlab.streams import bernoulli, normal
from convlab.symbols import L, k
from convlab.vocabulary import log, norm, total, where
from problems.quadratics import quadratic


class Square(NamedTuple):
    """f(x) = a x^2 / 2, with a logarithm below zero for the asking."""

    a: float

    def value(self, x):
        return 0.5 * self.a * x * x

    def gradient(self, x):
        return self.a * x

    def broken(self, x):
        return log(x - 0.4)


square = Problem(
    oracle=Square(1.0),
    declares=[smooth(1.0), attained(0.0, np.zeros(1))],
    start=np.ones(1),
    name="square",
)


@algorithm
def noisy(s, oracle, rng, *, eta):
    z, coin = normal(rng, 10), bernoulli(rng, 0.3)
    return Point(s.x - eta * (oracle.gradient(s.x) + 0.1 * z + 0.01 * coin))


def test_gradient_descent_on_a_parabola_is_a_geometric_sequence():
    trace = run(gradient_descent(eta=0.25), square, iterations=20, metrics=[distance, gap])
    np.testing.assert_allclose(trace.values["distance"][:, 0], 0.75**trace.grid, rtol=1e-12)
    assert list(trace.grid[:2]) == [0, 1]
    assert trace.grid[-1] == 20
    assert trace.statuses == (Status.FINISHED,)
    np.testing.assert_array_equal(trace.calls["gradient"][:, 0], trace.grid)


@given(st.integers(1, 10**6))
def test_log_grid_holds_the_ends_and_grows(iterations):
    grid = log_grid(iterations)
    assert grid[0] == 0
    assert grid[1] == 1
    assert grid[-1] == iterations
    assert np.all(np.diff(grid) > 0)
    assert len(grid) <= 12 * np.log10(iterations) + 14


def test_every_backend_gives_the_same_trace(backend):
    problem = quadratic(key=3)
    options = {"iterations": 60, "replicates": 3, "key": 5, "metrics": [gap, best(gap)]}
    expected = run(noisy(eta=0.1 / L), problem, **options)
    got = run(noisy(eta=0.1 / L), problem, backend=backend, **options)
    for name, values in expected.values.items():
        np.testing.assert_allclose(got.values[name].astype(float), values, rtol=1e-12)


def test_a_replicate_runs_alone_as_in_company():
    problem = quadratic(key=1)
    together = run(noisy(eta=0.1), problem, iterations=100, replicates=range(16), key=9)
    alone = run(noisy(eta=0.1), problem, iterations=100, replicates=[11], key=9)
    np.testing.assert_allclose(alone.values["gap"][:, 0], together.values["gap"][:, 11], rtol=1e-12)


def test_step_sizes_may_depend_on_k_and_on_the_constants():
    trace = run(gradient_descent(eta=1 / (L * (k + 2))), square, iterations=5, metrics=[distance])
    expected = [np.prod([1 - 1 / (i + 2) for i in range(n)]) for n in trace.grid]
    np.testing.assert_allclose(trace.values["distance"][:, 0], expected, rtol=1e-12)


def test_averages_and_best_values():
    metrics = [averaged(distance), averaged(distance, weight=k, last=True), best(distance)]
    trace = run(gradient_descent(eta=0.5), square, iterations=8, metrics=metrics, grid=range(9))
    x = 0.5 ** np.arange(9)
    uniform = [x[0]] + [x[:n].mean() for n in range(1, 9)]
    weighted = [x[0]] + [np.average(x[: n + 1], weights=np.arange(n + 1)) for n in range(1, 9)]
    np.testing.assert_allclose(trace.values[metrics[0].name][:, 0], uniform, rtol=1e-12)
    np.testing.assert_allclose(trace.values[metrics[1].name][:, 0], weighted, rtol=1e-12)
    np.testing.assert_allclose(trace.values[metrics[2].name][:, 0], x, rtol=1e-12)


def test_a_diverging_run_is_a_status():
    trace = run(gradient_descent(eta=30.0), square, iterations=5000)
    assert trace.statuses == (Status.DIVERGED,)
    assert trace.values["gap"][-1, 0] == np.inf


def test_nan_is_a_status_and_loses_no_other_replicate():
    @algorithm
    def breaking(s, oracle):
        return Point(where(s.x > 0.4, 0.9 * s.x, oracle.broken(s.x)))

    start = np.array([[0.1], [2.0**60]])
    trace = run(breaking(), square, iterations=30, replicates=2, start=start)
    assert trace.statuses == (Status.NOT_A_NUMBER, Status.FINISHED)
    assert np.isnan(trace.values["gap"][-1, 0])
    assert np.isfinite(trace.values["gap"][:, 1]).all()


def test_time_limit_and_early_stop_are_statuses():
    @algorithm
    def slow(s, oracle):
        time.sleep(0.01)
        return s

    late = run(slow(), square, iterations=1000, time_limit=0.02, engine="eager")
    assert late.statuses == (Status.TIMED_OUT,)
    assert np.isnan(late.values["gap"][-1, 0])
    seen = []
    stopped = run(
        gradient_descent(eta=0.1),
        square,
        iterations=100,
        progress=lambda at: seen.append(at) or at >= 10,
    )
    assert stopped.statuses == (Status.STOPPED,)
    assert seen[-1] in range(10, 20)


@algorithm
def falling(s, oracle, *, mixed):
    """To the minimizer in one step, but for the last digit, which is another one beside others."""
    digit = 2.0**-52 if len(s.x) > 1 else 2.0**-51
    return Point(s.x - (1 - digit) * s.x + mixed * total(s.x.T).T)


def test_what_a_subtraction_leaves_may_differ_by_rounding_beside_other_replicates():
    def replay(method):
        one = {"iterations": 3, "metrics": [], "key": 0}
        start = np.arange(1.0, 4.0)[:, None]
        several = Context.of(method, square, replicates=range(3), start=start, **one)
        require_independence(
            several, Context.of(method, square, replicates=[2], start=start[2:], **one)
        )

    replay(falling(mixed=0.0))
    with pytest.raises(ConvlabError, match="the step of falling mixes replicates: from iteration"):
        replay(falling(mixed=1e-6))


def test_state_must_keep_its_shape():
    @algorithm
    def shrinking(s, oracle):
        return Point(norm(s.x))

    with pytest.raises(ConvlabError, match="shapes do not match: the step of shrinking"):
        run(shrinking(), quadratic(), iterations=3)


def test_a_missing_oracle_is_named():
    @algorithm
    def proximal(s, oracle):
        return Point(oracle.prox(s.x, 1.0))

    with pytest.raises(ConvlabError, match=r"no oracle or constant 'prox'; it has .*gradient"):
        run(proximal(), square, iterations=3)


def test_a_start_of_the_wrong_shape_is_refused():
    with pytest.raises(ConvlabError, match="the start has shape"):
        run(gradient_descent(eta=0.1), square, iterations=3, start=np.zeros(4))


def test_unknown_and_missing_hyperparameters_are_named():
    with pytest.raises(ConvlabError, match="no hyperparameter 'lr'; it has eta"):
        gradient_descent(lr=0.1)
    with pytest.raises(ConvlabError, match="needs a value for eta"):
        gradient_descent()


def test_problem_data_cannot_be_written_to():
    @algorithm
    def vandal(s, oracle):
        oracle._oracle.A[0, 0] = 0.0
        return s

    with pytest.raises(ValueError, match="read-only"):
        run(vandal(), quadratic(), iterations=1)


def test_fifty_digits_go_where_doubles_cannot():
    trace = run(
        gradient_descent(eta=0.5),
        square,
        iterations=150,
        backend="mpmath",
        metrics=[distance_squared],
    )
    exact = float(trace.values["distance_squared"][-1, 0])
    assert exact == pytest.approx(0.25**150, rel=1e-40)
