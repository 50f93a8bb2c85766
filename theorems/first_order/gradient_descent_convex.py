"""Gradient descent on smooth convex functions: gaps of order 1/k.

The usual bound, twice the exact one for many steps: that is D^2/(4 eta k + 2/L), which Huber
functions attain.
"""

from sympy import Interval

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import D, L, eta, k
from convlab.theorem import Theorem, bound, step
from problems.huber import huber
from problems.quadratics import parabola

theorem = Theorem(
    cite="garrigos2023handbook",
    number="Theorem 3.4",
    assume=[convex, smooth(L), attained],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[upper_bound(gap, D**2 / (2 * eta * k))],
    tight=[huber, parabola(steep=True)],
    loose="by 2: the exact bound is D^2/(4 eta k + 2/L)",
    mutants=[
        bound(D**2 / (5 * eta * k), "Huber reaches L D^2/(4k+2) with step 1/L"),
        step(2.1 / L, "beyond 2/L it diverges"),
    ],
)
