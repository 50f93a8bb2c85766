"""The stationary law of linear stochastic approximation on the line has polynomial tails.

With q_i = E (1 - eta A_k)^i and z_(k+1) = (1 - eta A_k) z_k + eta b_k, the second moment of the
stationary law is v = eta^2 sigma^2/(1 - q_2), and the fourth, where q_4 < 1, is
(6 q_2 v eta^2 sigma^2 + 3 eta^4 sigma^4)/(1 - q_4): more than 3 v^2, that of a normal law. Where
q_4 > 1 > q_2 it is infinite, though the variance stays bounded: from D the second moment is
m_k = v + (D^2 - v) q_2^k and E z_(k+1)^4 = q_4 E z_k^4 + 6 q_2 m_k eta^2 sigma^2 + 3 eta^4 sigma^4,
which grows as q_4^k. So a bound with probability 1 - delta is a power of 1/delta, here with
exponent 1/4 (Markov's inequality).
"""

from typing import Any

from sympy import FiniteSet, Rational

from convlab.algorithms.stochastic_approximation import linear_stochastic_approximation
from convlab.assumptions import scalar_system
from convlab.claims import identity, limit, lower_bound, upper_bound
from convlab.metrics import E, distance
from convlab.symbols import D, delta, eta, k, sigma
from convlab.theorem import Theorem, bound, mutant
from problems.random_systems import scalar_linear_system
from theorems.stochastic_approximation.critical_steps import a, power, s

q_2 = (1 - eta * a) ** 2 + eta**2 * s**2
q_4 = (1 - eta * a) ** 4 + 6 * (1 - eta * a) ** 2 * eta**2 * s**2 + 3 * eta**4 * s**4
v = eta**2 * sigma**2 / (1 - q_2)
fourth = (6 * q_2 * v * eta**2 * sigma**2 + 3 * eta**4 * sigma**4) / (1 - q_4)
slow = 6 * q_2 * eta**2 * sigma**2 * (D**2 - v) / (q_2 - q_4)
fourth_moment = fourth + slow * q_2**k + (D**4 - fourth - slow) * q_4**k

common: dict[str, Any] = {
    "cite": "durmus2021tight",
    "assume": [scalar_system(a, s, sigma)],
    "algorithm": linear_stochastic_approximation(eta=eta),
}

tails = Theorem(
    **common,
    title="Linear stochastic approximation: the stationary law is not normal.",
    parameters={eta: FiniteSet(Rational(3, 10) / a, Rational(1, 10) / a)},
    claims=[limit(E(power(4)), fourth, within=1e-9, absolute=False)],
    on=[scalar_linear_system],
    mutants=[
        bound(3 * v**2, "a normal law of that variance"),
        mutant("bounded", "another law of A", on=[scalar_linear_system(law="signs")]),
    ],
)

infinite = Theorem(
    **common,
    title="Linear stochastic approximation: bounded variance, infinite fourth moment.",
    parameters={eta: FiniteSet(Rational(4, 5) / a)},
    claims=[
        identity(E(power(4)), fourth_moment),
        limit(E(power(2)), v, within=1e-9, absolute=False),
    ],
    on=[scalar_linear_system],
    mutants=[
        bound(fourth_moment + (D**4 - fourth - slow) * q_4**k / 10**6, "it is exact"),
        mutant(
            "no noise in A",
            "a normal law",
            on=[scalar_linear_system(ratio=0.0)],
            claims=[lower_bound(E(power(4)), Rational(11, 10) ** k * D**4)],
        ),
    ],
)

high_probability = Theorem(
    **common,
    title="Linear stochastic approximation: a high-probability bound that is polynomial.",
    parameters={eta: FiniteSet(Rational(1, 2) / a)},
    claims=[
        upper_bound(distance, (fourth / delta) ** Rational(1, 4), probability=1 - delta),
    ],
    on=[scalar_linear_system(start=0.0)],
    iterations=200,
    mutants=[
        bound((fourth / delta) ** Rational(1, 4) / 3, "too short"),
        mutant("far away", "not from any start", on=[scalar_linear_system(start=10.0)]),
    ],
)
