"""SAGA on finite sums: linear and sublinear rates.

T is the mean over i of f_i(phi_i) - f_i(x*) - <grad f_i(x*), phi_i - x*>, and at the start, where
all phi_i are x_0, it is f(x_0) - f*. Its next mean is (1 - 1/n) T + (f(x_k) - f*)/n.
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
from problems.finite_sums import least_squares, needle, two_parabolas, valley
from problems.finite_sums_nonquadratic import huber_sum

assume = [finite_sum(n), components_strongly_convex(mu), components_smooth(L_max), attained]
tight: list = [valley, valley(n=8, kappa=100.0), two_parabolas(ratio=0.1)]

eta_mu = 1 / (2 * (mu * n + L_max))
start_mu = D**2 + n / (mu * n + L_max) * Delta

strongly_convex = Theorem(
    cite="defazio2014saga",
    number="Theorem 1",
    adapted="for all k steps together, with phi_i = x_0 at the start, and without a constraint",
    title="SAGA on strongly convex components, with a step that knows mu: linear.",
    text="""T is the mean over i of f_i(phi_i) - f_i(x*) - <grad f_i(x*), phi_i - x*>.

The source shows that T + c |x_k - x*|^2 with c = 1/(2 eta (1 - eta mu) n) and
eta = 1/(2 (mu n + L_max)) shrinks by 1 - eta mu in the mean. At the start all phi_i are x_0, so
that T is Delta = f(x_0) - f*, as grad f(x*) = 0; and 1/c is at most n/(mu n + L_max). In a valley,
where SAGA is gradient descent, the factor is (1 - eta mu)^2.
E|x_k - x*|^2 <= (1 - eta mu)^k (D^2 + n/(mu n + L_max) Delta).""",
    assume=assume,
    algorithm=saga(eta=eta_mu),
    claims=[upper_bound(E(distance_squared), (1 - eta_mu * mu) ** k * start_mu)],
    tight=tight,
    iterations=200,
    loose=(
        "by the square of the rate: in a valley, where SAGA is gradient descent, the factor is "
        "(1 - eta mu)^2; so the term with Delta, which pays for the table, is not needed either"
    ),
    untested={components_smooth: "twice as long steps keep the bound on all instances tried"},
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
    title="SAGA on strongly convex components, without knowledge of mu: linear.",
    text="""T is the mean over i of f_i(phi_i) - f_i(x*) - <grad f_i(x*), phi_i - x*>, L is L_max.

Let A be the mean of |grad f_i(x_k) - grad f_i(x*)|^2. In the mean the next T is
(1 - 1/n) T + (f(x_k) - f*)/n, and the next |x - x*|^2 is at most (1 - eta mu) |x_k - x*|^2
- 2 eta (1 - mu/L) (f(x_k) - f*) - eta A/L + eta^2 (3 A + 3 L T - 4 mu (f(x_k) - f*)). Let
c = 1/(2 eta (1 - eta mu) n) and eta = 1/(3 L): in the sum T + c |x - x*|^2 then A and f(x_k) - f*
cancel, T is left with at most 1 - 1/(4 n), and |x_k - x*|^2 with c (1 - eta mu). It starts at
Delta + c D^2, where Delta = f(x_0) - f*, and 1/c is at most 2 n/(3 L). In a valley, where SAGA is
gradient descent, the factor is (1 - eta mu)^2.
E|x_k - x*|^2 <= (1 - min(1/(4 n), mu/(3 L)))^k (D^2 + 2 n/(3 L) Delta).""",
    assume=assume,
    algorithm=saga(eta=eta),
    claims=[upper_bound(E(distance_squared), (1 - rate) ** k * start)],
    tight=tight,
    iterations=200,
    loose=(
        "by the square of the rate: in a valley, where SAGA is gradient descent, the factor is "
        "(1 - eta mu)^2; so the term with Delta, which pays for the table, is not needed either"
    ),
    untested={components_smooth: "twice as long steps keep the bound on all instances tried"},
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

average_bound = (3 * L_max * D**2 + n * Delta) / k
from_1 = Min(k, 1)

convex = Theorem(
    cite="defazio2014saga",
    title="SAGA on convex components: gaps of order 1/k at the average.",
    text="""T is the mean over i of f_i(phi_i) - f_i(x*) - <grad f_i(x*), phi_i - x*>, L is L_max.

Let A be the mean of |grad f_i(x_k) - grad f_i(x*)|^2. In the mean the next T is
(1 - 1/n) T + (f(x_k) - f*)/n, and the next |x - x*|^2 is at most |x_k - x*|^2
- 2 eta (f(x_k) - f*) - eta A/L + eta^2 (3 A + 3 L T). With eta = 1/(3 L), T + (3 L/n) |x - x*|^2
falls by at least (f(x_k) - f*)/n. It starts at Delta + (3 L/n) D^2, where Delta = f(x_0) - f*, and
the first step does not raise its mean. So at the average of x_1, ..., x_k, by convexity,
less than what is remembered of the source, 4 n/k (2 L D^2/n + Delta):
E f - f* <= (3 L D^2 + n Delta)/k.""",
    assume=[finite_sum(n), components_convex, components_smooth(L_max), attained],
    algorithm=saga(eta=eta),
    claims=[upper_bound(E(averaged(gap, weight=from_1, last=True)), average_bound)],
    tight=[huber_sum(travel=15.0), needle, two_parabolas(shift=30.0), least_squares],
    iterations=60,
    loose=(
        "by 2.3: the table is at its worst in the proof; for n = 1, gradient descent, a step is "
        "worth more, and the term with Delta is not needed"
    ),
    untested={
        components_convex: "with components that are not convex it holds as well, for all tried",
        components_smooth: "twice as long steps keep the bound on all instances tried",
    },
    mutants=[
        bound(average_bound / 4, "a Huber function comes to more of the bound"),
        mutant("SGD instead", "without the table the noise stays", algorithm=sgd(eta=eta)),
        step(5 / L_max, "much too long"),
    ],
)
