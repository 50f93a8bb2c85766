"""Words for matrices: systems, factorizations, diagonals.

A matrix is ``(R, m, n)``, one per replicate, or ``(m, n)``, shared. What a factorization leaves
open is fixed, so that every array library gives the same factors: diagonals are positive, and the
sign of a singular vector or eigenvector is that which makes its inner product with the vector of
entries 1/(j + sqrt 2), j = 0, 1, ..., positive. A matrix that has no factorization (singular, not
positive definite, not finite) gives NaN, and the other replicates what they would give alone.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from convlab.vocabulary.words import Array, namespace, total, transpose, where

__all__ = [
    "cholesky",
    "diag",
    "diagonal",
    "eigh",
    "polar",
    "qr",
    "solve",
    "svd",
    "trace",
]


def solve(A: Array, b: Array) -> Array:
    """The solution of ``A x = b``: A is ``(n, n)``, shared, or ``(R, n, n)``.

    b is ``(R, n)``, or ``(R, n, m)`` for m right-hand sides; so is x.
    """
    if b.ndim == 2:
        if A.ndim == 2:
            return transpose(_sound(lambda M: namespace(M).linalg.solve(M, transpose(b)), A))
        return solve(A, b[..., None])[..., 0]
    return _sound(lambda M, c: namespace(M).linalg.solve(M, c), A, b)


def cholesky(A: Array) -> Array:
    """The lower triangular L with positive diagonal and ``L L^T = A``, symmetric and definite."""
    return _sound(lambda M: namespace(M).linalg.cholesky(M), A)


def eigh(A: Array) -> tuple[Array, Array]:
    """Eigenvalues ``(R, n)``, ascending, and eigenvectors, columns of ``(R, n, n)``; A symmetric.

    Of A, only the lower triangle is read.
    """
    values, vectors = _sound(lambda M: tuple(namespace(M).linalg.eigh(M)), A)
    return values, vectors * _signs(vectors)


def svd(A: Array) -> tuple[Array, Array, Array]:
    """``A = U diag(s) V^T``: U ``(R, m, p)``, s ``(R, p)``, descending, V ``(R, n, p)``.

    p is the smaller of m and n. The columns of U have the sign that this module prescribes. Columns
    of equal singular values, and those of U or V where s is 0, are not unique.
    """
    U, s, W = _sound(lambda M: tuple(namespace(M).linalg.svd(M, full_matrices=False)), A)
    signs = _signs(U)
    return U * signs, s, transpose(W) * signs


def qr(A: Array) -> tuple[Array, Array]:
    """``A = Q R``: Q ``(R, m, p)`` with orthonormal columns, R ``(R, p, n)`` upper triangular.

    p is the smaller of m and n. The diagonal of R is positive; A must have rank p.
    """
    Q, R = _sound(lambda M: tuple(namespace(M).linalg.qr(M)), A)
    signs = where(diagonal(R) < 0, -1.0, 1.0)
    return Q * signs[..., None, :], R * signs[..., :, None]


def polar(A: Array) -> Array:
    """The orthogonal polar factor ``U V^T`` of ``A = U diag(s) V^T``, shape of A.

    Only columns with s > 0 enter: where A is short of rank, a partial isometry. Singular values
    below the rounding of the largest count as 0.
    """
    U, s, V = svd(A)
    least = max(A.shape[-2:]) * namespace(A).finfo(A.dtype).eps * s[..., :1]
    return (U * where(s > least, 1.0, 0.0 * s)[..., None, :]) @ transpose(V)


def diag(x: Array) -> Array:
    """Matrices with the vectors ``x`` ``(R, n)`` as diagonals, and 0 elsewhere: ``(R, n, n)``."""
    at = namespace(x).arange(x.shape[-1])
    return where(at[:, None] == at[None, :], x[..., None, :], 0.0 * x[..., None, :])


def diagonal(A: Array) -> Array:
    """The diagonals of matrices: ``(R, m, n) -> (R, p)``, p the smaller of m and n."""
    *batch, m, n = A.shape
    flat = namespace(A).reshape(A, (*batch, m * n))
    return flat[..., : (min(m, n) - 1) * (n + 1) + 1 : n + 1]


def trace(A: Array) -> Array:
    """The sums of the diagonals: ``(R, n, n) -> (R, 1)``."""
    return total(diagonal(A))


def _signs(V: Array) -> Array:
    """For each column the sign, -1 or 1, that the convention wants it multiplied by: (R, 1, n)."""
    xp = namespace(V)
    weights = 1.0 / (xp.astype(xp.arange(V.shape[-2]), xp.float64) + math.sqrt(2))
    return where(transpose(total(transpose(V) * weights)) < 0, -1.0, 1.0)


def _sound(function: Callable, A: Array, *others: Array) -> Any:
    """``function(A, *others)``, an array or a tuple, NaN for matrices A on which it fails."""
    try:
        return function(A, *others)
    except np.linalg.LinAlgError:
        pass
    xp, (*batch, m, n) = namespace(A), A.shape
    each = xp.reshape(A, (-1, m, n))
    failed = [
        _fails(function, each[i : i + 1, ...], *(b[:1, ...] for b in others))
        for i in range(each.shape[0])
    ]
    failed = xp.reshape(xp.asarray(failed), tuple(batch))
    sound = xp.where(failed[..., None, None], xp.eye(m, n, dtype=A.dtype), A)
    found = function(sound, *others)

    def marked(part: Array) -> Array:
        mask = xp.reshape(failed, (*batch, *(1,) * (part.ndim - len(batch))))
        return xp.where(mask, xp.asarray(math.nan, dtype=part.dtype), part)

    return tuple(map(marked, found)) if isinstance(found, tuple) else marked(found)


def _fails(function: Callable, *arrays: Array) -> bool:
    try:
        function(*arrays)
    except np.linalg.LinAlgError:
        return True
    return False
