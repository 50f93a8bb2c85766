"""Gradient descent on smooth strongly convex functions: the linear rate 1 - eta mu.

The usual bound. The exact factor of the squared distance is (1 - eta mu)^2, that of parabolas.
"""

from sympy import Interval

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import distance_squared
from convlab.symbols import D, L, eta, k, mu
from convlab.theorem import Theorem, bound, step
from problems.quadratics import parabola

theorem = Theorem(
    cite="garrigos2023handbook",
    number="Theorem 3.6",
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[upper_bound(distance_squared, (1 - eta * mu) ** k * D**2)],
    tight=[parabola, parabola(steep=True)],
    loose="by 2 in the exponent: the exact factor of the squared distance is (1 - eta mu)^2",
    mutants=[
        bound((1 - eta * mu) ** (2.1 * k) * D**2, "a parabola attains (1 - eta mu)^(2k) D^2"),
        step(2.1 / L, "beyond 2/L it diverges"),
    ],
)
