"""Where optimistic gradient converges on spirals.

Optimistic gradient has the characteristic polynomial w^2 - (1 - (gamma + eta) z) w - gamma z; by
the test of Schur and Cohn it converges exactly where
eta < 2 (gamma - rho) (1 - gamma^2 L^2) / (1 + gamma^2 L^2 - 2 gamma rho L^2), which leaves steps
for every rho < gamma < 1/L.
"""

from sympy import Interval, Rational

from convlab.algorithms.games import optimistic_gradient_plus
from convlab.assumptions import spiral, zero
from convlab.claims import threshold
from convlab.metrics import residual_squared
from convlab.symbols import L, eta, rho
from convlab.theorem import Theorem, bound
from problems.games import spiral_game
from theorems.minmax_games.comonotone_spirals import ONLY

middle = (1 / L + rho) / 2
border = 2 * (middle - rho) * (1 - (middle * L) ** 2)
border /= 1 + (middle * L) ** 2 - 2 * middle * rho * L**2

theorem = Theorem(
    cite="gorbunov2023convergence",
    assume=[spiral(rho, L), zero],
    algorithm=optimistic_gradient_plus(gamma=middle, eta=eta),
    parameters={eta: Interval.open(0, border)},
    claims=[
        threshold(
            residual_squared,
            eta,
            border,
            bracket=(border / 10, 1 / L - rho),
            over=lambda rho: spiral_game(share=rho),
            along=[0.15, 0.35, 0.55, 0.75],
        )
    ],
    tight=[spiral_game],
    untested={spiral: ONLY},
    iterations=40_000,
    mutants=[
        bound(border * Rational(19, 20), "there it converges"),
        bound(1 / L - 2 * rho, "the border of extragradient: nothing beyond rho = 1/(2 L)"),
    ],
)
