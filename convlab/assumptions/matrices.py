"""Functions of a matrix: smooth in norms that are not Euclidean, factorizations of a target."""

from convlab.assumption import Assumption
from convlab.vocabulary import absolute, amax, eigh, flat, norm, svd, total

__all__ = [
    "aligned_start",
    "factorization",
    "hessian_spectral",
    "imbalanced_start",
    "max_smooth",
    "skewed_noise",
    "spectral_smooth",
]

_SIZES = {"m": "the number of rows", "n": "the number of columns"}
_LETTERS = {
    "M": "the target, a matrix of rank r with singular values between $\\lambda_{\\min}$ and "
    "$\\lambda_{\\max}$",
    "E": "the error of the product of the factors",
    "E_i": "the error after i steps",
    "A": "the map from a matrix to the measurements of it",
    "A^*": "the adjoint of A",
    r"\sigma_{r+1}": "singular value r + 1",
    "p": "number of columns of x",
    "r": "rank of M",
    r"\lambda_{\max}": "largest singular value of M",
    r"\lambda_{\min}": "smallest singular value of M",
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

factorization = Assumption(
    "factorization",
    ("r", "p", "lambda_max", "lambda_min"),
    r"\nabla f(x) = E(x) x,\ E(x) = x x^\top - M \text{ on the observed blocks}",
    test=lambda oracle, x, lambda_max: (
        absolute(amax(eigh(-oracle.residual(0 * x))[0]) - lambda_max),
        1e-9 * lambda_max + 0 * oracle.value(x),
    ),
    letters=_LETTERS,
)
"""The target M of rank r has singular values between the two; the factor x has p columns."""

aligned_start = Assumption(
    "aligned_start",
    ("s",),
    r"x_0 \text{ has the singular vectors of } M, \text{ and } s \text{ as further squared values}",
    letters=_LETTERS,
)
"""Target and start are diagonal in the same bases; spare squared singular values are s."""

imbalanced_start = Assumption(
    "imbalanced_start",
    ("alpha_0",),
    r"F_0 = \alpha_0 J,\ G_0 = \tfrac{1}{3} \alpha_0 J,\ J \text{ aligned with } M",
    letters=_LETTERS,
)
"""The two factors are diagonal in the bases of the target, of sizes alpha_0 and alpha_0/3."""
