"""The proximal gradient method with steps up to 1/L.

The step minimizes h plus a quadratic above f that is 1/eta-strongly convex:
2 eta (F(x_(k+1)) - F*) <= (1 - eta mu) |x_k - x*|^2 - |x_(k+1) - x*|^2. With mu = 0, sum up, as
F(x_k) decreases. The first bound is twice what one finds on |x|.
"""

from sympy import Interval

from convlab.algorithms.gradient import gradient_descent
from convlab.algorithms.proximal import proximal_gradient
from convlab.assumptions import attained, proximable_part, smooth_part, strongly_convex_part
from convlab.claims import upper_bound
from convlab.metrics import distance_squared, gap
from convlab.symbols import D, L, eta, k, mu
from convlab.theorem import Theorem, bound, mutant, step
from problems.composite import elastic_net, lasso, smooth_valley, soft_absolute

convex_sums = Theorem(
    cite="garrigos2023handbook",
    number="Section 11",
    title="Proximal gradient method on sums of a smooth and a convex function: order 1/k.",
    assume=[smooth_part(L), proximable_part, attained],
    algorithm=proximal_gradient(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[upper_bound(gap, D**2 / (2 * eta * k))],
    tight=[soft_absolute, lasso, smooth_valley],
    mutants=[
        bound(D**2 / (4.2 * eta * k), "an absolute value gives D^2/(4 eta k)"),
        step(2.1 / L, "beyond 2/L it diverges"),
        mutant("no proximal step", "minimizes f only", algorithm=gradient_descent(eta=eta)),
    ],
)

strongly_convex_sums = Theorem(
    cite="garrigos2023handbook",
    number="Section 11",
    title="Proximal gradient method on strongly convex sums: the linear rate 1 - eta mu.",
    assume=[smooth_part(L), strongly_convex_part(mu), proximable_part, attained],
    algorithm=proximal_gradient(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[upper_bound(distance_squared, (1 - eta * mu) ** k * D**2)],
    tight=[smooth_valley, elastic_net],
    mutants=[
        bound((1 - eta * mu) ** (2.1 * k) * D**2, "the flat direction contracts by 1 - eta mu"),
        step(2.1 / L, "beyond 2/L it diverges"),
        mutant("no proximal step", "minimizes f only", algorithm=gradient_descent(eta=eta)),
    ],
)
