"""The average of heavy ball iterates on smooth convex functions: gaps of order 1/k.

With p_k = beta/(1 - beta) (x_k - x_(k-1)) the point x_k + p_k takes gradient steps of length
eta/(1 - beta) with the gradient at x_k. For eta <= (1 - beta)/L and V_k = |x_k + p_k - x*|^2,
f_k - f* + beta/(1 - beta) (f_k - f_(k-1)) <= (1 - beta)/(2 eta) (V_k - V_(k+1)). Summed up, with
f_0 - f* <= L D^2/2 and the gap of an average at most the average of the gaps:
f(average) - f* <= D^2/(2 (k + 1)) (L beta/(1 - beta) + (1 - beta)/eta).
"""

from sympy import Interval

from convlab.algorithms.accelerated import heavy_ball
from convlab.assumptions import attained, convex, smooth
from convlab.claims import upper_bound
from convlab.metrics import averaged, gap
from convlab.symbols import D, L, beta, eta, k
from convlab.theorem import Theorem, bound, step
from problems.huber import huber
from problems.quadratics import parabola

at_most = D**2 / (2 * (k + 1)) * (L * beta / (1 - beta) + (1 - beta) / eta)

theorem = Theorem(
    cite="ghadimi2015global",
    assume=[convex, smooth(L), attained],
    algorithm=heavy_ball(eta=eta, beta=beta),
    parameters={beta: Interval.Ropen(0, 1), eta: Interval.Lopen(0, (1 - beta) / L)},
    claims=[upper_bound(averaged(gap, last=True), at_most)],
    tight=[huber, parabola(steep=True)],
    mutants=[
        bound(at_most / 1.6, "a parabola and a Huber function come within a factor of 1.6"),
        step(6 * (1 - beta) / L, "with momentum 1/3 a step of 4/L diverges", name="eta"),
    ],
)
