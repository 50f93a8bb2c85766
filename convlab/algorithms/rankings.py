"""Iterations for rankings from pairwise comparisons."""

from typing import Any

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import Array, log, sigmoid, total, transpose, where

__all__ = ["newman", "newman_simultaneous"]


def _update(x: Array, oracle: Any, alpha: Any) -> Array:
    """The update of every player's logarithm of strength, from the strengths of all."""
    wins, losses, prior = oracle.wins, transpose(oracle.wins), oracle.prior
    other = sigmoid(x[:, None, :] - x[:, :, None])
    up = total(wins * (alpha * (1.0 - other) + other))[..., 0]
    down = total((alpha * wins + losses) * (1.0 - other))[..., 0]
    average = sigmoid(0.0 - x)
    up = up + prior * (alpha * (1.0 - average) + average)
    down = down + prior * (alpha + 1.0) * (1.0 - average)
    return x + log(up) - log(down)


@algorithm
def newman(s, oracle, k, *, alpha=0):
    r"""Newman's iteration for one player i after the other, :math:`\pi_i \leftarrow \sum_j w_{ij}
    \frac{\alpha \pi_i + \pi_j}{\pi_i + \pi_j} \Big/ \sum_j \frac{\alpha w_{ij} + w_{ji}}{\pi_i +
    \pi_j}`, with the strengths :math:`\pi_i` and :math:`(x_k)_i = \log \pi_i` after the update of k
    players, :math:`i = k \bmod n`.

    With :math:`\alpha = 1` it is Zermelo's (1929). M. E. J. Newman, *Efficient computation of
    rankings from pairwise comparisons*, J. Mach. Learn. Res. 24 (2023).
    """
    chosen = oracle.players == k % s.x.shape[-1]
    return Point(where(chosen, _update(s.x, oracle, alpha), s.x))


@algorithm
def newman_simultaneous(s, oracle, *, alpha=0):
    r"""Newman's iteration for all players i at once, each from the old strengths of the others,
    :math:`\pi_i \leftarrow \sum_j w_{ij} \frac{\alpha \pi_i + \pi_j}{\pi_i + \pi_j} \Big/ \sum_j
    \frac{\alpha w_{ij} + w_{ji}}{\pi_i + \pi_j}`, with the strengths :math:`\pi_i` and :math:`x_k =
    \log \pi` after k updates.

    M. E. J. Newman, *Efficient computation of rankings from pairwise comparisons*, J. Mach. Learn.
    Res. 24 (2023).
    """
    return Point(_update(s.x, oracle, alpha))
