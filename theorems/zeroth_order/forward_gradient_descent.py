"""Forward gradient descent pays for the dimension: a rate of 1 - mu/((d + 2) L)."""

from typing import Any

from sympy import Interval, Rational

from convlab.algorithms.gradient import gradient_descent
from convlab.algorithms.zeroth_order import forward_gradient_descent, forward_gradient_signs, spsa
from convlab.assumptions import (
    attained,
    few_dimensions,
    pl,
    quadratic_objective,
    smooth,
    strongly_convex,
)
from convlab.claims import identity, threshold, upper_bound
from convlab.metrics import E, distance, distance_squared, gap, metric
from convlab.symbols import Delta, L, d, eta, k, mu, symbol
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import eigh, namespace
from problems.quadratics import quadratic, two_curvatures

c = symbol("c", "half the distance between the two points of a difference")
isotropic = [quadratic(d=10, kappa=1.0), quadratic(d=3, kappa=1.0)]


def rate(factor):
    """The gap, where E |g|^2 is factor times the squared norm of the gradient."""
    return (1 - mu / (factor * L)) ** k * Delta


common: dict[str, Any] = {
    "cite": "baydin2022gradients",
    "assume": [smooth(L), pl(mu), attained],
    "tight": isotropic,
    "iterations": 100,
}

normal = Theorem(
    **common,
    title="Forward gradient descent along normal directions: linear convergence.",
    text="""Normal directions have E|g|^2 = (d + 2) |grad f|^2 for g = (grad f^T v) v.

With E g = grad f and smoothness, a step of length eta has E f(x_(k+1)) <=
f(x_k) - (eta - eta^2 L (d + 2)/2) |grad f(x_k)|^2, which is f(x_k) - |grad f(x_k)|^2/(2 (d + 2) L)
for eta = 1/((d + 2) L); and |grad f|^2 >= 2 mu (f - f*). On multiples of |x|^2 all are equalities.
E f(x_k) - f* <= (1 - mu/((d + 2) L))^k (f(x_0) - f*).""",
    algorithm=forward_gradient_descent(eta=1 / ((d + 2) * L)),
    claims=[upper_bound(E(gap), rate(d + 2))],
    mutants=[
        bound(rate(d + Rational(19, 10)), "an equality on isotropic quadratics"),
        step(1 / L, "the step of gradient descent diverges"),
    ],
)

signs = Theorem(
    **common,
    title="Forward gradient descent along vectors of signs: linear convergence.",
    text="""Directions of signs have |v|^2 = d: so E|g|^2 = d |grad f|^2 for g = (grad f^T v) v.

With E g = grad f and smoothness, a step of length eta has E f(x_(k+1)) <=
f(x_k) - (eta - eta^2 L d/2) |grad f(x_k)|^2, which is f(x_k) - |grad f(x_k)|^2/(2 d L) for
eta = 1/(d L); and |grad f|^2 >= 2 mu (f - f*). On multiples of |x|^2 all are equalities.
E f(x_k) - f* <= (1 - mu/(d L))^k (f(x_0) - f*).""",
    algorithm=forward_gradient_signs(eta=1 / (d * L)),
    claims=[upper_bound(E(gap), rate(d))],
    mutants=[
        bound(rate(d - Rational(1, 10)), "an equality on isotropic quadratics"),
        mutant(
            "normal",
            "normal directions are slower",
            algorithm=forward_gradient_descent(eta=1 / (d * L)),
        ),
        step(1 / L, "the step of gradient descent diverges"),
    ],
)

critical = symbol("eta_c", "the longest step", tex=r"\eta_c")


