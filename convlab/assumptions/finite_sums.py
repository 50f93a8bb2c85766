"""Finite sums f = (f_1 + ... + f_n) / n, and how their components differ."""

from typing import Any

import numpy as np

from convlab.assumption import Assumption
from convlab.assumptions.functions import convex, strongly_convex
from convlab.assumptions.noise import bounded_second_moment, bounded_subgradients, unbiased
from convlab.streams import integers, subset
from convlab.vocabulary import Array, inner, norm, sqnorm

__all__ = [
    "average_smooth",
    "components_convex",
    "components_lipschitz",
    "components_smooth",
    "components_strongly_convex",
    "finite_sum",
    "function_noise",
    "gradient_noise",
    "interpolation",
    "known_infima",
]


def random_component(oracle: Any, rng: Any) -> Array:
    return integers(rng, oracle.n)


def _component_above_tangent(
    oracle: Any, x: Array, y: Array, rng: Any, modulus: float
) -> tuple[Array, Array]:
    i = random_component(oracle, rng)
    tangent = oracle.sample_value(x, i) + inner(oracle.sample_gradient(x, i), y - x)
    return tangent + 0.5 * modulus * sqnorm(y - x), oracle.sample_value(y, i)


def _component_change(oracle: Any, x: Array, y: Array, rng: Any) -> Array:
    i = random_component(oracle, rng)
    return norm(oracle.sample_gradient(x, i) - oracle.sample_gradient(y, i))


def _component_infimum(oracle: Any, x: Array, i: Array) -> tuple[Array, Array]:
    return oracle.sample_infimum(i), oracle.sample_value(x, i)


def _mean_of_all(oracle: Any, x: Array, rng: Any, n: int) -> tuple[Array, Array]:
    everyone = oracle.sample_gradient(x, subset(rng, n, n))
    exact = oracle.gradient(x)
    return norm(everyone - exact), 1e-9 * (1 + norm(exact))


def _drawn_component(oracle: Any, x: Array, rng: Any, n: int) -> tuple[Array, int, Array]:
    """The noise, and its standard deviation over all components, at the first of the points."""
    at = np.repeat(x[:1], n, axis=0)
    away = oracle.sample_gradient(at, np.arange(n)[:, None]) - oracle.gradient(at)
    noise = oracle.stochastic_gradient(x, rng) - oracle.gradient(x)
    return noise, 2, float(np.sqrt(sqnorm(away).mean()))


finite_sum = Assumption(
    "finite_sum",
    ("n",),
    r"f = \tfrac{1}{n} \sum_{i=1}^n f_i, \quad i \text{ uniform}",
    test=_mean_of_all,
    centered=_drawn_component,
    implies=lambda n: (unbiased(),),
    letters={
        "g": r"the stochastic gradient, $\nabla f_i$ for the component i that is drawn",
        r"\xi_k": "the draw of i in step k",
    },
)
"""f is the mean of n components, sampled uniformly."""

components_convex = Assumption(
    "components_convex",
    statement=r"f_i(x) + \langle \nabla f_i(x), y - x \rangle \le f_i(y) \quad \forall i",
    test=lambda oracle, x, y, rng: _component_above_tangent(oracle, x, y, rng, 0.0),
    implies=lambda: (convex(),),
)
"""Every component of a finite sum is convex."""

components_strongly_convex = Assumption(
    "components_strongly_convex",
    ("mu",),
    r"f_i - \tfrac{\mu}{2} \|\cdot\|^2 \text{ convex} \quad \forall i",
    test=lambda oracle, x, y, rng, mu: _component_above_tangent(oracle, x, y, rng, mu),
    implies=lambda mu: (components_convex(), strongly_convex(mu)),
    smaller=("mu",),
)
"""Every component of a finite sum is strongly convex with constant mu."""

components_smooth = Assumption(
    "components_smooth",
    ("L_max",),
    r"\|\nabla f_i(x) - \nabla f_i(y)\| \le L_{\max} \|x - y\| \quad \forall i",
    test=lambda oracle, x, y, rng, L_max: (
        _component_change(oracle, x, y, rng),
        L_max * norm(x - y),
    ),
    larger=("L_max",),
)
"""Every component of a finite sum has a Lipschitz gradient, with constant at most L_max."""

average_smooth = Assumption(
    "average_smooth",
    ("L_avg",),
    r"\tfrac{1}{n} \sum_{i=1}^n \|\nabla f_i(x) - \nabla f_i(y)\| \le L_{\mathrm{avg}} \|x - y\|",
    test=lambda oracle, x, rng, L_avg: (_component_change(oracle, x, 0 * x, rng), L_avg * norm(x)),
    expected=True,
    larger=("L_avg",),
)
"""The smoothness constants of the components of a finite sum have mean at most L_avg."""

components_lipschitz = Assumption(
    "components_lipschitz",
    ("G",),
    r"\|g\| \le G \quad \forall g \in \partial f_i(x), \ \forall i",
    test=lambda oracle, x, rng, G: (
        norm(oracle.sample_gradient(x, random_component(oracle, rng))),
        G + 0 * oracle.value(x),
    ),
    implies=lambda G: (bounded_subgradients(G), bounded_second_moment(G)),
    larger=("G",),
)
"""Every component of a finite sum is Lipschitz with constant G."""

gradient_noise = Assumption(
    "gradient_noise",
    ("sigma_star",),
    r"\tfrac{1}{n} \sum_{i=1}^n \|\nabla f_i(x^\star)\|^2 \le \sigma^\star",
    test=lambda oracle, x, rng, sigma_star: (
        sqnorm(oracle.sample_gradient(oracle.x_star + 0 * x, random_component(oracle, rng))),
        sigma_star + 0 * oracle.value(x),
    ),
    expected=True,
    larger=("sigma_star",),
)
"""The gradients of the components at the minimizer have variance sigma_star."""

function_noise = Assumption(
    "function_noise",
    ("Delta_star",),
    r"\inf f - \tfrac{1}{n} \sum_{i=1}^n \inf f_i \le \Delta^\star",
    test=lambda oracle, x, rng, Delta_star: (
        sqnorm(oracle.sample_gradient(x, random_component(oracle, rng))),
        2 * oracle.L_max * (oracle.value(x) - oracle.f_star + Delta_star),
    ),
    expected=True,
    larger=("Delta_star",),
)
"""The infimum lies Delta_star above the mean of the infima of the components.

Tested through what follows from it: E|grad f_i(x)|^2 <= 2 L_max (f(x) - inf f + Delta_star).
"""

known_infima = Assumption(
    "known_infima",
    statement=r"\inf f_i \text{ known} \quad \forall i",
    test=lambda oracle, x, rng: _component_infimum(oracle, x, random_component(oracle, rng)),
)
"""The infima of the components of a finite sum are there for the method to use."""

interpolation = Assumption(
    "interpolation",
    statement=r"f_i(x^\star) = \inf f_i \quad \forall i",
    test=lambda oracle, x, rng: (
        norm(oracle.sample_gradient(oracle.x_star + 0 * x, random_component(oracle, rng))),
        1e-9 + 0 * oracle.value(x),
    ),
    implies=lambda: (gradient_noise(0.0), function_noise(0.0)),
    letters={r"x^\star": "the common minimizer"},
)
"""One point minimizes all components of a finite sum."""
