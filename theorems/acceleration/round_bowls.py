"""Methods with momentum on a round bowl at an end of their class, step by step: exactly.

On a |x - x*|^2/2 every method with constant parameters is a linear recursion of second order along
the ray from x*. An upper bound is blind to a step that is wrong and not slower; these are not.
"""

from sympy import Interval, Rational, oo, sqrt

from convlab.algorithms.accelerated import heavy_ball, nesterov_momentum, triple_momentum
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.claims import identity
from convlab.metrics import distance
from convlab.symbols import D, L, k, mu, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.quadratics import quadratic

c = symbol("c", "condition number for which the method is tuned")

q = 1 / sqrt(c)
rho = 1 - q
bowls: list = [quadratic(d=5, kappa=1.0), quadratic(d=1, kappa=1.0, L=10.0)]
conditions = {c: Interval.open(1, oo)}
flat = [smooth(mu), strongly_convex(mu), attained]

nesterov = Theorem(
    cite="nesterov2004introductory",
    title="Nesterov's constant momentum on the flattest bowl: (1 + q k) (1 - q)^k, exactly.",
    text="""Let q = 1/sqrt(c). On mu |x - x*|^2/2 a step of 1/(c mu) multiplies y - x* by 1 - q^2,
    and with beta = (1 - q)/(1 + q) the error obeys e_(k+1) = 2 (1 - q) e_k - (1 - q)^2 e_(k-1),
    with the double root 1 - q. From e_(-1) = e_0: |x_k - x*| = (1 + q k) (1 - q)^k D.""",
    assume=flat,
    algorithm=nesterov_momentum(eta=1 / (c * mu), beta=(1 - q) / (1 + q)),
    parameters=conditions,
    claims=[identity(distance, (1 + q * k) * (1 - q) ** k * D)],
    tight=bowls,
    iterations=60,
    mutants=[
        bound((1 - q) ** k * D, "the root is double"),
        mutant(
            "the heavy ball",
            "its gradient is at x",
            algorithm=heavy_ball(eta=1 / (c * mu), beta=(1 - q) / (1 + q)),
        ),
        step((1 - q) / (1 + q) * Rational(99, 100), "the roots part", name="beta"),
    ],
)


def triple(smoothness):
    """The method for a class with this smoothness and condition number c."""
    return triple_momentum(
        eta=(1 + rho) / smoothness,
        beta=rho**2 / (2 - rho),
        gamma=rho**2 / ((1 + rho) * (2 - rho)),
        delta=rho**2 / (1 - rho**2),
    )


triple_momentum_flat = Theorem(
    cite="vanscoy2018fastest",
    title="The triple momentum method on the flattest bowl: rho^k, exactly.",
    text="""Let rho = 1 - 1/sqrt(c). On mu |x - x*|^2/2, with the parameters for smoothness c mu,
    the driving sequence obeys a recursion with the roots rho and rho^2, and the output is free of
    the second one: |x_k - x*| = rho^k D.""",
    assume=flat,
    algorithm=triple(c * mu),
    parameters=conditions,
    claims=[identity(distance, rho**k * D)],
    tight=bowls,
    iterations=40,
    mutants=[
        bound(rho**k * D * (1 + q), "the output has no other part"),
        step(rho / (2 - rho), "the momentum has the square of rho", name="beta"),
        step(0, "the driving sequence has a second root", name="delta"),
    ],
)

triple_momentum_steep = Theorem(
    cite="vanscoy2018fastest",
    title="The triple momentum method on the steepest bowl: rho^k sqrt(c), exactly.",
    text="""Let rho = 1 - 1/sqrt(c). On L |x - x*|^2/2, with the parameters for strong convexity
    L/c, one root of the driving sequence is -rho and the other is 0: its error is (-rho)^k e_0. In
    the output it is (1 + delta (1 + 1/rho)) times that, which is sqrt(c) = 1/(1 - rho) times: |x_k
    - x*| = rho^k sqrt(c) D after the first step.""",
    assume=[smooth(L), strongly_convex(L), attained],
    algorithm=triple(L),
    parameters=conditions,
    claims=[identity(distance, rho**k * sqrt(c) * D, when=k >= 1)],
    tight=bowls,
    iterations=40,
    mutants=[
        bound(rho**k * D, "here the output is farther than the driving sequence"),
        step((1 + rho) / L * Rational(99, 100), "the second root is no longer 0"),
        step(0, "the output leads", name="delta"),
    ],
)
