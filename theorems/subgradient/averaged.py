"""The stochastic subgradient method at the average iterate."""

from sympy import Interval, Rational, sqrt

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import attained, bounded_second_moment, convex
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, gap
from convlab.symbols import D, G, T, eta, k
from convlab.theorem import Theorem, bound, step, without
from problems.nonsmooth import absolute_value, resisting, two_valleys

stuck = without(convex, "a minimum beside the minimizer", on=[two_valleys])

constant_step = Theorem(
    cite="garrigos2023handbook",
    number="Section 9, Theorems 9.6 to 9.12",
    adapted="for a constant step and the plain average",
    title="Stochastic subgradient method with constant step: the average to a plateau, like 1/k.",
    text="""
    With steps beyond D/G the last term alone is above G D/2. By convexity
    E|x_(k+1) - x*|^2 <= E|x_k - x*|^2 - 2 eta E(f(x_k) - f*) + eta^2 G^2; the sum over k steps and
    Jensen's inequality give E f(mean) - f* <= D^2/(2 eta k) + eta G^2/2.
    """,
    assume=[convex, bounded_second_moment(G), attained],
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.Lopen(0, D / G)},
    claims=[upper_bound(E(averaged(gap)), D**2 / (2 * eta * k) + eta * G**2 / 2)],
    tight=[resisting, absolute_value],
    iterations=300,
    mutants=[
        stuck,
        bound(0.8 * (D**2 / (2 * eta * k) + eta * G**2 / 2), "the resisting function reaches 93 %"),
        bound(D**2 / (2 * eta * k), "the noise, or the kink, keeps the iterates away"),
    ],
)

step_for_horizon = Theorem(
    cite="garrigos2023handbook",
    number="Section 9, Theorems 9.6 to 9.12",
    adapted="for a constant step and the plain average",
    title="Stochastic subgradient method with the step for T: D G/sqrt(T) at the average.",
    text="""
    By convexity E|x_(k+1) - x*|^2 <= E|x_k - x*|^2 - 2 eta E(f(x_k) - f*) + eta^2 G^2. The sum over
    T steps and Jensen's inequality give E f(mean) - f* <= D^2/(2 eta T) + eta G^2/2, which
    eta = D/(G sqrt(T)) makes D G/sqrt(T).
    """,
    assume=[convex, bounded_second_moment(G), attained],
    algorithm=sgd(eta=D / (G * sqrt(T))),
    claims=[upper_bound(E(averaged(gap)), D * G / sqrt(T))],
    tight=[resisting, absolute_value],
    iterations=400,
    mutants=[
        stuck,
        bound(0.9 * D * G / sqrt(T), "the resisting function gives D G/sqrt(T + 1)"),
        bound(D * G / T ** Rational(3, 5), "no method is faster on Lipschitz functions"),
        step(D / (5 * G * sqrt(T)), "too slow on an absolute value"),
    ],
)
