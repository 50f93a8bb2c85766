"""Laws of binary sequences, sampled by unmasking block after block: all by enumeration.

A set of tokens, and a sequence, is a number whose binary digits say which: there are 2^ell of
either. Entropies are in nats.
"""

import math
from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions.laws import (
    balanced,
    independent_law,
    information_curve,
    masked_blocks,
    token_law,
)
from convlab.family import between, choice, family
from convlab.problem import Problem
from convlab.vocabulary import Array, inner, rmatvec

__all__ = [
    "copied_pairs",
    "independent_tokens",
    "markov_chain",
    "parity",
    "random_law",
    "repetition",
]

Steps = Annotated[int, choice(1, 2, 3, 4, 5, 6)]
Schedule = Annotated[str, choice("balanced", "long first block")]
Mixing = Annotated[float, between(0.0, 0.5)]
Tokens = Annotated[int, choice(6, 8)]


class Sampler(NamedTuple):
    """What unmasking does in step k, from each set of tokens.

    ``law`` is that of the data, (2^ell,). The two orders of unmasking, scattered and from left to
    right, have a stochastic matrix between sets for each step, (T, 2^ell, 2^ell), and the mean
    divergence that the step adds from each set, (T, 2^ell).
    """

    law: Array
    scattering: Array
    scattered: Array
    advancing: Array
    advanced: Array

    def scatter(self, x: Array, k: int) -> Array:
        """(R, 2^ell): the law of the set after a block of random masked tokens."""
        return rmatvec(self.scattering[k % self.scattering.shape[0], :, :], x)

    def scattered_error(self, x: Array, k: int) -> Array:
        """(R, 1): the mean divergence that this block adds."""
        return inner(x, self.scattered[k % self.scattered.shape[0], :])

    def advance(self, x: Array, k: int) -> Array:
        """(R, 2^ell): the law of the set after the next block from the left."""
        return rmatvec(self.advancing[k % self.advancing.shape[0], :, :], x)

    def advanced_error(self, x: Array, k: int) -> Array:
        """(R, 1): the mean divergence that this block adds."""
        return inner(x, self.advanced[k % self.advanced.shape[0], :])


