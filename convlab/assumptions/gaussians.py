"""Densities exp(-V), and Gaussians that approximate them."""

from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import (
    Array,
    absolute,
    amax,
    eigh,
    flat,
    matmul,
    maximum,
    split,
    transpose,
)

__all__ = ["gaussian_target", "log_concave", "log_smooth"]

_LETTERS = {
    "V": "the potential of the target",
    r"p^\star": "the target, the law with density proportional to $e^{-V}$",
    "W_2": "the Wasserstein distance",
    "x_k": "the normal law after k steps",
    "S_0": "the covariance of $x_0$",
    "S": "the covariance of $x_k$",
}

log_smooth = Assumption(
    "log_smooth",
    ("L",),
    r"-L I \preceq \nabla^2 V \preceq L I",
    test=lambda oracle, x, L: (
        amax(absolute(eigh(oracle.mean_hessian(x))[0])),
        L + 0 * x[:, 0, :1],
    ),
    larger=("L",),
    letters=_LETTERS | {"L": "largest curvature of the potential"},
)
"""The potential V of the target has a Lipschitz gradient."""

log_concave = Assumption(
    "log_concave",
    ("mu",),
    r"\nabla^2 V \succeq \mu I,\ \mu \ge 0",
    test=lambda oracle, x, mu: (mu - eigh(oracle.mean_hessian(x))[0][:, :1], 0 * x[:, 0, :1]),
    smaller=("mu",),
    letters=_LETTERS | {r"\mu": "smallest curvature of the potential"},
)
"""The potential V of the target is mu-strongly convex, or convex where mu is 0."""


def _gaussian_target(oracle: Any, x: Array, y: Array, start: Array) -> tuple[Array, Array]:
    P, S = oracle.mean_hessian(x), split(start, start.shape[-2])[0]
    product = matmul(P, S)
    wrong = amax(absolute(flat(P - oracle.mean_hessian(y))))
    wrong = wrong + amax(absolute(flat(product - transpose(product))))
    # The eigenvalues of P S, which commute, are at most 1.
    largest = eigh(0.5 * (product + transpose(product)))[0][:, -1:]
    return wrong + maximum(largest - 1, 0.0), 1e-9 + 0 * largest


gaussian_target = Assumption(
    "gaussian_target",
    statement=r"\nabla^2 V \text{ is constant, and commutes with } S_0 \preceq (\nabla^2 V)^{-1}",
    test=_gaussian_target,
    letters=_LETTERS,
)
"""The target is Gaussian; the first covariance commutes with its own, and is not larger."""
