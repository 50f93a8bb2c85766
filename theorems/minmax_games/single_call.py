"""Single-call extragradient methods on monotone variational inequalities: the ergodic rate.

One step, with V_t = F(y_t) and Delta_t = |V_(t+1) - V_t|, gives for all p in C
2 eta <V_(t+1), y_(t+1) - p> <= |x_t - p|^2 - |x_(t+1) - p|^2 + eta^2 Delta_t^2 - |y_(t+1) - x_t|^2.
For eta L <= 1/2, eta^2 Delta_t^2 <= (|y_(t+1) - x_t|^2 + eta^2 Delta_(t-1)^2)/2, since
|x_t - y_t| <= eta Delta_(t-1): the last two terms sum up to at most zero. Monotonicity turns
the sum on the left into the gap at the average of y_1, ..., y_k, which is at most R^2/(2 eta k).
"""

from dataclasses import replace

from sympy import Interval, Min, Rational, sqrt

from convlab.algorithms.games import (
    gradient_descent_ascent,
    optimistic_gradient,
    past_extragradient,
    reflected_gradient,
)
from convlab.assumptions import gap_set, lipschitz, monotone, zero
from convlab.claims import identity, upper_bound
from convlab.metrics import at_point, averaged, distance_squared, restricted_gap
from convlab.symbols import D, L, R, eta, k
from convlab.theorem import Theorem, bound, mutant, step
from problems.bilinear import ball_game, bilinear_game

ergodic_gap = at_point("leading", averaged(restricted_gap, weight=Min(k, 1), last=True))
rate = R**2 / (2 * eta * k)
past = Theorem(
    cite="hsieh2019convergence",
    title="Past extragradient on monotone operators: the gap at the average.",
    assume=[monotone, lipschitz(L), gap_set(R)],
    algorithm=past_extragradient(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / (2 * L))},
    claims=[upper_bound(ergodic_gap, rate)],
    tight=[bilinear_game(n=4, away=0.5), bilinear_game, ball_game],
    untested={monotone: "no other operator at hand has a set of the restricted gap"},
    iterations=300,
    mutants=[
        bound(rate * Rational(4, 5), "a bilinear game comes closer"),
        step(Rational(3, 2) / L, "three times as long it diverges"),
        mutant(
            "gradient descent ascent",
            "spirals outwards",
            algorithm=gradient_descent_ascent(eta=eta),
        ),
    ],
)

optimistic = replace(
    past,
    title="Optimistic gradient on monotone operators: the gap at the average.",
    algorithm=optimistic_gradient(eta=eta),
)

reflected = replace(
    past,
    title="Reflected gradient on monotone operators: the gap at the average.",
    text="""Step and bound are those of the source, as remembered: for eta < 1/((1 + sqrt(2)) L) the
gap at the average of y_1, ..., y_k is at most R^2/(2 eta k). They are tested here, not derived,
but for problems without a constraint, where the method is past extragradient, and eta L <= 1/2 is
enough. It begins with x_(-1) = x_0 + eta F(x_0); with x_(-1) = x_0 its first iterations are above
the bound.""",
    algorithm=reflected_gradient(eta=eta),
    parameters={eta: Interval.open(0, 1 / ((1 + sqrt(2)) * L))},
)

coincide = Theorem(
    cite="hsieh2019convergence",
    title="The three single-call methods are one where there is no constraint.",
    text="""Without a constraint past extragradient has x_k - y_k = eta F(y_(k-1)) - eta F(y_k), and
so has optimistic gradient by definition: both play y_(k+1) = x_k - eta F(y_k) = y_k -
2 eta F(y_k) + eta F(y_(k-1)). Reflected gradient has x_k - x_(k-1) = -eta F(y_k), from the first
step on by the choice of x_(-1), so that 2 x_k - x_(k-1) = x_k - eta F(y_k) is the same point.""",
    assume=[lipschitz(L), zero],
    untested={lipschitz: "it only says in which range of steps they are compared"},
    algorithm=past_extragradient(eta=eta),
    parameters=past.parameters,
    claims=[
        identity(distance_squared, optimistic_gradient(eta=eta)),
        identity(distance_squared, reflected_gradient(eta=eta)),
    ],
    tight=[bilinear_game, bilinear_game(n=4)],
    iterations=200,
    mutants=[
        mutant("other steps", "do not", algorithm=past_extragradient(eta=eta * Rational(9, 10))),
        bound(gradient_descent_ascent(eta=eta), "without past it spirals outwards"),
        bound(D**2, "the distance shrinks", claim=1),
    ],
)
