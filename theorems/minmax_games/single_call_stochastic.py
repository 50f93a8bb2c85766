r"""Single-call extragradient with noise and decreasing steps: the last iterate is of order 1/k.

The steps are eta_k = c/(mu (k + b)) with c > 1 and b = 1 + 4 c L/mu, so that eta_k L <= 1/4. Let
S_k = E |x_k - x*|^2, and W_k = E |x_k - y_k|^2 = eta_(k-1)^2 E |g_k - g_(k-1)|^2. Then
S_(k+1) <= S_k - 2 eta_k E <F(y_(k+1)), y_(k+1) - x*> + W_(k+1) - E |y_(k+1) - x_k|^2, and
W_(k+1) <= eta_k^2 (3 sigma^2 + 4 L^2 E |y_(k+1) - x_k|^2 + 4 L^2 W_k) give, as only the solution
is compared with, S_(k+1) + W_(k+1) <= (1 - eta_k mu) (S_k + W_k) + 6 eta_k^2 sigma^2, and 7/6
for the first step, where g_0 = 0. Summed up, S_k <= (7/6) D^2 (b/(k + b))^c +
6 (c sigma/mu)^2/((c - 1) (k + b)): the bound of the source with what it leaves to o(1/k), as
remembered. It needs no monotonicity elsewhere.
"""

from sympy import FiniteSet, Interval, Rational, latex, oo

from convlab.algorithms.games import stochastic_past_extragradient
from convlab.assumptions import (
    evenly_monotone,
    lipschitz,
    noisy_operator,
    normal_operator_noise,
    strongly_stable,
    zero,
)
from convlab.claims import exponent, upper_bound
from convlab.metrics import E, distance_squared, metric
from convlab.symbols import D, L, k, mu, sigma, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.games import noisy_game, stable_waves, strong_game

c = symbol("c", "the step times mu (k + b)")
b = 1 + 4 * c * L / mu
steps = c / (mu * (k + b))
start = Rational(7, 6) * D**2 * (b / (k + b)) ** c
noise = 6 * (c * sigma / mu) ** 2 / ((c - 1) * (k + b))

theorem = Theorem(
    cite="hsieh2019convergence",
    title="Stochastic single-call extragradient: the last iterate, on strongly stable operators.",
    assume=[strongly_stable(mu), lipschitz(L), noisy_operator(sigma, 0), zero],
    algorithm=stochastic_past_extragradient(eta=steps),
    parameters={c: Interval.open(1, oo)},
    claims=[upper_bound(E(distance_squared), start + noise)],
    tight=[
        noisy_game(strong_game(), sigma=1.0),
        noisy_game(strong_game(), sigma=0.01),
        noisy_game(strong_game(mu=0.2, turn=0.1, n=4), sigma=0.3),
        noisy_game(stable_waves(), sigma=0.2),
    ],
    loose=(
        "by 18 in the noise, which the proof counts six times, and as if the start were forgotten "
        "with the rate c and not 2 c; by 2 in the exponent c of the start"
    ),
    untested={
        strongly_stable: "with twice the mu the bound, loose as it is, still holds",
        lipschitz: "it sets the offset b of the steps, of which more than enough is asked",
        noisy_operator: "with twice the sigma the noise, loose by 18, still holds",
    },
    iterations=600,
    mutants=[
        bound(start + noise / 30, "an eighteenth of it stays, and more for the shorter steps"),
        bound(D**2 * (b / (k + b)) ** (3 * c) + noise, "the start is forgotten twice as fast"),
        mutant(
            "constant steps",
            "the noise stays",
            algorithm=stochastic_past_extragradient(eta=1 / (4 * L)),
        ),
    ],
)


final = (c * sigma / mu) ** 2 / (2 * c - 1)


def away(to):
    """The difference between k |x_k - x*|^2 and a number that it may tend to."""

    @metric(
        f"k distance_squared - {to}",
        rf"k \|X - x^\star\|^2 - {latex(to)}",
        weights={"k": k + b - 1, "to": to},
        least=None,
    )
    def offset(s, oracle, *, k, to):
        return k * distance_squared.read(s, oracle) - to

    return offset


constant = Theorem(
    cite="hsieh2019convergence",
    title="Stochastic single-call extragradient: the constant of the rate, for even rotations.",
    text=r"""The steps are eta_k = c/(mu (k + b)), b = 1 + 4 c L/mu. To first order the noise gives
S' = (1 - 2 c/(k + b)) S + (c/mu)^2 sigma^2/(k + b)^2 for the mean squared distance S, where <F(x),
x> = mu |x|^2, whatever the rotation (F is then linear, mu I plus a skew matrix). So (k + b) S tends
to (c sigma/mu)^2/(2 c - 1), and k S as well; terms of second order, and the start for c > 1, make a
difference of order 1/k.""",
    assume=[evenly_monotone(mu), lipschitz(L), normal_operator_noise(sigma), zero],
    untested={
        evenly_monotone: "no noisy game at hand is strongly monotone and not evenly so",
        lipschitz: "it sets the offset b of the steps only, which the limit does not see",
        normal_operator_noise: "its size is that of the limit; no noisy game is without a size",
    },
    algorithm=stochastic_past_extragradient(eta=steps),
    parameters={c: FiniteSet(2, Rational(3, 2))},
    because={c: "near 1 and beyond 4 the difference is of order 1/k after longer runs only"},
    claims=[exponent(E(away(final)), -1, when=k >= 100)],
    tight=[
        noisy_game(strong_game(mu=0.3), sigma=1.0),
        noisy_game(strong_game(mu=0.3, turn=0.5, n=3), sigma=1.0),
    ],
    iterations=3000,
    mutants=[
        mutant(
            "a twentieth off",
            "the difference then stays",
            claims=[exponent(E(away(final * Rational(19, 20))), -1, when=k >= 100)],
        ),
        mutant(
            "short steps",
            "for c < 1/2 the start is forgotten more slowly",
            parameters={c: FiniteSet(Rational(1, 4))},
            claims=[exponent(E(distance_squared), -1)],
        ),
    ],
)
