"""Random pivoting: one rate for Jacobi's method, Gauss elimination and Gram-Schmidt."""

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
    "tight": everything,
    "iterations": 300,
    "untested": {
        positive_definite: "the equality is one of traces, and holds wherever A_0 and its pivots "
        "are invertible"
    },
}
faster = bound((1 - Rational(201, 100) / (d * (d - 1))) * V, "it is an equality")
control = mutant("neighbours", "not all pairs are chosen", algorithm=neighbours())

PROOF = """
    Let B be the block of A in rows and columns i, j, and C that block of A^-1. The step puts the
    diagonal S^T B S in the place of B, and S^-1 C S^-T in that of C, and leaves the other diagonal
    entries of A and of A^-1 as they are. As S^T B S is diagonal, the trace of D A^-1 on these rows
    becomes tr(S^T B S S^-1 C S^-T) = tr(B C) = a_ii c_ii + a_jj c_jj + 2 a_ij c_ij, whatever S:
    the potential grows by 2 a_ij c_ij, c_ij an entry of A^-1. {what}
    The sum of a_ij c_ij over all i and j is tr(A A^-1) = d, so that over the pairs i < j it is
    half of d - tr(D A^-1) = -V; and the mean over the d (d - 1)/2 pairs of the growth is
    -2 V/(d (d - 1)).
    So E V_(k+1) = (1 - 2/(d (d - 1))) V_k, and E V_k = (1 - 2/(d (d - 1)))^k V_0."""

jacobi = Theorem(
    **common,
    title="Random pivoting in Jacobi's eigenvalue method: linear, by 1 - 2/(d (d - 1)) a step.",
    text=PROOF.format(what="Here S is a rotation."),
    algorithm=random_jacobi(),
    mutants=[faster, control],
)

elimination = Theorem(
    **common,
    title="Random pivoting in Gram-Schmidt elimination: linear, by 1 - 2/(d (d - 1)) a step.",
    text=PROOF.format(what="Here S is triangular."),
    algorithm=random_elimination(),
    mutants=[faster, step(Rational(9, 10), "the block is not made diagonal", name="share")],
)

whitening = Theorem(
    **common,
    title="Random pivoting that makes blocks the identity, in any way: linear, at the same rate.",
    text=PROOF.format(what="Here S^T B S is the identity, and a rotation in S is free."),
    algorithm=random_whitening(turn=k),
    mutants=[faster, control],
)
