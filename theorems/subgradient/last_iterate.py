"""Subgradient method with linearly decaying steps: D G/sqrt(T + 1) at the last iterate.

The steps reach 0 one iteration after the last. The bound is that of the best iterate under
constant steps, and no method has a better one. The proof is that of the source.
"""

from sympy import Rational, sqrt

from convlab.algorithms.subgradient import subgradient_method
from convlab.assumptions import attained, bounded_subgradients, convex
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import D, G, T, k
from convlab.theorem import Theorem, bound, step, without
from problems.nonsmooth import absolute_value, resisting, two_valleys

stuck = without(convex, "a minimum beside the minimizer", on=[two_valleys])

theorem = Theorem(
    cite="zamani2025exact",
    number="abstract",
    adapted="the abstract says that the steps decay linearly; here they are written out",
    assume=[convex, bounded_subgradients(G), attained],
    algorithm=subgradient_method(eta=D * (T - k) / (G * (T + 1) ** Rational(3, 2))),
    claims=[upper_bound(gap, G * D / sqrt(T + 1))],
    tight=[resisting, absolute_value],
    mutants=[
        stuck,
        bound(0.99 * G * D / sqrt(T + 1), "the resisting function reaches the bound"),
        step(2.5 * D / (G * sqrt(T + 1)), "with constant steps the last iterate may be bad"),
        step(D * (T - k) / (3 * G * (T + 1) ** Rational(3, 2)), "too slow on an absolute value"),
    ],
)
