"""Unrolled gradient descent goes to a wrong point where the lower level has many solutions.

The example of the source, in d dimensions: the lower level says y_1 = x and does not see y_2, so
that y_2 stays where it began, at 0, and F(x, y_K(x)) = |x|^2/2 + |phi x - e|^2/2 with
phi = 1 - (1 - s)^K. A step of length eta multiplies the distance to its minimizer,
phi/(1 + phi^2) e, by 1 - eta (1 + phi^2), so from x_0 = 0 the part of the way to the solution e is
phi/(1 + phi^2) (1 - (1 - eta (1 + phi^2))^k). That is at most one half, for every K and k.
"""

from sympy import Interval, Rational

from convlab.algorithms.bilevel import aggregated_descent, unrolled_descent
from convlab.assumptions import attained, optimistic, two_halves
from convlab.claims import identity, stays_away
from convlab.metrics import distance, metric
from convlab.symbols import D, k, symbol
from convlab.theorem import Integers, Theorem, bound, mutant
from convlab.vocabulary import inner, sqnorm
from problems.bilevel import two_halves_line

K = symbol("K", "inner steps before one step of the outer variable", integer=True)
s = symbol("s", "step size of the lower level")
eta = Rational(2, 5)


@metric("way", r"\langle X, x^\star \rangle / \|x^\star\|^2")
def way(s, oracle):
    """The part of the way from 0 to the solution."""
    return inner(s.x, oracle.x_star) / sqnorm(oracle.x_star)


def reached(unseen, s=s, eta=eta):
    """Of the way at iteration k: the hypergradient is (phi^2 + unseen^2) x - phi e."""
    phi = 1 - (1 - s) ** K
    slope = phi**2 + unseen**2
    return phi / slope * (1 - (1 - eta * slope) ** k)


theorem = Theorem(
    cite="liu2020generic",
    assume=[two_halves(0), optimistic, attained],
    algorithm=unrolled_descent(eta=eta, s_l=s, steps=K),
    parameters={s: Interval.open(0, 1), K: Integers(1, 30)},
    claims=[stays_away(distance, D / 2), identity(way, reached(1))],
    tight=[two_halves_line, two_halves_line(d=5)],
    untested={optimistic: "it says which value the problem has"},
    iterations=50,
    mutants=[
        bound(D * Rational(51, 100), "in the limit it is one half"),
        bound(reached(1, s / 2), "half the lower step goes less far", claim=1),
        mutant(
            "descent aggregation",
            "comes to the solution",
            algorithm=aggregated_descent(eta=eta, s_u=s, s_l=s, c=1, steps=30),
        ),
        mutant(
            "a unique lower solution",
            "the method is then right",
            assume=[two_halves(1), optimistic, attained],
            tight=[two_halves_line(delta=1.0)],
        ),
    ],
)
