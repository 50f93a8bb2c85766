"""Stochastic gradient descent on finite sums of convex functions, with steps that go to zero."""

from sympy import EulerGamma, Interval, digamma, log, pi, polygamma, sqrt

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import components_convex
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, gap
from convlab.symbols import D, L_max, T, eta, k, sigma_star
from convlab.theorem import Theorem, bound
from problems.finite_sums import two_parabolas
from problems.finite_sums_nonquadratic import huber_sum
from theorems.stochastic.sgd_convex import assume, loud
from theorems.stochastic.sgd_convex import slack as slack_convex

slack = {
    **slack_convex,
    components_convex: "of two components one may be concave: steps that get short forgive it",
}
eta_0 = eta / sqrt(k + 1)
H = 1 + log(k)
by_integrals = (D**2 / 2 + eta**2 * sigma_star * H) / (
    2 * eta * (sqrt(k + 1) - 1) - 2 * eta**2 * L_max * H
)
average = E(averaged(gap, weight=eta_0 * (1 - 2 * eta_0 * L_max)))
decreasing_bound = 5 * D**2 / (4 * eta * sqrt(k)) + 5 * eta * sigma_star * log(k + 1) / sqrt(k)

decreasing = Theorem(
    cite="garrigos2023handbook",
    title="SGD on convex sums with steps like 1/sqrt(k): log k/sqrt(k) at the average.",
    text="""With g_i = eta_i (1 - 2 eta_i L_max), 2 g_i E[f(x_i) - f*] is at most the decrease of
E|x_i - x*|^2 plus 2 eta_i^2 sigma_star (``sgd_convex``).

So at the average with weights g_i the gap is at most (D^2/2 + sigma_star sum eta_i^2)/sum g_i.
For eta_i = eta/sqrt(i + 1), sum 1/sqrt(i) >= 2 (sqrt(k + 1) - 1) and sum 1/i <= 1 + log k = H:
the gap is at most (D^2/2 + eta^2 sigma_star H)/(2 eta (sqrt(k + 1) - 1) - 2 eta^2 L_max H), where
this is positive. Simpler: as eta <= 1/(4 L_max), g_i >= eta_i/2, and sum eta_i >= (4/5) eta
sqrt(k) while sum eta_i^2 <= 2 eta^2 log(k + 1), so that
E f - f* <= 5 D^2/(4 eta sqrt(k)) + 5 eta sigma_star log(k + 1)/sqrt(k).""",
    assume=assume,
    algorithm=sgd(eta=eta_0),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[
        upper_bound(average, decreasing_bound, when=k >= 1),
        upper_bound(average, by_integrals, when=k >= 1),
    ],
    tight=[huber_sum(travel=4.0), loud],
    iterations=120,
    untested=slack,
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
    title="SGD on convex sums with steps like 1/k: 1/log k at the average.",
    text="""With g_i = eta_i (1 - 2 eta_i L_max), 2 g_i E[f(x_i) - f*] is at most the decrease of
E|x_i - x*|^2 plus 2 eta_i^2 sigma_star (``sgd_convex``).

So at the average with weights g_i the gap is at most (D^2/2 + sigma_star sum eta_i^2)/sum g_i.
For eta_i = eta/(i + 1) the sums over i < k are H_1 = digamma(k + 1) + gamma (the harmonic number)
and H_2 = pi^2/6 - psi_1(k + 1) (that of the squares):
E f - f* <= (D^2/2 + eta^2 H_2 sigma_star)/(eta H_1 - 2 eta^2 L_max H_2).""",
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
    loose=(
        "by 3 from the tenth step on: a Huber function of fixed width stops at its "
        "minimizer, and of the noise a quarter is seen"
    ),
    untested=slack,
    mutants=[
        bound((D**2 / 2 + eta**2 * H2 * sigma_star) / (4 * S), "parabolas come to a third of it"),
        bound(D**2 / 2 / S, "noise adds to the gap"),
    ],
)

step_for_horizon = Theorem(
    cite="garrigos2023handbook",
    title="SGD on convex sums with the step for T iterations: 1/sqrt(T) at the average.",
    text="""For steps up to 1/(4 L_max) the gap at the average is at most D^2/(s k) + 2 s
sigma_star (``sgd_convex``).

With the step s = eta/sqrt(T), at k = T,
E f - f* <= (D^2/eta + 2 eta sigma_star)/sqrt(T).""",
    assume=assume,
    algorithm=sgd(eta=eta / sqrt(T)),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[
        upper_bound(E(averaged(gap)), (D**2 / eta + 2 * eta * sigma_star) / sqrt(T)),
    ],
    tight=[huber_sum(travel=4.0), loud],
    iterations=300,
    loose=(
        "by 2.6: the width of a Huber function would have to fit T, and the bound for "
        "constant steps is itself loose by 2"
    ),
    untested=slack,
    mutants=[
        bound(
            (D**2 / eta + 2 * eta * sigma_star) / (3 * sqrt(T)),
            "a Huber function comes to 0.38 of it",
        ),
        bound(D**2 / eta / sqrt(T), "noise adds to the gap"),
    ],
)
