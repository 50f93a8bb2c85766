"""The triple momentum method: gaps fall like (1 - sqrt(mu/L))^(2k).

The bound for Nesterov's method has half that exponent. The parabola of curvature L attains this one
after every number of steps.
"""

from sympy import sqrt

from convlab.algorithms.accelerated import triple_momentum
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import D, L, k, kappa, mu
from convlab.theorem import Theorem, bound, step
from problems.quadratics import parabola

r = 1 - sqrt(mu / L)

theorem = Theorem(
    cite="vanscoy2018fastest",
    number="Theorem 1",
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=triple_momentum(
        eta=(1 + r) / L,
        beta=r**2 / (2 - r),
        gamma=r**2 / ((1 + r) * (2 - r)),
        delta=r**2 / (1 - r**2),
    ),
    claims=[upper_bound(gap, r ** (2 * k) * kappa * L * D**2 / 2)],
    tight=[parabola, parabola(steep=True)],
    mutants=[
        bound(r ** (2 * k) * kappa * L * D**2 / 2.1, "the parabola of curvature L attains it"),
        bound(
            r ** (2.2 * k) * kappa * L * D**2 / 2, "the parabola of curvature L attains the bound"
        ),
        step(1.3 * (1 + r) / L, "too long a step"),
    ],
)
