"""Gueler's accelerated proximal point method: gaps of order 1/k^2.

With beta_k = (1 - alpha_0) ... (1 - alpha_(k-1)), f(x_k) - f* <= beta_k (Delta + A_0 D^2/2) as for
Nesterov's estimating functions; and alpha_k^2 = A_0 beta_(k+1) eta gives
beta_(k+1)^(-1/2) - beta_k^(-1/2) >= alpha_k / (2 beta_(k+1)^(1/2)) = (A_0 eta)^(1/2)/2. The second
claim is that on A_k = beta_k A_0 alone: a bound on the gap is blind to an alpha that is too small.
beta_k <= 1/(1 + k sqrt(A_0 eta)/2)^2.
"""

from sympy import Interval, Rational, oo, sqrt

from convlab.algorithms.accelerated_proximal_point import gueler
from convlab.algorithms.proximal import proximal_point
from convlab.assumptions import attained, convex, proximable
from convlab.claims import upper_bound
from convlab.metrics import gap, metric
from convlab.symbols import D, Delta, eta, k, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.nonsmooth import absolute_value, ridged_absolute

A0 = symbol("A_0", "curvature of the first estimating function")
start = Delta + A0 * D**2 / 2
rate = start / (1 + k * sqrt(A0 * eta) / 2) ** 2

decay = A0 / (1 + k * sqrt(A0 * eta) / 2) ** 2


@metric("estimating_curvature", "A_k")
def estimating_curvature(s, oracle):
    """Curvature of the estimating function: (R, 1)."""
    return s.A


theorem = Theorem(
    cite="gueler1992new",
    number="Theorem 2.3",
    adapted="for equal steps, with the bound on A_k of its proof",
    assume=[convex, proximable, attained],
    algorithm=gueler(eta=eta, A0=A0),
    parameters={eta: Interval.open(0, oo), A0: Interval.open(0, oo)},
    claims=[upper_bound(gap, rate), upper_bound(estimating_curvature, decay)],
    tight=[
        absolute_value(slope=1.0),
        absolute_value(slope=0.1),
        absolute_value(slope=0.01),
        absolute_value(slope=0.001),
        ridged_absolute,
    ],
    untested={
        convex: "no function at hand that is not convex has an exact proximal operator",
        proximable: "without it there is no step",
    },
    mutants=[
        bound(rate * Rational(9, 10), "an absolute value comes close"),
        bound(rate / sqrt(1 + k * sqrt(A0 * eta) / 2), "1/k^2 is the best rate"),
        bound(A0 / (1 + k * sqrt(A0 * eta) * 0.53) ** 2, "short steps come close", claim=1),
        mutant(
            "no acceleration",
            "like 1/k",
            algorithm=proximal_point(eta=eta),
            claims=[upper_bound(gap, rate)],
        ),
    ],
)
