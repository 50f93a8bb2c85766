"""The Polyak step that knows the f_i(x*), on smooth components."""

from sympy import Rational, sqrt

from convlab.algorithms.stochastic import polyak_sgd, sgd
from convlab.assumptions import (
    components_convex,
    components_smooth,
    function_noise,
    interpolation,
)
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, gap
from convlab.symbols import D, Delta_star, L_max, k
from convlab.theorem import Theorem, bound, mutant
from problems.finite_sums import crossroads, needle, two_parabolas
from theorems.stochastic.polyak_step import convex

noisy_bound = 2 * L_max * D**2 / k + D * sqrt(2 * L_max * Delta_star) / sqrt(k)

noisy = Theorem(
    cite="garrigos2023handbook",
    title="SGD with the Polyak step that knows the f_i(x*): 1/sqrt(k) where components are smooth.",
    text="""In a step |x_k - x*|^2 falls by at least u_+^2/|grad f_i(x_k)|^2, u = f_i(x_k) -
f_i(x*) (``polyak_step``).

As |grad f_i|^2 <= 2 L_max (u + s), s = f_i(x*) - inf f_i, that is at least u_+^2/(2 L_max (u +
s)), which is convex in (u, s): by Jensen's inequality its mean is at least g^2/(2 L_max (g +
Delta_star)) for the gap g = f(x_k) - f*. Once more by Jensen, over k steps, with c = 2 L_max
D^2/k the mean gap has g^2 <= c (g + Delta_star), so that g <= c + sqrt(c Delta_star): at the
average
E f - f* <= 2 L_max D^2/k + D sqrt(2 L_max Delta_star)/sqrt(k).""",
    assume=[*convex, components_smooth(L_max), function_noise(Delta_star)],
    algorithm=polyak_sgd(),
    claims=[upper_bound(E(averaged(gap)), noisy_bound)],
    tight=[needle(n=2, shift=0.0), crossroads, crossroads(shift=1.0)],
    iterations=100,
    untested={
        components_convex: "on sums that are not convex it holds as well, for all tried",
        components_smooth: "half of L_max would do on all instances tried",
        function_noise: "half of Delta_star would do on all instances tried",
    },
    loose=(
        "by 3.5: the gap at the start is at most a quarter of the bound, and on no instance "
        "tried does the average come closer than 9/32, that of a parabola after two steps"
    ),
    mutants=[
        bound(noisy_bound * Rational(22, 100), "many directions of noise come to 0.28 of it"),
        bound(2 * L_max * D**2 / k, "without interpolation progress is slow"),
        mutant(
            "a step 1/(2 L_max) instead",
            "without knowledge of the f_i(x*) the noise stays",
            algorithm=sgd(eta=1 / (2 * L_max)),
            tight=[two_parabolas(shift=30.0)],
        ),
    ],
)

interpolated = Theorem(
    cite="garrigos2023handbook",
    title="SGD with the Polyak step, with interpolation: gaps of order 1/k at the average.",
    text="""In a step |x_k - x*|^2 falls by at least u^2/|grad f_i(x_k)|^2, u = f_i(x_k) -
f_i(x*) (``polyak_step``).

With interpolation f_i(x*) = inf f_i and |grad f_i|^2 <= 2 L_max u: so it falls by u/(2 L_max),
whose mean is (f(x_k) - f*)/(2 L_max). Summed over k steps, by Jensen's inequality at the average,
E f - f* <= 2 L_max D^2/k.""",
    assume=[*convex, components_smooth(L_max), interpolation],
    algorithm=polyak_sgd(),
    claims=[upper_bound(E(averaged(gap)), 2 * L_max * D**2 / k)],
    tight=[needle(n=2, shift=0.0), needle(n=10, shift=0.0)],
    iterations=100,
    untested={
        components_convex: "no family lacks just this",
        components_smooth: "half of L_max would do on all instances tried",
    },
    loose=(
        "by 3.5: the gap at the start is at most a quarter of the bound, and on no instance "
        "tried does the average come closer than 9/32, that of a parabola after two steps"
    ),
    mutants=[
        bound(L_max * D**2 * Rational(9, 20) / k, "a parabola comes to a quarter of the bound"),
        mutant(
            "without interpolation",
            "progress is slow",
            assume=[*convex, components_smooth(L_max)],
            tight=[crossroads],
        ),
    ],
)
