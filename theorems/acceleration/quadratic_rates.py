"""Momentum on quadratics: the best constant parameters.

They make the largest root of the characteristic polynomials smallest, over all curvatures from mu
to L.
"""

from sympy import sqrt

from convlab.algorithms.accelerated import heavy_ball, nesterov_momentum
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, quadratic_objective, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import distance
from convlab.symbols import D, L, k, kappa, mu
from convlab.theorem import Theorem, bound, mutant, step
from problems.quadratics import parabola, two_curvatures

assume = [quadratic_objective, smooth(L), strongly_convex(mu), attained]
r = (sqrt(L) - sqrt(mu)) / (sqrt(L) + sqrt(mu))

heavy_ball_method = Theorem(
    cite="polyak1964some",
    title="The heavy ball method on quadratics: the rate (1 - sqrt(mu/L))/(1 + sqrt(mu/L)).",
    text="""The mode with curvature a has the characteristic polynomial z^2 - (1 + beta - eta a) z +
    beta; the parameters make its largest root smallest over mu <= a <= L. The root is double at
    both ends. With r = sqrt(beta) and Chebyshev polynomials U of the second kind, of absolute value
    at most k + 1, the mode is r^k (U_k - r U_(k-1)), with equality at a = L: |x_k - x*| <= r^k (1 +
    k (1 + r)) D.""",
    assume=assume,
    algorithm=heavy_ball(eta=4 / (sqrt(L) + sqrt(mu)) ** 2, beta=r**2),
    claims=[upper_bound(distance, r**k * (1 + k * (1 + r)) * D)],
    tight=[parabola(steep=True), two_curvatures],
    mutants=[
        bound(r**k * (1 + 0.95 * k * (1 + r)) * D, "the curvature L attains the bound"),
        bound(r ** (1.05 * k) * (1 + k * (1 + r)) * D, "the curvature L attains the bound"),
        step(4.4 / (sqrt(L) + sqrt(mu)) ** 2, "too long a step for the curvature L"),
        mutant("no momentum", "slower", algorithm=gradient_descent(eta=2 / (L + mu))),
    ],
)

s = sqrt(3 * kappa + 1)

nesterov_method = Theorem(
    cite="lessard2016analysis",
    number="Proposition 1",
    adapted="with the factor in front of the rate, from x_(-1) = x_0",
    title="Nesterov's method on quadratics: the rate 1 - 2/sqrt(3 L/mu + 1).",
    text="""The mode with curvature a has the characteristic polynomial z^2 - (1 + beta)(1 - eta a)
    z + beta (1 - eta a); the parameters make its largest root smallest over mu <= a <= L. At a = mu
    the root r = 1 - 2/s, s = sqrt(3 L/mu + 1), is double, and the mode is r^k (1 + 2 k/s), from
    x_(-1) = x_0: |x_k - x*| <= (1 - 2/s)^k (1 + 2 k/s) D.""",
    assume=assume,
    algorithm=nesterov_momentum(eta=4 / (3 * L + mu), beta=(s - 2) / (s + 2)),
    claims=[upper_bound(distance, (1 - 2 / s) ** k * (1 + 2 * k / s) * D)],
    tight=[parabola, two_curvatures],
    mutants=[
        bound((1 - 2 / s) ** k * (1 + 1.9 * k / s) * D, "the curvature mu attains the bound"),
        bound((1 - 2 / s) ** (1.05 * k) * (1 + 2 * k / s) * D, "the curvature mu attains it"),
        step(4.4 / (3 * L + mu), "too long a step for the curvature L"),
        step(0, "without momentum it is gradient descent", name="beta"),
    ],
)
