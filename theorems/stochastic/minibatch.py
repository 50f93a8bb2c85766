"""Minibatches without replacement, of b of the n components.

A minibatch is a component of a larger sum, with constants L_b, between L_max (b = 1) and L
(b = n), and sigma_b, which is *exactly* (n - b)/(b (n - 1)) sigma_star: with replacement it would
be sigma_star/b. ``noise`` measures sigma_b by one step of length 1 from the minimizer. So the
theorems of SGD hold with L_b and sigma_b for L_max and sigma_star, and all noise is gone for
b = n.
"""

from dataclasses import replace

from sympy import Eq, FiniteSet, Interval, Rational

from convlab.algorithms.stochastic import minibatch_sgd
from convlab.assumptions import (
    attained,
    components_convex,
    components_smooth,
    finite_sum,
    gradient_noise,
    smooth,
    strongly_convex,
)
from convlab.claims import identity, upper_bound
from convlab.metrics import E, averaged, distance_squared, gap
from convlab.symbols import D, Delta, L, L_max, b, eta, k, mu, n, sigma_star
from convlab.theorem import Theorem, bound, mutant, step
from problems.finite_sums import least_squares, needle, ridge, two_parabolas
from problems.finite_sums_nonquadratic import huber_sum, logistic
from theorems.stochastic.gradient_variance import moved_squared

L_b = n * (b - 1) / (b * (n - 1)) * L + (n - b) / (b * (n - 1)) * L_max
sigma_b = (n - b) / (b * (n - 1)) * sigma_star

convex = [
    finite_sum(n),
    components_convex,
    components_smooth(L_max),
    smooth(L),
    gradient_noise(sigma_star),
    attained,
]
batches = FiniteSet(2, n)
families = [least_squares, ridge, logistic]
few = [needle(n=8), least_squares(n=8), two_parabolas()]

noise = Theorem(
    cite="garrigos2023handbook",
    number="Section 6",
    assume=[finite_sum(n), gradient_noise(sigma_star), attained],
    algorithm=minibatch_sgd(eta=1, b=b),
    parameters={b: FiniteSet(2, n - 1)},
    claims=[identity(E(distance_squared), sigma_b, when=Eq(k, 1))],
    on=[replace(p, start=p.constants["x_star"], name=f"{p.name} at x*") for p in few[:2]],
    iterations=1,
    mutants=[
        bound(sigma_star / b, "drawn without replacement, the components are not independent"),
        bound((n - b) / (b * n) * sigma_star, "n - 1, not n"),
    ],
)

transfer = Theorem(
    cite="garrigos2023handbook",
    number="Lemma 6.7",
    assume=convex,
    algorithm=minibatch_sgd(eta=1, b=b),
    parameters={b: batches},
    claims=[upper_bound(E(moved_squared), 4 * L_b * Delta + 2 * sigma_b, when=Eq(k, 1))],
    tight=[needle(n=30), *few],
    on=families,
    iterations=1,
    mutants=[
        bound(Rational(9, 10) * (4 * L_b * Delta + 2 * sigma_b), "one curved component among 30"),
        bound(4 * L * Delta + 2 * sigma_b, "small batches are rougher than the sum"),
        bound(4 * L_b * Delta, "the noise is missing"),
    ],
)

average_bound = D**2 / (eta * k) + 2 * eta * sigma_b

average = Theorem(
    cite="garrigos2023handbook",
    number="Section 6",
    assume=convex,
    algorithm=minibatch_sgd(eta=eta, b=b),
    parameters={b: batches, eta: Interval.Lopen(0, 1 / (4 * L_b))},
    claims=[upper_bound(E(averaged(gap)), average_bound)],
    tight=[huber_sum(travel=15.0), needle(n=8, shift=10.0)],
    on=[logistic],
    iterations=60,
    mutants=[
        bound(average_bound * Rational(11, 25), "a Huber function comes to 0.47 of the bound"),
        bound(D**2 / (eta * k), "small batches are noisy"),
        step(2.1 / L, "beyond 2/L it diverges"),
    ],
)

forgetting, plateau = (1 - eta * mu) ** k * D**2, 2 * eta * sigma_b / mu

last = Theorem(
    cite="garrigos2023handbook",
    number="Section 6",
    assume=[*convex, strongly_convex(mu)],
    algorithm=minibatch_sgd(eta=eta, b=b),
    parameters={b: batches, eta: Interval.Lopen(0, 1 / (2 * L_b))},
    claims=[upper_bound(E(distance_squared), forgetting + plateau)],
    tight=[needle(n=8, shift=0.01), *few],
    on=[logistic],
    iterations=100,
    mutants=[
        bound((1 - eta * mu) ** (2 * k) * D**2 + plateau, "the factor is 1 - 3 eta mu/2"),
        bound(forgetting + plateau / 5, "a third of the noise term remains"),
        mutant(
            "eta = 2.1/L",
            "beyond 2/L it diverges, whatever the batch",
            algorithm=minibatch_sgd(eta=2.1 / L, b=b),
        ),
    ],
)
