"""The Bregman gradient method on relatively smooth convex functions: gaps of order 1/k.

The bound D_h(x*, x_0)/(eta k) needs no Lipschitz gradient, and cannot be improved: on a linear
function, kernels that are flat near the minimizer and steep at the start come close to it.

A step obeys eta (f(x_(k+1)) - f(y)) <= D_h(y, x_k) - D_h(y, x_(k+1)) for every y in C, as f is
convex and L h - f is, too. With y = x_k the gap falls, and with y = x* the sum over k steps is
eta k (f(x_k) - f*) <= D_h(x*, x_0) - D_h(x*, x_k).
"""

from sympy import Interval

from convlab.algorithms.bregman import bregman_gradient
from convlab.assumptions import (
    attained_on_set,
    bregman_kernel,
    convex,
    projectable,
    relatively_smooth,
)
from convlab.claims import upper_bound
from convlab.metrics import gap, metric
from convlab.symbols import L, eta, k, symbol
from convlab.theorem import Theorem, bound, step
from convlab.vocabulary import zeros_like
from problems.bregman import (
    entropy_quadratic,
    kernel_multiple,
    power_slope,
    quartic_regression,
)


@metric("divergence", r"D_h(x^\star, X)")
def divergence(s, oracle):
    """The Bregman divergence of the minimizer from the point: (R, 1)."""
    return oracle.divergence(oracle.x_star + zeros_like(s.x), s.x)


D_h = symbol("D_h", "Bregman divergence of the minimizer from the starting point")
rate = D_h / (eta * k)

theorem = Theorem(
    cite="dragomir2022optimal",
    number="Theorem 1",
    assume=[convex, projectable, bregman_kernel, relatively_smooth(L), attained_on_set],
    algorithm=bregman_gradient(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    initial={D_h: divergence},
    claims=[upper_bound(gap, rate), upper_bound(divergence, D_h)],
    tight=[
        power_slope,
        kernel_multiple,
        entropy_quadratic(d=2, kappa=1.0, spread=0.0),
        quartic_regression,
    ],
    untested={
        convex: "no function at hand is not convex, and smooth relative to a kernel",
        projectable: "it says what C is",
        bregman_kernel: "the method is made of it",
        attained_on_set: "the gap is measured from f*",
    },
    mutants=[
        bound(0.9 * rate, "a steep power attains 0.955 of the bound"),
        bound(rate / k, "the rate is no better than 1/k"),
        bound(0.9 * D_h, "at the start there is equality", claim=1),
        step(2 / L, "on a multiple of the kernel it goes to the other side, as far away"),
    ],
)
