"""Functions: smooth, convex, with a minimum."""

from typing import Any

import numpy as np

from convlab.assumption import Assumption
from convlab.vocabulary import Array, flat, inner, norm, sqnorm

__all__ = [
    "attained",
    "bounded_below",
    "convex",
    "few_dimensions",
    "largest_curvature",
    "pl",
    "quadratic_objective",
    "quadratic_upper_bound",
    "smooth",
    "starts_steep",
    "strongly_convex",
]


def _above_tangent(oracle: Any, x: Array, y: Array, modulus: float) -> tuple[Array, Array]:
    tangent = oracle.value(x) + inner(flat(oracle.gradient(x)), flat(y - x))
    return tangent + 0.5 * modulus * sqnorm(flat(y - x)), oracle.value(y)


convex = Assumption(
    "convex",
    statement=r"f(x) + \langle \nabla f(x), y - x \rangle \le f(y)",
    test=lambda oracle, x, y: _above_tangent(oracle, x, y, 0.0),
)
"""The function lies above its tangents (subgradients, where it is not differentiable)."""

smooth = Assumption(
    "smooth",
    ("L",),
    r"\|\nabla f(x) - \nabla f(y)\| \le L \|x - y\|",
    test=lambda oracle, x, y, L: (
        norm(flat(oracle.gradient(x) - oracle.gradient(y))),
        L * norm(flat(x - y)),
    ),
    larger=("L",),
    letters={"L": "Lipschitz constant of the gradient"},
)
"""The gradient is Lipschitz with constant L."""


def _steepest(oracle: Any, x: Array, L: float) -> tuple[Array, Array]:
    """A small part of x - x*, and what the Hessian, over L, leaves of it when applied a lot."""
    v = x - oracle.x_star
    for _ in range(200):
        v = oracle.hessian_vector(x, v) / L
    return 1e-6 * norm(x - oracle.x_star), norm(v)


starts_steep = Assumption(
    "starts_steep",
    ("L",),
    r"\lambda_{\max}(\nabla^2 f) = L, \text{ and } |\langle x_0 - x^\star, v \rangle| > 0 "
    r"\text{ for some } v \text{ with } \nabla^2 f\, v = L v",
    test=_steepest,
    letters={r"\lambda_{\max}": "the largest eigenvalue", "v": "an eigenvector"},
)
"""L is the largest curvature of a quadratic, and x_0 - x_star has a part in its direction.

The test puts random points in the place of the start.
"""

quadratic_objective = Assumption(
    "quadratic_objective",
    statement=r"\nabla f \text{ is affine}",
    test=lambda oracle, x, y: (
        norm(oracle.gradient(x) - oracle.gradient(y) - oracle.hessian_vector(y, x - y)),
        1e-10 * (norm(oracle.gradient(x)) + norm(oracle.gradient(y))),
    ),
)
"""The Hessian is constant."""

few_dimensions = Assumption(
    "few_dimensions",
    ("d_max",),
    r"d \le d_{\max}",
    test=lambda oracle, x, d_max: (x.shape[-1] + 0 * norm(x), d_max + 0 * norm(x)),
    larger=("d_max",),
    tex={"d_max": r"d_{\max}"},
)
"""The dimension is at most d_max."""


def _largest(oracle: Any, x: Array, L: float) -> tuple[Array, Array]:
    d = x.shape[-1]
    columns = [np.asarray(oracle.hessian_vector(x[:1], u[None]), dtype=float) for u in np.eye(d)]
    largest = np.linalg.eigvalsh(np.concatenate(columns)).max()
    return abs(largest - L) + 0 * norm(x), 1e-9 * L + 0 * norm(x)


largest_curvature = Assumption(
    "largest_curvature",
    ("L",),
    r"\nabla f(x) = H (x - x^\star), \quad \lambda_{\max}(H) = L",
    test=lambda oracle, x, L: _largest(oracle, x, L),
    implies=lambda L: (quadratic_objective(), smooth(L)),
    letters={r"\lambda_{\max}": "the largest eigenvalue"},
)
"""The Hessian is constant, and L is its largest eigenvalue, not only a bound on it."""

pl = Assumption(
    "pl",
    ("mu",),
    r"f(x) - \inf f \le \tfrac{1}{2 \mu} \|\nabla f(x)\|^2",
    test=lambda oracle, x, mu: (
        2 * mu * (oracle.value(x) - oracle.f_star),
        sqnorm(oracle.gradient(x)),
    ),
    smaller=("mu",),
    letters={r"\mu": "constant of the Polyak-Lojasiewicz inequality"},
)
"""The inequality of Polyak and Lojasiewicz with constant mu."""

strongly_convex = Assumption(
    "strongly_convex",
    ("mu",),
    r"f(x) + \langle \nabla f(x), y - x \rangle + \tfrac{\mu}{2} \|y - x\|^2 \le f(y)",
    test=lambda oracle, x, y, mu: _above_tangent(oracle, x, y, mu),
    implies=lambda mu: (convex(), pl(mu)),
    smaller=("mu",),
    letters={r"\mu": "strong convexity"},
)
"""f - mu |x|^2 / 2 is convex."""

bounded_below = Assumption(
    "bounded_below",
    ("f_star",),
    r"f^\star = \inf f > -\infty",
    test=lambda oracle, x, f_star: (f_star + 0 * oracle.value(x), oracle.value(x)),
)
"""The infimum is f_star."""

attained = Assumption(
    "attained",
    ("f_star", "x_star"),
    r"f(x^\star) = \inf f = f^\star",
    test=lambda oracle, x, f_star: (
        f_star + 0 * oracle.value(x),
        oracle.value(x),
    ),
    implies=lambda f_star, x_star: (bounded_below(f_star),),
)
"""The infimum f_star is attained at x_star (among others, where there are several)."""

quadratic_upper_bound = Assumption(
    "quadratic_upper_bound",
    ("L",),
    r"f(x) - f^\star \le \tfrac{L}{2} \|x - x^\star\|^2",
    test=lambda oracle, x, L: (
        oracle.value(x) - oracle.f_star,
        0.5 * L * sqnorm(x - oracle.nearest_minimizer(x)),
    ),
    larger=("L",),
)
"""The function lies below a parabola of curvature L at the nearest minimizer; it may have kinks."""
