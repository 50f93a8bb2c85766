"""Systems of linear equations of which a random one is seen at each step."""

from convlab.assumption import Assumption
from convlab.vocabulary import norm, sqnorm

__all__ = ["random_system", "scalar_system"]

_LETTERS = {
    "A_k": "the random matrix, or number, that step k sees",
    "b_k": "the random vector, or number, that step k sees",
    r"\bar A": "the mean of $A_k$",
    r"\bar b": "the mean of $b_k$",
    r"x^\star": "the solution of the mean system",
}

random_system = Assumption(
    "random_system",
    ("x_star",),
    statement=r"\mathbb{E} A_k = \bar A, \quad \mathbb{E} b_k = \bar b, \quad "
    r"\bar A x^\star = \bar b",
    test=lambda oracle, x, rng: (
        norm(oracle.random_field(x, rng)) ** 2,
        1e-9 + oracle.second_moment(x) + 0 * norm(x),
    ),
    expected=True,
    letters=_LETTERS,
)
"""Independent A_k, b_k with known means and covariances; tested by the second moment of the field.

The oracle has the ``mean`` of A_k, ``moved(x)``, the list of the M_j x, where A_k is the mean and
the sum of the M_j times independent variates of variance one, and the ``covariance`` of
A_k x* - b_k.
"""

scalar_system = Assumption(
    "scalar_system",
    ("a", "s", "sigma"),
    r"\mathbb{E} A_k = a, \quad \operatorname{Var} A_k = s^2, \quad "
    r"\mathbb{E} b_k = 0, \quad \operatorname{Var} b_k = \sigma^2",
    test=lambda oracle, x, rng, a, s, sigma: (
        sqnorm(oracle.random_field(x, rng)),
        (a * a + s * s) * sqnorm(x) + sigma**2,
    ),
    expected=True,
    letters=_LETTERS,
)
"""Numbers A_k and b_k, independent of each other; the solution is 0."""
