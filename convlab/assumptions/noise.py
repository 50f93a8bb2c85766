"""Stochastic gradients and operators: their means, moments and tails."""

from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import Array, flat, inner, norm, split, sqnorm, sqrt, where

__all__ = [
    "affine_variance",
    "alpha_moment",
    "bounded_second_moment",
    "bounded_subgradients",
    "bounded_variance",
    "gaussian_noise",
    "gradient_moment",
    "noisy_operator",
    "normal_operator_noise",
    "operator_moment",
    "operator_tails",
    "pareto_tails",
    "players_noise",
    "scaled_gradient",
    "strong_growth",
    "two_modes",
    "unbiased",
]


def _gradient_noise(oracle: Any, x: Array, rng: Any) -> Array:
    return flat(oracle.stochastic_gradient(x, rng) - oracle.gradient(x))


def _operator_noise(oracle: Any, x: Array, rng: Any) -> Array:
    return oracle.stochastic_operator(x, rng) - oracle.operator(x)


def _players_noise(oracle: Any, x: Array, rng: Any) -> tuple[Array, Array]:
    half = x.shape[-1] // 2
    noise, exact = split(_operator_noise(oracle, x, rng), half), split(oracle.operator(x), half)
    apart = [sqnorm(v) * sqnorm(F) - inner(v, F) ** 2 for v, F in zip(noise, exact, strict=True)]
    size = [sqnorm(v) * sqnorm(F) for v, F in zip(noise, exact, strict=True)]
    return apart[0] + apart[1], 1e-10 * (size[0] + size[1])


def _moment(v: Array, order: float, size: float) -> tuple[Array, Array]:
    return norm(v) ** order, size**order + 0 * norm(v)


def _tails(v: Array, a: float, s: float) -> tuple[Array, Array]:
    return where(norm(v) > 4 * s, 0.0, 1.0), 1.0 - 4.0**-a + 0 * norm(v)


unbiased = Assumption(
    "unbiased",
    statement=r"\mathbb{E}\, g(x, \xi) = \nabla f(x)",
    centered=lambda oracle, x, rng: (_gradient_noise(oracle, x, rng), None, None),
)
"""The stochastic gradient has the gradient as its mean."""

alpha_moment = Assumption(
    "alpha_moment",
    ("alpha", "sigma"),
    r"\mathbb{E}\, g(x, \xi) = \nabla f(x), \quad "
    r"\mathbb{E} \|g(x, \xi) - \nabla f(x)\|^\alpha \le \sigma^\alpha",
    test=lambda oracle, x, rng, alpha, sigma: _moment(
        _gradient_noise(oracle, x, rng), alpha, sigma
    ),
    expected=True,
    centered=lambda oracle, x, rng, alpha, sigma: (_gradient_noise(oracle, x, rng), alpha, sigma),
    implies=lambda alpha, sigma: (unbiased(),),
    larger=("sigma",),
)
"""The noise of the stochastic gradient has a moment of order alpha, at most sigma^alpha."""

bounded_variance = Assumption(
    "bounded_variance",
    ("sigma",),
    r"\mathbb{E}\, g(x, \xi) = \nabla f(x), \quad "
    r"\mathbb{E} \|g(x, \xi) - \nabla f(x)\|^2 \le \sigma^2",
    test=lambda oracle, x, rng, sigma: _moment(_gradient_noise(oracle, x, rng), 2, sigma),
    expected=True,
    implies=lambda sigma: (alpha_moment(2.0, sigma),),
    larger=("sigma",),
)
"""The noise of the stochastic gradient has second moment at most sigma^2."""

affine_variance = Assumption(
    "affine_variance",
    ("sigma", "sigma_1"),
    r"\mathbb{E}\, g(x, \xi) = \nabla f(x), \quad "
    r"\mathbb{E} \|g(x, \xi) - \nabla f(x)\|^2 \le \sigma^2 + \sigma_1^2 \|\nabla f(x)\|^2",
    test=lambda oracle, x, rng, sigma, sigma_1: (
        sqnorm(_gradient_noise(oracle, x, rng)),
        sigma**2 + sigma_1**2 * sqnorm(oracle.gradient(x)),
    ),
    expected=True,
    centered=lambda oracle, x, rng, sigma, sigma_1: (
        _gradient_noise(oracle, x, rng),
        2,
        sqrt(sigma**2 + sigma_1**2 * sqnorm(oracle.gradient(x))),
    ),
    implies=lambda sigma, sigma_1: (unbiased(),),
    larger=(
        "sigma",
        "sigma_1",
    ),
)
"""The variance of the stochastic gradient may grow with the squared gradient."""


def _factor(oracle: Any, x: Array, rng: Any) -> tuple[Array, Array]:
    """The factor of the gradient in the stochastic one, and what is left of that, both squared."""
    full, drawn = flat(oracle.gradient(x)), flat(oracle.stochastic_gradient(x, rng))
    factor = inner(drawn, full) / sqnorm(full)
    return (factor - 1) ** 2, sqnorm(drawn - factor * full) / sqnorm(full)


