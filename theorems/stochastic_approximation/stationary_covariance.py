"""The stationary covariance of linear stochastic approximation with a fixed step.

With z = x - x*, z_(k+1) = (I - eta A_k) z_k - eta e_k and e_k = A_k x* - b_k of covariance C. As
E z tends to 0, S = E z z^T tends to the solution of A S + S A^T - eta E[A_k S A_k^T] = eta C, with
A the mean of A_k; the third term is missing in the central limit theorem for small steps.
"""

from sympy import FiniteSet, Rational

from convlab.algorithms.stochastic_approximation import linear_stochastic_approximation
from convlab.assumptions import random_system
from convlab.claims import limit
from convlab.metrics import E, metric
from convlab.symbols import eta
from convlab.theorem import Theorem, mutant, step
from convlab.vocabulary import matvec
from problems.random_systems import random_linear_system


def balance(i, j, factor=1):
    """An entry of A S + S A^T - eta E[A_k S A_k^T], over that of eta C, before the expectation."""

    @metric(
        f"balance {i}{j}{'' if factor else ', small steps'}",
        rf"(\bar A Z + Z \bar A^\top - \eta A_k Z A_k^\top)_{{{i}{j}}} / (\eta C_{{{i}{j}}})",
        weights={"eta": eta},
        letters={
            "Z": r"$(x_k - x^\star)(x_k - x^\star)^\top$",
            f"C_{{{i}{j}}}": r"an entry of the covariance of $A_k x^\star - b_k$",
        },
    )
    def measured(state, oracle, *, eta):
        def entry(u, v):
            return u[:, i - 1 : i] * v[:, j - 1 : j]

        z = state.x - oracle.x_star
        drift = matvec(oracle.mean, z)
        spread = entry(drift, drift) + sum(entry(v, v) for v in oracle.moved(z))
        total = entry(drift, z) + entry(z, drift) - factor * eta * spread
        return total / (eta * oracle.covariance[i - 1, j - 1])

    return measured


theorem = Theorem(
    cite="durmus2021tight",
    assume=[random_system],
    algorithm=linear_stochastic_approximation(eta=eta),
    parameters={eta: FiniteSet(Rational(1, 20), Rational(1, 100))},
    claims=[limit(E(balance(i, j)), 1, within=1e-8) for i, j in ((1, 1), (1, 2), (2, 2))],
    on=[random_linear_system, random_linear_system(law="signs")],
    iterations=3000,
    mutants=[
        mutant(
            "small steps",
            "the equation of the central limit theorem lacks a term",
            claims=[limit(E(balance(1, 1, factor=0)), 1, within=1e-8)],
        ),
        step(1, "too long a step"),
    ],
)
