"""One modified step makes the rate of a small asymmetric start as good as that of a large one.

At first the part that fits M is learned, in about log(1/alpha)/(eta lambda_min) steps. In iteration
K the singular values of F below beta are raised to beta, and G shrinks along, so that F G^T stays
what it is. In a spare direction, where F and G act by f and g, f^2 - g^2 hardly moves from then on,
and g goes to 0: so f^2 stays above beta^2 - g_K^2. There f g loses eta f^2 of itself per step.
With K eta lambda_min = 12, beta^2 = lambda_min/4 and a start of size 0.4 or less, g_K^2 is less
than beta^2/5: before K, g loses as much, or f is so small that raising it makes g as small. So f^2
stays above lambda_min/5, the part that fits M converges faster, and the gap, like the square of
f g, has the rate (1 - eta lambda_min/5)^2, whatever the size of the start.

The source has a rate free of alpha, from a threshold beta of the order of the root of lambda_min.
"""

from sympy import FiniteSet, Rational, ceiling, sqrt

from convlab.algorithms.factorized import rebalanced_gradient_descent
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import gaussian_factors, two_factors
from convlab.claims import linear_rate
from convlab.metrics import gap
from convlab.symbols import eta
from convlab.theorem import Theorem, bound, mutant, step
from problems.matrix_factorization import asymmetric_factorization
from theorems.matrix_sensing.symmetric import chi, lambda_min, longest, planted, size

beta, at = sqrt(lambda_min) / 2, ceiling(12 / (eta * lambda_min))
rate = (1 - eta * lambda_min / 5) ** 2

theorem = Theorem(
    cite="xiong2024overparameterization",
    assume=[*planted, two_factors, gaussian_factors(Rational(2, 5))],
    algorithm=rebalanced_gradient_descent(eta=eta, beta=beta, at=at),
    parameters={eta: FiniteSet(longest, longest / 2)},
    because={eta: "with a shorter step most of the run is over before the modified step"},
    initial={chi: size},
    claims=[linear_rate(gap, rate)],
    tight=[asymmetric_factorization(scale=a) for a in (0.3, 0.1)],
    iterations=2000,
    mutants=[
        bound(rate ** Rational(3, 2), "one and a half times as fast"),
        mutant(
            "no step modified",
            "the rate is that of the small start",
            algorithm=gradient_descent(eta=eta),
        ),
        step(beta / 2, "the rate goes with the square of beta", name="beta"),
    ],
)
