"""Finite sums f = (f_1 + ... + f_n) / n, and how their components differ."""

from typing import Any

import numpy as np

from convlab.assumption import Assumption
from convlab.assumptions.functions import convex, strongly_convex
from convlab.assumptions.noise import bounded_second_moment, bounded_subgradients, unbiased
from convlab.errors import ConvlabError
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


def _at_all(oracle: Any, x: Array) -> np.ndarray:
    """The gradients of all components at one point (1, d): (n, d)."""
    n = oracle.n
    return oracle.sample_gradient(np.repeat(x, n, axis=0), np.arange(n)[:, None])


def _steepest(oracle: Any, x: Array, y: Array) -> np.ndarray:
    """For each component the largest quotient of the changes of gradient and point: (n,)."""
    pairs = [(a, b) for a, b in zip(x[:, None], y[:, None], strict=True) if (a != b).any()]
    quotients = [
        np.linalg.norm(_at_all(oracle, a) - _at_all(oracle, b), axis=1) / np.linalg.norm(a - b)
        for a, b in pairs
    ]
    return np.max(quotients, axis=0)


def _noise_at_best(oracle: Any, x: Array, sigma_star: float) -> tuple[Array, Array]:
    """Twice the difference, so that an error of the certificate of x* is allowed for."""
    best = np.asarray(oracle.x_star, dtype=float)[None]
    found = float(sqnorm(_at_all(oracle, best)).mean())
    return np.full((len(x), 1), abs(found - sigma_star)), np.full((len(x), 1), 1e-7 * found + 1e-20)


def _below_by(oracle: Any, x: Array, Delta_star: float) -> tuple[Array, Array]:
    """What follows at a few points, and the definition itself where the infima are known."""
    left, right = np.zeros((len(x), 1)), np.ones((len(x), 1))
    points = x[:8]
    left[:8, 0] = [float(sqnorm(_at_all(oracle, point)).mean()) for point in points[:, None]]
    right[:8] = 2 * oracle.L_max * (oracle.value(points) - oracle.f_star + Delta_star)
    try:
        infima = oracle.sample_infimum(np.arange(oracle.n)[:, None])
    except ConvlabError:  # there is no such oracle
        return left, right
    left[8:] = abs(oracle.f_star - float(np.mean(infima)) - Delta_star)
    right[8:] = 1e-9 * (abs(oracle.f_star) + Delta_star) + 1e-12
    return left, right


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
    r"\|\nabla f_i(x) - \nabla f_i(y)\| \le L_i \|x - y\| \quad \forall i, "
    r"\quad \tfrac{1}{n} \sum_{i=1}^n L_i \le L_{\mathrm{avg}}",
    test=lambda oracle, x, y, L_avg: (
        np.full((len(x), 1), _steepest(oracle, x[:16], y[:16]).mean()),
        L_avg + 0 * norm(x),
    ),
    larger=("L_avg",),
    letters={"L_i": "a Lipschitz constant of the gradient of $f_i$"},
)
"""The smoothness constants of the components of a finite sum have mean at most L_avg.

Tested by the mean of the largest quotients that are seen, each at points of its own.
"""

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
    r"\tfrac{1}{n} \sum_{i=1}^n \|\nabla f_i(x^\star)\|^2 = \sigma^\star",
    test=_noise_at_best,
)
"""The gradients of the components at the minimizer have variance sigma_star."""

function_noise = Assumption(
    "function_noise",
    ("Delta_star",),
    r"\inf f - \tfrac{1}{n} \sum_{i=1}^n \inf f_i = \Delta^\star",
    test=_below_by,
)
"""The infimum lies Delta_star above the mean of the infima of the components.

Tested where the infima are known, and everywhere through what follows for smooth components:
E|grad f_i(x)|^2 <= 2 L_max (f(x) - inf f + Delta_star).
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
