"""Proximal point methods on monotone operators: residuals of order 1/sqrt(k), accelerated 1/k."""

from sympy import Interval, Rational, oo

from convlab.algorithms.accelerated_proximal_point import accelerated_resolvent_method
from convlab.algorithms.games import gradient_descent_ascent, resolvent_method
from convlab.assumptions import monotone, resolvable, zero
from convlab.claims import upper_bound
from convlab.metrics import residual_squared
from convlab.symbols import D, gamma, k
from convlab.theorem import Theorem, bound, mutant
from problems.games import spiral_game
from problems.monotone import saturation

rate = D**2 / (gamma**2 * k) * (1 - 1 / k) ** (k - 1)
accelerated_rate = D**2 / (gamma * k) ** 2

proximal_point = Theorem(
    cite="gu2020tight",
    number="Section 4",
    title="The exact rate of the proximal point method on monotone operators.",
    text="""
        F(x_k) = (x_(k-1) - x_k)/gamma. A field that turns with speed b in the plane has
        |F(x_k)|^2 = b^2 (1 + gamma^2 b^2)^(-k) D^2, the largest for gamma^2 b^2 = 1/(k - 1); the
        source shows that no operator is worse:
        |F(x_k)|^2 <= D^2/(gamma^2 k) (1 - 1/k)^(k-1).""",
    assume=[monotone, resolvable, zero],
    algorithm=resolvent_method(gamma=gamma),
    parameters={gamma: Interval.open(0, oo)},
    claims=[upper_bound(residual_squared, rate, when=k > 0)],
    tight=[spiral_game(share=0.0, L=0.1), spiral_game(share=0.0), saturation],
    untested={resolvable: "without it there is no step", zero: "it says where the zero is"},
    iterations=300,
    mutants=[
        bound(rate * Rational(99, 100), "a turning field reaches it"),
        bound(rate / k ** Rational(1, 100), "1/k is the best rate"),
        mutant("explicit", "goes outwards", algorithm=gradient_descent_ascent(eta=gamma)),
    ],
)

accelerated = Theorem(
    cite="kim2021accelerated",
    number="Theorem 4.1",
    title="Accelerated proximal point method on monotone operators: residuals of order 1/k.",
    text="""
        F(x_k) = (y_(k-1) - x_k)/gamma, where x_k is the resolvent of y_(k-1). The gradient of a
        narrow Huber function comes close to the bound:
        |F(x_k)|^2 <= D^2/(gamma k)^2.""",
    assume=[monotone, resolvable, zero],
    algorithm=accelerated_resolvent_method(gamma=gamma),
    parameters={gamma: Interval.open(0, oo)},
    claims=[upper_bound(residual_squared, accelerated_rate, when=k > 0)],
    tight=[
        saturation(slope=0.1, width=1e-6),
        saturation(slope=0.01, width=1e-6),
        spiral_game(share=0.0, L=0.1),
        spiral_game(share=0.0, L=0.01),
    ],
    untested={resolvable: "without it there is no step", zero: "it says where the zero is"},
    iterations=300,
    mutants=[
        bound(accelerated_rate * Rational(98, 100), "a narrow Huber function comes close"),
        bound(accelerated_rate / k ** Rational(1, 10), "1/k is the best rate"),
        mutant("no acceleration", "like 1/sqrt(k)", algorithm=resolvent_method(gamma=gamma)),
    ],
)
