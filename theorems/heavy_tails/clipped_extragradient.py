r"""Clipped extragradient on a game in the plane that turns, with high probability.

A derivation with constants; the paper has the rate, the logarithm and steps and levels of this
form for monotone Lipschitz operators. Let l = log(4 (T + 1)/delta), tau = sigma (T/l)^(1/alpha),
eta = 1/(24 l L). While |F| <= tau/2 at x_k and y_k, clipping leaves noise with a bias of at most
tau l/T, a second moment of at most (3/2)^(2-alpha) tau^2 l/T, within 1.6 tau of its mean. The
noiseless step does not expand, so by Freedman's inequality for 4 (T + 1) sums, with probability
1 - delta, |x_k - x*| <= D + 5.1 eta tau l for k <= T, which keeps |F| <= tau/2 where
4.5 L D <= tau. As F is linear and eta sum F(y_k) = x_0 - x_T - eta (noise), at the mean of
y_0, ..., y_(T-1) |F| <= 2 D/(eta T) + 9.5 tau l/T, and tau l/T = sigma (l/T)^((alpha - 1)/alpha).
Without clipping one shock in T steps is too much.
"""

from sympy import And, Eq, Min, Rational, log

from convlab.algorithms.clipped import clipped_extragradient
from convlab.assumptions import operator_moment, spiral, zero
from convlab.claims import upper_bound
from convlab.metrics import at_point, averaged, metric
from convlab.symbols import D, L, T, alpha, d, k, sigma
from convlab.theorem import Theorem, bound, step
from convlab.vocabulary import norm
from problems.exact_noise import Shocks
from problems.games import spiral_game
from problems.heavy_tailed_games import heavy_tailed
from problems.noise import OneSidedPareto

delta = Rational(1, 1000)
ell = log(4 * (T + 1) / delta)
eta = 1 / (24 * ell * L)
tau = sigma * (T / ell) ** (1 / alpha)
level = 2 * D / (eta * T) + Rational(19, 2) * tau * ell / T


@metric("operator_norm", r"\|F(X)\|")
def operator_norm(s, oracle):
    """Euclidean norm of the operator."""
    return norm(oracle.operator(s.x))


turn = spiral_game(share=0.0)
rare, frequent = (heavy_tailed(turn, Shocks(1.0, 1.1, p)) for p in (4e-5, 5e-3))

theorem = Theorem(
    cite="sadiev2023high",
    assume=[spiral(0, L), zero, operator_moment(alpha, sigma)],
    algorithm=clipped_extragradient(eta=eta, tau=tau),
    claims=[
        upper_bound(
            at_point("leading", averaged(operator_norm, weight=Min(k, 1), last=True)),
            level,
            when=And(Eq(d, 2), 2 * tau >= 9 * L * D, 10 * ell <= T),
            probability=1 - delta,
        )
    ],
    tight=[rare, frequent, heavy_tailed(turn, OneSidedPareto(1.0, 1.5, 1.6))],
    loose=(
        "by 4: the proof adds up the worst of bias, noise and start, and a sum of few large "
        "shocks is far from what Freedman's inequality allows"
    ),
    untested={
        spiral: "no other operator at hand has noise of infinite variance in the plane",
        zero: "it names the point from which distances are measured",
        operator_moment: "the bound is so loose that twice the constant passes",
    },
    mutants=[
        step(10**9 * tau, "one shock in T steps is too much", name="tau"),
        bound(level / 10, "a few shocks of one sign"),
    ],
)
