"""The conjugate gradient method on quadratics: the best polynomial, that of Chebyshev.

The method minimizes f over all that k gradients can reach, so its gap is at most
max p(a)^2 Delta over mu <= a <= L for every polynomial p of degree k with p(0) = 1. The shifted
Chebyshev polynomial gives 1/T_k((L + mu)/(L - mu)) = 2 r^k/(1 + r^(2k)) with
r = (sqrt L - sqrt mu)/(sqrt L + sqrt mu). With k = 1 that is the exact line search, slowest on two
curvatures. In as many steps as there are different curvatures it is done.
"""

from sympy import sqrt

from convlab.algorithms.gradient import conjugate_gradient, exact_line_search
from convlab.assumptions import attained, quadratic_objective, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import Delta, L, k, mu
from convlab.theorem import Theorem, bound, mutant
from problems.quadratics import all_curvatures, quadratic, two_curvatures

r = (sqrt(L) - sqrt(mu)) / (sqrt(L) + sqrt(mu))
chebyshev = (2 * r**k / (1 + r ** (2 * k))) ** 2 * Delta

theorem = Theorem(
    cite="nesterov2004introductory",
    assume=[quadratic_objective, smooth(L), strongly_convex(mu), attained],
    algorithm=conjugate_gradient(),
    claims=[upper_bound(gap, chebyshev)],
    tight=[two_curvatures, all_curvatures],
    on=[quadratic, quadratic(d=3, kappa=100.0)],
    iterations=60,
    mutants=[
        bound(0.99 * chebyshev, "the first step on two curvatures attains it"),
        bound(4 * r ** (2.1 * k) * Delta / (1 + r ** (2 * k)) ** 2, "the first step attains it"),
        mutant("exact line search", "linear, with kappa", algorithm=exact_line_search()),
    ],
)
