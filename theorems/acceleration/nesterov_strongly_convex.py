"""Nesterov's method on smooth strongly convex functions: the linear rate 1 - sqrt(mu/L)."""

from sympy import sqrt

from convlab.algorithms.accelerated import nesterov_momentum
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import D, Delta, L, k, mu
from convlab.theorem import Theorem, bound, step
from problems.quadratics import parabola

q = sqrt(mu / L)

theorem = Theorem(
    cite="daspremont2021acceleration",
    number="Corollary 4.15",
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=nesterov_momentum(eta=1 / L, beta=(1 - q) / (1 + q)),
    claims=[upper_bound(gap, (1 - q) ** k * (Delta + mu * D**2 / 2))],
    tight=[parabola, parabola(kappa=1000.0), parabola(steep=True)],
    mutants=[
        bound((1 - q) ** (1.3 * k) * (Delta + mu * D**2 / 2), "a parabola is slower than that"),
        step(0, "without momentum it is gradient descent", name="beta"),
        step(2 / L, "with momentum steps beyond 1/L are too long"),
    ],
)
