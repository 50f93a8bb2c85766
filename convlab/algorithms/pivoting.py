"""Factorizations that treat a random pair of rows and columns of a definite matrix at a time.

The state is the matrix A, symmetric and positive definite. A step chooses a pair i, j and puts
S^T A S in the place of A, where S differs from the identity in the rows and columns i and j only,
and makes the new entry a_ij zero. With a rotation this is the Jacobi eigenvalue algorithm; with a
triangular S it is Gauss elimination and, as A = X^T X for a matrix X with columns x_1, ..., x_n,
the Gram-Schmidt procedure on the columns.
"""

from convlab.algorithm import Point, algorithm
from convlab.streams import subset
from convlab.vocabulary import (
    absolute,
    cos,
    diag,
    diagonal,
    inner,
    matmul,
    matvec,
    maximum,
    row,
    sin,
    sqrt,
    transpose,
    where,
)

__all__ = [
    "jacobi_rotation",
    "random_elimination",
    "random_jacobi",
    "random_whitening",
    "unit_vectors",
]


def _identity(A):
    return diag(1 + 0 * diagonal(A))


def unit_vectors(A, *indices):
    """The unit vectors (R, n) of indices (R, 1)."""
    return tuple(row(_identity(A), i)[:, 0, :] for i in indices)


def _pair(rng, A):
    """Unit vectors of two different indices."""
    ij = subset(rng, A.shape[-1], 2)
    return unit_vectors(A, ij[:, :1], ij[:, 1:])


def _block(A, e, f):
    """The entries of A, each (R, 1), in the rows and columns of the unit vectors."""
    return inner(e, matvec(A, e)), inner(e, matvec(A, f)), inner(f, matvec(A, f))


def _congruence(A, e, f, block):
    """S^T A S, where S is the block ((a, b), (c, d)) in the rows and columns of e and f."""
    (a, b), (c, d) = block
    first, second = (a - 1) * e + c * f, b * e + (d - 1) * f
    S = _identity(A) + first[:, :, None] * e[:, None, :] + second[:, :, None] * f[:, None, :]
    return Point(matmul(transpose(S), matmul(A, S)))


def jacobi_rotation(A, e, f):
    """S^T A S with the rotation S by at most pi/4 that makes the entry of e and f zero."""
    a, b, c = _block(A, e, f)
    gap = c - a
    longest = absolute(gap) + sqrt(gap * gap + 4 * b * b)
    tangent = where(gap < 0, -2.0, 2.0) * b / maximum(longest, 1e-300)
    cosine = 1 / sqrt(1 + tangent * tangent)
    sine = tangent * cosine
    return _congruence(A, e, f, ((cosine, sine), (-sine, cosine)))


@algorithm
def random_jacobi(s, oracle, rng):
    r"""Jacobi's method with random pivots, :math:`x_{k+1} = S_k^\top x_k S_k`, where :math:`S_k` is
    the rotation that makes the entry :math:`a_{ij}` of :math:`x_k` zero, for i, j uniform among all
    pairs.

    C. G. J. Jacobi (1846); I. Detherage and R. Shah, *A unified perspective on orthogonalization
    and diagonalization* (2025).
    """
    return jacobi_rotation(s.x, *_pair(rng, s.x))


@algorithm
def random_elimination(s, oracle, rng, *, share=1):
    r"""Elimination of random pairs, :math:`x_{k+1} = S_k^\top x_k S_k`, where :math:`S_k` subtracts
    :math:`a_{ij}/a_{ii}` times row and column i, multiplied by ``share``, from row and column j,
    for i, j uniform among all pairs, and :math:`a_{ij}` are the entries of :math:`x_k`.

    This is Gram-Schmidt on two columns. Detherage and Shah (2025).
    """
    e, f = _pair(rng, s.x)
    a, b, _ = _block(s.x, e, f)
    return _congruence(s.x, e, f, ((1.0, -share * b / a), (0.0, 1.0)))


@algorithm
def random_whitening(s, oracle, rng, *, turn):
    r"""Whitening of random pairs, :math:`x_{k+1} = S_k^\top x_k S_k`, where :math:`S_k` makes the
    block of :math:`x_k` in rows and columns i and j the identity, for i, j uniform among all pairs.
    What this leaves open is a rotation by the angle ``turn``.

    It may depend on k; 0 is Gram-Schmidt with normalization. Detherage and Shah (2025).
    """
    e, f = _pair(rng, s.x)
    a, b, c = _block(s.x, e, f)
    first, below = sqrt(a), b / sqrt(a)
    second = sqrt(c - below * below)
    corner, x = -below / (first * second), turn + 0 * a
    p, q = cos(x), sin(x)
    block = ((p / first - q * corner, q / first + p * corner), (-q / second, p / second))
    return _congruence(s.x, e, f, block)
