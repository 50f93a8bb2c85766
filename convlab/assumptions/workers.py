"""Distributed problems: f = (f_1 + ... + f_n) / n, and worker i holds f_i."""

from typing import Any

from convlab.assumption import Assumption
from convlab.assumptions.finite_sums import finite_sum, random_component
from convlab.assumptions.functions import smooth, strongly_convex
from convlab.vocabulary import Array, absolute, flat, mean, norm, row_mean, sqnorm, total, where

__all__ = [
    "distributed",
    "equal_bowls",
    "heterogeneous",
    "liars",
    "local_variance",
    "rare_features",
    "root_mean_square_smooth",
]


def _mean_of_workers(oracle: Any, x: Array) -> tuple[Array, Array]:
    exact = oracle.gradient(x)
    return (
        norm(row_mean(oracle.local_gradients(x[:, None, :])) - exact),
        1e-9 * (1 + norm(exact)),
    )


def _squared_change(oracle: Any, x: Array, y: Array, rng: Any) -> Array:
    i = random_component(oracle, rng)
    return sqnorm(oracle.sample_gradient(x, i) - oracle.sample_gradient(y, i))


def _rare(oracle: Any, x: Array, y: Array, share: float, support: float) -> tuple[Array, Array]:
    change = oracle.local_gradients(x[:, None, :]) - oracle.local_gradients(y[:, None, :])
    several = mean(total(where(absolute(change) > 0, 1.0 + 0.0 * change, 0.0))[..., 0]) > support
    size = mean(sqnorm(change)[..., 0])
    return where(several, 2.0 * size, sqnorm(row_mean(change))), share * size


def _mean_square(rows: Array) -> Array:
    return mean(sqnorm(rows)[..., 0])


def _node_noise(oracle: Any, x: Array, rng: Any) -> Array:
    at = x[:, None, :]
    return flat(oracle.local_stochastic_gradients(at, rng) - oracle.local_gradients(at))


def _bowls(oracle: Any, x: Array, y: Array, L: float) -> tuple[Array, Array]:
    change = oracle.local_gradients(x[:, None, :]) - oracle.local_gradients(y[:, None, :])
    return _mean_square(change - L * (x - y)[:, None, :]), 1e-18 * (1 + sqnorm(x) + sqnorm(y))


distributed = Assumption(
    "distributed",
    ("n",),
    r"f = \tfrac{1}{n} \sum_{i=1}^n f_i, \quad \text{worker } i \text{ holds } f_i",
    test=_mean_of_workers,
    implies=lambda n: (finite_sum(n),),
)
"""f is the mean of the functions of n workers."""

root_mean_square_smooth = Assumption(
    "root_mean_square_smooth",
    ("L_rms",),
    r"\tfrac{1}{n} \sum_{i=1}^n \|\nabla f_i(x) - \nabla f_i(y)\|^2 "
    r"\le L_{\mathrm{rms}}^2 \|x - y\|^2",
    test=lambda oracle, x, rng, L_rms: (
        _squared_change(oracle, x, 0 * x, rng),
        L_rms**2 * sqnorm(x),
    ),
    expected=True,
    larger=("L_rms",),
)
"""The smoothness constants of the workers have root mean square at most L_rms."""

rare_features = Assumption(
    "rare_features",
    ("share", "support"),
    r"f_i \text{ depends on at most } r \text{ coordinates, and at most } s n "
    r"\text{ of the } f_i \text{ on the same}",
    test=lambda oracle, x, y, share, support: _rare(oracle, x, y, share, support),
    larger=(
        "share",
        "support",
    ),
    tex={"share": "s", "support": "r"},
)
"""Every worker depends on few coordinates, and few workers on the same ones.

Tested through what follows from it for the changes v_i of the gradients: they have at most r
entries on average, and their mean v has |v|^2 <= s (|v_1|^2 + ... + |v_n|^2) / n.
"""

liars = Assumption(
    "liars",
    ("q",),
    r"q < n \text{ further nodes show each node whatever they like}",
    letters={"x_i": "the point of node i", r"\bar x": "the mean of the points of the honest nodes"},
)
"""Beside the n honest nodes there are q < n others, which know everything and need not tell it."""

heterogeneous = Assumption(
    "heterogeneous",
    ("heterogeneity",),
    r"\tfrac{1}{n} \sum_{i=1}^n \|\nabla f_i(x) - \nabla f(x)\|^2 \le \zeta^2",
    test=lambda oracle, x, heterogeneity: (
        _mean_square(oracle.local_gradients(x[:, None, :]) - oracle.gradient(x)[:, None, :]),
        heterogeneity**2 + 0 * norm(x),
    ),
    larger=("heterogeneity",),
    tex={"heterogeneity": r"\zeta"},
)
"""The gradients of the workers differ from their mean by at most zeta, in root mean square."""

equal_bowls = Assumption(
    "equal_bowls",
    ("L",),
    r"f_i(x) = \tfrac{L}{2} \|x - c_i\|^2",
    test=_bowls,
    implies=lambda L: (smooth(L), strongly_convex(L)),
    letters={"c_i": "the center of worker i"},
)
"""The functions of the workers are the same parabola around different points."""

local_variance = Assumption(
    "local_variance",
    ("sigma",),
    r"\mathbb{E}\, g_i(x, \xi) = \nabla f_i(x), \quad "
    r"\mathbb{E} \|g_i(x, \xi) - \nabla f_i(x)\|^2 \le \sigma^2 \quad \forall i, "
    r"\quad \text{the nodes' draws being independent}",
    test=lambda oracle, x, rng, sigma: (
        sqnorm(_node_noise(oracle, x, rng)) / oracle.n,
        sigma**2 + 0 * norm(x),
    ),
    expected=True,
    centered=lambda oracle, x, rng, sigma: (_node_noise(oracle, x, rng), 2, sigma * oracle.n**0.5),
    larger=("sigma",),
    letters={"g_i": "the stochastic gradient of node i"},
)
"""The stochastic gradients of the workers are unbiased, with independent noise of variance sigma^2.
"""
