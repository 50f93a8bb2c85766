"""Stochastic gradient descent with minibatches without replacement.

A minibatch is a component of a larger sum with constants L_b and sigma_b, so the theorems of SGD
hold with these for L_max and sigma_star; for b = n they are theorems on gradient descent.
"""

from sympy import Interval, Rational

from convlab.algorithms.stochastic import minibatch_sgd
from convlab.assumptions import strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, distance_squared, gap
from convlab.symbols import D, L, b, eta, k, mu
from convlab.theorem import Theorem, bound, mutant, step
from problems.finite_sums import needle
from problems.finite_sums_nonquadratic import huber_sum
from problems.logistic import logistic
from theorems.stochastic.minibatch import L_b, batches, convex, few, sigma_b

average_bound = D**2 / (eta * k) + 2 * eta * sigma_b

average = Theorem(
    cite="garrigos2023handbook",
    number="Section 6",
    title="SGD with minibatches without replacement: the average to a plateau, like 1/k.",
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
    title="SGD with minibatches without replacement on strongly convex sums: linear to a plateau.",
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
