"""Constants of finite sums and of gradient noise: not only true, but the best ones."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from scipy.optimize import minimize

from convlab.algorithms.stochastic import minibatch_sgd, polyak_sgd, sgd, sps_max
from convlab.algorithms.variance_reduction import saga, svrg
from convlab.assumptions import (
    average_smooth,
    function_noise,
    gradient_noise,
    interpolation,
    known_infima,
    pl,
    strongly_convex,
)
from convlab.certificates import falsehoods
from convlab.engine import run, run_moments
from convlab.errors import ConvlabError
from convlab.metrics import E, gap, metric
from convlab.problem import Problem
from convlab.streams import Stream
from problems import finite_sums, finite_sums_nonquadratic, logistic
from problems.noise import (
    Affine,
    Exact,
    Gaussian,
    Minibatch,
    OneSidedPareto,
    Student,
    SymmetricPareto,
    TwoPoint,
    noisy,
)
from problems.quadratics import quadratic

SUMS = {
    "least_squares": finite_sums.least_squares,
    "interpolated": finite_sums.interpolated_least_squares,
    "rank_deficient": finite_sums.rank_deficient_least_squares,
    "ridge": finite_sums.ridge,
    "two_parabolas": finite_sums.two_parabolas,
    "needle": finite_sums.needle,
    "crossroads": finite_sums.crossroads,
    "valley": finite_sums.valley,
    "coordinate_sum": finite_sums.coordinate_sum,
    "logistic": logistic.logistic,
    "huber_sum": finite_sums_nonquadratic.huber_sum,
}
keys = st.integers(0, 2**32 - 1)


def components(oracle, x):
    """Gradients of all components at one point, (n, d)."""
    n = oracle.n
    return oracle.sample_gradient(np.tile(x, (n, 1)), np.arange(n)[:, None])


@pytest.mark.parametrize("name", SUMS)
@given(key=keys)
@settings(max_examples=6)
def test_gradient_noise_is_the_variance_at_the_minimizer(name, key):
    problem = SUMS[name].sample(key)
    gradients = components(problem.on(np), problem.constants["x_star"])
    variance = (gradients**2).sum(axis=1).mean()
    assert problem.constants["sigma_star"] == pytest.approx(variance, rel=1e-9, abs=1e-20)
    if interpolation in problem.assumptions:
        assert np.abs(gradients).max() <= 1e-12


@pytest.mark.parametrize("name", sorted(SUMS))
@given(key=keys)
@settings(max_examples=3)
def test_function_noise_is_the_gap_between_infimum_and_mean_infimum(name, key):
    problem = SUMS[name].sample(key)
    if known_infima not in problem.assumptions:
        return
    oracle, x_star = problem.on(np), problem.constants["x_star"]
    infima = []
    for i in range(oracle.n):
        index = np.array([[i]])
        found = minimize(
            lambda x, index=index: oracle.sample_value(x[None], index)[0, 0],
            x_star,
            jac=lambda x, index=index: oracle.sample_gradient(x[None], index)[0],
            method="BFGS",
        )
        assert oracle.sample_infimum(index)[0, 0] == pytest.approx(found.fun, rel=1e-6, abs=1e-8)
        infima.append(oracle.sample_infimum(index)[0, 0])
    expected = problem.constants["f_star"] - np.mean(infima)
    assert problem.constants["Delta_star"] == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("assumption", [gradient_noise, function_noise, average_smooth])
def test_the_noise_of_a_sum_is_a_value_and_its_average_smoothness_a_bound(assumption, factor):
    problem = finite_sums.two_parabolas(ratio=0.5)
    (name,) = assumption.constants
    wrong = assumption(factor * problem.constants[name])
    declares = [wrong if a.definition is assumption else a for a in problem.declares]
    found = list(falsehoods(replace(problem, declares=declares), 0, math.log(1e9)))
    assert len(found) == (assumption is not average_smooth or factor < 1)


@given(st.floats(0.01, 3.0))
@settings(max_examples=20)
def test_function_noise_of_the_sines_is_the_gap_to_the_mean_infimum(shift):
    x = np.linspace(-2.0, 5.0, 1_000_001)
    lowest = (x**2 + 3 * np.sin(x) ** 2 - 2 * shift * x).min()
    problem = finite_sums_nonquadratic.sine_sum(shift=shift)
    assert problem.constants["Delta_star"] == pytest.approx(-lowest, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", sorted({*SUMS} - {"logistic"}))
@given(key=keys)
@settings(max_examples=6)
def test_smoothness_and_convexity_are_eigenvalues(name, key):
    problem = SUMS[name].sample(key)
    oracle, constants = problem.on(np), problem.constants
    x, d = problem.constants["x_star"], len(problem.constants["x_star"])
    h = 1e-3 * np.eye(d)
    hessians = (
        np.stack([components(oracle, x + v) - components(oracle, x - v) for v in h], 2) / 2e-3
    )
    eigenvalues = np.linalg.eigvalsh(hessians)
    assert constants["L_max"] == pytest.approx(eigenvalues.max(), rel=1e-6)
    assert constants["L_avg"] == pytest.approx(eigenvalues.max(axis=1).mean(), rel=1e-6)
    whole = np.linalg.eigvalsh(hessians.mean(axis=0))
    assert constants["L"] == pytest.approx(whole.max(), rel=1e-6)
    for assumption, expected in ((strongly_convex, whole.min()), (pl, whole.max())):
        if assumption in problem.assumptions:
            mu = problem.assumptions[assumption].certificates()["mu"].value
            if assumption is strongly_convex:
                assert mu == pytest.approx(expected, rel=1e-6)
            else:
                assert mu == pytest.approx(whole[whole > 1e-6 * whole.max()].min(), rel=1e-6)


@pytest.mark.parametrize("b", range(1, 7))
def test_noise_of_a_minibatch_without_replacement(b):
    problem = finite_sums.least_squares(n=6)
    gradients = components(problem.on(np), problem.constants["x_star"])
    means = [gradients[list(B)].mean(axis=0) for B in itertools.combinations(range(6), b)]
    variance = np.mean([(g**2).sum() for g in means])
    assert variance == pytest.approx((6 - b) / (b * 5) * problem.constants["sigma_star"], abs=1e-14)


@pytest.mark.parametrize("replacement", [False, True])
def test_minibatch_noise_averages_components(replacement):
    problem = noisy(finite_sums.least_squares(n=6), Minibatch(3, replacement))
    oracle, x = problem.on(np), np.tile(problem.constants["x_star"], (20_000, 1))
    g = oracle.stochastic_gradient(x, Stream(1, range(20_000), np).at(0))
    share = 1 / 3 if replacement else (6 - 3) / (3 * 5)
    variance = (g**2).sum(axis=1).mean()
    assert variance == pytest.approx(share * problem.constants["sigma_star"], rel=0.05)


LAWS = {
    "gaussian": Gaussian(1.3),
    "two_point": TwoPoint(1.3, 0.1),
    "student": Student(1.3, 1.5, 1.6),
    "pareto": SymmetricPareto(1.3, 1.2, 1.7),
    "one_sided": OneSidedPareto(1.3, 1.5, 1.6),
    "light_student": Student(1.3, 2.0, 3.0),
    "light_one_sided": OneSidedPareto(1.3, 2.0, 3.0),
}


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("d", [1, 3])
def test_noise_has_the_moments_that_it_declares(name, d):
    """By a moment of low order, which has a variance, where the declared one has none."""
    law, count = LAWS[name], 40_000
    problem = noisy(quadratic(d=d), law)
    x = np.tile(problem.constants["x_star"], (count, 1))
    g = problem.on(np).stochastic_gradient(x, Stream(5, range(count), np).at(0))
    size = np.linalg.norm(g, axis=1)
    heavy = hasattr(law, "moment")
    order = law.alpha / 4 if heavy else 2.0
    expected = law.scale**order * law.moment(order) if heavy else law.sigma**2
    sample = size**order
    assert abs(sample.mean() - expected) <= 6 * sample.std() / count**0.5
    if heavy:
        declared = law.scale**law.alpha * law.moment(law.alpha)
        assert declared == pytest.approx(law.sigma**law.alpha)


@given(tail=st.floats(1.2, 6.0), share=st.floats(0.05, 0.95))
@settings(max_examples=20)
def test_moment_of_a_centered_pareto_variate_is_its_integral(tail, share):
    order, center = share * tail, tail / (tail - 1)
    low = integrate.quad(lambda x: (center - x) ** order * tail * x ** (-tail - 1), 1, center)[0]
    # x = center / t turns the upper part into an integral over (0, 1)
    high = integrate.quad(
        lambda t: (1 - t) ** order * tail * center ** (order - tail) * t ** (tail - order - 1), 0, 1
    )[0]
    assert OneSidedPareto(1.0, 1.1, tail).moment(order) == pytest.approx(low + high, rel=1e-5)


def test_affine_noise_has_exactly_its_variance():
    problem = noisy(quadratic(d=2), Affine(0.5, 0.8))
    x = np.tile([1.0, -2.0], (100_000, 1))
    oracle = problem.on(np)
    noise = oracle.stochastic_gradient(x, Stream(2, range(len(x)), np).at(0)) - oracle.gradient(x)
    expected = 0.25 + 0.64 * (oracle.gradient(x[:1]) ** 2).sum()
    sample = (noise**2).sum(axis=1)
    assert abs(sample.mean() - expected) <= 6 * sample.std() / len(x) ** 0.5
    assert np.abs(noise.mean(axis=0)).max() <= 0.05


def test_no_noise_is_gradient_descent():
    problem = noisy(quadratic(), Exact())
    oracle, x = problem.on(np), problem.starts(0, range(3))
    g = oracle.stochastic_gradient(x, Stream(0, range(3), np).at(0))
    np.testing.assert_array_equal(g, oracle.gradient(x))
    assert problem.constants["sigma"] == 0


@pytest.mark.parametrize(
    ("problem", "law", "message"),
    [
        (quadratic(), Minibatch(2), "sample_gradient"),
        (quadratic(), Student(1.0, 2.0, 1.5), "no moment"),
        (quadratic(), SymmetricPareto(1.0, 0.9, 1.5), "no moment"),
    ],
)
def test_noise_that_does_not_fit_is_refused(problem, law, message):
    with pytest.raises(ConvlabError, match=message):
        noisy(problem, law)


@metric("chosen gap", "f(w_k)")
def chosen_gap(s, oracle):
    """Gap at the point kept for the next snapshot."""
    return oracle.value(s.chosen) - oracle.f_star


def test_the_next_snapshot_of_svrg_is_any_point_of_the_epoch_with_equal_probability():
    problem = finite_sums.needle(n=3)
    kept, along = (
        run_moments(
            svrg(eta=0.2, m=5), problem, iterations=10, metrics=[E(m)], grid=range(11)
        ).values[m.name][:, 0]
        for m in (chosen_gap, gap)
    )
    # x_5 is replaced by the snapshot at the beginning of the second epoch.
    assert kept[5] == pytest.approx(along[:5].mean(), rel=1e-12)
    assert kept[10] == pytest.approx(np.mean([kept[5], *along[6:10]]), rel=1e-12)


def test_saga_on_one_component_is_gradient_descent():
    problem = finite_sums.valley(n=1, kappa=4.0)
    trace = run(saga(eta=0.5), problem, iterations=5, metrics=[gap], grid=range(6))
    start = problem.on(np).value(problem.starts(0, [0]))[0, 0]
    np.testing.assert_allclose(
        trace.values["gap"][:, 0], start * (1 - 0.5 / 4) ** (2 * np.arange(6)), rtol=1e-12
    )


def test_a_minibatch_of_all_components_is_the_gradient():
    problem = finite_sums.least_squares(n=6)
    full = run(minibatch_sgd(eta=0.5, b=6), problem, iterations=3, replicates=4)
    exact = noisy(problem, Exact())
    expected = run(sgd(eta=0.5), Problem(exact.oracle, exact.declares), iterations=3, replicates=4)
    np.testing.assert_allclose(full.values["gap"], expected.values["gap"], rtol=1e-9)


def test_polyak_steps_stop_at_the_minimizer():
    problem = finite_sums.coordinate_sum()
    still = Problem(problem.oracle, problem.declares, start=np.zeros(4))
    for method in (polyak_sgd(), sps_max(c=0.5, largest=1.0)):
        assert run(method, still, iterations=3).values["gap"].max() == 0


def test_the_bounded_polyak_step_solves_a_parabola_at_once():
    problem = finite_sums.valley(n=1, kappa=2.0)
    along = Problem(problem.oracle, problem.declares, start=np.array([0.0, 3.0]))
    values = run(sps_max(c=0.5, largest=10.0), along, iterations=1).values["gap"][:, 0]
    np.testing.assert_allclose(values, [2.25, 0.0], atol=1e-15)
