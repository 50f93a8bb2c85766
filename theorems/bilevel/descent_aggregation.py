"""Bi-level descent aggregation comes to the solution where the lower level has many.

With s_u = s_l = 1/2 and weights 1/(j + 1) the K inner steps give y_2 = (1 - q) x, where
q = prod_j (1 - 1/(2j)) = B(K + 1/2, 1/2)/pi, a beta function, and y_1 = A x + B e with
A + B = 1 - 2^(-K), B = sum_i 2^(i - 1 - K)/i. So F(x, y_K(x)) has its minimizer at
A (1 - B)/(A^2 + q^2) e, and the error is about q^2, about 1/(pi K): with another s_u its exponent
is -2 s_u. ``general``: the source has no rate in K; where the Hessian of F in y is the identity,
what f does not see of y decides, as here.
"""

from sympy import FiniteSet, Rational, Sum, beta, pi

from convlab.algorithms.bilevel import aggregated_descent
from convlab.assumptions import attained, convex_lower_level, optimistic, smooth, two_halves
from convlab.claims import identity, scaling, upper_bound
from convlab.metrics import distance
from convlab.symbols import D, L, k, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.bilevel import many_solutions, two_halves_line
from theorems.bilevel.unrolled_descent import K, way

half, eta = Rational(1, 2), Rational(9, 10)
i = symbol("i", "index of a sum", integer=True)
L_f = symbol("L_f", "smoothness of the lower level")

q = beta(K + half, half) / pi
B = Sum(2 ** (i - 1 - K) / i, (i, 1, K))
A = 1 - B - 2 ** (-K)
slope = A**2 + q**2
near = D * (1 + 2 / K) / (pi * K)
at_last = scaling(distance, -1, over=K, at=[8, 12, 18, 27, 40, 60, 90, 135])

theorem = Theorem(
    cite="liu2020generic",
    number="counterexample",
    assume=[two_halves(0), optimistic, attained],
    algorithm=aggregated_descent(eta=eta, s_u=half, s_l=half, c=1, steps=K),
    parameters={K: FiniteSet(8, 200)},
    claims=[
        at_last,
        upper_bound(distance, near, when=k >= 10),
        identity(way, A * (1 - B) / slope * (1 - (1 - eta * slope) ** k)),
    ],
    on=[two_halves_line, two_halves_line(d=3)],
    iterations=12,
    mutants=[
        bound(near * Rational(9, 10), "1/(pi K) is exact for large K", claim=1),
        bound(-Rational(5, 4), "the error is of order 1/K"),
        step(0, "without the upper level the method stops half way", name="c"),
        mutant(
            "half the upper step",
            "the exponent is -2 s_u",
            algorithm=aggregated_descent(eta=eta, s_u=half / 2, s_l=half, c=1, steps=K),
            claims=[at_last],
        ),
    ],
)

general = Theorem(
    cite="liu2020generic",
    title="Bi-level descent aggregation on quadratics with many lower solutions: errors like 1/K.",
    assume=[convex_lower_level(L_f), optimistic, smooth(L), attained],
    algorithm=aggregated_descent(eta=1 / L, s_u=half, s_l=1 / L_f, c=1, steps=K),
    parameters={K: FiniteSet(8)},
    claims=[at_last],
    on=[many_solutions],
    iterations=20,
    mutants=[
        bound(-Rational(5, 4), "the error is of order 1/K"),
        step(0, "without the upper level the method stops elsewhere", name="c"),
        step(half / 2, "the exponent is -2 s_u", name="s_u"),
    ],
)
