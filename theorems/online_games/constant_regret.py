r"""Under multiplicative noise a player's regret on a rotation is bounded, with separate steps.

Player 1 plays y_t = x_t - gamma g_(t-1) in his own coordinates. Against an action p, with A =
|x_0 - p|^2, E <F_1(y_t), x_t - p> = (E |x_t - p|^2 - E |x_(t+1) - p|^2 + eta^2 E |g_t|^2)/(2 eta),
and -gamma <F_1(y_t), g_(t-1)> is at most gamma (|F_1(y_t)|^2 + |g_(t-1)|^2)/2. Here
E |g_t|^2 = N E |F_1(y_t)|^2, N = 1 + sigma_1^2. Let S be the total of E |F(y_t)|^2, which is
D^2 (1 - gamma^2 L^2)/(2 eta gamma (1 - N (eta/(2 gamma) + gamma eta L^2/2 + gamma^2 L^2))), as is
derived for the sum of squared gradients. So the mean regret over k rounds is at most 1/k times
A/(2 eta) + (gamma + (gamma + eta) N) S/2, which does not depend on k.
"""

from sympy import Interval, Rational

from convlab.algorithms.games import (
    noisy_optimistic_gradient_plus,
    optimistic_dual_averaging_plus,
    stochastic_gradient_descent_ascent,
)
from convlab.assumptions import lipschitz, noisy_operator, players_noise, spiral, zero
from convlab.claims import identity, upper_bound
from convlab.metrics import E, at_point, distance_squared, metric, running_mean
from convlab.symbols import D, L, eta, gamma, k, sigma, sigma_1, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import split, sqnorm
from problems.games import noisy_game, strong_game
from theorems.online_games.noisy_rotations import assume, below, noise, rotation, total

letters = {"F_1": "the part of F of the first player", "p": "the action $-1$ of the first player"}


@metric("regret", r"\langle F_1(X), (X - p)_1 \rangle", letters=letters)
def regret(s, oracle):
    """Of the first player in one round, against the action p = -1."""
    return oracle.regret(s.x)


@metric("away", r"\|(X - p)_1\|^2", letters=letters)
def away(s, oracle):
    """Squared distance of the first player from that action."""
    return sqnorm(split(s.x, 1)[0] + 1)


apart = symbol("A", "squared distance of a player's start from the action he is compared with")
ceiling = apart / (2 * eta) + (gamma + (gamma + eta) * noise) * D**2 * total / 2

theorem = Theorem(
    cite="hsieh2022noregret",
    title="Under multiplicative noise a player's regret is bounded, with separate steps.",
    assume=assume,
    algorithm=noisy_optimistic_gradient_plus(gamma=gamma, eta=eta),
    parameters=below,
    initial={apart: away},
    claims=[upper_bound(E(at_point("leading", running_mean(regret))), ceiling / k, when=k >= 1)],
    tight=[rotation(1.0), rotation(0.5)],
    loose="by 1.4: as the player's share of the squared gradients all of them are counted; one of "
    "the two terms in gamma suffices here",
    untested={
        spiral: "no game at hand of the same L is worse than rotations",
        players_noise: "its size is that of the bound; no noise at hand is worse",
    },
    iterations=3000,
    mutants=[
        bound(ceiling / (2 * k), "more than half of it is reached"),
        bound(ceiling / k ** Rational(5, 4), "it tends to a positive constant"),
        mutant(
            "no extrapolation",
            "the game spirals outwards, and so does the regret",
            algorithm=stochastic_gradient_descent_ascent(eta=eta),
        ),
    ],
)

averaging = Theorem(
    cite="hsieh2022noregret",
    title="With constant steps optimistic dual averaging is optimistic gradient.",
    text=r"""Both play y_(t+1) = x_(t+1) - gamma g_t, and x_(t+1) = x_0 - eta (g_0 + ... + g_t) is
x_t - eta g_t where eta does not change with t. Up to rounding, hence 7 digits.""",
    assume=[lipschitz(L), noisy_operator(sigma, sigma_1), zero],
    untested={
        lipschitz: "it only says in which range of steps they are compared",
        noisy_operator: "the noise may be any, if it is the same",
    },
    algorithm=optimistic_dual_averaging_plus(gamma=gamma, eta=eta),
    parameters={gamma: Interval.open(0, 1 / (2 * L)), eta: Interval.open(0, gamma / 2)},
    claims=[
        identity(distance_squared, noisy_optimistic_gradient_plus(gamma=gamma, eta=eta), digits=7)
    ],
    tight=[rotation(1.0), noisy_game(strong_game(n=2), sigma=0.5)],
    iterations=100,
    mutants=[
        bound(noisy_optimistic_gradient_plus(gamma=gamma, eta=eta / 2), "other steps are not"),
        mutant(
            "decreasing steps",
            "then it forgets otherwise",
            algorithm=optimistic_dual_averaging_plus(gamma=gamma, eta=eta / (k + 1)),
            claims=[
                identity(
                    distance_squared,
                    noisy_optimistic_gradient_plus(gamma=gamma, eta=eta / (k + 1)),
                )
            ],
        ),
    ],
)
