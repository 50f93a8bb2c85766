"""Stochastic gradient descent on finite sums, f strongly convex: any accuracy."""

from sympy import Interval, Max, Piecewise, Rational, ceiling, exp, log

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import components_smooth, gradient_noise, strongly_convex
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
    title="SGD on strongly convex sums: iterations that suffice for accuracy eps.",
    text="""With constant step E|x_k - x*|^2 <= (1 - eta mu)^k D^2 + 2 eta sigma_star/mu.

For eta = 1/max(4 sigma_star/(eps mu), 2 L_max) the second term is at most eps/2, and so is the
first one once k >= log(2 D^2/eps)/(eta mu): E|x_k - x*|^2 <= eps for all
k >= max(4 sigma_star/(eps mu^2), 2 L_max/mu) log(2 D^2/eps).""",
    assume=assume,
    algorithm=sgd(eta=short),
    parameters={eps: Interval(Rational(1, 100), Rational(1, 5))},
    claims=[upper_bound(E(distance_squared), eps, when=k >= enough)],
    tight=[two_parabolas(shift=0.3), needle(n=4), two_parabolas(shift=2.0)],
    iterations=1000,
    untested={
        components_smooth: "twice as long steps keep the bound on all instances tried",
        strongly_convex: "half as many iterations would do on all instances tried",
        gradient_noise: "of its term a third is seen, so half of it would do",
    },
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
    title="SGD on strongly convex sums, long steps and then short ones: E|x_k - x*|^2 like 1/k.",
    text="""A step has E|x_(k+1) - x*|^2 <= (1 - eta_k mu) E|x_k - x*|^2 + 2 eta_k^2 sigma_star,
eta_k <= 1/(2 L_max).

For eta_k = (2 k + 1)/((k + 1)^2 mu), 1 - eta_k mu = k^2/(k + 1)^2: times (k + 1)^2, a step adds
at most 2 (2 k + 1)^2 sigma_star/((k + 1)^2 mu^2) <= 8 sigma_star/mu^2 to k^2 E|x_k - x*|^2. Up to
s = 4 ceil(L_max/mu), with eta_k = 1/(2 L_max), s^2 E|x_s - x*|^2 is at most s^2 (1 - mu/(2
L_max))^s D^2 + s^2 sigma_star/(L_max mu), the second term at most 8 s sigma_star/mu^2, and (1 -
mu/(2 L_max))^s <= e^(-2). So for k >= s
E|x_k - x*|^2 <= s^2/(e^2 k^2) D^2 + 8 sigma_star/(mu^2 k).""",
    assume=assume,
    algorithm=sgd(eta=eta_k),
    claims=[upper_bound(E(distance_squared), after, when=k >= switch)],
    tight=[two_parabolas, two_parabolas(ratio=0.3, shift=0.1), needle(n=4, shift=0.1)],
    iterations=500,
    loose=(
        "by 4: of the noise term a sixth is seen, and the start is forgotten faster than "
        "the factor e^(-2) says"
    ),
    untested={
        components_smooth: "twice as long steps keep the bound on all instances tried",
        gradient_noise: "of its term a sixth is seen, so half of it would do",
    },
    mutants=[
        bound(after / 8, "the noise alone comes to a sixth of it"),
        bound(after - 8 * sigma_star / (mu**2 * k), "the noise is forgotten only like 1/k"),
        step(1 / (2 * L_max), "with long steps the noise stays"),
    ],
)
