"""Stochastic gradient descent with the Polyak step that knows the f_i(x*).

The step minimizes the bound |x - x*|^2 - 2 eta (f_i(x) - f_i(x*)) + eta^2 |grad f_i(x)|^2, so the
distance never grows, whatever is drawn (``monotone``), and shrinks by at least
(f_i(x) - f_i(x*))_+^2 / |grad f_i(x)|^2. ``lipschitz`` is its sum, with |grad f_i| <= G and
Jensen's inequality twice; the absolute values of n coordinates come to 0.63 of it at k = n.
"""

from sympy import Rational, sqrt

from convlab.algorithms.stochastic import polyak_sgd
from convlab.assumptions import (
    attained,
    components_convex,
    components_lipschitz,
    finite_sum,
)
from convlab.claims import potential, upper_bound
from convlab.metrics import E, averaged, distance_squared, gap
from convlab.symbols import D, G, k, n
from convlab.theorem import Theorem, bound, mutant
from problems.absolute_deviations import absolute_deviations, coordinate_absolute
from problems.finite_sums import two_parabolas
from problems.finite_sums_nonquadratic import sine_sum

convex = [finite_sum(n), components_convex, attained]

monotone = Theorem(
    cite="garrigos2023handbook",
    title="SGD with the Polyak step that knows the f_i(x*) never moves away from x*.",
    assume=convex,
    algorithm=polyak_sgd(),
    claims=[potential("distance squared", r"\|X - x^\star\|^2", distance_squared.read)],
    tight=[absolute_deviations, two_parabolas],
    iterations=100,
    mutants=[
        bound(Rational(9, 10), "a component that is already small at x moves nothing"),
        mutant(
            "without convexity",
            "a step from one bowl to the next may lead away",
            assume=[finite_sum(n), attained],
            tight=[sine_sum],
        ),
    ],
)

lipschitz = Theorem(
    cite="garrigos2023handbook",
    title="SGD with the Polyak step that knows the f_i(x*): D G/sqrt(k) at the average.",
    assume=[*convex, components_lipschitz(G)],
    algorithm=polyak_sgd(),
    claims=[upper_bound(E(averaged(gap)), G * D / sqrt(k))],
    tight=[coordinate_absolute, coordinate_absolute(n=16), absolute_deviations],
    iterations=100,
    mutants=[
        bound(G * D / (2 * sqrt(k)), "absolute values of 16 coordinates come to 0.63 at k = 16"),
        bound(2 * G * D / k, "as many coordinates as steps take 1/sqrt(k)"),
    ],
)
