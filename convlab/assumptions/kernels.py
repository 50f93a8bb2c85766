"""Kernels of networks: what is assumed of the tangent kernel and of its limit."""

from typing import Any

import numpy as np

from convlab.assumption import Assumption
from convlab.vocabulary import Array, inner, matvec, sqnorm

__all__ = [
    "bounded_kernel",
    "non_polynomial",
    "positive_definite_kernel",
    "separated_inputs",
    "tangent_kernel",
]

_LETTERS = {
    "K": "the limit of the tangent kernel for wide networks, between the inputs",
    "v": "any vector",
    "y": "the labels",
    "f": "half the squared error of the outputs",
    "f_k": "the outputs at the inputs after k steps",
    "f_i": "the outputs at the inputs after i steps",
    "C": "the cost, half the squared error $\\tfrac12 \\|f_k - y\\|^2$",
    r"f^\infty_i": "the outputs after i steps of descent along the limit of the kernel",
    r"\Theta": "the tangent kernel at the start",
    r"\Theta_k": "the tangent kernel after k steps",
    r"\theta_j": "the part of neuron j in it",
    r"u_{\max}": "the eigenvector of K of its largest eigenvalue",
    r"u_{\min}": "the eigenvector of K of its smallest eigenvalue",
}
_OUTPUTS = {"x_k": "$f_k$, the outputs at the inputs", r"x^\star": "the labels y"}


def _vector(oracle: Any, x: Array) -> Array:
    """An (R, N) of the entries of a point, again from the first where they are too few."""
    N = oracle.limit.shape[-1]
    return x[:, [i % x.shape[1] for i in range(N)]]


def _above_smallest_eigenvalue(oracle: Any, x: Array, mu: float) -> tuple[Array, Array]:
    v = _vector(oracle, x)
    return mu * sqnorm(v), inner(v, matvec(oracle.limit, v))


def _below_largest_eigenvalue(oracle: Any, x: Array, L: float) -> tuple[Array, Array]:
    v = _vector(oracle, x)
    for _ in range(50):
        v = matvec(oracle.limit, v) / L
    return inner(v, matvec(oracle.limit, v)), L * sqnorm(v)


def _separation(oracle: Any, x: Array, theta: float) -> tuple[Array, Array]:
    cosines = oracle.inputs @ oracle.inputs.T
    N = len(cosines)
    pairs = cosines[np.triu_indices(N, 1)]
    off_sphere = float(np.abs(np.diag(cosines) - 1).max())
    left = off_sphere + (theta if N > 1 else 0.0)
    right = float(np.arccos(np.clip(pairs, -1, 1)).min()) if N > 1 else 0.0
    return np.full((len(x), 1), left), np.full((len(x), 1), right + 1e-7)


tangent_kernel = Assumption(
    "tangent_kernel",
    ("m", "V"),
    r"\Theta = \tfrac1m \textstyle\sum_j \theta_j, \quad "
    r"\mathbb{E}\|\theta_j - \mathbb{E}\theta_j\|_F^2 = V",
    letters=_LETTERS,
)
"""The kernel at the start is the mean over m independent neurons, each of variance V."""

bounded_kernel = Assumption(
    "bounded_kernel",
    ("L",),
    r"0 \le \langle K v, v \rangle \le L \|v\|^2",
    test=_below_largest_eigenvalue,
    larger=("L",),
    letters=_LETTERS | {"L": "a bound on the eigenvalues of K"},
)
"""The eigenvalues of the limit kernel between the inputs are at most L."""

positive_definite_kernel = Assumption(
    "positive_definite_kernel",
    ("mu", "L"),
    r"\mu \|v\|^2 \le \langle K v, v \rangle \le L \|v\|^2, \text{ with equality for some } v",
    test=_above_smallest_eigenvalue,
    implies=lambda mu, L: (bounded_kernel(L),),
    letters=_LETTERS
    | _OUTPUTS
    | {"mu": "the smallest eigenvalue of K", "L": "the largest eigenvalue of K"},
)
"""The eigenvalues of the limit kernel between the inputs lie in [mu, L], and both ends are there.

mu may be 0.
"""

separated_inputs = Assumption(
    "separated_inputs",
    ("theta",),
    r"\|z_i\| = 1, \quad \langle z_i, z_j \rangle \le \cos \theta \quad \text{for } i < j",
    test=_separation,
    smaller=("theta",),
    letters=_LETTERS | _OUTPUTS | {"z_i": "input i", "z_j": "input j"},
)
"""The inputs lie on the unit sphere, at angles of at least theta from each other."""

non_polynomial = Assumption(
    "non_polynomial",
    statement=r"\phi \text{ is not a polynomial}",
    letters=_LETTERS | {r"\phi": "the activation of the network whose kernel has the limit K"},
)
"""The activation is not a polynomial."""
