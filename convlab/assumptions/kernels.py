"""Kernels of networks: what is assumed of the tangent kernel and of its limit."""

from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import Array, inner, matvec, sqnorm

__all__ = ["non_polynomial", "positive_definite_kernel", "tangent_kernel"]

_LETTERS = {
    "K": "the limit of the tangent kernel for wide networks, between the inputs",
    "v": "any vector",
    "y": "the labels",
    "f_k": "the outputs at the inputs after k steps",
    r"f^\infty_i": "the outputs after i steps of descent along the limit of the kernel",
    r"\Theta": "the tangent kernel at the start",
    r"\Theta_k": "the tangent kernel after k steps",
    r"\theta_j": "the part of neuron j in it",
    r"u_{\max}": "the eigenvector of K of its largest eigenvalue",
    r"u_{\min}": "the eigenvector of K of its smallest eigenvalue",
}


def _above_smallest_eigenvalue(oracle: Any, x: Array, mu: float) -> tuple[Array, Array]:
    v = x[:, :1] + 0.0 * oracle.limit[0]
    return mu * sqnorm(v), inner(v, matvec(oracle.limit, v))


tangent_kernel = Assumption(
    "tangent_kernel",
    ("m", "V"),
    r"\Theta = \tfrac1m \textstyle\sum_j \theta_j, \quad "
    r"\mathbb{E}\|\theta_j - \mathbb{E}\theta_j\|_F^2 = V",
    letters=_LETTERS,
)
"""The kernel at the start is the mean over m independent neurons, each of variance V."""

positive_definite_kernel = Assumption(
    "positive_definite_kernel",
    ("mu", "L"),
    r"\mu \|v\|^2 \le \langle K v, v \rangle \le L \|v\|^2",
    test=_above_smallest_eigenvalue,
    larger=("L",),
    smaller=("mu",),
    letters=_LETTERS,
)
"""The eigenvalues of the limit kernel between the inputs lie in [mu, L]."""

non_polynomial = Assumption("non_polynomial", letters=_LETTERS)
"""The activation is not a polynomial."""