@metric(
    "critical step",
    r"\max \{\eta : \eta h_i < 1 \text{ and } "
    r"\textstyle\sum_i \tfrac{\eta h_i}{2 (1 - \eta h_i)} \le 1\}",
    letters={"h_i": "an eigenvalue of the Hessian, $i = 1, \\dots, d$"},
)
def critical_step(s, oracle):
    """The sum grows from 0 to infinity on (0, 1/h_max): found by bisection, the same for all x."""
    d = s.x.shape[-1]
    basis = namespace(s.x).asarray([[float(i == j) for j in range(d)] for i in range(d)])
    values, _ = eigh(oracle.hessian_vector(0 * basis, basis)[None, ...])
    h = [float(v) for v in values[0, :]]
    low, high = 0.0, 1 / max(h)
    for _ in range(100):
        middle = (low + high) / 2
        below = sum(middle * v / (2 * (1 - middle * v)) for v in h) < 1
        low, high = (middle, high) if below else (low, middle)
    return 0 * s.x[..., :1] + low


mean_square = Theorem(
    cite="baydin2022gradients",
    title="On quadratics: up to which step forward gradient descent converges in mean square.",
    text="""Along the eigenvectors of the Hessian let e_i be the entries of x - x*.

For normal directions the mean of the next e_i^2 is
(1 - 2 eta h_i + 2 eta^2 h_i^2) e_i^2 + eta^2 sum_j h_j^2 e_j^2. With the weights
w_i = eta h_i/(2 (1 - eta h_i)), whose sum is s, the mean of the next sum_i w_i e_i^2 is what the
sum is now, less (1 - s) eta^2 |grad f(x_k)|^2. Where all eta h_i < 1, the sum goes to 0 for s < 1,
and does not fall for s >= 1. If all h_i are L, s = 1 is eta = 2/((d + 2) L). That h_i is between
1/5 and 1, and d at most 16, serves the check only: runs are long enough, and moments few.
E|x_k - x*|^2 -> 0 if and only if eta h_max < 1 and sum_i eta h_i/(2 (1 - eta h_i)) < 1.""",
    assume=[
        quadratic_objective,
        smooth(1.0),
        strongly_convex(0.2),
        few_dimensions(16),
        attained,
    ],
    algorithm=forward_gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, critical)},
    initial={critical: critical_step},
    claims=[
        threshold(E(distance_squared), eta, critical, bracket=(critical / 2, 3 * critical / 2))
    ],
    tight=[
        quadratic(d=2, kappa=1.0),
        quadratic(d=5, kappa=5.0),
        quadratic(d=5, kappa=3.0),
        two_curvatures(kappa=4.0, L=1.0),
    ],
    iterations=12_000,
    untested={
        quadratic_objective: "no family lacks just this",
        smooth: "it only serves the check: runs are long enough",
        strongly_convex: "it only serves the check: runs are long enough",
        few_dimensions: "it only serves the check: there are few moments",
    },
    mutants=[
        bound(
            2 / ((d + 2) * Rational(1)), "that of a multiple of |x|^2 with the largest curvature"
        ),
        bound(Rational(19, 20) * critical, "one twentieth below"),
        mutant(
            "signs",
            "signs allow longer steps",
            algorithm=forward_gradient_signs(eta=eta),
        ),
    ],
)

differences = Theorem(
    cite="baydin2022gradients",
    title="On a quadratic, SPSA is the forward gradient along vectors of signs.",
    text="""The third derivatives of a quadratic vanish.

So a central difference is the derivative along v, (f(x + c v) - f(x - c v))/(2 c) = grad f(x)^T v,
whatever c is, and with one v both methods take the same step:
|x_k - x*| is the same number for both, for all k, eta and c.""",
    assume=[quadratic_objective, smooth(L), attained],
    algorithm=forward_gradient_signs(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / (d * L)), c: Interval.Ropen(Rational(1, 10), 10)},
    claims=[identity(distance, spsa(eta=eta, c=c), digits=7)],
    tight=[quadratic],
    iterations=100,
    mutants=[
        mutant("longer", "another step", algorithm=forward_gradient_signs(eta=1.001 * eta)),
        mutant("gradient descent", "no directions", algorithm=gradient_descent(eta=eta)),
    ],
    untested={smooth: "it only says how long the steps are, so that runs do not overflow"},
)
