"""The optimized gradient method: the smallest constant that any gradient method can have.

The bound is L D^2/(2 theta_N^2), and theta_N^2 >= (N + 1)(N + 1 + sqrt 2)/2: half of that for
Nesterov's method. No method that uses N gradients does better on all smooth convex functions of
high dimension. The parabola of curvature L attains L D^2/(2 theta_N^2).
"""

from sympy import sqrt

from convlab.algorithms.accelerated import optimized_gradient
from convlab.assumptions import attained, convex, smooth
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import D, L, T
from convlab.theorem import Theorem, bound, step
from problems.quadratics import parabola

theorem = Theorem(
    cite="kim2016optimized",
    number="Theorem 2",
    assume=[convex, smooth(L), attained],
    algorithm=optimized_gradient(eta=1 / L, horizon=T),
    claims=[upper_bound(gap, L * D**2 / ((T + 1) * (T + 1 + sqrt(2))))],
    tight=[parabola(steep=True)],
    iterations=200,
    mutants=[
        bound(0.9 * L * D**2 / ((T + 1) * (T + 1 + sqrt(2))), "a parabola is close to the bound"),
        step(1.5 / L, "steps beyond 1/L are too long with so much momentum"),
        step(T + 1, "the last step needs a weight of its own", name="horizon"),
    ],
)
