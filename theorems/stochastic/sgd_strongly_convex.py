"""Stochastic gradient descent on finite sums, f strongly convex: distance to the minimizer.

On quadratics on the line the truth, with step 1/(2 L_max), is a factor 1 - 3 eta mu/2 (one curved
component among several) and a plateau at a third of 2 eta sigma_star/mu, for every such sum whose
mean squared curvature is L_max mu; no instance is known that comes closer to the noise term.
"""

from sympy import Interval, Rational

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import (
    attained,
    components_convex,
    components_smooth,
    finite_sum,
    gradient_noise,
    interpolation,
    smooth,
    strongly_convex,
)
from convlab.claims import upper_bound
from convlab.metrics import E, distance_squared
from convlab.symbols import D, L, L_max, eta, k, mu, n, sigma_star
from convlab.theorem import Theorem, bound, mutant, step
from problems.finite_sums import coordinate_sum, needle, two_parabolas

smooth_and_convex = [finite_sum(n), components_convex, components_smooth(L_max)]
assume = [*smooth_and_convex, strongly_convex(mu), gradient_noise(sigma_star), attained]

forgetting, plateau = (1 - eta * mu) ** k * D**2, 2 * eta * sigma_star / mu

constant_step = Theorem(
    cite="garrigos2023handbook",
    title="SGD on strongly convex sums with constant step: linear to a plateau.",
    text="""x_(k+1) is x_k - eta grad f_i(x_k), and its squared distance from x* is expanded.

By strong convexity and E|grad f_i(x)|^2 <= 4 L_max (f(x) - f*) + 2 sigma_star its mean is at most
(1 - eta mu) |x_k - x*|^2 - 2 eta (1 - 2 eta L_max) (f(x_k) - f*) + 2 eta^2 sigma_star, and the
middle term is not positive for eta <= 1/(2 L_max). With the sum of the geometric series
E|x_k - x*|^2 <= (1 - eta mu)^k D^2 + 2 eta sigma_star/mu.""",
    assume=assume,
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / (2 * L_max))},
    claims=[upper_bound(E(distance_squared), forgetting + plateau)],
    tight=[needle(shift=0.01), needle, two_parabolas],
    iterations=200,
    untested={gradient_noise: "of its term a third is seen, so half of it would do"},
    mutants=[
        bound((1 - eta * mu) ** (2 * k) * D**2 + plateau, "the factor is 1 - 3 eta mu/2"),
        bound(forgetting + Rational(3, 10) * plateau, "a third of the noise term remains"),
        bound(forgetting, "without interpolation there is a plateau"),
        mutant(
            "eta = 1/(2 L)",
            "one curved component among many makes it diverge: L_max counts, not L",
            assume=[*assume, smooth(L)],
            algorithm=sgd(eta=1 / (2 * L)),
            parameters={},
            claims=[
                upper_bound(E(distance_squared), (forgetting + plateau).subs(eta, 1 / (2 * L)))
            ],
        ),
    ],
)

interpolated = Theorem(
    cite="garrigos2023handbook",
    title="SGD on strongly convex sums, with interpolation: the linear rate 1 - eta mu.",
    text="""x_(k+1) is x_k - eta grad f_i(x_k), and its squared distance from x* is expanded.

By strong convexity and E|grad f_i(x)|^2 <= 4 L_max (f(x) - f*), as sigma_star = 0, its mean is at
most (1 - eta mu) |x_k - x*|^2 - 2 eta (1 - 2 eta L_max) (f(x_k) - f*), where the last term is not
positive for eta <= 1/(2 L_max):
E|x_k - x*|^2 <= (1 - eta mu)^k D^2.""",
    assume=[*smooth_and_convex, strongly_convex(mu), interpolation, attained],
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / (2 * L_max))},
    claims=[upper_bound(E(distance_squared), forgetting)],
    tight=[needle(shift=0.0), needle(n=2, shift=0.0), coordinate_sum],
    iterations=200,
    loose=("by the power 1.5 of the rate: on quadratics on the line the factor is 1 - 3 eta mu/2"),
    untested={
        components_convex: "no family lacks just this",
        components_smooth: "twice as long steps keep the bound on all instances tried",
    },
    mutants=[
        bound((1 - Rational(8, 5) * eta * mu) ** k * D**2, "the factor is 1 - 3 eta mu/2"),
        step(2.1 / L_max, "beyond 2/L_max the curved component makes it diverge"),
        mutant(
            "without interpolation",
            "there is a plateau",
            assume=[*smooth_and_convex, strongly_convex(mu), attained],
            tight=[needle, two_parabolas],
        ),
    ],
)
