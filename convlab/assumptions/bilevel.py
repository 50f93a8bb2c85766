"""Two levels: min F(x, y) over x and over those y that minimize f(x, .)."""

from typing import Any

from convlab.assumption import Assumption
from convlab.streams import normal
from convlab.vocabulary import Array, absolute, concat, inner, norm, sqnorm

__all__ = [
    "convex_lower_level",
    "hidden_directions",
    "lower_quadratic",
    "lower_smooth",
    "optimistic",
    "quadratic_lower_level",
    "two_halves",
    "upper_distance",
]

_LETTERS = {
    "F": "the objective of the upper level",
    "f": "the objective of the lower level",
    "x": "the upper variables",
    "y": "the lower variables",
    "z": "any lower variables",
    "y_1": "the first half of the lower variables",
    "y_2": "the second half of the lower variables",
    "y_0": "the starting point of the lower level",
    "e": "the vector of ones",
    "v": "any vector",
    "P": "the projection on the directions that the lower level does not see",
}


def _lower_points(oracle: Any, x: Array, rng: Any) -> tuple[Array, Array]:
    y = oracle.lower_start(x)
    return y + normal(rng, y.shape[-1]), y + normal(rng, y.shape[-1])


def _cocoercive(oracle: Any, x: Array, rng: Any, L_f: float) -> tuple[Array, Array]:
    y, z = _lower_points(oracle, x, rng)
    change = oracle.lower_gradient(x, y) - oracle.lower_gradient(x, z)
    return sqnorm(change), L_f * inner(change, y - z)


def _best_response(oracle: Any, x: Array) -> tuple[Array, Array]:
    y = oracle.best_response(x)
    gap = absolute(oracle.upper_value(x, y) - oracle.value(x))
    return norm(oracle.lower_gradient(x, y)) + gap, 1e-9 * (1 + sqnorm(x) + sqnorm(y))


def _halves(oracle: Any, x: Array, rng: Any, start: Array, delta: float) -> tuple[Array, Array]:
    y, _ = _lower_points(oracle, x, rng)
    d = x.shape[-1]
    expected = concat(y[..., :d] - x, delta * (y[..., d:] - x))
    away = norm(start) + norm(oracle.lower_start(start))
    upper = concat(y[..., :d] - 1, y[..., d:] - x)
    wrong = norm(oracle.lower_gradient(x, y) - expected) + away
    wrong = wrong + norm(oracle.upper_gradient_y(x, y) - upper)
    return wrong, 1e-9 * (1 + norm(x) + norm(y))


def _bend(f: Any, u: Array, v: Array) -> tuple[Array, Array]:
    return norm(f(u + v) - f(u) - f(v) + f(0 * u)), 1e-9 * (1 + norm(u) + norm(v) + norm(f(0 * u)))


def _quadratic(oracle: Any, x: Array, rng: Any) -> tuple[Array, Array]:
    return _bend(lambda y: oracle.lower_gradient(x, y), *_lower_points(oracle, x, rng))


def _upper_distance(oracle: Any, x: Array, y: Array) -> tuple[Array, Array]:
    change = oracle.gradient(x) - oracle.gradient(y) - (x - y)
    best = oracle.x_star + 0 * x
    left = norm(oracle.hidden(oracle.gradient(best))) + norm(oracle.lower_gradient(best))
    return norm(change) + left, 1e-9 * (1 + norm(x) + norm(y) + norm(oracle.gradient(best)))


convex_lower_level = Assumption(
    "convex_lower_level",
    ("L_f",),
    r"f(x, \cdot) \text{ convex}, \quad \|\nabla_y f(x, y) - \nabla_y f(x, z)\| \le L_f \|y - z\|",
    test=_cocoercive,
    larger=("L_f",),
    letters=_LETTERS,
)
"""The lower level is convex and smooth; it may have many solutions."""

optimistic = Assumption(
    "optimistic",
    statement=r"f(x) = \min \{F(x, y) : y \in \operatorname{argmin} f(x, \cdot)\}",
    test=_best_response,
    letters=_LETTERS,
)
"""The value of the problem is that of the upper level at the best solution of the lower one."""

two_halves = Assumption(
    "two_halves",
    ("delta",),
    r"f(x, y) = \tfrac12 \|y_1\|^2 - x^\top y_1 + \tfrac{\delta}{2} \|y_2 - x\|^2, \quad "
    r"F(x, y) = \tfrac12 \|x - y_2\|^2 + \tfrac12 \|y_1 - e\|^2, \quad x_0 = 0, \quad y_0 = 0",
    test=_halves,
    letters=_LETTERS,
)
"""The lower level sees the second half of y with curvature delta: for delta = 0 not at all."""

hidden_directions = Assumption(
    "hidden_directions",
    statement=r"\nabla f(y + P v) = \nabla f(y), \quad P \text{ a projection}",
    test=lambda oracle, x, y: (
        norm(oracle.lower_gradient(x + oracle.hidden(y)) - oracle.lower_gradient(x)),
        1e-9 * (1 + norm(x) + norm(y)),
    ),
    letters=_LETTERS,
)
"""There are directions that the lower level does not see: it has many solutions."""

lower_smooth = Assumption(
    "lower_smooth",
    ("L_f",),
    r"f \text{ convex}, \quad \|\nabla f(y) - \nabla f(z)\| \le L_f \|y - z\|",
    test=lambda oracle, x, y, L_f: (
        sqnorm(oracle.lower_gradient(x) - oracle.lower_gradient(y)),
        L_f * inner(oracle.lower_gradient(x) - oracle.lower_gradient(y), x - y),
    ),
    larger=("L_f",),
    letters=_LETTERS,
)
"""The lower level, for one upper variable, is convex and smooth."""

quadratic_lower_level = Assumption(
    "quadratic_lower_level",
    statement=r"\nabla_y f \text{ is affine in } y",
    test=_quadratic,
    letters=_LETTERS,
)
"""The lower level is a quadratic function of the lower variables."""

lower_quadratic = Assumption(
    "lower_quadratic",
    statement=r"\nabla f \text{ is affine}",
    test=lambda oracle, x, y: _bend(oracle.lower_gradient, x, y),
    letters=_LETTERS,
)
"""The lower level, for one upper variable, is a quadratic function."""

upper_distance = Assumption(
    "upper_distance",
    statement=r"F(y) = \tfrac12 \|y - c\|^2, \quad x^\star = \operatorname{argmin} \{F(y) : y \in "
    r"\operatorname{argmin} f\}",
    test=_upper_distance,
    letters=_LETTERS | {"c": "any point"},
)
"""The upper level, for one upper variable, is half the squared distance from a point."""
