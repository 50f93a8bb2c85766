"""One player updated after the other, Newman's iterations for rankings never lower the likelihood.

Let P = pi_j/(pi_i + pi_j), U the sum over j of w_ij P, V that of w_ji (1 - P), and A that of
w_ij (1 - P). Player i's strength is multiplied by rho = (U + alpha A)/(V + alpha A), which lies
between 1 and U/V. Of the terms in pi_i, log(1 + pi_j/pi_i) is concave in 1/pi_i, and
log(pi_i + pi_j) in pi_i: above their tangents, and f rises by at most
U (1/rho - 1) + V (rho - 1). This is convex in rho and 0 at 1 and at U/V, so it is at most 0:
f(x_(k+1)) <= f(x_k), for every alpha >= 0. With a prior (as many games won as lost against a player
of strength 1) there are terms for one player more.

The source proves the convergence for alpha = 0.
"""

from sympy import Eq, Interval, Mod, Rational, cos, oo, pi

from convlab.algorithms.rankings import newman, newman_simultaneous
from convlab.assumptions import attained, comparisons, even_ladder, sweep_rates
from convlab.claims import linear_rate, potential
from convlab.metrics import distance, gap
from convlab.symbols import k, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.rankings import ladder, tournament, undefeated

alpha = symbol(
    "alpha_z", "member of a family of iterations: 0 Newman, 1 Zermelo", sign="real", tex=r"\alpha"
)
n = symbol("n_players", "number of players", tex="n")
q = symbol("q", "odds between neighbours on a ladder")
rho = {a: symbol(f"rho_{a}", f"rate of a sweep for alpha = {a}", tex=rf"\rho_{a}") for a in (0, 1)}
sweeps = Eq(Mod(k, n), 0)

theorem = Theorem(
    cite="newman2023efficient",
    number="Equations 12 and 26",
    adapted="for the whole family in alpha; of the proof of convergence the part on the likelihood",
    assume=[sweep_rates(*rho.values()), attained],
    algorithm=newman(alpha=alpha),
    parameters={alpha: Interval(0, oo)},
    claims=[potential("likelihood", r"f(X) - f^\star", gap.read)],
    tight=[tournament, undefeated],
    iterations=1000,
    mutants=[
        mutant(
            "all players at once",
            "together they overshoot",
            algorithm=newman_simultaneous(alpha=alpha),
        ),
        step(-Rational(1, 2), "longer steps overshoot", name="alpha_z"),
        bound(Rational(9, 10), "not every update gains a tenth"),
    ],
)


def of_jacobian(a, **changes):
    """The linear rate of one member of the family."""
    return Theorem(
        cite="newman2023efficient",
        assume=[sweep_rates(*rho.values()), comparisons(n), attained],
        algorithm=newman(alpha=a),
        claims=[linear_rate(distance, rho[a] ** (1 / n), when=sweeps)],
        tight=[tournament, tournament(n=5, games=10), ladder(n=6, odds=5.0)],
        untested={comparisons: "it brings n, the updates of a sweep"},
        iterations=3000,
        **changes,
    )


jacobian = """
A sweep is n updates, a smooth map of the logarithms of the strengths. Its Jacobian at the solution
is the product of those of the updates, which are averages: row i has nonnegative entries of sum 1.
So it has the eigenvalue 1 for the shift of all strengths, which the distance does not see. rho is
the spectral radius beside it; distances fall like rho^(k/n). Derived here."""
rates = of_jacobian(
    0,
    title="The linear rate of Newman's iteration is that of its Jacobian.",
    text=jacobian,
    mutants=[
        bound(rho[0] ** (Rational(5, 4) / n), "that is the rate, and not an estimate"),
        mutant("Zermelo", "is slower", algorithm=newman(alpha=1)),
    ],
)
zermelo_rates = of_jacobian(
    1,
    title="The linear rate of Zermelo's iteration is that of its Jacobian.",
    text=jacobian,
    mutants=[
        bound(rho[1] ** (Rational(5, 4) / n), "that is the rate, and not an estimate"),
        bound(rho[0] ** (1 / n), "Newman's is smaller"),
    ],
)
ladder_rate = Theorem(
    cite="newman2023efficient",
    title="On a ladder the rate of Newman's iteration does not depend on the odds.",
    text="""
At the solution pi_(i+1) = q pi_i. There Newman's update of a player in the middle is, to first
order, the mean of the two neighbours, and at the ends a copy of the one neighbour, whatever q. So a
sweep is that of Gauss and Seidel for the walk on a path of n players, whose simultaneous step has
the eigenvalues cos(pi j/(n - 1)), j = 0, ..., n - 1. Gauss-Seidel squares them: beside the 1 of
the shift the largest is cos(pi/(n - 1))^2 per sweep of n updates. Derived here.""",
    assume=[even_ladder(n, q), attained],
    algorithm=newman(alpha=0),
    claims=[linear_rate(distance, cos(pi / (n - 1)) ** (2 / n), when=sweeps & (n >= 4))],
    tight=[ladder(n=6), ladder(n=6, odds=100.0), ladder(n=9, odds=3.0)],
    untested={even_ladder: "it brings n, the updates of a sweep"},
    iterations=1000,
    mutants=[
        bound(cos(pi / n) ** (4 / n), "the path has n players"),
        mutant("Zermelo", "depends on the odds", algorithm=newman(alpha=1)),
    ],
)
