"""On a star one sweep of Newman's iteration gives the most likely strengths.

Every player but the first met the first only, so the update of each of them gives
pi_j = pi_0 w_j0/w_0j at once: the quotient of the wins, where the likelihood is largest, whatever
pi_0 is. The first is updated first, so all others fit it after a sweep of n updates, and the
distance, which does not see a shift of all logarithms, is 0 from k = n on. Derived here.
"""

from convlab.algorithms.rankings import newman, newman_simultaneous
from convlab.assumptions import attained, balanced_bipartite, comparisons, star_of_comparisons
from convlab.claims import identity
from convlab.metrics import distance
from convlab.symbols import D, k, symbol
from convlab.theorem import Theorem, bound, mutant, step, without
from problems.rankings import drawn_groups, star, tournament

n = symbol("n_players", "number of players", tex="n")

theorem = Theorem(
    cite="newman2023efficient",
    assume=[comparisons(n), star_of_comparisons, attained],
    algorithm=newman(alpha=0),
    claims=[identity(distance, 0, when=k >= n)],
    tight=[star, star(n=15)],
    untested={comparisons: "it brings n, the updates of a sweep"},
    iterations=100,
    mutants=[
        step(1, "Zermelo's iteration goes on", name="alpha"),
        without(star_of_comparisons, "a tournament takes more sweeps", on=[tournament]),
    ],
)

two_cycle = Theorem(
    cite="newman2023efficient",
    title="With all players updated at once Newman's iteration runs in a cycle of two steps "
    "between groups that drew.",
    text="""
Let players that met have drawn, and start from opposite logarithms of strength. The update of a
player of logarithm c who met players of -c only multiplies its strength by
sum w/(1 + e^(2 c)) / sum w e^(2 c)/(1 + e^(2 c)) = e^(-2 c): the two groups exchange their
strengths, and exchange them again in the next step. All strengths are equal at the solution, so the
distance stays D. That is not what the source proves to converge; Zermelo's iteration takes half the
step in the logarithm to first order, and converges. Derived here.""",
    assume=[balanced_bipartite, attained],
    algorithm=newman_simultaneous(alpha=0),
    claims=[identity(distance, D)],
    tight=[drawn_groups, drawn_groups(n=2, m=6)],
    iterations=100,
    mutants=[
        mutant("one player after the other", "converges", algorithm=newman(alpha=0)),
        step(1, "Zermelo's iteration converges", name="alpha"),
        bound(D / 2, "nothing is gained"),
        without(balanced_bipartite, "a tournament has no two groups", on=[tournament]),
    ],
)
