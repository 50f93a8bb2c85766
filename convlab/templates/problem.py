"""A family of problems: least squares with random data, regularized.

`convlab verify` accepts this file as it stands: it tests what the problems declare, and tries a
theorem on them. In a folder with theorems, the family is tried on all of them whose assumptions
it satisfies.
"""

from typing import Annotated, NamedTuple

import numpy as np

from convlab import Certificate, Problem, Theorem, bound, distance_squared, step, upper_bound
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.family import between, family
from convlab.symbols import D, L, k, mu
from convlab.vocabulary import Array, matvec, rmatvec, sqnorm

# The oracles -------------------------------------------------------------------------------------
# Many runs go on at once, so a point x has the shape (R, d), one row per run, and a number per run
# has the shape (R, 1). Use the words of convlab.vocabulary: inner, norm, matvec, where, maximum ...


class LeastSquares(NamedTuple):
    """f(x) = |A x - b|^2/2 + ridge |x|^2/2; the fields are its data, the methods its oracles."""

    A: Array
    b: Array
    ridge: float

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.5 * sqnorm(matvec(self.A, x) - self.b) + 0.5 * self.ridge * sqnorm(x)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return rmatvec(self.A, matvec(self.A, x) - self.b) + self.ridge * x


# The family --------------------------------------------------------------------------------------


@family
def my_family(
    rng,
    *,
    n: Annotated[int, between(1, 40)] = 20,
    d: Annotated[int, between(1, 20)] = 5,
    ridge: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
):
    """Each parameter has a range, and every combination must be valid.

    Declare all that is true, and for each constant how it was obtained, with a bound on its
    error. The minimum and the minimizer are never the best that some run has seen.
    """
    A, b = rng.normal(size=(n, d)), rng.normal(size=n)
    H = A.T @ A + ridge * np.eye(d)
    eigenvalues = np.linalg.eigvalsh(H)
    x_star = np.linalg.solve(H, A.T @ b)
    f_star = 0.5 * np.sum((A @ x_star - b) ** 2) + 0.5 * ridge * np.sum(x_star**2)
    error = 1e-15 * d * eigenvalues[-1]
    return Problem(
        oracle=LeastSquares(A, b, ridge),
        declares=[
            smooth(Certificate(eigenvalues[-1] + error, "largest eigenvalue", error)),
            strongly_convex(Certificate(eigenvalues[0] - error, "smallest eigenvalue", error)),
            attained(
                Certificate(f_star, "value at x_star", 1e-13 * (1 + f_star)),
                Certificate(x_star, "normal equations", 1e-13 * eigenvalues[-1] / ridge),
            ),
        ],
        radius=1.0,  # runs start at this distance from x*; or give start=...
    )


# A theorem to try it on --------------------------------------------------------------------------

theorem = Theorem(
    cite="garrigos2023handbook",
    assume=[strongly_convex(mu), smooth(L), attained],
    algorithm=gradient_descent(eta=1 / L),
    claims=[upper_bound(distance_squared, (1 - mu / L) ** k * D**2)],
    on=[my_family],
    mutants=[
        bound((1 - mu / L) ** (10 * k) * D**2, "the direction of the smallest eigenvalue is slow"),
        step(3 / L, "beyond 2/L it diverges"),
    ],
)
