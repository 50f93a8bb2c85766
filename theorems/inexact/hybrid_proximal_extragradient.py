"""Proximal steps with a relative error sigma < 1: the best gradient is of order 1/sqrt(k).

No summable tolerances are needed. The criterion |eta grad f(y) + y - x_k| <= sigma |y - x_k| gives
|x_(k+1) - x*|^2 <= |x_k - x*|^2 - (1 - sigma^2) |y - x_k|^2, by convexity, and
eta |grad f(y)| <= (1 + sigma) |y - x_k|. The sum over k steps is
D^2 >= (1 - sigma^2)/(1 + sigma)^2 eta^2 k min_(i <= k) |grad f(y_i)|^2.
"""

from sympy import Interval

from convlab.algorithms.inexact import hybrid_proximal_extragradient
from convlab.assumptions import attained, convex, smooth
from convlab.claims import upper_bound
from convlab.metrics import at_point, best, distance, gradient_norm_squared
from convlab.symbols import D, L, eta, k, symbol
from convlab.theorem import Theorem, bound, step
from problems.quadratics import all_curvatures, parabola

error = symbol("sigma", "relative error of the proximal steps")
rate = (1 + error) / (1 - error) * D**2 / (eta**2 * k)

theorem = Theorem(
    cite="monteiro2010complexity",
    assume=[convex, smooth(L), attained],
    algorithm=hybrid_proximal_extragradient(eta=eta, sigma=error, L=L),
    parameters={eta: Interval.Lopen(0, 10 / L), error: Interval.open(0, 1)},
    claims=[
        upper_bound(at_point("y", best(gradient_norm_squared)), rate),
        upper_bound(distance, D),
    ],
    tight=[parabola(steep=True), all_curvatures],
    iterations=25,
    untested={
        convex: "no function at hand on which the method fails for this reason",
        smooth: "the inner steps 1/(1 + eta L) converge with half of the true L, too",
    },
    loose=(
        "by more than 2 from the tenth step on, in its order, and sigma is not needed in it: the "
        "criterion allows worse points than gradient steps find, and the squared gradients of "
        "functions, other than operators, fall like 1/k^2"
    ),
    mutants=[
        bound(rate / 2, "a proximal step 10/L ends close to the minimizer"),
        bound(0.9 * D, "at the start there is equality", claim=1),
        step(4, "such a criterion allows steps that diverge", name="sigma"),
    ],
)
