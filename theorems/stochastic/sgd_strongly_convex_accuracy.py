"""Stochastic gradient descent on finite sums, f strongly convex: any accuracy.

``complexity``: with a step that makes the plateau eps/2, and enough iterations to forget the start
up to eps/2. ``switching``: long steps while the start counts, then steps of order 1/k; times
(k + 1)^2, every step then adds at most 8 sigma_star/mu^2 to k^2 E|x_k - x*|^2.
"""

from sympy import Interval, Max, Piecewise, Rational, ceiling, exp, log

from convlab.algorithms.stochastic import sgd
from convlab.claims import upper_bound
from convlab.metrics import E, distance_squared
from convlab.symbols import D, L_max, eps, k, mu, sigma_star
from convlab.theorem import Theorem, bound, mutant, step
from problems.finite_sums import needle, two_parabolas
from theorems.stochastic.sgd_strongly_convex import assume

short = 1 / Max(4 * sigma_star / (eps * mu), 2 * L_max)
enough = Max(4 * sigma_star / (eps * mu**2), 2 * L_max / mu) * log(2 * D**2 / eps)

complexity = Theorem(
    cite="garrigos2023handbook",
    number="Corollary 5.8",
    title="SGD on strongly convex sums: iterations that suffice for accuracy eps.",
    assume=assume,
    algorithm=sgd(eta=short),
    parameters={eps: Interval(Rational(1, 100), Rational(1, 5))},
    claims=[upper_bound(E(distance_squared), eps, when=k >= enough)],
    tight=[two_parabolas(shift=0.3), needle(n=4), two_parabolas(shift=2.0)],
    iterations=1000,
    loose=(
        "by 4: half of eps is kept for the start, which parabolas forget twice as fast, and "
        "half for the noise, of which they have less than half"
    ),
    mutants=[
        bound(eps / 7, "noise and start leave a sixth of it"),
        mutant(
            "a quarter of the steps",
            "the start is not forgotten",
            claims=[upper_bound(E(distance_squared), eps, when=k >= enough / 4)],
        ),
        mutant("eta = 1/(2 L_max)", "the noise stays", algorithm=sgd(eta=1 / (2 * L_max))),
    ],
)

switch = 4 * ceiling(L_max / mu)
eta_k = Piecewise((1 / (2 * L_max), k < switch), ((2 * k + 1) / ((k + 1) ** 2 * mu), True))
after = switch**2 / (exp(2) * k**2) * D**2 + 8 * sigma_star / (mu**2 * k)

switching = Theorem(
    cite="gower2019sgd",
    number="Theorem 3.2",
    title="SGD on strongly convex sums, long steps and then short ones: E|x_k - x*|^2 like 1/k.",
    assume=assume,
    algorithm=sgd(eta=eta_k),
    claims=[upper_bound(E(distance_squared), after, when=k >= switch)],
    tight=[two_parabolas, two_parabolas(ratio=0.3, shift=0.1), needle(n=4, shift=0.1)],
    iterations=500,
    mutants=[
        bound(after / 8, "the noise alone comes to a sixth of it"),
        bound(after - 8 * sigma_star / (mu**2 * k), "the noise is forgotten only like 1/k"),
        step(1 / (2 * L_max), "with long steps the noise stays"),
    ],
)
