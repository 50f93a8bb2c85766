"""Stochastic gradient descent on finite sums of convex functions, at the average of the iterates.

Everything rests on one line: with g_k = eta_k (1 - 2 eta_k L_max),
2 g_k E[f(x_k) - f*] <= E|x_k - x*|^2 - E|x_(k+1) - x*|^2 + 2 eta_k^2 sigma_star.
Summed up, it bounds the gap at the average with weights g_k: ``constant``, ``decreasing`` and
``harmonic`` are its cases for three sequences of steps. A Huber function of small slope shows that
the first term is right: as eta L_max goes to 0 and the horizon grows the ratio tends to 1. With
loud noise on it about a quarter of the second term is seen: the average is quieter than the
iterates, of which the proof speaks.
"""

from sympy import EulerGamma, Interval, Rational, digamma, log, pi, polygamma, sqrt

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import (
    attained,
    components_convex,
    components_smooth,
    finite_sum,
    gradient_noise,
    smooth,
)
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, gap
from convlab.symbols import D, L, L_max, T, eta, k, n, sigma_star
from convlab.theorem import Theorem, bound, mutant, step
from problems.finite_sums import needle, two_parabolas
from problems.finite_sums_nonquadratic import huber_sum

assume = [
    finite_sum(n),
    components_convex,
    components_smooth(L_max),
    gradient_noise(sigma_star),
    attained,
]
loud, louder = two_parabolas(shift=30.0), huber_sum(travel=1.0, noise=10.0)
start = D**2 / (2 * eta * (1 - 2 * eta * L_max) * k)

noise = eta * sigma_star / (1 - 2 * eta * L_max)

constant = Theorem(
    cite="garrigos2023handbook",
    number="Theorem 5.3",
    assume=assume,
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.open(0, 1 / (2 * L_max))},
    claims=[upper_bound(E(averaged(gap)), start + noise)],
    tight=[huber_sum, loud, louder],
    iterations=250,
    mutants=[
        bound(start * Rational(11, 20) + noise, "a Huber function comes to 0.6 of the bound"),
        bound(start + noise / 10, "of loud noise on a Huber function more remains"),
        bound(start, "noise keeps the average away from the minimizer for a while"),
    ],
)

short_bound = D**2 / (eta * k) + 2 * eta * sigma_star

short_steps = Theorem(
    cite="garrigos2023handbook",
    number="Section 5",
    assume=assume,
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[upper_bound(E(averaged(gap)), short_bound)],
    tight=[huber_sum, huber_sum(travel=20.0), loud, needle],
    iterations=200,
    mutants=[
        bound(short_bound * Rational(9, 20), "a Huber function comes to 0.48 of the bound"),
        bound(D**2 / (eta * k), "noise keeps the average away from the minimizer for a while"),
        step(2.1 / L_max, "beyond 2/L_max it diverges"),
        mutant(
            "eta = 1/(4 L)",
            "one curved component among many makes it diverge: L_max counts, not L",
            assume=[*assume, smooth(L)],
            algorithm=sgd(eta=1 / (4 * L)),
            parameters={},
            claims=[upper_bound(E(averaged(gap)), short_bound.subs(eta, 1 / (4 * L)))],
        ),
    ],
)

eta_0 = eta / sqrt(k + 1)
decreasing_bound = 5 * D**2 / (4 * eta * sqrt(k)) + 5 * eta * sigma_star * log(k + 1) / sqrt(k)

decreasing = Theorem(
    cite="garrigos2023handbook",
    number="Section 5",
    assume=assume,
    algorithm=sgd(eta=eta_0),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[
        upper_bound(
            E(averaged(gap, weight=eta_0 * (1 - 2 * eta_0 * L_max))), decreasing_bound, when=k >= 1
        )
    ],
    tight=[huber_sum, loud],
    iterations=300,
    mutants=[
        bound(decreasing_bound / 7, "a Huber function comes to 0.18 of the bound"),
        bound(5 * D**2 / (4 * eta * sqrt(k)), "noise adds to the gap"),
        bound(5 * D**2 / (4 * eta * k), "short steps do not reach 1/k"),
    ],
)

eta_1 = eta / (k + 1)
H1 = digamma(k + 1) + EulerGamma
H2 = pi**2 / 6 - polygamma(1, k + 1)
S = eta * H1 - 2 * eta**2 * L_max * H2

harmonic = Theorem(
    cite="garrigos2023handbook",
    number="Theorem 5.3",
    assume=assume,
    algorithm=sgd(eta=eta_1),
    parameters={eta: Interval.open(0, 1 / (2 * L_max))},
    claims=[
        upper_bound(
            E(averaged(gap, weight=eta_1 * (1 - 2 * eta_1 * L_max))),
            (D**2 / 2 + eta**2 * H2 * sigma_star) / S,
            when=k >= 1,
        )
    ],
    tight=[huber_sum(travel=1.0), loud, two_parabolas(shift=0.01)],
    iterations=200,
    mutants=[
        bound((D**2 / 2 + eta**2 * H2 * sigma_star) / (3 * S), "parabolas come to 0.34 of it"),
        bound(D**2 / 2 / S, "noise adds to the gap"),
    ],
)

horizon = Theorem(
    cite="garrigos2023handbook",
    number="Section 5",
    assume=assume,
    algorithm=sgd(eta=eta / sqrt(T)),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[
        upper_bound(E(averaged(gap)), (D**2 / eta + 2 * eta * sigma_star) / sqrt(T)),
    ],
    tight=[huber_sum(travel=4.0), loud],
    iterations=300,
    mutants=[
        bound(
            (D**2 / eta + 2 * eta * sigma_star) / (3 * sqrt(T)),
            "a Huber function comes to 0.38 of it",
        ),
        bound(D**2 / eta / sqrt(T), "noise adds to the gap"),
    ],
)
