r"""The error of masked diffusion is the Riemann error of the information curve.

The curve maps m to Z_m, the mean of I(X_i; X_S) over the sets S of m tokens and the i outside S.
"""

from sympy import Eq, Float

from convlab.algorithms.masked_diffusion import left_to_right, masked_diffusion
from convlab.assumptions import independent_law, information_curve, masked_blocks, token_law
from convlab.claims import identity, upper_bound
from convlab.symbols import T, k, symbol
from convlab.theorem import Theorem, bound, mutant, without
from problems.token_laws import (
    copied_pairs,
    independent_tokens,
    markov_chain,
    parity,
    random_law,
    repetition,
)
from theorems.diffusion.masked_diffusion import WORDS, J, divergence, ell, epsilon, s

Z = symbol("Z", "left Riemann error of the information curve along the blocks")

riemann_error = Theorem(
    cite="chen2026optimal",
    title="The error of masked diffusion is the Riemann error of the information curve.",
    text="""
        A block D whose tokens are sampled independently, given the tokens S that stand, diverges
        from the law by sum_(i in D) H(X_i | X_S) - H(X_D | X_S). By the chain rule, in a random
        order of D, that is the sum over j < |D| of I(X_i; X_S') - I(X_i; X_S), where S' is S and
        the first j tokens of D, and i the next one. In the mean over random orders S' is a uniform
        set of |S| + j tokens, so that the block adds the sum over j of Z_(m+j) - Z_m, m = |S|. A
        predictor that is not exact adds its loss, epsilon.
        Added up over the blocks: Z + epsilon.""",
    assume=[information_curve(Z), masked_blocks(s, epsilon)],
    algorithm=masked_diffusion(),
    claims=[identity(divergence, Z + epsilon, when=Eq(k, T))],
    tight=[repetition, parity, markov_chain(mixing=0.2), random_law(tokens=8), copied_pairs],
    untested={information_curve: WORDS[masked_blocks], masked_blocks: WORDS[masked_blocks]},
    mutants=[
        bound(Float("1.001") * Z + epsilon, "the identity is exact"),
        bound(Z, "the loss of the predictor is added"),
        mutant("left to right", "the curve is of random sets", algorithm=left_to_right()),
    ],
)

block_size = Theorem(
    cite="chen2026optimal",
    title="Blocks of at most s tokens err by at most (s - 1)/ell of the information.",
    text="""
        By ``riemann_error`` a block of n <= s tokens that starts after m adds the sum over j < n of
        Z_(m+j) - Z_m. The curve never falls, as more tokens tell more; so this is at most
        (n - 1) (Z_(m+n-1) - Z_m) <= (s - 1) (Z_(m+n-1) - Z_m). The blocks are disjoint, Z_0 = 0,
        and Z at ell - 1 is the mean of I(X_i; X_-i), J/ell: together at most (s - 1) J/ell.
        The loss of the predictor is added: (s - 1) J/ell + epsilon.""",
    assume=[token_law(ell, J), masked_blocks(s, epsilon)],
    algorithm=masked_diffusion(),
    claims=[upper_bound(divergence, (s - 1) * J / ell + epsilon)],
    tight=[repetition, parity, repetition(horizon=3, mixing=0.3)],
    untested=WORDS,
    iterations=6,
    mutants=[
        bound(Float("0.99") * (s - 1) * J / ell + epsilon, "repeated tokens attain the bound"),
        bound((s - 1) * J / ell, "the loss of the predictor is added"),
        mutant(
            "left to right",
            "blocks of neighbours, not random ones, are wrong on copied pairs",
            algorithm=left_to_right(),
            tight=[copied_pairs],
        ),
    ],
)

autoregressive = Theorem(
    cite="chen2026optimal",
    title="One token at a time, from left to right, every law is sampled without error.",
    text="""
        The law of the data is the product of the laws of its tokens, each given all before it;
        from these laws they are drawn, as the predictor is exact.
        So the divergence is 0.""",
    assume=[token_law(ell, J), masked_blocks(1, 0)],
    algorithm=left_to_right(),
    claims=[identity(divergence, 0)],
    tight=[random_law(1, horizon=6), markov_chain(1, horizon=6), copied_pairs(horizon=6)],
    untested={token_law: WORDS[token_law]},
    mutants=[
        without(
            masked_blocks,
            "two tokens at a time depend on each other, and a mixed predictor is wrong",
            on=[markov_chain(horizon=3), copied_pairs(horizon=2), parity(horizon=6, mixing=0.1)],
        ),
        without(
            masked_blocks,
            "three tokens at a time depend on each other as well",
            on=[markov_chain(horizon=2)],
        ),
    ],
    iterations=6,
)

independent = Theorem(
    cite="chen2026optimal",
    title="Independent tokens are sampled without error in any number of steps.",
    text="""
        The law of a block given the tokens that stand is the product of the laws of its tokens, so
        that only the predictor can err.
        The divergence is epsilon, and 0 where the predictor is exact.""",
    assume=[independent_law, masked_blocks(s, epsilon)],
    algorithm=masked_diffusion(),
    claims=[identity(divergence, epsilon, when=Eq(k, T))],
    tight=[independent_tokens, independent_tokens(mixing=0.3, tokens=8)],
    untested={masked_blocks: WORDS[masked_blocks]},
    mutants=[
        bound(0, "a predictor that is not exact errs"),
        without(
            independent_law,
            "repeated tokens are not independent, nor is a chain",
            on=[markov_chain(flip=0.45, horizon=2), repetition],
        ),
    ],
)
