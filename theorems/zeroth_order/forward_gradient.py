"""The forward gradient: its mean is the gradient, its second moment d + 2 times too large.

Both are read off the mean, and the mean square, of the next iterate.
"""

from typing import Any

from sympy import Float, Interval, Rational

from convlab.algorithms.zeroth_order import forward_gradient_descent, forward_gradient_signs, spsa
from convlab.assumptions import attained, smooth
from convlab.claims import drift
from convlab.metrics import gradient_norm_squared, metric
from convlab.symbols import L, V, d, eta, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import inner, split, sqnorm
from problems.logistic import logistic
from problems.nonconvex import sine_bowl
from problems.quadratics import quadratic

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
    "assume": [smooth(L), attained],
    "parameters": {eta: Interval.Lopen(0, 1 / ((d + 2) * L))},
    "tight": [logistic, sine_bowl, quadratic(d=5)],
    "untested": {smooth: "it only says how long the steps are, so that runs do not overflow"},
    "iterations": 200,
}
names = {P: product, N: gradient_norm_squared}


def second(factor):
    """E |x_(k+1)|^2 where E |g|^2 is factor times the squared norm of the gradient."""
    return V - 2 * eta * P + eta**2 * factor * N


unbiased = Theorem(
    **common,
    title="The forward gradient is an unbiased estimate of the gradient.",
    text="""The forward gradient is (g^T v) v, with g = grad f(x_k) and a random direction v.

Its i-th entry is sum_j g_j v_j v_i. For independent entries of mean 0 and variance 1, E v_j v_i is
1 for j = i and 0 else: the mean is g_i. For a step of length eta from x_k,
the mean of (x_(k+1))_1 is (x_k)_1 - eta grad f(x_k)_1.""",
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
    text="""The forward gradient is (g^T v) v, with g = grad f(x_k) and a normal direction v.

E (g^T v)^2 |v|^2 = sum_i sum_j g_j^2 E v_j^2 v_i^2, as odd moments vanish. The terms are g_j^2 for
i different from j, and 3 g_j^2 for i = j: together (d - 1 + 3) |g|^2. As the mean is g,
E|x_(k+1)|^2 = |x_k|^2 - 2 eta g^T x_k + eta^2 (d + 2) |g|^2.""",
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
    text="""The forward gradient is (g^T v) v, with g = grad f(x_k) and a vector v of signs.

|v|^2 = d, and E (g^T v)^2 = |g|^2: so E|(g^T v) v|^2 = d |g|^2. As the mean is g,
E|x_(k+1)|^2 = |x_k|^2 - 2 eta g^T x_k + eta^2 d |g|^2.""",
    algorithm=forward_gradient_signs(eta=eta),
    claims=[drift(square, second(d), given=names, equal=True)],
    mutants=[
        bound(second(d - Rational(1, 10)), "d"),
        mutant("normal", "larger", algorithm=forward_gradient_descent(eta=eta)),
    ],
)
