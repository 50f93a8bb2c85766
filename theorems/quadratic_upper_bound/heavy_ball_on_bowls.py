"""The optimal heavy ball on a bowl: Laguerre polynomials of the curvature, exactly.

An equality, which a momentum or a step of another index would break, faster or not. On
a |x - x*|^2/2 the method reads (k + 2) e_(k+1) = (2 k + 2 - a/L) e_k - k e_(k-1), the recursion of
L_k^(1)(a/L)/(k + 1) with the associated Laguerre polynomial. With a = L these numbers are
1, 1/2, 1/6, -1/24, -19/120, -151/720, ...
"""

from sympy import Integer, Piecewise, Rational, assoc_laguerre

from convlab.algorithms.accelerated import heavy_ball
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.claims import identity
from convlab.metrics import distance
from convlab.symbols import D, L, k
from convlab.theorem import Theorem, bound, step
from problems.quadratics import quadratic

STEPS = 8
numbers = [abs(assoc_laguerre(j, 1, 1)) / (j + 1) for j in range(STEPS)]
factor = Piecewise(*((number, k <= j) for j, number in enumerate(numbers)), (Integer(0), True))

theorem = Theorem(
    cite="goujaud2022optimal",
    assume=[smooth(L), strongly_convex(L), attained],
    algorithm=heavy_ball(eta=1 / (L * (k + 2)), beta=k / (k + 2)),
    claims=[identity(distance, factor * D, when=k < STEPS)],
    tight=[quadratic(d=5, kappa=1.0), quadratic(d=1, kappa=1.0, L=10.0)],
    iterations=STEPS,
    mutants=[
        bound(factor * D * Rational(99, 100), "there is equality"),
        step(1 / (L * (k + 1)), "an index too low", name="eta"),
        step(k / (k + 3), "an index too high", name="beta"),
        step((k + 1) / (k + 3), "an index too high in both", name="beta"),
    ],
)
