"""Exact expectations: against closed forms, and against the sum over all outcomes."""

import math
from dataclasses import replace
from typing import Annotated, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convlab import catalogue, laboratory, streams
from convlab.algorithm import Point, algorithm
from convlab.algorithms.stochastic import minibatch_sgd, moving_average_sgd, sgd, sgd_momentum
from convlab.algorithms.variance_reduction import loopless_svrg, saga, svrg
from convlab.assumptions import attained
from convlab.engine import NotClosed, run, run_moments
from convlab.family import between, family
from convlab.metrics import (
    E,
    averaged,
    best,
    distance,
    distance_squared,
    gap,
    metric,
    running_mean,
)
from convlab.problem import Problem
from convlab.symbols import D, L_max, k
from convlab.vocabulary import inner, maximum, norm
from problems.finite_sums import (
    coordinate_sum,
    interpolated_least_squares,
    least_squares,
    needle,
    two_parabolas,
)
from problems.logistic import logistic
from problems.noise import Affine, Gaussian, Student, TwoPoint, noisy
from problems.quadratics import quadratic


def exact(method, problem, metric, iterations, **options):
    """The expectation of the metric at every iteration, (iterations + 1, starts)."""
    grid = range(iterations + 1)
    trace = run_moments(
        method, problem, iterations=iterations, metrics=[metric], grid=list(grid), **options
    )
    return trace.values[metric.name]


class Outcomes:
    """A stream whose draws are all that are possible: one for each replicate."""

    def __init__(self, values):
        self.values = list(values)

    def draw(self, law):
        return self.values.pop(0)


class Ask:
    """A stream that notes which laws are asked."""

    def __init__(self):
        self.laws = []

    def draw(self, law):
        self.laws.append(law)
        return law.support()[0][:1]


def by_enumeration(method, hyper, problem, metric, iterations):
    """The expectation of the metric over every sequence of outcomes."""
    oracle = problem.on(np)
    state = method.init(problem.starts(0, [0]), oracle, None, hyper)
    weight, found = np.ones(1), []
    for i in range(iterations + 1):
        found.append(weight @ metric.read(state, oracle)[:, 0])
        ask = Ask()
        method.step(type(state)(*(leaf[:1] for leaf in state)), oracle, ask, i, hyper)
        values = []
        for law in ask.laws:
            support, p = law.support()
            state = type(state)(*(np.repeat(leaf, len(p), axis=0) for leaf in state))
            values = [np.repeat(v, len(p), axis=0) for v in values]
            values.append(np.tile(support, (len(weight), 1)))
            weight = np.outer(weight, p).ravel()
        state = method.step(state, oracle, Outcomes(values), i, hyper)
    return np.array(found)


SMALL = {
    "two_parabolas": two_parabolas(ratio=0.3),
    "needle": needle(n=3),
    "coordinates": coordinate_sum(n=3),
}
METHODS = {
    "sgd": (sgd, {"eta": 0.3}),
    "minibatch": (minibatch_sgd, {"eta": 0.3, "b": 2}),
    "momentum": (sgd_momentum, {"eta": 0.2, "beta": 0.7}),
    "moving average": (moving_average_sgd, {"eta": 0.3, "weight": 1.5}),
    "saga": (saga, {"eta": 0.3}),
    "svrg": (svrg, {"eta": 0.3, "m": 2}),
    "loopless svrg": (loopless_svrg, {"eta": 0.3, "p": 0.25}),
}


@pytest.mark.parametrize("metric", [gap, distance_squared], ids=str)
@pytest.mark.parametrize("problem", SMALL)
@pytest.mark.parametrize("method", METHODS)
def test_expectation_is_the_sum_over_all_sequences_of_outcomes(method, problem, metric):
    algorithm, hyper = METHODS[method]
    chosen = algorithm(**hyper)
    expected = by_enumeration(chosen, hyper, SMALL[problem], metric, 3)
    found = exact(chosen, SMALL[problem], E(metric), 3)[:, 0]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


