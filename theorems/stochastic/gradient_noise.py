"""Two notions of noise in a finite sum: each bounds the other.

An L_max-smooth component has |grad f_i|^2 <= 2 L_max (f_i - inf f_i), and a mu-strongly convex one
|grad f_i|^2 >= 2 mu (f_i - inf f_i). At the minimizer x* of f the mean of the left sides is
sigma_star, that of f_i(x*) - inf f_i is Delta_star. A step of length 1 from there moves by the
gradient that was drawn, so that E|x_1 - x*|^2 is sigma_star:
2 mu Delta_star <= E|x_1 - x*|^2 <= 2 L_max Delta_star.
"""

from sympy import Eq, Rational

from convlab.algorithm import Point, algorithm
from convlab.assumptions import components_strongly_convex
from convlab.claims import drift
from convlab.metrics import distance_squared, metric
from convlab.symbols import Delta_star, L_max, k, mu
from convlab.theorem import Theorem, bound
from problems.finite_sums import crossroads, ridge, two_parabolas
from theorems.stochastic.gradient_variance import bounded


@algorithm(init=lambda x0, oracle: Point(oracle.x_star + 0 * x0))
def leave_the_minimizer(s, oracle, rng):
    r"""SGD with steps of length 1 from the minimizer, :math:`x_{k+1} = x_k - g(x_k, \xi_k)`,
    :math:`x_0 = x^\star`.

    H. Robbins and S. Monro, *A stochastic approximation method*, Ann. Math. Stat. 22 (1951).
    """
    return Point(s.x - oracle.stochastic_gradient(s.x, rng))


@metric(
    "minus distance_squared",
    r"-\|X - x^\star\|^2",
    allowance=lambda values, problem: distance_squared.allowance(abs(values), problem),
    least=None,
)
def minus_distance_squared(s, oracle):
    """The squared distance with its sign changed, for a bound from below."""
    return -distance_squared.read(s, oracle)


first_step = Eq(k, 0)

theorem = Theorem(
    cite="garrigos2023handbook",
    number="Lemma 4.18",
    assume=[*bounded, components_strongly_convex(mu)],
    algorithm=leave_the_minimizer(),
    claims=[
        drift(distance_squared, 2 * L_max * Delta_star, when=first_step),
        drift(minus_distance_squared, -2 * mu * Delta_star, when=first_step),
    ],
    tight=[two_parabolas, two_parabolas(ratio=0.1), crossroads, ridge],
    iterations=1,
    mutants=[
        bound(Rational(19, 10) * L_max * Delta_star, "equal curvatures attain the bound"),
        bound(-Rational(21, 10) * mu * Delta_star, "equal curvatures attain the bound", claim=1),
    ],
)
