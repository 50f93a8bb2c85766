"""Factorizations of small matrices, as generated kernels call them.

A function takes the flat array in which its matrix lies, the place where it begins, sizes, and the
array and place of its result, behind which there is room to work in. It allocates nothing, depends
on no library and fuses no operations, so its bits are the same everywhere. A matrix that has no
factorization gives NaN.
"""

import math

import numpy as np
from numba import njit

__all__ = ["cholesky", "eigh", "lu", "qr", "substituted", "svd"]

_function = njit(error_model="numpy", fastmath=False, cache=True, nogil=True)
"""Without ``fastmath=False`` they would take over the options of the kernel that calls them."""

_SWEEPS = 60
"""Rotations converge quadratically: more sweeps than this are never needed."""
_SMALL = 2.0**-53


@_function
def _matrix(flat, start, m, n):
    return flat[start : start + m * n].reshape(m, n)


@_function
def _turned(x, y, diagonal, off):
    """Rotate two rows by the angle that makes the form (0, off; off, diagonal) diagonal."""
    slope = diagonal / (2 * off)
    t = math.copysign(1.0, slope) / (abs(slope) + math.sqrt(1 + slope * slope))
    c = 1 / math.sqrt(1 + t * t)
    for r in range(len(x)):
        x[r], y[r] = c * (x[r] - t * y[r]), c * (t * x[r] + y[r])


@_function
def _sorted(keys, X, Y):
    """Bring keys into descending order, and rows of X and Y with them."""
    for i in range(len(keys)):
        best = i + np.argmax(keys[i:])
        if best != i:
            keys[i], keys[best] = keys[best], keys[i]
            for Z in (X, Y):
                for c in range(Z.shape[1]):
                    Z[i, c], Z[best, c] = Z[best, c], Z[i, c]


@_function
def lu(A, a, m, n, o, s):
    """L below and U above the diagonal, (n, n), then the rows with which rows were exchanged."""
    F, exchanged = _matrix(o, s, n, n), o[s + n * n : s + n * n + n]
    F[:] = _matrix(A, a, n, n)
    for j in range(n):
        best = j
        for i in range(j + 1, n):
            if abs(F[i, j]) > abs(F[best, j]):
                best = i
        exchanged[j] = best
        for c in range(n):
            F[j, c], F[best, c] = F[best, c], F[j, c]
        if F[j, j] == 0.0:
            F[:] = np.nan
        for i in range(j + 1, n):
            F[i, j] /= F[j, j]
            for c in range(j + 1, n):
                F[i, c] -= F[i, j] * F[j, c]


@_function
def substituted(F, f, B, b, n, m, o, s):
    """The (n, m) solutions for right-hand sides B, from what :func:`lu` gives."""
    factors, exchanged = _matrix(F, f, n, n), F[f + n * n : f + n * n + n]
    X = _matrix(o, s, n, m)
    X[:] = _matrix(B, b, n, m)
    for j in range(n):
        other = int(exchanged[j])
        for c in range(m):
            X[j, c], X[other, c] = X[other, c], X[j, c]
    for i in range(n):
        for j in range(i):
            for c in range(m):
                X[i, c] -= factors[i, j] * X[j, c]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            for c in range(m):
                X[i, c] -= factors[i, j] * X[j, c]
        for c in range(m):
            X[i, c] /= factors[i, i]


@_function
def cholesky(A, a, m, n, o, s):
    """The lower triangular factor, (n, n)."""
    given, L = _matrix(A, a, n, n), _matrix(o, s, n, n)
    L[:] = 0.0
    for j in range(n):
        for i in range(j, n):
            total = given[i, j]
            for c in range(j):
                total -= L[i, c] * L[j, c]
            if i > j:
                L[i, j] = total / L[j, j]
            elif total > 0.0:
                L[j, j] = math.sqrt(total)
            else:
                L[:] = np.nan


