"""How large the gradient of one component can be.

One step of length 1 moves by the gradient that was drawn, so E|x_1 - x_0|^2 is its second moment.
``variance_transfer`` follows from |a + b|^2 <= 2|a|^2 + 2|b|^2 with b = grad f_i(x*) and
a = grad f_i(x) - b, and becomes an equality for one curved component among very many.
``function_transfer`` follows from |grad f_i|^2 <= 2 L_i (f_i - inf f_i), an equality where all
components have curvature L_max.
"""

from sympy import Eq, Rational

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import (
    attained,
    average_smooth,
    components_convex,
    components_smooth,
    finite_sum,
    function_noise,
    gradient_noise,
)
from convlab.claims import upper_bound
from convlab.metrics import E, metric
from convlab.symbols import Delta, Delta_star, L_avg, L_max, k, n, sigma_star
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import sqnorm
from problems.finite_sums import needle, two_parabolas


@metric(
    "moved_squared", r"\|X - x_0\|^2", init=lambda s, oracle: s.x, update=lambda x0, s, oracle: x0
)
def moved_squared(s, oracle, x0):
    """Squared distance from the starting point."""
    return sqnorm(s.x - x0)


first_step = Eq(k, 1)
assume = [finite_sum(n), components_smooth(L_max), attained]
noisy = [*assume, components_convex, gradient_noise(sigma_star)]
bounded = [*assume, function_noise(Delta_star)]


variance_transfer = Theorem(
    cite="garrigos2023handbook",
    number="Section 4",
    title="The squared gradient of one component: mean at most 4 L_max (f - f*) + 2 sigma_star.",
    assume=noisy,
    algorithm=sgd(eta=1),
    claims=[upper_bound(E(moved_squared), 4 * L_max * Delta + 2 * sigma_star, when=first_step)],
    tight=[needle, needle(n=30)],
    iterations=1,
    mutants=[
        bound(
            Rational(19, 20) * (4 * L_max * Delta + 2 * sigma_star),
            "one curved component among 30 comes to 0.99 of the bound",
        ),
        bound(2 * L_max * Delta + 2 * sigma_star, "the mixed term 2 <a, b> is missing"),
        mutant(
            "L_avg in place of L_max",
            "one curved component among many",
            assume=[*noisy, average_smooth(L_avg)],
            claims=[
                upper_bound(E(moved_squared), 4 * L_avg * Delta + 2 * sigma_star, when=first_step)
            ],
        ),
    ],
)

function_transfer = Theorem(
    cite="garrigos2023handbook",
    number="Section 4",
    title="The squared gradient of one component: mean at most 2 L_max (f - f* + Delta_star).",
    assume=bounded,
    algorithm=sgd(eta=1),
    claims=[
        upper_bound(E(moved_squared), 2 * L_max * (Delta + Delta_star), when=first_step),
    ],
    tight=[two_parabolas],
    iterations=1,
    mutants=[
        bound(Rational(19, 10) * L_max * (Delta + Delta_star), "two parabolas attain the bound"),
        bound(2 * L_max * Delta, "without interpolation the gradients do not vanish"),
    ],
)
