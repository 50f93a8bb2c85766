"""Newman's iteration needs a fraction of the sweeps of Zermelo's.

Near the solution Zermelo's update is a step of length less than one of Newman's, the shorter the
more a player wins: half where all draw, which makes a third of the speed of Gauss and Seidel, and
1 - p for a player who wins with probability p. The source reports factors from 3 to over 100.
``hundred``: on a ladder of large odds, where Newman's rate stays the same.
"""

from sympy import Rational

from convlab.algorithms.rankings import newman
from convlab.assumptions import attained, comparisons
from convlab.claims import ordering
from convlab.metrics import distance, until
from convlab.symbols import symbol
from convlab.theorem import Theorem, mutant
from problems.rankings import ladder, star, tournament

n = symbol("n_players", "number of players", tex="n")
effort = until(distance, 1e-6)
third, hundredth = Rational(1, 3), Rational(1, 100)


def times(factor):
    """The claim that Newman's iteration needs at most this part of Zermelo's effort."""
    return ordering(effort, newman(alpha=1), factor=factor)


theorem = Theorem(
    cite="newman2023efficient",
    assume=[comparisons(n), attained],
    algorithm=newman(alpha=0),
    claims=[times(third)],
    on=[tournament, tournament(games=10), tournament(spread=3.0), star, ladder(n=5, odds=3.0)],
    iterations=1200,
    mutants=[
        mutant(
            "five times", "four times and a half on one of these", claims=[times(third * 3 / 5)]
        ),
        mutant(
            "the middle of the family", "is not as fast", algorithm=newman(alpha=Rational(1, 2))
        ),
    ],
)

hundred = Theorem(
    cite="newman2023efficient",
    title="Newman's iteration can be a hundred times faster than Zermelo's.",
    assume=[comparisons(n), attained],
    algorithm=newman(alpha=0),
    claims=[times(hundredth)],
    on=[ladder(n=3, odds=30.0)],
    iterations=4000,
    mutants=[
        mutant("equal odds", "three times", on=[ladder(n=3, odds=2.0)]),
        mutant(
            "the middle of the family", "is not as fast", algorithm=newman(alpha=Rational(1, 2))
        ),
    ],
)
