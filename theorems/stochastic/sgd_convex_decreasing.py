"""Stochastic gradient descent on finite sums of convex functions, with steps that go to zero.

Summed up with weights g_k = eta_k (1 - 2 eta_k L_max) the inequality behind ``sgd_convex`` bounds
the gap at the average with these weights by (D^2/2 + sigma_star sum eta_k^2) / sum g_k.
``harmonic`` is that bound for eta_k = eta/(k + 1), where the sums are known in closed form;
``decreasing`` a simpler one for eta_k = eta/sqrt(k + 1), and, sharper, that with the sums bounded
by integrals: sum 1/sqrt(i) >= 2 (sqrt(k + 1) - 1), sum 1/i <= 1 + log k. ``step_for_horizon``:
constant steps eta/sqrt(T).
"""

from sympy import EulerGamma, Interval, digamma, log, pi, polygamma, sqrt

from convlab.algorithms.stochastic import sgd
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, gap
from convlab.symbols import D, L_max, T, eta, k, sigma_star
from convlab.theorem import Theorem, bound
from problems.finite_sums import two_parabolas
from problems.finite_sums_nonquadratic import huber_sum
from theorems.stochastic.sgd_convex import assume, loud

eta_0 = eta / sqrt(k + 1)
H = 1 + log(k)
by_integrals = (D**2 / 2 + eta**2 * sigma_star * H) / (
    2 * eta * (sqrt(k + 1) - 1) - 2 * eta**2 * L_max * H
)
average = E(averaged(gap, weight=eta_0 * (1 - 2 * eta_0 * L_max)))
decreasing_bound = 5 * D**2 / (4 * eta * sqrt(k)) + 5 * eta * sigma_star * log(k + 1) / sqrt(k)

decreasing = Theorem(
    cite="garrigos2023handbook",
    number="Section 5",
    title="SGD on convex sums with steps like 1/sqrt(k): log k/sqrt(k) at the average.",
    assume=assume,
    algorithm=sgd(eta=eta_0),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[
        upper_bound(average, decreasing_bound, when=k >= 1),
        upper_bound(average, by_integrals, when=k >= 1),
    ],
    tight=[huber_sum(travel=4.0), loud],
    iterations=120,
    loose=(
        "by 6: it is made simple, which costs a factor of 3 to 4; the second claim, with the "
        "sums bounded by integrals, is within 1.8 of what a Huber function does"
    ),
    mutants=[
        bound(decreasing_bound / 7, "a Huber function comes to 0.16 of the bound"),
        bound(by_integrals / 2, "a Huber function comes to 0.55 of it", claim=1),
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
    title="SGD on convex sums with steps like 1/k: 1/log k at the average.",
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
    iterations=100,
    mutants=[
        bound((D**2 / 2 + eta**2 * H2 * sigma_star) / (4 * S), "parabolas come to a third of it"),
        bound(D**2 / 2 / S, "noise adds to the gap"),
    ],
)

step_for_horizon = Theorem(
    cite="garrigos2023handbook",
    number="Section 5",
    title="SGD on convex sums with the step for T iterations: 1/sqrt(T) at the average.",
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
