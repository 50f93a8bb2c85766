"""Clipped methods on a game that only turns, step by step: exactly.

Derived: F(x) = L J x with a rotation J by a right angle, and no noise. A clipped step of gradient
descent ascent has the length eta tau and is orthogonal to x: the squared distance grows by
(eta tau)^2 in every step, for the operator only becomes longer. Extragradient steps have the
lengths a |x| to y and b |y| from x, a and b after clipping, and y = x - a J x gives
|x_(k+1)|^2 = ((1 - a b)^2 + b^2) |x_k|^2. Clipped entry by entry the steps are not orthogonal.
"""

from sympy import Interval, Min, Rational, sqrt

from convlab.algorithms.clipped import clipped_extragradient, clipped_gradient_descent_ascent
from convlab.algorithms.games import stochastic_gradient_descent_ascent
from convlab.assumptions import noisy_operator, spiral, zero
from convlab.claims import drift, identity
from convlab.metrics import distance_squared
from convlab.symbols import D, L, V, eta, k, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.games import noisy_game, spiral_game

share = symbol("share", "level of clipping, as a part of the length of the first operator")

tau = share * L * D
turns = [noisy_game(spiral_game(share=0.0, L=L), sigma=0.0) for L in (1.0, 4.0)]
assume = [spiral(0, L), zero, noisy_operator(0, 0)]
steps = {
    eta: Interval.Lopen(0, 1 / L),
    share: Interval.open(0, 1),
}

descent_ascent = Theorem(
    cite="sadiev2023high",
    title="Clipped descent ascent on a game that turns: steps of length eta tau across.",
    assume=assume,
    algorithm=clipped_gradient_descent_ascent(eta=eta, tau=tau),
    parameters=steps,
    claims=[identity(distance_squared, D**2 + k * (eta * tau) ** 2)],
    tight=turns,
    iterations=60,
    mutants=[
        bound(D**2 + k * (eta * tau) ** 2 * Rational(99, 100), "every step has this length"),
        step(2 * tau, "twice as long", name="tau"),
        mutant("no clipping", "longer", algorithm=stochastic_gradient_descent_ascent(eta=eta)),
    ],
)

a = eta * Min(L, tau / sqrt(V))
b = eta * Min(L, tau / sqrt(V * (1 + a**2)))
after = ((1 - a * b) ** 2 + b**2) * V

extragradient = Theorem(
    cite="sadiev2023high",
    title="Clipped extragradient on a game that turns: the lengths of both steps.",
    assume=assume,
    algorithm=clipped_extragradient(eta=eta, tau=tau),
    parameters=steps,
    claims=[drift(distance_squared, after, equal=True)],
    tight=turns,
    iterations=60,
    mutants=[
        bound(((1 - a * a) ** 2 + a**2) * V, "the operator at y is longer, its clipping harder"),
        bound((1 - a * b) ** 2 * V, "a step across leads outwards"),
        step(2 * tau, "twice as long", name="tau"),
        mutant(
            "descent ascent",
            "it leads outwards",
            algorithm=clipped_gradient_descent_ascent(eta=eta, tau=tau),
        ),
    ],
)
