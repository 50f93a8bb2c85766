"""Gradient descent on smooth convex functions: the norm of the gradient."""

from sympy import Interval, Max

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, bounded_below, convex, smooth
from convlab.claims import upper_bound
from convlab.metrics import gradient_norm, gradient_norm_squared
from convlab.symbols import D, Delta, L, eta, k
from convlab.theorem import Theorem, bound, step, without
from problems.huber import huber_gradient
from problems.nonconvex import hilltop
from problems.quadratics import parabola

from_distance = Theorem(
    cite="taylor2017smooth",
    title="The last gradient of gradient descent with step 1/L, bounded by the initial distance.",
    text="""
    With g_i = grad f(x_i) the interpolation inequalities between x_i and x_(i+1) give
    f(x_i) - f(x_(i+1)) >= (|g_i|^2 + |g_(i+1)|^2)/(2 L) and |g_(i+1)| <= |g_i|. With
    f(x_k) - f* >= |g_k|^2/(2 L) at the end, f(x_i) - f* >= (k - i + 1/2) |g_k|^2/L for i <= k.
    Moreover |x_i - x*|^2 - |x_(i+1) - x*|^2 >= 2 (f(x_i) - f*)/L. The sum over i <= k is
    D^2 >= (k + 1)^2 |g_k|^2/L^2, and Huber functions attain it.
    """,
    assume=[convex, smooth(L), attained],
    algorithm=gradient_descent(eta=1 / L),
    claims=[upper_bound(gradient_norm, L * D / (k + 1))],
    tight=[huber_gradient, parabola(steep=True)],
    mutants=[
        bound(L * D / (1.1 * k + 1), "a Huber function attains the bound"),
        step(0.4 / L, "a shorter step is too slow on a parabola"),
        without(convex, "gradients grow on the way down from a maximum", on=[hilltop]),
    ],
)

rate = Max(1 / (2 * L * eta * k + 1), (1 - L * eta) ** (2 * k))

from_gap = Theorem(
    cite="rotaru2024exact",
    number="main theorem",
    adapted="for convex functions, where the last gradient is the smallest",
    title="The last gradient of gradient descent, bounded by the initial gap, for steps below 2/L.",
    text="""
    Beyond step 1/L the proof is that of the source, and a parabola attains the second term. Up to
    1/L, with g_i = grad f(x_i): cocoercivity gives |g_(i+1)| <= |g_i|, and the interpolation
    inequality f(x_i) - f(x_(i+1)) >= eta <g_i, g_(i+1)> + |g_i - g_(i+1)|^2/(2 L) with
    2 <g_i, g_(i+1)> <= |g_i|^2 + |g_(i+1)|^2 gives f(x_i) - f(x_(i+1)) >= eta |g_k|^2 for i < k. At
    the end f(x_k) - f* >= |g_k|^2/(2 L): the first term is Delta >= (eta k + 1/(2 L)) |g_k|^2.
    """,
    assume=[convex, smooth(L), bounded_below],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[upper_bound(gradient_norm_squared, 2 * L * Delta * rate)],
    tight=[huber_gradient, parabola(steep=True)],
    mutants=[
        bound(2 * L * Delta / (2 * L * eta * k + 1), "a long step leaves the parabola behind"),
        bound(0.97 * 2 * L * Delta * rate, "a parabola attains the bound"),
        without(convex, "gradients grow on the way down from a maximum", on=[hilltop]),
    ],
)
