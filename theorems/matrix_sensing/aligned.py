"""The error of a symmetric factorization with spare columns, at every step of an aligned run.

Where target and start are diagonal in the same bases, each of the min(n, p) - r spare singular
values obeys z <- z (1 - eta z^2) on its own, and adds z^4 to |E_k|_F^2. Per step 1/z^2 grows by
((1 - u)^-2 - 1)/z^2 = eta (2 - u)/(1 - u)^2 with u = eta z^2, which falls from eta s towards 0.
So 1/z^2 <= 1/s + eta k (2 - eta s)/(1 - eta s)^2, and
|E_k|_F^2 >= (min(n, p) - r) / (1/s + eta k (2 - eta s)/(1 - eta s)^2)^2.
The source has the order 1/k^2, from a small Gaussian start.
"""

from sympy import Interval, Rational

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import aligned_start, fully_observed
from convlab.claims import lower_bound
from convlab.symbols import eta, k, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.matrix_factorization import aligned_factorization, symmetric_factorization
from theorems.matrix_sensing.symmetric import (
    chi,
    error_squared,
    longest,
    n,
    named,
    planted,
    rows,
    size,
    spare,
)

s = symbol("s", "square of the spare singular values of the start")
u = eta * s
growth = (2 - u) / (1 - u) ** 2
value = spare / (1 / s + eta * k * growth) ** 2

theorem = Theorem(
    cite="xiong2024overparameterization",
    assume=[*planted, fully_observed, aligned_start(s)],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, longest)},
    initial={chi: size, n: rows},
    claims=[lower_bound(error_squared, value)],
    tight=[aligned_factorization, aligned_factorization(scale=1.0)],
    untested=named
    | {fully_observed: "with two factors x_0 and [0, M; M^T, 0] have other singular vectors"},
    iterations=500,
    mutants=[
        bound(spare / (1 / s + 2 * eta * k) ** 2, "1/z^2 grows by more than 2 eta"),
        bound(
            (spare + 1) / (1 / s + Rational(5, 2) * eta * k) ** 2, "spare directions, not one more"
        ),
        mutant(
            "a Gaussian start",
            "its spare singular values are not all of one size",
            assume=[*planted, fully_observed],
            initial={chi: size, n: rows, s: size},
            tight=[symmetric_factorization],
        ),
    ],
)
