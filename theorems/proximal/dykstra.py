"""Dykstra's algorithm: the projection on the intersection of two convex sets.

``moves``: with p in N_A(y) and q in N_B(x), for every point x* of both sets
|x_0 - x*|^2 >= |x_k - x*|^2 + the sum over i < k of |x_i - y_(i+1)|^2 + |y_(i+1) - x_(i+1)|^2.
``projection``: the algorithm alternates between p and q in the dual, which is a
proximal gradient method for q, with L = 1 and step 1, so that the dual gap at q_k is at most
|q*|^2/(4k), the exact rate of that method (M. Teboulle and Y. Vaisbourd, *An elementary approach
to tight worst case complexity analysis of gradient based methods*, Math. Program. 201, 2023), and
half of |y_(k+1) - x*|^2 is at most that gap. Two lines come to 1/e of it.
"""

from sympy import Rational

from convlab.algorithm import algorithm
from convlab.algorithms.projections import dykstra
from convlab.assumptions import best_approximation, two_sets, two_subspaces
from convlab.claims import upper_bound
from convlab.metrics import distance, metric
from convlab.symbols import D, k, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import full_scalar, sqnorm
from problems.feasibility import subspaces_at_angles, two_balls, two_lines
from theorems.proximal.alternating_projections import c

Q = symbol("Q", "squared norm of the normal of the second set in a best approximation")


def _moved(total, s, oracle):
    y = oracle.first(s.x + s.p, 1.0)
    return total + sqnorm(y - s.x) + sqnorm(oracle.second(y + s.q, 1.0) - y)


@metric(
    "moves",
    r"\sum_{i < k} \|x_i - y_{i+1}\|^2 + \|y_{i+1} - x_{i+1}\|^2",
    init=lambda s, oracle: full_scalar(s.x, 0.0),
    update=_moved,
)
def moves(s, oracle, total):
    """Sum of squared distances between successive points."""
    return total


@algorithm(init=dykstra.init)
def uncorrected(s, oracle):
    """Alternating projections, in the state of Dykstra's algorithm."""
    y = oracle.first(s.x, 1.0)
    return s._replace(x=oracle.second(y, 1.0), y=y)


@metric("first_distance_squared", r"\|y_k - x^\star\|^2")
def first_distance_squared(s, oracle):
    """Squared distance from the point of A."""
    return sqnorm(s.y - oracle.x_star)


@metric("normal_squared", r"\|q^\star\|^2")
def normal_squared(s, oracle):
    """That of B."""
    return sqnorm(oracle.q_star + 0 * s.x)


sets = Theorem(
    cite="boyle1986method",
    title="Dykstra's algorithm on two convex sets: its moves are summable.",
    assume=[two_sets],
    algorithm=dykstra(),
    claims=[upper_bound(moves, D**2)],
    tight=[two_lines, two_balls, subspaces_at_angles],
    mutants=[
        bound(0.99 * D**2, "on two lines the squares add up to it"),
        bound(D**2 * (1 - 1 / (k + 1)), "a projection can be all"),
    ],
)

projection = Theorem(
    cite="chambolle2015remark",
    title="Dykstra's algorithm finds the projection: squared distances of order 1/k.",
    assume=[two_sets, best_approximation],
    algorithm=dykstra(),
    initial={Q: normal_squared},
    claims=[upper_bound(first_distance_squared, Q / (2 * (k - 1)), when=k > 1)],
    tight=[two_lines(angle=0.1), two_balls, two_balls(angle=1.5)],
    mutants=[
        bound(Q / (k - 1) * Rational(18, 100), "two lines"),
        bound(Q / (k - 1) ** Rational(3, 2), "1/k is the best rate"),
        mutant("uncorrected", "it ends elsewhere", algorithm=uncorrected()),
    ],
)

subspaces = Theorem(
    cite="boyle1986method",
    title="Dykstra's algorithm on two subspaces: linear, as alternating projections.",
    assume=[two_subspaces(c)],
    algorithm=dykstra(),
    claims=[upper_bound(distance, c ** (2 * k - 1) * D, when=k > 0)],
    tight=[two_lines, subspaces_at_angles],
    mutants=[
        bound(c ** (2 * k) * D, "from a point of the first line"),
        bound(c ** (2.1 * k - 1) * D, "two lines need that many steps"),
    ],
)
