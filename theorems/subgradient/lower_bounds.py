"""Functions on which no subgradient method is fast, in as many dimensions as iterations."""

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

WEAKER = "if there is such a function, there is one that obeys less"

lipschitz_functions = Theorem(
    cite="drori2016optimal",
    number="Appendix A",
    adapted="for subgradient steps of one length",
    title="There is a Lipschitz function on which T steps leave a gap of G D/sqrt(T + 1).",
    text="""
    Every step reveals one entry of max_i x_i in
    f(x) = G max(max_i x_i, |x| - D (1 + 1/sqrt(T + 1))), and there is one more entry than steps:
    from 0 the value never falls below 0, and the infimum is -G D/sqrt(T + 1).
    """,
    assume=[convex, bounded_subgradients(G), attained],
    algorithm=subgradient_method(eta=eta),
    parameters={eta: Interval.Lopen(0, 2 * D / G)},
    claims=[lower_bound(best(gap), G * D / sqrt(T + 1))],
    exists=True,
    untested=dict.fromkeys([convex, bounded_subgradients], WEAKER),
    on=[resisting],
    mutants=[
        bound(1.01 * G * D / sqrt(T + 1), "the first iterate is no worse"),
        mutant("few dimensions", "faster on a function of 4 variables", on=[max_affine]),
    ],
)

on_a_ball = Theorem(
    cite="bubeck2015convex",
    number="Theorem 3.13",
    adapted="for subgradient steps of one length; B is the diameter, 2 R",
    title="There is a function on a ball on which T steps leave a gap of order G B/sqrt(T).",
    text="""
    With s = sqrt(T + 1) and f(x) = G/(1 + s) (s max_i x_i + |x|^2/B) on the ball around 0, every
    step reveals one entry of max_i x_i, and there is one more entry than steps: from 0 the value
    never falls below 0, and the infimum is -G B/(4 (1 + sqrt(T + 1))).
    """,
    assume=[convex, bounded_subgradients(G), projectable, bounded_domain(B), attained_on_set],
    algorithm=projected_subgradient(eta=eta),
    parameters={eta: Interval.Lopen(0, B / G)},
    claims=[lower_bound(best(gap), G * B / (4 * (1 + sqrt(T + 1))))],
    exists=True,
    untested=dict.fromkeys(
        [convex, bounded_subgradients, projectable, bounded_domain, attained_on_set], WEAKER
    ),
    on=[hard_on_ball],
    mutants=[
        bound(1.01 * G * B / (4 * (1 + sqrt(T + 1))), "the first iterate is no worse"),
        mutant("few dimensions", "faster on a distance", on=[distance_on_ball]),
    ],
)

strongly_convex_functions = Theorem(
    cite="bubeck2015convex",
    number="Theorem 3.13",
    adapted="for subgradient steps of one length",
    title="There is a strongly convex function on which T steps leave a gap of G^2/(8 mu (T + 1)).",
    text="""
    With f(x) = G/2 max_i x_i + mu/2 |x|^2 on the ball of radius G/(2 mu) around 0, every step
    reveals one entry of max_i x_i, and there is one more entry than steps: from 0 the value never
    falls below 0, and the infimum is -G^2/(8 mu (T + 1)).
    """,
    assume=[strongly_convex(mu), bounded_subgradients(G), projectable, attained_on_set],
    algorithm=projected_subgradient(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / mu)},
    claims=[lower_bound(best(gap), G**2 / (8 * mu * (T + 1)))],
    exists=True,
    untested=dict.fromkeys(
        [strongly_convex, bounded_subgradients, projectable, attained_on_set], WEAKER
    ),
    on=[hard_strongly_convex],
    mutants=[
        bound(1.01 * G**2 / (8 * mu * (T + 1)), "the first iterate is no worse"),
        mutant("few dimensions", "faster on a parabola", on=[noisy_bowl]),
    ],
)
