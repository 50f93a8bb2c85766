"""Steepest descent with exact line search: gaps shrink by ((L - mu)/(L + mu))^2 a step.

On quadratics, where the line search has a closed form; the theorem is about all smooth strongly
convex functions, and quadratics are its worst case.
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
    assume=[quadratic_objective, smooth(L), strongly_convex(mu), attained],
    algorithm=exact_line_search(),
    claims=[upper_bound(gap, ((L - mu) / (L + mu)) ** (2 * k) * Delta)],
    tight=[two_curvatures],
    mutants=[
        bound(((L - mu) / (L + mu)) ** (2.05 * k) * Delta, "two curvatures attain the bound"),
        mutant(
            "step 1/L", "too short where the curvature is mu", algorithm=gradient_descent(eta=1 / L)
        ),
    ],
)
