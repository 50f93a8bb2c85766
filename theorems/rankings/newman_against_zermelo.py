"""There are tournaments for which Newman's iteration needs a third of the sweeps of Zermelo's.

Near the solution Zermelo's update is a step of length less than one of Newman's, the shorter the
more a player wins: half where all draw, which makes a third of the speed of Gauss and Seidel, and
1 - p for a player who wins with probability p. The source reports factors from 3 to over 100.
"""

from sympy import Rational, cos, pi

from convlab.algorithms.rankings import newman
from convlab.assumptions import attained, comparisons, even_ladder, sweep_rates
from convlab.claims import linear_rate, lower_bound, ordering, upper_bound
from convlab.metrics import distance, metric, until
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import full_scalar, log
from problems.rankings import ladder, tournament
from theorems.rankings.newman import n, q, rho, sweeps

effort = until(distance, 1e-6)
third = Rational(1, 3)


def times(factor):
    """The claim that Newman's iteration needs at most this part of Zermelo's effort."""
    return ordering(effort, newman(alpha=1), factor=factor)


theorem = Theorem(
    cite="newman2023efficient",
    assume=[comparisons(n), attained],
    algorithm=newman(alpha=0),
    claims=[times(third)],
    exists=True,
    on=[tournament, tournament(games=10), tournament(spread=3.0), ladder(n=5, odds=3.0)],
    untested={comparisons: "it brings n, the updates of a sweep"},
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


@metric(
    "quotient of rates",
    r"\log \rho_0 / \log \rho_1",
    weights={"rho_0": rho[0], "rho_1": rho[1]},
)
def quotient(s, oracle, *, rho_0, rho_1):
    """How many sweeps of Zermelo's iteration do what one of Newman's does, in the end."""
    one = full_scalar(s.x, 1.0)
    return log(rho_0 * one) / log(rho_1 * one)


speed = q + 1 + 1 / q
excess = 1 + (pi / (n - 1)) ** 2 / 2

hundred = Theorem(
    cite="newman2023efficient",
    title="On a ladder Newman's iteration is q + 1 + 1/q times as fast as Zermelo's, or a little "
    "faster.",
    text="""
Let a = q/(1 + q)^2. At the solution Zermelo's update of a player in the middle is 1 - 2 a of the
old value and a of each neighbour; Newman's is the same with a = 1/2. An eigenvector of a sweep,
x_i = e^(-i tau) cos(i phi + psi), with the eigenvalue e^(-2 tau), has
e^(-tau) - (1 - 2 a) e^tau = 2 a cos(phi), and the ends make phi = pi/(n - 1), exactly for Newman's
and up to O(phi^3) for Zermelo's iteration. So tau = a phi^2/(2 (1 - a)) (1 - phi^2/12 + ...) and,
for a = 1/2, tau = -log cos(phi) = phi^2/2 (1 + phi^2/6 + ...). The quotient of the two tends to
(1 - a)/a = q + 1 + 1/q as n grows. It is above by a part of about phi^2/4, less than phi^2/2: this
was seen for n from 4 to 20, and is not proved. With phi = pi/(n - 1) it is at most
(q + 1 + 1/q) (1 + pi^2/(2 (n - 1)^2)), and Zermelo's distances fall like cos(phi)^(2 k/n) to the
power 1/that. Derived here; the source has examples.""",
    assume=[even_ladder(n, q), sweep_rates(*rho.values()), attained],
    algorithm=newman(alpha=1),
    claims=[
        lower_bound(quotient, speed, when=n >= 4),
        upper_bound(quotient, speed * excess, when=n >= 4),
        linear_rate(
            distance, cos(pi / (n - 1)) ** (2 / (n * speed * excess)), when=sweeps & (n >= 4)
        ),
    ],
    tight=[ladder(n=4), ladder(n=20, odds=1.0), ladder(n=6, odds=5.0)],
    untested={even_ladder: "it brings n and q"},
    iterations=3000,
    mutants=[
        bound(speed * Rational(26, 25), "from 20 players on it is within a hundredth"),
        bound(speed * (1 + (pi / (n - 1)) ** 2 / 6), "the excess is a quarter", claim=1),
        bound(q + 1, "where all draw it is three", claim=1),
        bound(cos(pi / (n - 1)) ** (Rational(5, 2) / (n * speed)), "a quarter faster", claim=2),
    ],
)
