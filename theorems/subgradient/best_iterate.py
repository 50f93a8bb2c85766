"""The subgradient method at its best iterate."""

from sympy import Interval, sqrt

from convlab.algorithms.subgradient import normalized_subgradient, subgradient_method
from convlab.assumptions import attained, bounded_subgradients, convex
from convlab.claims import upper_bound
from convlab.metrics import best, gap
from convlab.symbols import D, G, T, eta, k
from convlab.theorem import Theorem, bound, step, without
from problems.nonsmooth import absolute_value, resisting, two_valleys

stuck = without(convex, "a minimum beside the minimizer", on=[two_valleys])

constant_step = Theorem(
    cite="nesterov2004introductory",
    number="Section 3.2.3",
    adapted="with steps eta g in place of eta g/|g|",
    title="Subgradient method with constant step: the best iterate to a plateau, like 1/k.",
    text="""
    With step 2 D/G the iterates on an absolute value jump between -D and D. Always
    |x_(k+1) - x*|^2 <= |x_k - x*|^2 - 2 eta (f(x_k) - f*) + eta^2 G^2; the sum over k + 1 iterates
    is min_(i <= k) f(x_i) - f* <= D^2/(2 eta (k + 1)) + eta G^2/2.
    """,
    assume=[convex, bounded_subgradients(G), attained],
    algorithm=subgradient_method(eta=eta),
    parameters={eta: Interval.Lopen(0, 2 * D / G)},
    claims=[upper_bound(best(gap), D**2 / (2 * eta * (k + 1)) + eta * G**2 / 2)],
    tight=[absolute_value, resisting],
    mutants=[
        stuck,
        bound(D**2 / (2 * eta * (k + 1)) + 0.48 * eta * G**2, "jumps between -D and D"),
        bound(D**2 / (2 * eta * (k + 1)), "a constant step does not converge"),
    ],
)

step_for_horizon = Theorem(
    cite="nesterov2004introductory",
    number="Section 3.2.3",
    adapted="with steps eta g in place of eta g/|g|",
    title="Subgradient method with the step for T: D G/sqrt(T + 1) at the best iterate.",
    text="""
    No method has a better bound. By |x_(k+1) - x*|^2 <= |x_k - x*|^2 - 2 eta (f(x_k) - f*) +
    eta^2 G^2, summed up over T + 1 iterates, the best gap is at most
    D^2/(2 eta (T + 1)) + eta G^2/2, which eta = D/(G sqrt(T + 1)) makes G D/sqrt(T + 1).
    """,
    assume=[convex, bounded_subgradients(G), attained],
    algorithm=subgradient_method(eta=D / (G * sqrt(T + 1))),
    claims=[upper_bound(best(gap), G * D / sqrt(T + 1))],
    tight=[resisting, absolute_value],
    mutants=[
        stuck,
        bound(0.99 * G * D / sqrt(T + 1), "the resisting function reaches the bound"),
        bound(G * D / sqrt(T + 2), "it does so to the last iteration"),
        step(D / (8 * G * sqrt(T + 1)), "too slow on an absolute value"),
    ],
)

normalized = Theorem(
    cite="nesterov2004introductory",
    number="Section 3.2.3",
    title="Subgradient method with steps of one length for T: D G/sqrt(T + 1) at the best iterate.",
    text="""
    By |x_(k+1) - x*|^2 <= |x_k - x*|^2 - 2 eta (f(x_k) - f*)/|g_k| + eta^2 and |g_k| <= G, summed
    up over T + 1 iterates, the best gap is at most G (D^2/(2 eta (T + 1)) + eta/2), which
    eta = D/sqrt(T + 1) makes G D/sqrt(T + 1).
    """,
    assume=[convex, bounded_subgradients(G), attained],
    algorithm=normalized_subgradient(eta=D / sqrt(T + 1)),
    claims=[upper_bound(best(gap), G * D / sqrt(T + 1))],
    tight=[resisting, absolute_value],
    mutants=[
        stuck,
        bound(0.99 * G * D / sqrt(T + 1), "the resisting function reaches the bound"),
        step(D / (8 * sqrt(T + 1)), "too slow on an absolute value"),
    ],
)
