"""Words for matrices: the laws of the factorizations, on every array library and in 50 digits."""

import numpy as np
import pytest

from convlab import precise
from convlab.engine.backends import to_numpy, xp_of
from convlab.streams import Stream, permutation
from convlab.vocabulary import (
    cholesky,
    diag,
    diagonal,
    eigh,
    element,
    matmul,
    polar,
    qr,
    reshape,
    solve,
    svd,
    trace,
    transpose,
)

SHAPES = [(1, 1), (3, 3), (5, 2), (2, 5)]


def matrices(m, n, R=4, seed=0):
    return np.random.default_rng([seed, m, n]).standard_normal((R, m, n))


def definite(n, R=4):
    A = matrices(n, n, R)
    return A @ np.swapaxes(A, 1, 2) + 0.1 * np.eye(n)


def on(xp, *arrays):
    return [xp.asarray(a) for a in arrays]


def same(got, expected, digits=1e-12):
    np.testing.assert_allclose(np.asarray(to_numpy(got), dtype=float), expected, digits, digits)


@pytest.fixture
def xp(backend):
    return xp_of(backend)


@pytest.mark.parametrize(("m", "n"), SHAPES)
def test_singular_values_compose_the_matrix(xp, m, n):
    (A,) = on(xp, matrices(m, n))
    U, s, V = svd(A)
    p = min(m, n)
    assert (U.shape, s.shape, V.shape) == ((4, m, p), (4, p), (4, n, p))
    same(matmul(U, matmul(diag(s), transpose(V))), matrices(m, n))
    same(matmul(transpose(U), U), np.broadcast_to(np.eye(p), (4, p, p)))
    same(matmul(transpose(V), V), np.broadcast_to(np.eye(p), (4, p, p)))
    assert (np.diff(np.asarray(to_numpy(s), dtype=float), axis=-1) <= 0).all()


@pytest.mark.parametrize(("m", "n"), SHAPES)
def test_qr_has_a_positive_diagonal(xp, m, n):
    (A,) = on(xp, matrices(m, n))
    Q, R = qr(A)
    p = min(m, n)
    same(matmul(Q, R), matrices(m, n))
    same(matmul(transpose(Q), Q), np.broadcast_to(np.eye(p), (4, p, p)))
    triangle = np.asarray(to_numpy(R), dtype=float)
    same(np.tril(triangle, -1), np.zeros_like(triangle))
    assert (np.diagonal(triangle, axis1=1, axis2=2) > 0).all()


def test_cholesky_and_eigenvalues_of_symmetric_matrices(xp):
    (A,) = on(xp, definite(4))
    lower = cholesky(A)
    same(matmul(lower, transpose(lower)), definite(4))
    values, vectors = eigh(A)
    same(matmul(vectors, matmul(diag(values), transpose(vectors))), definite(4))
    assert (np.diff(np.asarray(to_numpy(values), dtype=float), axis=-1) >= 0).all()


def test_signs_do_not_depend_on_the_library(xp):
    tied = np.array([[[2.0, 1.0], [1.0, 2.0]], [[0.0, -3.0], [-3.0, 0.0]]])
    (A,) = on(xp, tied)
    h = np.sqrt(0.5)
    same(eigh(A)[1][0, ...], [[h, h], [-h, h]])
    same(svd(on(xp, tied[1:] + np.diag([1.0, 2.0]))[0])[0], svd(tied[1:] + np.diag([1.0, 2.0]))[0])
    for factor, expected in zip(qr(A), qr(tied), strict=True):
        same(factor, expected)


@pytest.mark.parametrize(("m", "n"), SHAPES)
def test_the_polar_factor_is_the_nearest_orthogonal_matrix(xp, m, n):
    (A,) = on(xp, matrices(m, n))
    W = polar(A)
    tall = W if m >= n else transpose(W)
    same(matmul(transpose(tall), tall), np.broadcast_to(np.eye(min(m, n)), (4, *[min(m, n)] * 2)))
    H = matmul(transpose(W), A) if m >= n else matmul(A, transpose(W))
    same(H, np.swapaxes(np.asarray(to_numpy(H), dtype=float), 1, 2))
    assert (np.linalg.eigvalsh(np.asarray(to_numpy(H), dtype=float)) > 0).all()


