"""Gradient descent on smooth nonconvex functions: the best gradient is of order 1/sqrt(k)."""

from sympy import Interval, sqrt

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import bounded_below, smooth
from convlab.claims import upper_bound
from convlab.metrics import best, gradient_norm_squared
from convlab.symbols import Delta, L, eta, k
from convlab.theorem import Theorem, bound, mutant, step
from problems.nonconvex import sawtooth, teeth
from problems.quadratics import parabola

descent_lemma = Theorem(
    cite="nesterov2004introductory",
    number="section 1.2.3, page 28",
    title="Gradient descent on smooth nonconvex functions: the classical bound.",
    text="""
    Adding up f(x_k) - f(x_(k+1)) >= eta (1 - L eta/2) |grad f(x_k)|^2, and at the end
    f(x_k) - f* >= |grad f(x_k)|^2/(2 L), gives
    Delta >= (eta (1 - L eta/2) k + 1/(2 L)) min_(i <= k) |grad f(x_i)|^2.
    """,
    assume=[smooth(L), bounded_below],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[
        upper_bound(
            best(gradient_norm_squared),
            Delta / (eta * (1 - L * eta / 2) * k + 1 / (2 * L)),
        )
    ],
    tight=[sawtooth, teeth(width=0.1, count=1000.0), parabola(steep=True)],
    mutants=[
        bound(
            Delta / (2 * eta * (1 - L * eta / 2) * k + 1 / (2 * L)),
            "a parabola with a step close to 2/L hardly changes",
        ),
        mutant("step 2.1/L", "beyond 2/L it diverges", algorithm=gradient_descent(eta=2.1 / L)),
    ],
)

short_steps = Theorem(
    cite="abbaszadehpeivasti2022exact",
    title="Gradient descent on smooth nonconvex functions: the exact bound up to step 1/L.",
    text="""
    For step 1/L a sawtooth slope attains it: every step goes from tooth to tooth, the gradient
    stays the same, and the gap falls by 3/4 of what a constant gradient would give.

    Let a = grad f(x_k), b = grad f(x_(k+1)) and t = eta L <= 1. An L-smooth function obeys
    f(x_k) - f(x_(k+1)) >= eta/2 <a + b, a> + |a - b|^2/(4 L) - L eta^2/4 |a|^2, its interpolation
    inequality. There <a, b> has the factor (t - 1)/(2 L) <= 0, and 2 <a, b> <= |a|^2 + |b|^2, so
    f(x_k) - f(x_(k+1)) >= eta (3 - t)/4 |a|^2 + eta/4 |b|^2. The sum over k steps, and
    f(x_k) - f* >= |grad f(x_k)|^2/(2 L) at the end, give
    Delta >= (eta (4 - L eta) k/4 + 1/(2 L)) min_(i <= k) |grad f(x_i)|^2.
    """,
    assume=[smooth(L), bounded_below],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[
        upper_bound(best(gradient_norm_squared), 4 * Delta / (eta * (4 - L * eta) * k + 2 / L))
    ],
    tight=[sawtooth, parabola(steep=True)],
    mutants=[
        bound(
            4 * Delta / (1.05 * eta * (4 - L * eta) * k + 2 / L),
            "the sawtooth attains the bound with step 1/L",
        ),
        step(2.1 / L, "beyond 2/L it diverges"),
    ],
)

long_steps = Theorem(
    cite="abbaszadehpeivasti2022exact",
    title="Gradient descent on smooth nonconvex functions: the exact bound beyond step 1/L.",
    text="""
    Let a = grad f(x_k), b = grad f(x_(k+1)) and 1 <= t = eta L <= sqrt(3). An L-smooth function
    obeys f(x_k) - f(x_(k+1)) >= eta/2 <a + b, a> + q and f(x_(k+1)) - f(x_k) >= -eta/2 <a + b, a>
    + q with q = |a - b|^2/(4 L) - L eta^2/4 |a|^2, its interpolation inequalities. (t + 1)/2 times
    the first plus (t - 1)/2 times the second is
    f(x_k) - f(x_(k+1)) >= eta (3 - t^2)/4 |a|^2 + eta/4 |b|^2. The sum over k steps, and
    f(x_k) - f* >= |grad f(x_k)|^2/(2 L) at the end, give
    Delta >= (eta (4 - L^2 eta^2) k/4 + 1/(2 L)) min_(i <= k) |grad f(x_i)|^2.
    """,
    assume=[smooth(L), bounded_below],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.open(1 / L, sqrt(3) / L)},
    claims=[
        upper_bound(
            best(gradient_norm_squared),
            4 * Delta / (eta * (4 - (L * eta) ** 2) * k + 2 / L),
        )
    ],
    tight=[sawtooth, parabola(steep=True)],
    mutants=[
        bound(
            2 * Delta / (eta * (4 - (L * eta) ** 2) * k + 2 / L),
            "the sawtooth is within a factor of two",
        ),
        mutant("step 2.1/L", "beyond 2/L it diverges", algorithm=gradient_descent(eta=2.1 / L)),
    ],
)
