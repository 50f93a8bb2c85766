"""Linear stochastic approximation on the line: second moments, exactly."""

from typing import Any

from sympy import Interval

from convlab.algorithms.stochastic_approximation import linear_stochastic_approximation
from convlab.assumptions import scalar_system
from convlab.claims import identity
from convlab.metrics import E, averaged, distance_squared
from convlab.symbols import D, eta, k, sigma
from convlab.theorem import Theorem, bound
from problems.random_systems import scalar_linear_system
from theorems.stochastic_approximation.critical_steps import a, s

q_2 = (1 - eta * a) ** 2 + eta**2 * s**2
v = eta**2 * sigma**2 / (1 - q_2)
common: dict[str, Any] = {
    "cite": "durmus2021tight",
    "assume": [scalar_system(a, s, sigma)],
    "algorithm": linear_stochastic_approximation(eta=eta),
    "parameters": {eta: Interval.open(0, 2 * a / (a**2 + s**2))},
    "untested": {scalar_system: "the claim has its constants, and needs no more"},
    "tight": [
        scalar_linear_system,
        scalar_linear_system(law="signs", start=3.0),
        scalar_linear_system(a=10.0, ratio=3.0, sigma=10.0, start=0.0),
        scalar_linear_system(a=0.1, ratio=0.0, sigma=0.1, start=10.0),
    ],
}

forgotten = q_2**k
variance = Theorem(
    **common,
    title="The variance of linear stochastic approximation on the line.",
    text="""The variance of linear stochastic approximation on the line, at every step.

With z = x - x*, z_(k+1) = (1 - eta A_k) z_k + eta b_k and q_2 = E (1 - eta A_k)^2 the second moment
obeys m_(k+1) = q_2 m_k + eta^2 sigma^2. It does not tend to 0: with v = eta^2 sigma^2/(1 - q_2),
m_k = q_2^k D^2 + (1 - q_2^k) v.""",
    claims=[identity(E(distance_squared), forgotten * D**2 + (1 - forgotten) * v)],
    iterations=100,
    mutants=[
        bound(
            forgotten * D**2 + (1 - forgotten) * eta * sigma**2 / (2 * a),
            "that is the limit of small steps",
        ),
        bound(
            (1 - eta * a) ** (2 * k) * D**2 + (1 - forgotten) * v,
            "the noise in A delays the start's being forgotten",
        ),
    ],
)

mean = 1 - eta * a
moments = k * v + (D**2 - v) * (1 - forgotten) / (1 - q_2)
ends = v * (1 - mean**k) / (eta * a) + (D**2 - v) * (forgotten - mean**k) / (q_2 - mean)
of_average = (moments + 2 * mean / (eta * a) * (moments - ends)) / k**2

averaged_iterate = Theorem(
    **common,
    title="Linear stochastic approximation: the average of the iterates converges.",
    text="""The average of the iterates of linear stochastic approximation converges, like 1/k.

With z = x - x*, p = 1 - eta a, q = E (1 - eta A_k)^2 and m_i = E z_i^2 = v + (D^2 - v) q^i,
v = eta^2 sigma^2/(1 - q), E z_i z_j = p^(j - i) m_i for i < j. So k^2 times the mean square of the
average of z_0, ..., z_(k-1) is sum_i m_i + 2 sum_i m_i (p + ... + p^(k-1-i))
= M + 2 p/(1 - p) (M - sum_i m_i p^(k-1-i)), where M = k v + (D^2 - v) (1 - q^k)/(1 - q) and the
last sum is v (1 - p^k)/(1 - p) + (D^2 - v) (q^k - p^k)/(q - p).
Of order 1/k: k times the mean square tends to v (1 + p)/(1 - p).""",
    claims=[identity(E(averaged(distance_squared)), of_average, when=k >= 2)],
    iterations=300,
    mutants=[
        bound(moments / k**2, "successive iterates are not independent"),
        bound(of_average * (1 + 1 / (1000 * k)), "it is exact"),
    ],
)
