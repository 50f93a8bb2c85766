"""Where the proximal point method converges on spirals: exactly.

A spiral is a pair of eigenvalues z with |z| = L, Re z = -rho L^2. A step divides by 1 + gamma z,
where |1 + gamma z|^2 = 1 + gamma (gamma - 2 rho) L^2 > 1 exactly for gamma > 2 rho.
"""

from sympy import Interval, Rational, oo

from convlab.algorithms.games import extragradient, resolvent_method
from convlab.assumptions import resolvable, spiral, zero
from convlab.claims import threshold
from convlab.metrics import residual_squared
from convlab.symbols import L, eta, gamma, rho
from convlab.theorem import Theorem, bound
from problems.games import spiral_game

ONLY = "the runs are on spirals, whose rho and L the claim is about"

proximal_point = Theorem(
    cite="gorbunov2023convergence",
    title="Where the proximal point method converges on spirals.",
    assume=[spiral(rho, L), resolvable, zero],
    algorithm=resolvent_method(gamma=gamma),
    parameters={gamma: Interval.open(2 * rho, oo)},
    claims=[
        threshold(
            residual_squared,
            gamma,
            2 * rho,
            bracket=(Rational(3, 2) * rho, 3 * rho),
            above=True,
            over=lambda rho: spiral_game(share=0.9, L=0.9 / rho),
            along=[0.25, 0.5, 0.75, 1.0],
        )
    ],
    tight=[spiral_game],
    untested={spiral: ONLY},
    iterations=40_000,
    mutants=[
        bound(Rational(39, 20) * rho, "between, the spiral still goes outwards"),
        bound(Rational(41, 20) * rho, "between, it already goes inwards"),
    ],
)

extragradient_steps = Theorem(
    cite="gorbunov2023convergence",
    title="Where extragradient converges on spirals, with the longest extrapolation.",
    text=r"""A spiral is a pair of eigenvalues z with |z| = L, Re z = -rho L^2. A step multiplies
by 1 - eta z + gamma eta z^2. With gamma = 1/L and z^2 = -2 rho L^2 z - L^2 its squared modulus is 1
- 2 eta L (1 - 2 rho L - eta L) (1 + rho L): below one exactly where eta < 1/L - 2 rho, and nowhere
for rho >= 1/(2 L).""",
    assume=[spiral(rho, L), zero],
    algorithm=extragradient(gamma=1 / L, eta=eta),
    parameters={eta: Interval.open(0, 1 / L - 2 * rho)},
    claims=[
        threshold(
            residual_squared,
            eta,
            1 / L - 2 * rho,
            bracket=((1 / L - 2 * rho) / 10, 1 / L - rho / 2),
            over=lambda rho: spiral_game(share=rho),
            along=[0.1, 0.2, 0.3, 0.4],
        )
    ],
    tight=[spiral_game],
    untested={spiral: ONLY},
    iterations=40_000,
    mutants=[
        bound((1 / L - 2 * rho) * Rational(19, 20), "between, it still converges"),
        bound(1 / L - Rational(3, 2) * rho, "between, it already diverges"),
    ],
)
