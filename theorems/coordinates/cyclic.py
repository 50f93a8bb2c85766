"""Cyclic coordinate descent with two coordinates: each step multiplies the gap by rho^2.

It is the method of Gauss and Seidel, twice as fast as that of Jacobi. After the first step one
entry of the gradient is 0: with H_12 = rho sqrt(H_11 H_22) and the other entry g the gap is
g^2/(2 H_22 (1 - rho^2)), and a step makes that entry 0 and the first one -rho sqrt(H_11/H_22) g:
the gap is rho^2 times as large. The first step enlarges no gap.
"""

from convlab.algorithms.coordinate import cyclic_coordinate_descent
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import (
    attained,
    quadratic_objective,
    smooth,
    strongly_convex,
    two_coordinates,
)
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import Delta, L, k, mu, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.coordinates import coupled_pair, resting_pair

rho = symbol("rho", "coupling of two coordinates")
pair = [quadratic_objective, two_coordinates(rho), attained]

theorem = Theorem(
    cite="young1954iterative",
    assume=pair,
    algorithm=cyclic_coordinate_descent(),
    claims=[upper_bound(gap, rho ** (2 * k - 2) * Delta, when=k >= 1)],
    tight=[resting_pair, coupled_pair],
    untested={quadratic_objective: "the steps of the method have a closed form only there"},
    mutants=[
        bound(rho ** (2.05 * k - 2) * Delta, "where the first step rests there is equality"),
        bound(0.95 * rho ** (2 * k - 2) * Delta, "where the first step rests there is equality"),
        mutant(
            "gradient descent",
            "twice as slow",
            assume=[*pair, smooth(L), strongly_convex(mu)],
            algorithm=gradient_descent(eta=2 / (L + mu)),
        ),
    ],
)
