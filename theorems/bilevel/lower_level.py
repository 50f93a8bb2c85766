"""The lower iteration of bi-level descent aggregation finds the best of many lower solutions.

For one upper variable the method averages two maps: it minimizes F over the minimizers of f.
What f does not see of y - y* is multiplied by 1 - alpha_k s_u where F = |y - c|^2/2, so that with
alpha_k = 1/(k + 1) it is Gamma(k + 1 - s_u)/(Gamma(1 - s_u) Gamma(k + 1)) of its first size (a
beta function): the exponent is -s_u, chosen by the user, and there is no rate for all F. What f
sees follows alpha_k, so that the excess of f, a quadratic, is O(alpha_k^2) = O(k^-2). Derived here;
in the source the excess is O(1/k) for convex f.
"""

from sympy import Interval, Rational, beta, pi, sin

from convlab.algorithms.bilevel import descent_aggregation
from convlab.assumptions import (
    attained_on_set,
    hidden_directions,
    lower_quadratic,
    lower_smooth,
    upper_distance,
)
from convlab.claims import exponent, identity
from convlab.metrics import distance, metric
from convlab.symbols import k, symbol
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import norm
from problems.bilevel import affine_solutions

L_f = symbol("L_f", "smoothness of the lower level")
s_u = symbol("s_u", "step size of the upper level")
H_0 = symbol("H_0", "distance at the start in the directions that the lower level does not see")


@metric("unseen", r"\|P (X - x^\star)\|")
def unseen(s, oracle):
    """Distance to the solution in the directions that the lower level does not see."""
    return norm(oracle.hidden(s.x - oracle.x_star))


@metric("lower_gap", r"f(X) - \inf f")
def lower_gap(s, oracle):
    """Excess of the lower level."""
    return oracle.lower_value(s.x)


left = beta(k + 1 - s_u, s_u) * sin(pi * s_u) / pi

theorem = Theorem(
    cite="liu2020generic",
    assume=[
        upper_distance,
        lower_smooth(L_f),
        hidden_directions,
        lower_quadratic,
        attained_on_set,
    ],
    algorithm=descent_aggregation(alpha=1 / (k + 1), s_u=s_u, s_l=1 / L_f),
    parameters={s_u: Interval.open(0, 1)},
    initial={H_0: unseen},
    claims=[
        identity(unseen, H_0 * left),
        exponent(distance, -s_u),
        exponent(lower_gap, -2),
    ],
    tight=[affine_solutions],
    untested=dict.fromkeys(
        [upper_distance, lower_quadratic, hidden_directions],
        "all levels at hand are quadratic, the upper one |y - c|^2/2",
    )
    | {lower_smooth: "it brings L_f, the step", attained_on_set: "it says what x* is"},
    mutants=[
        bound(H_0 * left.subs(s_u, s_u / 2), "the whole step counts"),
        bound(-s_u - Rational(1, 5), "the exponent is s_u", claim=1),
        bound(-Rational(5, 2), "alpha_k^2, and not more", claim=2),
        step(Rational(1, 10), "with a constant weight f stays above its infimum", name="alpha"),
        mutant(
            "weights that can be summed",
            "the method stops early",
            algorithm=descent_aggregation(alpha=1 / (k + 1) ** 2, s_u=s_u, s_l=1 / L_f),
        ),
    ],
)
