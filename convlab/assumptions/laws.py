"""Laws of finite sequences, and how they are sampled."""

from typing import Any

import numpy as np

from convlab.assumption import Assumption
from convlab.vocabulary import Array

__all__ = ["balanced", "independent_law", "information_curve", "masked_blocks", "token_law"]

_LETTERS = {
    "X_i": "token i of the data",
    "X_{-i}": "all other tokens",
    "D_k": "the block of tokens that is unmasked in step k",
    "m_k": "the number of tokens that stand before step k",
    "Z_{m_k}": "the mean over sets S of $m_k$ tokens of $I(X_i; X_S)$ over i outside S",
    "Z_{m_k+j}": "the same for $m_k + j$ tokens",
    "X_S": "the tokens of the set S",
    "S": "a set of tokens",
    "I": "the mutual information",
    "p": "the law of the data",
    "q_M": "the law of the samples, given the blocks M = (D_0, D_1, ...), which cover all tokens",
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


def _entropies(law: np.ndarray) -> np.ndarray:
    """The entropy of the tokens of each set, (2^ell,); bit i of a set says whether i is in it."""
    ell = len(law).bit_length() - 1
    p, found = np.reshape(law, (2,) * ell), np.zeros(len(law))
    for s in range(len(law)):
        own = p.sum(axis=tuple(j for j in range(ell) if not s >> (ell - 1 - j) & 1)).ravel()
        found[s] = -(own[own > 0] * np.log(own[own > 0])).sum()
    return found


def _sizes(law: np.ndarray) -> np.ndarray:
    return np.array([s.bit_count() for s in range(len(law))])


def _blocks(oracle: Any) -> list[tuple[int, int]]:
    """Of each step, how many tokens stand before it, and how many it unmasks."""
    sizes, found = _sizes(oracle.law), []
    for step in np.asarray(oracle.scattering):
        before, after = (sizes[sets] for sets in np.nonzero(step))
        found.append((int(before.max()), int((after - before).max())))
    return found


def _curve(law: np.ndarray) -> np.ndarray:
    """(ell,): the mean of I(X_i; X_S) over the sets S of m tokens and the i outside S."""
    H, sizes, ell = _entropies(law), _sizes(law), len(law).bit_length() - 1
    found: list[list[float]] = [[] for _ in range(ell)]
    for s in range(len(law)):
        for i in range(ell):
            if not s >> i & 1:
                found[sizes[s]].append(H[1 << i] + H[s] - H[s | 1 << i])
    return np.array([np.mean(values) for values in found])


def _loss(oracle: Any) -> float:
    """What the predictor loses: the mean divergence of all blocks above that of exact laws."""
    H, sizes, lost = _entropies(oracle.law), _sizes(oracle.law), 0.0
    ell = int(sizes[-1])
    for k, (m, _) in enumerate(_blocks(oracle)):
        for s in np.flatnonzero(sizes == m):
            later = np.flatnonzero(np.asarray(oracle.scattering)[k, s])
            exact = [
                sum(H[s | 1 << i] - H[s] for i in range(ell) if (t & ~s) >> i & 1) - H[t] + H[s]
                for t in map(int, later)
            ]
            share = 1 / np.count_nonzero(sizes == m)
            lost += share * (float(np.asarray(oracle.scattered)[k, s]) - float(np.mean(exact)))
    return lost


def _each(x: Array, left: float, right: float) -> tuple[Array, Array]:
    return np.full((len(x), 1), left), np.full((len(x), 1), right)


def _same_information(oracle: Any, x: Array, ell: int, J: float) -> tuple[Array, Array]:
    return _each(x, abs(_information(np.reshape(oracle.law, (2,) * ell)) - J), 1e-9)


def _same_blocks(oracle: Any, x: Array, s: int, epsilon: float) -> tuple[Array, Array]:
    too_long = max(size for _, size in _blocks(oracle)) > s
    return _each(x, float(too_long) + abs(_loss(oracle) - epsilon), 1e-9)


def _of_one_size(oracle: Any, x: Array) -> tuple[Array, Array]:
    blocks = [size for _, size in _blocks(oracle)]
    return _each(x, max(blocks), -(-sum(blocks) // len(blocks)))


def _same_riemann_error(oracle: Any, x: Array, Z: float) -> tuple[Array, Array]:
    curve = _curve(oracle.law)
    found = sum(float((curve[m : m + n] - curve[m]).sum()) for m, n in _blocks(oracle))
    return _each(x, abs(found - Z), 1e-9)


token_law = Assumption(
    "token_law",
    ("ell", "J"),
    r"\textstyle\sum_{i=1}^\ell I(X_i; X_{-i}) = J",
    test=_same_information,
    letters=_LETTERS,
)
"""The data are sequences of ell tokens, whose mutual informations with all others sum to J."""

masked_blocks = Assumption(
    "masked_blocks",
    ("s", "epsilon"),
    r"|D_k| \le s, \quad \textstyle\sum_k \mathbb{E} \sum_{i \in D_k} "
    r"\log \bigl(p(X_i \mid X_{S_k}) / p_i(X_i \mid X_{S_k})\bigr) = \epsilon",
    test=_same_blocks,
    letters=_LETTERS
    | {
        "p_i": "the predictor of token i",
        "S_k": "the tokens that stand before step k",
        "X_{S_k}": "the data at these",
    },
)
"""At most s tokens are unmasked at a time; the predictor of tokens has training error epsilon."""

balanced = Assumption(
    "balanced",
    (),
    r"|D_k| \le \lceil \ell / T \rceil",
    test=_of_one_size,
    letters=_LETTERS,
)
"""The blocks are of one size, up to one token."""

information_curve = Assumption(
    "information_curve",
    ("Z",),
    r"Z = \textstyle\sum_k \sum_{j < |D_k|} (Z_{m_k + j} - Z_{m_k})",
    test=_same_riemann_error,
    letters=_LETTERS,
)
"""Z is the left Riemann error of the curve m -> mean of I(X_i; X_S) over sets S of m tokens."""

independent_law = Assumption(
    "independent_law",
    (),
    r"\text{the } X_i \text{ are independent}",
    test=lambda oracle, x: _each(x, float(np.abs(_curve(oracle.law)).max()), 1e-9),
    letters=_LETTERS,
)
"""The tokens are independent of each other."""
