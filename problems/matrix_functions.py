"""Functions of a matrix whose smoothness is known in the spectral norm."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    bounded_variance,
    convex,
    hessian_spectral,
    max_smooth,
    skewed_noise,
    smooth,
    spectral_smooth,
)
from convlab.family import between, choice, family
from convlab.problem import Problem
from convlab.streams import normal, two_point
from convlab.vocabulary import (
    Array,
    absolute,
    cos,
    flat,
    inner,
    matmul,
    maximum,
    minimum,
    reshape,
    sin,
    sqnorm,
    total,
    where,
)

__all__ = [
    "EntrywiseCosine",
    "EntrywiseHuber",
    "MatrixQuadratic",
    "SkewedQuadratic",
    "entrywise_cosine",
    "entrywise_huber",
    "hadamard_quadratic",
    "lopsided_quadratic",
    "matrix_quadratic",
    "skewed_quadratic",
]

Size = Annotated[int, between(1, 4)]


class MatrixQuadratic(NamedTuple):
    """f(x) = <x - x*, A (x - x*) B> / 2, with Gaussian noise of second moment sigma^2."""

    A: Array
    B: Array
    center: Array
    sigma: float = 0.0

    def value(self, x):
        """(R, m, n) -> (R, 1)."""
        return 0.5 * inner(flat(x - self.center), flat(self.gradient(x)))

    def gradient(self, x):
        """(R, m, n) -> (R, m, n)."""
        return matmul(matmul(self.A, x - self.center), self.B)

    def hessian_vector(self, x, v):
        """(R, m, n), (R, m, n) -> (R, m, n)."""
        return matmul(matmul(self.A, v), self.B)

    def stochastic_gradient(self, x, rng):
        """(R, m, n) -> (R, m, n), random."""
        m, n = self.center.shape
        noise = reshape(normal(rng, m * n), (m, n))
        return self.gradient(x) + self.sigma / (m * n) ** 0.5 * noise


def _definite(rng, size, kappa):
    spectrum = np.geomspace(1 / kappa, 1.0, size) if size > 1 else np.ones(1)
    Q = np.linalg.qr(rng.normal(size=(size, size)))[0]
    A = (Q * spectrum) @ Q.T
    return (A + A.T) / 2, spectrum[::-1]


@family
def matrix_quadratic(
    rng,
    *,
    m: Size = 3,
    n: Size = 2,
    kappa: Annotated[float, between(1.0, 20.0)] = 5.0,
    radius: Annotated[float, between(0.5, 5.0)] = 2.0,
    sigma: Annotated[float, between(0.0, 5.0)] = 0.0,
):
    """A quadratic with Hessian Z -> A Z B, from a Gaussian start drawn with the problem.

    The nuclear norm of A Z B is at most the sum over i of sigma_i(A) sigma_i(B) times the spectral
    norm of Z: R. A. Horn and C. R. Johnson, *Topics in Matrix Analysis* (1991), theorem 3.3.14.
    Equality holds where Z maps the eigenvectors of B to those of A.
    """
    (A, a), (B, b) = _definite(rng, m, kappa), _definite(rng, n, kappa)
    r, center = min(m, n), rng.normal(size=(m, n))
    return Problem(
        oracle=MatrixQuadratic(A, B, center, sigma),
        declares=[
            convex(),
            smooth(Certificate(a[0] * b[0], "largest eigenvalues, prescribed", 1e-14)),
            spectral_smooth(Certificate(a[:r] @ b[:r], "sum of products of eigenvalues", 1e-14)),
            hessian_spectral(0.0),
            bounded_variance(sigma),
            attained(0.0, center),
        ],
        start=center + radius * rng.normal(size=(m, n)),
    )


@family
def hadamard_quadratic(
    rng,
    *,
    size: Annotated[int, choice(1, 2, 4)] = 2,
    radius: Annotated[float, between(0.01, 5.0, log=True)] = 1.0,
    sigma: Annotated[float, between(0.0, 5.0)] = 0.0,
):
    """|x|^2 / 2 from a Hadamard matrix times ``radius``, the slowest start in several norms.

    All entries of the start are of one size, and all of its singular values: the trust-region
    step for the largest entry, for the spectral and for the Euclidean norm is along the start.
    """
    H = np.array([[1.0]])
    while len(H) < size:
        H = np.block([[H, H], [H, -H]])
    zero = np.zeros((size, size))
    return Problem(
        oracle=MatrixQuadratic(np.eye(size), np.eye(size), zero, sigma),
        declares=[
            convex(),
            smooth(1.0),
            spectral_smooth(float(size)),
            max_smooth(float(size * size)),
            hessian_spectral(0.0),
            bounded_variance(sigma),
            attained(0.0, zero),
        ],
        start=radius * H,
    )


@family
def lopsided_quadratic(rng, *, ratio: Annotated[float, between(1e-4, 1.0, log=True)] = 0.5):
    """|x|^2 / 2 of a matrix with two rows and columns, from singular values 1 and ``ratio``."""
    (U, V), zero = np.linalg.qr(rng.normal(size=(2, 2, 2)))[0], np.zeros((2, 2))
    return Problem(
        oracle=MatrixQuadratic(np.eye(2), np.eye(2), zero),
        declares=[
            convex(),
            smooth(1.0),
            spectral_smooth(2.0),
            hessian_spectral(0.0),
            bounded_variance(0.0),
            attained(0.0, zero),
        ],
        start=(U * np.array([1.0, ratio])) @ V.T,
    )


class EntrywiseCosine(NamedTuple):
    """f(x) = sum over the entries of 1 - cos, with Gaussian noise of second moment sigma^2."""

    sigma: float

    def value(self, x):
        """(R, m, n) -> (R, 1)."""
        return total(1 - cos(flat(x)))

    def gradient(self, x):
        """(R, m, n) -> (R, m, n)."""
        return sin(x)

    def hessian_vector(self, x, v):
        """(R, m, n), (R, m, n) -> (R, m, n)."""
        return cos(x) * v

    def stochastic_gradient(self, x, rng):
        """(R, m, n) -> (R, m, n), random."""
        m, n = x.shape[-2:]
        return sin(x) + self.sigma / (m * n) ** 0.5 * reshape(normal(rng, m * n), (m, n))


@family
def entrywise_cosine(
    rng, *, m: Size = 3, n: Size = 3, sigma: Annotated[float, between(0.0, 5.0)] = 0.0
):
    """A lattice of minima and saddle points, from a point near a maximum: nonconvex.

    The constant in the spectral norm is the Euclidean one times the smaller of m and n, for the
    nuclear norm is at most the root of that times the Euclidean, and this at most the root times
    the spectral. The third derivative brings in the root once more, and the error of the gradient's
    first-order expansion is at most half the square entry by entry.
    """
    r = min(m, n)
    return Problem(
        oracle=EntrywiseCosine(sigma),
        declares=[
            smooth(1.0),
            spectral_smooth(Certificate(float(r), "between the norms")),
            max_smooth(float(m * n)),
            hessian_spectral(Certificate(r**1.5, "between the norms")),
            bounded_variance(sigma),
            attained(0.0, np.zeros((m, n))),
        ],
        start=3.0 + 0.1 * rng.normal(size=(m, n)),
    )


class EntrywiseHuber(NamedTuple):
    """f(x) = sum of Huber functions of the entries of x - x*: curvature 1 up to ``width``."""

    center: Array
    width: float

    def value(self, x):
        """(R, m, n) -> (R, 1)."""
        r = absolute(flat(x - self.center))
        outside = self.width * (r - 0.5 * self.width)
        return total(where(r <= self.width, 0.5 * r * r, outside))

    def gradient(self, x):
        """(R, m, n) -> (R, m, n)."""
        return maximum(minimum(x - self.center, self.width), -self.width)


@family
def entrywise_huber(
    rng,
    *,
    n: Size = 1,
    width: Annotated[float, between(0.05, 1.0)] = 0.1,
):
    """From -x* a long slope to the minimizer x* with entries 1/2: convex, and nearly linear."""
    center = np.full((n, n), 0.5)
    return Problem(
        oracle=EntrywiseHuber(center, width),
        declares=[
            convex(),
            smooth(1.0),
            spectral_smooth(Certificate(float(n), "between the norms")),
            max_smooth(float(n * n)),
            attained(0.0, center),
        ],
        start=-center,
    )


class SkewedQuadratic(NamedTuple):
    """f(x) = |x|^2 / 2, with noise along one orthogonal matrix: a two-point law of mean 0."""

    direction: Array
    size: float
    p: float

    def value(self, x):
        """(R, n, n) -> (R, 1)."""
        return 0.5 * sqnorm(flat(x))

    def gradient(self, x):
        """(R, n, n) -> (R, n, n)."""
        return x

    def hessian_vector(self, x, v):
        """(R, n, n), (R, n, n) -> (R, n, n)."""
        return v

    def stochastic_gradient(self, x, rng):
        """(R, n, n) -> (R, n, n), random."""
        return x + self.size * reshape(two_point(rng, 1, self.p), (1, 1)) * self.direction


@family
def skewed_quadratic(
    rng,
    *,
    n: Size = 2,
    p: Annotated[float, between(0.05, 0.5)] = 0.1,
    sigma: Annotated[float, between(0.5, 2.0)] = 1.0,
):
    """|x|^2 / 2 from its minimizer, with noise whose mean is 0 and whose median is not.

    The noise is sigma sqrt((1 - p)/p) J with probability p, else -sigma sqrt(p/(1 - p)) J, where J
    is orthogonal: the polar factor of the stochastic gradient at 0 is -J in most draws.
    """
    zero = np.zeros((n, n))
    J = np.linalg.qr(rng.normal(size=(n, n)))[0]
    return Problem(
        oracle=SkewedQuadratic(J, sigma, p),
        declares=[
            convex(),
            smooth(1.0),
            spectral_smooth(float(n)),
            hessian_spectral(0.0),
            bounded_variance(sigma * np.sqrt(n)),
            skewed_noise(sigma * np.sqrt(p / (1 - p))),
            attained(0.0, zero),
        ],
        start=zero,
    )