def _scaled(oracle: Any, x: Array, rng: Any, sigma_1: float) -> tuple[Array, Array]:
    spread, beside = _factor(oracle, x, rng)
    return spread + 1e9 * beside, sigma_1**2 + 1e-9 + 0 * spread


scaled_gradient = Assumption(
    "scaled_gradient",
    ("sigma_1",),
    r"g(x, \xi) = \xi \nabla f(x), \quad \mathbb{E}\, g(x, \xi) = \nabla f(x), \quad "
    r"\operatorname{Var} \xi = \sigma_1^2",
    test=lambda oracle, x, rng, sigma_1: _scaled(oracle, x, rng, sigma_1),
    expected=True,
    implies=lambda sigma_1: (affine_variance(0.0, sigma_1),),
    letters={r"\xi": "the draw, a number"},
)
"""The stochastic gradient is the gradient times a random number of mean 1."""

strong_growth = Assumption(
    "strong_growth",
    ("rho",),
    r"\mathbb{E}\, g(x, \xi) = \nabla f(x), \quad "
    r"\mathbb{E} \|g(x, \xi)\|^2 \le \rho \|\nabla f(x)\|^2",
    test=lambda oracle, x, rng, rho: (
        sqnorm(oracle.stochastic_gradient(x, rng)),
        rho * sqnorm(oracle.gradient(x)),
    ),
    expected=True,
    centered=lambda oracle, x, rng, rho: (
        _gradient_noise(oracle, x, rng),
        2,
        (rho - 1) ** 0.5 * norm(oracle.gradient(x)),
    ),
    implies=lambda rho: (unbiased(),),
    larger=("rho",),
)
"""The second moment of the stochastic gradient is at most rho times the squared gradient."""

gaussian_noise = Assumption(
    "gaussian_noise",
    ("sigma",),
    r"g(x, \xi) - \nabla f(x) \sim \mathcal{N}(0, \tfrac{\sigma^2}{d} I)",
    test=lambda oracle, x, rng, sigma: (
        sqnorm(_gradient_noise(oracle, x, rng)) ** 2,
        sigma**4 * (1 + 2 / x.shape[-1]) + 0 * oracle.value(x),
    ),
    expected=True,
    implies=lambda sigma: (bounded_variance(sigma),),
)
"""The noise is normal with independent entries of one variance; tested by its fourth moment."""


gradient_moment = Assumption(
    "gradient_moment",
    ("alpha", "G"),
    r"\mathbb{E}\, g(x, \xi) = \nabla f(x), \quad "
    r"\mathbb{E} \|g(x, \xi)\|^\alpha \le G^\alpha",
    test=lambda oracle, x, rng, alpha, G: _moment(oracle.stochastic_gradient(x, rng), alpha, G),
    expected=True,
    centered=lambda oracle, x, rng, alpha, G: (_gradient_noise(oracle, x, rng), alpha, 2 * G),
    implies=lambda alpha, G: (unbiased(),),
    larger=("G",),
)
"""The stochastic gradient has a moment of order alpha, at most G^alpha, on the constraint set."""

pareto_tails = Assumption(
    "pareto_tails",
    ("a", "s"),
    r"\mathbb{P}(|g(x, \xi) - f'(x)| > t) = (s / t)^a \text{ for } t \ge s, "
    r"\text{ the law symmetric about } f'(x)",
    test=lambda oracle, x, rng, a, s: _tails(_gradient_noise(oracle, x, rng), a, s),
    expected=True,
    implies=lambda a, s: (unbiased(),),
)
"""Noise in one dimension that is symmetric and Pareto; tested at t = 4 s."""

noisy_operator = Assumption(
    "noisy_operator",
    ("sigma", "sigma_1"),
    r"\mathbb{E}\, g(x, \xi) = F(x), \quad "
    r"\mathbb{E} \|g(x, \xi) - F(x)\|^2 \le \sigma^2 + \sigma_1^2 \|F(x)\|^2",
    test=lambda oracle, x, rng, sigma, sigma_1: (
        sqnorm(_operator_noise(oracle, x, rng)),
        sigma**2 + sigma_1**2 * sqnorm(oracle.operator(x)),
    ),
    expected=True,
    centered=lambda oracle, x, rng, sigma, sigma_1: (
        _operator_noise(oracle, x, rng),
        2,
        sqrt(sigma**2 + sigma_1**2 * sqnorm(oracle.operator(x))),
    ),
    larger=(
        "sigma",
        "sigma_1",
    ),
    letters={"F": "the operator", "g": "the feedback on the operator"},
)
"""Unbiased feedback on the operator, with additive and multiplicative noise."""

normal_operator_noise = Assumption(
    "normal_operator_noise",
    ("sigma",),
    r"g(x, \xi) - F(x) \sim \mathcal{N}(0, \tfrac{\sigma^2}{d} I)",
    test=lambda oracle, x, rng, sigma: (
        sqnorm(_operator_noise(oracle, x, rng)) ** 2,
        sigma**4 * (1 + 2 / x.shape[-1]) + 0 * norm(x),
    ),
    expected=True,
    implies=lambda sigma: (noisy_operator(sigma, 0.0),),
    letters={"F": "the operator", "g": "the feedback on the operator"},
)
"""Normal noise with independent entries of one variance; tested by its fourth moment."""

