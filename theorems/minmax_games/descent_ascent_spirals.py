"""Gradient descent ascent leaves the solution of a game that only turns, with every step.

An eigenvalue z of modulus L with Re z = -rho L^2 multiplies the squared distance at each step by
|1 - eta z|^2 = 1 + 2 eta rho L^2 + eta^2 L^2, which is above one for every eta > 0, also on
bilinear games (rho = 0).
"""

from sympy import Interval, Rational

from convlab.algorithms.games import extragradient, gradient_descent_ascent
from convlab.assumptions import comonotone, lipschitz, spiral, zero
from convlab.claims import identity
from convlab.metrics import distance_squared
from convlab.symbols import D, L, eta, k, rho
from convlab.theorem import Theorem, bound, mutant
from problems.games import comonotone_game, spiral_game

growth = 1 + 2 * eta * rho * L**2 + (eta * L) ** 2

theorem = Theorem(
    cite="gidel2019variational",
    assume=[spiral(rho, L), zero],
    algorithm=gradient_descent_ascent(eta=eta),
    parameters={eta: Interval.open(0, 1 / L)},
    claims=[identity(distance_squared, D**2 * growth**k)],
    tight=[spiral_game(share=0.0), spiral_game, spiral_game(share=0.9, L=20.0)],
    iterations=100,
    mutants=[
        bound(D**2 * (growth - Rational(1, 1000)) ** k, "it is an equality"),
        mutant(
            "other operators",
            "their eigenvalues differ in modulus",
            assume=[comonotone(rho), lipschitz(L), zero],
            tight=[comonotone_game],
        ),
        mutant("extragradient", "it converges", algorithm=extragradient(gamma=eta, eta=eta)),
    ],
)
