"""Gradient descent on a quadratic converges exactly for steps below 2/L.

Its rate there is max(|1 - eta mu|, |1 - eta L|), which is below 1 just for these.
"""

from sympy import Interval

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, quadratic_objective, smooth, strongly_convex
from convlab.claims import threshold
from convlab.metrics import gap
from convlab.symbols import L, eta, mu
from convlab.theorem import Theorem, bound
from problems.quadratics import quadratic, two_curvatures

theorem = Theorem(
    cite="lessard2016analysis",
    number="Proposition 1",
    assume=[quadratic_objective, smooth(L), strongly_convex(mu), attained],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[threshold(gap, eta, 2 / L, bracket=(1 / L, 3 / L))],
    on=[quadratic, two_curvatures],
    iterations=3000,
    mutants=[
        bound(1.9 / L, "at 1.95/L it still converges"),
        bound(2.1 / L, "at 2.05/L it diverges"),
    ],
)
