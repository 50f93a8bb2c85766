"""The average of heavy ball iterates on smooth convex functions: gaps of order 1/k.

With p_k = beta/(1 - beta) (x_k - x_(k-1)) the point x_k + p_k takes gradient steps of length
eta/(1 - beta) with the gradient at x_k; the bound follows from
f_k - f* + beta/(1 - beta) (f_k - f_(k-1)) <= (1 - beta)/(2 eta) (V_k - V_(k+1)),
V_k = |x_k + p_k - x*|^2, summed up. Momentum gains nothing here, and does no harm.
"""

from sympy import Interval

from convlab.algorithms.accelerated import heavy_ball
from convlab.assumptions import attained, convex, smooth
from convlab.claims import upper_bound
from convlab.metrics import averaged, gap
from convlab.symbols import D, L, beta, k, symbol
from convlab.theorem import Theorem, bound, step
from problems.huber import huber
from problems.quadratics import parabola

h = symbol("h", "step size of the heavy ball, in units of (1 - beta)/L")
eta = h * (1 - beta) / L

theorem = Theorem(
    cite="ghadimi2015global",
    number="Theorem 1",
    assume=[convex, smooth(L), attained],
    algorithm=heavy_ball(eta=eta, beta=beta),
    parameters={beta: Interval.Ropen(0, 1), h: Interval.Lopen(0, 1)},
    claims=[
        upper_bound(
            averaged(gap, last=True),
            D**2 / (2 * (k + 1)) * (L * beta / (1 - beta) + (1 - beta) / eta),
        )
    ],
    tight=[huber, parabola(steep=True)],
    mutants=[
        bound(
            D**2 / (3.2 * (k + 1)) * (L * beta / (1 - beta) + (1 - beta) / eta),
            "a parabola and a Huber function come within a factor of 1.6",
        ),
        step(6 * (1 - beta) / L, "with momentum 1/3 a step of 4/L diverges", name="eta"),
    ],
)
