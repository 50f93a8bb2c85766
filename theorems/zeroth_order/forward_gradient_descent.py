"""Forward gradient descent pays for the dimension: a rate of 1 - mu/((d + 2) L).

With E |g|^2 = (d + 2) |grad f|^2 and smoothness, the step 1/((d + 2) L) has
E f(x_(k+1)) <= f(x_k) - |grad f(x_k)|^2 / (2 (d + 2) L), and mu bounds the square below. On a
multiple of |x|^2 this is an equality, and mean square convergence ends at 2/((d + 2) L): the step
1/L of gradient descent diverges from d = 1 on. With signs d takes the place of d + 2. Derived
here; the source has the method.
"""

from typing import Any

from sympy import FiniteSet, Rational

from convlab.algorithms.gradient import gradient_descent
from convlab.algorithms.zeroth_order import forward_gradient_descent, forward_gradient_signs, spsa
from convlab.assumptions import attained, pl, quadratic_objective, smooth
from convlab.claims import identity, threshold, upper_bound
from convlab.metrics import E, distance, distance_squared, gap
from convlab.symbols import Delta, L, d, eta, k, mu
from convlab.theorem import Theorem, bound, mutant, step
from problems.logistic import logistic
from problems.quadratics import quadratic

isotropic = [quadratic(d=10, kappa=1.0), quadratic(d=3, kappa=1.0)]


def rate(factor):
    """The gap, where E |g|^2 is factor times the squared norm of the gradient."""
    return (1 - mu / (factor * L)) ** k * Delta


common: dict[str, Any] = {
    "cite": "baydin2022gradients",
    "assume": [smooth(L), pl(mu), attained],
    "tight": isotropic,
    "on": [quadratic(d=5, kappa=3.0), logistic],
    "iterations": 100,
}

normal = Theorem(
    **common,
    title="Forward gradient descent along normal directions: linear convergence.",
    algorithm=forward_gradient_descent(eta=1 / ((d + 2) * L)),
    claims=[upper_bound(E(gap), rate(d + 2))],
    mutants=[
        bound(rate(d + Rational(19, 10)), "an equality on isotropic quadratics"),
        step(1 / L, "the step of gradient descent diverges"),
    ],
)

signs = Theorem(
    **common,
    title="Forward gradient descent along vectors of signs: linear convergence.",
    algorithm=forward_gradient_signs(eta=1 / (d * L)),
    claims=[upper_bound(E(gap), rate(d))],
    mutants=[
        bound(rate(d - Rational(1, 10)), "an equality on isotropic quadratics"),
        mutant(
            "normal",
            "normal directions are slower",
            algorithm=forward_gradient_descent(eta=1 / (d * L)),
        ),
        step(1 / L, "the step of gradient descent diverges"),
    ],
)

mean_square = Theorem(
    cite="baydin2022gradients",
    title="Where forward gradient descent converges in mean square.",
    assume=[quadratic_objective, smooth(L), attained],
    algorithm=forward_gradient_descent(eta=eta),
    parameters={eta: FiniteSet(1 / ((d + 2) * L))},
    claims=[
        threshold(
            E(distance_squared), eta, 2 / ((d + 2) * L), bracket=(1 / ((d + 2) * L), 3 / (d * L))
        )
    ],
    on=[quadratic(d=2, kappa=1.0), quadratic(d=5, kappa=1.0)],
    iterations=3000,
    mutants=[
        bound(2 / (d * L), "that of signs"),
        bound(Rational(19, 10) / ((d + 2) * L), "one twentieth below"),
    ],
)

differences = Theorem(
    cite="baydin2022gradients",
    title="On a quadratic, SPSA is the forward gradient along vectors of signs.",
    assume=[quadratic_objective, smooth(L), attained],
    algorithm=forward_gradient_signs(eta=1 / (d * L)),
    claims=[identity(distance, spsa(eta=1 / (d * L), c=Rational(1, 10)), digits=8)],
    on=[quadratic],
    iterations=100,
    mutants=[
        mutant("longer", "another step", algorithm=forward_gradient_signs(eta=1.001 / (d * L))),
        mutant("gradient descent", "no directions", algorithm=gradient_descent(eta=1 / (d * L))),
    ],
)
