"""Gradient steps with a relative error epsilon < 1: as with exact gradients, for other curvatures.

The gap contracts by ((M - m)/(M + m))^2 a step, with M = (1 + epsilon) L and
m = (1 - epsilon) mu: what exact gradients give for these curvatures.
"""

from convlab.algorithms.inexact import inexact_gradient_descent, inexact_line_search
from convlab.assumptions import (
    attained,
    quadratic_objective,
    relative_error,
    smooth,
    strongly_convex,
)
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import Delta, L, k, mu, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.inexact import inexact_valley, turned_gradient

epsilon = symbol("epsilon", "relative error of the gradient", tex=r"\varepsilon")
M, m = (1 + epsilon) * L, (1 - epsilon) * mu
rate = (M - m) / (M + m)
exact = (L - mu) / (L + mu)

fixed_step = Theorem(
    cite="deklerk2020worst",
    number="Theorem 5.3",
    title="Gradient descent with a relative error in the gradient.",
    assume=[smooth(L), strongly_convex(mu), relative_error(epsilon), attained],
    algorithm=inexact_gradient_descent(eta=2 / (M + m)),
    claims=[upper_bound(gap, rate ** (2 * k) * Delta)],
    tight=[inexact_valley, turned_gradient],
    mutants=[
        bound(rate ** (2.05 * k) * Delta, "a gradient that is too short here and too long there"),
        bound(exact ** (2 * k) * Delta, "that is the rate with exact gradients"),
        step(2.1 / (M + m), "with a longer step the steep direction is slower"),
        mutant(
            "step 1/M",
            "too short where the curvature is mu",
            algorithm=inexact_gradient_descent(eta=1 / M),
        ),
    ],
)

line_search = Theorem(
    cite="deklerk2017worst",
    number="Theorem 5.1",
    adapted="on quadratics, where the line search has a closed form",
    title="Exact line search along a gradient with a relative error, on quadratics.",
    assume=[quadratic_objective, *fixed_step.assume],
    algorithm=inexact_line_search(),
    claims=fixed_step.claims,
    untested={quadratic_objective: "true without it, but the method here needs a Hessian"},
    tight=[inexact_valley, turned_gradient],
    mutants=[
        bound(rate ** (2.05 * k) * Delta, "two curvatures and the worst error attain the bound"),
        bound(exact ** (2 * k) * Delta, "that is the rate with exact gradients"),
        mutant(
            "step 1/M",
            "too short where the curvature is mu",
            algorithm=inexact_gradient_descent(eta=1 / M),
        ),
    ],
)
