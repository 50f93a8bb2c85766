"""Rankings from pairwise comparisons in the model of Bradley and Terry."""

from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import Array, absolute, norm, total, transpose, where

__all__ = [
    "balanced_bipartite",
    "comparisons",
    "even_ladder",
    "star_of_comparisons",
    "sweep_rates",
]

_LETTERS = {
    "x": "the logarithms of the strengths",
    "w": "the matrix of the results",
    "w_{ij}": "how often player i beat player j",
    r"\rho_{\alpha}": "the rate of a sweep over the players",
    "n": "number of players",
    "q": "the odds: games that a player won, for each game lost, against the one before",
}


def _even_ladder(oracle: Any, x: Array, n_players: Any, q: Any) -> tuple[Array, Array]:
    W, i = oracle.wins, oracle.players
    ahead = i[None, :] - i[:, None]
    wrong = where(ahead == 1, W - 1.0, where(ahead == -1, W - q, W))
    return total(total(absolute(wrong))[..., 0]) + abs(len(i) - n_players) + 0 * norm(x), 0 * norm(
        x
    )


def _drawn_groups(oracle: Any, start: Array) -> tuple[Array, Array]:
    W = oracle.wins
    apart = W * absolute(start[:, None, :] + start[:, :, None])
    wrong = total(total(absolute(W - transpose(W)))[..., 0])
    return wrong + total(total(apart)[..., 0]), 1e-12 * norm(start)


comparisons = Assumption(
    "comparisons",
    ("n_players",),
    r"f(x) = \sum_{i, j} w_{ij} \log(1 + e^{x_j - x_i}), \quad w \text{ strongly connected}",
    test=lambda oracle, x, n_players: (
        norm(oracle.value(x) - oracle.likelihood(x)) + abs(x.shape[-1] - n_players),
        1e-9 * (1 + absolute(oracle.value(x))),
    ),
    letters=_LETTERS,
)
"""The negative log likelihood of the strengths e^x when i beat j w_ij times."""

even_ladder = Assumption(
    "even_ladder",
    ("n_players", "q"),
    r"w_{ij} = 0 \text{ for } |i - j| > 1, \quad w_{i, i+1} = 1, \quad w_{i+1, i} = q",
    test=_even_ladder,
    letters=_LETTERS,
)
"""Each of n players met only the next one, who won q times for each game lost."""

sweep_rates = Assumption(
    "sweep_rates",
    ("rho_0", "rho_1"),
    r"\rho_\alpha \text{ is the spectral radius of a sweep at the solution}",
    letters=_LETTERS,
)
"""Linear rates of a sweep over the players, for the iterations of Newman and of Zermelo."""

star_of_comparisons = Assumption(
    "star_of_comparisons",
    statement=r"w_{ij} = 0 \text{ unless } i = 0 \text{ or } j = 0",
    test=lambda oracle, x: (
        total(oracle.wins[1:, 1:].reshape((-1,))) + 0 * norm(x),
        0 * norm(x),
    ),
    letters=_LETTERS,
)
"""All players were compared with the first only, who is updated first."""

balanced_bipartite = Assumption(
    "balanced_bipartite",
    statement=r"w = w^\top, \quad w_{ij} = 0 \text{ unless } (x_0)_i = -(x_0)_j",
    test=_drawn_groups,
    letters=_LETTERS,
)
"""Two groups that drew with one another, and never met within a group."""