def _blocks(ell: int, steps: int, schedule: str) -> list[int]:
    if schedule == "balanced":
        return [ell // steps + (k < ell % steps) for k in range(steps)]
    return [ell - steps + 1] + [1] * (steps - 1)


class _Entropies:
    """Entropies of all sets of tokens, and cross-entropies of each token given each set."""

    def __init__(self, law: np.ndarray, mixing: float) -> None:
        self.ell = ell = int(math.log2(len(law)))
        self.sets = np.arange(len(law))
        self.sizes = np.array([int(s).bit_count() for s in self.sets])
        parts = np.stack(
            [np.bincount(self.sets & s, law, len(law))[self.sets & s] for s in self.sets]
        )
        seen = law > 0
        self.joint = -(np.log(np.where(seen, parts, 1.0)) @ law)
        self.alone, self.predicted = np.zeros((2, len(law), ell))
        for i in range(ell):
            with np.errstate(invalid="ignore", divide="ignore"):
                given = np.where(seen, parts[self.sets | 1 << i] / parts, 1.0)
            self.alone[:, i] = -(np.log(given) @ law)
            self.predicted[:, i] = -(np.log((1 - mixing) * given + mixing / 2) @ law)

    def outside(self, s: int) -> list[int]:
        return [i for i in range(self.ell) if not s >> i & 1]

    def error(self, s: int, after: int) -> float:
        """The divergence of a block sampled token by token from one sampled jointly."""
        block = [i for i in range(self.ell) if (after & ~s) >> i & 1]
        return float(self.predicted[s, block].sum() - (self.joint[after] - self.joint[s]))

    def training_error(self, blocks: list[int]) -> float:
        """The paper's mean over steps and masks of the log-likelihood that the predictor loses."""
        lost, revealed = 0.0, 0
        for size in blocks:
            for s in self.sets[self.sizes == revealed]:
                masked = self.outside(int(s))
                loss = (self.predicted - self.alone)[s, masked].sum()
                lost += size / len(masked) * loss / math.comb(self.ell, revealed)
            revealed += size
        return lost

    def curve(self) -> np.ndarray:
        """(ell,): mean over tokens and over sets of m others of the information between them."""
        found = np.zeros(self.ell)
        for s in self.sets[:-1]:
            masked = self.outside(int(s))
            m = self.sizes[s]
            found[m] += (self.joint[[1 << i for i in masked]] - self.alone[s, masked]).mean() / (
                math.comb(self.ell, int(m))
            )
        return found


def _problem(law: np.ndarray, steps: int, schedule: str, mixing: float) -> Problem:
    found = _Entropies(law, mixing)
    ell, N = found.ell, len(law)
    blocks = _blocks(ell, steps, schedule)
    scattering, advancing = np.zeros((2, steps, N, N))
    scattered, advanced = np.zeros((2, steps, N))
    revealed = 0
    for k, size in enumerate(blocks):
        for s in found.sets[found.sizes == revealed]:
            later = found.sets[(found.sizes == revealed + size) & (found.sets & s == s)]
            scattering[k, s, later] = 1 / len(later)
            scattered[k, s] = np.mean([found.error(int(s), int(t)) for t in later])
        here, there = 2**revealed - 1, 2 ** (revealed + size) - 1
        advancing[k, here, there], advanced[k, here] = 1.0, found.error(here, there)
        revealed += size
    information = sum(found.joint[1 << i] - found.alone[N - 1 - (1 << i), i] for i in range(ell))
    curve, at = found.curve(), np.cumsum([0, *blocks[:-1]])
    riemann = sum(
        float((curve[m : m + size] - curve[m]).sum()) for m, size in zip(at, blocks, strict=True)
    )
    start = np.zeros(N)
    start[0] = 1.0
    how = "from the table of the law"
    declares = [
        token_law(ell, Certificate(max(information, 0.0), how, 1e-12)),
        masked_blocks(max(blocks), Certificate(found.training_error(blocks), how, 1e-12)),
        information_curve(Certificate(max(riemann, 0.0), how, 1e-12)),
    ]
    if max(blocks) == -(-ell // steps):
        declares.append(balanced())
    if information < 1e-12:
        declares.append(independent_law())
    return Problem(
        oracle=Sampler(law, scattering, scattered, advancing, advanced),
        declares=declares,
        start=start,
    )


def _bits(ell: int) -> np.ndarray:
    """(2^ell, ell): the tokens of all sequences."""
    return np.arange(2**ell)[:, None] >> np.arange(ell) & 1


@family
def repetition(
    rng: np.random.Generator,
    *,
    horizon: Steps = 2,
    schedule: Schedule = "balanced",
    mixing: Mixing = 0.0,
    tokens: Tokens = 6,
) -> Problem:
    """One fair token, repeated: all divergence is in the first block."""
    law = np.zeros(2**tokens)
    law[[0, -1]] = 0.5
    return _problem(law, horizon, schedule, mixing)


@family
def parity(
    rng: np.random.Generator,
    *,
    horizon: Steps = 2,
    schedule: Schedule = "balanced",
    mixing: Mixing = 0.0,
    tokens: Tokens = 6,
) -> Problem:
    """Fair tokens with an even sum: all divergence is in the last block."""
    law = np.where(_bits(tokens).sum(axis=1) % 2, 0.0, 1.0)
    return _problem(law / law.sum(), horizon, schedule, mixing)


@family
def markov_chain(
    rng: np.random.Generator,
    *,
    horizon: Steps = 2,
    schedule: Schedule = "balanced",
    mixing: Mixing = 0.0,
    tokens: Tokens = 6,
    flip: Annotated[float, between(0.01, 0.99)] = 0.1,
) -> Problem:
    """A symmetric chain, whose next token differs from the last with probability ``flip``."""
    turns = np.abs(np.diff(_bits(tokens), axis=1))
    law = np.where(turns, flip, 1 - flip).prod(axis=1)
    return _problem(law / law.sum(), horizon, schedule, mixing)


@family
def random_law(
    rng: np.random.Generator,
    *,
    horizon: Steps = 2,
    schedule: Schedule = "balanced",
    mixing: Mixing = 0.0,
    tokens: Tokens = 6,
    concentration: Annotated[float, between(0.01, 2.0, log=True)] = 0.05,
) -> Problem:
    """A random table: a Dirichlet law over all sequences."""
    law = rng.gamma(concentration, size=2**tokens) + 1e-12
    return _problem(law / law.sum(), horizon, schedule, mixing)


@family
def copied_pairs(
    rng: np.random.Generator,
    *,
    horizon: Steps = 4,
    schedule: Schedule = "balanced",
    mixing: Mixing = 0.0,
    tokens: Tokens = 6,
) -> Problem:
    """Fair tokens, each written twice in a row: hard for blocks of neighbours."""
    bits = _bits(tokens)
    law = (bits[:, ::2] == bits[:, 1::2]).all(axis=1).astype(float)
    return _problem(law / law.sum(), horizon, schedule, mixing)


@family
def independent_tokens(
    rng: np.random.Generator,
    *,
    horizon: Steps = 2,
    schedule: Schedule = "balanced",
    mixing: Mixing = 0.0,
    tokens: Tokens = 6,
) -> Problem:
    """Independent tokens with random frequencies: sampled exactly in one step."""
    chance = rng.uniform(0.05, 0.95, size=tokens)
    bits = _bits(tokens)
    law = (bits * chance + (1 - bits) * (1 - chance)).prod(axis=1)
    return _problem(law, horizon, schedule, mixing)
