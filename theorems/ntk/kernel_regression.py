r"""With the limit kernel the error decays along each eigenvector at a rate of its own.

Along an eigenvector of eigenvalue lambda it is multiplied by 1 - eta lambda in each step: fast
along the largest principal components of the data. It vanishes for every target because the
kernel is positive definite on the sphere, which it is for every activation but polynomials: the
square of N > d (d + 1)/2 inputs in d dimensions spans no more than d (d + 1)/2 outputs.
"""

import numpy as np
from sympy import Interval

from convlab.algorithms.networks import kernel_gradient_descent
from convlab.assumptions import attained, non_polynomial, positive_definite_kernel
from convlab.claims import identity, limit
from convlab.metrics import distance, metric
from convlab.symbols import L, eta, k, mu, symbol
from convlab.theorem import Theorem, bound, step, without
from problems.networks import kernel_regression

C_min = symbol("C_min", "first error along the slowest eigenvector", tex=r"C_{\min}")
C_max = symbol("C_max", "first error along the fastest eigenvector", tex=r"C_{\max}")


def rounding(values, problem):
    """Of the difference f - y, in each entry, once f is near y: a scalar."""
    return 2.0**-50 * np.linalg.norm(problem.constants["x_star"])


@metric("slowest component", r"|\langle f_k - y, u_{\min} \rangle|", allowance=rounding)
def slowest(s, oracle):
    """Error along the eigenvector of the smallest eigenvalue."""
    return oracle.along(s.x, oracle.slowest)


@metric("fastest component", r"|\langle f_k - y, u_{\max} \rangle|", allowance=rounding)
def fastest(s, oracle):
    """Error along the eigenvector of the largest eigenvalue."""
    return oracle.along(s.x, oracle.fastest)


each_component = Theorem(
    cite="jacot2018neural",
    number="Section 5",
    title="Along an eigenvector of the kernel the error decays as (1 - eta lambda)^k.",
    assume=[positive_definite_kernel(mu, L), attained],
    algorithm=kernel_gradient_descent(eta=eta),
    parameters={eta: Interval.open(0, 1 / L)},
    initial={C_min: slowest, C_max: fastest},
    claims=[
        identity(slowest, C_min * (1 - eta * mu) ** k),
        identity(fastest, C_max * (1 - eta * L) ** k, when=k <= 3),
    ],
    on=[kernel_regression, kernel_regression(activation="relu")],
    mutants=[
        bound(C_min * (1 - eta * L) ** k, "the slowest is not that fast"),
        bound(C_max * (1 - eta * mu) ** k, "the fastest is not that slow", claim=1),
    ],
    iterations=100,
)

positive_definite = Theorem(
    cite="jacot2018neural",
    number="Proposition 2",
    title="On the sphere, and for activations that are no polynomials, every target is learned.",
    assume=[non_polynomial, positive_definite_kernel(mu, L), attained],
    algorithm=kernel_gradient_descent(eta=1 / L),
    claims=[limit(distance, 0, within=1e-6)],
    on=[kernel_regression, kernel_regression(activation="relu")],
    mutants=[
        without(
            non_polynomial,
            "squares of four inputs in the plane depend on each other",
            on=[kernel_regression(activation="square")],
        ),
        step(2.1 / L, "beyond 2/L it diverges"),
    ],
    iterations=4000,
)
