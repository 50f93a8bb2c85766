"""The optimized gradient method: half of the bound on the gap for Nesterov's method.

The state holds theta_N after the last of N steps. The parabola of curvature L attains
L D^2/(2 theta_N^2), and so does a Huber function on which the run ends on the slope. By
theta_N^2 >= (N + 1)(N + 1 + sqrt 2)/2 the second bound follows from the first:
f(x_N) - f* <= L D^2/(2 theta_N^2) <= L D^2/((N + 1) (N + 1 + sqrt 2)).
"""

from sympy import Rational, sqrt

from convlab.algorithms.accelerated import accelerated_gradient, optimized_gradient
from convlab.assumptions import attained, convex, smooth
from convlab.claims import upper_bound
from convlab.metrics import gap, metric
from convlab.symbols import D, L, T
from convlab.theorem import Theorem, bound, mutant, step
from problems.huber_optimized import huber_optimized
from problems.quadratics import parabola


@metric("weighted_gap", r"\theta_k^2 (f(X) - f^\star)", allowance=gap.allowance)
def weighted_gap(s, oracle):
    """The gap times the squared weight of the step before."""
    return s.theta**2 * gap.read(s, oracle)


theorem = Theorem(
    cite="kim2016optimized",
    number="Theorem 2",
    assume=[convex, smooth(L), attained],
    algorithm=optimized_gradient(eta=1 / L, horizon=T),
    claims=[
        upper_bound(gap, L * D**2 / ((T + 1) * (T + 1 + sqrt(2)))),
        upper_bound(weighted_gap, L * D**2 / 2),
    ],
    tight=[parabola(steep=True), huber_optimized],
    iterations=200,
    mutants=[
        bound(0.9 * L * D**2 / ((T + 1) * (T + 1 + sqrt(2))), "two functions are close to it"),
        bound(
            Rational(99, 100) * L * D**2 / 2, "a parabola and a Huber function attain it", claim=1
        ),
        step(1.5 / L, "steps beyond 1/L are too long with so much momentum"),
        step(T + 1, "the last step needs a weight of its own", name="horizon"),
        mutant(
            "Nesterov's method",
            "without the correction the gap is twice as large",
            algorithm=accelerated_gradient(eta=1 / L),
            claims=[upper_bound(gap, L * D**2 / ((T + 1) * (T + 1 + sqrt(2))))],
        ),
    ],
)
