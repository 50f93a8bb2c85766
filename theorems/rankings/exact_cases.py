"""Where Newman's iteration is done after one sweep, and where it never is.

On a star every player but the first met the first only, so that the update of each of them gives
pi_j = (w_j0/w_0j) pi_0 at once, and one sweep is enough. ``two_cycle``: with all players updated at
once from the old strengths (not what the source proves to converge), two groups that drew with one
another, e^c and e^(-c) strong, exchange their strengths in each step; Zermelo's iteration takes
half the step in the logarithm there, and converges.
"""

from convlab.algorithms.rankings import newman, newman_simultaneous
from convlab.assumptions import attained, balanced_bipartite, comparisons, star_of_comparisons
from convlab.claims import identity
from convlab.metrics import distance
from convlab.symbols import D, k, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.rankings import drawn_groups, star, tournament

n = symbol("n_players", "number of players", tex="n")

theorem = Theorem(
    cite="newman2023efficient",
    title="On a star one sweep of Newman's iteration gives the most likely strengths.",
    assume=[comparisons(n), star_of_comparisons, attained],
    algorithm=newman(alpha=0),
    claims=[identity(distance, 0, when=k >= n)],
    on=[star, star(n=15)],
    iterations=100,
    mutants=[
        step(1, "Zermelo's iteration goes on", name="alpha"),
        mutant(
            "a tournament", "takes more sweeps", assume=[comparisons(n), attained], on=[tournament]
        ),
    ],
)

two_cycle = Theorem(
    cite="newman2023efficient",
    title="With all players updated at once Newman's iteration can run in a cycle.",
    assume=[balanced_bipartite, attained],
    algorithm=newman_simultaneous(alpha=0),
    claims=[identity(distance, D)],
    on=[drawn_groups, drawn_groups(n=2, m=6)],
    iterations=100,
    mutants=[
        mutant("one player after the other", "converges", algorithm=newman(alpha=0)),
        step(1, "Zermelo's iteration converges", name="alpha"),
        bound(D / 2, "nothing is gained"),
    ],
)
