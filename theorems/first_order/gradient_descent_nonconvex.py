"""Gradient descent on smooth nonconvex functions.

Adding up f(x_k) - f(x_(k+1)) >= eta (1 - L eta/2) |g_k|^2 and f(x_k) - f* >= |g_k|^2/(2 L) gives
the classical bound, at most 2 Delta/(eta k) for steps up to 1/L. The exact bounds use the
interpolation inequalities of smooth functions. The worst function for step 1/L is a sawtooth
slope: every step goes from tooth to tooth, the gradient stays the same, and the gap falls by 3/4
of what a constant gradient would give.
"""

from sympy import Interval, sqrt

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import bounded_below, smooth
from convlab.claims import upper_bound
from convlab.metrics import best, gradient_norm_squared
from convlab.symbols import Delta, L, eta, k
from convlab.theorem import Theorem, bound, mutant, step
from problems.nonconvex import sawtooth
from problems.quadratics import parabola

descent_lemma = Theorem(
    cite="nesterov2004introductory",
    number="section 1.2.3",
    title="Gradient descent on smooth nonconvex functions: the classical bound.",
    assume=[smooth(L), bounded_below],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[
        upper_bound(
            best(gradient_norm_squared),
            Delta / (eta * (1 - L * eta / 2) * k + 1 / (2 * L)),
        )
    ],
    tight=[sawtooth, parabola(steep=True)],
    mutants=[
        bound(
            Delta / (2 * eta * (1 - L * eta / 2) * k + 1 / (2 * L)),
            "a parabola with a step close to 2/L hardly changes",
        ),
        mutant("step 2.1/L", "beyond 2/L it diverges", algorithm=gradient_descent(eta=2.1 / L)),
    ],
)

short_steps = Theorem(
    cite="abbaszadehpeivasti2022exact",
    title="Gradient descent on smooth nonconvex functions: the exact bound up to step 1/L.",
    assume=[smooth(L), bounded_below],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[
        upper_bound(best(gradient_norm_squared), 4 * Delta / (eta * (4 - L * eta) * k + 2 / L))
    ],
    tight=[sawtooth, parabola(steep=True)],
    mutants=[
        bound(
            4 * Delta / (1.05 * eta * (4 - L * eta) * k + 2 / L),
            "the sawtooth attains the bound with step 1/L",
        ),
        step(2.1 / L, "beyond 2/L it diverges"),
    ],
)

long_steps = Theorem(
    cite="abbaszadehpeivasti2022exact",
    title="Gradient descent on smooth nonconvex functions: the exact bound beyond step 1/L.",
    assume=[smooth(L), bounded_below],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.open(1 / L, sqrt(3) / L)},
    claims=[
        upper_bound(
            best(gradient_norm_squared),
            4 * Delta / (eta * (4 - (L * eta) ** 2) * k + 2 / L),
        )
    ],
    tight=[sawtooth, parabola(steep=True)],
    mutants=[
        bound(
            2 * Delta / (eta * (4 - (L * eta) ** 2) * k + 2 / L),
            "the sawtooth is within a factor of two",
        ),
        mutant("step 2.1/L", "beyond 2/L it diverges", algorithm=gradient_descent(eta=2.1 / L)),
    ],
)
