"""Stochastic gradient descent with the Polyak step that knows the f_i(x*)."""

from sympy import Rational, sqrt

from convlab.algorithms.stochastic import polyak_sgd
from convlab.assumptions import (
    attained,
    components_convex,
    components_lipschitz,
    finite_sum,
)
from convlab.claims import potential, upper_bound
from convlab.metrics import E, averaged, distance_squared, gap
from convlab.symbols import D, G, k, n
from convlab.theorem import Theorem, bound, mutant
from problems.absolute_deviations import absolute_deviations, coordinate_absolute
from problems.finite_sums import two_parabolas
from problems.finite_sums_nonquadratic import sine_sum

convex = [finite_sum(n), components_convex, attained]

monotone = Theorem(
    cite="garrigos2023handbook",
    title="SGD with the Polyak step that knows the f_i(x*) never moves away from x*.",
    text="""After a step of length s along grad f_i(x_k), by convexity of f_i, |x_(k+1) - x*|^2
is at most |x_k - x*|^2 - 2 s (f_i(x_k) - f_i(x*)) + s^2 |grad f_i(x_k)|^2.

The step s = (f_i(x_k) - f_i(x*))_+/|grad f_i(x_k)|^2 minimizes this over s >= 0. So whatever i is
drawn,
|x_(k+1) - x*|^2 <= |x_k - x*|^2 - (f_i(x_k) - f_i(x*))_+^2/|grad f_i(x_k)|^2 <= |x_k - x*|^2.""",
    assume=convex,
    algorithm=polyak_sgd(),
    claims=[potential("distance squared", r"\|X - x^\star\|^2", distance_squared.read)],
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
    title="SGD with the Polyak step that knows the f_i(x*): D G/sqrt(k) at the average.",
    text="""In a step |x_k - x*|^2 falls by at least (f_i(x_k) - f_i(x*))_+^2/|grad f_i(x_k)|^2
(``monotone``).

With |grad f_i| <= G, and by Jensen's inequality over i, its mean falls by at least (f(x_k) -
f*)^2/G^2. Summed over k steps, by Jensen's inequality over these, E f - f* <= G D/sqrt(k) at the
average of x_0, ..., x_(k-1); absolute values of n coordinates come to 0.63 of it at k = n:
E f - f* <= G D/sqrt(k).""",
    assume=[*convex, components_lipschitz(G)],
    algorithm=polyak_sgd(),
    claims=[upper_bound(E(averaged(gap)), G * D / sqrt(k))],
    tight=[coordinate_absolute, coordinate_absolute(n=16), absolute_deviations],
    iterations=100,
    loose=(
        "by the power 1.2 of k from the tenth step on: instances with as many coordinates "
        "as steps are worst, and those tried have 16"
    ),
    untested={components_convex: "no family lacks just this"},
    mutants=[
        bound(G * D / (2 * sqrt(k)), "absolute values of 16 coordinates come to 0.63 at k = 16"),
        bound(2 * G * D / k, "as many coordinates as steps take 1/sqrt(k)"),
    ],
)
