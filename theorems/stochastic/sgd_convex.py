"""Stochastic gradient descent on finite sums of convex functions, at the average of the iterates.

Everything rests on one line: with g_k = eta_k (1 - 2 eta_k L_max),
2 g_k E[f(x_k) - f*] <= E|x_k - x*|^2 - E|x_(k+1) - x*|^2 + 2 eta_k^2 sigma_star.
A Huber function of small slope shows that the first term is right: as eta L_max goes to 0 and the
horizon grows the ratio tends to 1. With loud noise on it about a quarter of the second term is
seen: the average is quieter than the iterates, of which the proof speaks. ``short_steps`` is the
case eta <= 1/(4 L_max).
"""

from sympy import Interval, Rational

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
from convlab.symbols import D, L, L_max, eta, k, n, sigma_star
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

constant_step = Theorem(
    cite="garrigos2023handbook",
    number="Theorem 5.3",
    title="SGD on convex sums with constant step: the average to a plateau, like 1/k.",
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
    title="SGD on convex sums with steps up to 1/(4 L_max): D^2/(eta k) + 2 eta sigma_star.",
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
