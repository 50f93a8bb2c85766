"""Without a spare column, gradient descent on a symmetric factorization converges linearly.

For almost every start x_k x_k^T goes to M (``symmetric``). At x x^T = M of rank r, with r columns,
the error moves as E <- E - eta (E M + M E), up to terms of second order. Slowest is the block
between the range of M and its complement: M has an eigenvalue of at least lambda_min on one side
and 0 on the other, and the factor is 1 - eta lambda_min. The gap is the squared error over four,
so its rate is (1 - eta lambda_min)^2. The source has exp(-Omega(k)), for few measurements.
"""

from sympy import Interval

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import bounded_below, factorization, fully_observed, generic_start
from convlab.claims import linear_rate
from convlab.metrics import gap
from convlab.symbols import eta
from convlab.theorem import Theorem, bound, mutant, without
from problems.matrix_factorization import (
    aligned_factorization,
    matrix_sensing,
    symmetric_factorization,
)
from theorems.matrix_sensing.symmetric import (
    chi,
    lambda_max,
    lambda_min,
    longest,
    named,
    planted,
    r,
    size,
)

rate = (1 - eta * lambda_min) ** 2
others = [fully_observed, generic_start]

theorem = Theorem(
    cite="xiong2024overparameterization",
    assume=[factorization(r, r, lambda_max, lambda_min), bounded_below, *others],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, longest)},
    initial={chi: size},
    claims=[linear_rate(gap, rate)],
    tight=[symmetric_factorization(r=k, excess=0, scale=0.8) for k in (1, 3)],
    untested=named,
    iterations=1000,
    mutants=[
        bound(rate**2, "twice as fast"),
        mutant(
            "one column more",
            "the error falls like 1/k^2",
            assume=[*planted, *others],
            tight=[symmetric_factorization(excess=1)],
        ),
        without(
            fully_observed,
            "few measurements can make it slower",
            on=[matrix_sensing(excess=0)],
        ),
        without(
            generic_start,
            "a column that is 0 stays 0, and a part of M is missed",
            on=[aligned_factorization(excess=0, idle=1)],
        ),
    ],
)
