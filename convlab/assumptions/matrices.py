"""Functions of a matrix: smooth in norms that are not Euclidean, factorizations of a target."""

from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import (
    Array,
    absolute,
    amax,
    diag,
    diagonal,
    eigh,
    flat,
    inner,
    matmul,
    maximum,
    minimum,
    norm,
    sqnorm,
    svd,
    total,
    trace,
    transpose,
    where,
)

__all__ = [
    "aligned_start",
    "factorization",
    "fully_observed",
    "generic_start",
    "hessian_spectral",
    "imbalanced_start",
    "max_smooth",
    "sensing",
    "skewed_noise",
    "spectral_smooth",
    "two_factors",
]

_SIZES = {"m": "the number of rows", "n": "the number of columns"}
_LETTERS = {
    "M": "the target, a matrix",
    r"\sigma_1": "largest singular value",
    r"\sigma_r": "singular value r",
    "E": "the error of the product of the factors",
    "E_i": "the error after i steps",
    "A": "the map from a matrix to the measurements of it",
    "A^*": "the adjoint of A",
    r"\sigma_{r+1}": "singular value r + 1",
    "p": "number of columns of x",
    "r": "rank of M",
    r"\lambda_{\max}": "largest singular value of M",
    r"\lambda_{\min}": "smallest nonzero singular value of M",
    "F": "the first factor",
    "G": "the second factor",
    "F_0": "the first factor at the start",
    "G_0": "the second factor at the start",
    "J": "the rectangular identity, rotated to the bases of M",
}

spectral_smooth = Assumption(
    "spectral_smooth",
    ("L_spectral",),
    r"\|\nabla f(x) - \nabla f(y)\|_* \le L \|x - y\|_{\mathrm{op}}",
    test=lambda oracle, x, y, L_spectral: (
        total(svd(oracle.gradient(x) - oracle.gradient(y))[1]),
        L_spectral * amax(svd(x - y)[1]),
    ),
    larger=("L_spectral",),
    tex={"L_spectral": "L"},
    letters=_SIZES,
)
"""The gradient is Lipschitz from the spectral norm to its dual, the nuclear norm."""

max_smooth = Assumption(
    "max_smooth",
    ("L_max_norm",),
    r"\|\nabla f(x) - \nabla f(y)\|_1 \le L \|x - y\|_\infty",
    test=lambda oracle, x, y, L_max_norm: (
        total(absolute(flat(oracle.gradient(x) - oracle.gradient(y)))),
        L_max_norm * amax(absolute(flat(x - y))),
    ),
    larger=("L_max_norm",),
    tex={"L_max_norm": "L"},
    letters=_SIZES,
)
"""The gradient is Lipschitz from the largest entry to the sum of all, in absolute value."""

hessian_spectral = Assumption(
    "hessian_spectral",
    ("H_spectral",),
    r"\|\nabla f(y) - \nabla f(x) - \nabla^2 f(x) (y - x)\|_* "
    r"\le \tfrac{H}{2} \|y - x\|_{\mathrm{op}}^2",
    test=lambda oracle, x, y, H_spectral: (
        total(svd(oracle.gradient(y) - oracle.gradient(x) - oracle.hessian_vector(x, y - x))[1]),
        0.5 * H_spectral * amax(svd(y - x)[1]) ** 2
        + 1e-10 * (1 + norm(flat(oracle.gradient(x))) + norm(flat(y - x))),
    ),
    larger=("H_spectral",),
    tex={"H_spectral": "H"},
)
"""The Hessian is Lipschitz, the gradient measured in the nuclear and x in the spectral norm."""

skewed_noise = Assumption(
    "skewed_noise",
    ("bias",),
    r"g(x, \xi) = \nabla f(x) + \xi J,\ J \text{ orthogonal},\ \mathrm{median}(\xi) = -b",
    letters={
        "J": "an orthogonal matrix",
        r"\xi": "a random number of mean 0",
        "b": "minus the median of the noise",
    },
    tex={"bias": "b"},
)
"""The noise is a random multiple of one orthogonal matrix J, of mean 0 and median -b."""


def _factorization(oracle: Any, x: Array, r: Any, p: Any, lambda_max: Any, lambda_min: Any) -> Any:
    values = eigh(0.0 - oracle.residual(0 * x))[0]
    positive = values > 1e-9 * lambda_max
    wrong = absolute(total(where(positive, 1.0, 0.0)) - r) + abs(x.shape[-1] - p)
    least = 0.0 - amax(where(positive, 0.0 - values, -2.0 * lambda_max))
    wrong = wrong + absolute(amax(values) / lambda_max - 1) + absolute(least / lambda_min - 1)
    return wrong, 1e-9 + 0 * wrong


def _away(oracle: Any, x: Array, seen: Any) -> Array:
    """How far, in relative terms, the gradient is from seen(x) x."""
    expected = matmul(seen(x), x)
    return norm(flat(oracle.gradient(x) - expected)) / (1 + norm(flat(expected)))


def _indefinite(oracle: Any, x: Array) -> Array:
    """By how much M has a negative eigenvalue."""
    return maximum(amax(eigh(oracle.residual(0 * x))[0]), 0.0)


def _fully_observed(oracle: Any, x: Array) -> tuple[Array, Array]:
    def seen(x: Array) -> Array:
        return matmul(x, transpose(x)) + oracle.residual(0 * x)

    wrong = _away(oracle, x, seen) + _indefinite(oracle, x)
    return wrong, 1e-9 + 0 * wrong


