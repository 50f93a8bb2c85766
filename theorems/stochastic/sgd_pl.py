"""Stochastic gradient descent on finite sums that satisfy the Polyak-Lojasiewicz inequality.

No convexity. From the descent lemma and E|grad f_i|^2 <= 2 L_max (f - inf f + Delta_star) the gap
shrinks by 1 - 2 eta mu + eta^2 L L_max <= 1 - eta mu, and eta^2 L L_max Delta_star is added.
With the longest step one curved component among several attains the factor, and two parabolas
attain the plateau: both terms are exact. ``interpolated`` is the case Delta_star = 0.
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
    number="Theorem 5.11",
    title="SGD under the Polyak-Lojasiewicz inequality with constant step: linear to a plateau.",
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
    number="Theorem 5.11",
    title="SGD under the Polyak-Lojasiewicz inequality, with interpolation: the rate 1 - eta mu.",
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
    number="Section 5",
    title="SGD under the Polyak-Lojasiewicz inequality: iterations that suffice for accuracy eps.",
    assume=assume,
    algorithm=sgd(eta=short),
    parameters={eps: Interval(Rational(1, 100), Rational(1, 5))},
    claims=[upper_bound(E(gap), eps, when=k >= enough)],
    tight=[two_parabolas(shift=0.7), needle(n=4, L=8.0, shift=0.0)],
    iterations=1000,
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
