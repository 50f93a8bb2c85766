"""Steepest descent with exact line search: gaps shrink by ((L - mu)/(L + mu))^2 a step.

The source has it for all smooth strongly convex functions. Quadratics are the worst case: on two
curvatures, from (1, mu/L), the method zigzags, and every step attains the bound.
"""

from convlab.algorithms.gradient import exact_line_search, gradient_descent
from convlab.assumptions import attained, quadratic_objective, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import Delta, L, k, mu
from convlab.theorem import Theorem, bound, mutant
from problems.quadratics import two_curvatures

theorem = Theorem(
    cite="deklerk2017worst",
    number="Theorem 1.2",
    adapted="on quadratics, where the line search has a closed form",
    assume=[quadratic_objective, smooth(L), strongly_convex(mu), attained],
    algorithm=exact_line_search(),
    claims=[upper_bound(gap, ((L - mu) / (L + mu)) ** (2 * k) * Delta)],
    tight=[two_curvatures],
    untested={quadratic_objective: "true without it, but the method here needs a Hessian"},
    mutants=[
        bound(((L - mu) / (L + mu)) ** (2.05 * k) * Delta, "two curvatures attain the bound"),
        mutant(
            "step 1/L", "too short where the curvature is mu", algorithm=gradient_descent(eta=1 / L)
        ),
    ],
)
