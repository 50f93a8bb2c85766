"""The stationary covariance of linear stochastic approximation with a fixed step.

With z = x - x*, z_(k+1) = (I - eta A_k) z_k - eta e_k and e_k = A_k x* - b_k of mean 0 and
covariance C, e_k and A_k - A uncorrelated with z_k, and A the mean of A_k: S_k = E z z^T obeys
S_(k+1) = S_k - eta (A S_k + S_k A^T) + eta^2 E[A_k S_k A_k^T] + eta^2 C, and terms in E z, which
tends to 0. Below h the map contracts, so that S_k tends to the S with
A S + S A^T - eta E[A_k S A_k^T] = eta C.
The third term is missing in the central limit theorem for small steps.
"""

from sympy import Interval, Rational

from convlab.algorithms.stochastic_approximation import linear_stochastic_approximation
from convlab.assumptions import mean_square_stable, random_system
from convlab.claims import limit
from convlab.metrics import E, metric
from convlab.symbols import eta, symbol
from convlab.theorem import Theorem, mutant, step
from convlab.vocabulary import matvec
from problems.random_systems import random_linear_system, scalar_linear_system

h = symbol("h", "the longest step at which second moments stay bounded")


def balance(i, j, factor=1):
    """An entry (1 is the first, d the last) of A S + S A^T - eta E[A_k S A_k^T] - eta C."""

    @metric(
        f"balance {i}{j}{'' if factor else ', small steps'}",
        rf"(\bar A Z + Z \bar A^\top - \eta A_k Z A_k^\top - \eta C)_{{{i} {j}}}",
        weights={"eta": eta},
        letters={
            "Z": r"$(x_k - x^\star)(x_k - x^\star)^\top$",
            "C": r"the covariance of $A_k x^\star - b_k$",
        },
        least=None,
    )
    def measured(state, oracle, *, eta):
        def entry(u, v):
            return u[:, rows(i)] * v[:, rows(j)]

        z = state.x - oracle.x_star
        drift = matvec(oracle.mean, z)
        spread = entry(drift, drift) + sum(entry(v, v) for v in oracle.moved(z))
        total = entry(drift, z) + entry(z, drift) - factor * eta * spread
        return total - eta * oracle.covariance[rows(i), rows(j)]

    return measured


def rows(i):
    """The first entry, or the last."""
    return slice(0, 1) if i == "1" else slice(-1, None)


theorem = Theorem(
    cite="durmus2021tight",
    assume=[random_system, mean_square_stable(h)],
    algorithm=linear_stochastic_approximation(eta=eta),
    parameters={eta: Interval.open(0, h)},
    claims=[limit(E(balance(i, j)), 0, within=1e-7) for i, j in ("11", "1d", "dd")],
    tight=[random_linear_system(d=3, law="signs"), scalar_linear_system],
    untested={random_system: "it says what A_k, b_k and x* are"},
    iterations=8000,
    mutants=[
        mutant(
            "small steps",
            "the equation of the central limit theorem lacks a term",
            claims=[limit(E(balance("1", "1", factor=0)), 0, within=1e-7)],
        ),
        step(Rational(11, 10) * h, "beyond h the second moment grows without end"),
    ],
)
