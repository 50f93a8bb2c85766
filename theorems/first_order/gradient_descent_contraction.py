"""Gradient descent on smooth strongly convex functions: the exact rates.

Distance, gap and gradient contract by max(|1 - eta mu|, |1 - eta L|), its square for the gap: the
rate of the parabolas of curvature mu and L, which attain all three bounds.
"""

from sympy import Abs, Interval, Max

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import distance, gap, gradient_norm
from convlab.symbols import D, Delta, L, eta, k, mu, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.quadratics import parabola, two_curvatures

G_0 = symbol("G_0", "norm of the gradient at the starting point")
rate = Max(Abs(1 - eta * mu), Abs(1 - eta * L))

theorem = Theorem(
    cite="taylor2018exact",
    number="Theorem 3.1",
    adapted="with no second part; 3.1 has the distance, the source the other two beside it",
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval(0, 2 / L)},
    initial={G_0: gradient_norm},
    claims=[
        upper_bound(distance, rate**k * D),
        upper_bound(gap, rate ** (2 * k) * Delta),
        upper_bound(gradient_norm, rate**k * G_0),
    ],
    tight=[parabola, parabola(steep=True)],
    mutants=[
        bound(rate ** (1.05 * k) * D, "a parabola contracts at this rate"),
        bound(rate ** (2.1 * k) * Delta, "a parabola contracts at this rate", claim=1),
        bound(rate ** (1.05 * k) * G_0, "a parabola contracts at this rate", claim=2),
        bound(Abs(1 - eta * mu) ** k * D, "a long step is slow where the curvature is L"),
        mutant(
            "half the step",
            "slower where the curvature is mu",
            algorithm=gradient_descent(eta=eta / 2),
        ),
    ],
)

optimal_step = Theorem(
    cite="deklerk2020worst",
    number="Theorem 5.3",
    adapted="with exact gradients, epsilon = 0",
    title="Gradient descent with step 2/(L + mu): gaps shrink by ((L - mu)/(L + mu))^2 a step.",
    text="""
    This step makes max(|1 - eta mu|, |1 - eta L|) smallest: both are (L - mu)/(L + mu). So on a
    quadratic with no other curvatures than mu and L every gap attains the bound, from any start.
    """,
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=gradient_descent(eta=2 / (L + mu)),
    claims=[upper_bound(gap, ((L - mu) / (L + mu)) ** (2 * k) * Delta)],
    tight=[two_curvatures],
    mutants=[
        bound(((L - mu) / (L + mu)) ** (2.05 * k) * Delta, "both curvatures attain the rate"),
        step(1.9 / (L + mu), "a shorter step is slower where the curvature is mu"),
        step(2.1 / (L + mu), "a longer step is slower where the curvature is L"),
    ],
)
