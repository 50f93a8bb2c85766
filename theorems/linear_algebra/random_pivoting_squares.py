"""Random pivoting in Jacobi's method: the squares off the diagonal shrink linearly.

A rotation that makes a_ij vanish lowers the sum of the squares off the diagonal by 2 a_ij^2: in
the mean over all pairs by its part 2/(n (n - 1)). Here n is d.
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
    on=everything,
    iterations=300,
    mutants=[
        faster,
        control,
        mutant("elimination", "no rotation", algorithm=random_elimination()),
    ],
)
