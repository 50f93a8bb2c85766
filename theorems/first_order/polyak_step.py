"""Polyak's step on smooth convex functions."""

from convlab.algorithm import Point, algorithm
from convlab.algorithms.gradient import polyak_step
from convlab.assumptions import attained, convex, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import best, distance_squared, gap
from convlab.symbols import D, L, k, mu
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import maximum, sqnorm
from problems.huber import huber, huber_strongly_convex
from problems.quadratics import parabola
from problems.raised import raised_parabola
from problems.worst_case import zigzag


@algorithm
def value_step(s, oracle):
    r"""Polyak's step with 0 in the place of f*, :math:`\eta_k = f(x_k) / \|\nabla f(x_k)\|^2`."""
    g = oracle.gradient(s.x)
    return Point(s.x - oracle.value(s.x) / maximum(sqnorm(g), 1e-300) * g)


without_f_star = mutant("f* = 0", "the infimum need not be 0", algorithm=value_step())

convex_functions = Theorem(
    cite="hazan2019revisiting",
    number="Theorem 1",
    adapted="the second claim, a third of the first, is derived here",
    title="Polyak's step on smooth convex functions: the best gap is of order 1/k.",
    text="""
    Let d = f(x_k) - f* and g = grad f(x_k). With <g, x_k - x*> >= d the squared distance falls by
    d^2/|g|^2, which is at least d/(2 L): that is the proof of the source. But
    <g, x_k - x*> >= d + |g|^2/(2 L), and it falls by d/L more: the sum over k steps is
    D^2 >= 3/(2 L) sum_(i < k) (f(x_i) - f*).
    """,
    assume=[convex, smooth(L), attained],
    algorithm=polyak_step(),
    claims=[
        upper_bound(best(gap, last=False), 2 * L * D**2 / k),
        upper_bound(best(gap, last=False), 2 * L * D**2 / (3 * k)),
    ],
    tight=[parabola(steep=True), huber(horizon=10), raised_parabola(height=-1.0)],
    untested={
        convex: "beside a minimum that is not the lowest the steps grow, and no function at hand "
        "keeps them from the minimizer"
    },
    loose=(
        "by 4: the first gap is at most L D^2/2, a quarter of the bound, and three quarters of the "
        "second claim; no instance tried comes closer later"
    ),
    mutants=[
        bound(0.49 * L * D**2 / k, "the first gap may be L D^2/2"),
        bound(0.49 * L * D**2 / k, "the first gap may be L D^2/2", claim=1),
        step(2.5, "it jumps over the minimizer, ever farther", name="scale"),
        without_f_star,
    ],
)

strongly_convex_functions = Theorem(
    cite="hazan2019revisiting",
    number="Theorem 1",
    adapted="the third claim is derived here",
    title="Polyak's step on smooth strongly convex functions: the linear rate 1 - mu/(4 L).",
    text="""
    Let d = f(x_k) - f* and g = grad f(x_k). The squared distance falls by d^2/|g|^2 or more, which
    is at least d/(2 L) as |g|^2 <= 2 L d, and d >= mu |x_k - x*|^2/2:
    |x_(k+1) - x*|^2 <= (1 - mu/(4 L)) |x_k - x*|^2, and f(x_k) - f* <= L |x_k - x*|^2/2. By
    <g, x_k - x*> >= d + |g|^2/(2 L) the squared distance falls by d/L more:
    |x_(k+1) - x*|^2 <= (1 - 3 mu/(4 L)) |x_k - x*|^2.
    """,
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=polyak_step(),
    claims=[
        upper_bound(distance_squared, (1 - mu / (4 * L)) ** k * D**2),
        upper_bound(best(gap), (1 - mu / (4 * L)) ** k * L * D**2),
        upper_bound(distance_squared, (1 - 3 * mu / (4 * L)) ** k * D**2),
    ],
    tight=[zigzag, huber_strongly_convex(horizon=50, kappa=500.0), raised_parabola(height=-1.0)],
    untested={
        smooth: "an L that is wrong by 2 is within what the rate is loose by",
        strongly_convex: "a mu that is wrong by 2 is within what the rate is loose by",
    },
    loose=(
        "by 16 in the exponent, by 5 for the third claim, as two curvatures contract by "
        "(L - mu)/(L + mu), and nothing tried with mu < L/4 is slower; by 6 for the gap: "
        "half of that bound follows from the first, by f(x) - f* <= L |x - x*|^2/2, and where the "
        "distance falls that slowly the gap is far below this"
    ),
    mutants=[
        bound(((L - mu) / (L + mu)) ** (2.1 * k) * D**2, "two curvatures zigzag at this rate"),
        bound((1 - mu / L) ** (5 * k) * D**2, "two curvatures zigzag more slowly", claim=2),
        step(2.5, "it jumps over the minimizer, ever farther", name="scale"),
        without_f_star,
    ],
)
