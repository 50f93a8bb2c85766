"""Players that know neither game nor noise: adaptive optimistic dual averaging.

Under multiplicative noise the total regret of all players stays bounded: its mean over k rounds is
of order 1/k. The method and the order are those of the source, as remembered; they are tested, not
derived.
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
from convlab.theorem import Theorem, bound, mutant, without
from problems.games import noisy_game, spiral_game, strong_game

regret = E(at_point("leading", players_regret))
rotation = spiral_game(share=0.0)
steps = {"gamma": eta / (k + 1) ** Rational(1, 4), "eta": eta / sqrt(k + 1)}

UNTESTED = {
    lipschitz: "the noisy games at hand are all Lipschitz",
    noisy_operator: "the noisy games at hand all have noise of this kind",
}
spiral = spiral_game(share=0.9)

multiplicative = Theorem(
    cite="hsieh2022noregret",
    title="Adaptive players under multiplicative noise: constant regret.",
    assume=[monotone, lipschitz(L), noisy_operator(0, sigma_1), zero],
    algorithm=adaptive_dual_averaging_plus(q=Rational(1, 4)),
    claims=[exponent(regret, -1)],
    untested=UNTESTED,
    tight=[noisy_game(rotation, sigma_1=1.0), noisy_game(strong_game(n=2), sigma_1=0.5)],
    iterations=2000,
    mutants=[
        bound(-Rational(3, 2), "it tends to a constant"),
        without(monotone, "spirals lead outwards", on=[noisy_game(spiral, sigma_1=1.0)]),
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
    text="""Under additive noise the total regret of all players is of order sqrt(k), its mean over
k rounds of order 1/sqrt(k), with the method that has bounded regret under multiplicative noise. The
method and the order are those of the source, as remembered; they are tested, not derived.""",
    assume=[monotone, lipschitz(L), noisy_operator(sigma, 0), zero],
    algorithm=adaptive_dual_averaging_plus(q=Rational(1, 4)),
    claims=[exponent(regret, -Rational(1, 2))],
    untested=UNTESTED,
    tight=[noisy_game(rotation, sigma=1.0), noisy_game(strong_game(), sigma=1.0)],
    iterations=2000,
    mutants=[
        bound(-1, "the noise admits no better"),
        without(monotone, "spirals lead outwards", on=[noisy_game(spiral, sigma=1.0)]),
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
    text="""With extrapolations of order k^(-1/4) and updates of order k^(-1/2), set beforehand,
the total regret of all players under additive noise is of order sqrt(k), its mean over k rounds of
order 1/sqrt(k). The steps and the order are those of the source, as remembered; they are tested,
not derived.""",
    assume=additive.assume,
    algorithm=optimistic_dual_averaging_plus(**steps),
    parameters={eta: FiniteSet(1 / (2 * L))},
    because={eta: "shorter steps reach the regime of sqrt(k) after longer runs only"},
    claims=additive.claims,
    untested=UNTESTED,
    tight=additive.tight,
    iterations=2000,
    mutants=additive.mutants,
)