@given(
    L=st.floats(0.1, 10),
    share=st.floats(0.05, 1.9),
    sigma=st.floats(0.1, 10),
    noise=st.sampled_from([Gaussian, lambda s: TwoPoint(s, 0.2), lambda s: Student(s, 2.0, 3.0)]),
)
@settings(max_examples=30)
def test_sgd_with_additive_noise_on_the_line_has_its_closed_form(L, share, sigma, noise):
    problem = noisy(quadratic(d=1, L=L, kappa=1.0), noise(sigma))
    eta, steps = share / L, np.arange(40)
    if isinstance(problem.oracle.noise, Student):  # a t variate times a sign: not affine in both
        with pytest.raises(NotClosed):
            exact(sgd(eta=eta), problem, E(distance_squared), 39)
        return
    q = (1 - share) ** 2
    floor = eta**2 * sigma**2 / (1 - q)
    found = exact(sgd(eta=eta), problem, E(distance_squared), 39)[:, 0]
    np.testing.assert_allclose(found, q**steps * (1 - floor) + floor, rtol=1e-9)


@given(eta=st.floats(0.05, 1.5), sigma=st.floats(0.1, 2), sigma_1=st.floats(0, 1))
@settings(max_examples=20)
def test_noise_that_grows_with_the_gradient(eta, sigma, sigma_1):
    problem = noisy(quadratic(d=1, L=1.0, kappa=1.0), Affine(sigma, sigma_1))
    found = exact(sgd(eta=eta), problem, E(distance_squared), 20)[:, 0]
    expected = [1.0]
    for _ in range(20):
        grown = (1 - eta) ** 2 + eta**2 * sigma_1**2
        expected.append(grown * expected[-1] + eta**2 * sigma**2)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@given(ratio=st.floats(0.01, 1), eta=st.floats(0.05, 1), shift=st.floats(0.1, 10))
@settings(max_examples=20)
def test_momentum_on_two_parabolas_has_its_closed_form(ratio, eta, shift):
    problem, beta = two_parabolas(ratio=ratio, shift=shift), 0.5
    found = exact(sgd_momentum(eta=eta, beta=beta), problem, E(distance_squared), 15)[:, 0]
    mean, second, expected = np.array([1.0, 0.0]), np.diag([1.0, 0.0]), []
    for _ in range(16):
        expected.append(second[0, 0])
        new_mean, new_second = 0.0, 0.0
        for curvature, slope in ((1.0, shift), (ratio, -shift)):
            A = np.array([[1 - eta * curvature, -eta * beta], [curvature, beta]])
            c = np.array([-eta * slope, slope])
            cross = np.outer(A @ mean, c)
            new_mean = new_mean + (A @ mean + c) / 2
            new_second = new_second + (A @ second @ A.T + cross + cross.T + np.outer(c, c)) / 2
        mean, second = new_mean, new_second
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@algorithm
def directional(s, oracle, rng, *, eta, law):
    """A step along a random direction, by the derivative along it."""
    draw = (streams.normal, streams.rademacher, streams.uniform)[law]
    v = draw(rng, s.x.shape[1])
    return Point(s.x - eta * inner(oracle.gradient(s.x), v) * v)


@given(d=st.integers(1, 9), kappa=st.floats(1, 50), eta=st.floats(0.01, 0.3), law=st.integers(0, 2))
@settings(max_examples=25, deadline=None)
def test_draws_that_multiply_the_state(d, kappa, eta, law):
    problem = quadratic(d=d, kappa=kappa)
    H, minimizer = np.asarray(problem.oracle.A), problem.constants["x_star"]
    m1, m2, m3, m4 = ((0, 1, 0, 3), (0, 1, 0, 1), (1 / 2, 1 / 3, 1 / 4, 1 / 5))[law]
    z = problem.starts(0, [0])[0] - minimizer
    S, expected = np.outer(z, z), []
    for _ in range(4):
        expected.append(np.trace(S))
        # E (v^T M v) v v^T and E v v^T for independent entries with these moments
        second = np.full((d, d), m1**2) + (m2 - m1**2) * np.eye(d)
        M, fourth = H @ S @ H, np.empty((d, d))
        for i, j in np.ndindex(d, d):
            words = ((i, j, a, b) for a in range(d) for b in range(d))
            fourth[i, j] = sum(
                M[w[2], w[3]] * np.prod([(m1, m2, m3, m4)[w.count(x) - 1] for x in set(w)])
                for w in words
            )
        S = S - eta * (second @ H @ S + S @ H @ second) + eta**2 * fourth
    found = exact(directional(eta=eta, law=law), problem, E(distance_squared), 3)[:, 0]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@algorithm
