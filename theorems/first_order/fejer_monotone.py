"""Gradient descent never moves away from a minimizer, for steps up to 2/L.

With g = grad f(x), cocoercivity between x and x* is <g, x - x*> >= |g|^2/L. Hence
|x - eta g - x*|^2 <= |x - x*|^2 - eta (2/L - eta) |g|^2 <= |x - x*|^2 for 0 < eta <= 2/L.
"""

from sympy import Interval

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth
from convlab.claims import potential
from convlab.symbols import L, eta
from convlab.theorem import Theorem, bound, step
from convlab.vocabulary import norm
from problems.huber import huber_gradient
from problems.quadratics import parabola

theorem = Theorem(
    cite="nesterov2004introductory",
    assume=[convex, smooth(L), attained],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, 2 / L)},
    claims=[potential("distance", r"\|X - x^\star\|", lambda s, oracle: norm(s.x - oracle.x_star))],
    tight=[huber_gradient, parabola(steep=True)],
    iterations=100,
    mutants=[
        bound(0.99, "a parabola with step 2/L only changes sides"),
        step(2.02 / L, "beyond 2/L it moves away"),
    ],
)
