r"""With the limit kernel the error decays along each eigenvector at a rate of its own."""

import numpy as np
from sympy import Abs, Interval

from convlab.algorithms.networks import kernel_gradient_descent
from convlab.assumptions import (
    attained,
    bounded_kernel,
    non_polynomial,
    positive_definite_kernel,
    separated_inputs,
)
from convlab.claims import identity, limit
from convlab.metrics import distance, metric
from convlab.symbols import eta, k, symbol
from convlab.theorem import Theorem, bound, step, without
from problems.networks import kernel_regression

L = symbol("L", "the largest eigenvalue of K")
mu = symbol("mu", "the smallest eigenvalue of K")
C_min = symbol("C_min", "first error along the slowest eigenvector", tex=r"C_{\min}")
C_max = symbol("C_max", "first error along the fastest eigenvector", tex=r"C_{\max}")


def rounding(values, problem):
    """Of the difference f - y, in each entry, once f is near y: a scalar."""
    return 2.0**-50 * np.linalg.norm(problem.constants["x_star"])


@metric("slowest component", r"|\langle X - y, u_{\min} \rangle|", allowance=rounding)
def slowest(s, oracle):
    """Error along the eigenvector of the smallest eigenvalue."""
    return oracle.along(s.x, oracle.slowest)


@metric("fastest component", r"|\langle X - y, u_{\max} \rangle|", allowance=rounding)
def fastest(s, oracle):
    """Error along the eigenvector of the largest eigenvalue."""
    return oracle.along(s.x, oracle.fastest)


each_component = Theorem(
    cite="jacot2018neural",
    number="Section 5",
    adapted="in steps of size eta, where the source has the gradient flow and exp(-lambda t)",
    title="Along an eigenvector of the kernel the error decays as |1 - eta lambda|^k.",
    text="""
        The gradient of half the squared error is f - y, so that f_(k+1) - y = (I - eta K)(f_k - y):
        along an eigenvector of eigenvalue lambda the error is multiplied by 1 - eta lambda.
        After k steps its size is |1 - eta mu|^k, or |1 - eta L|^k, times that at the start.""",
    assume=[positive_definite_kernel(mu, L), attained],
    algorithm=kernel_gradient_descent(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    initial={C_min: slowest, C_max: fastest},
    claims=[
        identity(slowest, C_min * Abs(1 - eta * mu) ** k),
        identity(fastest, C_max * Abs(1 - eta * L) ** k),
    ],
    tight=[kernel_regression, kernel_regression(activation="relu", N=12, d=5)],
    mutants=[
        bound(C_min * Abs(1 - eta * L) ** k, "the slowest is not that fast"),
        bound(C_max * Abs(1 - eta * mu) ** k, "the fastest is not that slow", claim=1),
    ],
    iterations=100,
)

positive_definite = Theorem(
    cite="jacot2018neural",
    number="Proposition 2",
    adapted="seen on the outputs, for one hidden layer and inputs at angles of at least 1",
    title="On the sphere, and for activations that are no polynomials, every target is learned.",
    text="""
        The source shows that the limit kernel is positive definite between different inputs on the
        sphere. Then (1 - mu/L)^k -> 0, and the outputs tend to every target. How small mu is
        depends on how close the inputs are; at angles of at least 1 it is seen within the run.
        Polynomials fail: the squares of N > d (d + 1)/2 inputs in d dimensions span no more than
        d (d + 1)/2 outputs. So do equal inputs with different targets.
        The limit of the error is 0.""",
    assume=[non_polynomial, separated_inputs(1), bounded_kernel(L), attained],
    algorithm=kernel_gradient_descent(eta=1 / L),
    claims=[limit(distance, 0, within=1e-6)],
    tight=[
        kernel_regression(N=6, inputs="circle"),
        kernel_regression(N=5, inputs="circle", activation="relu"),
        kernel_regression(N=2, d=10, inputs="circle"),
    ],
    mutants=[
        without(
            non_polynomial,
            "squares of five or six inputs in the plane depend on each other",
            on=[kernel_regression(activation="square", N=n, inputs="circle") for n in (5, 6)],
        ),
        without(
            separated_inputs,
            "one output cannot have two values",
            on=[kernel_regression(N=5, inputs="repeated")],
        ),
        step(2.1 / L, "beyond 2/L it diverges"),
    ],
    iterations=4000,
)
