"""Krasnoselskii-Mann iteration on nonexpansive operators: squared residuals like 1/k."""

from sympy import Interval, Piecewise, Rational

from convlab.algorithms.fixed_points import krasnoselskii_mann
from convlab.assumptions import nonexpansive
from convlab.claims import upper_bound
from convlab.metrics import metric
from convlab.symbols import D, k, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import sqnorm
from problems.fixed_points import plane_rotation, rotations

theta = symbol("theta", "weight of the operator in an averaged step")
both = theta * (1 - theta)
classical_bound = D**2 / (both * (k + 1))
exact_bound = Piecewise(
    (D**2 / (both * (k + 1)) * (k / (k + 1)) ** k, 4 * both * (k + 1) >= 1),
    (4 * D**2 * (2 * theta - 1) ** (2 * k), True),
)


@metric("fixed_point_residual_squared", r"\|X - T(X)\|^2")
def residual_squared(s, oracle):
    """The squared distance by which the operator moves the iterate."""
    return sqnorm(s.x - oracle.operator(s.x))


classical = Theorem(
    cite="liang2016convergence",
    title="Krasnoselskii-Mann iteration: squared residuals of order 1/k.",
    text="""
        A step takes |x_(k+1) - x*|^2 <= |x_k - x*|^2 - theta (1 - theta) |x_k - T x_k|^2, and the
        residual never grows. Summed up over k + 1 steps:
        |x_k - T x_k|^2 <= D^2/(theta (1 - theta) (k + 1)).""",
    loose="by e: from weight 1/2 on the exact bound has the factor (1 - 1/(k + 1))^k beside it "
    "(proximal/krasnoselskii_mann/exact), which rotations attain, each at its own k",
    assume=[nonexpansive],
    algorithm=krasnoselskii_mann(theta=theta),
    parameters={theta: Interval.open(0, 1)},
    claims=[upper_bound(residual_squared, classical_bound)],
    tight=[plane_rotation(angle=0.1), rotations],
    mutants=[
        bound(classical_bound * Rational(36, 100), "a rotation comes to 1/e of it"),
        bound(classical_bound / (k + 1) ** 0.2, "1/k is the best rate"),
        mutant("too long", "rotations are expanded", algorithm=krasnoselskii_mann(theta=theta + 1)),
    ],
)

exact = Theorem(
    cite="lieder2018projection",
    number="Theorem 4.9",
    title="The exact rate of the Krasnoselskii-Mann iteration with weight at least 1/2.",
    text="""
        A rotation by phi, with s = 4 sin^2(phi/2), has squared residuals
        s (1 - theta (1 - theta) s)^k D^2, largest for s = 1/(theta (1 - theta) (k + 1)) where that
        is at most 4, and for s = 4, T = -1, otherwise. The source shows that no operator is worse:
        D^2/(theta (1 - theta) (k + 1)) (k/(k + 1))^k, or 4 (2 theta - 1)^(2k) D^2.""",
    assume=[nonexpansive],
    algorithm=krasnoselskii_mann(theta=theta),
    parameters={theta: Interval.Ropen(Rational(1, 2), 1)},
    claims=[upper_bound(residual_squared, exact_bound)],
    tight=[
        plane_rotation(angle=0.1),
        plane_rotation(angle=0.5),
        plane_rotation(angle=3.14),
        rotations,
    ],
    mutants=[
        bound(exact_bound * Rational(99, 100), "a rotation reaches it"),
        bound(exact_bound / (k + 1) ** 0.01, "1/k is the best rate"),
        mutant("too long", "rotations are expanded", algorithm=krasnoselskii_mann(theta=theta + 1)),
        mutant(
            "a quarter of the weight",
            "slower by a factor of up to four",
            algorithm=krasnoselskii_mann(theta=theta / 4),
        ),
    ],
)
