"""Fitted policy evaluation: the error is multiplied by at most the norm of A^-1 B.

With linear features the fitted update is affine, and its Jacobian is A^-1 B. On one feature the
bound is attained, whether the method converges or not.
"""

from sympy import Rational

from convlab.algorithms.temporal_difference import fitted_evaluation, target_network
from convlab.assumptions import fixed_point, linear_evaluation
from convlab.claims import upper_bound
from convlab.metrics import distance
from convlab.symbols import D, k, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.evaluation import doubling, rare_state, walk

alpha = symbol("alpha_td", "step size of the temporal differences", tex=r"\alpha")
lam = symbol("lambda_min", "smallest eigenvalue of A", tex=r"\lambda_{\min}")
td = symbol("J_TD", "norm of the Jacobian of a TD step", tex="J_{TD}")
fitted = symbol("J_FPE", "norm of the Jacobian of a fitted update", tex="J_{FPE}")

theorem = Theorem(
    cite="fellows2023target",
    number="Theorem 1",
    adapted="for linear features, by norms: the source has a product of mean Jacobians",
    assume=[linear_evaluation(alpha, lam, td, fitted), fixed_point],
    algorithm=fitted_evaluation(),
    claims=[upper_bound(distance, fitted**k * D)],
    tight=[doubling(gamma=0.5), doubling(gamma=0.9), walk, rare_state],
    iterations=100,
    untested={
        linear_evaluation: "the claim has its constants",
        fixed_point: "it names the point from which distances are measured",
    },
    mutants=[
        bound((Rational(9, 10) * fitted) ** k * D, "with one feature it is an equality"),
        mutant(
            "one step instead of a fit",
            "a step towards the fit does less",
            algorithm=target_network(alpha=alpha, steps=1),
        ),
    ],
)
