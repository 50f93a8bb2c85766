"""Nonsmooth functions, convex sets, and sums F = f + h with a proximable part."""

from collections.abc import Callable
from typing import Any

from convlab.assumption import Assumption
from convlab.assumptions.finite_sums import random_component
from convlab.vocabulary import Array, inner, norm, sqnorm

__all__ = [
    "attained_on_set",
    "bounded_domain",
    "components_smooth_part",
    "gradient_variance",
    "projectable",
    "proximable",
    "proximable_components",
    "proximable_part",
    "sharp",
    "smooth_part",
    "strongly_convex_part",
]

_LETTERS = {
    "F": "the function that is minimized, $F = f + h$",
    "f": "the smooth part of $F = f + h$",
    "h": "the other part of $F = f + h$, closed and convex",
    "f_i": "component i of f",
    "n": "the number of components",
    r"x^\star": "the nearest minimizer of F",
    r"F^\star": "the infimum of F",
}
_PROJECTION = {
    "P_C": "the projection on C",
    r"x^\star": "the nearest minimizer over C",
    r"f^\star": "the infimum of f over C",
}


def _prox_inequality(z: Array, p: Array, y: Array, h: Callable[[Array], Array]) -> tuple:
    return h(p) + inner(z - p, y - p), h(y)


def _component_prox(oracle: Any, x: Array, y: Array, i: Array) -> tuple:
    return _prox_inequality(
        x, oracle.sample_prox(x, i, 1.0), y, lambda z: oracle.sample_value(z, i)
    )


def _cocoercive(x: Array, y: Array, L: Any, value: Callable, gradient: Callable) -> tuple:
    g = gradient(x)
    return value(x) + inner(g, y - x) + sqnorm(g - gradient(y)) / (2 * L), value(y)


def _component_cocoercive(oracle: Any, x: Array, y: Array, L_max: Any, i: Array) -> tuple:
    return _cocoercive(
        x,
        y,
        L_max,
        lambda z: oracle.sample_value(z, i),
        lambda z: oracle.sample_gradient(z, i),
    )


sharp = Assumption(
    "sharp",
    ("m",),
    r"f(x) - f^\star \ge m \|x - x^\star\|",
    test=lambda oracle, x, m: (
        m * norm(x - oracle.nearest_minimizer(x)),
        oracle.value(x) - oracle.f_star,
    ),
    smaller=("m",),
)
"""The function grows at least linearly away from its minimizers."""

projectable = Assumption(
    "projectable",
    statement=r"\langle z - P_C(z), y - P_C(z) \rangle \le 0 \quad \forall y \in C",
    test=lambda oracle, x, y: _prox_inequality(
        2 * x - y, oracle.project(2 * x - y), oracle.project(y), lambda z: 0 * norm(z)
    ),
    letters=_PROJECTION,
)
"""The constraint set C is closed and convex, and the projection on it is exact."""

bounded_domain = Assumption(
    "bounded_domain",
    ("B",),
    r"\|x - y\| \le B \quad \forall x, y \in C",
    test=lambda oracle, x, y, B: (
        norm(oracle.project(2 * x - y) - oracle.project(2 * y - x)),
        B + 0 * norm(x),
    ),
    larger=("B",),
)
"""The diameter of the constraint set is at most B."""

attained_on_set = Assumption(
    "attained_on_set",
    ("f_star", "x_star"),
    r"f(x^\star) = \inf_C f = f^\star, \quad x^\star \in C",
    test=lambda oracle, x, f_star: (
        f_star + 0 * norm(x),
        oracle.value(oracle.project(x)),
    ),
    letters=_PROJECTION | {"x_0": "the starting point, in C"},
)
"""The infimum over the constraint set is attained there, at x_star."""

proximable = Assumption(
    "proximable",
    statement=r"f(p) + \langle x - p, y - p \rangle \le f(y), \quad p = \operatorname{prox}_f(x)",
    test=lambda oracle, x, y: _prox_inequality(x, oracle.prox(x, 1.0), y, oracle.value),
)
"""f is closed and convex, and its proximal operator is exact."""

proximable_components = Assumption(
    "proximable_components",
    statement=(
        r"f_i(p) + \langle x - p, y - p \rangle \le f_i(y), "
        r"\quad p = \operatorname{prox}_{f_i}(x) \quad \forall i"
    ),
    test=lambda oracle, x, y, rng: _component_prox(oracle, x, y, random_component(oracle, rng)),
)
"""The components of a finite sum are closed and convex, with exact proximal operators."""

smooth_part = Assumption(
    "smooth_part",
    ("L",),
    r"f(x) + \langle \nabla f(x), y - x \rangle "
    r"+ \tfrac{1}{2 L} \|\nabla f(x) - \nabla f(y)\|^2 \le f(y)",
    test=lambda oracle, x, y, L: _cocoercive(x, y, L, oracle.smooth_value, oracle.gradient),
    larger=("L",),
    letters=_LETTERS,
)
"""F = f + h, where f is convex and its gradient is Lipschitz with constant L."""

strongly_convex_part = Assumption(
    "strongly_convex_part",
    ("mu",),
    r"f(x) + \langle \nabla f(x), y - x \rangle + \tfrac{\mu}{2} \|y - x\|^2 \le f(y)",
    test=lambda oracle, x, y, mu: (
        oracle.smooth_value(x) + inner(oracle.gradient(x), y - x) + 0.5 * mu * sqnorm(y - x),
        oracle.smooth_value(y),
    ),
    smaller=("mu",),
    letters=_LETTERS,
)
"""F = f + h, where f is strongly convex with constant mu."""

proximable_part = Assumption(
    "proximable_part",
    statement=r"h(p) + \langle x - p, y - p \rangle \le h(y), \quad p = \operatorname{prox}_h(x)",
    test=lambda oracle, x, y: _prox_inequality(
        2 * x - y,
        oracle.prox(2 * x - y, 1.0),
        y,
        lambda z: oracle.value(z) - oracle.smooth_value(z),
    ),
    letters=_LETTERS,
)
"""F = f + h, where h is closed and convex, and its proximal operator is exact."""

components_smooth_part = Assumption(
    "components_smooth_part",
    ("L_max",),
    r"f_i(x) + \langle \nabla f_i(x), y - x \rangle "
    r"+ \tfrac{1}{2 L_{\max}} \|\nabla f_i(x) - \nabla f_i(y)\|^2 \le f_i(y) \quad \forall i",
    test=lambda oracle, x, y, rng, L_max: _component_cocoercive(
        oracle, x, y, L_max, random_component(oracle, rng)
    ),
    larger=("L_max",),
    letters=_LETTERS,
)
"""F = f + h, where f is a finite sum of convex functions with L_max-Lipschitz gradients."""

gradient_variance = Assumption(
    "gradient_variance",
    ("sigma_star",),
    r"\tfrac{1}{n} \sum_{i=1}^n \|\nabla f_i(x^\star) - \nabla f(x^\star)\|^2 \le \sigma^\star",
    test=lambda oracle, x, rng, sigma_star: (
        sqnorm(
            oracle.sample_gradient(oracle.x_star + 0 * x, random_component(oracle, rng))
            - oracle.gradient(oracle.x_star + 0 * x)
        ),
        sigma_star + 0 * norm(x),
    ),
    expected=True,
    larger=("sigma_star",),
    letters=_LETTERS,
)
"""The gradients of the components at the minimizer of F = f + h have variance sigma_star."""
