"""Where the lower level has one solution, unrolled descent and descent aggregation are both right.

The example of ``unrolled_descent`` with curvature delta in y_2: after K steps y_1 = phi x and
y_2 = (1 - (1 - s delta)^K) x, so that the unrolled method goes to the solution as K grows. So does
aggregation: y_2 - x vanishes, and y_1 = A x + B e with A + B = 1 - 2^(-K).
"""

from sympy import FiniteSet, Rational

from convlab.algorithms.bilevel import aggregated_descent, unrolled_descent
from convlab.assumptions import attained, optimistic, two_halves
from convlab.claims import identity, limit
from convlab.metrics import distance
from convlab.symbols import symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.bilevel import two_halves_line
from theorems.bilevel.unrolled_descent import K, reached, s, way

delta = symbol("delta_2", "curvature of the lower level in half of its variables")
half, eta = Rational(1, 2), Rational(9, 10)
instances = [two_halves_line(delta=0.4), two_halves_line(d=3, delta=1.0)]

theorem = Theorem(
    cite="liu2020generic",
    title="Unrolled gradient descent is right where the lower level has one solution.",
    assume=[two_halves(delta), optimistic, attained],
    algorithm=unrolled_descent(eta=eta, s_l=s, steps=K),
    parameters={s: FiniteSet(half), K: FiniteSet(100)},
    claims=[
        limit(distance, 0, within=1e-6),
        identity(way, reached((1 - s * delta) ** K, eta=eta)),
    ],
    on=instances,
    iterations=30,
    mutants=[
        step(2, "K must grow", name="K"),
        bound(reached(1, eta=eta), "the second half of y does move", claim=1),
        mutant(
            "many lower solutions",
            "with delta = 0 it stops half way",
            on=[two_halves_line],
            iterations=200,
        ),
    ],
)

aggregation = Theorem(
    cite="liu2020generic",
    title="Bi-level descent aggregation is right too where the lower level has one solution.",
    assume=[two_halves(delta), optimistic, attained],
    algorithm=aggregated_descent(eta=eta, s_u=half, s_l=half, c=1, steps=K),
    parameters={K: FiniteSet(100)},
    claims=[limit(distance, 0, within=1e-4)],
    on=instances,
    iterations=200,
    mutants=[
        step(4, "K must grow", name="K"),
        mutant(
            "many lower solutions",
            "with delta = 0 the error is 1/(pi K)",
            on=[two_halves_line],
        ),
    ],
)
