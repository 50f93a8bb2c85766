"""Masked diffusion: sampling a sequence of tokens block by block, by exact enumeration.

The state is the law of the set of tokens that stand already, a vector over all subsets, and the
divergence between data and samples so far. No random number is drawn.
"""

from typing import Any, NamedTuple

from convlab.algorithm import algorithm
from convlab.vocabulary import Array, full_scalar

__all__ = ["Unmasking", "left_to_right", "masked_diffusion"]


class Unmasking(NamedTuple):
    """The state: the law ``x`` of the set of tokens unmasked, and the ``divergence`` so far."""

    x: Array
    divergence: Array


def _nothing_yet(x0: Array) -> Unmasking:
    return Unmasking(x0, full_scalar(x0, 0.0))


@algorithm(init=_nothing_yet)
def masked_diffusion(s: Unmasking, oracle: Any) -> Unmasking:
    r"""Unmask the next block, :math:`D_k` uniform among the sets of masked tokens of its size. The
    tokens of a block are sampled independently, each from its own conditional law given the tokens
    :math:`Y_{S_k}` that stand, :math:`Y_i \sim p_i(\cdot \mid Y_{S_k})` for i in :math:`D_k`, where
    :math:`p_i` is the law of token i, and :math:`S_{k+1} = S_k \cup D_k` from :math:`S_0 =
    \emptyset`.

    Li and Cai (2025).
    """
    return Unmasking(oracle.scatter(s.x), s.divergence + oracle.scattered_error(s.x))


@algorithm(init=_nothing_yet)
def left_to_right(s: Unmasking, oracle: Any) -> Unmasking:
    r"""Unmask the next block :math:`D_k` in the order of reading, its tokens sampled independently,
    each from its own conditional law given the tokens :math:`Y_{S_k}` that stand, :math:`Y_i \sim
    p_i(\cdot \mid Y_{S_k})` for i in :math:`D_k`, where :math:`p_i` is the law of token i, and
    :math:`S_{k+1} = S_k \cup D_k` from :math:`S_0 = \emptyset`.

    With blocks of one token this is autoregressive sampling.
    """
    return Unmasking(oracle.advance(s.x), s.divergence + oracle.advanced_error(s.x))
