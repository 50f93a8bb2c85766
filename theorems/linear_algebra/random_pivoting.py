"""Random pivoting: one rate for Jacobi's method, Gauss elimination and Gram-Schmidt.

Let D be the diagonal of A. If S makes the block B of A in rows and columns i, j diagonal, and C is
that block of the inverse, then the new block of D A^-1 has the trace of S^T B S S^-1 C S^-T, which
is tr BC: the diagonal entries with 2 a_ij (A^-1)_ij added, whatever S. The mean over all pairs is
2/(n (n - 1)) times n - tr(D A^-1). Derived here; Corollary 4.1 of the source is the analysis of
all members of the class at once. Here n is d.
"""

from typing import Any

from sympy import Rational

from convlab.algorithm import algorithm
from convlab.algorithms.pivoting import (
    jacobi_rotation,
    random_elimination,
    random_jacobi,
    random_whitening,
    unit_vectors,
)
from convlab.assumptions import positive_definite
from convlab.claims import drift, upper_bound
from convlab.metrics import E, metric
from convlab.streams import integers
from convlab.symbols import V, d, k, symbol
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import diag, diagonal, flat, solve, total, where
from problems.definite import graded_matrix, hilbert_matrix, random_definite_matrix


def off(A):
    """A without its diagonal."""
    return A - diag(diagonal(A))


@metric("potential", r"\mathrm{tr}(D_{X} X^{-1}) - d")
def potential(s, oracle):
    """tr(D A^-1) - d, as the sum of the products of the entries off the diagonal, negated."""
    inverse = solve(s.x, diag(1 + 0 * diagonal(s.x)))
    return -total(flat(off(s.x) * inverse))


@algorithm
def neighbours(s, oracle, rng):
    """Rotations of neighbours i and i + 1 only, cyclically."""
    i = integers(rng, s.x.shape[-1])
    after = where(i + 1 < s.x.shape[-1], i + 1, 0 * i)
    return jacobi_rotation(s.x, *unit_vectors(s.x, i, after))


V_0 = symbol("V_0", "initial value of the potential")
rate = 1 - 2 / (d * (d - 1))
everything = [random_definite_matrix, graded_matrix, hilbert_matrix]
common: dict[str, Any] = {
    "cite": "detherage2025unified",
    "assume": [positive_definite],
    "initial": {V_0: potential},
    "claims": [drift(potential, rate * V, equal=True), upper_bound(E(potential), rate**k * V_0)],
    "on": everything,
    "iterations": 300,
}
faster = bound((1 - Rational(201, 100) / (d * (d - 1))) * V, "it is an equality")
control = mutant("neighbours", "not all pairs are chosen", algorithm=neighbours())

jacobi = Theorem(
    **common,
    title="Random pivoting in Jacobi's eigenvalue method: linear, by 1 - 2/(d (d - 1)) a step.",
    algorithm=random_jacobi(),
    mutants=[faster, control],
)

elimination = Theorem(
    **common,
    title="Random pivoting in Gram-Schmidt elimination: linear, by 1 - 2/(d (d - 1)) a step.",
    algorithm=random_elimination(),
    mutants=[faster, step(Rational(9, 10), "the block is not made diagonal", name="share")],
)

whitening = Theorem(
    **common,
    title="Random pivoting with any matrices that make the blocks diagonal: linear, the same rate.",
    algorithm=random_whitening(turn=k),
    mutants=[faster, control],
)
