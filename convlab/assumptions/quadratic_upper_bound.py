"""Growth from above: functions below a parabola at their minimizers."""

from convlab.assumption import Assumption
from convlab.vocabulary import sqnorm

__all__ = ["quadratic_upper_bound"]

quadratic_upper_bound = Assumption(
    "quadratic_upper_bound",
    ("L",),
    r"f(x) - f^\star \le \tfrac{L}{2} \|x - x^\star\|^2",
    test=lambda oracle, x, L: (
        oracle.value(x) - oracle.f_star,
        0.5 * L * sqnorm(x - oracle.nearest_minimizer(x)),
    ),
)
"""The function lies below a parabola of curvature L at the nearest minimizer; it may have kinks."""
