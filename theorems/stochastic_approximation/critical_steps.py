"""Linear stochastic approximation with a fixed step: which moments stay bounded.

On the line x_(k+1) = (1 - eta A_k) x_k, and the moment of order p of the products of the factors is
(E |1 - eta A|^p)^k: it tends to 0 up to the step at which this is 1, and to infinity beyond it. The
step falls with p, so that for every fixed step some moment is infinite as soon as |1 - eta A|
exceeds 1 with positive probability: with noise in b_k the tails are polynomial, of index kappa with
E |1 - eta A|^kappa = 1 (Kesten), and no exponential bound can hold. The critical steps are c/a
where c is the least positive root of E (1 - c A/a)^p = 1, with A/a = 1 + ratio * z.
"""

import functools

from sympy import FiniteSet, Float, Poly, Rational, Symbol, binomial, expand, factorial2, im, re

from convlab.algorithms.stochastic_approximation import linear_stochastic_approximation
from convlab.assumptions import normal_system, scalar_system, signed_system
from convlab.claims import threshold
from convlab.metrics import E, distance_squared, metric
from convlab.symbols import eta, sigma, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.random_systems import scalar_linear_system

a, s = symbol("a", "mean of A_k"), symbol("s", "standard deviation of A_k")


@functools.cache
def power(p):
    """The distance to the solution, to the power p."""

    @metric(f"distance^{p}", rf"|X - x^\star|^{p}")
    def measured(state, oracle):
        return distance_squared.read(state, oracle) ** (p // 2)

    return measured


def critical(p, ratio, moment):
    """The least c > 0 with E (1 - c A/a)^p = 1, to six digits, where A/a = 1 + ratio * z."""
    c = Symbol("c")
    terms = (
        binomial(p, i) * (1 - c) ** (p - i) * (-ratio * c) ** i * moment(i) for i in range(p + 1)
    )
    roots = Poly(expand((sum(terms) - 1) / c), c).nroots(n=17)
    return Float(min(re(r) for r in roots if abs(im(r)) < 1e-12 and re(r) > 1e-9), 6)


def of_normal(i):
    """Moments of a standard normal variate."""
    return 0 if i % 2 else factorial2(i - 1)


def of_sign(i):
    """Moments of a sign."""
    return 1 - i % 2


def statement(law, ratio, moment, **rest):
    """The theorem for one law of the A_k, whose deviation is ``ratio`` times their mean."""
    system, other = {
        "normal": (normal_system, "signs"),
        "signs": (signed_system, "normal"),
    }[law]
    at = {p: critical(p, ratio, moment) / a for p in (2, 4, 6, 8)}

    def instance(**changes):
        given = {"law": law, "ratio": float(ratio), "sigma": 0.0}
        return scalar_linear_system(**given | changes)

    return Theorem(
        cite="durmus2021tight",
        assume=[system(a, ratio * a, 0)],
        algorithm=linear_stochastic_approximation(eta=eta),
        parameters={eta: FiniteSet(1 / a)},
        claims=[
            threshold(E(power(p)), eta, at[p], bracket=(at[p] / 2, 2 * at[p])) for p in (8, 6, 4, 2)
        ],
        tight=[instance(), instance(a=10.0)],
        iterations=5000,
        mutants=[
            bound(at[6], "the moment of order 6 lasts longer"),
            bound(Rational(9, 10) * at[8], "one tenth below"),
            mutant(
                "any deviation",
                "without noise in A all moments end together, at 2/a",
                assume=[system(a, s, 0)],
                tight=[instance(ratio=0.0)],
            ),
            mutant(
                "any law",
                "the moments of order above 2 decide",
                assume=[scalar_system(a, ratio * a, 0)],
                tight=[instance(law=other)],
            ),
            mutant(
                "noise in b",
                "the moments do not tend to 0",
                assume=[system(a, ratio * a, sigma)],
                tight=[instance(sigma=1.0)],
            ),
        ],
        **rest,
    )


normal = statement(
    "normal",
    Rational(1),
    of_normal,
    title="Linear stochastic approximation: the steps at which moments become infinite.",
)
bounded = statement(
    "signs",
    Rational(3, 2),
    of_sign,
    title="Linear stochastic approximation with bounded matrices: where moments become infinite.",
)
