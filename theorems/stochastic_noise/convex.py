"""SGD with noise of bounded variance on convex functions: the average to a plateau.

With eta = 1/(L + 1/gamma) and the noise xi_k = g(x_k) - grad f(x_k): smoothness and convexity give
f(x_(k+1)) - f* <= (|x_k - x*|^2 - |x_(k+1) - x*|^2)/(2 eta) - <xi_k, x_k - x*>
- <xi_k, x_(k+1) - x_k> - |x_(k+1) - x_k|^2/(2 gamma); the last two terms are at most
gamma |xi_k|^2/2, and gamma = eta/(1 - eta L). Summed over k this bounds the mean of the gaps at
x_1, ..., x_k, and so the gap at their average, by D^2/(2 eta k) + eta sigma^2/(2 (1 - eta L)).
"""

from sympy import Interval, Min, Rational

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import attained, bounded_variance, convex, smooth
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, gap, running_mean
from convlab.symbols import D, L, eta, k, sigma
from convlab.theorem import Theorem, bound, step
from problems.noise import noisy_huber, noisy_quadratic

gap_bound = D**2 / (2 * eta * k) + eta * sigma**2 / (2 * (1 - eta * L))

theorem = Theorem(
    cite="bubeck2015convex",
    number="Theorem 6.3",
    adapted="Euclidean, without a constraint, for any step: the source puts in one for the horizon",
    assume=[convex, smooth(L), bounded_variance(sigma), attained],
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.open(0, 1 / L)},
    claims=[
        upper_bound(E(averaged(gap, weight=Min(k, 1), last=True)), gap_bound, when=k >= 1),
        upper_bound(E(running_mean(gap, weight=Min(k, 1))), gap_bound.subs(k, k - 1), when=k >= 2),
    ],
    tight=[noisy_huber, noisy_quadratic],
    iterations=400,
    mutants=[
        bound(gap_bound / 3, "with small steps Huber needs more, even at the average"),
        bound(gap_bound.subs(k, k - 1) / 2, "with small steps Huber comes close to it", claim=1),
        step(Rational(21, 10) / L, "beyond 2/L it diverges"),
    ],
)
