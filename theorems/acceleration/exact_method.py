"""ITEM: the smallest distance that any gradient method guarantees under strong convexity.

The bound of the source is D^2/(1 + q A_k). With r = 1 - sqrt(q) its numbers obey A_1 = 4/(1 - q)^2
and A_(k+1) >= A_k (1 + sqrt(q))^2/(1 - q)^2 = A_k/r^2, which gives the claim; after the first step
they are equal. Parabolas of curvature mu and of curvature L attain the bound of the source. The
method needs q < 1: a function of condition number below 2 is taken for one of 2.
"""

from sympy import Min, Rational, sqrt

from convlab.algorithms.optimal import exact_method
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import distance_squared
from convlab.symbols import D, L, k, mu
from convlab.theorem import Theorem, bound, step
from problems.quadratics import parabola, two_curvatures

q = Min(mu / L, Rational(1, 2))
r = 1 - sqrt(q)
A = 4 / ((1 - q) ** 2 * r ** (2 * k - 2))

theorem = Theorem(
    cite="taylor2023optimal",
    number="Theorem 3",
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=exact_method(L=L, q=q),
    claims=[upper_bound(distance_squared, D**2 / (1 + q * A), when=k >= 1)],
    tight=[parabola(steep=True), parabola, two_curvatures],
    iterations=200,
    mutants=[
        bound(0.98 * D**2 / (1 + q * A), "parabolas attain the bound after the first step"),
        bound(D**2 / (1 + q * A / r ** (k / 10)), "parabolas are as slow"),
        step(0.8 * L, "steps of 1.25/L diverge where the curvature is L", name="L"),
        step(2 * q, "a curvature of mu is less than assumed", name="q"),
    ],
)
