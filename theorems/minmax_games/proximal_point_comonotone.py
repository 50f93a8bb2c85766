"""Proximal point method on negative comonotone operators.

With F_k = F(x_k), x_k = x_(k-1) - gamma F_k and comonotonicity at (x_k, x*),
|x_k - x*|^2 <= |x_(k-1) - x*|^2 - gamma (gamma - 2 rho) |F_k|^2; at (x_k, x_(k-1)) it gives
|F_k|^2 <= |F_(k-1)|^2 - (1 - 2 rho/gamma) |F_k - F_(k-1)|^2, so that the residuals do not grow.
Summed up, |F_k|^2 <= D^2/(gamma (gamma - 2 rho) k).
"""

from sympy import Interval, Rational, oo

from convlab.algorithms.games import gradient_descent_ascent, resolvent_method
from convlab.assumptions import comonotone, normal_linear, resolvable, zero
from convlab.claims import potential, upper_bound
from convlab.metrics import residual_squared
from convlab.symbols import D, gamma, k, rho
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import sqnorm
from problems.games import comonotone_game, spiral_game

steps = {gamma: Interval.open(2 * rho, oo)}
rate = D**2 / (gamma * (gamma - 2 * rho) * k)
residual = potential("residual", r"\|F(X)\|^2", lambda s, oracle: sqnorm(oracle.operator(s.x)))

theorem = Theorem(
    cite="gorbunov2023convergence",
    title="Proximal point method on negative comonotone operators: squared residuals like 1/k.",
    assume=[comonotone(rho), resolvable, zero],
    algorithm=resolvent_method(gamma=gamma),
    parameters=steps,
    claims=[upper_bound(residual_squared, rate), residual],
    tight=[spiral_game(share=0.99), comonotone_game],
    loose=(
        "by e after many steps: the worst operators at hand are normal, and they come to "
        "(1 - 1/k)^(k - 1) of it"
    ),
    iterations=300,
    mutants=[
        bound(rate * Rational(9, 10), "the first of long steps reaches it, later ones 1/e of it"),
        mutant(
            "short steps",
            "below 2 rho a spiral goes outwards",
            algorithm=resolvent_method(gamma=Rational(19, 10) * rho),
            claims=[residual],
        ),
        mutant(
            "explicit",
            "a step along F goes outwards",
            algorithm=gradient_descent_ascent(eta=gamma),
        ),
    ],
)

linear = Theorem(
    cite="gorbunov2023convergence",
    title="The exact rate of the proximal point method on normal linear operators.",
    text=r"""On a normal linear operator an eigenvalue z with Re z = -rho |z|^2 divides the squared
distance by 1 + s, s = gamma (gamma - 2 rho) |z|^2, at each step; one with a larger real part
divides it by more. So |F(x_k)|^2 is at most D^2 s (1 + s)^(-k)/(gamma (gamma - 2 rho)), which is
largest for s = 1/(k - 1): D^2 (1 - 1/k)^(k - 1)/(gamma (gamma - 2 rho) k), an equality
for one k.""",
    assume=[comonotone(rho), normal_linear, resolvable, zero],
    algorithm=resolvent_method(gamma=gamma),
    parameters=steps,
    claims=[upper_bound(residual_squared, rate * (1 - 1 / k) ** (k - 1), when=k > 1)],
    untested={normal_linear: "no operator at hand is worse than the normal ones"},
    tight=[*(spiral_game(share=share) for share in (0.9, 0.5, 0.25, 0.1)), comonotone_game],
    iterations=300,
    mutants=[
        bound(rate * (1 - 1 / k) ** (k - 1) * Rational(99, 100), "it is reached"),
        step(2 * rho * Rational(19, 20), "below 2 rho a spiral goes outwards", name="gamma"),
    ],
)
