"""Stochastic gradient descent with the Polyak step that knows the f_i(x*).

The step minimizes the bound |x - x*|^2 - 2 eta (f_i(x) - f_i(x*)) + eta^2 |grad f_i(x)|^2, so the
distance never grows, whatever is drawn (``monotone``), and shrinks by at least
(f_i(x) - f_i(x*))_+^2 / |grad f_i(x)|^2. Summed up, with Jensen's inequality twice:
``lipschitz`` (|grad f_i| <= G; for coordinates of |x| it comes to 0.63 of the bound at k = n) and
``smooth_components`` (|grad f_i|^2 <= 2 L_max (f_i - inf f_i), where u^2/(u + s) is convex in both;
gradients in many directions come to 0.28 of it). ``interpolated`` is the case Delta_star = 0.
"""

from sympy import Rational, sqrt

from convlab.algorithms.stochastic import polyak_sgd, sgd
from convlab.assumptions import (
    attained,
    components_convex,
    components_lipschitz,
    components_smooth,
    finite_sum,
    function_noise,
    interpolation,
)
from convlab.claims import potential, upper_bound
from convlab.metrics import E, averaged, distance_squared, gap
from convlab.symbols import D, Delta_star, G, L_max, k, n
from convlab.theorem import Theorem, bound, mutant
from problems.finite_sums import crossroads, needle, two_parabolas
from problems.finite_sums_nonquadratic import absolute_deviations, coordinate_absolute, sine_sum

convex = [finite_sum(n), components_convex, attained]

monotone = Theorem(
    cite="garrigos2023handbook",
    assume=convex,
    algorithm=polyak_sgd(),
    claims=[potential("distance squared", r"\|x - x^\star\|^2", distance_squared.read)],
    tight=[absolute_deviations, two_parabolas],
    iterations=100,
    mutants=[
        bound(Rational(9, 10), "a component that is already small at x moves nothing"),
        mutant(
            "without convexity",
            "a step from one bowl to the next may lead away",
            assume=[finite_sum(n), attained],
            tight=[sine_sum],
        ),
    ],
)

lipschitz = Theorem(
    cite="garrigos2023handbook",
    assume=[*convex, components_lipschitz(G)],
    algorithm=polyak_sgd(),
    claims=[upper_bound(E(averaged(gap)), G * D / sqrt(k))],
    tight=[coordinate_absolute, coordinate_absolute(n=16), absolute_deviations],
    iterations=100,
    mutants=[
        bound(G * D / (2 * sqrt(k)), "absolute values of 16 coordinates come to 0.63 at k = 16"),
        bound(2 * G * D / k, "as many coordinates as steps take 1/sqrt(k)"),
    ],
)

noisy_bound = 2 * L_max * D**2 / k + D * sqrt(2 * L_max * Delta_star) / sqrt(k)

smooth_components = Theorem(
    cite="garrigos2023handbook",
    assume=[*convex, components_smooth(L_max), function_noise(Delta_star)],
    algorithm=polyak_sgd(),
    claims=[upper_bound(E(averaged(gap)), noisy_bound)],
    tight=[needle(n=2, shift=0.0), crossroads, crossroads(shift=1.0)],
    iterations=100,
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
    title="Stochastic gradient descent with the Polyak step, with interpolation.",
    assume=[*convex, components_smooth(L_max), interpolation],
    algorithm=polyak_sgd(),
    claims=[upper_bound(E(averaged(gap)), 2 * L_max * D**2 / k)],
    tight=[needle(n=2, shift=0.0), needle(n=10, shift=0.0)],
    iterations=100,
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
