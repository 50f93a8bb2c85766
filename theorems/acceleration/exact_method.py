"""ITEM on smooth strongly convex functions: distances of order (1 - sqrt(mu/L))^k.

The source has |x_k - x*|^2 <= D^2/(1 + q A_k), A_0 = 0,
A_(k+1) = ((1 + q) A_k + 2 + 2 sqrt((1 + A_k) (1 + q A_k)))/(1 - q)^2. The root is at least
1 + sqrt(q) A_k, since 1 + q >= 2 sqrt(q). So A_(k+1) >= (4 + (1 + sqrt(q))^2 A_k)/(1 - q)^2, which
is 4/(1 - q)^2 + A_k/r^2 with r = 1 - sqrt(q); after one step there is equality. Summed up:
|x_k - x*|^2 <= D^2/(1 + 4 q (r^(-2 k) - 1)/((1 - q)^2 (r^(-2) - 1))).
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
A = 4 * (r ** (-2 * k) - 1) / ((1 - q) ** 2 * (r**-2 - 1))

theorem = Theorem(
    cite="taylor2023optimal",
    number="Theorem 3",
    adapted="a closed form below A_k in its place; a condition number below 2 is taken for 2",
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=exact_method(L=L, q=q),
    claims=[upper_bound(distance_squared, D**2 / (1 + q * A))],
    tight=[parabola(steep=True), parabola, two_curvatures],
    iterations=200,
    mutants=[
        bound(0.98 * D**2 / (1 + q * A), "parabolas attain the bound after the first step"),
        bound(D**2 / (1 + q * A / r ** (k / 10)), "parabolas are as slow"),
        step(0.8 * L, "steps of 1.25/L diverge where the curvature is L", name="L"),
        step(2 * q, "a curvature of mu is less than assumed", name="q"),
    ],
)
