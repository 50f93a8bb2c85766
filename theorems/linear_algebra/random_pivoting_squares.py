"""Random pivoting in Jacobi's method: the squares off the diagonal shrink linearly.

A rotation that makes a_ij vanish lowers the sum V of the squares off the diagonal by 2 a_ij^2, as
it keeps the sum of all squares, and that of the block's. V is the sum of 2 a_ij^2 over the pairs,
so that the mean over the d (d - 1)/2 pairs of what is lost is V/(d (d - 1)/2):
E V_(k+1) = (1 - 2/(d (d - 1))) V_k.
"""

from convlab.algorithms.pivoting import random_elimination, random_jacobi
from convlab.assumptions import positive_definite
from convlab.claims import drift
from convlab.metrics import metric
from convlab.symbols import V
from convlab.theorem import Theorem, mutant
from convlab.vocabulary import flat, total
from theorems.linear_algebra.random_pivoting import control, everything, faster, off, rate


@metric("off", r"\|X - D_{X}\|_F^2")
def off_diagonal(s, oracle):
    """The sum of the squares of the entries off the diagonal."""
    return total(flat(off(s.x) ** 2))


theorem = Theorem(
    cite="detherage2025unified",
    assume=[positive_definite],
    algorithm=random_jacobi(),
    claims=[drift(off_diagonal, rate * V, equal=True)],
    tight=everything,
    untested={positive_definite: "the squares fall for every symmetric matrix"},
    iterations=300,
    mutants=[
        faster,
        control,
        mutant("elimination", "no rotation", algorithm=random_elimination()),
    ],
)