players_noise = Assumption(
    "players_noise",
    ("sigma_1",),
    r"g_i(x, \xi) = (1 + \sigma_1 \xi_i) F_i(x), \quad \mathbb{E}\, \xi_i = 0, \quad "
    r"\mathbb{E}\, \xi_i^2 = 1 \text{ for each player } i = 1, 2",
    test=lambda oracle, x, rng, sigma_1: _players_noise(oracle, x, rng),
    implies=lambda sigma_1: (noisy_operator(0.0, sigma_1),),
    letters={
        "F_i": "the part of the operator of player i",
        "g_i": "his feedback on it",
        r"\xi_i": "his draw",
    },
)
"""Each of two players sees his own part of the operator times a random number: no other noise.

Tested through what follows: the noise of each player is parallel to his part of the operator.
"""

operator_moment = Assumption(
    "operator_moment",
    ("alpha", "sigma"),
    r"\mathbb{E}\, g(x, \xi) = F(x), \quad "
    r"\mathbb{E} \|g(x, \xi) - F(x)\|^\alpha \le \sigma^\alpha",
    test=lambda oracle, x, rng, alpha, sigma: _moment(
        _operator_noise(oracle, x, rng), alpha, sigma
    ),
    expected=True,
    centered=lambda oracle, x, rng, alpha, sigma: (_operator_noise(oracle, x, rng), alpha, sigma),
    larger=("sigma",),
    letters={"F": "the operator", "g": "the feedback on the operator"},
)
"""Unbiased feedback on the operator, whose noise has a moment of order alpha."""

operator_tails = Assumption(
    "operator_tails",
    ("a", "s"),
    r"\mathbb{P}(\|g(x, \xi) - F(x)\| > t) = (s / t)^a \text{ for } t \ge s, "
    r"\text{ the law symmetric about } F(x)",
    test=lambda oracle, x, rng, a, s: _tails(_operator_noise(oracle, x, rng), a, s),
    expected=True,
    letters={"F": "the operator", "g": "the feedback on the operator"},
)
"""Feedback on the operator with symmetric noise of Pareto tails; tested at t = 4 s."""


def _two_modes(oracle: Any, x: Array, rng: Any, constants: tuple) -> tuple[Array, Array]:
    lambda_1, lambda_2, c_11, c_12, c_22 = constants
    first, second = split(oracle.stochastic_gradient(x, rng), 1)
    u, v = first - lambda_1 * x[:, :1], second - lambda_2 * x[:, 1:]
    disordered = 1e300 if lambda_1 > lambda_2 else 0.0
    return (u + v) ** 2 + disordered, c_11 + 2 * c_12 + c_22 + 0 * u


two_modes = Assumption(
    "two_modes",
    ("lambda_1", "lambda_2", "c_11", "c_12", "c_22"),
    r"\nabla f(x) = \operatorname{diag}(\lambda_1, \lambda_2) x, \quad "
    r"\lambda_1 \le \lambda_2, \quad \mathbb{E}\, g(x, \xi) = \nabla f(x), \quad "
    r"\operatorname{Cov} g(x, \xi) = (c_{ij})",
    test=lambda oracle, x, rng, lambda_1, lambda_2, c_11, c_12, c_22: _two_modes(
        oracle, x, rng, (lambda_1, lambda_2, c_11, c_12, c_22)
    ),
    expected=True,
    centered=lambda oracle, x, rng, c_11, c_22: (
        _gradient_noise(oracle, x, rng),
        2,
        (c_11 + c_22) ** 0.5,
    ),
    implies=lambda lambda_1, lambda_2, c_11, c_12, c_22: (unbiased(),),
    letters={"c_{ij}": "the covariances of the noise"},
)
"""A quadratic in two directions that it decouples, with noise that may couple them."""

bounded_subgradients = Assumption(
    "bounded_subgradients",
    ("G",),
    r"\|g\| \le G \quad \forall g \in \partial f(x)",
    test=lambda oracle, x, G: (norm(oracle.gradient(x)), G + 0 * norm(x)),
    larger=("G",),
    letters={"G": "bound on the subgradients"},
)
"""The subgradients (on the constraint set, if any) are at most G."""

bounded_second_moment = Assumption(
    "bounded_second_moment",
    ("G",),
    r"\mathbb{E}\, g(x, \xi) \in \partial f(x), \quad \mathbb{E} \|g(x, \xi)\|^2 \le G^2",
    test=lambda oracle, x, rng, G: _moment(oracle.stochastic_gradient(x, rng), 2, G),
    expected=True,
    larger=("G",),
    letters={"G": "its square bounds the mean square of the stochastic subgradients"},
)
"""The stochastic subgradients (on the constraint set, if any) have second moment at most G^2."""
