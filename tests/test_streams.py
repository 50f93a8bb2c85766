"""The streams: the right numbers at the right address, of the right law."""

import math
import re
import subprocess
import sys
from collections import Counter

import array_api_strict
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from convlab import streams
from convlab.errors import ConvlabError
from convlab.streams import (
    Bernoulli,
    Integers,
    Law,
    Normal,
    Pareto,
    Rademacher,
    Stream,
    Student,
    Subset,
    SymmetricPareto,
    TwoPoint,
    Uniform,
)
from convlab.streams.philox import philox4x32

quiet = settings(derandomize=True, deadline=None, max_examples=40)

BACKENDS = pytest.mark.parametrize("xp", [np, array_api_strict], ids=["numpy", "strict"])
RISK = 1e-6
"""The probability with which a statistical check may fail though the law is right."""

# Counter, key, answer: the vectors for philox4x32, 10 rounds, in Random123's file kat_vectors.
KNOWN_ANSWERS = [
    (
        (0, 0, 0, 0),
        (0, 0),
        (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
    ),
    (
        (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def block(counter, key):
    """One block of Philox 4x32-10 in Python's own integers."""
    (x0, x1, x2, x3), (k0, k1) = counter, key
    for _ in range(10):
        high0, low0 = divmod(x0 * 0xD2511F53, 2**32)
        high1, low1 = divmod(x2 * 0xCD9E8D57, 2**32)
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return x0, x1, x2, x3


sizes = st.integers(1, 7)
laws = st.one_of(
    st.builds(Normal, sizes),
    st.builds(Uniform, sizes),
    st.builds(Rademacher, sizes),
    st.builds(TwoPoint, sizes, st.floats(0.01, 0.99)),
    st.builds(Student, sizes, st.floats(0.2, 50.0)),
    st.builds(Pareto, sizes, st.floats(0.2, 50.0)),
    st.builds(SymmetricPareto, sizes, st.floats(0.2, 50.0)),
    st.builds(Integers, st.integers(1, 2**32), sizes),
    st.builds(Bernoulli, st.floats(0, 1), sizes),
    st.integers(1, 9).flatmap(lambda n: st.builds(Subset, st.just(n), st.integers(1, n))),
)
keys = st.integers(0, 2**64 - 1)
ids = st.integers(0, 2**32 - 1)
batches = st.lists(ids, min_size=1, max_size=5, unique=True)
iterations = st.integers(0, 2**48 - 1)


def name(parameter):
    return repr(parameter) if isinstance(parameter, Law) else None


def sample(law, count, key=20240229):
    """At least ``count`` entries of a law, from 500 replicates and as many iterations as needed."""
    rng = Stream(key, range(500), np)
    steps = -(-count // (500 * law.shape[0]))
    return np.stack([rng.at(k).draw(law) for k in range(steps)])


# The generator and its addresses ----------------------------------------------------------------


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_the_reference_in_this_file_gives_the_published_answers(counter, key, answer):
    assert block(counter, key) == answer


@BACKENDS
@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(xp, counter, key, answer):
    words = philox4x32(
        tuple(xp.asarray([word], dtype=xp.uint64) for word in counter), key[0] | key[1] << 32
    )
    assert tuple(int(word[0]) for word in words) == answer


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_the_compiled_generator_gives_the_published_answers(counter, key, answer):
    from convlab.streams import compiled

    low, high, replicate, slot = (np.uint64(word) for word in counter)
    start = low | high << np.uint64(32)
    found = np.empty((1, 2))
    compiled.fill_uniforms(
        found, np.uint64(key[0] | key[1] << 32), np.asarray([replicate]), slot, start
    )
    words = answer[0] | answer[1] << 32, answer[2] | answer[3] << 32
    assert found.tolist() == [[((word >> 12) + 0.5) / 2**52 for word in words]]


@BACKENDS
@quiet
@given(key=keys, batch=batches, k=iterations, d=sizes, slot=st.integers(0, 3))
def test_a_uniform_is_at_its_address(xp, key, batch, k, d, slot):
    rng = Stream(key, batch, xp).at(k)
    for _ in range(slot):
        rng.draw(Normal(2))
    found = np.asarray(rng.draw(Uniform(d)))
    blocks = (d + 1) // 2
    for r, replicate in enumerate(batch):
        expected = []
        for counter in range(k * blocks, (k + 1) * blocks):
            c0, c1, c2, c3 = block(
                (counter % 2**32, counter >> 32, replicate, slot | blocks - 1 << 14),
                (key % 2**32, key >> 32),
            )
            expected += [(((hi << 32 | lo) >> 12) + 0.5) / 2**52 for lo, hi in ((c0, c1), (c2, c3))]
        assert found[r].tolist() == expected[:d]


@BACKENDS
def test_a_slot_whose_law_changes_its_size_repeats_no_number(xp):
    rng = Stream(3, [0], xp)
    drawn = [np.asarray(rng.at(k).draw(Uniform(2 * (k % 4 + 1)))).ravel() for k in range(64)]
    numbers = np.concatenate(drawn)
    assert len(np.unique(numbers)) == len(numbers)


def test_a_draw_beyond_the_address_space_is_an_error():
    rng = Stream(0, [0], np).at(0)
    for _ in range(2**14):
        rng.draw(Uniform(1))
    with pytest.raises(ConvlabError, match="draws an iteration"):
        rng.draw(Uniform(1))
    with pytest.raises(ConvlabError, match="numbers"):
        Stream(0, [0], np).at(0).draw(Uniform(2**19 + 1))


@BACKENDS
@quiet
@given(key=keys, batch=batches, k=iterations, law=laws)
def test_a_replicate_is_the_same_in_any_company(xp, key, batch, k, law):
    together = np.asarray(Stream(key, batch, xp).at(k).draw(law))
    assert together.shape == (len(batch), *law.shape)
    for r, replicate in enumerate(batch):
        alone = np.asarray(Stream(key, [replicate], xp).at(k).draw(law))
        np.testing.assert_array_equal(together[r], alone[0])


@BACKENDS
@quiet
@given(
    key=keys,
    start=iterations,
    visits=st.lists(
        st.tuples(st.integers(0, 12), st.lists(laws, min_size=1, max_size=3)), max_size=8
    ),
    ahead=st.integers(0, 300),
)
def test_numbers_do_not_depend_on_what_was_drawn_before(xp, key, start, visits, ahead):
    rng = Stream(key, range(3), xp, ahead=ahead)
    for step, drawn in visits:
        k = min(start + step, 2**48 - 1)
        rng.at(k)
        fresh = Stream(key, range(3), xp).at(k)
        for law in drawn:
            np.testing.assert_array_equal(np.asarray(rng.draw(law)), np.asarray(fresh.draw(law)))


@quiet
@given(key=keys, law=laws, ahead=st.sampled_from([0, 1, 64, 2**16]))
def test_stepping_to_an_iteration_equals_jumping_to_it(key, law, ahead):
    rng = Stream(key, [4, 2], np, ahead=ahead)
    for k in range(40):
        jumped = Stream(key, [4, 2], np).at(k).draw(law)
        np.testing.assert_array_equal(rng.at(k).draw(law), jumped)


@quiet
@given(key=keys, batch=batches, k=iterations, law=laws)
def test_backends_agree(key, batch, k, law):
    compiled = Stream(key, batch, np).at(k).draw(law)
    strict = Stream(key, batch, array_api_strict).at(k).draw(law)
    assert strict.__array_namespace__() is array_api_strict
    strict = np.asarray(strict)
    integral = isinstance(law, Integers | Subset)
    assert compiled.dtype == strict.dtype == (np.int64 if integral else np.float64)
    np.testing.assert_allclose(compiled, strict, rtol=0 if integral else 1e-14, atol=0)


@pytest.mark.parametrize("law", [Normal(1000), Student(1000, 1.0), Student(1000, 30.0)])
def test_compiled_laws_agree_with_array_laws_far_into_the_tails(law):
    compiled, strict = (Stream(5, range(200), xp).draw(law) for xp in (np, array_api_strict))
    np.testing.assert_allclose(compiled, np.asarray(strict), rtol=1e-14, atol=0)


def test_every_part_of_the_address_matters():
    def drawn(key=1, replicate=1, k=1, slot=1):
        rng = Stream(key, [replicate], np).at(k)
        return [rng.draw(Normal(3)) for _ in range(slot + 1)][slot].tobytes()

    others = (
        [drawn(key=1 + 2**i) for i in range(1, 64)]
        + [drawn(replicate=1 + 2**i) for i in range(1, 32)]
        + [drawn(k=1 + 2**i) for i in range(1, 48)]
        + [drawn(slot=slot) for slot in (0, 2, 3)]
    )
    assert len({drawn(), *others}) == 1 + len(others)


def test_neighbouring_addresses_are_uncorrelated():
    n = 100_000

    def drawn(key=3, first=0, k=0, slot=0):
        rng = Stream(key, range(first, first + n), np).at(k)
        return [rng.draw(Normal(2)) for _ in range(slot + 1)][slot]

    here = drawn()
    there = [drawn(key=4), drawn(key=3 + 2**32), drawn(k=1), drawn(slot=1), drawn(first=1)]
    columns = np.concatenate([here, *there], axis=1)
    bound = stats.norm.isf(RISK / 2 / columns.shape[1] ** 2) / math.sqrt(n)
    for table in (columns, columns**2):
        correlation = np.corrcoef(table, rowvar=False)
        assert np.abs(correlation - np.eye(columns.shape[1])).max() < bound


# The laws ---------------------------------------------------------------------------------------


def symmetric_pareto_cdf(alpha):
    return lambda x: np.where(x > 0, 1.0, 0.0) - np.sign(x) * np.abs(x) ** -alpha / 2


def ks_distance(values, cdf):
    return stats.kstest(values.ravel(), cdf).statistic


def ks_bound(count):
    """By Dvoretzky, Kiefer, Wolfowitz and Massart: exceeded with probability at most RISK."""
    return math.sqrt(math.log(2 / RISK) / (2 * count))


@pytest.mark.parametrize(
    ("law", "cdf"),
    [
        (Uniform(5), stats.uniform.cdf),
        (Normal(1), stats.norm.cdf),
        (Normal(4), stats.norm.cdf),
        (Student(3, 0.3), stats.t(0.3).cdf),
        (Student(3, 1.0), stats.cauchy.cdf),
        (Student(3, 3.0), stats.t(3).cdf),
        (Student(3, 200.0), stats.t(200).cdf),
        (Pareto(3, 0.5), stats.pareto(0.5).cdf),
        (Pareto(3, 3.0), stats.pareto(3).cdf),
        (SymmetricPareto(3, 1.5), symmetric_pareto_cdf(1.5)),
    ],
    ids=name,
)
def test_continuous_laws(law, cdf):
    values = sample(law, 100_000)
    assert ks_distance(values, cdf) < ks_bound(values.size)
    for entry in range(law.d):
        column = values[..., entry]
        assert ks_distance(column, cdf) < ks_bound(column.size)


@pytest.mark.parametrize(
    ("law", "cdf"),
    [
        (Normal(4), stats.norm(0, 1.04).cdf),
        (Student(3, 3.0), stats.t(5).cdf),
        (Pareto(3, 3.0), stats.pareto(3.2).cdf),
        (SymmetricPareto(3, 1.5), symmetric_pareto_cdf(1.6)),
    ],
    ids=name,
)
def test_a_slightly_different_law_would_be_noticed(law, cdf):
    values = sample(law, 100_000)
    assert ks_distance(values, cdf) > ks_bound(values.size)


@pytest.mark.parametrize(
    "law",
    [
        Integers(7),
        Integers(3, size=2),
        Bernoulli(0.2),
        Bernoulli(0.7, size=3),
        Bernoulli(0.0),
        Subset(5, 2),
        Subset(4, 4),
        Subset(1, 1),
    ],
    ids=name,
)
def test_finite_laws_follow_their_support(law):
    values, probabilities = law.support()
    assert values.shape == (len(probabilities), *law.shape)
    assert math.fsum(probabilities) == pytest.approx(1, abs=1e-15 * len(probabilities))
    assert len({tuple(value) for value in values.tolist()}) == len(values)
    drawn = sample(law, 20_000 * law.shape[0])
    assert drawn.dtype == values.dtype
    counts = Counter(map(tuple, drawn.reshape(-1, *law.shape).tolist()))
    observed = np.asarray([counts.pop(tuple(value), 0) for value in values.tolist()])
    assert not counts, "values outside of the support"
    possible = probabilities > 0
    assert observed[~possible].sum() == 0
    expected = observed.sum() * probabilities[possible]
    statistic = ((observed[possible] - expected) ** 2 / expected).sum()
    assert statistic <= stats.chi2.isf(RISK, possible.sum() - 1 or 1)


@pytest.mark.parametrize(
    "law", [Integers(10**4, 2), Bernoulli(0.5, 20), Subset(10**4, 500)], ids=name
)
def test_long_supports_are_refused(law):
    with pytest.raises(ValueError, match="too many to list"):
        law.support()


@given(n=st.integers(1, 40), k=iterations)
@quiet
def test_a_full_subset_is_a_permutation(n, k):
    drawn = Stream(9, range(4), np).at(k).draw(Subset(n, n))
    assert np.sort(drawn, axis=1).tolist() == [list(range(n))] * 4


def test_large_subsets_and_integers_reach_all_of_their_range():
    assert set(sample(Subset(1000, 3), 60_000).ravel().tolist()) == set(range(1000))
    large = sample(Integers(2**32), 20_000)
    assert ks_distance(large / 2**32, stats.uniform.cdf) < ks_bound(large.size)


def test_two_point_values():
    assert set(sample(Rademacher(3), 1000).ravel().tolist()) == {-1.0, 1.0}
    values = sample(TwoPoint(3, 0.1), 100_000)
    assert set(values.ravel().tolist()) == {math.sqrt(0.9 / 0.1), -math.sqrt(0.1 / 0.9)}
    rare = (values > 0).sum()
    assert stats.binomtest(int(rare), values.size, 0.1).pvalue > RISK


@pytest.mark.parametrize(
    "law",
    [
        Normal(3),
        Uniform(3),
        Rademacher(3),
        TwoPoint(3, 0.05),
        TwoPoint(3, 0.5),
        Student(3, 6.0),
        Pareto(3, 6.0),
        SymmetricPareto(3, 6.0),
        Integers(1),
        Integers(10, size=3),
        Bernoulli(0.3, size=3),
    ],
    ids=name,
)
def test_mean_and_variance_are_those_of_a_sample(law):
    values = sample(law, 200_000).ravel().astype(float)
    deviations = stats.norm.isf(RISK / 2)
    centred = (values - law.mean) ** 2
    for found, claimed in ((values, law.mean), (centred, law.variance)):
        error = found.std() / math.sqrt(found.size)
        assert abs(found.mean() - claimed) <= deviations * error + 1e-12


@pytest.mark.parametrize("index", [0.5, 1.0, 1.5, 2.0, 2.5])
def test_moments_of_heavy_tails(index):
    mean, variance = stats.pareto(index).stats()
    assert Pareto(1, index).mean == pytest.approx(mean)
    assert Pareto(1, index).variance == pytest.approx(variance)
    mean, variance = (float(moment) if index > 1 else math.nan for moment in stats.t(index).stats())
    assert Student(1, index).mean == pytest.approx(mean, nan_ok=True)
    assert Student(1, index).variance == pytest.approx(variance, nan_ok=True)
    assert SymmetricPareto(1, index).mean == pytest.approx(mean, nan_ok=True)
    second = math.nan if index <= 1 else math.inf if index <= 2 else index / (index - 2)
    assert SymmetricPareto(1, index).variance == pytest.approx(second, nan_ok=True)


# The words of a step ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "arguments", "law"),
    [
        ("normal", (3,), Normal(3)),
        ("uniform", (3,), Uniform(3)),
        ("integers", (5,), Integers(5, 1)),
        ("integers", (5, 2), Integers(5, 2)),
        ("bernoulli", (0.2,), Bernoulli(0.2, 1)),
        ("bernoulli", (0.2, 2), Bernoulli(0.2, 2)),
        ("rademacher", (3,), Rademacher(3)),
        ("two_point", (3, 0.2), TwoPoint(3, 0.2)),
        ("student", (3, 2.5), Student(3, 2.5)),
        ("pareto", (3, 2.5), Pareto(3, 2.5)),
        ("symmetric_pareto", (3, 2.5), SymmetricPareto(3, 2.5)),
        ("subset", (5, 2), Subset(5, 2)),
    ],
)
def test_a_word_draws_its_law_from_anything_that_draws(word, arguments, law):
    class Recorder:
        def draw(self, law):
            return law

    assert getattr(streams, word)(Recorder(), *arguments) == law


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Normal(0), "Normal: d must be a positive integer, got 0"),
        (lambda: Uniform(2.0), "Uniform: d must be a positive integer, got 2.0"),
        (lambda: Integers(0), "Integers: n must be an integer between 1 and 2^32, got 0"),
        (lambda: Integers(3, -1), "Integers: size must be a positive integer, got -1"),
        (lambda: Bernoulli(1.1), "Bernoulli: p must be between 0 and 1, got 1.1"),
        (lambda: Bernoulli(math.nan), "Bernoulli: p must be between 0 and 1, got nan"),
        (lambda: TwoPoint(2, 0.0), "TwoPoint: p must be strictly between 0 and 1, got 0.0"),
        (lambda: Student(2, 0), "Student: nu must be a finite number of at least 0.125, got 0"),
        (lambda: Student(2, math.inf), "Student: nu must be a finite number"),
        (lambda: Pareto(2, -1), "Pareto: alpha must be a finite number of at least 0.125"),
        (lambda: SymmetricPareto(2, "x"), "SymmetricPareto: alpha must be a finite number"),
        (lambda: Subset(5, 6), "Subset: b must be an integer from 1 to n = 5, got 6"),
        (lambda: Stream(-1, [0], np), "the key of a stream must be an integer from 0 to 2^64 - 1"),
        (lambda: Stream(0, [2**32], np), "a replicate must be an integer from 0 to 2^32 - 1"),
        (lambda: Stream(0, [0.5], np), "a replicate must be an integer from 0 to 2^32 - 1"),
        (lambda: Stream(0, [], np), "replicates must be at least one id, and no id twice"),
        (lambda: Stream(0, [1, 1], np), "replicates must be at least one id, and no id twice"),
        (lambda: Stream(0, [0], np).at(-1), "an iteration must be an integer from 0 to 2^48 - 1"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(make, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        make()


def test_what_is_drawn_cannot_be_overwritten():
    rng = Stream(0, range(2), np)
    for law in (Normal(3), Integers(5), Student(2, 3.0), Uniform(2)):
        drawn = rng.draw(law)
        with pytest.raises(ValueError, match="read-only"):
            drawn += 1


@pytest.mark.parametrize("law", [Normal(2), Student(1, 1 / 8), Pareto(2, 1 / 8)], ids=name)
def test_the_farthest_uniforms_give_finite_values(law):
    ends = [2.0**-53, 0.5 - 2.0**-53, 0.5 + 2.0**-53, 1 - 2.0**-53]
    pairs = np.asarray([[[u, v]] for u in ends for v in ends])
    assert np.isfinite(law.transform(np, pairs)).all()


def test_importing_the_streams_does_not_import_numba():
    program = "import convlab.streams, sys; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("law", [Uniform(1), Normal(1), Rademacher(1), TwoPoint(1, 0.2)], ids=str)
def test_a_quadrature_has_the_mean_and_the_variance_of_its_law(law):
    points, weights = law.quadrature(2)
    assert weights.sum() == pytest.approx(1)
    assert weights @ points == pytest.approx(law.mean)
    assert weights @ (points - law.mean) ** 2 == pytest.approx(law.variance)
    points, weights = law.quadrature(1)
    assert (points, weights) == (pytest.approx([law.mean]), pytest.approx([1]))


def test_a_law_of_two_points_is_its_quadrature():
    points, weights = TwoPoint(1, 0.2).quadrature(2)
    assert points == pytest.approx([2, -0.5])
    assert weights == pytest.approx([0.2, 0.8])


def test_the_sets_of_a_subset_are_equally_likely():
    values, probabilities = Subset(4, 2).unordered()
    assert values.tolist() == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
    assert probabilities == pytest.approx(np.full(6, 1 / 6))
