"""The second moment of stochastic gradient descent on a quadratic, at every step.

With Hessian A and additive noise of covariance C, S_k = E (x_k - x*)(x_k - x*)^T obeys
S_(k+1) = (I - eta A) S_k (I - eta A) + eta^2 C. In the eigenvectors of A every entry obeys an
equation of its own, with factor r_ij = (1 - eta lambda_i)(1 - eta lambda_j) and limit
s_ij = eta c_ij/(lambda_i + lambda_j - eta lambda_i lambda_j): the solution of
A S + S A - eta A S A = eta C. Two directions show every kind of entry:
E (x_k - x*)_i (x_k - x*)_j = r_ij^k (x_0 - x*)_i (x_0 - x*)_j + (1 - r_ij^k) s_ij.
For 0 < eta < 2/lambda_2, |r_ij| < 1, and the distance from the limit falls like r_ij^k.
"""

import functools

from sympy import Abs, Interval, Rational

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import attained, two_modes
from convlab.claims import identity, limit
from convlab.metrics import E, distance_squared, metric
from convlab.symbols import eta, k, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import split
from problems.exact_noise import coupled_modes


@functools.cache
def entry(i, j):
    """The product of two coordinates of x - x*."""

    @metric(f"x_{i} x_{j}", rf"(X - x^\star)_{i} (X - x^\star)_{j}")
    def product(s, oracle):
        halves = split(s.x - oracle.x_star, 1)
        return halves[i - 1] * halves[j - 1]

    return product


def numbered(name, meaning, i, j=""):
    """A letter with indices."""
    tex = rf"\{name}_{i}" if not j else f"{name}_{{{i}{j}}}"
    return symbol(
        f"{name}_{i}{j}", meaning, sign="nonnegative" if i == j or not j else "real", tex=tex
    )


lam = {i: numbered("lambda", f"eigenvalue {i} of the Hessian", i) for i in (1, 2)}
pairs = ((1, 1), (1, 2), (2, 2))
c = {p: numbered("c", "entry of the covariance of the noise", *p) for p in pairs}
start = {p: numbered("s", "product of two coordinates of x_0 - x*", *p) for p in pairs}


def stationary(i, j, factor=1):
    """The entry of the limit of S_k."""
    return eta * c[i, j] / (lam[i] + lam[j] - factor * eta * lam[i] * lam[j])


def factor_of(i, j):
    """What is left of an entry after k steps."""
    return ((1 - eta * lam[i]) * (1 - eta * lam[j])) ** k


def second_moment(i, j):
    """The entry of S_k."""
    r = factor_of(i, j)
    return r * start[i, j] + (1 - r) * stationary(i, j)


def distance_from_limit(i, j):
    """How far the entry of S_k is from its limit."""
    return Abs(factor_of(i, j) * (start[i, j] - stationary(i, j)))


theorem = Theorem(
    cite="dieuleveut2020bridging",
    assume=[two_modes(lam[1], lam[2], *c.values()), attained],
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.open(0, 2 / lam[2])},
    initial={start[p]: entry(*p) for p in pairs},
    claims=[
        *(identity(E(entry(*p)), second_moment(*p)) for p in pairs),
        identity(E(distance_squared), second_moment(1, 1) + second_moment(2, 2)),
        *(limit(E(entry(*p)), stationary(*p), envelope=distance_from_limit(*p)) for p in pairs),
    ],
    tight=[
        coupled_modes,
        coupled_modes(kappa=100.0, sigma=10.0, correlation=0.99),
        coupled_modes(L=100.0, kappa=1.0, sigma=0.1),
    ],
    untested={two_modes: "the claim has its constants, and needs no more"},
    mutants=[
        bound(second_moment(1, 2).subs(c[1, 2], 0), "the noise couples the directions", claim=1),
        bound(stationary(1, 1, factor=0), "the law of the stochastic equation, eta small", claim=4),
        bound(stationary(1, 1, factor=Rational(9, 10)), "one tenth off at the end", claim=4),
        bound(stationary(1, 2) / 2, "the noise couples the directions to the end", claim=5),
        mutant("longer steps", "by one in a hundred", algorithm=sgd(eta=Rational(101, 100) * eta)),
    ],
)