def normalized(s, oracle, rng, *, eta):
    """A step along a uniform direction."""
    v = streams.normal(rng, s.x.shape[1])
    return Point(s.x - eta * inner(oracle.gradient(s.x), v) * v / norm(v) ** 2)


def test_draws_that_enter_other_than_as_polynomials_are_refused():
    with pytest.raises(NotClosed, match="other than as a polynomial"):
        exact(normalized(eta=0.1), quadratic(d=3), E(gap), 3)
    with pytest.raises(NotClosed, match="too large"):
        exact(directional(eta=0.1, law=0), quadratic(d=50), E(gap), 3)


@metric("distance^4", r"\|X - x^\star\|^4")
def fourth_power(s, oracle):
    return distance_squared.read(s, oracle) ** 2


@metric("gap^3 distance^2", r"(f(X) - f^\star)^3 \|X - x^\star\|^2")
def eighth_degree(s, oracle):
    return gap.read(s, oracle) ** 3 * distance_squared.read(s, oracle)


@pytest.mark.parametrize("metric", [fourth_power, eighth_degree], ids=str)
@pytest.mark.parametrize("method", ["sgd", "minibatch", "momentum"])
def test_moments_of_higher_order_are_sums_over_all_sequences_of_outcomes(method, metric):
    algorithm, hyper = METHODS[method]
    problem = SMALL["two_parabolas"]
    expected = by_enumeration(algorithm(**hyper), hyper, problem, metric, 3)
    found = exact(algorithm(**hyper), problem, E(metric), 3)[:, 0]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@algorithm
def linear_system(s, oracle, rng, *, eta):
    """theta - eta (a theta - b) with a ~ N(1, 1) and b ~ N(0, 1)."""
    return Point(s.x - eta * (1 + streams.normal(rng, 1)) * s.x + eta * streams.normal(rng, 1))


@given(eta=st.floats(0.01, 0.6), order=st.sampled_from([4, 6, 8]))
@settings(max_examples=20)
def test_moments_of_higher_order_under_multiplicative_normal_noise(eta, order):
    problem = Problem(Many(), [attained(0.0, np.zeros(1))], start=np.ones(1))
    power = replace(fourth_power, read=lambda s, oracle: s.x**order)
    points, weights = np.polynomial.hermite_e.hermegauss(order)
    weights = weights / weights.sum()
    moments = np.ones(order + 1)
    for _ in range(10):
        moments = np.array(
            [
                sum(
                    math.comb(q, i)
                    * (weights @ (1 - eta * (1 + points)) ** i)
                    * moments[i]
                    * eta ** (q - i)
                    * (weights @ points ** (q - i))
                    for i in range(q + 1)
                )
                for q in range(order + 1)
            ]
        )
    found = exact(linear_system(eta=eta), problem, E(power), 10)[-1, 0]
    assert found == pytest.approx(moments[order], rel=1e-9)


def test_one_moment_may_be_infinite_where_another_is_not():
    problem = Problem(Many(), [attained(0.0, np.zeros(1))], start=np.ones(1))
    eighth = replace(fourth_power, name="eighth", read=lambda s, oracle: s.x**8)
    trace = run_moments(
        linear_system(eta=0.5), problem, iterations=3000, metrics=[distance_squared, eighth]
    )
    assert trace.values["distance_squared"][-1, 0] == pytest.approx(0.5)
    assert np.isinf(trace.values["eighth"][-1, 0])


def test_moments_of_higher_order_come_to_rest_and_stay_there():
    problem = noisy(quadratic(d=1), Affine(1.0, 1.0))
    fourth = metric("distance^4", "")(lambda s, oracle: distance_squared.read(s, oracle) ** 2)
    trace = run_moments(sgd(eta=0.1), problem, iterations=4000, metrics=[fourth])
    assert trace.settled.all()


def test_steps_that_decrease():
    problem = needle(n=2, shift=0.0)
    found = exact(sgd(eta=1 / (k + 2)), problem, E(distance_squared), 30)[:, 0]
    factors = [(1 + (1 - 1 / (i + 2)) ** 2) / 2 for i in range(30)]
    np.testing.assert_allclose(found, np.cumprod([1.0, *factors]), rtol=1e-12)


