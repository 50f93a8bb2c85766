r"""Clipped stochastic similar triangles: an accelerated method under infinite variance.

The paper has eta_k = (k + 2)/(2 a L), with a the larger of a constant and a multiple of
sigma T^(1 + 1/alpha)/(L D), and clips at a multiple of D/eta_k, with constants in the thousands and
logarithms of T/delta. ``quantiles`` keeps the form: quantiles of the gap after T steps fall like
T^(-(alpha - 1)/alpha), read off runs of different lengths T, each with its own steps. On curvatures
of all sizes, and with shocks so rare that a run sees a few, the worst noise for its length, that
is what it does. In ``without_noise`` A_k (f(x_k) - f*) + |z_k - x*|^2/2 does not grow while
eta_k^2 <= A_{k+1}/L, which (k + 2)^2 <= (k + 1)(k + 4) sees to for a = 1, and clipping above L D
never happens.
"""

from sympy import Max, Rational

from convlab.algorithms.clipped import clipped_sgd, clipped_sstm
from convlab.assumptions import alpha_moment, attained, bounded_variance, convex, smooth
from convlab.claims import scaling, upper_bound
from convlab.metrics import gap
from convlab.symbols import D, L, T, alpha, k, sigma
from convlab.theorem import Theorem, bound, mutant, step
from problems.exact_noise import Shocks
from problems.huber import huber, huber_regression
from problems.noise import Exact, noisy
from problems.quadratics import all_curvatures, quadratic

a = Max(2, sigma * T ** (1 + 1 / alpha) / (2 * L * D))
eta = (k + 2) / (2 * a * L)
tau = D / (10 * eta)
rate = -(alpha - 1) / alpha
lengths = (64, 128, 256, 512, 1024)


def worst(T):
    """Four shocks are expected in T steps."""
    return noisy(all_curvatures(d=16), Shocks(0.5, 1.5, 4 / T))


quantiles = Theorem(
    cite="sadiev2023high",
    title="Clipped similar triangles, infinite variance: quantiles like T^(-(alpha - 1)/alpha).",
    assume=[convex, smooth(L), alpha_moment(alpha, sigma), attained],
    algorithm=clipped_sstm(eta=eta, tau=tau),
    claims=[scaling(gap, rate, over=worst, at=lengths, statistic=0.99)],
    tight=[worst(64)],
    untested=dict.fromkeys(
        (convex, smooth, alpha_moment, attained),
        "the sweep goes over one family, in which all is true",
    ),
    mutants=[
        bound(rate * Rational(3, 2), "no faster"),
        step(tau / 100_000, "clipped so hard that it cannot get there", name="tau"),
        step(T * eta, "too long for the noise"),
    ],
)

gap_bound = 2 * L * D**2 / (k * (k + 3))

without_noise = Theorem(
    cite="gorbunov2020stochastic",
    title="Clipped similar triangles without noise: gaps of order 1/k^2.",
    assume=[convex, smooth(L), bounded_variance(0), attained],
    algorithm=clipped_sstm(eta=(k + 2) / (2 * L), tau=2 * L * D),
    claims=[upper_bound(gap, gap_bound)],
    tight=[
        *(noisy(huber(horizon=n), Exact()) for n in (1, 4, 16)),
        *(noisy(p, Exact()) for p in (quadratic(), huber_regression())),
    ],
    iterations=200,
    mutants=[
        bound(gap_bound / 2, "steep near the minimizer, flat far from it"),
        step(2 * (k + 2) / L, "four times too long"),
        mutant("no triangles", "1/k only", algorithm=clipped_sgd(eta=1 / L, tau=2 * L * D)),
    ],
)
