"""The heavy ball method on smooth strongly convex functions: a linear rate of 1 - eta mu.

Gradient descent has the bound too. With curvature L = mu and short steps the iterates oscillate,
and the gap comes back to the bound: f(x_k) - f* <= (1 - eta mu)^k (f(x_0) - f*).
"""

from sympy import Interval, sqrt

from convlab.algorithms.accelerated import heavy_ball
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import Delta, L, eta, k, mu
from convlab.theorem import Theorem, bound, step
from problems.quadratics import parabola, quadratic
from problems.worst_case import three_slopes

theorem = Theorem(
    cite="ghadimi2015global",
    number="Theorem 4",
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=heavy_ball(eta=eta, beta=sqrt((1 - eta * mu) * (1 - eta * L))),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[upper_bound(gap, (1 - eta * mu) ** k * Delta)],
    tight=[parabola, three_slopes, quadratic(d=2, kappa=1.0)],
    mutants=[
        bound((1 - eta * mu) ** (1.1 * k) * Delta, "with L = mu and short steps it oscillates"),
        step(0.95, "with so much momentum it oscillates", name="beta"),
    ],
)
