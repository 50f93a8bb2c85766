"""Where stochastic gradient descent converges in mean square under multiplicative noise.

On a quadratic, with the gradient times a random number of mean 1 and variance sigma_1^2, the second
moment along the eigenvector of lambda is multiplied by
(1 - eta lambda)^2 + eta^2 lambda^2 sigma_1^2 in every step, which is less than 1 for
eta < 2/(lambda (1 + sigma_1^2)). All of them are for eta < 2/(L (1 + sigma_1^2)). (Noise of that
variance in other directions converges there as well, and may converge for longer steps.)
"""

from sympy import FiniteSet, Rational

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import (
    attained,
    largest_curvature,
    quadratic_objective,
    scaled_gradient,
    smooth,
    strong_growth,
)
from convlab.claims import threshold
from convlab.metrics import E, distance_squared
from convlab.symbols import L, eta, sigma_1, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.noise import Affine, noisy
from problems.quadratics import parabola_between, quadratic
from problems.strong_growth import growing_least_squares

rho = symbol("rho", "strong growth: E |g|^2 over the squared norm of the gradient")
longest = 2 / (L * (1 + sigma_1**2))
around = (longest / 4, 2 * longest)

theorem = Theorem(
    cite="dieuleveut2020bridging",
    assume=[largest_curvature(L), scaled_gradient(sigma_1), attained],
    algorithm=sgd(eta=eta),
    parameters={eta: FiniteSet(1 / L)},
    claims=[threshold(E(distance_squared), eta, longest, bracket=around)],
    tight=[
        noisy(quadratic(d=4, kappa=5.0), Affine(0.0, 1.0)),
        noisy(quadratic(d=2, L=100.0, kappa=100.0), Affine(0.0, 0.1)),
    ],
    iterations=100_000,
    mutants=[
        bound(2 / L, "where gradient descent without noise stops converging"),
        bound(Rational(9, 10) * longest, "one tenth below"),
        mutant(
            "any noise that grows so",
            "its direction matters, too: rho bounds it along the worst one",
            assume=[smooth(L), strong_growth(rho), attained],
            claims=[
                threshold(
                    E(distance_squared), eta, 2 / (L * rho), bracket=(1 / (L * rho), 4 / (L * rho))
                )
            ],
            tight=[growing_least_squares],
        ),
        mutant(
            "any curvature below L",
            "the largest curvature decides, not a bound on it",
            assume=[quadratic_objective, smooth(L), scaled_gradient(sigma_1), attained],
            tight=[noisy(parabola_between(share=0.5), Affine(0.0, 1.0))],
        ),
    ],
)
