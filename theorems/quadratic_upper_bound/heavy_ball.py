"""The heavy ball on convex functions below a parabola: gaps L D^2/(2 (k + 1)), and none smaller.

The function may have kinks; a bound f(x) - f* <= L |x - x*|^2/2 at the minimizers is enough. No
method that steps along subgradients has a better bound, since each finds one direction.
"""

from convlab.algorithms.accelerated import heavy_ball
from convlab.assumptions import attained, convex, quadratic_upper_bound
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import D, L, k
from convlab.theorem import Theorem, bound, step, without
from problems.nonconvex import hilltop
from problems.quadratic_upper_bound import largest_square, square_of_maximum

rate = L * D**2 / (2 * (k + 1))

theorem = Theorem(
    cite="goujaud2022optimal",
    number="Theorem 2.4",
    assume=[convex, quadratic_upper_bound(L), attained],
    algorithm=heavy_ball(eta=1 / (L * (k + 2)), beta=k / (k + 2)),
    claims=[upper_bound(gap, rate)],
    tight=[square_of_maximum, largest_square(d=1), largest_square],
    mutants=[
        bound(0.98 * rate, "the square of the largest entry attains the bound"),
        bound(rate / (k + 1), "the rate is no better than 1/k"),
        step(3.5 / (L * (k + 2)), "the first step passes the minimizer by 3/4 of the distance"),
        without(convex, "near a maximum it lingers", on=[hilltop]),
        step(1, "with full momentum a parabola oscillates for long", name="beta"),
    ],
)
