"""Gradient descent with gradients that are one step old, on quadratics.

A component of the error of curvature q/eta obeys e_(k+1) = e_k - q e_(k-1). With the roots r >= s
of z^2 - z + q it is e_k = e_0 (r^(k+2) - s^(k+2))/(r - s) <= e_0 (k+2) r^(k+1).
"""

from typing import Annotated, NamedTuple

import numpy as np
from sympy import Interval, sqrt

from convlab import Problem, Theorem, bound, distance, step, upper_bound
from convlab.algorithm import algorithm
from convlab.assumptions import attained, quadratic_objective, smooth, strongly_convex
from convlab.family import between, family
from convlab.symbols import D, L, eta, k, mu
from convlab.vocabulary import Array, inner


class Delayed(NamedTuple):
    x: Array
    old: Array


@algorithm(init=lambda x0: Delayed(x0, x0))
def delayed_gradient(s, oracle, *, eta):
    r"""Delayed gradient descent, :math:`x_{k+1} = x_k - \eta \nabla f(x_{k-1})`."""
    return Delayed(s.x - eta * oracle.gradient(s.old), s.x)


class Bowl(NamedTuple):
    curvature: Array

    def value(self, x):
        return 0.5 * inner(x, self.curvature * x)

    def gradient(self, x):
        return self.curvature * x

    def hessian_vector(self, x, v):
        return self.curvature * v


@family
def bowl(rng, *, kappa: Annotated[float, between(1, 100)] = 10.0):
    """Six curvatures from 1 to kappa; the minimizer is 0."""
    curvature = np.append(rng.uniform(1, kappa, size=4), [1, kappa])
    return Problem(
        oracle=Bowl(curvature),
        declares=[
            quadratic_objective(),
            smooth(kappa),
            strongly_convex(1.0),
            attained(0.0, np.zeros(6)),
        ],
    )


r = (1 + sqrt(1 - 4 * eta * mu)) / 2

theorem = Theorem(
    cite="mynotes",
    number="Proposition 1",
    assume=[quadratic_objective, smooth(L), strongly_convex(mu), attained],
    algorithm=delayed_gradient(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L))},
    claims=[upper_bound(distance, (k + 2) * r ** (k + 1) * D)],
    mutants=[
        bound((k + 1) * r ** (k + 1) * D, "at kappa = 1 both roots are 1/2, and k + 2 is reached"),
        step(1.01 / L, "beyond 1/L the roots leave the unit circle"),
    ],
)