@algorithm
def decreasing(s, oracle, rng, k, *, c):
    """SGD that computes its steps of c/(k+1) itself, so that each iteration is found out alone."""
    return Point(s.x - c / (k + 1) * oracle.stochastic_gradient(s.x, rng))


@algorithm
def decreasing_directional(s, oracle, rng, k, *, c):
    """Steps of c/(k+1) along random directions, likewise."""
    v = streams.normal(rng, s.x.shape[1])
    return Point(s.x - c / (k + 1) * inner(oracle.gradient(s.x), v) * v)


ALIKE = {
    "a sum": (sgd(eta=0.9 / (k + 1)), decreasing(c=0.9), least_squares()),
    "added noise": (
        sgd(eta=0.9 / (k + 1)),
        decreasing(c=0.9),
        noisy(quadratic(d=2, kappa=5.0), Gaussian(0.5)),
    ),
    "directions": (
        directional(eta=0.1 / (k + 1), law=0),
        decreasing_directional(c=0.1),
        quadratic(d=2, kappa=3.0),
    ),
}


@pytest.mark.parametrize(
    "metric", [gap, averaged(gap, weight=k + 1), running_mean(gap), fourth_power], ids=str
)
@pytest.mark.parametrize("case", ALIKE)
def test_steps_found_out_together_are_those_found_out_one_by_one(case, metric):
    together, alone, problem = ALIKE[case]
    found, expected = (exact(method, problem, E(metric), 150) for method in (together, alone))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@algorithm
def in_two_phases(s, oracle, *, eta):
    """Gradient descent that asks whether its step is small."""
    return Point(s.x - (eta if eta < 0.2 else 0.2) * oracle.gradient(s.x))


@algorithm
def numb_to_replicates(s, oracle, *, eta):
    """Gradient descent with the largest of the steps of all replicates."""
    return Point(s.x - np.max(eta) * oracle.gradient(s.x))


@algorithm
def rarer(s, oracle, rng, *, eta):
    """A step of 0.2 with probability eta."""
    return Point(s.x - 0.2 * streams.bernoulli(rng, eta) * oracle.gradient(s.x))


class Counting(NamedTuple):
    x: np.ndarray
    rounds: float


@algorithm(init=lambda x0: Counting(x0, 0.0))
def counting(s, oracle, *, eta):
    """Gradient descent with steps eta/(k+1), by its own count."""
    return Counting(s.x - eta / (s.rounds + 1.0) * oracle.gradient(s.x), s.rounds + 1.0)


@pytest.mark.parametrize(
    ("method", "factor"),
    [
        (in_two_phases(eta=1 / (k + 1)), lambda i: (1 - np.minimum(1 / (i + 1), 0.2)) ** 2),
        (numb_to_replicates(eta=1 / (k + 2)), lambda i: (1 - 1 / (i + 2)) ** 2),
        (rarer(eta=1 / (k + 1)), lambda i: 1 - (1 - 0.8**2) / (i + 1)),
        (counting(eta=0.5), lambda i: (1 - 0.5 / (i + 1)) ** 2),
    ],
    ids=["branch", "reduction", "law", "counter"],
)
def test_steps_that_cannot_be_found_out_together(method, factor):
    found = exact(method, quadratic(d=1, kappa=1.0), E(distance_squared), 60)[:, 0]
    np.testing.assert_allclose(found, np.cumprod([1, *factor(np.arange(60))]), rtol=1e-12)


@algorithm(init=lambda x0: Counting(x0, 0.0))
def adding_up(s, oracle, *, eta):
    """Gradient descent with shorter steps the longer its way."""
    return Counting(s.x - eta / (1.0 + s.rounds) * oracle.gradient(s.x), s.rounds + norm(s.x))


def test_a_number_that_comes_to_depend_on_the_state_is_refused():
    with pytest.raises(NotClosed, match="depends on the state"):
        exact(adding_up(eta=0.5), quadratic(d=1), E(gap), 3)


