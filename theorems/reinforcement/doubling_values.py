"""The example of Tsitsiklis and Van Roy: no target network helps, gradient corrections do."""

from sympy import Interval, Max, Rational, floor, sqrt

from convlab.algorithms.temporal_difference import fitted_evaluation, gtd2, target_network
from convlab.assumptions import fixed_point, one_feature, unstable_direction
from convlab.claims import linear_rate, lower_bound
from convlab.metrics import distance
from convlab.symbols import D, k
from convlab.theorem import Integers, Theorem, bound, mutant
from problems.evaluation import doubling
from theorems.reinforcement.every_chain import K, a, alpha, b
from theorems.reinforcement.target_networks import nu

growth = 1 + (1 - (1 - alpha * a) ** K) * (b - a) / a

theorem = Theorem(
    cite="fellows2023target",
    title="Where one feature grows, temporal differences diverge with every target network.",
    text="""On one feature with b > a temporal differences diverge with every target network.

So it is in the example of Tsitsiklis and Van Roy, of two states of values w and 2 w, of which the
second follows on both, where b/a = 6 gamma/5. The online error less b/a times that of the target is
multiplied by 1 - alpha a in each of K steps. So in K steps the error is multiplied by
1 + (1 - (1 - alpha a)^K) (b - a)/a, which is above 1 whatever K and the step alpha <= 1/a are.""",
    assume=[one_feature(a, b), unstable_direction(nu), fixed_point],
    algorithm=target_network(alpha=alpha, steps=K),
    parameters={alpha: Interval.Lopen(0, 1 / a), K: Integers(1)},
    claims=[lower_bound(distance, D * growth ** floor(k / K))],
    tight=[doubling, doubling(gamma=0.84)],
    iterations=400,
    untested={
        one_feature: "the claim has its constants",
        fixed_point: "it names the point from which distances are measured",
    },
    mutants=[
        mutant(
            "b < a",
            "all of them converge",
            assume=[one_feature(a, b), fixed_point],
            claims=[lower_bound(distance, D)],
            tight=[doubling(gamma=0.8)],
        ),
        bound(D * growth ** floor(k / K + 1), "the target waits for K steps"),
        mutant("GTD2", "converges", algorithm=gtd2(alpha=1 / a, beta=1 / a)),
    ],
)

determinant = alpha * (b - a) ** 2 / a
rate = (1 + sqrt(Max(0, 1 - 4 * determinant))) / 2

gradient = Theorem(
    cite="sutton2009fast",
    title="Gradient temporal differences converge on one feature.",
    text="""Gradient temporal differences (GTD2) converge on one feature, also where b > a.

They descend on the squared projected error. With beta = 1/a the error and the second weights
(x - x*, w) become (x - x* + alpha (a - b) w, (b - a)/a (x - x*)): a matrix of trace 1 and
determinant alpha (b - a)^2/a. For alpha (b - a)^2 <= a/4 the larger of its real eigenvalues is
(1 + (1 - 4 alpha (b - a)^2/a)^(1/2))/2.""",
    assume=[one_feature(a, b), fixed_point],
    algorithm=gtd2(alpha=alpha, beta=1 / a),
    parameters={alpha: Interval.Lopen(0, a / (4 * (b - a) ** 2))},
    claims=[linear_rate(distance, rate)],
    tight=[doubling(gamma=0.99), doubling],
    iterations=400,
    untested={
        one_feature: "the claim has its constants",
        fixed_point: "it names the point from which distances are measured",
    },
    mutants=[
        bound(rate ** Rational(5, 4), "the root of the characteristic polynomial is exact"),
        mutant("TD", "diverges", algorithm=target_network(alpha=alpha / a, steps=1)),
        mutant("fitted evaluation", "diverges", algorithm=fitted_evaluation()),
    ],
)
