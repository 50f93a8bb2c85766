"""LemniAcc: after N steps the squared gradient is at most L^2 D^2/Omega^2, the gap L D^2/(2 Omega).

Omega, between (N + 1)^2/varpi^2 and (N + 1)^2 with the lemniscate constant varpi = 2.622, solves a
recursion of N + 1 steps. The authors prove both bounds in Lean, in the project LemniAcc that comes
with the paper. The parabola of curvature L attains the first one after every number of steps.
"""

from convlab.algorithms.optimal import lemniscate_method
from convlab.assumptions import attained, convex, smooth
from convlab.claims import upper_bound
from convlab.metrics import gap, gradient_norm_squared, metric
from convlab.symbols import D, L, T
from convlab.theorem import Theorem, bound, step
from problems.huber import huber, huber_gradient
from problems.quadratics import parabola


@metric("weighted_gradient", r"\Omega^2 \|\nabla f(X)\|^2")
def weighted_gradient(s, oracle):
    """The squared gradient, times the factor by which it must be small: (R, 1)."""
    return s.omega**2 * gradient_norm_squared.read(s, oracle)


@metric("weighted_gap", r"2 \Omega (f(X) - f^\star)")
def weighted_gap(s, oracle):
    """The gap, times the factor by which it must be small: (R, 1)."""
    return 2 * s.omega * gap.read(s, oracle)


theorem = Theorem(
    cite="kim2026domain",
    number="gradient_rate and functionValue_rate (LemniAcc, in Lean)",
    assume=[convex, smooth(L), attained],
    algorithm=lemniscate_method(L=L, horizon=T),
    claims=[upper_bound(weighted_gradient, L**2 * D**2), upper_bound(weighted_gap, L * D**2)],
    tight=[parabola(steep=True), huber, huber_gradient],
    iterations=50,
    loose=(
        "by 2: the exact worst gap falls from 0.63 to 0.51 of the second bound between N = 1 and "
        "N = 8; the source proves both by one potential, of which this is one half"
    ),
    mutants=[
        bound(0.98 * L**2 * D**2, "the parabola of curvature L attains the bound"),
        bound(L * D**2 / 2, "a Huber function has more after one step", claim=1),
        step(L / 2, "steps of 2/L are too long", name="L"),
        step(T + 1, "the weights must end with the run", name="horizon"),
    ],
)
