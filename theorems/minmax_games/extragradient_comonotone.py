"""Extragradient method on Lipschitz, negative comonotone operators.

With y = x - gamma F(x) and x' = x - eta F(y), comonotonicity at (y, x*) and Lipschitz continuity
at (y, x) give |x' - x*|^2 <= |x - x*|^2 - eta (gamma - 2 rho - eta) |F(y)|^2 - gamma eta (1 -
gamma^2 L^2) |F(x)|^2. The first of these terms can be dropped for eta <= gamma - 2 rho. Summed up,
the mean of |F(x_i)|^2 over i < k is at most D^2/(gamma eta (1 - gamma^2 L^2) k): a spiral, an
eigenvalue of modulus L with Re = -rho L^2, attains it with eta = gamma - 2 rho.
"""

from sympy import Interval, Rational

from convlab.algorithms.games import extragradient, gradient_descent_ascent
from convlab.assumptions import comonotone, lipschitz, zero
from convlab.claims import upper_bound
from convlab.metrics import residual_squared, running_mean
from convlab.symbols import D, L, eta, gamma, k, rho
from convlab.theorem import Theorem, bound, mutant, step
from problems.games import spiral_game, waves
from theorems.minmax_games.proximal_point_comonotone import residual

assume = [comonotone(rho), lipschitz(L), zero]
method = extragradient(gamma=gamma, eta=eta)
mean_rate = D**2 / (gamma * eta * (1 - gamma**2 * L**2) * k)
explicit = mutant(
    "gradient descent ascent",
    "a step along F goes outwards",
    algorithm=gradient_descent_ascent(eta=eta),
)

theorem = Theorem(
    cite="gorbunov2023convergence",
    title="Extragradient on negative comonotone operators: the mean of the squared residuals.",
    assume=assume,
    algorithm=method,
    parameters={
        gamma: Interval.open(2 * rho, 1 / L),
        eta: Interval.Lopen(0, gamma - 2 * rho),
    },
    claims=[upper_bound(running_mean(residual_squared), mean_rate, when=k >= 1)],
    tight=[spiral_game, spiral_game(share=0.45), waves],
    iterations=200,
    mutants=[
        bound(mean_rate * Rational(99, 100), "on a spiral it is attained"),
        step(Rational(3, 2) * (gamma - 2 * rho), "a spiral needs the shorter update"),
        explicit,
    ],
)

c = eta**2 * (1 - (eta * L) ** 2) - 2 * rho * eta * (1 + (eta * L) ** 2) - (2 * rho * eta * L) ** 2

last_iterate = Theorem(
    cite="gorbunov2023convergence",
    title="Extragradient on negative comonotone operators: the last iterate.",
    text=r"""With y = x - eta F(x) and x' = x - eta F(y), comonotonicity at (y, x*) gives |x' -
x*|^2 <= |x - x*|^2 + 2 rho eta |F(y)|^2 - eta^2 |F(x)|^2 + eta^2 |F(y) - F(x)|^2, and
comonotonicity at (y, x) |F(y)|^2 <= |F(x)|^2 + (1 + 2 rho/eta) |F(y) - F(x)|^2. As |F(y) - F(x)| <=
eta L |F(x)|, the squared distance falls by c |F(x)|^2 with c = eta^2 (1 - eta^2 L^2) - 2 rho eta (1
+ eta^2 L^2) - (2 rho eta L)^2. For 4 rho < eta <= 1/(2 L) the residuals do not grow (the source has
this range, as remembered; the claim tests it). So |F(x_k)|^2 and the mean over i < k are at most
D^2/(c k).""",
    assume=assume,
    algorithm=extragradient(gamma=eta, eta=eta),
    parameters={eta: Interval.Lopen(4 * rho, 1 / (2 * L))},
    claims=[
        upper_bound(residual_squared, D**2 / (c * k)),
        upper_bound(running_mean(residual_squared), D**2 / (c * k), when=k >= 1),
        residual,
    ],
    tight=[spiral_game(share=0.1), waves(dent=0.01)],
    loose=(
        "by 3 for the last iterate: it is bounded by the mean, although residuals fall along the "
        "run; the claim on the mean is attained"
    ),
    iterations=200,
    mutants=[
        bound(D**2 / (3 * c * k), "a spiral reaches more than a third"),
        bound(Rational(99, 100) * D**2 / (c * k), "on a spiral it is attained", claim=1),
        mutant(
            "larger rho",
            "equal steps need a small one",
            tight=[spiral_game(share=0.2)],
            parameters={eta: Interval(1 / (2 * L), 1 / L)},
            claims=[residual],
        ),
        explicit,
    ],
)
