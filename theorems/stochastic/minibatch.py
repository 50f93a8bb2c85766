"""Minibatches without replacement, of b of the n components.

A minibatch is a component of a larger sum, with constants L_b, between L_max (b = 1) and L
(b = n), and sigma_b, which is *exactly* (n - b)/(b (n - 1)) sigma_star: with replacement it would
be sigma_star/b. ``noise`` measures sigma_b by one step of length 1 from the minimizer,
``variance_transfer`` the second moment of a minibatch gradient by one from elsewhere.
"""

from dataclasses import replace

from sympy import Eq, FiniteSet, Rational

from convlab.algorithms.stochastic import minibatch_sgd
from convlab.assumptions import (
    attained,
    components_convex,
    components_smooth,
    finite_sum,
    gradient_noise,
    smooth,
)
from convlab.claims import identity, upper_bound
from convlab.metrics import E, distance_squared
from convlab.symbols import Delta, L, L_max, b, k, n, sigma_star
from convlab.theorem import Theorem, bound
from problems.finite_sums import least_squares, needle, ridge, two_parabolas
from problems.logistic import logistic
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
    title="Minibatches without replacement: the noise at x* is (n - b)/(b (n - 1)) sigma_star.",
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

variance_transfer = Theorem(
    cite="garrigos2023handbook",
    number="Lemma 6.7",
    title="The squared gradient of a minibatch: mean at most 4 L_b (f - f*) + 2 sigma_b.",
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
