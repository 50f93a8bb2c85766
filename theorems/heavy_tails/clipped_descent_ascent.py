r"""Games under infinite variance: clipped gradient descent ascent, in quantiles.

For strongly monotone operators the squared distance of clipped-SGDA after T steps falls like
T^(-2 (alpha - 1)/alpha) in every quantile. Steps and levels are those of the paper, without
constants and logarithms; claimed is the exponent, read off runs of different lengths T, each with
the shocks that are worst for it: so rare that it sees a few.
"""

from sympy import Rational

from convlab.algorithms.clipped import clipped_gradient_descent_ascent
from convlab.assumptions import lipschitz, operator_moment, strongly_monotone, zero
from convlab.claims import scaling
from convlab.metrics import distance_squared
from convlab.symbols import L, T, alpha, k, mu, sigma
from convlab.theorem import Theorem, bound, step
from problems.exact_noise import Shocks
from problems.games import strong_game
from problems.heavy_tailed_games import heavy_tailed

level = sigma * T ** (1 / alpha)
eta = 1 / (mu * (k + 2))
power = -2 * (alpha - 1) / alpha


def worst(T):
    """Sixteen shocks are expected in T steps."""
    return heavy_tailed(strong_game(), Shocks(1.0, 1.5, 16 / T))


theorem = Theorem(
    cite="sadiev2023high",
    assume=[strongly_monotone(mu), lipschitz(L), zero, operator_moment(alpha, sigma)],
    algorithm=clipped_gradient_descent_ascent(eta=eta, tau=level),
    claims=[
        scaling(
            distance_squared,
            power,
            over=worst,
            at=[2**n for n in range(5, 12)],
            statistic=0.99,
        )
    ],
    tight=[worst(32)],
    untested=dict.fromkeys(
        (strongly_monotone, lipschitz, zero, operator_moment),
        "the sweep goes over one family, in which all is true",
    ),
    mutants=[
        bound(power * Rational(3, 2), "no faster"),
        step(level / 10_000, "clipped so hard that it cannot get there", name="tau"),
        step(eta / 8, "too short to forget the start"),
    ],
)
