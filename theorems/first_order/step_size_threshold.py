"""Gradient descent on a quadratic converges exactly for steps below 2/L.

Along an eigenvector of curvature h each step multiplies the error by 1 - eta h, and h >= 0 as there
is a minimum. For 0 < h <= L this is below 1 in absolute value if 0 < eta < 2/L, and the value does
not see directions of h = 0. If the start had no part in the steepest direction, the threshold would
be larger. It has one, and beyond 2/L f(x_k) - f* grows like (eta L - 1)^(2 k).
"""

from sympy import Interval

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, quadratic_objective, smooth, starts_steep
from convlab.claims import threshold
from convlab.metrics import gap
from convlab.symbols import L, eta
from convlab.theorem import Theorem, bound, mutant
from problems.quadratics import degenerate_quadratic, parabola, quadratic, two_curvatures

theorem = Theorem(
    cite="lessard2016analysis",
    assume=[quadratic_objective, starts_steep(L), attained],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[threshold(gap, eta, 2 / L, bracket=(1 / L, 3 / L))],
    tight=[quadratic, quadratic(d=50, kappa=100.0, L=100.0), degenerate_quadratic, two_curvatures],
    untested={quadratic_objective: "starts_steep speaks of quadratics only"},
    iterations=3000,
    mutants=[
        bound(1.9 / L, "at 1.95/L it still converges"),
        bound(2.1 / L, "at 2.05/L it diverges"),
        mutant(
            "any start, and any L that is large enough",
            "a flat parabola allows longer steps",
            assume=[quadratic_objective, smooth(L), attained],
            tight=[parabola],
        ),
    ],
)
