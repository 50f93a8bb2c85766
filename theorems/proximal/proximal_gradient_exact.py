"""The exact rate of the proximal gradient method on strongly convex sums.

The same for the distance, of which it is well known, and for the gap, at every step up to 2/L. The
two ends of the spectrum of f attain it, without h. With rho = max(|1 - eta mu|, |1 - eta L|):
|x_k - x*|^2 <= rho^(2k) D^2, and F(x_k) - F* <= rho^(2k) (F(x_0) - F*).
"""

from sympy import Abs, Interval, Max

from convlab.algorithms.gradient import gradient_descent
from convlab.algorithms.proximal import proximal_gradient
from convlab.assumptions import attained, proximable_part, smooth_part, strongly_convex_part
from convlab.claims import upper_bound
from convlab.metrics import distance_squared, gap
from convlab.symbols import D, Delta, L, eta, k, mu
from convlab.theorem import Theorem, bound, mutant
from problems.composite import elastic_net, smooth_valley
from theorems.proximal.accelerated import EXACT

rate = Max(Abs(1 - eta * mu), Abs(1 - eta * L))

theorem = Theorem(
    cite="taylor2018exact",
    number="Theorem 3.1",
    adapted="the bound on the gap is in a theorem of its own there",
    assume=[smooth_part(L), strongly_convex_part(mu), proximable_part, attained],
    algorithm=proximal_gradient(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[
        upper_bound(distance_squared, rate ** (2 * k) * D**2),
        upper_bound(gap, rate ** (2 * k) * Delta),
    ],
    tight=[smooth_valley, elastic_net],
    untested={proximable_part: EXACT},
    mutants=[
        bound(rate ** (2.1 * k) * D**2, "an eigenvector of f contracts at this rate"),
        bound(rate ** (2.1 * k) * Delta, "an eigenvector of f contracts at this rate", claim=1),
        bound((1 - eta * mu) ** (2 * k) * D**2, "with long steps the other end is slower"),
        mutant("no proximal step", "minimizes f only", algorithm=gradient_descent(eta=eta)),
    ],
)