def _sensing(oracle: Any, x: Array, y: Array, b: Any) -> tuple[Array, Array]:
    z = (x - y) / norm(flat(x - y))[:, None]  # far apart, where x are near one another
    E, seen = flat(oracle.residual(z)), flat(oracle.seen(z))
    excess = inner(E, seen) / (b * sqnorm(E) + 1e-300) - 1
    wrong = _away(oracle, x, oracle.seen) + _indefinite(oracle, x) + maximum(excess, 0.0)
    return wrong, 1e-9 + 0 * wrong


def _two_factors(oracle: Any, x: Array) -> tuple[Array, Array]:
    def seen(x: Array) -> Array:
        F = oracle.left * x
        product = matmul(F, transpose(x - F))
        return product + transpose(product) + oracle.residual(0 * x)

    wrong = _away(oracle, x, seen)
    return wrong, 1e-9 + 0 * wrong


def _generic(oracle: Any, start: Array) -> tuple[Array, Array]:
    def least(x: Array) -> Array:
        return 0.0 - amax(0.0 - svd(x)[1])

    part = matmul(transpose(oracle.growing), start)
    return 1e-9 * amax(svd(start)[1]), minimum(least(start), least(part))


def _aligned(oracle: Any, start: Array, s: Any) -> tuple[Array, Array]:
    product, M = matmul(start, transpose(start)), 0.0 - oracle.residual(0 * start)
    P = matmul(oracle.growing, transpose(oracle.growing))
    spare = flat(product - matmul(P, product))
    count = min(start.shape[-2:]) - oracle.growing.shape[-1]
    wrong = norm(flat(matmul(product, M) - matmul(M, product)))
    wrong = wrong + absolute(trace(product - matmul(P, product)) / (count * s) - 1)
    wrong = wrong + absolute(sqnorm(spare) / (count * s**2) - 1)
    return wrong, 1e-9 + 0 * wrong


def _imbalanced(oracle: Any, start: Array, alpha_0: Any) -> tuple[Array, Array]:
    F, M = oracle.left * start / alpha_0, 0.0 - oracle.residual(0 * start)
    G = 3 * (start / alpha_0 - F)
    between = matmul(matmul(transpose(F), M), G)
    wrong = norm(flat(between - diag(diagonal(between))))
    wrong = wrong + absolute(2 * sqnorm(flat(between)) / sqnorm(flat(M)) - 1)
    for factor in (F, G):
        gram = matmul(transpose(factor), factor)
        wrong = wrong + norm(flat(gram - diag(1.0 + 0 * diagonal(gram))))
    return wrong, 1e-9 + 0 * wrong


factorization = Assumption(
    "factorization",
    ("r", "p", "lambda_max", "lambda_min"),
    r"x \text{ has } p \text{ columns}, \quad \operatorname{rank} M = r, \quad "
    r"\lambda_{\max} = \sigma_1(M), \quad \lambda_{\min} = \sigma_r(M)",
    test=_factorization,
    letters=_LETTERS,
)
"""The target M of rank r has singular values between the two; the factor x has p columns."""

fully_observed = Assumption(
    "fully_observed",
    statement=r"f(x) = \tfrac14 \|x x^\top - M\|_F^2, \quad M \succeq 0",
    test=_fully_observed,
    letters=_LETTERS,
)
"""A symmetric factorization: one factor x, and all entries of M = M^T count alike."""

sensing = Assumption(
    "sensing",
    ("b",),
    r"f(x) = \tfrac14 \|A(x x^\top - M)\|^2, \quad M \succeq 0, \quad "
    r"\|A(Y)\|^2 \le b \|Y\|_F^2 \text{ for } Y = Y^\top",
    test=_sensing,
    larger=("b",),
    letters=_LETTERS | {"Y": "any symmetric matrix"},
)
"""A symmetric factorization of a matrix of which linear measurements are seen."""

two_factors = Assumption(
    "two_factors",
    statement=r"x = [F; G], \quad f(x) = \tfrac12 \|F G^\top - M\|_F^2",
    test=_two_factors,
    letters=_LETTERS,
)
"""An asymmetric factorization: two factors, stacked in x, and all entries of M count alike."""

generic_start = Assumption(
    "generic_start",
    statement=r"x_0 \text{ has full rank, and } x_k \text{ goes to no saddle point of } f: "
    r"\text{true of almost every } x_0",
    test=_generic,
    letters=_LETTERS,
)
"""The start is none of a set of measure 0: of full rank, and not on the way to a saddle point."""

aligned_start = Assumption(
    "aligned_start",
    ("s",),
    r"x_0 \text{ has the singular vectors of } M, \text{ and } s \text{ as further squared values}",
    test=_aligned,
    letters=_LETTERS,
)
"""Target and start are diagonal in the same bases; spare squared singular values are s."""

imbalanced_start = Assumption(
    "imbalanced_start",
    ("alpha_0",),
    r"F_0 = \alpha_0 J,\ G_0 = \tfrac{1}{3} \alpha_0 J,\ J \text{ aligned with } M",
    test=_imbalanced,
    letters=_LETTERS,
)
"""The two factors are diagonal in the bases of the target, of sizes alpha_0 and alpha_0/3."""
