"""Stochastic gradient descent on finite sums of convex functions, at the average of the iterates.

A Huber function of small slope shows that the first term is right: as eta L_max goes to 0 and the
horizon grows the ratio tends to 1. With loud noise on it about a quarter of the second term is
seen: the average is quieter than the iterates, of which the proof speaks.
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
from convlab.theorem import Theorem, bound, mutant, step, without
from problems.finite_sums import needle, two_parabolas
from problems.finite_sums_nonquadratic import huber_sum, opposite_curvatures

assume = [
    finite_sum(n),
    components_convex,
    components_smooth(L_max),
    gradient_noise(sigma_star),
    attained,
]
nonconvex = without(
    components_convex, "a concave component makes it diverge", on=[opposite_curvatures(bend=30.0)]
)
slack = {
    components_smooth: "twice as long steps keep the bound on all instances tried",
    gradient_noise: "of its term about a quarter is seen, so half of it would do",
}
loud, louder = two_parabolas(shift=30.0), huber_sum(travel=1.0, noise=10.0)
start = D**2 / (2 * eta * (1 - 2 * eta * L_max) * k)

noise = eta * sigma_star / (1 - 2 * eta * L_max)

constant_step = Theorem(
    cite="garrigos2023handbook",
    title="SGD on convex sums with constant step: the average to a plateau, like 1/k.",
    text="""x_(k+1) is x_k - eta grad f_i(x_k), and its squared distance from x* is expanded.

By convexity and E|grad f_i(x)|^2 <= 4 L_max (f(x) - f*) + 2 sigma_star (``gradient_variance``)
2 eta (1 - 2 eta L_max) E[f(x_i) - f*] <= E|x_i - x*|^2 - E|x_(i+1) - x*|^2 + 2 eta^2 sigma_star.
Summed over i < k, and by Jensen's inequality at the average of these x_i,
E f - f* <= D^2/(2 eta (1 - 2 eta L_max) k) + eta sigma_star/(1 - 2 eta L_max).""",
    assume=assume,
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.open(0, 1 / (2 * L_max))},
    claims=[upper_bound(E(averaged(gap)), start + noise)],
    tight=[huber_sum, loud, louder],
    iterations=250,
    untested=slack,
    mutants=[
        bound(start * Rational(11, 20) + noise, "a Huber function comes to 0.6 of the bound"),
        bound(start + noise / 10, "of loud noise on a Huber function more remains"),
        bound(start, "noise keeps the average away from the minimizer for a while"),
        nonconvex,
    ],
)

short_bound = D**2 / (eta * k) + 2 * eta * sigma_star

short_steps = Theorem(
    cite="garrigos2023handbook",
    title="SGD on convex sums with steps up to 1/(4 L_max): D^2/(eta k) + 2 eta sigma_star.",
    text="""x_(k+1) is x_k - eta grad f_i(x_k), and its squared distance from x* is expanded.

By convexity and E|grad f_i(x)|^2 <= 4 L_max (f(x) - f*) + 2 sigma_star (``gradient_variance``)
2 eta (1 - 2 eta L_max) E[f(x_i) - f*] <= E|x_i - x*|^2 - E|x_(i+1) - x*|^2 + 2 eta^2 sigma_star.
Summed over i < k, by Jensen's inequality at the average of these x_i, with 1 - 2 eta L_max >= 1/2,
E f - f* <= D^2/(eta k) + 2 eta sigma_star.""",
    assume=assume,
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[upper_bound(E(averaged(gap)), short_bound)],
    tight=[huber_sum, huber_sum(travel=20.0), loud, needle],
    iterations=200,
    loose=(
        "by 2: it is the sharper bound of ``constant_step`` made simple, to which a Huber "
        "function comes close"
    ),
    untested=slack,
    mutants=[
        bound(short_bound * Rational(9, 20), "a Huber function comes to 0.48 of the bound"),
        bound(D**2 / (eta * k), "noise keeps the average away from the minimizer for a while"),
        step(2.1 / L_max, "beyond 2/L_max it diverges"),
        nonconvex,
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
