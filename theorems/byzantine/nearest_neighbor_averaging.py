r"""Nearest-neighbor averaging: what q liars can do to the models of n honest nodes in one round.

Node i replaces the honest nodes R_i, at most q, by as many lies that are no farther away, so it
misses the honest mean m by at most 2/n sum_{j in R_i} |x_j - x_i|, whose square is at most
4 q/n^2 sum_{j in R_i} |x_j - x_i|^2. Let p = q/n, and s^2 the mean squared distance from m. As
|x_j - x_i|^2 <= (1 + sqrt(p)) |x_j - m|^2 + (1 + 1/sqrt(p)) |x_i - m|^2, the sum over R_i is on
average over i at most (1 + sqrt(p)) n s^2 + q (1 + 1/sqrt(p)) s^2 = n (1 + sqrt(p))^2 s^2. So the
mean squared distance of the new models from m, which is their spread around their own mean and the
squared shift of that mean, is at most 4 p (1 + sqrt(p))^2 s^2. It comes to 4 p/(1 - p) s^2 where q
honest nodes are at one point and all others at another.
"""

from sympy import Interval, Rational, oo, sqrt

from convlab.algorithms.byzantine import averaging_sgd, monna
from convlab.assumptions import distributed, liars
from convlab.claims import upper_bound
from convlab.metrics import metric
from convlab.symbols import eta, k, n, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import mean, row_mean, sqnorm
from problems.byzantine import Far, attacked, attacked_bowls
from problems.distributed import bowls

q = symbol("q", "number of nodes that lie", integer=True)
p = q / n
reduction = 4 * p * (1 + sqrt(p)) ** 2


def _spread(table, center):
    return mean(sqnorm(table - center[:, None, :])[..., 0])


@metric("error / spread", r"\sum_i |x_i' - \bar x|^2 \,/\, \sum_i |x_i - \bar x|^2")
def error(s, oracle):
    """Mean squared distance from the old mean after the last round, over that before it.

    As 10^-20 of the squared norms is added to the latter, it is 0 where all are at one point.
    """
    center = row_mean(s.half)
    size = mean(sqnorm(s.half)[..., 0]) + 1e-280
    return _spread(s.nodes, center) / (_spread(s.half, center) + 1e-20 * size)


theorem = Theorem(
    cite="farhadkhani2023robust",
    assume=[distributed(n), liars(q)],
    algorithm=monna(eta=eta, beta=0),
    parameters={eta: Interval.open(0, oo)},
    claims=[upper_bound(error, reduction, when=k >= 1)],
    tight=[
        attacked_bowls(minority=1, attack="mirror"),
        attacked_bowls(n=50, minority=1, attack="mirror"),
    ],
    iterations=12,
    mutants=[
        bound(4 * p, "a minority is thrown out, and lies opposite to it are believed"),
        bound(reduction * Rational(7, 10), "this comes to more than seven tenths for q/n = 1/50"),
        mutant(
            "averaging",
            "one distant lie is enough",
            algorithm=averaging_sgd(eta=eta, beta=0),
            tight=[attacked(bowls(), attack=Far())],
        ),
    ],
)
