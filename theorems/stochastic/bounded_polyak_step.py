"""Stochastic gradient descent with the bounded Polyak step, which knows the inf f_i.

Its steps lie between alpha = min(1/(2 c L_max), eta_max) and eta_max.
"""

from sympy import Interval, Min, Rational, oo

from convlab.algorithms.stochastic import sps_max
from convlab.assumptions import (
    attained,
    components_convex,
    components_smooth,
    components_strongly_convex,
    finite_sum,
    function_noise,
    known_infima,
)
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, distance_squared, gap
from convlab.symbols import D, Delta_star, L_max, k, mu, n, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.finite_sums import needle, two_parabolas
from problems.finite_sums_nonquadratic import huber_sum
from problems.raised import raised_bowls

c = symbol("c", "factor in the denominator of the stochastic Polyak step")
eta_max = symbol("eta_max", "largest step that is taken", tex=r"\eta_{\max}")

assume = [
    finite_sum(n),
    components_smooth(L_max),
    function_noise(Delta_star),
    known_infima,
    attained,
]
alpha = Min(1 / (2 * c * L_max), eta_max)
start, noise = ((v / alpha).subs(c, 1) for v in (D**2 / k, 2 * eta_max * Delta_star))

convex = Theorem(
    cite="loizou2021stochastic",
    title="SGD with the bounded Polyak step on convex sums: the average to a plateau, like 1/k.",
    text="""The step s is between alpha = min(1/(2 L_max), eta_max) and eta_max, and s |grad
f_i|^2 is at most f_i(x_k) - inf f_i, as c = 1.

So |x_(k+1) - x*|^2 is at most |x_k - x*|^2 - 2 s (f_i(x_k) - f_i(x*)) + s (f_i(x_k) - inf f_i),
that is |x_k - x*|^2 - s (f_i(x_k) - inf f_i) + 2 s (f_i(x*) - inf f_i); the first bracket is not
negative. In the mean it falls by at least alpha (f(x_k) - f*) - 2 eta_max Delta_star: summed over
k steps, by Jensen's inequality at the average,
E f - f* <= D^2/(alpha k) + 2 eta_max Delta_star/alpha.""",
    assume=[*assume, components_convex],
    algorithm=sps_max(c=1, largest=eta_max),
    parameters={eta_max: Interval.open(0, oo)},
    claims=[upper_bound(E(averaged(gap)), start + noise)],
    tight=[huber_sum(travel=20.0), two_parabolas(shift=20.0)],
    iterations=60,
    loose=(
        "by 4: a Huber function comes to 0.23 of the bound, as a step there is twice alpha "
        "and its kink is reached early"
    ),
    untested={
        components_convex: "no family lacks just this",
        components_smooth: "half of L_max would do on all instances tried",
        function_noise: "half of Delta_star would do on all instances tried",
        known_infima: "the method uses them",
    },
    mutants=[
        bound(start / 5 + noise, "a Huber function comes to 0.23 of the bound"),
        bound(start, "noise keeps the average away from the minimizer for a while"),
        mutant(
            "c = 1/5",
            "without noise too, steps of 2.5/L_max lead away from the minimizer",
            algorithm=sps_max(c=Rational(1, 5), largest=eta_max),
            tight=[needle(shift=0.0)],
        ),
    ],
)

forgetting, plateau = (1 - alpha * mu) ** k * D**2, 2 * eta_max * Delta_star / (alpha * mu)

strongly_convex = Theorem(
    cite="loizou2021stochastic",
    title="SGD with the bounded Polyak step on strongly convex sums: linear to a plateau.",
    text="""The step s is between alpha = min(1/(2 c L_max), eta_max) and eta_max, and c s |grad
f_i|^2 is at most f_i(x_k) - inf f_i.

By strong convexity |x_(k+1) - x*|^2 is at most (1 - s mu) |x_k - x*|^2 - 2 s (f_i(x_k) - f_i(x*))
+ s (f_i(x_k) - inf f_i)/c, and with c >= 1/2 at most (1 - alpha mu) |x_k - x*|^2 + 2 eta_max
(f_i(x*) - inf f_i). With the mean over i and the sum of the geometric series
E|x_k - x*|^2 <= (1 - alpha mu)^k D^2 + 2 eta_max Delta_star/(alpha mu).""",
    assume=[*assume, components_strongly_convex(mu)],
    algorithm=sps_max(c=c, largest=eta_max),
    parameters={c: Interval(Rational(1, 2), oo), eta_max: Interval.open(0, oo)},
    claims=[upper_bound(E(distance_squared), forgetting + plateau)],
    tight=[two_parabolas, two_parabolas(shift=0.01), raised_bowls],
    iterations=100,
    loose=("by the square of the rate: a parabola without noise has the factor (1 - alpha mu)^2"),
    untested={known_infima: "the method uses them"},
    mutants=[
        bound(forgetting + Rational(4, 5) * plateau, "two parabolas come to 0.9 of the plateau"),
        bound(forgetting, "without interpolation there is a plateau"),
        step(Rational(1, 4), "the steps are twice as long as they may be", name="c"),
    ],
)
