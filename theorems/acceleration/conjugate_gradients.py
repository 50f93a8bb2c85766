"""Conjugate gradients on quadratics: the gaps of the best polynomial, and no smaller.

After k steps the gap is the smallest of sum_i a_i p(a_i)^2 e_i^2/2 over polynomials p of degree k
with p(0) = 1. Where the gradient is 2^-45 of the first the method rests, for doubles hold no more
of it: gaps so small are within the slack of rounding.
"""

from sympy import sqrt

from convlab.algorithms.gradient import conjugate_gradient, exact_line_search
from convlab.assumptions import attained, convex, quadratic_objective, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import D, Delta, L, k, mu
from convlab.theorem import Theorem, bound, mutant
from problems.conjugate_gradients import chebyshev_convex, chebyshev_strongly_convex
from problems.quadratics import all_curvatures, two_curvatures

on_convex = L * D**2 / (2 * (2 * k + 1) ** 2)
r = (sqrt(L) - sqrt(mu)) / (sqrt(L) + sqrt(mu))
on_strongly_convex = (2 * r**k / (1 + r ** (2 * k))) ** 2 * Delta

convex_quadratics = Theorem(
    cite="nemirovsky1992information",
    text="""After k steps the gap is the smallest of sum_i a_i p(a_i)^2 e_i^2/2 over polynomials p
    of degree k with p(0) = 1, e being the error at the start. With the Chebyshev polynomial T of
    degree 2 k + 1 and a = L z^2, p(a) = (-1)^k T(z)/((2 k + 1) z) is one of them, and a p(a)^2 = L
    T(z)^2/(2 k + 1)^2 <= L/(2 k + 1)^2 for curvatures a in [0, L]. A quadratic with curvatures at
    the points where |T| = 1 attains the bound: f(x_k) - f* <= L D^2/(2 (2 k + 1)^2).""",
    title="Conjugate gradients on convex quadratics: gaps of order 1/k^2.",
    assume=[quadratic_objective, convex, smooth(L), attained],
    algorithm=conjugate_gradient(),
    claims=[upper_bound(gap, on_convex)],
    tight=[chebyshev_convex],
    mutants=[
        bound(0.98 * on_convex, "quadratics with few curvatures attain the bound"),
        bound(on_convex / sqrt(k + 1), "no method has a better rate"),
        mutant("steepest descent", "without memory", algorithm=exact_line_search()),
    ],
)

strongly_convex_quadratics = Theorem(
    cite="daniel1967conjugate",
    text="""After k steps the gap is the smallest of sum_i a_i p(a_i)^2 e_i^2/2 over polynomials p
    of degree k with p(0) = 1, e being the error at the start. The Chebyshev polynomial for [mu, L],
    divided by its value at 0, is one of them, and there |p| <= 1/T_k((L + mu)/(L - mu)), which is 2
    r^k/(1 + r^(2 k)) with r = (sqrt(L) - sqrt(mu))/(sqrt(L) + sqrt(mu)). A quadratic with
    curvatures at its extremal points attains the bound; the first step does on two curvatures.
    f(x_k) - f* <= (2 r^k/(1 + r^(2 k)))^2 (f(x_0) - f*).""",
    title="Conjugate gradients on strongly convex quadratics: the Chebyshev bound.",
    assume=[quadratic_objective, smooth(L), strongly_convex(mu), attained],
    algorithm=conjugate_gradient(),
    claims=[upper_bound(gap, on_strongly_convex)],
    tight=[chebyshev_strongly_convex, two_curvatures, all_curvatures],
    mutants=[
        bound(0.98 * on_strongly_convex, "quadratics with few curvatures attain the bound"),
        bound(r ** (2 * k) * Delta, "a factor of up to 4 is lost at the start"),
        bound(4 * r ** (2.1 * k) * Delta / (1 + r ** (2 * k)) ** 2, "the rate is attained"),
        mutant("steepest descent", "without memory", algorithm=exact_line_search()),
    ],
)
