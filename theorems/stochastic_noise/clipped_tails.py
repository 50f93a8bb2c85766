"""Clipped stochastic gradient descent on a parabola, with high probability and infinite variance.

A derivation of its own, with constants; the paper has the rate and the logarithm for smooth
strongly convex functions. Let l = log(2/delta), tau = sigma (T/l)^(1/alpha) and
eta_k = 1/(mu (k + 1 + 14 l)). As long as mu |x_k - x*| <= tau/2, clipping the gradient is
clipping the noise, at levels tau/2 to 3 tau/2, which leaves
(k + 14 l) mu (x_k - x*) = 14 l mu (x_0 - x*) - (sum of k clipped noises). Each has a bias of at
most tau l/T and a second moment of at most (3/2)^(2-alpha) tau^2 l/T, and is within 1.6 tau of
its mean, so by Freedman's inequality all sums up to T are below
(1 + 1.6/3 + sqrt(1.6^2/9 + 3)) l tau < 3.5 l tau with probability 1 - delta. That keeps
mu |x_k - x*| <= tau/2 where mu D <= tau/4. Without clipping the tail in delta is a power.
"""

from sympy import And, Eq, Rational, log

from convlab.algorithms.clipped import clipped_sgd
from convlab.algorithms.stochastic import sgd
from convlab.assumptions import alpha_moment, attained, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import distance
from convlab.symbols import D, T, alpha, d, k, mu, sigma
from convlab.theorem import Theorem, bound, mutant, step
from problems.exact_noise import Shocks
from problems.noise import OneSidedPareto, noisy
from problems.quadratics import quadratic

delta = Rational(1, 100)
ell = log(2 / delta)
eta = 1 / (mu * (k + 1 + 14 * ell))
tau = sigma * (T / ell) ** (1 / alpha)
deviation = Rational(7, 2) * ell * tau / mu

bowl = quadratic(d=1)
rare, frequent = (noisy(bowl, Shocks(10.0, 1.2, p)) for p in (1e-4, 5e-3))

theorem = Theorem(
    cite="sadiev2023high",
    assume=[smooth(mu), strongly_convex(mu), alpha_moment(alpha, sigma), attained],
    algorithm=clipped_sgd(eta=eta, tau=tau),
    claims=[
        upper_bound(
            distance,
            (14 * ell * D + deviation) / (k + 14 * ell),
            when=And(Eq(d, 1), mu * D <= tau / 4, 10 * ell <= T),
            probability=1 - delta,
        )
    ],
    tight=[rare, frequent, noisy(bowl, OneSidedPareto(1.0, 1.5, 1.6))],
    loose=(
        "by 3: the proof adds up the worst of bias, noise and start, and a sum of few large "
        "shocks is far from what Freedman's inequality allows"
    ),
    mutants=[
        mutant("no clipping", "one shock in T steps is too much", algorithm=sgd(eta=eta)),
        step(100 * tau, "clipped too late", name="tau"),
        bound((14 * ell * D + deviation / 5) / (k + 14 * ell), "a few shocks of one sign"),
    ],
)
