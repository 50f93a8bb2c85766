"""The proximal gradient method with steps up to 1/L."""

from sympy import Interval

from convlab.algorithms.gradient import gradient_descent
from convlab.algorithms.proximal import proximal_gradient
from convlab.assumptions import attained, proximable_part, smooth_part, strongly_convex_part
from convlab.claims import upper_bound
from convlab.metrics import distance_squared, gap
from convlab.symbols import D, L, eta, k, mu
from convlab.theorem import Theorem, bound, mutant, step
from problems.composite import elastic_net, lasso, smooth_valley, soft_absolute
from theorems.proximal.accelerated import EXACT

convex_sums = Theorem(
    cite="garrigos2023handbook",
    number="Section 11",
    title="Proximal gradient method on sums of a smooth and a convex function: order 1/k.",
    text="""
        The step minimizes h plus a quadratic above f that is 1/eta-strongly convex:
        2 eta (F(x_(k+1)) - F*) <= |x_k - x*|^2 - |x_(k+1) - x*|^2. Sum up, as F(x_k) decreases:
        F(x_k) - F* <= D^2/(2 eta k).""",
    loose="by 2: absolute values reach D^2/(4 eta k), each at its own k, and no sum is known to "
    "be worse",
    untested={proximable_part: EXACT},
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
    text="""
        The step minimizes h plus a quadratic above f that is 1/eta-strongly convex, and f is
        mu-strongly convex: 2 eta (F(x_(k+1)) - F*) <= (1 - eta mu) |x_k - x*|^2 -
        |x_(k+1) - x*|^2, where the left side is not negative:
        |x_k - x*|^2 <= (1 - eta mu)^k D^2.""",
    loose="by (1 - eta mu)^k: the exact rate is the square, proximal/proximal_gradient_exact",
    untested={proximable_part: EXACT},
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
