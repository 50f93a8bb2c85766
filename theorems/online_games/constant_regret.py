r"""Under multiplicative noise a player's regret on a rotation is bounded, with separate steps.

Player 1 plays y_t = x_t - gamma g_(t-1) in his own coordinates. Against an action p,
E <F_1(y_t), x_t - p> = (E |x_t - p|^2 - E |x_(t+1) - p|^2 + eta^2 E |g_t|^2)/(2 eta), and
-gamma <F_1(y_t), g_(t-1)> is at most gamma (|F_1(y_t)|^2 + |g_(t-1)|^2)/2. Summed up, with
E |g_t|^2 = (1 + sigma_1^2) E |F_1(y_t)|^2 and the finite total of E |F(y_t)|^2 from
:mod:`theorems.online_games.noisy_rotations`: a bound that does not depend on the rounds.
"""

from sympy import Rational

from convlab.algorithms.games import (
    noisy_optimistic_gradient_plus,
    optimistic_dual_averaging_plus,
    stochastic_gradient_descent_ascent,
)
from convlab.claims import identity, upper_bound
from convlab.metrics import E, at_point, distance_squared, metric, running_mean
from convlab.symbols import D, eta, gamma, k, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import split, sqnorm
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
    assume=assume,
    algorithm=optimistic_dual_averaging_plus(gamma=gamma, eta=eta),
    parameters=below,
    claims=[
        identity(distance_squared, noisy_optimistic_gradient_plus(gamma=gamma, eta=eta), digits=7)
    ],
    tight=[rotation(1.0), rotation(0.3)],
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
