"""The assumptions of the catalogue, each with a test that a problem declaring it must pass."""

from collections.abc import Callable
from typing import Any

from convlab.assumption import Assumption
from convlab.streams import integers, subset
from convlab.vocabulary import (
    Array,
    absolute,
    amax,
    inner,
    maximum,
    norm,
    split,
    sqnorm,
    where,
)

__all__ = [
    "affine_variance",
    "alpha_moment",
    "attained",
    "attained_on_set",
    "average_smooth",
    "bounded_below",
    "bounded_box",
    "bounded_domain",
    "bounded_entries",
    "bounded_second_moment",
    "bounded_subgradients",
    "bounded_variance",
    "components_convex",
    "components_lipschitz",
    "components_smooth",
    "components_smooth_part",
    "components_strongly_convex",
    "convex",
    "convex_losses",
    "cycle_of_losses",
    "finite_sum",
    "function_noise",
    "gaussian_noise",
    "gradient_moment",
    "gradient_noise",
    "gradient_variance",
    "interpolation",
    "known_infima",
    "pareto_tails",
    "pl",
    "projectable",
    "proximable",
    "proximable_components",
    "proximable_part",
    "quadratic_objective",
    "rare_gradients",
    "sharp",
    "smooth",
    "smooth_part",
    "strongly_convex",
    "strongly_convex_part",
    "two_modes",
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

quadratic_objective = Assumption(
    "quadratic_objective",
    statement=r"\nabla f \text{ is affine}",
    test=lambda oracle, x, y: (
        norm(oracle.gradient(x) - oracle.gradient(y) - oracle.hessian_vector(y, x - y)),
        1e-10 * (norm(oracle.gradient(x)) + norm(oracle.gradient(y))),
    ),
)
"""The Hessian is constant."""

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

gaussian_noise = Assumption(
    "gaussian_noise",
    ("sigma",),
    r"g(x, \xi) - \nabla f(x) \sim \mathcal{N}(0, \tfrac{\sigma^2}{d} I)",
    test=lambda oracle, x, rng, sigma: (
        sqnorm(oracle.stochastic_gradient(x, rng) - oracle.gradient(x)) ** 2,
        sigma**4 * (1 + 2 / x.shape[-1]) + 0 * oracle.value(x),
    ),
    expected=True,
    implies=lambda sigma: (bounded_variance(sigma),),
)
"""The noise is normal with independent entries of one variance; tested by its fourth moment."""


gradient_moment = Assumption(
    "gradient_moment",
    ("alpha", "G"),
    r"\mathbb{E} \|g(x, \xi)\|^\alpha \le G^\alpha",
    test=lambda oracle, x, rng, alpha, G: (
        norm(oracle.stochastic_gradient(x, rng)) ** alpha,
        G**alpha + 0 * norm(x),
    ),
    expected=True,
    implies=lambda alpha, G: (unbiased(),),
)
"""The stochastic gradient has a moment of order alpha, at most G^alpha, on the constraint set."""

pareto_tails = Assumption(
    "pareto_tails",
    ("a", "s"),
    r"\mathbb{P}(|g(x, \xi) - f'(x)| > t) = (s / t)^a \text{ for } t \ge s, "
    r"\text{ with either sign alike}",
    test=lambda oracle, x, rng, a, s: (
        where(norm(oracle.stochastic_gradient(x, rng) - oracle.gradient(x)) > 4 * s, 0.0, 1.0),
        1.0 - 4.0**-a + 0 * norm(x),
    ),
    expected=True,
    implies=lambda a, s: (unbiased(),),
)
"""Noise in one dimension that is symmetric and Pareto; tested at t = 4 s."""


def _two_modes(oracle: Any, x: Array, rng: Any, constants: tuple) -> tuple[Array, Array]:
    lambda_1, lambda_2, c_11, c_12, c_22 = constants
    first, second = split(oracle.stochastic_gradient(x, rng), 1)
    u, v = first - lambda_1 * x[:, :1], second - lambda_2 * x[:, 1:]
    return (u + v) ** 2, c_11 + 2 * c_12 + c_22 + 0 * u


two_modes = Assumption(
    "two_modes",
    ("lambda_1", "lambda_2", "c_11", "c_12", "c_22"),
    r"\nabla f(x) = \operatorname{diag}(\lambda_1, \lambda_2) x, \quad "
    r"\operatorname{Cov} g(x, \xi) = (c_{ij})",
    test=lambda oracle, x, rng, lambda_1, lambda_2, c_11, c_12, c_22: _two_modes(
        oracle, x, rng, (lambda_1, lambda_2, c_11, c_12, c_22)
    ),
    expected=True,
    implies=lambda lambda_1, lambda_2, c_11, c_12, c_22: (unbiased(),),
)
"""A quadratic in two directions that it decouples, with noise that may couple them."""

bounded_subgradients = Assumption(
    "bounded_subgradients",
    ("G",),
    r"\|g\| \le G \quad \forall g \in \partial f(x)",
    test=lambda oracle, x, G: (norm(oracle.gradient(x)), G + 0 * norm(x)),
)
"""The subgradients (on the constraint set, if any) are at most G."""

bounded_second_moment = Assumption(
    "bounded_second_moment",
    ("G",),
    r"\mathbb{E}\, g(x, \xi) \in \partial f(x), \quad \mathbb{E} \|g(x, \xi)\|^2 \le G^2",
    test=lambda oracle, x, rng, G: (
        sqnorm(oracle.stochastic_gradient(x, rng)),
        G**2 + 0 * norm(x),
    ),
    expected=True,
)
"""The stochastic subgradients (on the constraint set, if any) have second moment at most G^2."""


# Finite sums f = (f_1 + ... + f_n) / n -----------------------------------------------------------


def _component(oracle: Any, rng: Any) -> Array:
    return integers(rng, oracle.n)


def _component_above_tangent(
    oracle: Any, x: Array, y: Array, rng: Any, modulus: float
) -> tuple[Array, Array]:
    i = _component(oracle, rng)
    tangent = oracle.sample_value(x, i) + inner(oracle.sample_gradient(x, i), y - x)
    return tangent + 0.5 * modulus * sqnorm(y - x), oracle.sample_value(y, i)


def _component_change(oracle: Any, x: Array, y: Array, rng: Any) -> Array:
    i = _component(oracle, rng)
    return norm(oracle.sample_gradient(x, i) - oracle.sample_gradient(y, i))


def _component_infimum(oracle: Any, x: Array, i: Array) -> tuple[Array, Array]:
    return oracle.sample_infimum(i), oracle.sample_value(x, i)


def _mean_of_all(oracle: Any, x: Array, rng: Any, n: int) -> tuple[Array, Array]:
    everyone = oracle.sample_gradient(x, subset(rng, n, n))
    exact = oracle.gradient(x)
    return norm(everyone - exact), 1e-9 * (1 + norm(exact))


finite_sum = Assumption(
    "finite_sum",
    ("n",),
    r"f = \tfrac{1}{n} \sum_{i=1}^n f_i, \quad i \text{ uniform}",
    test=_mean_of_all,
    implies=lambda n: (unbiased(),),
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
)
"""Every component of a finite sum has a Lipschitz gradient, with constant at most L_max."""

average_smooth = Assumption(
    "average_smooth",
    ("L_avg",),
    r"\tfrac{1}{n} \sum_{i=1}^n \|\nabla f_i(x) - \nabla f_i(y)\| \le L_{\mathrm{avg}} \|x - y\|",
    test=lambda oracle, x, rng, L_avg: (_component_change(oracle, x, 0 * x, rng), L_avg * norm(x)),
    expected=True,
)
"""The smoothness constants of the components of a finite sum have mean at most L_avg."""

components_lipschitz = Assumption(
    "components_lipschitz",
    ("G",),
    r"\|g\| \le G \quad \forall g \in \partial f_i(x), \ \forall i",
    test=lambda oracle, x, rng, G: (
        norm(oracle.sample_gradient(x, _component(oracle, rng))),
        G + 0 * oracle.value(x),
    ),
    implies=lambda G: (bounded_subgradients(G), bounded_second_moment(G)),
)
"""Every component of a finite sum is Lipschitz with constant G."""

gradient_noise = Assumption(
    "gradient_noise",
    ("sigma_star",),
    r"\tfrac{1}{n} \sum_{i=1}^n \|\nabla f_i(x^\star)\|^2 \le \sigma^\star",
    test=lambda oracle, x, rng, sigma_star: (
        sqnorm(oracle.sample_gradient(oracle.x_star + 0 * x, _component(oracle, rng))),
        sigma_star + 0 * oracle.value(x),
    ),
    expected=True,
)
"""The gradients of the components at the minimizer have variance sigma_star."""

function_noise = Assumption(
    "function_noise",
    ("Delta_star",),
    r"\inf f - \tfrac{1}{n} \sum_{i=1}^n \inf f_i \le \Delta^\star",
    test=lambda oracle, x, rng, Delta_star: (
        sqnorm(oracle.sample_gradient(x, _component(oracle, rng))),
        2 * oracle.L_max * (oracle.value(x) - oracle.f_star + Delta_star),
    ),
    expected=True,
)
"""The infimum lies Delta_star above the mean of the infima of the components.

Tested through what follows from it: E|grad f_i(x)|^2 <= 2 L_max (f(x) - inf f + Delta_star).
"""

known_infima = Assumption(
    "known_infima",
    statement=r"\inf f_i \text{ known} \quad \forall i",
    test=lambda oracle, x, rng: _component_infimum(oracle, x, _component(oracle, rng)),
)
"""The infima of the components of a finite sum are there for the method to use."""

interpolation = Assumption(
    "interpolation",
    statement=r"f_i(x^\star) = \inf f_i \quad \forall i",
    test=lambda oracle, x, rng: (
        norm(oracle.sample_gradient(oracle.x_star + 0 * x, _component(oracle, rng))),
        1e-9 + 0 * oracle.value(x),
    ),
    implies=lambda: (gradient_noise(0.0), function_noise(0.0)),
)
"""One point minimizes all components of a finite sum."""


# Online problems: a loss for every round, on a box ----------------------------------------------

_ROUNDS = range(12)


def _worst(left: list[Array], right: list[Array]) -> tuple[Array, Array]:
    """The pair with the largest excess: the inequality holds where all of them do."""
    excess = left[0] - right[0]
    for a, b in zip(left[1:], right[1:], strict=True):
        excess = maximum(excess, a - b)
    return excess, 0 * excess


def _rounds_above_tangents(oracle: Any, x: Array, y: Array, rng: Any) -> tuple[Array, Array]:
    left, right = [], []
    for k in _ROUNDS:
        g = oracle.at(k).stochastic_gradient(x, rng)
        left.append(oracle.loss(x) + inner(g, y - x))
        right.append(oracle.loss(y))
    return _worst(left, right)


def _largest_entry(oracle: Any, x: Array, rng: Any, G: float) -> tuple[Array, Array]:
    shown = [amax(absolute(oracle.at(k).stochastic_gradient(x, rng))) for k in _ROUNDS]
    return _worst(shown, [G + 0 * g for g in shown])


def _cycle(oracle: Any, x: Array, C: float) -> tuple[Array, Array]:
    slopes = [C if k % 3 == 0 else -1.0 for k in _ROUNDS]
    error = [absolute(oracle.at(k).loss(x) - a * x) for k, a in zip(_ROUNDS, slopes, strict=True)]
    return _worst(error, [0 * e for e in error])


convex_losses = Assumption(
    "convex_losses",
    statement=r"f_k(x) + \langle g_k(x), y - x \rangle \le f_k(y)",
    test=_rounds_above_tangents,
)
"""The loss of every round is convex, and the gradient shown is one of its subgradients."""

bounded_entries = Assumption(
    "bounded_entries",
    ("G",),
    r"\|g_k(x)\|_\infty \le G",
    test=_largest_entry,
)
"""The entries of every gradient shown are at most G in absolute value."""

bounded_box = Assumption(
    "bounded_box",
    ("B",),
    r"\|x - y\|_\infty \le B",
    test=lambda oracle, x, y, B: (amax(absolute(x - y)), B + 0 * amax(x)),
)
"""The feasible set is a box with edges of length at most B."""

cycle_of_losses = Assumption(
    "cycle_of_losses",
    ("C",),
    r"f_k(x) = C x \text{ if } 3 \mid k, \; -x \text{ else, on } [-1, 1]",
    test=_cycle,
)
"""Three linear losses in turn, the first with slope C, counted from round 0."""

rare_gradients = Assumption(
    "rare_gradients",
    ("C", "zeta"),
    r"g(x, \xi) = C \text{ with probability } \tfrac{1 + \zeta}{C + 1}, \; -1 \text{ else}",
    test=lambda oracle, x, C, zeta: (
        absolute(oracle.gradient(x) - zeta) + absolute((C + 1) * oracle.p - 1 - zeta),
        1e-12 + 0 * x,
    ),
    implies=lambda C, zeta: (unbiased(),),
)
"""A large gradient with small probability, with expectation zeta > 0."""


# Nonsmooth functions, convex sets, and sums F = f + h -------------------------------------------


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
)
"""The function grows at least linearly away from its minimizers."""

