"""The laws of e-values, resolutions and slopes."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from convlab.statistics import (
    LAMBDAS,
    exceedance,
    log_e_mean_at_most,
    log_e_mean_equals,
    log_e_value,
    log_mean_exp,
    resolution,
    slope,
)

laws = settings(derandomize=True, deadline=None, max_examples=60)
tables = arrays(
    float,
    st.tuples(st.integers(1, 12), st.integers(1, 4)),
    elements=st.floats(0, 1e6, allow_subnormal=False),
)


@st.composite
def finite_laws(draw, columns=2):
    """A joint law of nonnegative columns of mean 1: probabilities and support."""
    atoms = draw(st.integers(2, 4))
    weights = draw(arrays(float, atoms, elements=st.floats(0.05, 1)))
    probabilities = weights / weights.sum()
    support = draw(arrays(float, (atoms, columns), elements=st.floats(0, 100).map(abs)))
    means = probabilities @ support
    assume((means > 1e-3).all())
    return probabilities, support / means


def outcomes(probabilities, support, replicates):
    """Every sample of independent replicates, with its probability."""
    for chosen in itertools.product(range(len(support)), repeat=replicates):
        yield math.prod(probabilities[list(chosen)]), support[list(chosen)]


@laws
@given(finite_laws(), st.integers(1, 4))
def test_the_e_value_has_expectation_one_when_the_claim_holds_with_equality(law, replicates):
    expectation = sum(p * math.exp(log_e_value(rows)) for p, rows in outcomes(*law, replicates))
    assert expectation == pytest.approx(1, rel=1e-10)


@laws
@given(finite_laws(), st.floats(1.5, 20))
def test_stopping_at_the_first_refutation_keeps_the_false_alarm_rate(law, threshold):
    def refuted_at_some_block(rows):
        return any(log_e_value(rows[:n]) >= math.log(threshold) for n in range(1, len(rows) + 1))

    rate = sum(p for p, rows in outcomes(*law, 4) if refuted_at_some_block(rows))
    assert rate <= 1 / threshold + 1e-12


@laws
@given(finite_laws(), st.integers(1, 3))
def test_the_mean_test_by_variance_has_expectation_one(law, replicates):
    probabilities, support = law
    variance = probabilities @ (support - 1) ** 2
    assume((variance > 1e-6).all())
    expectation = sum(
        p * math.exp(log_e_mean_equals(rows, 1, variance=variance))
        for p, rows in outcomes(probabilities, support, replicates)
    )
    assert expectation == pytest.approx(1, rel=1e-8)


@laws
@given(finite_laws(), st.integers(1, 3))
def test_the_mean_test_by_bounds_has_expectation_one(law, replicates):
    probabilities, support = law
    bounds = (support.min(axis=0) - 0.1, support.max(axis=0) + 0.1)
    expectation = sum(
        p * math.exp(log_e_mean_equals(rows, 1, bounds=bounds))
        for p, rows in outcomes(probabilities, support, replicates)
    )
    assert expectation == pytest.approx(1, rel=1e-8)


@laws
@given(tables, st.data())
def test_the_e_value_grows_with_every_ratio(ratios, data):
    more = data.draw(arrays(float, ratios.shape, elements=st.floats(0, 1e6)))
    assert log_e_value(ratios + more) >= log_e_value(ratios) - 1e-9


@laws
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_replicates_and_columns_is_irrelevant(ratios, random):
    rows, columns = list(range(ratios.shape[0])), list(range(ratios.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    shuffled = ratios[rows][:, columns]
    assert log_e_value(shuffled) == pytest.approx(log_e_value(ratios), abs=1e-9)


@laws
@given(tables)
def test_the_e_value_is_the_average_it_says_it_is(ratios):
    factors = 1 + LAMBDAS[:, None, None] * (ratios - 1)
    direct = log_mean_exp(np.log(factors).sum(axis=1))
    assert log_e_value(ratios) == pytest.approx(direct, rel=1e-12, abs=1e-9)


def test_the_bets_lie_strictly_between_zero_and_one_and_increase():
    assert ((LAMBDAS > 0) & (LAMBDAS < 1)).all()
    assert (np.diff(LAMBDAS) > 0).all()


@pytest.mark.parametrize("replicates", [1, 300, 5000])
def test_long_products_neither_overflow_nor_underflow(replicates):
    huge = np.full((replicates, 2), 1e200)
    assert log_e_value(huge) == pytest.approx(
        log_mean_exp(replicates * np.log(LAMBDAS * 1e200)), rel=1e-9
    )
    zero = np.zeros((replicates, 2))
    assert log_e_value(zero) == pytest.approx(
        log_mean_exp(replicates * np.log1p(-LAMBDAS)), rel=1e-9
    )


def test_one_diverged_replicate_refutes_and_the_evidence_stays_finite():
    ratios = np.full((100, 3), 0.5)
    ratios[7, 1] = math.inf
    assert math.log(1e100) < log_e_value(ratios) < math.inf


@pytest.mark.parametrize(("excess", "refuted"), [(1.0, False), (1.5, True), (3.0, True)])
def test_an_excess_of_one_half_is_refuted_with_a_thousand_exponential_replicates(excess, refuted):
    generator = np.random.Generator(np.random.Philox(key=1))
    ratios = excess * generator.exponential(size=(1024, 5))
    assert (log_e_value(ratios) >= math.log(1e9)) is refuted


@pytest.mark.parametrize("bad", [math.nan, -0.1])
def test_a_ratio_that_is_no_ratio_is_an_error_that_says_where(bad):
    ratios = np.ones((4, 3))
    ratios[2, 1] = bad
    with pytest.raises(ValueError, match="replicate 2, column 1"):
        log_e_value(ratios)
    with pytest.raises(ValueError, match="replicate 2, column 1"):
        resolution(ratios, 10.0)


@pytest.mark.parametrize("shape", [(3,), (0, 3), (3, 0), ()])
def test_ratios_must_be_a_table(shape):
    with pytest.raises(ValueError, match="rows and columns"):
        log_e_value(np.ones(shape))


@laws
@given(st.lists(st.floats(-50, 50), min_size=1))
def test_log_mean_exp_averages(values):
    assert log_mean_exp(values) == pytest.approx(math.log(np.mean(np.exp(values))), abs=1e-9)


def test_log_mean_exp_rejects_nothing_and_nan():
    with pytest.raises(ValueError, match="at least one"):
        log_mean_exp([])
    with pytest.raises(ValueError, match="not a number"):
        log_mean_exp([0.0, math.nan])
    assert log_mean_exp([-math.inf]) == -math.inf


@laws
@given(tables, st.floats(0.5, 30))
def test_the_resolution_was_refuted_and_one_digit_more_was_not(ratios, log_threshold):
    c = resolution(ratios, log_threshold)
    assert 0 <= c <= 1
    if c > 0:
        assert log_e_value(ratios / c) >= log_threshold
    if c < 1:
        next_c = c + 10.0 ** (math.floor(math.log10(c) + 1e-9) - 2) if c else 1e-15
        assert log_e_value(ratios / next_c) < log_threshold


@laws
@given(tables, st.floats(1, 100), st.floats(0.5, 20), st.floats(0, 10))
def test_the_resolution_grows_with_the_metric_and_falls_with_the_threshold(
    ratios, factor, log_threshold, stricter
):
    c = resolution(ratios, log_threshold)
    assert resolution(ratios * factor, log_threshold) >= c * (1 - 1e-9)
    assert resolution(ratios, log_threshold + stricter) <= c


def test_the_resolution_is_one_for_a_refuted_bound_and_zero_without_a_signal():
    assert resolution(np.full((100, 2), 2.0), math.log(1e6)) == 1.0
    assert resolution(np.zeros((100, 2)), math.log(1e6)) == 0.0


def test_the_resolution_of_a_quantile_scales_the_bound():
    generator = np.random.Generator(np.random.Philox(key=3))
    loose = generator.exponential(size=(10_000, 2)) / (2 * math.log(10))
    c = resolution(loose, math.log(1e6), chance=0.1)
    assert 0.45 < c < 0.5
    assert log_e_value((loose > c) / 0.1) >= math.log(1e6)
    assert log_e_value((loose > c + 0.001) / 0.1) < math.log(1e6)


def test_the_resolution_approaches_the_true_share_as_replicates_grow():
    generator = np.random.Generator(np.random.Philox(key=2))
    shares = [
        resolution(0.4 * generator.exponential(size=(n, 3)), math.log(1e6)) for n in (100, 10_000)
    ]
    assert 0.15 < shares[0] < shares[1] < 0.4
    assert shares[1] > 0.36


def test_exceedances_of_a_quantile_have_mean_one():
    metric = np.arange(100.0)[:, None]
    assert exceedance(metric, 89.0, 0.1).mean() == pytest.approx(1)
    assert exceedance([[math.inf]], 1.0, 0.5).item() == 2.0


def test_exceedance_rejects_a_delta_out_of_range_and_nan():
    with pytest.raises(ValueError, match="delta"):
        exceedance([[1.0]], 1.0, 0.0)
    with pytest.raises(ValueError, match="nan"):
        exceedance([[math.nan]], 1.0, 0.1)


@pytest.mark.parametrize(("claimed", "refuted"), [(0.0, False), (0.2, True), (-0.2, True)])
def test_a_wrong_mean_is_refuted_on_either_side(claimed, refuted):
    generator = np.random.Generator(np.random.Philox(key=3))
    values = generator.standard_normal((4096, 4))
    assert (log_e_mean_equals(values, claimed, variance=1) >= math.log(1e9)) is refuted
    signs = np.sign(values)
    assert (log_e_mean_equals(signs, claimed, bounds=(-1, 1)) >= math.log(1e9)) is refuted


def test_a_heavier_tail_than_stated_and_infinite_values_are_finite_evidence():
    values = np.zeros((50, 1))
    values[3] = -math.inf
    assert math.log(1e100) < log_e_mean_equals(values, 0, variance=1) < math.inf


@pytest.mark.parametrize(
    ("knowledge", "match"),
    [
        ({}, "exactly one"),
        ({"variance": 1, "bounds": (0, 1)}, "exactly one"),
        ({"variance": 0}, "positive"),
        ({"bounds": (0.5, 1)}, "strictly between"),
        ({"bounds": (0.4, 0.9)}, "outside"),
    ],
)
def test_the_mean_test_says_what_it_lacks(knowledge, match):
    with pytest.raises(ValueError, match=match):
        log_e_mean_equals([[0.0], [1.0]], 0.5, **knowledge)


@laws
@given(finite_laws(), st.integers(1, 4), st.floats(-3, 3), st.floats(0.1, 3))
def test_the_one_sided_mean_test_has_expectation_one(law, replicates, low, distance):
    probabilities, support = law
    values, mean = low + distance * support, low + distance
    expectation = sum(
        p * math.exp(log_e_mean_at_most(rows, mean, low=low - 1e-9))
        for p, rows in outcomes(probabilities, values, replicates)
    )
    assert expectation == pytest.approx(1, rel=1e-6)


@laws
@given(finite_laws(), st.floats(0.1, 3), st.floats(0, 1))
def test_a_smaller_mean_is_no_evidence(law, distance, share):
    probabilities, support = law
    expectation = sum(
        p * math.exp(log_e_mean_at_most(rows, 0, low=-distance))
        for p, rows in outcomes(probabilities, distance * (share * support - 1), 3)
    )
    assert expectation <= 1 + 1e-9


@pytest.mark.parametrize(("shift", "refuted"), [(-0.3, False), (0.0, False), (0.2, True)])
def test_paired_differences_are_refuted_in_one_direction(shift, refuted):
    generator = np.random.Generator(np.random.Philox(key=4))
    differences = generator.uniform(-1, 1, size=(4096, 3)) + shift
    assert (log_e_mean_at_most(differences, 0, low=-1.5) >= math.log(1e9)) is refuted


def test_a_diverged_difference_is_finite_evidence():
    differences = np.zeros((50, 2))
    differences[3, 1] = math.inf
    assert math.log(1e100) < log_e_mean_at_most(differences, 0, low=-1) < math.inf


@pytest.mark.parametrize(
    ("values", "mean", "low", "match"),
    [
        ([[0.0], [math.nan]], 0, -1, "nan"),
        ([[0.0], [-2.0]], 0, -1, "below low"),
        ([[0.0]], 0, 0, "below mean"),
        ([[0.0]], 0, -math.inf, "finite"),
        ([0.0], 0, -1, "rows and columns"),
    ],
)
def test_the_one_sided_mean_test_says_what_is_wrong(values, mean, low, match):
    with pytest.raises(ValueError, match=match):
        log_e_mean_at_most(values, mean, low=low)


X = np.unique(np.round(np.logspace(0, 4, 61)))


@laws
@given(st.floats(-3, 1), st.floats(1e-6, 1e6))
def test_a_power_has_its_exponent_to_six_digits(exponent, scale):
    found = slope(X, scale * X[:, None] ** exponent)
    assert found.low <= exponent <= found.high
    assert found.high - found.low < 1e-6


@laws
@given(st.floats(0.05, 0.9995), st.booleans())
def test_a_geometric_decay_has_its_factor(factor, on_a_log_grid):
    x = X if on_a_log_grid else np.arange(2000.0)
    found = slope(x, factor ** x[:, None], log_x=False, floor=1e-200)
    assert found.low <= math.log(factor) <= found.high
    assert found.high - found.low < 1e-6


@pytest.mark.parametrize(
    ("curve", "exponent"),
    [
        (lambda x: np.log(x) / x, -1),
        (lambda x: np.log(x) ** 2 / x, -1),
        (lambda x: np.log(x) / np.sqrt(x), -0.5),
        (lambda x: 1 / (x * np.log(1 + x)), -1),
        (lambda x: 1 / (x + 100), -1),
        (lambda x: 1 / x + 1000 * np.exp(-x / 30), -1),
        (lambda x: 1 / x + 1e-3, 0),
        (lambda x: np.maximum(1 / x, 1e-3), 0),
        (lambda x: (1 + 0.5 * np.sin(x / 7)) / x, -1),
    ],
)
def test_a_bent_or_wavy_curve_has_a_wide_interval_that_contains_the_limit(curve, exponent):
    found = slope(X, curve(X)[:, None])
    assert found.low <= exponent <= found.high
    assert found.high - found.low > 0.1


def recorded(length, start=0):
    """All k up to 1000, beyond that a logarithmic grid."""
    k = np.arange(start, min(length, 1000) + 1.0)
    more = np.rint(np.geomspace(1, length, 12 * math.ceil(math.log10(length)) + 1))
    return np.append(k, more[more > 1000])


lengths = st.sampled_from([250, 1000, 4000, 16_000])
condition_numbers = st.floats(math.log(2), math.log(1000)).map(math.exp)
constants = st.floats(math.log(0.01), math.log(10)).map(math.exp)


@laws
@given(condition_numbers, st.booleans(), constants, st.sampled_from([-1, 1, 2]), lengths)
def test_a_polynomial_factor_is_no_excess_over_the_linear_rate(kappa, momentum, c, degree, length):
    root = math.sqrt(kappa) if momentum else kappa
    rate, k = (root - 1) / (root + 1), recorded(length)
    curve = (1 + c * k) ** degree * rate**k
    found = slope(k, curve[:, None], log_x=False, floor=1e-12)
    assert found.low <= math.log(rate) * (1 - 1e-6)


@laws
@given(
    st.floats(-2, -0.25),
    st.floats(math.log(0.1), math.log(10)).map(math.exp),
    st.sampled_from([-1, 1, 2]),
    lengths,
)
def test_a_power_of_the_logarithm_is_no_excess_over_the_exponent(exponent, b, degree, length):
    k = recorded(length, start=1)
    found = slope(k, (k**exponent * (1 + b * np.log(k)) ** degree)[:, None])
    assert found.low <= exponent + 1e-6


@laws
@given(st.floats(-2, -0.25), st.floats(0, math.log(1000)).map(math.exp), lengths)
def test_a_late_start_is_no_excess_over_the_exponent(exponent, shift, length):
    k = recorded(length, start=1)
    found = slope(k, (k + shift)[:, None] ** exponent)
    assert found.low <= exponent + 1e-6


@laws
@given(condition_numbers, constants, st.sampled_from([0, 1]), st.sampled_from([4000, 16_000]))
def test_the_rate_to_the_power_three_halves_is_refuted(kappa, c, degree, length):
    k, rate = recorded(length), (kappa - 1) / (kappa + 1)
    curve = (1 + c * k) ** degree * rate**k
    found = slope(k, curve[:, None], log_x=False, floor=1e-12)
    assert found.low > 1.5 * math.log(rate)
    assert found.estimate > (1 + 0.05) * 1.5 * math.log(rate)


@laws
@given(st.floats(-2, -0.25), st.sampled_from([0, 1, 2]), lengths)
def test_an_exponent_smaller_by_a_fifth_is_refuted(exponent, degree, length):
    k = recorded(length, start=1)
    found = slope(k, (k**exponent * np.log(k + 1) ** degree)[:, None])
    assert found.low > exponent - 0.2
    assert found.estimate > exponent - 0.2 + 0.05


@laws
@given(st.floats(-2, -0.25), st.sampled_from([-1, 0, 1, 2]), st.sampled_from([250, 1000]))
def test_it_matters_little_how_densely_a_curve_was_recorded(exponent, degree, length):
    def read(k):
        return slope(k, (k**exponent * np.log(k + 1) ** degree)[:, None])

    every, few = recorded(length, start=1), np.unique(np.rint(np.geomspace(1, length, 40)))
    assert read(every)[:3] == pytest.approx(read(few)[:3], abs=0.02)


@laws
@given(st.integers(0, 50), st.booleans())
def test_the_reciprocal_has_the_opposite_slope(key, log_x):
    y = noisy(key, 1, 0.3) / X[:, None]
    low, estimate, high, *window = slope(X, y, log_x=log_x)
    assert slope(X, 1 / y, log_x=log_x) == pytest.approx((-high, -estimate, -low, *window))


@laws
@given(st.integers(0, 50), st.floats(1e-3, 1e3))
def test_a_rate_is_per_unit_of_x(key, scale):
    y = noisy(key, 5, 0.3) * 0.999 ** X[:, None]
    found, scaled = (np.array(slope(a * X, y, log_x=False)) for a in (1, scale))
    assert scaled[:3] * scale == pytest.approx(found[:3])
    assert scaled[3:] == pytest.approx(found[3:] * scale)


def test_a_short_curve_from_the_first_step_on_has_a_slope():
    found = slope([1, 2, 3, 5, 8], 1 / np.array([[1], [2], [3], [5], [8]]))
    assert found[:3] == pytest.approx((-1, -1, -1), abs=1e-6)
    assert (found.first, found.last) == (1, 8)


def test_x_may_be_less_than_one():
    x = np.geomspace(1e-3, 1, 16)
    assert slope(x, x[:, None] ** 2)[:3] == pytest.approx((2, 2, 2), abs=1e-6)


def test_points_that_lie_all_but_on_each_other_are_one():
    x = np.array([1, 1.0001, 1.0002, 1.0003, 2, 4])
    with pytest.raises(ValueError, match="all except 3"):
        slope(x, 1 / x[:, None])


def test_exponents_half_apart_are_told_apart_in_spite_of_logarithms():
    assert slope(X, (np.log(X) / X)[:, None]).high < -0.5 < -0.4
    assert slope(X, (np.log(X) / np.sqrt(X))[:, None]).low > -1


def test_leading_zeros_are_no_floor():
    found = slope(np.append(0.5, X), np.append(0, 1 / X)[:, None])
    assert found.estimate == pytest.approx(-1, abs=1e-9)


def test_an_announced_floor_is_cut_off():
    found = slope(X, np.maximum(1 / X, 1e-3)[:, None], floor=1e-3)
    assert found.last < 1000
    assert found.low == pytest.approx(-1, abs=1e-6)
    assert found.high == pytest.approx(-1, abs=1e-6)


def test_the_start_is_left_out_and_the_window_is_the_final_half():
    curve = np.where(X < 100, 1.0, 100 / X)
    found = slope(np.append(0, X), np.append(7, curve)[:, None])
    assert found.estimate == pytest.approx(-1, abs=1e-9)
    assert (found.first, found.last) == (100, 10_000)


def noisy(key, replicates, sigma=1.0):
    generator = np.random.Generator(np.random.Philox(key=key))
    return np.exp(sigma * generator.standard_normal((len(X), replicates)))


@pytest.mark.parametrize("curve", [lambda x: 1 / x, lambda x: (1 + np.log(x)) / x])
@pytest.mark.parametrize("replicates", [1, 8, 64])
def test_the_interval_covers_the_exponent_under_noise(curve, replicates):
    covered = 0
    for key in range(200):
        found = slope(X, curve(X)[:, None] * noisy(key, replicates))
        covered += found.low <= -1 <= found.high
    assert covered >= 194


@pytest.mark.parametrize("correlation", [0.5, 0.9])
@pytest.mark.parametrize("replicates", [1, 4, 16])
def test_correlated_noise_is_no_excess_over_the_exponent(correlation, replicates):
    excesses = 0
    for key in range(200):
        generator = np.random.Generator(np.random.Philox(key=key))
        noise = generator.standard_normal((len(X), replicates))
        for i in range(1, len(X)):
            noise[i] = correlation * noise[i - 1] + math.sqrt(1 - correlation**2) * noise[i]
        found = slope(X, np.exp(0.1 * noise) / X[:, None])
        excesses += found.low > -1 and found.estimate > -1 + 0.05
    assert excesses <= 4


@pytest.mark.parametrize("replicates", [4, 16])
def test_the_mean_slope_is_covered_where_each_replicate_has_its_own(replicates):
    covered = 0
    for key in range(200):
        generator = np.random.Generator(np.random.Philox(key=key))
        y = X[:, None] ** (-1 + 0.01 * generator.standard_normal(replicates))
        found = slope(X, y, asymptotic=False)
        covered += found.low <= -1 <= found.high
    assert covered >= 194


def test_more_replicates_give_a_narrower_interval():
    few, many = (slope(X, noisy(5, n) / X[:, None]) for n in (16, 1600))
    assert many.high - many.low < (few.high - few.low) / 2


@pytest.mark.parametrize("statistic", ["median", 0.9])
def test_a_quantile_has_a_slope_where_the_mean_is_infinite(statistic):
    generator = np.random.Generator(np.random.Philox(key=6))
    heavy = generator.pareto(0.7, size=(len(X), 400)) / X[:, None]
    heavy[:, 0] = math.inf
    found = slope(X, heavy, statistic=statistic)
    assert found.low <= -1 <= found.high < 0
    with pytest.raises(ValueError, match="diverged"):
        slope(X, heavy)


def test_the_same_key_gives_the_same_interval():
    generator = np.random.Generator(np.random.Philox(key=7))
    y = X[:, None] ** -(1 + 0.1 * generator.standard_normal(20))
    assert slope(X, y, key=3) == slope(X, y, key=3)
    assert slope(X, y, key=3) != slope(X, y, key=4)


@laws
@given(st.floats(1e-3, 1e3), st.integers(0, 5))
def test_units_do_not_matter(scale, key):
    y = noisy(key, 6) / X[:, None]
    assert slope(X, scale * y)[:3] == pytest.approx(slope(X, y)[:3], abs=1e-8)


@pytest.mark.parametrize(
    ("x", "y", "options", "match"),
    [
        ([0, 1, 2, 3], [1, 1, 1, 1], {}, "at least 4 points"),
        ([1, 2, 3, 4, 5], [1, 1, 1, 0, 1], {}, "there are 3"),
        ([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], {"floor": 2.0}, "there are 0"),
        ([1, 2, 2, 4, 5], [1, 1, 1, 1, 1], {}, "increasing"),
        ([1, 2, 3, 4, math.inf], [1, 1, 1, 1, 1], {}, "finite"),
        ([1, 2, 3, 4], [1, 1, 1, 1, 1], {}, "one entry per row"),
        ([1, 2, 3, 4, 5], [1, 1, math.nan, 1, 1], {}, "nan"),
        ([1, 2, 3, 4, 5], [1, 1, 1, 1, math.inf], {}, "diverged"),
        ([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], {"level": 1.0}, "level"),
        ([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], {"statistic": "mode"}, "'mode'"),
        ([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], {"statistic": 1.5}, "quantile"),
    ],
)
def test_a_curve_that_has_no_slope_is_an_error(x, y, options, match):
    with pytest.raises(ValueError, match=match):
        slope(x, np.array(y, dtype=float)[:, None], **options)
