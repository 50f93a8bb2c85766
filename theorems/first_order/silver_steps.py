"""Gradient descent with the silver steps: acceleration without momentum.

After n = 2^m - 1 steps the gap is at most L D^2/(1 + sqrt(4 rho^(2m) - 3)), about
L D^2/(2 n^1.27), while constant steps give no better than 1/n. In between, just after a long
step, the gap may be large. On a Huber function, whose run stays on the slope, it is
L D^2/(4 rho^m - 2), about half of that.
"""

from sympy import Eq, Or, log, sqrt

from convlab.algorithms.gradient import silver_steps
from convlab.assumptions import attained, convex, smooth
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import D, L, k
from convlab.theorem import Theorem, bound, mutant, step
from problems.huber import huber_silver
from problems.quadratics import parabola

rho = 1 + sqrt(2)
sizes = (k + 1) ** log(rho, 2)
rate = L * D**2 / (1 + sqrt(4 * sizes**2 - 3))
complete = Or(*(Eq(k, 2**m - 1) for m in range(1, 24)))

theorem = Theorem(
    cite="altschuler2024silver",
    number="Theorem 1.1",
    assume=[convex, smooth(L), attained],
    algorithm=silver_steps(eta=1 / L, rho=rho),
    claims=[upper_bound(gap, rate, when=complete)],
    tight=[huber_silver, huber_silver(horizon=511), parabola(steep=True)],
    iterations=1023,
    mutants=[
        bound(0.45 * rate, "Huber comes within a factor of two"),
        step(1.5, "nearly equal steps, all beyond 1.6/L, are slow on a parabola", name="rho"),
        mutant(
            "any iteration", "the gap is large after a long step", claims=[upper_bound(gap, rate)]
        ),
    ],
)
