"""Stochastic gradient descent passes heavy tails on: its quantiles grow like powers of 1/delta.

Whatever came before, the noise of the last step is symmetric and independent of it, and has with
probability 1/2 the sign that moves x_k further from x*: P(|x_k - x*| > eta t) >= P(|noise| > t)/2.
With P(|noise| > t) = (s/t)^a, at t = s delta^(-1/a), distances of eta s delta^(-1/a) are exceeded
with probability delta/2. Logarithms of 1/delta, as with clipping, are out of reach.
"""

from sympy import Interval

from convlab.algorithms.clipped import clipped_sgd
from convlab.algorithms.stochastic import sgd
from convlab.assumptions import attained, pareto_tails, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import distance, metric
from convlab.symbols import delta, eta, k, mu, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.exact_noise import pareto_parabola

a = symbol("a", "tail index of the noise")
s = symbol("s", "scale of the tails of the noise")


@metric("1 / distance", r"1 / |X - x^\star|")
def closeness(s, oracle):
    """The reciprocal of the distance to the minimizer."""
    return 1.0 / distance.read(s, oracle)


theorem = Theorem(
    cite="sadiev2023high",
    assume=[strongly_convex(mu), pareto_tails(a, s), attained],
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / mu)},
    claims=[
        upper_bound(closeness, delta ** (1 / a) / (eta * s), when=k >= 1, probability=delta / 2)
    ],
    tight=[pareto_parabola],
    iterations=300,
    loose=(
        "by 3, as 1,024 runs tell no more: that one in twenty goes so far is attained, but only "
        "a distance that fewer than one in a hundred reach is clearly too far"
    ),
    mutants=[
        mutant(
            "clipping",
            "no step is longer than eta s",
            algorithm=clipped_sgd(eta=eta, tau=s),
        ),
        bound(delta ** (1 / a) / (5 * eta * s), "five times that far it does not go so often"),
    ],
)
