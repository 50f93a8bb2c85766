"""The subgradient method with the step of Polyak."""

from sympy import sqrt

from convlab.algorithms.gradient import polyak_step
from convlab.assumptions import attained, bounded_subgradients, convex, sharp
from convlab.claims import upper_bound
from convlab.metrics import best, distance_squared, gap
from convlab.symbols import D, G, k, symbol
from convlab.theorem import Theorem, bound, step, without
from problems.nonsmooth import (
    absolute_value,
    resisting,
    turning_planes,
    two_valleys,
    weighted_axis,
)
from problems.raised import raised_absolute
from theorems.first_order.polyak_step import without_f_star

m = symbol("m", "sharpness: the gap is at least m times the distance to the minimizers")

stuck = without(convex, "a minimum beside the minimizer", on=[two_valleys])

lipschitz_functions = Theorem(
    cite="polyak1969minimization",
    title="Subgradient method with the step of Polyak: D G/sqrt(k + 1) at the best iterate.",
    text="""
    By convexity |x_(k+1) - x*|^2 <= |x_k - x*|^2 - (f(x_k) - f*)^2/|g_k|^2, and |g_k| <= G. The sum
    over k + 1 iterates is (k + 1) min_(i <= k) (f(x_i) - f*)^2 <= G^2 D^2.
    """,
    assume=[convex, bounded_subgradients(G), attained],
    algorithm=polyak_step(),
    claims=[upper_bound(best(gap), G * D / sqrt(k + 1))],
    tight=[resisting, absolute_value, raised_absolute(height=-1.0)],
    mutants=[
        stuck,
        bound(0.99 * G * D / sqrt(k + 1), "the resisting function reaches the bound"),
        step(2.5, "it jumps over the minimizer, ever farther", name="scale"),
        without_f_star,
    ],
)

sharp_functions = Theorem(
    cite="polyak1969minimization",
    title="Subgradient method with the step of Polyak on functions with a sharp minimum: linear.",
    text="""
    Planes that take turns attain the bound at every step, all but a little. By convexity
    |x_(k+1) - x*|^2 <= |x_k - x*|^2 - (f(x_k) - f*)^2/|g_k|^2, with |g_k| <= G and
    f(x_k) - f* >= m |x_k - x*|: |x_(k+1) - x*|^2 <= (1 - m^2/G^2) |x_k - x*|^2.
    """,
    assume=[convex, bounded_subgradients(G), sharp(m), attained],
    algorithm=polyak_step(),
    claims=[upper_bound(distance_squared, (1 - m**2 / G**2) ** k * D**2)],
    tight=[turning_planes, weighted_axis, raised_absolute(height=-1.0)],
    mutants=[
        stuck,
        bound((1 - m**2 / G**2) ** (1.1 * k) * D**2, "planes that take turns are no better"),
        step(2.5, "it jumps over the minimizer, ever farther", name="scale"),
        without_f_star,
    ],
)
