"""SVRG without the outer loop: linear rate.

With D_k = 4 eta^2/(p n) sum_i |grad f_i(w_k) - grad f_i(x*)|^2 the mean of the next |x - x*|^2 is
at most (1 - eta mu) |x_k - x*|^2 - 2 eta (1 - 2 eta L_max) (f(x_k) - f*) + p D_k/2: the noise
adds p D_k/2. A renewal of the snapshot makes that of the next D at most
(1 - p) D_k + 8 eta^2 L_max (f(x_k) - f*). For eta <= 1/(6 L_max) the terms with f(x_k) - f* are not
positive, and the sum |x_k - x*|^2 + D_k shrinks by max(1 - eta mu, 1 - p/2). As w_0 = x_0, D_0 is
at most 8 eta^2 L_max Delta/p, and
E|x_k - x*|^2 <= max(1 - eta mu, 1 - p/2)^k (D^2 + 8 eta^2 L_max Delta/p).
"""

from sympy import Interval, Max, Rational

from convlab.algorithms.stochastic import sgd
from convlab.algorithms.variance_reduction import loopless_svrg
from convlab.assumptions import (
    attained,
    components_convex,
    components_smooth,
    finite_sum,
    strongly_convex,
)
from convlab.claims import upper_bound
from convlab.metrics import E, distance_squared
from convlab.symbols import D, Delta, L_max, eta, k, mu, n, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.finite_sums import needle, two_parabolas, valley

p = symbol("p", "probability")
start = D**2 + 8 * eta**2 * L_max * Delta / p

theorem = Theorem(
    cite="kovalev2020dont",
    assume=[
        finite_sum(n),
        components_convex,
        components_smooth(L_max),
        strongly_convex(mu),
        attained,
    ],
    algorithm=loopless_svrg(eta=eta, p=p),
    parameters={eta: Interval.Lopen(0, 1 / (6 * L_max)), p: Interval.Lopen(0, 1)},
    claims=[upper_bound(E(distance_squared), Max(1 - eta * mu, 1 - p / 2) ** k * start)],
    tight=[valley, needle, two_parabolas],
    iterations=200,
    loose=(
        "by the square of the rate: in a valley, where this is gradient descent, the factor is "
        "(1 - eta mu)^2; so the term with Delta, which pays for the snapshot, is not needed either"
    ),
    untested={
        components_convex: "with one concave component of two it holds as well, for all tried",
        components_smooth: "twice as long steps keep the bound on all instances tried",
    },
    mutants=[
        bound(
            Max(1 - Rational(11, 5) * eta * mu, 1 - p) ** k * start,
            "in a valley the factor is (1 - eta mu)^2",
        ),
        mutant("SGD instead", "without the snapshot the noise stays", algorithm=sgd(eta=eta)),
        step(5 / L_max, "much too long"),
    ],
)
