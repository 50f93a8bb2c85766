"""Two notions of noise in a finite sum: each bounds the other.

The second moment of the component gradients at x* is sigma_star, so the inequality
E|grad f_i(x)|^2 <= 2 L_max (f(x) - inf f + Delta_star) says there that
sigma_star <= 2 L_max Delta_star; where every component is strongly convex, |grad f_i|^2 is at least
2 mu (f_i - inf f_i). Measured by one step of length 1 from the minimizer; equal curvatures attain
both.
"""

from dataclasses import replace

from sympy import Eq, Rational

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import components_strongly_convex
from convlab.claims import lower_bound, upper_bound
from convlab.metrics import E, distance_squared
from convlab.symbols import Delta_star, L_max, k, mu
from convlab.theorem import Theorem, bound, mutant
from problems.finite_sums import least_squares, ridge, two_parabolas
from theorems.stochastic.gradient_variance import bounded

first_step = Eq(k, 1)


def still(problem):
    """The problem, started at its minimizer."""
    return replace(problem, start=problem.constants["x_star"], name=f"{problem.name} at x*")


theorem = Theorem(
    cite="garrigos2023handbook",
    number="Lemma 4.18",
    assume=[*bounded, components_strongly_convex(mu)],
    algorithm=sgd(eta=1),
    claims=[
        upper_bound(E(distance_squared), 2 * L_max * Delta_star, when=first_step),
        lower_bound(E(distance_squared), 2 * mu * Delta_star, when=first_step),
    ],
    on=[still(p) for p in (two_parabolas(), two_parabolas(ratio=0.1), ridge())],
    iterations=1,
    mutants=[
        bound(Rational(19, 10) * L_max * Delta_star, "equal curvatures attain the bound"),
        bound(Rational(21, 10) * mu * Delta_star, "equal curvatures attain the bound", claim=1),
        mutant(
            "without strong convexity of the components",
            "the smallest curvature of the sum does not bound the noise below",
            assume=bounded,
            on=[still(least_squares())],
            claims=[lower_bound(E(distance_squared), 2 * L_max * Delta_star, when=first_step)],
        ),
    ],
)