def test_the_polar_factor_of_a_matrix_short_of_rank_is_a_partial_isometry(xp):
    u, v = np.array([3.0, 4.0]), np.array([1.0, 2.0, 2.0])
    (A,) = on(xp, np.stack([np.outer(u, v), np.zeros((2, 3))]))
    same(polar(A), np.stack([np.outer(u, v) / 15, np.zeros((2, 3))]))


@pytest.mark.filterwarnings("ignore:invalid value")
def test_the_polar_factor_of_a_matrix_that_is_not_finite_is_not_a_number():
    assert np.isnan(polar(np.array([[[np.inf, 0.0], [0.0, 1.0]]]))).all()


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("shape", [(4, 3), (4, 3, 2)])
def test_solve(xp, shared, shape):
    A = definite(3)[0] if shared else matrices(3, 3)
    b = np.random.default_rng(5).standard_normal(shape)
    x = solve(*on(xp, A, b))
    assert x.shape == shape
    back = A @ np.asarray(to_numpy(x), dtype=float).reshape(4, 3, -1)
    same(back.reshape(shape), b)


def test_solve_is_exact_to_fifty_digits():
    A, b = np.array([[[3.0, 1.0], [1.0, 3.0]]]), np.array([[1.0, 0.0]])
    x = solve(*on(precise, A, b))
    assert abs(x[0, 0] - precise.mp.mpf(3) / 8) < precise.mp.mpf(10) ** -48


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_matrix_without_a_factorization_gives_nan_and_spoils_no_other(xp):
    good, singular = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([[1.0, 1.0], [1.0, 1.0]])
    broken = np.array([[np.nan, 0.0], [0.0, 1.0]])
    A, b = on(xp, np.stack([good, singular]), np.ones((2, 2)))
    x = np.asarray(to_numpy(solve(A, b)), dtype=float)
    np.testing.assert_allclose(x[0], [1 / 3, 1 / 3])
    assert not np.isfinite(x[1]).any()
    lower = np.asarray(to_numpy(cholesky(on(xp, np.stack([good, -good]))[0])), dtype=float)
    np.testing.assert_allclose(lower[0] @ lower[0].T, good)
    assert np.isnan(lower[1]).any()
    values = np.asarray(to_numpy(eigh(on(xp, np.stack([good, broken]))[0])[0]), dtype=float)
    np.testing.assert_allclose(values[0], [1, 3])
    assert np.isnan(values[1]).any()
    W = np.asarray(to_numpy(polar(on(xp, np.stack([good, broken]))[0])), dtype=float)
    np.testing.assert_allclose(W[0], np.eye(2), atol=1e-12)
    assert np.isnan(W[1]).any()
    shared = solve(*on(xp, singular, np.ones((3, 2))))
    assert not np.isfinite(np.asarray(to_numpy(shared), dtype=float)).any()


def test_shapes_diagonals_and_traces(xp):
    (A,) = on(xp, matrices(3, 4))
    same(diagonal(A), np.diagonal(matrices(3, 4), axis1=1, axis2=2))
    same(trace(A), np.trace(matrices(3, 4), axis1=1, axis2=2)[:, None])
    same(reshape(A, (6, 2)), matrices(3, 4).reshape(4, 6, 2))
    same(reshape(reshape(A, (-1,)), (3, 4)), matrices(3, 4))
    x = matrices(3, 4)[:, 0]
    same(diag(on(xp, x)[0]), x[:, :, None] * np.eye(4))


def test_a_permutation_is_read_entry_by_entry(xp):
    if xp is precise:
        xp = np
    order = permutation(Stream(3, range(50), xp).at(7), 6)
    entries = to_numpy(order)
    np.testing.assert_array_equal(np.sort(entries, axis=1), np.tile(np.arange(6), (50, 1)))
    assert len({tuple(e) for e in entries}) > 40
    np.testing.assert_array_equal(to_numpy(element(order, 2)), entries[:, 2:3])
    back = element(order, xp.argsort(order, axis=1))
    np.testing.assert_array_equal(to_numpy(back), np.tile(np.arange(6), (50, 1)))
