"""Factorizations in CUDA kernels, run on the CPU, against the other engines."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_compiled import close
from test_compiled_operations import (
    bowl,
    of_size_one,
    orthogonalized,
    shared,
    spectral,
    systems,
)

from convlab.algorithm import Point, algorithm
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained
from convlab.engine import run
from convlab.metrics import distance, metric
from convlab.problem import Problem
from convlab.vocabulary import (
    cholesky,
    concat,
    eigh,
    polar,
    qr,
    reshape,
    solve,
    svd,
    total,
    transpose,
)
from problems.quadratics import quadratic

WORDS = {
    "solve": lambda A: (solve(A, A[:, :, 0] ** 2), solve(A, transpose(A))),
    "cholesky": lambda A: (cholesky(A),),
    "eigh": eigh,
    "svd": svd,
    "qr": qr,
    "polar": lambda A: (polar(A),),
}
SQUARE = ("solve", "cholesky", "eigh")
LONG = 17
"""The matrices of so many rows lie in memory of the device."""


class Zero(NamedTuple):
    """f(x) = 0."""

    def value(self, x):
        return 0.0 * total(x)


def factors(word, matrices, engine):
    """What a word gives for each of the matrices: one row of all factors, computed by a step."""
    R, m, n = matrices.shape
    seen = []

    @metric("entries", "X")
    def entries(s, oracle):
        seen.append(np.array(s.x[:, m * n :]))
        return s.x[:, :1]

    @algorithm
    def factorizing(s, oracle):
        found = WORDS[word](reshape(s.x[:, : m * n], (m, n)))
        flat = [reshape(f, (int(np.prod(f.shape[1:])),)) for f in found]
        return Point(concat(s.x[:, : m * n], *flat))

    size = sum(f[0].size for f in WORDS[word](matrices[:1]))
    start = np.concatenate([matrices.reshape(R, m * n), np.zeros((R, size))], axis=1)
    options = {"iterations": 1, "grid": [1], "replicates": R, "metrics": [entries]}
    zero = Problem(Zero(), [attained(0.0, np.zeros(start.shape[1]))])
    trace = run(factorizing(), zero, start=start, engine=engine, **options)
    assert (trace.engine, trace.note) == (engine, "")
    return seen[-1]


def symmetric(matrices):
    """Positive definite matrices of the same size."""
    turned = matrices.transpose(0, 2, 1)
    return matrices @ turned + 0.1 * np.eye(matrices.shape[1])


def given_to(word, matrices):
    """The matrices, or symmetric ones where the word wants them."""
    return symmetric(matrices) if word in ("cholesky", "eigh") else matrices


def same(word, found, compiled):
    """The bits of the compiled engine; but a polar factor is a product, whose sums may be fused."""
    digits = {"rtol": 1e-13, "atol": 1e-15} if word == "polar" else {"rtol": 0}
    np.testing.assert_allclose(found, compiled, **digits)


SHAPES = [(1, 1), (2, 2), (5, 5), (LONG, LONG), (6, 3), (3, 6), (1, 4)]
CASES = [(word, m, n) for word in WORDS for m, n in SHAPES if m == n or word not in SQUARE]


@pytest.mark.parametrize(("word", "m", "n"), CASES)
def test_factors_are_those_of_the_other_engines(on_cpu, word, m, n):
    matrices = given_to(word, np.random.default_rng(0).normal(size=(4, m, n)))
    found = factors(word, matrices, "cuda")
    close(found, factors(word, matrices, "eager"), 1e-10)
    same(word, found, factors(word, matrices, "compiled"))


UNSOUND = {
    "zero": np.zeros((3, 3)),
    "singular": np.ones((3, 3)),
    "of rank two": np.array([[1.0, 2.0, 3.0], [2.0, 1.0, 3.0], [3.0, 3.0, 6.0]]),
    "indefinite": np.diag([1.0, -2.0, 3.0]),
    "indefinite at last": np.diag([1.0, 2.0, -3.0]),
    "not a number": np.array([[2.0, 1.0, 0.0], [1.0, np.nan, 0.0], [0.0, 0.0, 1.0]]),
    "infinite": np.diag([1.0, np.inf, 1.0]),
    "huge": np.diag([1e200, 1.0, 1.0]),
    "with equal singular values": np.eye(3)[[1, 2, 0]],
}
NO_FACTORIZATION = {
    "solve": ("zero", "singular"),
    "cholesky": ("zero", "singular", "indefinite", "indefinite at last"),
}


@pytest.mark.parametrize("word", WORDS)
def test_matrices_without_a_factorization_give_nan(on_cpu, word):
    matrices = np.array(list(UNSOUND.values()))
    found = factors(word, matrices, "cuda")
    same(word, found, factors(word, matrices, "compiled"))
    rows = dict(zip(UNSOUND, found, strict=True))
    assert np.isnan(rows["not a number"]).any()
    eager = dict(zip(UNSOUND, factors(word, matrices, "eager"), strict=True))
    for name in NO_FACTORIZATION.get(word, ()):
        assert np.isnan(rows[name]).all(), name
        assert np.isnan(eager[name]).all(), name


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32), m=st.integers(1, 6), n=st.integers(1, 6), rank=st.integers(0, 6))
def test_factors_make_up_the_matrix(on_cpu, seed, m, n, rank):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(2, m, rank)) @ rng.normal(size=(2, rank, n))
    p = min(m, n)
    for word, lengths in (("svd", (m * p, p, n * p)), ("qr", (m * p, p * n))):
        parts = np.split(factors(word, A, "cuda"), np.cumsum(lengths)[:-1], axis=1)
        left = parts[0].reshape(2, m, p)
        right = parts[-1].reshape(2, n, p).mT * parts[1][..., None] if word == "svd" else parts[1]
        np.testing.assert_allclose(left @ right.reshape(2, p, n), A, atol=1e-12)
        if word == "svd" or rank >= p:
            np.testing.assert_allclose(left.mT @ left, np.tile(np.eye(p), (2, 1, 1)), atol=1e-12)


@pytest.mark.parametrize("replicates", [1, 40])
@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (orthogonalized, quadratic(d=6)),
        (systems, quadratic(d=6)),
        (spectral, quadratic(d=6)),
        (shared, bowl),
        (of_size_one, bowl),
    ],
    ids=lambda value: value.name,
)
def test_steps_with_factorizations(on_cpu, step, problem, replicates):
    options = {"iterations": 60, "replicates": replicates, "metrics": [distance]}
    eager = run(step(eta=0.05), problem, engine="eager", **options)
    found = run(step(eta=0.05), problem, engine="cuda", **options)
    assert (found.engine, found.note) == ("cuda", "")
    close(found.values["distance"], eager.values["distance"], 1e-11)


def test_only_kernels_that_factorize_carry_the_functions_for_it(on_cpu):
    with on_cpu.texts_only() as texts:
        for method in (systems(eta=0.1), gradient_descent(eta=0.1)):
            run(method, quadratic(d=6), iterations=0, engine="cuda")
    assert ["Jacobi" in text for text in texts] == [True, False]
