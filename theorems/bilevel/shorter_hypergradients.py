"""Truncated and implicit hypergradients stop half way too where the lower level has many solutions.

Both give y_1 the Jacobian phi_m = 1 - (1 - s)^m, m the number of steps kept, or of terms of the
series, and y_2 none, so that their fixed point is phi_m/(1 + phi_m phi_K) e: with many steps half
of the way as for the whole unrolled iteration, with few less. For a quadratic lower level they are
one method (``same``): its Hessian is the same along the inner iteration and at its end.
"""

from dataclasses import replace

from sympy import FiniteSet, Interval, Rational

from convlab.algorithms.bilevel import (
    aggregated_descent,
    implicit_descent,
    truncated_descent,
    unrolled_descent,
)
from convlab.assumptions import attained, convex_lower_level, optimistic, smooth, two_halves
from convlab.claims import identity, stays_away
from convlab.metrics import distance
from convlab.symbols import D, L, k, symbol
from convlab.theorem import Theorem, bound, mutant
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
    title="Truncated unrolled descent stops half way where the lower level has many solutions.",
    assume=[two_halves(0), optimistic, attained],
    algorithm=truncated_descent(eta=eta, s_l=s, steps=K, kept=m),
    parameters={s: Interval.open(0, 1), K: FiniteSet(30), m: FiniteSet(2, 10)},
    claims=[stays_away(distance, D / 2), identity(way, reached(kept))],
    on=[two_halves_line, two_halves_line(d=5)],
    iterations=50,
    mutants=[
        bound(reached(whole), "what is not kept is missing", claim=1),
        mutant(
            "a unique lower solution",
            "the method is then right",
            assume=[two_halves(1), optimistic, attained],
            on=[two_halves_line(delta=1.0)],
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
    algorithm=implicit_descent(eta=eta, s_l=s, steps=K, terms=m),
)

same = Theorem(
    cite="liu2020generic",
    title="On quadratics truncated unrolling is implicit differentiation by a Neumann series.",
    assume=[convex_lower_level(L_f), optimistic, smooth(L), attained],
    algorithm=truncated_descent(eta=1 / L, s_l=1 / L_f, steps=K, kept=m),
    parameters={K: FiniteSet(12), m: FiniteSet(3, 8)},
    claims=[identity(distance, implicit_descent(eta=1 / L, s_l=1 / L_f, steps=K, terms=m))],
    on=[many_solutions, two_halves_line(delta=0.5)],
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
