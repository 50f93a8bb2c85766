"""Where the lower level has one solution, unrolled gradient descent comes to the right point.

The example of ``unrolled_descent`` with curvature delta in y_2: after K steps y_1 = phi x with
phi = 1 - v, v = (1 - s)^K, and y_2 = (1 - u) x with u = (1 - s delta)^K. So
F(x, y_K(x)) = |u x|^2/2 + |phi x - e|^2/2, and from x_0 = 0 the part of the way is
phi/slope (1 - (1 - eta slope)^k) with slope = phi^2 + u^2. Since |slope - phi| <= u^2 + v, the
distance is at most D ((u^2 + v)/slope + phi/slope |1 - eta slope|^k). For 0 < delta < 2/s it goes
to 0 as K and k grow. Derived here.
"""

from sympy import Abs, Interval, Rational

from convlab.algorithms.bilevel import aggregated_descent, unrolled_descent
from convlab.assumptions import attained, optimistic, two_halves
from convlab.claims import identity, upper_bound
from convlab.metrics import distance
from convlab.symbols import D, k, symbol
from convlab.theorem import Integers, Theorem, bound, mutant
from problems.bilevel import two_halves_line
from theorems.bilevel.descent_aggregation import A, B
from theorems.bilevel.unrolled_descent import K, reached, s, way

delta = symbol("delta_2", "curvature of the lower level in half of its variables")
half, eta = Rational(1, 2), Rational(9, 10)

u, v = (1 - s * delta) ** K, (1 - s) ** K
slope = (1 - v) ** 2 + u**2
step = Abs(1 - eta * slope)


def near(error, share, slope, step):
    """The distance, from its limit and from how the steps come there."""
    return D * (error / slope + share / slope * step**k)


theorem = Theorem(
    cite="liu2020generic",
    assume=[two_halves(delta), optimistic, attained],
    algorithm=unrolled_descent(eta=eta, s_l=s, steps=K),
    parameters={s: Interval.open(0, 1), K: Integers(1, 20)},
    claims=[
        upper_bound(distance, near(u**2 + v, 1 - v, slope, step)),
        identity(way, reached(u, eta=eta)),
    ],
    tight=[two_halves_line(delta=0.4), two_halves_line(d=3, delta=1.0), two_halves_line],
    untested={optimistic: "it says which value the problem has", two_halves: "it brings delta"},
    iterations=30,
    mutants=[
        bound(near(v, 1 - v, slope, step), "for small delta or K the second half is not there yet"),
        bound(reached(1, eta=eta), "the second half of y does move", claim=1),
    ],
)


def near_aggregated(error):
    """The distance, from what is left of it in the limit and from how the steps come there."""
    return D * (error / A**2 + (1 - B) / A * (1 - eta * A**2) ** k)


aggregation = Theorem(
    cite="liu2020generic",
    title="Where the lower level has one solution, bi-level descent aggregation comes to the right "
    "point.",
    text="""
With s_u = s_l = 1/2 and weights 1/j, inner step j multiplies y_2 - x by
1 - 1/(2 j) - (1 - 1/j) delta/2 <= 1 - delta/2. So after K steps y_2 = (1 - q) x with
q <= (1 - delta/2)^K, and y_1 = A x + B e with A + B = 1 - 2^(-K),
B = sum over i <= K of 2^(i - 1 - K)/i. Then F(x, y_K(x)) has the curvature A^2 + q^2, and its
minimizer is A (1 - B)/(A^2 + q^2) e, off by (q^2 - A 2^(-K))/(A^2 + q^2). With A^2 for A^2 + q^2
the distance is at most
D (((1 - delta/2)^(2 K) + 2^(-K))/A^2 + (1 - B)/A (1 - eta A^2)^k): for delta > 0 it goes
to 0 as K and k grow. Derived here.""",
    assume=[two_halves(delta), optimistic, attained],
    algorithm=aggregated_descent(eta=eta, s_u=half, s_l=half, c=1, steps=K),
    parameters={K: Integers(2, 20)},
    claims=[upper_bound(distance, near_aggregated((1 - delta / 2) ** (2 * K) + half**K))],
    tight=[two_halves_line(delta=0.4), two_halves_line(d=3, delta=1.0), two_halves_line],
    untested={optimistic: "it says which value the problem has", two_halves: "it brings delta"},
    iterations=30,
    mutants=[
        bound(near_aggregated(half**K), "the second half is not there yet"),
        bound(
            near_aggregated((1 - delta / 2) ** (3 * K) + half**K), "it comes no faster than that"
        ),
        mutant(
            "shorter lower steps",
            "the first half comes to the lower solution later",
            algorithm=aggregated_descent(eta=eta, s_u=half, s_l=half / 4, c=1, steps=K),
        ),
    ],
)
