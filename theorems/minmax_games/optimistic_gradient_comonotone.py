r"""Optimistic gradient method on Lipschitz, negative comonotone operators.

With F_k = F(y_k), y_k = x_k - gamma F_(k-1) (F_(-1) = 0) and Delta_k = |F_k - F_(k-1)|,
comonotonicity at (y_k, x*) gives |x_(k+1) - x*|^2 - |x_k - x*|^2 <=
-eta (gamma - 2 rho - eta) |F_k|^2 - gamma eta (|F_(k-1)|^2 - Delta_k^2), and y_k - y_(k-1) =
-eta F_(k-1) - gamma (F_(k-1) - F_(k-2)) gives Delta_k <= L (eta |F_(k-1)| + gamma Delta_(k-1)).
Let A be the sum of |F_i|^2 over i < k and B that of Delta_i^2 over 1 <= i <= k. Summed up,
A - B <= D^2/(gamma eta) + |F_0|^2, as 2 rho + eta <= gamma, and
B <= L^2 (gamma + eta) (eta A + gamma |F_0|^2 + gamma B). With |F_0| <= L D the mean A/k is at most
D^2 (1 - gamma^2 L^2)/(gamma eta (1 - L^2 (gamma + eta)^2) k). The steps are those of the source.
"""

from sympy import Interval, Min, Rational

from convlab.algorithms.games import (
    extragradient,
    gradient_descent_ascent,
    optimistic_gradient_plus,
)
from convlab.assumptions import comonotone, lipschitz, zero
from convlab.claims import upper_bound
from convlab.metrics import at_point, residual_squared, running_mean
from convlab.symbols import D, L, eta, gamma, k, rho
from convlab.theorem import Theorem, bound, mutant
from problems.games import spiral_game, two_faces, waves

assume = [comonotone(rho), lipschitz(L), zero]
method = optimistic_gradient_plus(gamma=gamma, eta=eta)
mean_residual = at_point("leading", running_mean(residual_squared))
rate = D**2 * (1 - (gamma * L) ** 2) / (gamma * eta * (1 - L**2 * (gamma + eta) ** 2) * k)

theorem = Theorem(
    cite="gorbunov2023convergence",
    title="Optimistic gradient on negative comonotone operators: the mean squared residual.",
    assume=assume,
    algorithm=method,
    parameters={
        gamma: Interval.open(2 * rho, 1 / L),
        eta: Interval.open(0, Min(gamma - 2 * rho, 1 / L - gamma)),
    },
    claims=[upper_bound(mean_residual, rate, when=k >= 1)],
    tight=[spiral_game, spiral_game(share=0.1), waves],
    iterations=300,
    mutants=[
        bound(rate * Rational(3, 4), "a spiral comes closer"),
        mutant("gradient descent ascent", "outwards", algorithm=gradient_descent_ascent(eta=eta)),
    ],
)

slow = optimistic_gradient_plus(gamma=(1 / L + rho) / 2, eta=eta)
short = (1 / L - rho) ** 2 / (3 / L + rho)
a = eta * (1 / L - rho - eta * (3 / L + rho) / (1 / L - rho))
b = 2 * eta * (1 / L + rho) / (1 / L - rho) * D

wider = Theorem(
    cite="gorbunov2023convergence",
    title="Optimistic gradient with short updates converges where extragradient cannot.",
    text=r"""With F_k = F(y_k), y_k = x_k - gamma F_(k-1) (F_(-1) = 0), Delta_k = |F_k - F_(k-1)|
and gamma = (1/L + rho)/2, comonotonicity at (y_k, x*) and 2 <F_k, F_(k-1)> >= 2 |F_k|^2 - 2 |F_k|
Delta_k give |x_(k+1) - x*|^2 - |x_k - x*|^2 <= -eta (1/L - rho - eta) |F_k|^2 + 2 eta gamma |F_k|
Delta_k, and y_k - y_(k-1) gives Delta_k <= L (eta |F_(k-1)| + gamma Delta_(k-1)). Let A be the sum
of |F_i|^2 over i < k. The root of the sum of Delta_i^2 is at most (L eta sqrt(A) + |F_0|)/(1 -
gamma L), and |F_0| <= L D. So a A <= D^2 + b sqrt(A) with a = eta (1/L - rho - eta (3/L + rho)/(1/L
- rho)), b = 2 eta D (1/L + rho)/(1/L - rho), and the mean A/k is at most (2 D^2/a + b^2/a^2)/k.
Extragradient has steps for rho < 1/(2 L) only.""",
    assume=assume,
    algorithm=slow,
    parameters={eta: Interval.open(0, short)},
    claims=[upper_bound(mean_residual, (2 * D**2 / a + (b / a) ** 2) / k, when=k >= 1)],
    tight=[spiral_game(share=0.8), two_faces, waves],
    iterations=3000,
    loose=(
        "by 5: the derivation takes F_k and F_k - F_(k-1) for parallel at every step, and "
        "solves a quadratic inequality within a factor of two"
    ),
    mutants=[
        mutant(
            "extragradient",
            "for rho >= 1/(2 L) it converges with no steps",
            algorithm=extragradient(gamma=(1 / L + rho) / 2, eta=eta),
        ),
        mutant("gradient descent ascent", "outwards", algorithm=gradient_descent_ascent(eta=eta)),
    ],
)
