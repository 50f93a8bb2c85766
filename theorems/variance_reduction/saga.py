"""SAGA on finite sums: linear and sublinear rates.

At the start every phi_i is x_0, and grad f(x*) = 0, so that the initial value of the Lyapunov
function of the source is c D^2 + f(x_0) - f*. In a valley, where SAGA is gradient descent, the
truth is (1 - eta mu)^(2k); on none of the instances tried is it slower, so what is claimed is
half of what is seen. ``adaptive`` needs no knowledge of mu; ``convex`` is about the average of
x_1, ..., x_k.
"""

from sympy import Min, Rational

from convlab.algorithms.stochastic import sgd
from convlab.algorithms.variance_reduction import saga
from convlab.assumptions import (
    attained,
    components_convex,
    components_smooth,
    components_strongly_convex,
    finite_sum,
)
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, distance_squared, gap
from convlab.symbols import D, Delta, L_max, k, mu, n
from convlab.theorem import Theorem, bound, mutant, step
from problems.finite_sums import least_squares, needle, ridge, two_parabolas, valley
from problems.finite_sums_nonquadratic import huber_sum
from problems.logistic import logistic

assume = [finite_sum(n), components_strongly_convex(mu), components_smooth(L_max), attained]
tight: list = [valley, valley(n=8, kappa=100.0), two_parabolas(ratio=0.1)]

eta_mu = 1 / (2 * (mu * n + L_max))
start_mu = D**2 + n / (mu * n + L_max) * Delta

strongly_convex = Theorem(
    cite="defazio2014saga",
    number="Section 2",
    title="SAGA on strongly convex components, with a step that knows mu: linear.",
    assume=assume,
    algorithm=saga(eta=eta_mu),
    claims=[upper_bound(E(distance_squared), (1 - eta_mu * mu) ** k * start_mu)],
    tight=tight,
    on=[ridge, logistic],
    iterations=200,
    mutants=[
        bound((1 - Rational(11, 5) * eta_mu * mu) ** k * start_mu, "in a valley it is 2 eta mu"),
        mutant(
            "SGD instead",
            "without the table the noise stays",
            algorithm=sgd(eta=eta_mu),
            tight=[two_parabolas],
        ),
        step(5 / L_max, "much too long"),
    ],
)

eta = 1 / (3 * L_max)
start = D**2 + 2 * n / (3 * L_max) * Delta
rate = Min(1 / (4 * n), mu / (3 * L_max))

adaptive = Theorem(
    cite="defazio2014saga",
    number="Section 2",
    title="SAGA on strongly convex components, without knowledge of mu: linear.",
    assume=assume,
    algorithm=saga(eta=eta),
    claims=[upper_bound(E(distance_squared), (1 - rate) ** k * start)],
    tight=tight,
    on=[ridge, logistic],
    iterations=200,
    mutants=[
        bound((1 - Rational(11, 5) * rate) ** k * start, "in a valley it is 2 eta mu"),
        mutant(
            "SGD instead",
            "without the table the noise stays",
            algorithm=sgd(eta=eta),
            tight=[two_parabolas],
        ),
        step(5 / L_max, "much too long"),
    ],
)

average_bound = 4 * n / k * (2 * L_max / n * D**2 + Delta)
from_1 = Min(k, 1)

convex = Theorem(
    cite="defazio2014saga",
    number="Section 2",
    title="SAGA on convex components: gaps of order 1/k at the average.",
    assume=[finite_sum(n), components_convex, components_smooth(L_max), attained],
    algorithm=saga(eta=eta),
    claims=[upper_bound(E(averaged(gap, weight=from_1, last=True)), average_bound)],
    tight=[huber_sum(travel=15.0), needle, two_parabolas(shift=30.0)],
    on=[least_squares, logistic],
    iterations=60,
    loose=(
        "by 6: in the proof a step is worth a quarter of the gap over n, to pay for a table at "
        "its worst; for n = 1, gradient descent, it is worth 4/3 of it"
    ),
    mutants=[
        bound(average_bound / 7, "a Huber function comes to 0.15 of the bound"),
        mutant("SGD instead", "without the table the noise stays", algorithm=sgd(eta=eta)),
        step(5 / L_max, "much too long"),
    ],
)
