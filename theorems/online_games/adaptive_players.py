"""Players that know neither game nor noise: adaptive optimistic dual averaging.

Under multiplicative noise the total regret of all players is bounded, so that its mean over k
rounds is of order 1/k; under additive noise it is of order 1/sqrt(k), as with steps of order
k^(-1/2) that are set beforehand. Both with one and the same method.
"""

from sympy import FiniteSet, Rational, sqrt

from convlab.algorithms.games import (
    adaptive_dual_averaging_plus,
    optimistic_dual_averaging_plus,
    stochastic_gradient_descent_ascent,
)
from convlab.assumptions import lipschitz, monotone, noisy_operator, zero
from convlab.claims import exponent
from convlab.metrics import E, at_point, players_regret
from convlab.symbols import L, eta, k, sigma, sigma_1
from convlab.theorem import Theorem, bound, mutant
from problems.games import noisy_game, spiral_game, strong_game

regret = E(at_point("leading", players_regret))
rotation = spiral_game(share=0.0)
steps = {"gamma": eta / (k + 1) ** Rational(1, 4), "eta": eta / sqrt(k + 1)}

multiplicative = Theorem(
    cite="hsieh2022noregret",
    title="Adaptive players under multiplicative noise: constant regret.",
    assume=[monotone, lipschitz(L), noisy_operator(0, sigma_1), zero],
    algorithm=adaptive_dual_averaging_plus(q=Rational(1, 4)),
    claims=[exponent(regret, -1)],
    tight=[noisy_game(rotation, sigma_1=1.0), noisy_game(strong_game(n=2), sigma_1=0.5)],
    iterations=2000,
    mutants=[
        bound(-Rational(3, 2), "it tends to a constant"),
        mutant(
            "preset steps",
            "steps that decrease as for additive noise have regret of order sqrt(k)",
            algorithm=optimistic_dual_averaging_plus(
                gamma=1 / (2 * (k + 1) ** Rational(1, 4)), eta=1 / (2 * sqrt(k + 1))
            ),
        ),
    ],
)

additive = Theorem(
    cite="hsieh2022noregret",
    title="Adaptive players under additive noise: regret of order sqrt(k).",
    assume=[monotone, lipschitz(L), noisy_operator(sigma, 0), zero],
    algorithm=adaptive_dual_averaging_plus(q=Rational(1, 4)),
    claims=[exponent(regret, -Rational(1, 2))],
    tight=[noisy_game(rotation, sigma=1.0), noisy_game(strong_game(), sigma=1.0)],
    iterations=2000,
    mutants=[
        bound(-1, "the noise admits no better"),
        mutant(
            "gradient descent ascent",
            "constant steps without extrapolation spiral outwards",
            algorithm=stochastic_gradient_descent_ascent(eta=Rational(1, 5)),
        ),
    ],
)

preset = Theorem(
    cite="hsieh2022noregret",
    title="Optimistic dual averaging with preset steps under additive noise: regret like sqrt(k).",
    assume=additive.assume,
    algorithm=optimistic_dual_averaging_plus(**steps),
    parameters={eta: FiniteSet(1 / (2 * L))},
    because={eta: "shorter steps reach the regime of sqrt(k) after longer runs only"},
    claims=additive.claims,
    tight=additive.tight,
    iterations=2000,
    mutants=additive.mutants,
)
