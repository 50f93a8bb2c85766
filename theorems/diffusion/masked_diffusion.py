r"""Sampling by masked diffusion: the error is at most the information between tokens over T.

A sequence of ell tokens is unmasked in T blocks of at most s tokens, those of a block at random
places and independently given what stands. The corollary's constant is derived here from the
theorem: 2^ceil(log2 s) - 1 <= 2 s - 3 for s >= 2, and s <= ell/T + 1 - 1/ell. The lower bound
follows from the paper's Theorem 2, whose sum of informations over scales is at most 2 I. On
repeated tokens, of information I/ell each, only the first block errs: by all of its s but one.
"""

from sympy import Eq, Float, ceiling, log

from convlab.algorithms.masked_diffusion import left_to_right, masked_diffusion
from convlab.assumptions import balanced, masked_blocks, token_law
from convlab.claims import identity, lower_bound, upper_bound
from convlab.metrics import metric
from convlab.symbols import T, k, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.token_laws import copied_pairs, markov_chain, parity, random_law, repetition

I = symbol("I", "sum over the tokens of the information between each and all others")  # noqa: E741
ell = symbol("ell", "tokens in a sequence", integer=True, tex=r"\ell")
s = symbol("s", "tokens unmasked at a time", integer=True)
epsilon = symbol("epsilon", "training error of the predictor", tex=r"\epsilon")
doublings = 2 ** ceiling(log(s) / log(2)) - 1


@metric(
    "divergence",
    r"\mathbb{E}\, \mathrm{KL}(p \,\|\, q_M)",
    allowance=lambda values, problem: 1e-12,
)
def divergence(s, oracle):
    """Divergence of the samples, in the order M, from the data; mean over the orders, in nats."""
    return s.divergence


uneven = random_law(1, horizon=3, schedule="long first block", mixing=0.2)

error = Theorem(
    cite="li2025convergence",
    number="Theorem 1",
    title="Masked diffusion errs by at most the information between tokens, block by block.",
    assume=[token_law(ell, I), masked_blocks(s, epsilon)],
    algorithm=masked_diffusion(),
    claims=[upper_bound(divergence, doublings * I / ell + epsilon)],
    tight=[repetition, parity],
    on=[markov_chain, random_law, copied_pairs, uneven],
    mutants=[
        bound(Float("0.9") * doublings * I / ell + epsilon, "repeated tokens attain the bound"),
        bound(doublings * I / ell**2 + epsilon, "the error grows with the length"),
        mutant(
            "left to right",
            "blocks of neighbours, not random ones, are wrong on copied pairs",
            algorithm=left_to_right(),
            tight=[copied_pairs],
            on=[],
        ),
    ],
    iterations=6,
)

one_over_steps = Theorem(
    cite="li2025convergence",
    number="Corollary 1",
    title="The error of masked diffusion in T steps is at most 2/T of the information.",
    assume=[token_law(ell, I), masked_blocks(s, epsilon), balanced],
    algorithm=masked_diffusion(),
    claims=[upper_bound(divergence, 2 * I / T + epsilon)],
    tight=[repetition],
    on=[parity, markov_chain, random_law, copied_pairs],
    mutants=[
        bound(4 * I / (5 * T) + epsilon, "one step on repeated tokens errs by 5 I/6"),
        bound(2 * I / T**3 + epsilon, "no faster than 1/T"),
    ],
)

no_better = Theorem(
    cite="li2025convergence",
    number="Theorem 2",
    title="Masked diffusion in equal blocks errs on repeated tokens by at least I s/(8 ell).",
    assume=[token_law(ell, I), masked_blocks(s, epsilon), balanced],
    algorithm=masked_diffusion(),
    claims=[
        lower_bound(divergence, s * I / (8 * ell) + epsilon, when=Eq(k, T) & (s > 1)),
        identity(divergence, (s - 1) * I / ell + epsilon, when=Eq(k, T)),
    ],
    on=[repetition],
    loose="by 4: the bound is s/(8 (s - 1)) of the exact error, which is the second claim",
    mutants=[
        bound(s * I / ell + epsilon, "the first token of a block costs nothing"),
        bound(3 * s * I / (5 * ell) + epsilon, "one of two tokens costs nothing"),
        mutant(
            "one by one",
            "blocks of one token are exact",
            claims=[lower_bound(divergence, s * I / (8 * ell) + epsilon, when=Eq(k, T))],
        ),
    ],
)
