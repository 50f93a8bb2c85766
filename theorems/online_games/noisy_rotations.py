r"""Optimistic gradient with separate steps on a rotation with multiplicative noise: exactly.

With F(x) = i L x, g_k = (1 + sigma_1 xi_k) F(y_k) for each player, y_k = x_k - gamma g_(k-1) and
x_(k+1) = x_k - eta g_k, let X = E |x_k|^2, C = E <x_k, g_(k-1)> (complex) and W = E |g_(k-1)|^2:
X' = X + 2 eta gamma L Im C + eta^2 W', C' = i L (gamma C - X) - eta W',
W' = (1 + sigma_1^2) L^2 (X - 2 gamma Re C + gamma^2 W). A fixed point other than 0 exists only for
eta = 2 gamma (1/(1 + sigma_1^2) - gamma^2 L^2)/(1 + gamma^2 L^2): below, everything goes to zero in
mean square. Equal steps are below only where sigma_1 < 1. The source has sufficient conditions on
both steps, in all variationally stable games.
"""

from sympy import FiniteSet, Interval, Rational, sqrt

from convlab.algorithms.games import (
    noisy_optimistic_gradient_plus,
    stochastic_gradient_descent_ascent,
)
from convlab.assumptions import noisy_operator, players_noise, spiral, zero
from convlab.claims import exponent, threshold, upper_bound
from convlab.metrics import E, at_point, distance_squared, residual_squared, running_mean
from convlab.symbols import D, L, eta, gamma, k, sigma_1
from convlab.theorem import Theorem, bound, mutant
from problems.games import noisy_game, spiral_game

noise = 1 + sigma_1**2
border = 2 * gamma * (1 / noise - (gamma * L) ** 2) / (1 + (gamma * L) ** 2)
below = {gamma: Interval.open(0, 1 / (L * sqrt(noise))), eta: Interval.open(0, border)}
mean_square = at_point("leading", running_mean(residual_squared))
assume = [spiral(0, L), players_noise(sigma_1), zero]


def rotation(sigma_1):
    """The rotation with multiplicative noise of this size."""
    return noisy_game(spiral_game(share=0.0), sigma_1=float(sigma_1))


ONLY = {
    spiral: "the runs are on rotations, whose L the claim is about",
    players_noise: "the runs have this noise, whose size the claim is about",
}

steps = Theorem(
    cite="hsieh2022noregret",
    title="How much shorter than the extrapolation the update must be under multiplicative noise.",
    assume=assume,
    algorithm=noisy_optimistic_gradient_plus(gamma=gamma, eta=eta),
    parameters={gamma: FiniteSet(1 / (5 * L)), eta: FiniteSet(border / 2)},
    because={gamma: "one length of the extrapolation is swept over four sizes of the noise"},
    claims=[
        threshold(
            E(distance_squared),
            eta,
            border,
            bracket=(gamma / 50, 3 * gamma),
            over=lambda sigma_1: rotation(sigma_1),
            along=[0.0, 0.5, 1.0, 1.5, 2.0],
        )
    ],
    tight=[rotation(1.0)],
    untested=ONLY,
    iterations=100_000,
    mutants=[
        bound(gamma, "equal steps"),
        bound(2 * gamma / noise, "too long by a term of order gamma^3"),
        mutant(
            "no extrapolation",
            "diverges",
            algorithm=stochastic_gradient_descent_ascent(eta=eta),
        ),
    ],
)

total = (1 - (gamma * L) ** 2) / (2 * eta * gamma)
total /= 1 - noise * (eta / (2 * gamma) + gamma * eta * L**2 / 2 + (gamma * L) ** 2)

constant = Theorem(
    cite="hsieh2022noregret",
    title="Under multiplicative noise the squared gradients seen by the players have a finite sum.",
    text=r"""With F(x) = i L x, g_k = (1 + sigma_1 xi_k) F(y_k) for each player, y_k = x_k - gamma
g_(k-1), x_(k+1) = x_k - eta g_k, X = E |x_k|^2, C = E <x_k, g_(k-1)> (complex), W = E |g_(k-1)|^2
and N = 1 + sigma_1^2: X' = X + 2 eta gamma L Im C + eta^2 W', C' = i L (gamma C - X) - eta W' and
W' = N L^2 (X - 2 gamma Re C + gamma^2 W). Below the border all tend to zero. Summed over all k,
these are three equations for the totals, from which that of E |F(y_k)|^2 = W'/N is D^2 (1 - gamma^2
L^2)/(2 eta gamma (1 - N (eta/(2 gamma) + gamma eta L^2/2 + gamma^2 L^2))): the mean over i < k is
at most this over k, an equality in the limit.""",
    assume=assume,
    algorithm=noisy_optimistic_gradient_plus(gamma=gamma, eta=eta),
    parameters=below,
    claims=[upper_bound(E(mean_square), D**2 * total / k, when=k >= 1)],
    tight=[rotation(1.0), rotation(0.5)],
    untested={spiral: "no game at hand of the same L is worse than rotations"},
    iterations=3000,
    mutants=[
        bound(D**2 * total / k * Rational(999, 1000), "it is an equality in the limit"),
        mutant(
            "longer updates",
            "beyond the border the sum is infinite",
            parameters={gamma: FiniteSet(1 / (5 * L)), eta: FiniteSet(border * Rational(11, 10))},
            claims=[exponent(E(mean_square), -1)],
        ),
        mutant(
            "additive noise",
            "the sum grows",
            tight=[noisy_game(spiral_game(share=0.0), sigma=0.1)],
            assume=[spiral(0, L), noisy_operator(0.1, sigma_1), zero],
        ),
    ],
)
