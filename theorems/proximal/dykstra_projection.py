"""Dykstra's algorithm finds the projection: squared distances of order 1/k.

The algorithm alternates between p and q in the dual, which is a proximal gradient method for q,
with L = 1 and step 1, so that the dual gap at q_k is at most |q*|^2/(4k), the exact rate of that
method (M. Teboulle and Y. Vaisbourd, *An elementary approach to tight worst case complexity
analysis of gradient based methods*, Math. Program. 201, 2023), and half of |y_(k+1) - x*|^2 is at
most that gap:
|y_k - x*|^2 <= |q*|^2/(2 (k - 1)), for k >= 2.
"""

from sympy import Rational

from convlab.algorithm import algorithm
from convlab.algorithms.projections import dykstra
from convlab.assumptions import best_approximation, two_sets
from convlab.claims import upper_bound
from convlab.metrics import metric
from convlab.symbols import k, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import sqnorm
from problems.feasibility import plane_and_orthant, two_balls, two_lines

Q = symbol("Q", "squared norm of the normal of the second set in a best approximation")


@algorithm(init=dykstra.init)
def uncorrected(s, oracle):
    """Alternating projections, in the state of Dykstra's algorithm."""
    y = oracle.first(s.x, 1.0)
    return s._replace(x=oracle.second(y, 1.0), y=y)


@algorithm(init=dykstra.init)
def half_corrected(s, oracle):
    """Dykstra's algorithm without the correction of B."""
    y = oracle.first(s.x + s.p, 1.0)
    return s._replace(x=oracle.second(y, 1.0), y=y, p=s.x + s.p - y)


@metric("first_distance_squared", r"\|y_k - x^\star\|^2")
def first_distance_squared(s, oracle):
    """Squared distance from the point of A."""
    return sqnorm(s.y - oracle.x_star)


@metric("normal_squared", r"\|q^\star\|^2")
def normal_squared(s, oracle):
    """That of B."""
    return sqnorm(oracle.q_star + 0 * s.x)


theorem = Theorem(
    cite="chambolle2015remark",
    assume=[two_sets, best_approximation],
    algorithm=dykstra(),
    initial={Q: normal_squared},
    claims=[upper_bound(first_distance_squared, Q / (2 * (k - 1)), when=k > 1)],
    tight=[two_lines(angle=0.1), two_balls, two_balls(angle=1.5), plane_and_orthant],
    loose="by e: two lines at the worst angle for each k come to that share of it, and so neither "
    "half of it nor a faster rate is refuted at a fixed angle",
    untested={
        two_sets: "no family at hand has normals and sets that are not convex",
        best_approximation: "it says what the letters are",
    },
    mutants=[
        bound(Q / (k - 1) * Rational(18, 100), "two lines"),
        bound(Q / (k - 1) ** Rational(3, 2), "1/k is the best rate"),
        mutant("uncorrected", "it ends elsewhere", algorithm=uncorrected()),
        mutant("half corrected", "it ends elsewhere", algorithm=half_corrected()),
    ],
)
