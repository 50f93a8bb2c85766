"""The forward gradient: its mean is the gradient, its second moment d + 2 times too large.

The derivative g^T v along v, times v, has mean g for any v with independent entries of mean 0 and
variance 1. Its second moment is E (g^T v)^2 |v|^2 = (d - 1 + m) |g|^2, where m is the fourth
moment of an entry: d + 2 for normal directions, d for signs. The source has the mean; the second
moment is derived here. Both are told from the mean, and from the mean square, of the next iterate.
"""

from typing import Any

from sympy import FiniteSet, Float, Rational

from convlab.algorithms.zeroth_order import forward_gradient_descent, forward_gradient_signs, spsa
from convlab.assumptions import attained
from convlab.claims import drift
from convlab.metrics import gradient_norm_squared, metric
from convlab.symbols import V, d, eta, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import inner, split, sqnorm
from problems.logistic import logistic
from problems.nonconvex import rosenbrock, sine_bowl

G1 = symbol("G_1", "first entry of the gradient", sign="real")
P = symbol("P", "inner product of gradient and iterate", sign="real")
N = symbol("N", "squared norm of the gradient")


@metric("first entry", r"(X)_1")
def entry(s, oracle):
    """The first entry of the iterate."""
    return split(s.x, 1)[0]


@metric("first entry of the gradient", r"\nabla f(X)_1")
def slope(s, oracle):
    """The first entry of the gradient."""
    return split(oracle.gradient(s.x), 1)[0]


@metric("inner product", r"\nabla f(X)^\top X")
def product(s, oracle):
    """The inner product of gradient and iterate."""
    return inner(oracle.gradient(s.x), s.x)


@metric("square", r"\|X\|^2")
def square(s, oracle):
    """The squared norm of the iterate."""
    return sqnorm(s.x)


common: dict[str, Any] = {
    "cite": "baydin2022gradients",
    "assume": [attained],
    "parameters": {eta: FiniteSet(Rational(1, 50))},
    "on": [logistic, sine_bowl, rosenbrock(steepness=1.0)],
    "iterations": 200,
}
names = {P: product, N: gradient_norm_squared}


def second(factor):
    """E |x_(k+1)|^2 where E |g|^2 is factor times the squared norm of the gradient."""
    return V - 2 * eta * P + eta**2 * factor * N


unbiased = Theorem(
    **common,
    title="The forward gradient is an unbiased estimate of the gradient.",
    number="Theorem 1",
    algorithm=forward_gradient_descent(eta=eta),
    claims=[drift(entry, V - eta * G1, given={G1: slope}, equal=True)],
    mutants=[
        bound(V - Float("0.999") * eta * G1, "one in a thousand too short"),
        mutant("differences", "finite differences are biased", algorithm=spsa(eta=eta, c=1)),
    ],
)

second_moment = Theorem(
    **common,
    title="The second moment of the forward gradient along normal directions.",
    algorithm=forward_gradient_descent(eta=eta),
    claims=[drift(square, second(d + 2), given=names, equal=True)],
    mutants=[
        bound(second(d + Rational(19, 10)), "d + 2"),
        mutant("signs", "smaller", algorithm=forward_gradient_signs(eta=eta)),
    ],
)

second_moment_of_signs = Theorem(
    **common,
    title="The second moment of the forward gradient along vectors of signs.",
    algorithm=forward_gradient_signs(eta=eta),
    claims=[drift(square, second(d), given=names, equal=True)],
    mutants=[
        bound(second(d - Rational(1, 10)), "d"),
        mutant("normal", "larger", algorithm=forward_gradient_descent(eta=eta)),
    ],
)
