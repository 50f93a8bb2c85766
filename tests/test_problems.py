"""One generic test of every family: what a problem declares is true, as far as numbers can tell.

Families are found by being there; nothing here names one.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from convlab import catalogue, precise
from convlab.assumptions import smooth, unbiased
from convlab.engine.backends import to_numpy, xp_of
from convlab.errors import UnavailableError
from convlab.instances import check as check_declared
from convlab.streams import Stream, integers
from convlab.vocabulary import inner, norm, reshape, sqnorm

FAMILIES = catalogue.installed().families
POINTS = 24
SAMPLES = 4096


def usable(name):
    """A default problem of the family, or a skip with the reason."""
    try:
        return FAMILIES[name]()
    except UnavailableError as error:
        pytest.skip(str(error))


def points(problem, key, count=POINTS):
    """Points around the solution, at several distances, in the domain."""
    x = problem.starts(key, range(count))
    rng = np.random.Generator(np.random.Philox(key=key))
    reference = np.broadcast_to(problem.constants.get("x_star", x), x.shape)
    spread = np.abs(x - reference).max() + 1e-2
    size = np.exp(rng.uniform(-3, 1, size=(count,) + (1,) * (x.ndim - 1)))
    x = x + spread * rng.normal(size=x.shape) * size
    oracle = problem.on(np)
    return oracle.project(x) if has(problem, "project") else x


def has(problem, oracle):
    return hasattr(problem.oracle, oracle)


def check(problem, key):
    check_assumptions(problem)
    x, y = points(problem, key), points(problem, key + 1)
    check_gradient(problem, x, y)
    check_optimality(problem, x)
    check_noise(problem, x)
    check_components(problem, x)
    check_proximal(problem, x, y)


def check_assumptions(problem):
    """The assumption's own test, as the laboratory applies it before it uses a problem."""

    check_declared(problem, list(problem.assumptions.values()), key=0, log_threshold=np.log(1e9))
    for name, certificate in problem.certificates.items():
        assert certificate.how, f"{problem.name} does not say how {name} was obtained"
        assert certificate.error >= 0


def check_gradient(problem, x, y):
    """The gradient is the derivative of the value, along random lines, in 50 digits."""
    smooth_value = "smooth_value" if has(problem, "smooth_value") else "value"
    if not (has(problem, smooth_value) and has(problem, "gradient")):
        return
    if smooth not in problem.assumptions:
        return
    oracle = problem.on(precise)
    f = getattr(oracle, smooth_value)
    at, v = precise.asarray(x[:6]), precise.asarray((y - x)[:6])
    h = precise.mp.mpf(10) ** -15
    slope = (f(at + h * v) - f(at - h * v)) / (2 * h)
    expected = inner(*(reshape(a, (-1,)) for a in (oracle.gradient(at), v)))
    scale = np.abs(expected.astype(float)) + np.abs(slope.astype(float)) + 1e-12
    assert np.all(np.abs((slope - expected).astype(float)) <= 1e-9 * scale)
    if has(problem, "hessian_vector"):
        g = oracle.gradient
        second = ((g(at + h * v) - g(at - h * v)) / (2 * h)).astype(float)
        hv = oracle.hessian_vector(at, v).astype(float)
        np.testing.assert_allclose(hv, second, rtol=1e-8, atol=1e-8 * (1 + np.abs(second).max()))


def check_optimality(problem, x):
    """f* is a lower bound, reached at x* up to the error that the certificate admits."""
    oracle = problem.on(np)
    if "f_star" in problem.constants and has(problem, "value"):
        f_star = problem.certificates["f_star"]
        slack = f_star.error + 1e-12 * (1 + abs(f_star.value))
        assert np.all(oracle.value(x) >= f_star.value - slack)
        if "x_star" in problem.constants:
            best = np.asarray(problem.constants["x_star"])[None]
            error = problem.certificates["x_star"].error
            at_best = float(oracle.value(best)[0, 0])
            steep = np.abs(oracle.value(x) - at_best).max() + 1
            assert abs(at_best - f_star.value) <= slack + error * steep
    if "x_star" in problem.constants and has(problem, "nearest_minimizer"):
        nearest = np.broadcast_to(oracle.nearest_minimizer(x), x.shape)
        np.testing.assert_allclose(
            oracle.value(nearest), np.full((len(x), 1), oracle.f_star), atol=1e-9
        )
        to_declared = norm(x - problem.constants["x_star"])
        assert np.all(norm(x - nearest) <= to_declared * (1 + 1e-9) + 1e-12)


