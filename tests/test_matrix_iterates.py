"""Methods whose iterates are matrices: what their steps do, seen from outside."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from convlab.algorithms.byzantine import monna
from convlab.algorithms.factorized import rebalanced_gradient_descent
from convlab.algorithms.gradient import gradient_descent
from convlab.algorithms.trust_region import muon, orthogonalized_gradient
from convlab.algorithms.variational import forward_backward
from convlab.assumptions import (
    aligned_start,
    factorization,
    fully_observed,
    generic_start,
    imbalanced_start,
    sensing,
    two_factors,
)
from convlab.certificates import falsehoods
from convlab.engine import run
from convlab.errors import ConvlabError
from convlab.metrics import distance, gradient_norm, metric
from convlab.symbols import eta, k
from problems.byzantine import attacked_bowls
from problems.gaussian_targets import gaussian, isotropic
from problems.matrix_factorization import (
    aligned_factorization,
    asymmetric_factorization,
    imbalanced_factorization,
    matrix_sensing,
    symmetric_factorization,
)
from problems.matrix_functions import matrix_quadratic
from theorems.optimal_transport.forward_backward import wasserstein_squared


def after(method, problem, steps=1):
    """The last iterate of a run."""
    seen = []

    @metric("last", "X")
    def last(s, oracle):
        seen.append(np.array(s.x[0]))
        return 0 * distance.read(s, oracle) if "x_star" in problem.constants else s.x[:, 0, :1]

    run(method, problem, iterations=steps, metrics=[last], grid=[steps])
    return seen[-1]


def test_euclidean_metrics_are_of_all_entries_of_a_matrix():
    problem = matrix_quadratic(m=3, n=2)
    trace = run(
        gradient_descent(eta=0), problem, iterations=1, metrics=[distance, gradient_norm], grid=[1]
    )
    x, oracle = problem.starts(0, [0])[0], problem.oracle
    np.testing.assert_allclose(trace.values["distance"][0, 0], np.linalg.norm(x - oracle.center))
    gradient = oracle.A @ (x - oracle.center) @ oracle.B
    np.testing.assert_allclose(trace.values["gradient_norm"][0, 0], np.linalg.norm(gradient))


def test_an_orthogonalized_step_has_all_singular_values_equal():
    problem = matrix_quadratic(m=3, n=2)
    step = problem.starts(0, [0])[0] - after(orthogonalized_gradient(eta=0.3), problem)
    np.testing.assert_allclose(np.linalg.svd(step, compute_uv=False), [0.3, 0.3])


def test_rebalancing_keeps_the_product_and_raises_the_small_singular_values():
    problem = asymmetric_factorization(n=8)
    plain, modified = (
        after(method, problem)
        for method in (
            gradient_descent(eta=0.1),
            rebalanced_gradient_descent(eta=0.1, beta=0.5, at=0),
        )
    )
    (F, G), (A, B) = (np.split(x, 2) for x in (plain, modified))
    np.testing.assert_allclose(A @ B.T, F @ G.T, atol=1e-12)
    expected = np.maximum(np.linalg.svd(F, compute_uv=False), 0.5)
    np.testing.assert_allclose(np.linalg.svd(A, compute_uv=False), expected)


@settings(max_examples=20, derandomize=True, deadline=None)
@given(start=st.floats(0.01, 1.0), eta=st.floats(0.05, 1.0))
def test_the_covariance_step_is_the_proximal_step_of_the_entropy(start, eta):
    """It minimizes (sigma - tau)^2/(2 eta) - log sigma in one dimension, by its derivative."""
    sigma = np.sqrt(after(forward_backward(eta=eta), isotropic(d=1, start=start))[0, 0])
    tau = (1 - eta) * np.sqrt(start)
    assert (sigma - tau) / eta == pytest.approx(1 / sigma, rel=1e-9)


def test_the_wasserstein_metric_is_that_of_gaussians():
    problem = gaussian(d=3, start=0.3)
    trace = run(
        forward_backward(eta=0.5), problem, iterations=3, metrics=[wasserstein_squared], grid=[3]
    )
    x, best = after(forward_backward(eta=0.5), problem, 3), problem.constants["x_star"]
    S, T = x[:, :3], best[:, :3]
    root = scipy.linalg.sqrtm(T)
    expected = np.sum((x[:, 3] - best[:, 3]) ** 2) + np.trace(
        S + T - 2 * np.real(scipy.linalg.sqrtm(root @ S @ root))
    )
    np.testing.assert_allclose(trace.values["Wasserstein distance squared"][0, 0], expected)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("rows", [2, 3])
def test_step_sizes_may_differ_between_replicates(engine, rows):
    steps, problem = [0.01, 0.1, 0.2], matrix_quadratic(m=rows, sigma=1.0)
    options = {"iterations": 20, "metrics": [distance], "initial": {}, "engine": engine}
    for method in (
        gradient_descent(eta=eta),
        muon(eta=eta / (k + 1), alpha=eta),
    ):
        together = run(method, problem, replicates=3, constants={eta: steps}, **options)
        assert not together.note
        for r, value in enumerate(steps):
            alone = run(method, problem, replicates=[r], constants={eta: value}, **options)
            np.testing.assert_allclose(
                together.values["distance"][:, r], alone.values["distance"][:, 0], rtol=1e-10
            )


@pytest.mark.parametrize("replicates", [3, 12])
def test_numbers_per_replicate_do_not_meet_the_axis_of_the_workers(replicates):
    """With twelve workers and twelve replicates they would do so unnoticed."""
    values = np.linspace(0.1, 0.2, replicates)
    with pytest.raises(ConvlabError, match="one number per replicate"):
        run(
            monna(eta=eta, beta=0),
            attacked_bowls(n=12),
            iterations=3,
            replicates=replicates,
            constants={eta: values},
            initial={},
        )


def wrongly(problem, assumption):
    """What is found to be false of a problem that declares the assumption, too."""
    others = [a for a in problem.declares if a.definition is not assumption.definition]
    wrong = replace(problem, declares=[*others, assumption])
    return [*falsehoods(wrong, 0, 10.0, {assumption.definition})]


@pytest.mark.parametrize(
    ("problem", "assumption"),
    [
        (imbalanced_factorization(), fully_observed()),
        (matrix_sensing(), fully_observed()),
        (symmetric_factorization(), two_factors()),
        (imbalanced_factorization(), sensing(1.0)),
        (aligned_factorization(idle=1), generic_start()),
        (aligned_factorization(idle=1), aligned_start(0.25)),
        (imbalanced_factorization(balanced=True), imbalanced_start(0.3)),
        (imbalanced_factorization(missed=1), generic_start()),
    ],
)
def test_what_is_not_true_of_a_factorization_is_found(problem, assumption):
    assert wrongly(problem, assumption)


@pytest.mark.parametrize(
    ("problem", "definition", "wrong"),
    [
        (matrix_sensing(), sensing, (1.0,)),
        (aligned_factorization(), aligned_start, (0.3,)),
        (imbalanced_factorization(), imbalanced_start, (0.2,)),
        (symmetric_factorization(), factorization, (3, 3, 1.0, 0.5)),
        (symmetric_factorization(), factorization, (2, 4, 1.0, 0.5)),
        (symmetric_factorization(), factorization, (2, 3, 1.1, 0.5)),
        (symmetric_factorization(), factorization, (2, 3, 1.0, 0.4)),
    ],
)
def test_a_wrong_constant_of_a_factorization_is_found(problem, definition, wrong):
    assert not [*falsehoods(problem, 0, 10.0, {definition})]
    assert wrongly(problem, definition(*wrong))
