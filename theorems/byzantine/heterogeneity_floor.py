r"""Nearest-neighbor averaging without noise: how far liars drag the mean of different minima.

With equal parabolas around c_i, steps 0 < eta <= 1/L, and r = 4 p (1 + sqrt(p))^2, p = q/n: the
spread before mixing obeys s <= (1 - eta L) sqrt(r) s + eta zeta, and each round shifts the mean by
at most sqrt(r) s. So |grad f(x_k)| <= (1 - eta L)^k |grad f(x_0)| + sqrt(r) zeta / (1 - (1 - eta L)
sqrt(r)) at the mean of the honest nodes: proportional to sqrt(p) zeta, and 0 if all want the same.
For eta = 1/L a minority of q nodes lets liars reach sqrt(4 p (1 - p)) zeta; the squared floor grows
like p. With plain averaging one liar suffices for divergence.
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
)
from convlab.claims import scaling, upper_bound
from convlab.metrics import gradient_norm, gradient_norm_squared
from convlab.symbols import D, L, eta, k, n, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.byzantine import attacked_bowls

q = symbol("q", "number of nodes that lie", integer=True)
zeta = symbol(
    "heterogeneity", "root mean square of the differences between workers' gradients", tex=r"\zeta"
)
root = sqrt(4 * q / n) * (1 + sqrt(q / n))
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
    claims=[upper_bound(gradient_norm, (1 - eta * L) ** k * L * D + floor)],
    tight=[attacked_bowls(minority=1, attack="drag", n=40), attacked_bowls(heterogeneity=0.0)],
    iterations=60,
    mutants=[
        bound((1 - eta * L) ** k * L * D + 3 * floor / 4, "more than five sixths are reached"),
        step(3 / L, "too long"),
        mutant(
            "averaging",
            "a liar that amplifies the mean",
            algorithm=averaging_sgd(eta=eta, beta=0),
            tight=[attacked_bowls(attack="amplify")],
        ),
    ],
)


SHARES = [1 / n for n in (32, 24, 18, 14, 12)]


def lying_share(p):
    """One liar, and a minority of one, among 1/p honest nodes."""
    return attacked_bowls(n=round(1 / p), minority=1, attack="drag")


share_of_liars = Theorem(
    cite="farhadkhani2023robust",
    title="MoNNA without noise: the squared gradient at its floor grows like the share of liars.",
    assume=assume,
    algorithm=monna(eta=1 / L, beta=0),
    claims=[scaling(gradient_norm_squared, 1, over=lying_share, at=SHARES)],
    tight=[attacked_bowls(minority=1, attack="drag")],
    on=[],
    iterations=3,
    mutants=[
        bound(Rational(3, 4), "it grows faster than that"),
        bound(Rational(1, 2), "it grows faster than that"),
    ],
)