@pytest.mark.parametrize("order", [4, 6, 8])
def test_moments_of_higher_order_leap_to_where_they_would_step(order):
    problem = Problem(Many(), [attained(0.0, np.zeros(1))], start=np.ones(1))
    power = E(replace(fourth_power, read=lambda s, oracle: s.x**order))
    method, steps = linear_system(eta=0.1), 1000
    stepped = exact(method, problem, power, steps)[-1]
    leaps = run_moments(method, problem, iterations=steps, metrics=[power], grid=[0, steps])
    np.testing.assert_allclose(leaps.values[power.name][-1], stepped, rtol=1e-11)


def test_the_average_of_the_iterates():
    problem = needle(n=2, shift=0.0)
    found = exact(sgd(eta=0.5), problem, E(averaged(gap, weight=k + 1)), 2)[:, 0]
    after = np.array([0.5, 1.0])  # x_1 from x_0 = 1, each with probability one half
    np.testing.assert_allclose(found, [0.25, 0.25, np.mean(((1 + 2 * after) / 3) ** 2) / 4])


def test_minibatches_are_enumerated_as_sets():
    problem = least_squares(n=10)
    at_minimizer = Problem(problem.oracle, problem.declares, radius=0.0)
    sigma_star = problem.constants["sigma_star"]
    for b in (1, 4, 5, 9, 10):
        found = exact(minibatch_sgd(eta=1, b=b), at_minimizer, E(distance_squared), 1)[1, 0]
        assert found == pytest.approx((10 - b) / (b * 9) * sigma_star, abs=1e-12)


@algorithm
def first_of_a_subset(s, oracle, rng, *, eta, b):
    """SGD that samples several components and uses the first."""
    i = streams.subset(rng, oracle.n, b)
    return Point(s.x - eta * oracle.sample_gradient(s.x, i[:, :1]))


def test_a_step_that_depends_on_the_order_is_not_taken_for_one_of_sets():
    problem = least_squares(n=10)
    ordered = exact(first_of_a_subset(eta=0.1, b=2), problem, E(gap), 3)
    np.testing.assert_allclose(ordered, exact(sgd(eta=0.1), problem, E(gap), 3), rtol=1e-9)
    with pytest.raises(NotClosed, match="too many"):
        exact(first_of_a_subset(eta=0.1, b=5), problem, E(gap), 3)


def test_no_digits_are_lost_close_to_a_solution_far_from_zero():
    problem = interpolated_least_squares(d=1, spread=4.0)
    moved = Problem(
        problem.oracle._replace(
            y=problem.oracle.y + 1e6 * problem.oracle.A[:, 0],
            center=problem.oracle.center + 1e6,
        ),
        [attained(0.0, problem.constants["x_star"] + 1e6)],
    )
    sizes = problem.oracle.A[:, 0] ** 2
    factor = np.mean((1 - 0.5 * sizes) ** 2)
    found = exact(sgd(eta=0.5), moved, E(distance_squared), 100)[:, 0]
    np.testing.assert_allclose(found, factor ** np.arange(101), rtol=1e-7)


class Ball(NamedTuple):
    """|x|^2 / 2, on a ball about the origin."""

    radius: float

    def value(self, x):
        return 0.5 * norm(x) ** 2

    def gradient(self, x):
        return x

    def stochastic_gradient(self, x, rng):
        return x + streams.normal(rng, x.shape[1])

    def project(self, x):
        return x * (self.radius / maximum(norm(x), self.radius))


@algorithm
def projected(s, oracle, rng, *, eta):
    """Projected SGD."""
    return Point(oracle.project(s.x - eta * oracle.stochastic_gradient(s.x, rng)))


@pytest.mark.parametrize("radius", [1e-2, 1.0, 10.0, 1e3])
def test_a_projection_is_seen_however_far_away_it_is(radius):
    problem = Problem(Ball(radius), [attained(0.0, np.zeros(2))], radius=radius / 2)
    with pytest.raises(NotClosed, match="not affine"):
        exact(projected(eta=0.1), problem, E(gap), 3)


@pytest.mark.parametrize(
    ("problem", "metric", "reason"),
    [
        (logistic(), distance_squared, "not affine"),
        (least_squares(), distance, "not quadratic"),
        (least_squares(), best(gap), "not quadratic|not affine"),
        (noisy(quadratic(d=1), Student(1.0, 1.5, 1.6)), gap, "no variance"),
    ],
    ids=["logistic", "norm", "best", "infinite variance"],
)
def test_what_does_not_close_is_refused_with_a_reason(problem, metric, reason):
    with pytest.raises(NotClosed, match=reason):
        exact(sgd(eta=0.1), problem, E(metric), 3)


