"""Systems of linear equations of which a random one is seen at each step."""

import math
from typing import Any

import numpy as np

from convlab.assumption import Assumption
from convlab.vocabulary import Array, absolute, exp, norm, sqnorm

__all__ = [
    "mean_square_stable",
    "normal_system",
    "random_system",
    "scalar_system",
    "signed_system",
]

_LETTERS = {
    "A_k": "the random matrix, or number, that step k sees",
    "b_k": "the random vector, or number, that step k sees",
    r"\bar A": "the mean of $A_k$",
    r"\bar b": "the mean of $b_k$",
    r"x^\star": "the solution of the mean system",
}

random_system = Assumption(
    "random_system",
    ("x_star",),
    statement=r"\mathbb{E} A_k = \bar A, \quad \mathbb{E} b_k = \bar b, \quad "
    r"\bar A x^\star = \bar b",
    test=lambda oracle, x, rng: (
        norm(oracle.random_field(x, rng)) ** 2,
        1e-9 + oracle.second_moment(x) + 0 * norm(x),
    ),
    expected=True,
    letters=_LETTERS,
)
"""Independent A_k, b_k with known means and covariances; tested by the second moment of the field.

The oracle has the ``mean`` of A_k, ``moved(x)``, the list of the M_j x, where A_k is the mean and
the sum of the M_j times independent variates of variance one, and the ``covariance`` of
A_k x* - b_k.
"""

scalar_system = Assumption(
    "scalar_system",
    ("a", "s", "sigma"),
    r"\mathbb{E} A_k = a, \quad \operatorname{Var} A_k = s^2, \quad "
    r"\mathbb{E} b_k = 0, \quad \operatorname{Var} b_k = \sigma^2",
    test=lambda oracle, x, rng, a, s, sigma: (
        sqnorm(oracle.random_field(x, rng)),
        (a * a + s * s) * sqnorm(x) + sigma**2,
    ),
    expected=True,
    letters=_LETTERS,
)
"""Numbers A_k and b_k, independent of each other; the solution is 0."""


def _standard(oracle: Any, x: Array, rng: Any, a: Any, s: Any, sigma: Any) -> Array:
    """A_k x - b_k less its mean, over its standard deviation."""
    return (oracle.random_field(x, rng) - a * x) / (s * s * x * x + sigma**2 + 1e-300) ** 0.5


normal_system = Assumption(
    "normal_system",
    ("a", "s", "sigma"),
    r"A_k \sim \mathcal{N}(a, s^2), \quad b_k \sim \mathcal{N}(0, \sigma^2)",
    test=lambda oracle, x, rng, a, s, sigma: (
        _bell(_standard(oracle, x, rng, a, s, sigma)),
        math.sqrt(0.125) + 0 * norm(x),
    ),
    expected=True,
    implies=lambda a, s, sigma: (scalar_system(a, s, sigma),),
    letters=_LETTERS,
)
"""Numbers A_k and b_k, normal and independent of each other; the solution is 0.

Tested by E z^2 exp(-z^2/2), which is 8^(-1/2) for a standard normal z, and more for a sign.
"""


def _bell(z: Array) -> Array:
    return z * z * exp(-0.5 * z * z)


signed_system = Assumption(
    "signed_system",
    ("a", "s", "sigma"),
    r"\mathbb{P}(A_k = a - s) = \mathbb{P}(A_k = a + s) = \tfrac12, \quad "
    r"b_k \sim \mathcal{N}(0, \sigma^2)",
    test=lambda oracle, x, rng: (
        absolute(absolute(oracle.coefficients(rng, 1)) - 1.0) + 0 * norm(x),
        0 * norm(x),
    ),
    implies=lambda a, s, sigma: (scalar_system(a, s, sigma),),
    letters=_LETTERS,
)
"""A_k takes two values with equal probability, and b_k is normal; the solution is 0."""


def _multiplied(oracle: Any, eta: float) -> float:
    """The spectral radius of the map of S to E (I - eta A_k) S (I - eta A_k)^T."""
    mean, parts = (np.asarray(v, dtype=float) for v in (oracle.mean, oracle.parts))
    d = len(mean)
    step = np.eye(d) - eta * mean
    moved = sum(np.kron(M, M) for M in parts.reshape(-1, d, d))
    return float(np.abs(np.linalg.eigvals(np.kron(step, step) + eta**2 * moved)).max())


mean_square_stable = Assumption(
    "mean_square_stable",
    ("h",),
    r"S \mapsto \mathbb{E} (I - \eta A_k) S (I - \eta A_k)^\top "
    r"\text{ has spectral radius below 1 for } 0 < \eta < h",
    test=lambda oracle, x, h: (
        max(_multiplied(oracle, share * h) for share in (0.01, 0.5, 0.999)) + 0 * norm(x),
        1.0 + 0 * norm(x),
    ),
    smaller=("h",),
    letters=_LETTERS | {"S": "a symmetric matrix"},
)
"""Steps shorter than h shrink second moments, where there is no other noise than that of A_k."""
