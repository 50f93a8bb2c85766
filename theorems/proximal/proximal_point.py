"""The proximal point method."""

from sympy import Interval, Max, oo

from convlab.algorithms.proximal import proximal_point
from convlab.algorithms.subgradient import subgradient_method
from convlab.assumptions import attained, convex, proximable, sharp, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import distance, distance_squared, gap
from convlab.symbols import D, eta, k, mu, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.nonsmooth import absolute_value, ridged_absolute

NOT_CONVEX = "no function at hand that is not convex has an exact proximal operator"

m = symbol("m", "sharpness: the gap is at least m times the distance to the minimizers")

convex_functions = Theorem(
    cite="taylor2017exact",
    number="Theorem 4.1",
    title="Proximal point method on convex functions: gaps of order 1/k.",
    text="""
        The bound is exact, and half of D^2/(2 eta k), which comes from summing up
        2 eta (f(x_(k+1)) - f*) <= |x_k - x*|^2 - |x_(k+1) - x*|^2 (O. Gueler, SIAM J. Control
        Optim. 29, 1991). An absolute value with such a slope that k steps lead half of the way to
        the minimizer attains it:
        f(x_k) - f* <= D^2/(4 eta k).""",
    untested={convex: NOT_CONVEX, proximable: "without it there is no step"},
    assume=[convex, proximable, attained],
    algorithm=proximal_point(eta=eta),
    parameters={eta: Interval.open(0, oo)},
    claims=[upper_bound(gap, D**2 / (4 * eta * k))],
    tight=[absolute_value],
    mutants=[
        bound(D**2 / (4.2 * eta * k), "an absolute value reaches the bound"),
        bound(D**2 / (4 * eta * k**1.1), "for small slopes it does so late"),
        mutant("explicit", "jumps over the minimizer", algorithm=subgradient_method(eta=eta)),
    ],
)

strongly_convex_functions = Theorem(
    cite="rockafellar1976monotone",
    title="Proximal point method on strongly convex functions: the rate 1/(1 + eta mu).",
    text="""
        x_k - x_(k+1) is eta times a subgradient at x_(k+1), and 0 one at x*, so that
        <x_k - x_(k+1), x_(k+1) - x*> >= eta mu |x_(k+1) - x*|^2, and
        |x_k - x*| >= (1 + eta mu) |x_(k+1) - x*|:
        |x_k - x*|^2 <= D^2/(1 + eta mu)^(2k).""",
    untested={proximable: "without it there is no step"},
    assume=[strongly_convex(mu), proximable, attained],
    algorithm=proximal_point(eta=eta),
    parameters={eta: Interval.open(0, oo)},
    claims=[upper_bound(distance_squared, D**2 / (1 + eta * mu) ** (2 * k))],
    tight=[ridged_absolute],
    mutants=[
        bound(D**2 / (1 + eta * mu) ** (2.1 * k), "a parabola reaches the bound"),
        mutant("explicit", "diverges", algorithm=subgradient_method(eta=eta)),
    ],
)

sharp_functions = Theorem(
    cite="ferris1991finite",
    title="Proximal point method on functions with a sharp minimum: it ends.",
    text="""
        As long as x_(k+1) is no minimizer, the subgradient there has at least length m, and
        |x_k - x*| >= |x_(k+1) - x*| + eta m: with f(x_(k+1)) - f* >= m |x_(k+1) - x*|, where x* is
        the nearest minimizer, |x_k - x*|^2 is at least |x_(k+1) - x*|^2 + 2 eta m |x_(k+1) - x*| +
        eta^2 m^2.
        So |x_k - x*| <= max(D - eta m k, 0).""",
    untested={convex: NOT_CONVEX, proximable: "without it there is no step"},
    assume=[convex, proximable, sharp(m), attained],
    algorithm=proximal_point(eta=eta),
    parameters={eta: Interval.open(0, oo)},
    claims=[upper_bound(distance, Max(D - eta * m * k, 0))],
    tight=[absolute_value],
    mutants=[
        bound(Max(D - 1.1 * eta * m * k, 0), "a step on an absolute value has length eta m"),
        mutant("explicit", "jumps to and fro", algorithm=subgradient_method(eta=eta)),
    ],
)
