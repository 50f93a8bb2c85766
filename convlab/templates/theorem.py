"""Gradient descent on my function: the first line of this text is the theorem's title.

Below it there is room for what the statement says, where a constant comes from, and remarks.
This file is complete: `convlab verify` accepts it as it stands. Replace the parts one by one.
"""

from typing import Annotated, NamedTuple

import numpy as np
from sympy import Interval

from convlab import Problem, Theorem, bound, gap, step, upper_bound
from convlab.algorithm import Point, algorithm
from convlab.assumptions import attained, convex, smooth
from convlab.family import between, family
from convlab.symbols import D, L, eta, k
from convlab.vocabulary import sqnorm, sqrt

# The problem -------------------------------------------------------------------------------------
# Many runs go on at once, so a point x has the shape (R, d), one row per run, and a number per run
# has the shape (R, 1). Use the words of convlab.vocabulary: inner, norm, matvec, where, maximum ...


class MyFunction(NamedTuple):
    """f(x) = L (sqrt(1 + |x|^2) - 1); the fields are its data, the methods its oracles."""

    L: float

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return self.L * sqnorm(x) / (1 + sqrt(1 + sqnorm(x)))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.L * x / sqrt(1 + sqnorm(x))


@family
def my_function(
    rng,
    *,
    d: Annotated[int, between(1, 20)] = 3,
    L: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
):
    """Each parameter has a range, from which problems are drawn.

    What is declared is tested at random points before a verdict is given. Random data, if there
    are any, come from rng, a NumPy generator.
    """
    return Problem(
        oracle=MyFunction(L),
        declares=[convex(), smooth(L), attained(0.0, np.zeros(d))],  # f*, x*
        radius=20.0,  # runs start at this distance from x*; or give start=...
    )


# The algorithm -----------------------------------------------------------------------------------
# The step takes the state and gives the next one. It may also name rng, to draw random numbers
# (convlab.streams), and k, the iteration. Hyperparameters stand behind the star. Write no `if`
# on values: use where(...).


@algorithm
def my_method(s, oracle, *, eta):
    r"""My method, :math:`x_{k+1} = x_k - \eta \nabla f(x_k)`."""
    return Point(s.x - eta * oracle.gradient(s.x))


# The theorem -------------------------------------------------------------------------------------
# Formulas are SymPy expressions in the letters of convlab.symbols; L stands for the constant of
# smooth(L), D for the distance from the starting point to the nearest minimizer.

theorem = Theorem(
    cite="garrigos2023handbook",  # a key in references.bib, in this folder or above
    number="Theorem 3.4",
    assume=[convex, smooth(L), attained],
    algorithm=my_method(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},  # a step size outside is an error
    claims=[upper_bound(gap, D**2 / (2 * eta * k))],
    tight=[my_function],  # always tried; others that satisfy the assumptions are tried as well
    mutants=[  # false versions, which must be refuted: they show that the check can fail
        bound(D**2 / (5 * eta * k), "at k = D/2 the gap is still about L D/2"),
        step(3 / L, "it jumps back and forth across the minimizer"),
    ],
)
