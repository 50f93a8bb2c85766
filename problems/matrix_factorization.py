"""Low-rank matrices recovered from their entries, or from few measurements, by their factors."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    aligned_start,
    bounded_below,
    factorization,
    fully_observed,
    generic_start,
    imbalanced_start,
    sensing,
    two_factors,
)
from convlab.family import between, choice, family
from convlab.problem import Problem
from convlab.streams import normal
from convlab.vocabulary import (
    Array,
    flat,
    matmul,
    matvec,
    reshape,
    rmatvec,
    sqnorm,
    transpose,
)

__all__ = [
    "Factorization",
    "Sensing",
    "aligned_factorization",
    "asymmetric_factorization",
    "imbalanced_factorization",
    "matrix_sensing",
    "symmetric_factorization",
]

Rank = Annotated[int, between(1, 3)]
Excess = Annotated[int, between(0, 6)]
Kappa = Annotated[float, between(1.0, 4.0)]


class Factorization(NamedTuple):
    """f(x) = |B (x x^T - M)|^2 / 4, where B keeps the observed blocks.

    Symmetric: x is the factor, and everything is observed. Asymmetric: x = [F; G] is stacked, and
    the blocks F G^T and G F^T are observed, so that f = |F G^T - M_12|^2 / 2. ``observed`` is 1
    on the blocks, and ``left`` 1 on the rows of F; the columns of ``growing`` span the directions
    that grow from a small start, the eigenvectors of M with positive eigenvalues.
    """

    target: Array
    observed: Array
    left: Array
    growing: Array

    def residual(self, x):
        """B (x x^T - M): (R, n, p) -> (R, n, n)."""
        return self.observed * matmul(x, transpose(x)) - self.target

    def seen(self, x):
        """The same, as what a list of measurements sees: (R, n, p) -> (R, n, n)."""
        return self.residual(x)

    def value(self, x):
        """(R, n, p) -> (R, 1)."""
        return sqnorm(flat(self.residual(x))) / 4

    def gradient(self, x):
        """(R, n, p) -> (R, n, p)."""
        return matmul(self.residual(x), x)


class Sensing(NamedTuple):
    """f(x) = |A (x x^T - M)|^2 / 4, A a list of symmetric matrices, rows of ``measurements``.

    The columns of ``growing`` span the range of M.
    """

    target: Array
    measurements: Array
    growing: Array

    def residual(self, x):
        """x x^T - M: (R, n, p) -> (R, n, n)."""
        return matmul(x, transpose(x)) - self.target

    def seen(self, x):
        """A^* A (x x^T - M): (R, n, p) -> (R, n, n)."""
        n = self.target.shape[0]
        return reshape(rmatvec(self.measurements, self._measured(x)), (n, n))

    def _measured(self, x):
        return matvec(self.measurements, flat(self.residual(x)))

    def value(self, x):
        """(R, n, p) -> (R, 1)."""
        return sqnorm(self._measured(x)) / 4

    def gradient(self, x):
        """(R, n, p) -> (R, n, p)."""
        return matmul(self.seen(x), x)


def _spectrum(r, kappa):
    return np.geomspace(1.0, 1 / kappa, r) if r > 1 else np.ones(1)


def _orthogonal(rng, n):
    return np.linalg.qr(rng.normal(size=(n, n)))[0]


def _planted(rng, n, r, kappa):
    """A random positive semidefinite matrix of rank r with largest eigenvalue 1."""
    Q = _orthogonal(rng, n)[:, :r]
    M = (Q * _spectrum(r, kappa)) @ Q.T
    return (M + M.T) / 2


def _constants(r, p, kappa):
    return factorization(
        r,
        p,
        Certificate(1.0, "prescribed", 1e-14),
        Certificate(1 / kappa if r > 1 else 1.0, "prescribed", 1e-14),
    )


def _gaussian(n, p, scale):
    """A start with entries of variance scale^2/n."""

    def start(rng, R):
        return scale * normal(rng, n * p).reshape(R, n, p) / np.sqrt(n)

    return start


def _growing(M):
    values, vectors = np.linalg.eigh(M)
    return vectors[:, values > 1e-9]


def _factorization(M, observed, left):
    return Factorization(M, observed, left, _growing(M))


def _seen(r, p, kappa):
    """What is declared of a symmetric factorization with all entries seen."""
    return [_constants(r, p, kappa), fully_observed(), sensing(1.0), bounded_below(0.0)]


def _symmetric(M):
    n = len(M)
    return _factorization(M, np.ones((n, n)), np.ones((n, 1)))


def _stacked(M):
    n, m = M.shape
    off = np.block([[np.zeros((n, n)), np.ones((n, m))], [np.ones((m, n)), np.zeros((m, m))]])
    both = np.block([[np.zeros((n, n)), M], [M.T, np.zeros((m, m))]])
    return _factorization(both, off, np.concatenate([np.ones((n, 1)), np.zeros((m, 1))]))


@family
def symmetric_factorization(
    rng,
    *,
    n: Annotated[int, between(6, 20)] = 20,
    r: Rank = 2,
    excess: Excess = 1,
    kappa: Kappa = 2.0,
    scale: Annotated[float, between(0.3, 0.8)] = 0.5,
):
    """x x^T = M of rank r, x with ``excess`` columns more than it needs, from a Gaussian start."""
    return Problem(
        oracle=_symmetric(_planted(rng, n, r, kappa)),
        declares=[*_seen(r, r + excess, kappa), generic_start()],
        start=_gaussian(n, r + excess, scale),
    )


@family
def aligned_factorization(
    rng,
    *,
    r: Rank = 2,
    excess: Excess = 2,
    kappa: Kappa = 2.0,
    scale: Annotated[float, between(0.1, 1.0)] = 0.5,
    idle: Annotated[int, between(0, 1)] = 0,
):
    """The same from ``scale`` times the identity, in coordinates in which M is diagonal.

    Every singular value goes its own way: x <- x (1 - eta (x^2 - lambda)), lambda = 0 for the
    spare ones. The last ``idle`` columns start at 0, and stay there; where none is spare, x misses
    a part of M.
    """
    p = r + excess
    lam = np.concatenate([_spectrum(r, kappa), np.zeros(p - r + 1)])
    return Problem(
        oracle=_symmetric(np.diag(lam)),
        declares=[
            *_seen(r, p, kappa),
            *([] if idle else [generic_start()]),
            *([] if idle or not excess else [aligned_start(scale**2)]),
        ],
        start=scale * np.eye(p + 1, p) * (np.arange(p) < p - idle),
    )


@family
def asymmetric_factorization(
    rng,
    *,
    n: Annotated[int, between(8, 16)] = 12,
    r: Rank = 2,
    excess: Annotated[int, between(1, 2)] = 1,
    kappa: Kappa = 2.0,
    scale: Annotated[float, between(0.1, 0.4)] = 0.3,
):
    """F G^T = M from F Gaussian of size ``scale`` and G Gaussian of a third of it, stacked.

    The Gaussians are drawn with the problem: only their size depends on ``scale``.
    """
    p, scales = r + excess, np.repeat([scale, scale / 3], n)
    J = rng.normal(size=(2 * n, p)) / np.sqrt(n)
    return Problem(
        oracle=_stacked(_planted(rng, n, r, kappa)),
        declares=[
            _constants(r, p, kappa),
            two_factors(),
            generic_start(),
            bounded_below(0.0),
        ],
        start=scales[:, None] * J,
    )


@family
def imbalanced_factorization(
    rng,
    *,
    r: Rank = 2,
    excess: Annotated[int, between(1, 6)] = 2,
    kappa: Kappa = 2.0,
    scale: Annotated[float, between(0.01, 0.5)] = 0.3,
    balanced: Annotated[bool, choice(False, True)] = False,
    missed: Annotated[int, between(0, 1)] = 0,
):
    """The same, diagonal, from F_0 = scale I and G_0 a third of it; ``balanced``: from F_0 = G_0.

    Every pair of singular values goes its own way: f <- f - eta (f g - lambda) g, and likewise g.
    The first ``missed`` columns start at 0, and stay there, so that a part of M is not learned.
    """
    p = r + excess
    M = np.diag(np.concatenate([_spectrum(r, kappa), np.zeros(p - r + 1)]))
    J = scale * np.eye(p + 1, p) * (np.arange(p) >= missed)
    return Problem(
        oracle=_stacked(M),
        declares=[
            _constants(r, p, kappa),
            two_factors(),
            bounded_below(0.0),
            *([] if missed else [generic_start()]),
            *([] if balanced or missed else [imbalanced_start(scale)]),
        ],
        start=np.concatenate([J, J if balanced else J / 3]),
    )


@family
def matrix_sensing(
    rng,
    *,
    n: Annotated[int, between(5, 8)] = 6,
    r: Annotated[int, between(1, 2)] = 1,
    excess: Annotated[int, between(0, 2)] = 1,
    oversampling: Annotated[int, between(3, 8)] = 4,
    scale: Annotated[float, between(0.3, 0.8)] = 0.5,
):
    """x x^T = M seen through Gaussian measurements, ``oversampling`` n p of them.

    The start is an orthonormal frame times ``scale``, drawn with the problem. The measurements are
    symmetrized and scaled so that E |A(Y)|^2 = |Y|^2 for symmetric Y.
    """
    p, m = r + excess, oversampling * n * (r + excess)
    A = rng.normal(size=(m, n, n)) / np.sqrt(m)
    A = ((A + A.transpose(0, 2, 1)) / 2).reshape(m, n * n)
    b = float(np.linalg.norm(A, 2)) ** 2
    M = _planted(rng, n, r, 1.0)
    return Problem(
        oracle=Sensing(M, A, _growing(M)),
        declares=[
            _constants(r, p, 1.0),
            sensing(Certificate(b, "a singular value", 1e-12 * b)),
            generic_start(),
            bounded_below(0.0),
        ],
        start=scale * _orthogonal(rng, n)[:, :p],
    )
