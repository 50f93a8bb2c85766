"""Online problems: a loss for every round, on a box."""

from typing import Any

from convlab.assumption import Assumption
from convlab.assumptions.noise import unbiased
from convlab.vocabulary import Array, absolute, amax, inner, maximum

__all__ = [
    "bounded_box",
    "bounded_entries",
    "convex_losses",
    "cycle_of_losses",
    "linear_loss",
    "rare_gradients",
    "starts_at_one",
]

_LETTERS = {
    "f_k": "the loss of round k",
    "f_i": "the loss of round i",
    "g_k": "the gradient shown in round k",
    r"x^\star": "the best point of the box for all rounds",
}


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
    letters=_LETTERS,
)
"""The loss of every round is convex, and the gradient shown is one of its subgradients."""

bounded_entries = Assumption(
    "bounded_entries",
    ("G",),
    r"\|g_k(x)\|_\infty \le G",
    test=_largest_entry,
    larger=("G",),
    letters=_LETTERS,
)
"""The entries of every gradient shown are at most G in absolute value."""

bounded_box = Assumption(
    "bounded_box",
    ("B",),
    r"\|x - y\|_\infty \le B",
    test=lambda oracle, x, y, B: (amax(absolute(x - y)), B + 0 * amax(x)),
    larger=("B",),
    letters=_LETTERS,
)
"""The feasible set is a box with edges of length at most B."""

cycle_of_losses = Assumption(
    "cycle_of_losses",
    ("C",),
    r"f_k(x) = C x \text{ if } 3 \mid k, \; -x \text{ else, on } [-1, 1]",
    test=_cycle,
    letters=_LETTERS,
)
"""Three linear losses in turn, the first with slope C, counted from round 0."""

starts_at_one = Assumption(
    "starts_at_one",
    statement=r"x_0 = 1",
    test=lambda oracle, x: (absolute(oracle.start - 1.0) + 0 * x, 0 * x),
    letters=_LETTERS,
)
"""The player begins at the end 1 of the interval; the oracle tells where, in ``start``."""


def _slopes(oracle: Any, x: Array, rng: Any, smallest: float, largest: float) -> tuple:
    shown = absolute(oracle.at(0).stochastic_gradient(x, rng))
    apart = amax(absolute(oracle.gradient(x) - oracle.at(0).stochastic_gradient(x, rng)))
    error = absolute(-amax(-shown) - smallest) + absolute(amax(shown) - largest) + apart
    return error, 0 * error


linear_loss = Assumption(
    "linear_loss",
    ("c_min", "c_max"),
    r"f(x) = \langle c, x \rangle \text{ on } \mathbb{R}^d, \; "
    r"\min_i |c_i| = c_{\min}, \; \max_i |c_i| = c_{\max}",
    test=lambda oracle, x, rng, c_min, c_max: _slopes(oracle, x, rng, c_min, c_max),
    letters={"c": "the slopes", "c_i": "slope i"},
)
"""The same linear loss in every round, without constraints and without noise."""

rare_gradients = Assumption(
    "rare_gradients",
    ("C", "zeta"),
    r"g(x, \xi) = C \text{ with probability } \tfrac{1 + \zeta}{C + 1}, \; -1 \text{ else}, "
    r"\quad \mathbb{E}\, g(x, \xi) = \nabla f(x) = \zeta",
    test=lambda oracle, x, C, zeta: (
        absolute(oracle.gradient(x) - zeta) + absolute((C + 1) * oracle.p - 1 - zeta),
        1e-12 + 0 * x,
    ),
    centered=lambda oracle, x, rng, C, zeta: (
        oracle.stochastic_gradient(x, rng) - oracle.gradient(x),
        2,
        ((1 + zeta) * (C - zeta)) ** 0.5,
    ),
    implies=lambda C, zeta: (unbiased(),),
)
"""A large gradient with small probability, with expectation zeta > 0."""