def check_noise(problem, x):
    """The stochastic gradient is unbiased: means over many draws, against their spread."""
    if unbiased not in problem.assumptions:
        return
    oracle = problem.on(np)
    rows = np.broadcast_to(x[0], (SAMPLES, *x.shape[1:])).copy()
    g = oracle.stochastic_gradient(rows, Stream(17, range(SAMPLES), np).at(0))
    error = np.sort(np.abs(g - oracle.gradient(rows)), axis=0)
    trimmed = error[: -SAMPLES // 100].std(axis=0) + np.abs(error[-1]) / SAMPLES**0.5
    mean = (g - oracle.gradient(rows)).mean(axis=0)
    assert np.all(np.abs(mean) <= 8 * (trimmed / SAMPLES**0.5 + error.max() / SAMPLES + 1e-12))


def check_components(problem, x):
    """The components average to the whole."""
    oracle = problem.on(np)
    for sample, whole in (("sample_gradient", "gradient"), ("sample_value", "value")):
        if has(problem, sample) and has(problem, whole):
            whole = "smooth_value" if whole == "value" and has(problem, "smooth_value") else whole
            every = np.broadcast_to(np.arange(problem.oracle.n), (len(x), problem.oracle.n)).copy()
            mean, all_at_once = getattr(oracle, sample)(x, every), getattr(oracle, whole)(x)
            np.testing.assert_allclose(mean, all_at_once, rtol=1e-9, atol=1e-9)
            rng = Stream(3, range(len(x)), np).at(0)
            i = integers(rng, problem.oracle.n)
            one_by_one = np.concatenate(
                [getattr(oracle, sample)(x[r : r + 1], i[r : r + 1]) for r in range(len(x))]
            )
            np.testing.assert_allclose(
                getattr(oracle, sample)(x, i), one_by_one, rtol=1e-9, atol=1e-12
            )


def check_proximal(problem, x, y):
    """The projection is idempotent and nonexpansive; so is the proximal operator."""
    oracle = problem.on(np)
    if has(problem, "project"):
        p, q = oracle.project(2 * x), oracle.project(2 * y)
        np.testing.assert_allclose(oracle.project(p), p, rtol=1e-9, atol=1e-9)
        assert np.all(norm(p - q) <= 2 * norm(x - y) * (1 + 1e-9) + 1e-12)
    if has(problem, "prox"):
        p, q = oracle.prox(x, 0.7), oracle.prox(y, 0.7)
        assert np.all(sqnorm(p - q) <= inner(p - q, x - y) + 1e-9 * (1 + sqnorm(x - y)))


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_what_the_default_problem_declares_is_true(name):
    check(usable(name), 1)


@pytest.mark.parametrize("name", sorted(FAMILIES))
@settings(
    max_examples=8,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_what_any_problem_of_the_family_declares_is_true(name, data):
    usable(name)
    if not FAMILIES[name].parameters:
        return
    check(data.draw(FAMILIES[name].strategy()), 2)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_backends_agree_on_the_oracles(name):
    problem = usable(name)
    x = points(problem, 5, 4)
    for method in ("value", "gradient", "subgradient", "smooth_value", "project"):
        if not has(problem, method):
            continue
        expected = getattr(problem.on(np), method)(x)
        for backend in ("array-api-strict", "mpmath"):
            xp = xp_of(backend)
            got = to_numpy(getattr(problem.on(xp), method)(xp.asarray(x))).astype(float)
            np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_a_family_gives_the_same_problem_for_the_same_key(name):
    usable(name)
    first, second = FAMILIES[name].sample(4), FAMILIES[name].sample(4)
    assert first.name == second.name
    x = points(first, 6, 3)
    for method in ("value", "gradient"):
        if has(first, method):
            np.testing.assert_array_equal(
                getattr(first.on(np), method)(x), getattr(second.on(np), method)(x)
            )
