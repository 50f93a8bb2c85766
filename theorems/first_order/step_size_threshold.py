"""Gradient descent on a quadratic converges exactly for steps below 2/L.

Along an eigenvector of curvature h each step multiplies the error by 1 - eta h. With mu <= h <= L
all these factors are below 1 in absolute value for 0 < eta < 2/L. Beyond 2/L that of curvature L is
below -1, and the start has a part in this direction: f(x_k) - f* grows like (eta L - 1)^(2 k).
Without that part the threshold is 2/h for the largest curvature h that the start sees.
"""

from sympy import Interval

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import (
    attained,
    quadratic_objective,
    smooth,
    starts_steep,
    strongly_convex,
)
from convlab.claims import threshold
from convlab.metrics import gap
from convlab.symbols import L, eta, mu
from convlab.theorem import Theorem, bound, without
from problems.quadratics import parabola, quadratic, two_curvatures

theorem = Theorem(
    cite="lessard2016analysis",
    assume=[quadratic_objective, smooth(L), strongly_convex(mu), starts_steep(L), attained],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[threshold(gap, eta, 2 / L, bracket=(1 / L, 3 / L))],
    tight=[quadratic, quadratic(d=50, kappa=100.0, L=100.0), two_curvatures],
    iterations=3000,
    mutants=[
        bound(1.9 / L, "at 1.95/L it still converges"),
        bound(2.1 / L, "at 2.05/L it diverges"),
        without(starts_steep, "a flat parabola allows longer steps", on=[parabola]),
    ],
)
