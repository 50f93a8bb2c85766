"""The heavy ball method need not converge on a smooth strongly convex function.

With the parameters that are best on quadratics it is attracted to a cycle of three points,
0.647, -1.802 and 2.116, on a function on the line with three slopes: Polyak's rate does not carry
over, although it holds near the minimizer.
"""

from sympy import Rational, sqrt

from convlab.algorithms.accelerated import heavy_ball
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.claims import stays_away
from convlab.metrics import distance
from convlab.symbols import L, k, mu
from convlab.theorem import Theorem, bound, mutant, step
from problems.worst_case import three_slopes

beta = ((sqrt(L) - sqrt(mu)) / (sqrt(L) + sqrt(mu))) ** 2

theorem = Theorem(
    cite="lessard2016analysis",
    number="section 4.6",
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=heavy_ball(eta=4 / (sqrt(L) + sqrt(mu)) ** 2, beta=beta),
    claims=[stays_away(distance, Rational(64, 100), when=k >= 50)],
    exists=True,
    on=[three_slopes],
    mutants=[
        bound(0.65, "one point of the cycle is at 0.647"),
        step(beta / 2, "with less momentum it converges", name="beta"),
        mutant("gradient descent", "converges", algorithm=gradient_descent(eta=1 / L)),
    ],
)
