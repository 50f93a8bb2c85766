"""The assumptions of the catalogue, each with a test that a problem declaring it must pass."""

from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import Array, inner, norm, sqnorm

__all__ = [
    "affine_variance",
    "alpha_moment",
    "attained",
    "bounded_below",
    "bounded_variance",
    "convex",
    "pl",
    "smooth",
    "strongly_convex",
    "unbiased",
]


def _above_tangent(oracle: Any, x: Array, y: Array, modulus: float) -> tuple[Array, Array]:
    tangent = oracle.value(x) + inner(oracle.gradient(x), y - x)
    return tangent + 0.5 * modulus * sqnorm(y - x), oracle.value(y)


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
    test=lambda oracle, x, y, L: (norm(oracle.gradient(x) - oracle.gradient(y)), L * norm(x - y)),
)
"""The gradient is Lipschitz with constant L."""

pl = Assumption(
    "pl",
    ("mu",),
    r"f(x) - \inf f \le \tfrac{1}{2 \mu} \|\nabla f(x)\|^2",
    test=lambda oracle, x, mu: (
        2 * mu * (oracle.value(x) - oracle.f_star),
        sqnorm(oracle.gradient(x)),
    ),
)
"""The inequality of Polyak and Lojasiewicz with constant mu."""

strongly_convex = Assumption(
    "strongly_convex",
    ("mu",),
    r"f(x) + \langle \nabla f(x), y - x \rangle + \tfrac{\mu}{2} \|y - x\|^2 \le f(y)",
    test=lambda oracle, x, y, mu: _above_tangent(oracle, x, y, mu),
    implies=lambda mu: (convex(), pl(mu)),
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

unbiased = Assumption(
    "unbiased",
    statement=r"\mathbb{E}\, g(x, \xi) = \nabla f(x)",
)
"""The stochastic gradient has the gradient as its mean."""

alpha_moment = Assumption(
    "alpha_moment",
    ("alpha", "sigma"),
    r"\mathbb{E} \|g(x, \xi) - \nabla f(x)\|^\alpha \le \sigma^\alpha",
    test=lambda oracle, x, rng, alpha, sigma: (
        norm(oracle.stochastic_gradient(x, rng) - oracle.gradient(x)) ** alpha,
        sigma**alpha + 0 * oracle.value(x),
    ),
    expected=True,
    implies=lambda alpha, sigma: (unbiased(),),
)
"""The noise of the stochastic gradient has a moment of order alpha, at most sigma^alpha."""

bounded_variance = Assumption(
    "bounded_variance",
    ("sigma",),
    r"\mathbb{E} \|g(x, \xi) - \nabla f(x)\|^2 \le \sigma^2",
    test=lambda oracle, x, rng, sigma: (
        sqnorm(oracle.stochastic_gradient(x, rng) - oracle.gradient(x)),
        sigma**2 + 0 * oracle.value(x),
    ),
    expected=True,
    implies=lambda sigma: (alpha_moment(2.0, sigma),),
)
"""The noise of the stochastic gradient has second moment at most sigma^2."""

affine_variance = Assumption(
    "affine_variance",
    ("sigma", "sigma_1"),
    r"\mathbb{E} \|g(x, \xi) - \nabla f(x)\|^2 \le \sigma^2 + \sigma_1^2 \|\nabla f(x)\|^2",
    test=lambda oracle, x, rng, sigma, sigma_1: (
        sqnorm(oracle.stochastic_gradient(x, rng) - oracle.gradient(x)),
        sigma**2 + sigma_1**2 * sqnorm(oracle.gradient(x)),
    ),
    expected=True,
    implies=lambda sigma, sigma_1: (unbiased(),),
)
"""The variance of the stochastic gradient may grow with the squared gradient."""
