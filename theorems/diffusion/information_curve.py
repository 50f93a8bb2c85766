r"""The error of masked diffusion is the Riemann error of the information curve.

The curve maps m to the mean of I(X_i; X_S) over tokens i and sets S of m others. A block that
starts after m tokens adds the sum over j of the curve at m + j minus the curve at m: each token
is sampled with the information that stood before the block, by the chain rule of the entropy.
"""

from sympy import Eq, Float

from convlab.algorithms.masked_diffusion import left_to_right, masked_diffusion
from convlab.assumptions import information_curve, masked_blocks, token_law
from convlab.claims import identity
from convlab.symbols import T, k, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.token_laws import (
    copied_pairs,
    independent_tokens,
    markov_chain,
    parity,
    random_law,
    repetition,
)
from theorems.diffusion.masked_diffusion import I, divergence, ell, epsilon, s

Z = symbol("Z", "left Riemann error of the information curve along the blocks")

riemann_error = Theorem(
    cite="chen2026optimal",
    title="The error of masked diffusion is the Riemann error of the information curve.",
    assume=[information_curve(Z)],
    algorithm=masked_diffusion(),
    claims=[identity(divergence, Z, when=Eq(k, T))],
    tight=[repetition, parity],
    on=[markov_chain, random_law, copied_pairs, independent_tokens],
    mutants=[
        bound(Float("1.001") * Z, "the identity is exact"),
        mutant("left to right", "the curve is of random sets", algorithm=left_to_right()),
    ],
)

autoregressive = Theorem(
    cite="chen2026optimal",
    title="One token at a time, from left to right, every law is sampled without error.",
    assume=[information_curve(Z)],
    algorithm=left_to_right(),
    claims=[identity(divergence, 0)],
    on=[law(1, horizon=6) for law in (random_law, markov_chain, copied_pairs)],
    mutants=[
        mutant("two at a time", "neighbours depend on each other", on=[markov_chain(horizon=3)]),
        mutant("five, then one", "pairs are cut", on=[copied_pairs(horizon=2)]),
    ],
    iterations=6,
)

independent = Theorem(
    cite="chen2026optimal",
    title="Independent tokens are sampled without error in any number of steps.",
    assume=[token_law(ell, I), masked_blocks(s, epsilon)],
    algorithm=masked_diffusion(),
    claims=[identity(divergence, 0)],
    on=[independent_tokens],
    mutants=[
        mutant("dependent", "repeated tokens are not independent", on=[repetition]),
        mutant("weakly dependent", "nor is a chain", on=[markov_chain(flip=0.45, horizon=2)]),
    ],
)
