"""There is an operator on which extragradient converges with no pair of steps.

On a spiral with rho = 1/(2 L) extragradient multiplies by 1 - eta z + gamma eta z^2, of modulus at
least one whenever gamma <= 1/L; the eigenvalue L is multiplied by 1 + eta L (gamma L - 1) > 1
whenever gamma > 1/L. The operator has both.
"""

from sympy import Interval, Rational

from convlab.algorithms.games import extragradient
from convlab.assumptions import comonotone, lipschitz, zero
from convlab.claims import stays_away
from convlab.metrics import distance
from convlab.symbols import D, L, eta, gamma, rho
from convlab.theorem import Theorem, bound, mutant
from problems.games import spiral_game, two_faces

theorem = Theorem(
    cite="gorbunov2023convergence",
    assume=[comonotone(rho), lipschitz(L), zero],
    algorithm=extragradient(gamma=gamma, eta=eta),
    parameters={gamma: Interval.open(0, 2 / L), eta: Interval.open(0, 1 / (10 * L))},
    claims=[stays_away(distance, Rational(19, 20) * D)],
    exists=True,
    on=[two_faces],
    iterations=300,
    mutants=[
        bound(Rational(99, 100) * D, "one of the two modes may shrink before the other grows"),
        mutant(
            "smaller rho",
            "extrapolating by nearly 1/L, and short updates, converge",
            on=[spiral_game(share=0.4)],
            algorithm=extragradient(gamma=Rational(19, 20) / L, eta=eta),
        ),
    ],
)
