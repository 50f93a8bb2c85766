r"""Gradient descent ascent passes heavy tails on: quantiles grow like powers of 1/delta.

The noise of the last step is symmetric and independent of all before: with either sign alike, one
of which moves x_k - eta F(x_k) no closer to x*. So |x_{k+1} - x*| > eta t with probability at least
P(|noise| > t)/2, and with P(|noise| > t) = (s/t)^a distances of eta s delta^(-1/a) are exceeded
with probability delta/2: no bound that is logarithmic in 1/delta holds. With clipping no step is
longer than eta times the level.
"""

from sympy import Interval

from convlab.algorithms.clipped import clipped_gradient_descent_ascent
from convlab.algorithms.games import stochastic_gradient_descent_ascent
from convlab.assumptions import lipschitz, operator_tails, strongly_monotone, zero
from convlab.claims import upper_bound
from convlab.symbols import L, delta, eta, k, mu, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.games import strong_game
from problems.heavy_tailed_games import heavy_tailed
from problems.noise import SymmetricPareto
from theorems.stochastic_noise.heavy_tails import closeness

a = symbol("a", "tail index of the noise")
s = symbol("s", "scale of the tails of the noise")
far = delta ** (1 / a) / (eta * s)

theorem = Theorem(
    cite="sadiev2023high",
    assume=[strongly_monotone(mu), lipschitz(L), operator_tails(a, s), zero],
    algorithm=stochastic_gradient_descent_ascent(eta=eta),
    parameters={eta: Interval.Lopen(0, mu / L**2)},
    claims=[upper_bound(closeness, far, when=k >= 1, probability=delta / 2)],
    tight=[heavy_tailed(strong_game(), SymmetricPareto(1.0, 1.4, 1.5))],
    iterations=200,
    loose=(
        "by 5, as 1,024 runs tell no more: that one in twenty goes so far is attained, but only "
        "a distance that fewer than one in a hundred reach is clearly too far"
    ),
    mutants=[
        mutant(
            "clipping",
            "no step is longer than eta s",
            algorithm=clipped_gradient_descent_ascent(eta=eta, tau=s),
        ),
        bound(far / 8, "eight times that far it does not go so often"),
    ],
)
