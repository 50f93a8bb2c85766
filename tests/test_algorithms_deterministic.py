"""Deterministic smooth methods and their problems, where no theorem of the catalogue looks."""

import sys

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from convlab import precise
from convlab.algorithms.accelerated import optimized_gradient
from convlab.algorithms.gradient import (
    conjugate_gradient,
    exact_line_search,
    polyak_step,
    silver_steps,
)
from convlab.engine import run
from convlab.errors import ConvlabError, UnavailableError
from convlab.laboratory import Laboratory
from convlab.metrics import distance, gap, metric
from convlab.symbols import L, T
from problems.datasets import breast_cancer, diabetes, libsvm
from problems.huber import huber
from problems.logistic import logistic_regression, unregularized_logistic
from problems.nonconvex import egg_crate, link_regression, robust_regression, sawtooth, sine_bowl
from problems.quadratics import parabola, quadratic
from theorems.first_order import gradient_descent_convex
from theorems.first_order import silver_steps as silver_theorem

position = metric("position", "X")(lambda s, oracle: s.x[:, :1])
deterministic = settings(max_examples=25, deadline=None, derandomize=True)


@deterministic
@given(d=st.integers(1, 8), key=st.integers(0, 99))
def test_conjugate_gradients_need_as_many_steps_as_dimensions(d, key):
    trace = run(conjugate_gradient(), quadratic(key, d=d), iterations=d, metrics=[gap])
    assert trace.values["gap"][-1, 0] <= 1e-20 * trace.values["gap"][0, 0]


@deterministic
@given(key=st.integers(0, 99))
def test_exact_line_search_is_no_worse_than_any_fixed_step(key):
    problem = quadratic(key)
    best = run(exact_line_search(), problem, iterations=1).values["gap"][-1, 0]
    oracle, x = problem.on(), problem.starts(0, [0])
    for eta in np.linspace(0, 2, 41):
        assert best <= oracle.value(x - eta * oracle.gradient(x))[0, 0] * (1 + 1e-12)


def test_polyak_step_halves_the_distance_on_a_parabola():
    trace = run(polyak_step(), parabola(), iterations=5, metrics=[distance], grid=range(6))
    assert trace.values["distance"][:, 0] == pytest.approx(0.5 ** np.arange(6))


def test_first_silver_steps():
    method = silver_steps(eta=1 / L, rho=1 + sympy.sqrt(2))
    slope = huber(horizon=500)
    trace = run(method, slope, iterations=8, metrics=[position], grid=range(9))
    steps = -np.diff(trace.values["position"][:, 0]) * 1001
    root = np.sqrt(2)
    expected = [root, 2, root, 2 + root, root, 2, root, 4 + 2 * root]
    assert steps == pytest.approx(expected)


@pytest.mark.parametrize("steps", [1, 2, 5, 30])
def test_optimized_gradient_attains_its_bound_on_a_parabola(steps):
    theta = 1.0
    for k in range(steps):
        theta = (1 + np.sqrt(1 + (8 if k == steps - 1 else 4) * theta**2)) / 2
    method = optimized_gradient(eta=1 / L, horizon=T)
    trace = run(method, parabola(steep=True), iterations=steps)
    assert trace.values["gap"][-1, 0] == pytest.approx(1 / (2 * theta**2))


@pytest.mark.parametrize(
    "family", [egg_crate, link_regression, robust_regression, sawtooth, sine_bowl]
)
def test_gradients_of_nonconvex_functions_are_derivatives(family):
    for key in range(5):
        oracle = family.sample(key).on()
        rng = np.random.default_rng(key)
        x = family.sample(key).starts(key, range(4)) + 0.3
        v = rng.normal(size=x.shape)
        slope = (oracle.value(x + 1e-6 * v) - oracle.value(x - 1e-6 * v)) / 2e-6
        found = (oracle.gradient(x) * v).sum(axis=1, keepdims=True)
        assert found == pytest.approx(slope, rel=1e-5, abs=1e-7 * oracle.L)


@pytest.mark.parametrize("key", range(5))
def test_certified_minimizer_of_logistic_regression(key):
    problem = unregularized_logistic.sample(key)
    certificate = problem.certificates["x_star"]
    exact = problem.on(precise).gradient(precise.asarray(certificate.value[None]))
    A, p = problem.oracle.A, expit(problem.oracle.A @ certificate.value)
    hessian = (A.T * (p * (1 - p))) @ A / len(A)
    newton = np.linalg.solve(hessian, exact[0].astype(float))
    assert np.linalg.norm(newton) <= certificate.error <= 1e-9


def test_separable_data_have_no_minimizer():
    with pytest.raises(ConvlabError, match="give it ridge > 0"):
        logistic_regression(np.array([[1.0], [2.0]]))


def test_libsvm_file(tmp_path):
    file = tmp_path / "data.txt"
    file.write_text("+1 1:0.5 3:2  # a comment\n-1 2:1\n\n+1 1:1\n-1 3:-1\n")
    problem = libsvm(file, ridge=0.1)
    assert problem.constants["n"] == 4
    assert problem.constants["x_star"].shape == (4,)
    assert problem.constants["mu"] == 0.1


@pytest.mark.parametrize(
    ("text", "message"),
    [("1 1:2\n1 2:1\n", "has 1 different labels"), ("1 1:2\n-1 2\n", "line 2: expected")],
)
def test_libsvm_file_with_a_mistake(tmp_path, text, message):
    file = tmp_path / "data.txt"
    file.write_text(text)
    with pytest.raises(ConvlabError, match=message):
        libsvm(file)


def test_libsvm_file_that_is_not_there(tmp_path):
    with pytest.raises(ConvlabError, match="cannot be read"):
        libsvm(tmp_path / "none.txt")


@pytest.mark.parametrize("family", [breast_cancer, diabetes])
def test_real_data(family):
    pytest.importorskip("sklearn")
    problem = family()
    gradient = problem.on().gradient(problem.constants["x_star"][None])
    assert np.abs(gradient).max() <= 1e-13


def test_a_family_without_its_data_is_not_tried(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(UnavailableError, match="pip install convlab"):
        breast_cancer()
    laboratory = Laboratory({"breast_cancer": breast_cancer, "quadratic": quadratic})
    report = laboratory.verify(gradient_descent_convex.theorem)
    assert report.as_expected
    assert any(name.startswith("quadratic") for name in report.instances)


def test_worst_instances_at_the_horizons_of_the_statement():
    report = Laboratory({}).verify(silver_theorem.theorem)
    tried = [name for name in report.instances if name.startswith("huber_silver")]
    assert [name.partition("=")[2].partition(",")[0] for name in tried] == [
        "1", "3", "7", "15", "31", "63", "511",
    ]  # fmt: skip
