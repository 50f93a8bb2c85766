"""Gradient descent under the Polyak-Lojasiewicz inequality: the linear rate 1 - eta mu.

The function falls by eta/2 |grad f(x_k)|^2 >= eta mu (f(x_k) - f*) and more. A sharper rate is
(2 - eta mu (3 - eta L))/(2 + eta mu): for a = grad f(x_k) and b = grad f(x_(k+1)) it falls by
eta (3 - eta L)/4 |a|^2 + eta/4 |b|^2 and more, as for smooth nonconvex functions.
"""

from sympy import Interval, sqrt

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import bounded_below, pl, smooth
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import Delta, L, eta, k, mu
from convlab.theorem import Theorem, bound, step
from problems.quadratics import parabola

theorem = Theorem(
    cite="garrigos2023handbook",
    number="Theorem 3.9",
    assume=[smooth(L), pl(mu), bounded_below],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[upper_bound(gap, (1 - eta * mu) ** k * Delta)],
    tight=[parabola, parabola(steep=True)],
    loose="by 1.5 in the exponent for step 1/L, where the sharper rate is about 1 - 1.5 eta mu",
    mutants=[
        bound((1 - eta * mu) ** (2.1 * k) * Delta, "a parabola attains (1 - eta mu)^(2k)"),
        step(2.1 / L, "beyond 2/L it diverges"),
    ],
)

rate = 1 - eta * mu * (4 - (eta * L) ** 2) / (2 + eta * mu)

long_steps = Theorem(
    cite="abbaszadehpeivasti2023conditions",
    number="Theorem 3",
    title="Gradient descent under the Polyak-Lojasiewicz inequality: linear beyond step 1/L too.",
    text="""
    No convexity is needed. With t = eta L >= 1 and g = grad f, adding t + 1 times the interpolation
    inequality of L-smooth functions from x_(k+1) to x_k and t - 1 times that from x_k to x_(k+1),
    halved, gives f(x_k) - f(x_(k+1)) >= eta (3 - t^2)/4 |g_k|^2 + eta/4 |g_(k+1)|^2, and
    |g|^2 >= 2 mu (f - f*) at both points gives
    (1 + eta mu/2) (f(x_(k+1)) - f*) <= (1 - eta mu (3 - t^2)/2) (f(x_k) - f*).
    """,
    assume=[smooth(L), pl(mu), bounded_below],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval(1 / L, sqrt(3) / L)},
    claims=[upper_bound(gap, rate**k * Delta)],
    tight=[parabola, parabola(steep=True)],
    mutants=[
        bound(rate ** (1.8 * k) * Delta, "a parabola contracts by (1 - eta mu)^2"),
        step(2.1 / L, "beyond 2/L it diverges"),
    ],
)
