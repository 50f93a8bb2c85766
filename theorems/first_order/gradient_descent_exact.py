"""Gradient descent on smooth convex functions: the exact constant.

The worst function is a Huber function whose run stays on the slope and ends beside its kink. The
bound is twice as good as the textbook one, and nothing smaller is true.
"""

from sympy import Interval, Max

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import D, L, eta, k
from convlab.theorem import Theorem, bound, mutant, step, without
from problems.huber import huber
from problems.nonconvex import hilltop
from problems.quadratics import parabola

short_steps = Theorem(
    cite="drori2014performance",
    number="Theorem 3.1",
    title="Gradient descent on smooth convex functions: the exact bound for steps up to 1/L.",
    assume=[convex, smooth(L), attained],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[upper_bound(gap, L * D**2 / (4 * L * eta * k + 2))],
    tight=[huber, parabola(steep=True)],
    mutants=[
        bound(L * D**2 / (4.2 * L * eta * k + 2), "Huber attains the bound with step 1/L"),
        step(2.1 / L, "beyond 2/L it diverges"),
        without(convex, "near a maximum the gap falls slowly", on=[hilltop]),
    ],
)

any_step = Theorem(
    cite="kim2024proof",
    number="main theorem",
    adapted="for mu = 0",
    title="Gradient descent on smooth convex functions: the exact bound for all steps below 2/L.",
    text="""
    The worst function is a Huber function or, for steps far beyond 1/L, a parabola of curvature L.
    """,
    assume=[convex, smooth(L), attained],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[
        upper_bound(gap, L * D**2 / 2 * Max(1 / (2 * L * eta * k + 1), (1 - L * eta) ** (2 * k)))
    ],
    tight=[huber, parabola(steep=True)],
    mutants=[
        bound(L * D**2 / (4 * L * eta * k + 2), "a long step leaves the parabola behind"),
        mutant(
            "half the step",
            "the gap falls only half as fast",
            algorithm=gradient_descent(eta=eta / 2),
        ),
    ],
)
