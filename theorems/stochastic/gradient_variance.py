"""How large the gradient of one component can be, anywhere.

One step of length 1 moves by the gradient that was drawn, so E|x_1 - x_0|^2 is its second moment.
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
    text="""A step of length 1 moves by a = grad f_i(x_0) - grad f_i(x*), plus b = grad f_i(x*).

As f_i is convex and smooth, |a|^2 is at most 2 L_max times f_i(x_0) less its tangent at x*. In the
mean over i the tangents leave f(x_0) - f*, since grad f(x*) = 0; and E|b|^2 is sigma_star. With
|a + b|^2 <= 2 |a|^2 + 2 |b|^2, almost an equality for one curved component among very many,
E|grad f_i(x_0)|^2 <= 4 L_max (f(x_0) - f*) + 2 sigma_star.""",
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
    text="""A step of length 1 moves by the gradient of the component that was drawn.

A smooth function has |grad f_i(x_0)|^2 <= 2 L_max (f_i(x_0) - inf f_i), convex or not; for a
parabola of curvature L_max this is an equality. The mean of inf f_i is f* - Delta_star, so that
E|grad f_i(x_0)|^2 <= 2 L_max (f(x_0) - f* + Delta_star).""",
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
