r"""Sampling by masked diffusion: the error is at most the information between tokens over T.

A sequence of ell tokens is unmasked in T blocks of at most s tokens, those of a block at random
places and independently given what stands.
"""

from sympy import Eq, Float, ceiling, log

from convlab.algorithms.masked_diffusion import left_to_right, masked_diffusion
from convlab.assumptions import balanced, masked_blocks, token_law
from convlab.claims import identity, upper_bound
from convlab.metrics import metric
from convlab.symbols import T, k, symbol
from convlab.theorem import Theorem, bound, mutant, without
from problems.token_laws import copied_pairs, parity, random_law, repetition

WORDS = dict.fromkeys((masked_blocks, token_law), "it says what the letters are")

J = symbol("J", "sum over the tokens of the information between each and all others")
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


error = Theorem(
    cite="li2025convergence",
    number="Theorem 1",
    title="Masked diffusion errs by at most the information between tokens, block by block.",
    text="""
        It follows from the sharper (s - 1) J/ell + epsilon of
        ``diffusion/information_curve/block_size``, as s <= 2^ceil(log2 s).""",
    assume=[token_law(ell, J), masked_blocks(s, epsilon)],
    algorithm=masked_diffusion(),
    claims=[upper_bound(divergence, doublings * J / ell + epsilon)],
    tight=[
        repetition(horizon=3),
        repetition(horizon=3, mixing=0.3),
        parity,
        random_law(1, horizon=3, schedule="long first block", mixing=0.2),
    ],
    mutants=[
        bound(Float("0.9") * doublings * J / ell + epsilon, "repeated tokens attain the bound"),
        bound(doublings * J / ell**2 + epsilon, "the error grows with the length"),
        bound(doublings * J / ell, "the predictor is not exact"),
        mutant(
            "left to right",
            "blocks of neighbours, not random ones, are wrong on copied pairs",
            algorithm=left_to_right(),
            tight=[copied_pairs],
        ),
    ],
    iterations=6,
    untested=WORDS,
)

one_over_steps = Theorem(
    cite="li2025convergence",
    number="Corollary 1",
    adapted="with the constant 1 - 1/ell, where the source has an unspecified one",
    title="The error of masked diffusion in T equal blocks is at most 1/T of the information.",
    text="""
        Equal blocks have s <= ceil(ell/T) <= (ell + T - 1)/T tokens, so that s - 1 <= (ell - 1)/T,
        and ``diffusion/information_curve/block_size`` gives (s - 1) J/ell + epsilon
        <= (1 - 1/ell) J/T + epsilon.""",
    assume=[token_law(ell, J), masked_blocks(s, epsilon), balanced],
    algorithm=masked_diffusion(),
    claims=[upper_bound(divergence, (1 - 1 / ell) * J / T + epsilon)],
    tight=[repetition, repetition(horizon=3, mixing=0.3)],
    iterations=6,
    loose="by (ell - 1)/(ell - T) on repeated tokens, as blocks are whole; and no law at hand has "
    "the ten blocks from which on a faster rate is told",
    untested=WORDS,
    mutants=[
        bound(Float("0.99") * (1 - 1 / ell) * J / T + epsilon, "one step on repeated tokens"),
        bound(J / T**2 + epsilon, "no faster than 1/T"),
        bound((1 - 1 / ell) * J / T, "the predictor is not exact"),
        without(
            balanced,
            "a long first block errs by almost all information",
            on=[repetition(schedule="long first block")],
        ),
    ],
)

no_better = Theorem(
    cite="li2025convergence",
    number="Theorem 2",
    adapted="the exact error on one law, where the source bounds it by constants times s J/ell",
    title="There is a law on which masked diffusion errs by (s - 1)/ell of the information.",
    text="""
        It is that of one fair token, repeated ell times. Each token has the information log 2 on
        the others, so that J = ell log 2. Once a token stands, the others follow, and only the
        first block errs: its s tokens are sampled independently, with the entropy s log 2 in place
        of log 2. The loss of the predictor is added.
        The error is (s - 1) log 2 + epsilon = (s - 1) J/ell + epsilon.""",
    assume=[token_law(ell, J), masked_blocks(s, epsilon)],
    algorithm=masked_diffusion(),
    claims=[identity(divergence, (s - 1) * J / ell + epsilon, when=Eq(k, T))],
    exists=True,
    on=[repetition, repetition(mixing=0.3)],
    untested=WORDS,
    mutants=[
        bound(s * J / ell + epsilon, "the first token of a block costs nothing"),
        bound((s - 1) * J / ell, "the predictor is not exact"),
        mutant("another law", "with an even sum, only the last block errs", on=[parity]),
    ],
)
