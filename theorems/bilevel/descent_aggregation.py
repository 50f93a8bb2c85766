"""Bi-level descent aggregation comes to the solution where the lower level has many.

With s_u = s_l = 1/2 and weights 1/(j + 1) the K inner steps give y_2 = (1 - q) x, where
q = prod_j (1 - 1/(2j)) = B(K + 1/2, 1/2)/pi, a beta function, and y_1 = A x + B e with
A + B = 1 - 2^(-K), B = sum_i 2^(i - 1 - K)/i. So F(x, y_K(x)) has its minimizer at
A (1 - B)/(A^2 + q^2) e, and the error is about q^2, about 1/(pi K): with another s_u its exponent
is -2 s_u. For k >= 10 and K >= 8 it is at most D (1 + 2/K)/(pi K), as was seen up to K = 200.
From x_0 = 0 the part of the way is A (1 - B)/(A^2 + q^2) (1 - (1 - eta (A^2 + q^2))^k). Derived
here; the source has the example, and no rate in K.
"""

from sympy import FiniteSet, Rational, Sum, beta, pi

from convlab.algorithms.bilevel import aggregated_descent
from convlab.assumptions import attained, convex_lower_level, optimistic, smooth, two_halves
from convlab.claims import identity, scaling, upper_bound
from convlab.metrics import distance
from convlab.symbols import D, L, k, symbol
from convlab.theorem import Integers, Theorem, bound, mutant, step
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
    assume=[two_halves(0), optimistic, attained],
    algorithm=aggregated_descent(eta=eta, s_u=half, s_l=half, c=1, steps=K),
    parameters={K: Integers(8, 200)},
    claims=[
        at_last,
        upper_bound(distance, near, when=k >= 10),
        identity(way, A * (1 - B) / slope * (1 - (1 - eta * slope) ** k)),
    ],
    tight=[two_halves_line, two_halves_line(d=3)],
    untested={optimistic: "it says which value the problem has"},
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
    title="There are quadratics with many lower solutions on which the errors of bi-level descent "
    "aggregation are of order 1/K.",
    text="""
Let the Hessian of F in y be the identity. What f does not see of y - y* is multiplied by
1 - s_u alpha_j in inner step j, alpha_j = 1/(j + 1), so that with s_u = 1/2 after K steps K^(-1/2)
of it is left, up to a constant. What f sees follows alpha_K, of order 1/K. In the value
F(x, y_K(x)), and so in its minimizer, the first counts squared: the error is O(1/K). Derived here;
the source has no rate in K.""",
    assume=[convex_lower_level(L_f), optimistic, smooth(L), attained],
    algorithm=aggregated_descent(eta=1 / L, s_u=half, s_l=1 / L_f, c=1, steps=K),
    parameters={K: FiniteSet(8)},
    because={K: "the sweep takes the others"},
    claims=[at_last],
    exists=True,
    on=[many_solutions, many_solutions(n=4, m=8)],
    untested=dict.fromkeys((convex_lower_level, optimistic, smooth), "it describes the examples"),
    iterations=20,
    mutants=[
        bound(-Rational(5, 4), "the error is of order 1/K"),
        step(0, "without the upper level the method stops elsewhere", name="c"),
        step(half / 2, "the exponent is -2 s_u", name="s_u"),
    ],
)
