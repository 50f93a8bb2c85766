"""Truncated unrolled descent stops half way where the lower level has many solutions.

Truncation gives y_1 the Jacobian phi_m = 1 - (1 - s)^m, m the number of steps kept, and y_2 none.
So the hypergradient is (1 + phi_m phi_K) x - phi_m e, with phi_K = 1 - (1 - s)^K, and from x_0 = 0
the part of the way to the solution is
phi_m/(1 + phi_m phi_K) (1 - (1 - eta (1 + phi_m phi_K))^k). With many steps it goes half of the way
as for the whole unrolled iteration, with few less. Derived here.
"""

from dataclasses import replace

from sympy import Interval, Rational

from convlab.algorithms.bilevel import (
    aggregated_descent,
    implicit_descent,
    truncated_descent,
    unrolled_descent,
)
from convlab.assumptions import (
    attained,
    convex_lower_level,
    optimistic,
    quadratic_lower_level,
    smooth,
    two_halves,
)
from convlab.claims import identity, stays_away
from convlab.metrics import distance
from convlab.symbols import D, L, k, symbol
from convlab.theorem import Integers, Theorem, bound, mutant
from problems.bilevel import many_solutions, two_halves_line
from theorems.bilevel.descent_aggregation import L_f
from theorems.bilevel.unrolled_descent import K, s, way

m = symbol("m_kept", "inner steps through which is differentiated", integer=True, tex="m")
eta = Rational(2, 5)
kept, whole = 1 - (1 - s) ** m, 1 - (1 - s) ** K


def reached(kept):
    """Of the way: the hypergradient is (1 + phi_m phi_K) x - phi_m e."""
    slope = 1 + kept * whole
    return kept / slope * (1 - (1 - eta * slope) ** k)


theorem = Theorem(
    cite="liu2020generic",
    assume=[two_halves(0), optimistic, attained],
    algorithm=truncated_descent(eta=eta, s_l=s, steps=K, kept=m),
    parameters={s: Interval.open(0, 1), K: Integers(1, 30), m: Integers(1, K)},
    claims=[stays_away(distance, D / 2), identity(way, reached(kept))],
    tight=[two_halves_line, two_halves_line(d=5)],
    untested={optimistic: "it says which value the problem has"},
    iterations=50,
    mutants=[
        bound(reached(whole), "what is not kept is missing", claim=1),
        mutant(
            "a unique lower solution",
            "the method is then right",
            assume=[two_halves(1), optimistic, attained],
            tight=[two_halves_line(delta=1.0)],
        ),
        mutant(
            "descent aggregation",
            "comes to the solution",
            algorithm=aggregated_descent(eta=eta, s_u=s, s_l=s, c=1, steps=K),
        ),
    ],
)

implicit = replace(
    theorem,
    title="Implicit differentiation stops half way too where the lower level has many solutions.",
    text="""
The Neumann series of m terms, sum over i < m of (I - s H)^i s, H the Hessian of the lower level,
gives y_1 the Jacobian phi_m = 1 - (1 - s)^m, and y_2 none, as truncation to m steps does. So the
hypergradient is (1 + phi_m phi_K) x - phi_m e, and from x_0 = 0 the part of the way is
phi_m/(1 + phi_m phi_K) (1 - (1 - eta (1 + phi_m phi_K))^k), at most one half. Derived here.""",
    algorithm=implicit_descent(eta=eta, s_l=s, steps=K, terms=m),
)

same = Theorem(
    cite="liu2020generic",
    title="On quadratics truncated unrolling is implicit differentiation by a Neumann series.",
    text="""
The Hessian of a quadratic lower level is the same matrix H along the inner iteration and at its
end. So the product of the last m Jacobians of the inner steps, summed over where x enters, is the
series sum over i < m of (I - s H)^i s that implicit differentiation takes for the inverse of H: the
two hypergradients, and with them the iterates, are equal. Derived here.""",
    assume=[quadratic_lower_level, convex_lower_level(L_f), optimistic, smooth(L), attained],
    algorithm=truncated_descent(eta=1 / L, s_l=1 / L_f, steps=K, kept=m),
    parameters={K: Integers(2, 12), m: Integers(2, K)},
    claims=[identity(distance, implicit_descent(eta=1 / L, s_l=1 / L_f, steps=K, terms=m))],
    tight=[many_solutions, two_halves_line(delta=0.5)],
    untested={
        quadratic_lower_level: "all lower levels at hand are quadratic",
        convex_lower_level: "it brings L_f; the two are equal for any step",
        optimistic: "it says which value the problem has",
        smooth: "it brings L; the two are equal for any step",
    },
    iterations=20,
    mutants=[
        bound(unrolled_descent(eta=1 / L, s_l=1 / L_f, steps=K), "that keeps all steps"),
        mutant(
            "one step fewer",
            "each of them matters",
            algorithm=truncated_descent(eta=1 / L, s_l=1 / L_f, steps=K, kept=m - 1),
        ),
    ],
)