projectable = Assumption(
    "projectable",
    statement=r"\langle z - P_C(z), y - P_C(z) \rangle \le 0 \quad \forall y \in C",
    test=lambda oracle, x, y: _prox_inequality(
        2 * x - y, oracle.project(2 * x - y), oracle.project(y), lambda z: 0 * norm(z)
    ),
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
    test=lambda oracle, x, y, rng: _component_prox(oracle, x, y, _component(oracle, rng)),
)
"""The components of a finite sum are closed and convex, with exact proximal operators."""

smooth_part = Assumption(
    "smooth_part",
    ("L",),
    r"f(x) + \langle \nabla f(x), y - x \rangle "
    r"+ \tfrac{1}{2 L} \|\nabla f(x) - \nabla f(y)\|^2 \le f(y)",
    test=lambda oracle, x, y, L: _cocoercive(x, y, L, oracle.smooth_value, oracle.gradient),
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
)
"""F = f + h, where h is closed and convex, and its proximal operator is exact."""

components_smooth_part = Assumption(
    "components_smooth_part",
    ("L_max",),
    r"f_i(x) + \langle \nabla f_i(x), y - x \rangle "
    r"+ \tfrac{1}{2 L_{\max}} \|\nabla f_i(x) - \nabla f_i(y)\|^2 \le f_i(y) \quad \forall i",
    test=lambda oracle, x, y, rng, L_max: _component_cocoercive(
        oracle, x, y, L_max, _component(oracle, rng)
    ),
)
"""F = f + h, where f is a finite sum of convex functions with L_max-Lipschitz gradients."""

gradient_variance = Assumption(
    "gradient_variance",
    ("sigma_star",),
    r"\tfrac{1}{n} \sum_{i=1}^n \|\nabla f_i(x^\star) - \nabla f(x^\star)\|^2 \le \sigma^\star",
    test=lambda oracle, x, rng, sigma_star: (
        sqnorm(
            oracle.sample_gradient(oracle.x_star + 0 * x, _component(oracle, rng))
            - oracle.gradient(oracle.x_star + 0 * x)
        ),
        sigma_star + 0 * norm(x),
    ),
    expected=True,
)
"""The gradients of the components at the minimizer of F = f + h have variance sigma_star."""