@algorithm
def turns(s, oracle, rng, k, *, eta):
    """Gradient descent with other draws in each iteration: two, one of a changing law, none."""
    noise = 0.0
    if k % 3 == 0:
        noise = streams.integers(rng, 3) - streams.integers(rng, 2)
    elif k % 3 == 1:
        noise = streams.bernoulli(rng, 1 / (k + 2))
    return Point(s.x - eta * (1 + noise) * oracle.gradient(s.x))


def test_draws_may_change_from_step_to_step():
    problem, steps = quadratic(d=2), 6
    method = turns(eta=0.3)
    expected = by_enumeration(method, {"eta": 0.3}, problem, gap, steps)
    found = exact(method, problem, E(gap), steps)[:, 0]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


class Many(NamedTuple):
    """A finite sum with very many components."""

    n: int = 2**31

    def value(self, x):
        return 0.5 * norm(x) ** 2

    def stochastic_gradient(self, x, rng):
        return x + 0.0 * streams.integers(rng, self.n, 2)[:, :1]


def test_too_many_outcomes_are_not_listed():
    with pytest.raises(NotClosed, match="too many"):
        exact(sgd(eta=0.1), Problem(Many(), [attained(0.0, np.zeros(1))]), E(gap), 3)


class Round(NamedTuple):
    """A loss that changes from round to round."""

    n: int = 2

    def value(self, x, k):
        return 0.5 * (k + 1) * norm(x) ** 2

    def stochastic_gradient(self, x, rng, k):
        return (k + 1) * x


def test_an_oracle_that_changes_from_round_to_round():
    problem = Problem(Round(), [attained(0.0, np.zeros(1))])
    found = exact(sgd(eta=0.1), problem, E(distance_squared), 4)[:, 0]
    expected = np.cumprod([1, 0.9, 0.8, 0.7, 0.6]) ** 2
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    found = exact(sgd(eta=0.1), problem, E(gap), 4)[:, 0]
    np.testing.assert_allclose(found, np.arange(1, 6) * expected / 2, rtol=1e-12)


@family
def scattered(rng, *, n: Annotated[int, between(2, 4)] = 2):
    """Starting points at different distances."""
    problem = needle(n=n)
    return Problem(
        problem.oracle, problem.declares, start=lambda rng, R: 1 + streams.uniform(rng, 1)
    )


def test_steps_that_depend_on_the_starting_point():
    problem = scattered()
    found = exact(sgd(eta=D / 10), problem, E(distance_squared), 5, replicates=3)
    starts = problem.starts(0, range(3))
    for r in range(3):
        alone = Problem(problem.oracle, problem.declares, start=starts[r])
        expected = exact(sgd(eta=abs(starts[r, 0]) / 10), alone, E(distance_squared), 5)
        np.testing.assert_allclose(found[:, r], expected[:, 0], rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_sampling_agrees(method):
    algorithm, hyper = METHODS[method]
    problem = least_squares()
    start = problem.starts(0, [0])[0]
    fixed = Problem(problem.oracle, problem.declares, start=start)
    chosen = algorithm(**hyper | {"eta": 0.1})
    expected = exact(chosen, fixed, E(gap), 20)[-1, 0]
    sample = run(chosen, fixed, iterations=20, replicates=4000, grid=[20]).values["gap"][0]
    assert abs(sample.mean() - expected) <= 6 * sample.std() / 4000**0.5


def test_divergence_is_an_infinite_expectation():
    found = exact(sgd(eta=1e3), needle(n=2, shift=0.0), E(distance_squared), 200)[:, 0]
    assert np.isfinite(found[1])
    assert np.isinf(found[-1])


def test_the_laboratory_uses_exact_expectations_on_finite_sums():
    found, ids = catalogue.select(["stochastic/sgd_strongly_convex"])
    lab = laboratory.Laboratory(
        {name: found.families[name] for name in ("least_squares", "two_parabolas", "needle")}
    )
    for theorem in ids:
        report = lab.verify(found.theorems[theorem])
        assert report.engines == ("moments",)
    assert L_max in found.theorems[ids[0]].symbols
