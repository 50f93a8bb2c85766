"""Point-SAGA on strongly convex, smooth components: a linear, accelerated rate.

The source shows that |x_k - x*|^2 + 1/(L mu n) times the sum of |g_i - grad f_i(x*)|^2 contracts by
1/(1 + mu gamma) in expectation. With a table of zeros it starts at D^2 + sigma*/(L mu); with the
gradients at x_0, as in the source, at no more than (1 + L/mu) D^2. So, with L = L_max,
E|x_k - x*|^2 <= (1 + mu gamma)^(-k) (D^2 + sigma*/(L mu)).
"""

from sympy import Rational, sqrt

from convlab.algorithms.proximal import stochastic_proximal_point
from convlab.algorithms.proximal_sums import point_saga
from convlab.assumptions import (
    attained,
    components_smooth,
    components_strongly_convex,
    finite_sum,
    gradient_noise,
    proximable_components,
)
from convlab.claims import upper_bound
from convlab.metrics import E, distance_squared
from convlab.symbols import D, L_max, k, mu, n, sigma_star
from convlab.theorem import Theorem, bound, mutant, step
from problems.proximal_sums import mean_estimation, regularized_squares

gamma = (sqrt((n - 1) ** 2 + 4 * n * L_max / mu) - (n - 1)) / (2 * L_max * n)
start = D**2 + sigma_star / (L_max * mu)

theorem = Theorem(
    cite="defazio2016simple",
    number="Theorem 5",
    adapted="for all k steps together, and from a table of zeros",
    assume=[
        finite_sum(n),
        components_strongly_convex(mu),
        components_smooth(L_max),
        proximable_components,
        gradient_noise(sigma_star),
        attained,
    ],
    algorithm=point_saga(gamma=gamma),
    claims=[upper_bound(E(distance_squared), (1 + mu * gamma) ** (-k) * start)],
    tight=[mean_estimation, mean_estimation(n=2), regularized_squares],
    iterations=60,
    loose=(
        "by 3 from the tenth step on: the term with sigma_star, which pays for the table, is not "
        "needed on any instance tried"
    ),
    untested={
        components_smooth: "with half of L_max the step is longer, and the bound is kept",
        gradient_noise: "its term is not needed",
        proximable_components: "the method calls these operators",
    },
    mutants=[
        bound((1 + mu * gamma) ** (Rational(-6, 5) * k) * start, "the table is slow"),
        mutant(
            "no table",
            "the noise stays",
            algorithm=stochastic_proximal_point(eta=gamma),
        ),
        step(gamma / 10, "slower", name="gamma"),
    ],
)