@_function
def eigh(A, a, m, n, o, s):
    """Eigenvalues, ascending, then eigenvectors as columns, (n, n): Jacobi's rotations."""
    given, W = _matrix(A, a, n, n), _matrix(o, s + n + n * n, n, n)
    values, vectors = o[s : s + n], _matrix(o, s + n, n, n)
    rows = _matrix(o, s + n + 2 * n * n, n, n)
    rows[:] = 0.0
    scale = 0.0
    for i in range(n):
        rows[i, i] = 1.0
        for j in range(n):
            W[i, j] = given[max(i, j), min(i, j)]
            scale += W[i, j] * W[i, j]
    turning = scale < np.inf
    if not turning:
        W[:] = np.nan
    for _ in range(_SWEEPS):
        if not turning:
            break
        turning = False
        for i in range(n - 1):
            for j in range(i + 1, n):
                off, difference = W[i, j], W[j, j] - W[i, i]
                if abs(off) > 0.1 * _SMALL * math.sqrt(scale):
                    turning = True
                    _turned(W[i], W[j], difference, off)
                    _turned(W[:, i], W[:, j], difference, off)
                    _turned(rows[i], rows[j], difference, off)
                    W[i, j] = W[j, i] = 0.0
    for i in range(n):
        values[i] = -W[i, i]
    _sorted(values, rows, W)
    for i in range(n):
        values[i] = -values[i]
        vectors[:, i] = rows[i]


@_function
def svd(A, a, m, n, o, s):
    """``U`` (m, p), singular values, descending, (p,), ``V^T`` (p, n): one-sided Jacobi.

    Columns of the matrix, or of its transpose if that is tall, are turned until orthogonal.
    """
    p, tall = min(m, n), max(m, n)
    given = _matrix(A, a, m, n)
    U, values = _matrix(o, s, m, p), o[s + m * p : s + m * p + p]
    V = _matrix(o, s + m * p + p, p, n)
    work = s + m * p + p + p * n
    columns, turns = _matrix(o, work, p, tall), _matrix(o, work + p * tall, p, p)
    columns[:] = given.T if m >= n else given
    turns[:] = 0.0
    for i in range(p):
        turns[i, i] = 1.0
    turning = np.sum(columns * columns) < np.inf
    if not turning:
        columns[:] = np.nan
    for _ in range(_SWEEPS):
        if not turning:
            break
        turning = False
        for i in range(p - 1):
            for j in range(i + 1, p):
                x, y = columns[i], columns[j]
                xx, yy, xy = _dot(x, x), _dot(y, y), _dot(x, y)
                if abs(xy) > 4 * _SMALL * math.sqrt(xx * yy):
                    turning = True
                    _turned(x, y, yy - xx, xy)
                    _turned(turns[i], turns[j], yy - xx, xy)
    for i in range(p):
        values[i] = math.sqrt(_dot(columns[i], columns[i]))
    _sorted(values, columns, turns)
    for i in range(p):
        _normalize(columns, i, values[i], tall * _SMALL * values[0])
    for i in range(p):
        U[:, i] = columns[i] if m >= n else turns[i]
        V[i] = turns[i] if m >= n else columns[i]


@_function
def _dot(x, y):
    total = 0.0
    for r in range(len(x)):
        total += x[r] * y[r]
    return total


@_function
def _normalize(rows, i, length, least):
    """Make row i a unit vector; if it is no longer than ``least``, one orthogonal to those above.

    Then use the unit vector with the largest residual after projection.
    """
    row = rows[i]
    if not length <= least:
        row /= length
        return
    best, most = 0, -1.0
    for c in range(len(row)):
        left = 1.0
        for j in range(i):
            left -= rows[j, c] * rows[j, c]
        if left > most:
            best, most = c, left
    row[:] = 0.0
    row[best] = 1.0
    for _ in range(2):
        for j in range(i):
            row -= _dot(row, rows[j]) * rows[j]
    row /= math.sqrt(_dot(row, row))


@_function
def qr(A, a, m, n, o, s):
    """``Q`` (m, p), ``R`` (p, n), by Householder's reflections."""
    p = min(m, n)
    Q, R, W = _matrix(o, s, m, p), _matrix(o, s + m * p, p, n), _matrix(o, s + (m + n) * p, m, n)
    W[:] = _matrix(A, a, m, n)
    R[:] = 0.0
    Q[:] = 0.0
    for j in range(p):
        Q[j, j] = 1.0
        length = math.sqrt(_dot(W[j:, j], W[j:, j]))
        W[j, j] += math.copysign(length, W[j, j])
        for c in range(j + 1, n):
            _reflected(W[j:, c], W[j:, j])
        R[j, j] = -math.copysign(length, W[j, j])
        R[j, j + 1 :] = W[j, j + 1 :]
    for j in range(p - 1, -1, -1):
        for c in range(j, p):
            _reflected(Q[j:, c], W[j:, j])


@_function
def _reflected(x, v):
    """Reflect ``x`` in the plane orthogonal to ``v``."""
    square = _dot(v, v)
    if square > 0.0:
        factor = 2 * _dot(v, x) / square
        for r in range(len(x)):
            x[r] -= factor * v[r]
