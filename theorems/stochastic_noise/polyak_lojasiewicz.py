"""SGD with bounded stochastic gradients under the Polyak-Lojasiewicz inequality: a plateau.

With stochastic gradients of second moment at most G^2 where the iterates live,
E gap_(k+1) <= (1 - 2 mu eta) E gap_k + L eta^2 G^2/2. Constant steps give the first statement.
``decreasing``: with eta_k = (2k + 1)/(2 mu (k + 1)^2) the factor is k^2/(k + 1)^2, and k^2 gap_k
grows by less than L G^2/(2 mu^2) in a step. ``bounded_noise``: with noise of variance sigma^2
instead, the descent inequality has the factor 1 - mu eta (2 - L eta) and adds L eta^2 sigma^2/2.
"""

from sympy import Interval, Rational

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import (
    attained,
    attained_on_set,
    bounded_second_moment,
    bounded_variance,
    pl,
    smooth,
)
from convlab.claims import upper_bound
from convlab.metrics import E, gap
from convlab.symbols import Delta, G, L, eta, k, mu, sigma
from convlab.theorem import Theorem, bound, mutant, step
from problems.exact_noise import confined_two_point
from problems.noise import Gaussian, noisy
from problems.nonconvex import sine_bowl
from problems.quadratics import quadratic

confined = [smooth(L), pl(mu), bounded_second_moment(G), attained_on_set]
constant_bound = (1 - 2 * mu * eta) ** k * Delta + L * G**2 * eta / (4 * mu)

theorem = Theorem(
    cite="karimi2016linear",
    number="Theorem 4",
    adapted="with both properties on a set that the iterates do not leave",
    assume=confined,
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.open(0, 1 / (2 * mu))},
    claims=[upper_bound(E(gap), constant_bound)],
    tight=[confined_two_point],
    mutants=[
        bound(
            (1 - 2 * mu * eta) ** k * Delta + L * G**2 * eta / (7 * mu),
            "with the longest steps two thirds of the bound are reached",
        ),
        step(Rational(21, 10) / mu, "too long for a parabola with L = mu"),
    ],
)

decreasing_bound = L * G**2 / (2 * k * mu**2)

decreasing = Theorem(
    cite="karimi2016linear",
    number="Theorem 4",
    adapted="with both properties on a set that the iterates do not leave",
    title="SGD with steps of order 1/k under the Polyak-Lojasiewicz inequality: gaps like 1/k.",
    assume=confined,
    algorithm=sgd(eta=(2 * k + 1) / (2 * mu * (k + 1) ** 2)),
    claims=[upper_bound(E(gap), decreasing_bound)],
    tight=[confined_two_point],
    loose=(
        "by 2: with G^2 for the second moment in every point, half of which is that of the noise; "
        "near the minimizer the gradient is small"
    ),
    mutants=[
        bound(decreasing_bound * Rational(9, 20), "half of it is reached"),
        mutant("constant step", "the noise stays", algorithm=sgd(eta=1 / (4 * mu))),
    ],
)

rate = 1 - mu * eta * (2 - L * eta)
plateau = L * eta * sigma**2 / (2 * mu * (2 - L * eta))
noisy_bound = rate**k * (Delta - plateau) + plateau

bounded_noise = Theorem(
    cite="karimi2016linear",
    title="SGD under the Polyak-Lojasiewicz inequality, noise of bounded variance: a plateau.",
    assume=[smooth(L), pl(mu), bounded_variance(sigma), attained],
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[upper_bound(E(gap), noisy_bound)],
    tight=[
        noisy(quadratic(d=1), Gaussian(1.0)),
        noisy(quadratic(d=2), Gaussian(1.0)),
        noisy(sine_bowl(d=1), Gaussian(4.0)),
    ],
    mutants=[
        bound(rate**k * Delta + (1 - rate**k) * plateau * Rational(9, 10), "equality"),
        step(Rational(21, 10) / L, "beyond 2/L it diverges, along L faster than along mu"),
    ],
)
