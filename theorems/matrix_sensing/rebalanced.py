"""One modified step makes the rate of two factors the same, whatever the size of the start.

In iteration K the singular values of F below beta are raised to beta, and G shrinks along, so that
F G^T stays what it is. In a spare direction F and G act by f and g, and lose eta g^2 and eta f^2 of
themselves per step. Up to iteration K the product f g loses at least 2 eta f g - (eta f g)^2 of
itself, hence f g <= 1/(2 eta K), and after it g = f g/f <= 1/(2 eta K beta). From then on
f^2 - g^2 >= beta^2 - 1/(2 eta K beta)^2 hardly moves, and f g loses at least eta f^2 of itself per
step. With beta^2 = lambda_min/4 and K = 12/(eta lambda_min) the difference is at least
(1 - 1/36) lambda_min/4 > 6/25 lambda_min. The directions that fit M converge faster, so the gap,
like the square of f g, has the rate (1 - 6/25 eta lambda_min)^2.

The source has a rate free of alpha, the size of a small Gaussian start, and a threshold beta of the
order of the root of lambda_min.
"""

from sympy import FiniteSet, Rational, ceiling, sqrt

from convlab.algorithms.factorized import rebalanced_gradient_descent
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import generic_start, two_factors
from convlab.claims import linear_rate
from convlab.metrics import gap
from convlab.symbols import eta
from convlab.theorem import Theorem, bound, mutant, step, without
from problems.matrix_factorization import (
    asymmetric_factorization,
    imbalanced_factorization,
    symmetric_factorization,
)
from theorems.matrix_sensing.symmetric import chi, lambda_min, longest, named, planted, size

beta, at = sqrt(lambda_min) / 2, ceiling(12 / (eta * lambda_min))
rate = (1 - Rational(6, 25) * eta * lambda_min) ** 2

theorem = Theorem(
    cite="xiong2024overparameterization",
    assume=[*planted, two_factors, generic_start],
    algorithm=rebalanced_gradient_descent(eta=eta, beta=beta, at=at),
    parameters={eta: FiniteSet(longest, longest / 2)},
    because={eta: "with a shorter step most of the run is over before the modified step"},
    initial={chi: size},
    claims=[linear_rate(gap, rate)],
    tight=[asymmetric_factorization(scale=a) for a in (0.3, 0.1)],
    untested=named,
    iterations=2000,
    mutants=[
        bound(rate ** Rational(3, 2), "one and a half times as fast"),
        mutant(
            "no step modified",
            "the rate is that of the small start",
            algorithm=gradient_descent(eta=eta),
        ),
        step(beta / 2, "the rate goes with the square of beta", name="beta"),
        without(two_factors, "x x^T - M falls like 1/k^2", on=[symmetric_factorization]),
        without(generic_start, "a part of M is missed", on=[imbalanced_factorization(missed=1)]),
    ],
)
