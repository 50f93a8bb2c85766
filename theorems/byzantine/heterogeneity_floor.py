r"""Nearest-neighbor averaging without noise: how far liars drag the mean of different minima.

With equal parabolas around c_i, steps 0 < eta <= 1/L, and r = 4 p (1 + sqrt(p))^2, p = q/n: by the
reduction of nearest-neighbor averaging the spread s before mixing is from one round to the next at
most (1 - eta L) sqrt(r) s + eta zeta, and a round shifts the mean by at most sqrt(r) s. Without the
shift the gradient at the mean of the honest nodes would shrink by 1 - eta L. So it is at most
(1 - eta L)^k L D + sqrt(r) zeta/(1 - (1 - eta L) sqrt(r)), where (1 - eta L) sqrt(r) < 1.
"""

from sympy import Interval, Rational, sqrt

from convlab.algorithms.byzantine import averaging_sgd, monna
from convlab.assumptions import (
    attained,
    distributed,
    equal_bowls,
    heterogeneous,
    liars,
    local_variance,
    smooth,
)
from convlab.claims import lower_bound, upper_bound
from convlab.metrics import gradient_norm, gradient_norm_squared
from convlab.symbols import D, L, eta, k, n, symbol
from convlab.theorem import Theorem, bound, mutant, step, without
from problems.byzantine import attacked, attacked_bowls
from problems.distributed import distributed_wells

q = symbol("q", "number of nodes that lie", integer=True)
zeta = symbol(
    "heterogeneity", "root mean square of the differences between workers' gradients", tex=r"\zeta"
)
root = sqrt(4 * q / n) * (1 + sqrt(q / n))
reached = 4 * (q / n) * (1 - q / n) * zeta**2
floor = root * zeta / (1 - (1 - eta * L) * root)
assume = [
    distributed(n),
    liars(q),
    equal_bowls(L),
    heterogeneous(zeta),
    local_variance(0.0),
    attained,
]

theorem = Theorem(
    cite="farhadkhani2023robust",
    assume=assume,
    algorithm=monna(eta=eta, beta=0),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[
        upper_bound(
            gradient_norm, (1 - eta * L) ** k * L * D + floor, when=(1 - eta * L) * root < 1
        )
    ],
    tight=[attacked_bowls(minority=1, attack="drag", n=40), attacked_bowls(heterogeneity=0.0)],
    iterations=60,
    loose=(
        "by 1 + sqrt(q/n) in the floor, for steps 1/L: lies come to 2 sqrt(p (1 - p)) zeta, for "
        "which sqrt(q/n) in the parentheses is not needed"
    ),
    mutants=[
        bound((1 - eta * L) ** k * L * D + 3 * floor / 4, "more than five sixths are reached"),
        step(3 / L, "too long"),
        without(
            local_variance,
            "liars are not the only ones who move the mean",
            on=[attacked_bowls(heterogeneity=0.0, sigma=1.0)],
        ),
        mutant(
            "other functions",
            "wells are not minimized in one step",
            assume=[a if a.definition is not equal_bowls else smooth(L) for a in assume],
            tight=[attacked(distributed_wells(n=12, d=2, spread=0.0))],
        ),
        mutant(
            "averaging",
            "a liar that amplifies the mean",
            algorithm=averaging_sgd(eta=eta, beta=0),
            tight=[attacked_bowls(attack="amplify")],
        ),
    ],
)


share_of_liars = Theorem(
    cite="farhadkhani2023robust",
    title="There are nodes whose squared gradient liars keep at 4 p (1 - p) zeta^2, p = q/n.",
    text=r"""Step 1/L takes every node to its own minimizer. Let q of them want one point and all
others another one, so that p (1 - p) times their squared distance is zeta^2/L^2. Each node of the
majority replaces the q others by q lies, as far away on the other side, and moves away from them by
2 p times that distance; each of the minority replaces q of the majority by lies that look like
them, and moves to the honest mean. So the mean of all nodes is off by 2 p (1 - p) times the
distance, in the same direction in every round: |grad f(x_k)|^2 = 4 p (1 - p) zeta^2 for k >= 1. The
lies that are tried are nearer by a millionth.""",
    assume=assume,
    algorithm=monna(eta=1 / L, beta=0),
    claims=[lower_bound(gradient_norm_squared, reached * Rational(999, 1000), when=k >= 1)],
    exists=True,
    on=[attacked_bowls(n=n, minority=1, attack="drag") for n in (12, 20, 50)],
    iterations=10,
    mutants=[
        bound(reached * Rational(1001, 1000), "these lies reach no more"),
        bound(reached * sqrt(n / (12 * q)), "it is proportional to the share of liars"),
        mutant("other lies", "a reflection", on=[attacked_bowls(minority=1)]),
    ],
)
