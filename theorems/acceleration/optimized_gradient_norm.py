"""OGM-G: after N steps the squared gradient is at most 2 L (f(x_0) - f*)/theta_0^2.

With theta_0 of order N/sqrt(2) it falls like 4 L (f(x_0) - f*)/N^2. The parabola of curvature L
attains the bound after every number of steps.
"""

from convlab.algorithms.optimal import optimized_gradient_norm
from convlab.assumptions import attained, convex, smooth
from convlab.claims import upper_bound
from convlab.metrics import gradient_norm_squared, metric
from convlab.symbols import Delta, L, T
from convlab.theorem import Theorem, bound, step
from problems.huber import huber_gradient
from problems.quadratics import parabola


@metric("weighted_gradient", r"\theta_0^2 \|\nabla f(X)\|^2")
def weighted_gradient(s, oracle):
    """The squared gradient, times the factor by which it must be small: (R, 1)."""
    return s.largest**2 * gradient_norm_squared.read(s, oracle)


theorem = Theorem(
    cite="kim2021optimizing",
    number="Theorem 6.1",
    assume=[convex, smooth(L), attained],
    algorithm=optimized_gradient_norm(eta=1 / L, horizon=T),
    claims=[upper_bound(weighted_gradient, 2 * L * Delta)],
    tight=[parabola(steep=True), huber_gradient],
    iterations=200,
    mutants=[
        bound(1.98 * L * Delta, "a parabola attains the bound"),
        step(1.5 / L, "steps beyond 1/L are too long with so much momentum"),
        step(T + 1, "the weights must end at 1", name="horizon"),
    ],
)
