"""Laws of finite sequences, and how they are sampled."""

from typing import Any

import numpy as np

from convlab.assumption import Assumption
from convlab.vocabulary import Array

__all__ = ["balanced", "information_curve", "masked_blocks", "token_law"]

_LETTERS = {
    "X_i": "token i of the data",
    "X_{-i}": "all other tokens",
    "D_k": "the block of tokens that is unmasked in step k",
    "m_k": "the number of tokens that stand before step k",
    "Z_{m_k}": "the mean over sets S of $m_k$ tokens of $I(X_i; X_S)$ over i outside S",
    "Z_{m_k+j}": "the same for $m_k + j$ tokens",
    "X_S": "the tokens of the set S",
    "S": "a set of tokens",
    "p": "the law of the data",
    "q_M": "the law of the samples",
}


def _information(p: np.ndarray) -> float:
    """Sum over the tokens i of I(X_i; X_-i), straight from the definition; p is (2,) * ell."""
    found = 0.0
    for i in range(p.ndim):
        others = p.sum(axis=i, keepdims=True)
        own = p.sum(axis=tuple(j for j in range(p.ndim) if j != i), keepdims=True)
        positive = p > 0
        found += float((p * np.log(np.where(positive, p / (own * others + 1e-300), 1.0))).sum())
    return found


def _same_information(oracle: Any, x: Array, ell: int, I: float) -> tuple[Array, Array]:  # noqa: E741 -- the paper's letter
    found = _information(np.reshape(oracle.law, (2,) * ell))
    return np.full((len(x), 1), abs(found - I)), np.full((len(x), 1), 1e-9)


token_law = Assumption(
    "token_law",
    ("ell", "I"),
    r"\sum_i I(X_i; X_{-i}) = I",
    test=_same_information,
    letters=_LETTERS,
)
"""The data are sequences of ell tokens, whose mutual informations with all others sum to I."""

masked_blocks = Assumption("masked_blocks", ("s", "epsilon"), r"|D_k| \le s", letters=_LETTERS)
"""At most s tokens are unmasked at a time; the predictor of tokens has training error epsilon."""

balanced = Assumption("balanced", (), r"|D_k| \le \lceil \ell / T \rceil", letters=_LETTERS)
"""The blocks are of one size, up to one token."""

information_curve = Assumption(
    "information_curve",
    ("Z",),
    r"Z = \textstyle\sum_k \sum_{j < |D_k|} (Z_{m_k + j} - Z_{m_k})",
    letters=_LETTERS,
)
"""Z is the left Riemann error of the curve m -> mean of I(X_i; X_S) over sets S of m tokens."""
