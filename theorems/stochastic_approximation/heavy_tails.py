"""Moments of linear stochastic approximation on the line, with normal coefficients."""

from typing import Any

from sympy import Interval, Rational

from convlab.algorithms.stochastic_approximation import linear_stochastic_approximation
from convlab.assumptions import normal_system, scalar_system
from convlab.claims import identity, limit, upper_bound
from convlab.metrics import E, distance
from convlab.symbols import D, delta, eta, k, sigma
from convlab.theorem import Theorem, bound, mutant
from problems.random_systems import scalar_linear_system
from theorems.stochastic_approximation.critical_steps import a, power, s

q_2 = (1 - eta * a) ** 2 + eta**2 * s**2
q_4 = (1 - eta * a) ** 4 + 6 * (1 - eta * a) ** 2 * eta**2 * s**2 + 3 * eta**4 * s**4
v = eta**2 * sigma**2 / (1 - q_2)
fourth = 3 * v**2 * (1 - q_2**2) / (1 - q_4)
slow = 6 * q_2 * eta**2 * sigma**2 * (D**2 - v) / (q_2 - q_4)
fourth_moment = fourth + slow * q_2**k + (D**4 - fourth - slow) * q_4**k
second_moment = v + (D**2 - v) * q_2**k

small, large, growing = (
    scalar_linear_system(a=c, ratio=r, sigma=b, start=x)
    for c, r, b, x in ((0.1, 0.5, 0.1, 10.0), (10.0, 2.0, 10.0, 0.0), (1.0, 3.0, 1.0, 1.0))
)
signs = mutant(
    "any law",
    "signs for A_k give other fourth moments",
    assume=[scalar_system(a, s, sigma)],
    tight=[scalar_linear_system(law="signs")],
)
common: dict[str, Any] = {
    "cite": "durmus2021tight",
    "assume": [normal_system(a, s, sigma)],
    "algorithm": linear_stochastic_approximation(eta=eta),
    "tight": [scalar_linear_system, small, large, growing],
}
bounded = Interval.open(0, 2 * a / (a**2 + 3 * s**2))

tails = Theorem(
    **common,
    title="Linear stochastic approximation: the fourth moment of the stationary law.",
    text="""The stationary law of linear stochastic approximation on the line is not normal.

With q_i = E (1 - eta A_k)^i and z_(k+1) = (1 - eta A_k) z_k + eta b_k, the second moment of the
stationary law is v = eta^2 sigma^2/(1 - q_2), and the fourth obeys
m = q_4 m + 6 q_2 v eta^2 sigma^2 + 3 eta^4 sigma^4 = q_4 m + 3 v^2 (2 q_2 (1 - q_2) + (1 - q_2)^2):
it is m = 3 v^2 (1 - q_2^2)/(1 - q_4), above the 3 v^2 of a normal law where A_k varies, for then
q_4 > q_2^2. For A_k = a + s xi, c = eta a and r = s/a: at c = 2/(1 + 3 r^2),
q_4 = 1 - 2 c^2 (2 - c)^2/3 <= 1, and q_4 is a convex function of eta with value 1 at 0, so that
q_4 < 1 for 0 < eta < 2 a/(a^2 + 3 s^2).""",
    parameters={eta: bounded},
    claims=[limit(E(power(4)), fourth, within=1e-9, absolute=False)],
    iterations=10_000,
    mutants=[bound(3 * v**2, "a normal law of that variance"), signs],
)

low = a * (2 * a**2 + s**2) / (a**2 + s**2) ** 2

infinite = Theorem(
    **common,
    title="Linear stochastic approximation: bounded variance, infinite fourth moment.",
    text="""The variance of linear stochastic approximation stays bounded, a higher moment does not.

With q_i = E (1 - eta A_k)^i and z_(k+1) = (1 - eta A_k) z_k + eta b_k the second moment is
m_k = v + (D^2 - v) q_2^k, v = eta^2 sigma^2/(1 - q_2), and
E z_(k+1)^4 = q_4 E z_k^4 + 6 q_2 m_k eta^2 sigma^2 + 3 eta^4 sigma^4, which is solved by
F + G q_2^k + (D^4 - F - G) q_4^k with F = 3 v^2 (1 - q_2^2)/(1 - q_4) and
G = 6 q_2 eta^2 sigma^2 (D^2 - v)/(q_2 - q_4). It grows as q_4^k where q_4 > 1. With c = eta a and
u = s^2/a^2: q_2 < 1 for c < 2/(1 + u), and at c = (2 + u)/(1 + u)^2 q_4 - 1 is a positive multiple
of 2 u^5 + 9 u^4 + 8 u^3 - 7 u^2 - 4 u + 6 > 0; as q_4 is convex in c, it is above 1 from there on:
q_4 > 1 > q_2 for a (2 a^2 + s^2)/(a^2 + s^2)^2 <= eta < 2 a/(a^2 + s^2).""",
    parameters={eta: Interval.Ropen(low, 2 * a / (a**2 + s**2))},
    claims=[
        identity(E(power(4)), fourth_moment),
        identity(E(power(2)), second_moment),
    ],
    iterations=200,
    mutants=[
        bound(fourth_moment + (D**4 - fourth - slow) * q_4**k / 10**6, "it is exact"),
        bound(3 * second_moment**2, "that would be a normal law's, and bounded"),
        bound(second_moment + (D**2 - v) * q_2**k / 10**6, "it is exact", claim=1),
        signs,
    ],
)

high_probability = Theorem(
    **common,
    title="Linear stochastic approximation: a high-probability bound that is polynomial.",
    text="""A bound with probability 1 - delta is a power of 1/delta, here with exponent 1/4.

By Markov's inequality |z_k| exceeds (E z_k^4/delta)^(1/4) with probability at most delta, and
E z_k^4 = F + G q_2^k + (D^4 - F - G) q_4^k, with q_i = E (1 - eta A_k)^i,
v = eta^2 sigma^2/(1 - q_2), F = 3 v^2 (1 - q_2^2)/(1 - q_4) and
G = 6 q_2 eta^2 sigma^2 (D^2 - v)/(q_2 - q_4), from
E z_(k+1)^4 = q_4 E z_k^4 + 6 q_2 (v + (D^2 - v) q_2^k) eta^2 sigma^2 + 3 eta^4 sigma^4. It stays
bounded for eta < 2 a/(a^2 + 3 s^2), where q_4 < 1.""",
    parameters={eta: bounded},
    claims=[
        upper_bound(distance, (fourth_moment / delta) ** Rational(1, 4), probability=1 - delta)
    ],
    iterations=200,
    loose=(
        "by 1.5: Markov's inequality is not attained by these laws, so that no single term of the "
        "fourth moment shows; tails and infinite test all of them"
    ),
    untested={normal_system: "of the laws at hand the normal one has the largest fourth moment"},
    mutants=[
        bound((fourth_moment / delta) ** Rational(1, 4) / 3, "too short"),
        bound((fourth_moment / (1 + 1 / delta)) ** Rational(1, 4), "the power of delta is missing"),
    ],
)
