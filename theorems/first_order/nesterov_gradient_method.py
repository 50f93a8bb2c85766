"""The gradient method in Nesterov's lectures."""

from sympy import Interval

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import distance_squared, gap
from convlab.symbols import D, Delta, L, eta, k, mu
from convlab.theorem import Theorem, bound, step
from problems.huber import huber
from problems.quadratics import parabola, two_curvatures

gain = eta * (2 - L * eta)

convex_functions = Theorem(
    cite="nesterov2018lectures",
    number="Theorem 2.1.14",
    title="The gradient method on smooth convex functions, with any step below 2/L.",
    text="""
    For step 1/L and many steps this is four times the exact bound, L D^2/(4 k + 2); for steps close
    to 2/L a parabola comes close to it. Let d_k = f(x_k) - f*. As the distance does not grow,
    d_k <= D |grad f(x_k)|, and d_(k+1) <= d_k - eta (1 - L eta/2) |grad f(x_k)|^2. Hence
    1/d_(k+1) >= 1/d_k + eta (1 - L eta/2)/D^2, and the sum is
    1/d_k >= 1/Delta + k eta (2 - L eta)/(2 D^2).
    """,
    assume=[convex, smooth(L), attained],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[upper_bound(gap, 2 * Delta * D**2 / (2 * D**2 + gain * k * Delta))],
    tight=[huber, parabola(steep=True)],
    mutants=[
        bound(2 * Delta * D**2 / (2 * D**2 + 8 * gain * k * Delta), "Huber is four times below"),
        step(2.1 / L, "beyond 2/L it diverges"),
    ],
)

strongly_convex_functions = Theorem(
    cite="nesterov2018lectures",
    number="Theorem 2.1.15",
    title="The gradient method on smooth strongly convex functions, with any step to 2/(L + mu).",
    text="""
    Strong cocoercivity, <g, x - x*> >= mu L |x - x*|^2/(L + mu) + |g|^2/(L + mu) for g = grad f(x),
    gives |x - eta g - x*|^2 <= (1 - 2 eta mu L/(L + mu)) |x - x*|^2 - eta (2/(L + mu) - eta) |g|^2.
    """,
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, 2 / (L + mu))},
    claims=[
        upper_bound(distance_squared, (1 - 2 * eta * mu * L / (L + mu)) ** k * D**2),
    ],
    tight=[two_curvatures, parabola],
    mutants=[
        bound(
            (1 - 2 * eta * mu * L / (L + mu)) ** (1.05 * k) * D**2,
            "with the longest step both curvatures attain the bound",
        ),
        step(2.1 / (L + mu), "slower than the bound where the curvature is L"),
    ],
)
