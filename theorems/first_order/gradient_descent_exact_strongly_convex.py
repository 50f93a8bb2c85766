"""Gradient descent on smooth strongly convex functions: the exact constant.

The worst function has curvature mu far from the minimizer and L near it. With mu to 0 the bound
becomes L D^2/(4 L eta k + 2).
"""

from sympy import Interval, Max

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import D, L, eta, k, mu
from convlab.theorem import Theorem, bound, mutant, step
from problems.huber import huber_strongly_convex
from problems.quadratics import parabola

flat = mu / ((1 - eta * mu) ** (-2 * k) - 1 + mu / L)
steep = L * (1 - eta * L) ** (2 * k)

short_steps = Theorem(
    cite="kim2024proof",
    number="main theorem",
    adapted="for steps up to 1/L, where the first of its two terms is the larger",
    title="Gradient descent on smooth strongly convex functions: the exact bound up to step 1/L.",
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[upper_bound(gap, flat * D**2 / 2)],
    tight=[huber_strongly_convex, parabola(steep=True)],
    mutants=[
        bound(0.97 * flat * D**2 / 2, "the bound is attained with step 1/L"),
        step(2.1 / L, "beyond 2/L it diverges"),
    ],
)

long_steps = Theorem(
    cite="kim2024proof",
    number="main theorem",
    title="Gradient descent on smooth strongly convex functions: the exact bound beyond step 1/L.",
    text="""
    The worst function has curvature mu far from the minimizer and L near it or, for long steps,
    is a parabola of curvature L.
    """,
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.open(1 / L, 2 / L)},
    claims=[upper_bound(gap, Max(flat, steep) * D**2 / 2)],
    tight=[parabola, parabola(steep=True)],
    mutants=[
        bound(flat * D**2 / 2, "a long step is slow where the curvature is L"),
        bound(0.97 * Max(flat, steep) * D**2 / 2, "a parabola attains the bound"),
        mutant(
            "half the step",
            "slower where the curvature is mu",
            algorithm=gradient_descent(eta=eta / 2),
        ),
    ],
)
