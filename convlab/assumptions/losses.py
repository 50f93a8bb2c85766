"""Losses of online problems, with ``loss(x)`` and ``loss_gradient(x)`` in every round."""

from collections.abc import Callable
from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import Array, absolute, inner, maximum, minimum, norm, sqnorm

__all__ = ["convex_rounds", "exact_leader", "lipschitz_losses", "strongly_convex_losses"]

_LETTERS = {
    "f_k": "the loss of round k",
    "f_i": "the loss of round i",
    r"\ell_k": "the best point for the rounds up to k",
}

_ROUNDS = range(12)


def _in_every_round(oracle: Any, excess: Callable[[Any], Array]) -> tuple[Array, Array]:
    """The largest excess over the first rounds, which must not be positive."""
    worst = excess(oracle.at(0))
    for k in _ROUNDS:
        worst = maximum(worst, excess(oracle.at(k)))
    return worst, 0 * worst


def _below_parabola(x: Array, y: Array, mu: float) -> Callable[[Any], Array]:
    def excess(oracle: Any) -> Array:
        tangent = oracle.loss(x) + inner(oracle.loss_gradient(x), y - x)
        return tangent + 0.5 * mu * sqnorm(y - x) - oracle.loss(y)

    return excess


def _best_in_hindsight(oracle: Any, x: Array, y: Array) -> tuple[Array, Array]:
    """After the first rounds: no point has a smaller total loss than the leader."""
    last = _ROUNDS[-1]
    best = oracle.at(last).leader(x)
    least = oracle.at(last + 1).least_total(x)
    at_leader, at_y = 0 * least, 0 * least
    for k in _ROUNDS:
        at_leader = at_leader + oracle.at(k).loss(best)
        at_y = at_y + oracle.at(k).loss(y)
    return maximum(at_leader, least), minimum(at_y, least + 1e-10 * (1 + absolute(least)))


convex_rounds = Assumption(
    "convex_rounds",
    statement=r"f_k(x) + \langle \nabla f_k(x), y - x \rangle \le f_k(y)",
    test=lambda oracle, x, y: _in_every_round(oracle, _below_parabola(x, y, 0.0)),
    letters=_LETTERS,
)
"""The loss of every round is convex."""

strongly_convex_losses = Assumption(
    "strongly_convex_losses",
    ("mu",),
    r"f_k(x) + \langle \nabla f_k(x), y - x \rangle + \tfrac{\mu}{2} \|y - x\|^2 \le f_k(y)",
    test=lambda oracle, x, y, mu: _in_every_round(oracle, _below_parabola(x, y, mu)),
    implies=lambda mu: (convex_rounds(),),
    smaller=("mu",),
    letters=_LETTERS,
)
"""The loss of every round is strongly convex."""

exact_leader = Assumption(
    "exact_leader",
    statement=r"\ell_k \in \arg\min_{x \in C} \sum_{i \le k} f_i(x)",
    test=_best_in_hindsight,
    letters=_LETTERS,
)
"""The best point of the feasible set for the rounds so far is known."""

lipschitz_losses = Assumption(
    "lipschitz_losses",
    ("G",),
    r"\|\nabla f_k(x)\| \le G \quad \forall x \in C",
    test=lambda oracle, x, G: _in_every_round(
        oracle, lambda now: norm(now.loss_gradient(x)) - G * (1 + 1e-12)
    ),
    larger=("G",),
    letters=_LETTERS,
)
"""The gradient of every loss is at most G on the feasible set."""
