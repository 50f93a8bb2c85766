"""Newman's iterations for rankings converge to the most likely strengths, one player at a time.

They form a family in alpha, of which alpha = 1 is Zermelo's; with one player updated after the
other the likelihood never falls. With a prior (as many games won as lost against a player of
strength 1) there is a solution even where a player never lost. ``rates``: the linear rate is the
spectral radius of a sweep at the solution. ``ladder_rate``: where each player met only the next
one, and always with the same result, Newman's sweep is that of Gauss and Seidel for the walk on a
path, of rate cos(pi/(n - 1))^2, whatever the odds.
"""

from sympy import FiniteSet, Rational, cos, pi

from convlab.algorithms.rankings import newman, newman_simultaneous
from convlab.assumptions import attained, comparisons, even_ladder, sweep_rates
from convlab.claims import limit, linear_rate, potential
from convlab.metrics import distance, gap
from convlab.symbols import symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.rankings import drawn_groups, ladder, tournament, undefeated

alpha = symbol(
    "alpha_z",
    "member of a family of iterations: 0 Newman, 1 Zermelo",
    sign="real",
    tex=r"\alpha",
)
n = symbol("n_players", "number of players", tex="n")
rho = {a: symbol(f"rho_{a}", f"rate of a sweep for alpha = {a}", tex=rf"\rho_{a}") for a in (0, 1)}

theorem = Theorem(
    cite="newman2023efficient",
    number="Equations 12 and 26",
    assume=[sweep_rates(*rho.values()), attained],
    algorithm=newman(alpha=alpha),
    parameters={alpha: FiniteSet(0, 1, 3)},
    claims=[
        limit(distance, 0, within=1e-6),
        potential("likelihood", r"f(X) - f^\star", gap.read),
    ],
    on=[tournament, drawn_groups, undefeated],
    iterations=5000,
    mutants=[
        mutant(
            "all players at once",
            "two groups then change places for ever",
            algorithm=newman_simultaneous(alpha=0),
            on=[drawn_groups],
        ),
        step(-1, "strengths then become negative", name="alpha_z"),
        bound(Rational(9, 10), "not every update gains a tenth", claim=1),
    ],
)

rates = Theorem(
    cite="newman2023efficient",
    title="The linear rate of Newman's iteration is that of its Jacobian.",
    assume=[sweep_rates(*rho.values()), comparisons(n), attained],
    algorithm=newman(alpha=0),
    claims=[linear_rate(distance, rho[0] ** (1 / n))],
    on=[tournament, tournament(games=10), ladder],
    iterations=800,
    mutants=[
        bound(rho[0] ** (Rational(5, 4) / n), "that is the rate, and not an estimate"),
        mutant("Zermelo", "is slower", algorithm=newman(alpha=1)),
    ],
)

ladder_rate = Theorem(
    cite="newman2023efficient",
    title="On a ladder the rate of Newman's iteration does not depend on the odds.",
    assume=[even_ladder(n), attained],
    algorithm=newman(alpha=0),
    claims=[linear_rate(distance, cos(pi / (n - 1)) ** (2 / n))],
    on=[ladder(n=6), ladder(n=6, odds=100.0), ladder(n=9, odds=3.0)],
    iterations=600,
    mutants=[
        bound(cos(pi / n) ** (4 / n), "the path has n players"),
        mutant("Zermelo", "depends on the odds", algorithm=newman(alpha=1)),
    ],
)
