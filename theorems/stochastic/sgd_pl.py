"""Stochastic gradient descent on finite sums that satisfy the Polyak-Lojasiewicz inequality.

No convexity.
"""

from sympy import Interval, Max, Rational, log

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import (
    attained,
    components_smooth,
    finite_sum,
    function_noise,
    interpolation,
    pl,
    smooth,
)
from convlab.claims import upper_bound
from convlab.metrics import E, gap
from convlab.symbols import Delta, Delta_star, L, L_max, eps, eta, k, mu, n
from convlab.theorem import Theorem, bound, mutant, step
from problems.finite_sums import needle, two_parabolas
from problems.finite_sums_nonquadratic import sine_sum

structure = [finite_sum(n), components_smooth(L_max), smooth(L), pl(mu), attained]
assume = [*structure, function_noise(Delta_star)]

forgetting, plateau = (1 - eta * mu) ** k * Delta, eta * L * L_max * Delta_star / mu

constant_step = Theorem(
    cite="garrigos2023handbook",
    title="SGD under the Polyak-Lojasiewicz inequality with constant step: linear to a plateau.",
    text="""In a step the mean of f - f* is at most (1 - 2 eta mu + eta^2 L L_max) (f(x_k) - f*)
+ eta^2 L L_max Delta_star: by the descent lemma, the inequality of Polyak and Lojasiewicz and
E|grad f_i|^2 <= 2 L_max (f - f* + Delta_star).

For eta <= mu/(L L_max) the factor is at most 1 - eta mu: with the longest step one curved component
among several attains it, and two parabolas attain the plateau, the sum of the geometric series:
E f(x_k) - f* <= (1 - eta mu)^k (f(x_0) - f*) + eta L L_max Delta_star/mu.""",
    assume=assume,
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.Lopen(0, mu / (L * L_max))},
    claims=[upper_bound(E(gap), forgetting + plateau)],
    tight=[two_parabolas, needle(shift=0.0), sine_sum],
    iterations=200,
    mutants=[
        bound(forgetting + Rational(9, 10) * plateau, "two parabolas attain the plateau"),
        bound(
            (1 - Rational(11, 10) * eta * mu) ** k * Delta + plateau,
            "one curved component among several attains it",
        ),
        bound(forgetting, "without interpolation there is a plateau"),
        step(2 / L, "too long a step for the rare curved component"),
    ],
)

interpolated = Theorem(
    cite="garrigos2023handbook",
    title="SGD under the Polyak-Lojasiewicz inequality, with interpolation: the rate 1 - eta mu.",
    text="""In a step the mean of f - f* is at most (1 - 2 eta mu + eta^2 L L_max) (f(x_k) - f*)
+ eta^2 L L_max Delta_star: by the descent lemma, the inequality of Polyak and Lojasiewicz and
E|grad f_i|^2 <= 2 L_max (f - f* + Delta_star).

Interpolation means that Delta_star = 0, and for eta <= mu/(L L_max) the factor is at most 1 - eta
mu:
E f(x_k) - f* <= (1 - eta mu)^k (f(x_0) - f*).""",
    assume=[*structure, interpolation],
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.Lopen(0, mu / (L * L_max))},
    claims=[upper_bound(E(gap), forgetting)],
    tight=[needle(shift=0.0), sine_sum(shift=0.0)],
    iterations=200,
    mutants=[
        bound((1 - Rational(11, 10) * eta * mu) ** k * Delta, "one curved component attains it"),
        mutant(
            "without interpolation",
            "there is a plateau",
            assume=structure,
            tight=[two_parabolas, sine_sum],
        ),
    ],
)

short = mu / (L * L_max) / Max(2 * Delta_star / eps, 1)
enough = L * L_max / mu**2 * Max(2 * Delta_star / eps, 1) * log(2 * Delta / eps)

complexity = Theorem(
    cite="garrigos2023handbook",
    title="SGD under the Polyak-Lojasiewicz inequality: iterations that suffice for accuracy eps.",
    text="""With constant step E f(x_k) - f* <= (1 - eta mu)^k (f(x_0) - f*) + eta L L_max
Delta_star/mu.

For eta = (mu/(L L_max)) min(eps/(2 Delta_star), 1) the second term is at most eps/2, and so is
the first one once k >= log(2 (f(x_0) - f*)/eps)/(eta mu): E f(x_k) - f* <= eps for all
k >= L L_max/mu^2 max(2 Delta_star/eps, 1) log(2 (f(x_0) - f*)/eps).""",
    assume=assume,
    algorithm=sgd(eta=short),
    parameters={eps: Interval(Rational(1, 100), Rational(1, 5))},
    claims=[upper_bound(E(gap), eps, when=k >= enough)],
    tight=[two_parabolas(shift=0.7), needle(n=4, L=8.0, shift=0.0)],
    iterations=1000,
    loose=("by 2 where there is no noise: half of eps is kept for it"),
    untested={function_noise: "of eps a quarter is left by the noise"},
    mutants=[
        bound(eps / 5, "the plateau is a quarter of eps"),
        mutant(
            "half the steps",
            "the start is not forgotten",
            claims=[upper_bound(E(gap), eps, when=k >= enough / 2)],
        ),
        mutant("the longest step", "the noise stays", algorithm=sgd(eta=mu / (L * L_max))),
    ],
)
