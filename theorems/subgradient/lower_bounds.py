"""No subgradient method is faster, in as many dimensions as iterations.

Each step reveals one entry of the maximum max_i x_i, and there is one more entry than steps: the
value never falls below 0. That holds for every method that stays in the span of the subgradients;
here for subgradient steps of any length.
"""

from sympy import Interval, sqrt

from convlab.algorithms.subgradient import projected_subgradient, subgradient_method
from convlab.assumptions import (
    attained,
    attained_on_set,
    bounded_domain,
    bounded_subgradients,
    convex,
    projectable,
    strongly_convex,
)
from convlab.claims import lower_bound
from convlab.metrics import best, gap
from convlab.symbols import B, D, G, T, eta, mu
from convlab.theorem import Theorem, bound, mutant
from problems.constrained import distance_on_ball, hard_on_ball, hard_strongly_convex, noisy_bowl
from problems.nonsmooth import max_affine, resisting

lipschitz_functions = Theorem(
    cite="drori2016optimal",
    number="Appendix A",
    title="No subgradient method comes below G D/sqrt(T + 1) on Lipschitz functions.",
    assume=[convex, bounded_subgradients(G), attained],
    algorithm=subgradient_method(eta=eta),
    parameters={eta: Interval.Lopen(0, 2 * D / G)},
    claims=[lower_bound(best(gap), G * D / sqrt(T + 1))],
    on=[resisting],
    mutants=[
        bound(1.01 * G * D / sqrt(T + 1), "the first iterate is no worse"),
        mutant("few dimensions", "faster on a function of 4 variables", on=[max_affine]),
    ],
)

on_a_ball = Theorem(
    cite="bubeck2015convex",
    number="Theorem 3.13",
    title="No subgradient method comes below G B/(4 (1 + sqrt(T + 1))) on a ball of diameter B.",
    assume=[convex, bounded_subgradients(G), projectable, bounded_domain(B), attained_on_set],
    algorithm=projected_subgradient(eta=eta),
    parameters={eta: Interval.Lopen(0, B / G)},
    claims=[lower_bound(best(gap), G * B / (4 * (1 + sqrt(T + 1))))],
    on=[hard_on_ball],
    mutants=[
        bound(1.01 * G * B / (4 * (1 + sqrt(T + 1))), "the first iterate is no worse"),
        mutant("few dimensions", "faster on a distance", on=[distance_on_ball]),
    ],
)

strongly_convex_functions = Theorem(
    cite="bubeck2015convex",
    number="Theorem 3.13",
    title="No subgradient method comes below G^2/(8 mu (T + 1)) on strongly convex functions.",
    assume=[strongly_convex(mu), bounded_subgradients(G), projectable, attained_on_set],
    algorithm=projected_subgradient(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / mu)},
    claims=[lower_bound(best(gap), G**2 / (8 * mu * (T + 1)))],
    on=[hard_strongly_convex],
    mutants=[
        bound(1.01 * G**2 / (8 * mu * (T + 1)), "the first iterate is no worse"),
        mutant("few dimensions", "faster on a parabola", on=[noisy_bowl]),
    ],
)
