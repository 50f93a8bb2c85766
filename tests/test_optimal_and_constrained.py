"""Optimal, projection-free, Bregman and online methods, where no theorem of the catalogue looks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from convlab.algorithms.coordinate import cyclic_coordinate_descent
from convlab.algorithms.difference_of_convex import difference_of_convex
from convlab.algorithms.frank_wolfe import frank_wolfe, frank_wolfe_line_search
from convlab.algorithms.leader import follow_the_leader
from convlab.algorithms.optimal import exact_method, lemniscate_method, optimized_gradient_norm
from convlab.engine import run
from convlab.metrics import distance_squared, gap, gradient_norm_squared, metric
from convlab.symbols import L, T, k, mu
from problems.bregman import entropy_quadratic, power_slope, quartic_regression
from problems.conjugate_gradients import chebyshev_convex, chebyshev_strongly_convex
from problems.coordinates import coupled_pair
from problems.difference_of_convex import two_stairs
from problems.leaders import random_targets
from problems.linear_minimization import (
    cube_distance,
    project_on_simplex,
    quadratic_on_ball,
    simplex_distance,
)
from problems.quadratics import parabola, quadratic

outside = metric("outside", "X")(
    lambda s, oracle: np.abs(s.x - oracle.project(s.x)).max(axis=-1, keepdims=True)
)
deterministic = settings(max_examples=25, deadline=None, derandomize=True)


@pytest.mark.parametrize("problem", [simplex_distance(d=7), cube_distance(), quadratic_on_ball()])
def test_frank_wolfe_stays_in_the_set_without_projection(problem):
    trace = run(frank_wolfe(eta=2 / (k + 2)), problem, iterations=50, metrics=[outside])
    assert trace.values["outside"].max() <= 1e-12


def test_frank_wolfe_on_the_simplex_meets_the_lower_bound_of_its_vertices():
    trace = run(frank_wolfe_line_search(), simplex_distance(d=50), iterations=40, grid=range(41))
    steps = np.arange(41)
    assert np.all(trace.values["gap"][:, 0] >= 0.5 * (1 / (steps + 1) - 1 / 50) - 1e-12)


@deterministic
@given(d=st.integers(1, 8), key=st.integers(0, 99))
def test_projection_on_the_simplex_solves_its_equation(d, key):
    x = np.random.default_rng(key).normal(size=(1, d)) * 3
    t = brentq(lambda t: np.maximum(x - t, 0).sum() - 1, x.min() - 2, x.max())
    assert project_on_simplex(x) == pytest.approx(np.maximum(x - t, 0), abs=1e-10)


@pytest.mark.parametrize("problem", [power_slope(), quartic_regression(), entropy_quadratic()])
def test_bregman_steps_minimize_the_model(problem):
    oracle, rng = problem.on(), np.random.default_rng(0)
    x = oracle.project(problem.starts(0, range(3)) + 0.1)
    g = rng.normal(size=x.shape)

    def model(y):
        return (g * y).sum(axis=-1, keepdims=True) + oracle.divergence(y, x) / 0.3

    best = oracle.bregman_step(x, g, 0.3)
    for _ in range(50):
        other = oracle.project(best + 0.1 * rng.normal(size=x.shape))
        assert np.all(model(best) <= model(other) + 1e-12)


@pytest.mark.parametrize("steps", [1, 2, 5, 30])
def test_ogm_g_attains_its_bound_on_a_parabola(steps):
    theta = 1.0
    for i in range(steps):
        theta = (1 + np.sqrt(1 + (8 if i == steps - 1 else 4) * theta**2)) / 2
    method = optimized_gradient_norm(eta=1 / L, horizon=T)
    measured = [gradient_norm_squared, gap]
    trace = run(method, parabola(steep=True), iterations=steps, metrics=measured, grid=[0, steps])
    bound = 2 * trace.values["gap"][0, 0] / theta**2
    assert trace.values["gradient_norm_squared"][-1, 0] == pytest.approx(bound)


@pytest.mark.parametrize("steep", [False, True])
def test_item_attains_its_bound_on_parabolas_after_every_step(steep):
    q, A, bounds = 0.1, 0.0, [1.0]
    for _ in range(8):
        A = ((1 + q) * A + 2 * (1 + np.sqrt((1 + A) * (1 + q * A)))) / (1 - q) ** 2
        bounds.append(1 / (1 + q * A))
    problem = parabola(steep=steep, kappa=10.0)
    method = exact_method(L=L, q=mu / L)
    trace = run(method, problem, iterations=8, metrics=[distance_squared], grid=range(9))
    assert trace.values["distance_squared"][:, 0] == pytest.approx(bounds)


@pytest.mark.parametrize(("steps", "omega"), [(1, 2.414214), (2, 4.162771), (10, 29.902927)])
def test_lemniacc_has_the_numbers_of_its_source(steps, omega):
    read = metric("omega", r"\Omega")(lambda s, oracle: s.omega)
    method = lemniscate_method(L=L, horizon=T)
    measured = [read, gradient_norm_squared]
    trace = run(method, parabola(steep=True), iterations=steps, metrics=measured)
    assert trace.values["omega"][-1, 0] == pytest.approx(omega, abs=1e-6)
    assert trace.values["gradient_norm_squared"][-1, 0] == pytest.approx(omega**-2, rel=1e-5)


@pytest.mark.parametrize("horizon", [1, 2, 7, 20])
def test_quadratics_of_chebyshev_have_the_extremal_curvatures(horizon):
    for family in (chebyshev_convex, chebyshev_strongly_convex):
        spectrum = np.diag(family(horizon=horizon).oracle.A)
        assert len(np.unique(spectrum)) == horizon + 1
        assert spectrum.max() == 1.0


def test_cyclic_coordinate_descent_is_gauss_seidel():
    problem = quadratic(d=4)
    A, center = problem.oracle.A, problem.oracle.center
    position = metric("position", "X", least=None)(lambda s, oracle: s.x[:, 2:3])
    trace = run(cyclic_coordinate_descent(), problem, iterations=4, metrics=[position])
    x = problem.starts(0, [0])[0]
    solved = center + np.linalg.solve(np.tril(A), -np.triu(A, 1) @ (x - center))
    assert trace.values["position"][-1, 0] == pytest.approx(solved[2])


def test_coordinate_descent_on_a_pair_without_coupling_ends_after_a_cycle():
    trace = run(cyclic_coordinate_descent(), coupled_pair(rho=0.0), iterations=2)
    assert trace.values["gap"][-1, 0] <= 1e-30


def test_steps_of_dca_lead_from_knot_to_knot():
    problem = two_stairs(horizon=5, L1=2.0, L2=3.0)
    position = metric("position", "X")(lambda s, oracle: s.x)
    trace = run(difference_of_convex(), problem, iterations=5, metrics=[position], grid=range(6))
    assert trace.values["position"][:, 0] == pytest.approx(problem.oracle.knots[::-1])


def test_the_leader_is_the_mean_of_the_targets_so_far():
    problem = random_targets(n=3, d=1)
    position = metric("position", "X", least=None)(lambda s, oracle: s.x)
    trace = run(follow_the_leader(), problem, iterations=8, metrics=[position], grid=range(9))
    seen = np.tile(problem.oracle.points[:, 0], 3)[:8]
    means = np.cumsum(seen) / np.arange(1, 9)
    assert trace.values["position"][1:, 0] == pytest.approx(means)
