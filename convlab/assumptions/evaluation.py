"""Policy evaluation from a buffer of transitions, with linear features."""

from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import Array, absolute, maximum, norm

__all__ = [
    "fixed_point",
    "linear_evaluation",
    "noisy_rewards",
    "one_feature",
    "stable_fitting",
    "two_scales",
    "unstable_direction",
]

_LETTERS = {
    r"\delta": "the expected temporal-difference update, from the parameters and the target",
    r"\omega": "the parameters",
    r"\bar\omega": "the parameters of the target",
    r"\omega^\star": "the parameters at which the update vanishes",
    r"x^\star": r"the parameters $\omega^\star$",
    "A": "the second moments of the features",
    "B": "the discounted moments of features before and after a transition",
    "b": "the update at zero",
    "u": "the direction",
}


def _two_scales(oracle: Any, x: Array, a_1: Any, a_2: Any, ell: Any, q: Any) -> tuple:
    A, B = oracle.A, oracle.B
    determinant = B[0, 0] * B[1, 1] - B[0, 1] * B[1, 0]
    wrong = abs(A[0, 0] - a_1) + abs(A[1, 1] - a_2) + 2 * abs(A[0, 1])
    wrong = wrong + abs(B[0, 0] - ell * a_1) + abs(determinant - q * a_1 * a_2)
    trace = B[0, 0] / a_1 + B[1, 1] / a_2
    if not (q < 1 < ell and abs(trace) < 1 + q):
        wrong = wrong + 1e300
    return wrong + 0 * norm(x), 1e-9 * a_1 + 0 * norm(x)


fixed_point = Assumption(
    "fixed_point",
    ("x_star",),
    r"\delta(\omega^\star, \omega^\star) = 0",
    test=lambda oracle, x: (
        norm(oracle.td(oracle.x_star + 0 * x, oracle.x_star + 0 * x)),
        1e-9 * (1 + norm(x)),
    ),
    letters=_LETTERS,
)
"""The expected temporal-difference update vanishes at x_star."""

linear_evaluation = Assumption(
    "linear_evaluation",
    ("alpha", "lambda_min", "td", "fitted"),
    r"\delta(\omega, \bar\omega) = b + B \bar\omega - A \omega, \quad \lambda_{\min} I \preceq A "
    r"\preceq I/\alpha, \quad \|I - \alpha (A - B)\| \le J_{TD}, \quad \|A^{-1} B\| \le J_{FPE}",
    test=lambda oracle, x, y, alpha, td, fitted: (
        maximum(
            norm(x - y + alpha * (oracle.td(x, x) - oracle.td(y, y))) / td,
            norm(oracle.fit(x) - oracle.fit(y)) / fitted,
        ),
        norm(x - y),
    ),
    letters=_LETTERS,
    tex={"td": "J_{TD}", "fitted": "J_{FPE}"},
)
"""Linear features, with a step size and the norms of the Jacobians of TD and of fitted updates."""

stable_fitting = Assumption(
    "stable_fitting",
    statement=r"\|A^{-1} B\| < 1",
    test=lambda oracle, x, y: (norm(oracle.fit(x) - oracle.fit(y)), (1 - 1e-12) * norm(x - y)),
    letters=_LETTERS,
)
"""Fitted updates are contractions."""

noisy_rewards = Assumption(
    "noisy_rewards",
    ("sigma",),
    r"\mathbb{E}\, \delta(\omega, \bar\omega, \xi) = \delta(\omega, \bar\omega), \quad "
    r"\mathbb{E}\|\delta(\omega, \bar\omega, \xi) - \delta(\omega, \bar\omega)\|^2 \le \sigma^2",
    test=lambda oracle, x, y, rng, sigma: (
        norm(oracle.sampled_td(x, y, rng) - oracle.td(x, y)) ** 2,
        sigma**2 + 0 * norm(x),
    ),
    expected=True,
    centered=lambda oracle, x, rng, sigma: (
        oracle.sampled_td(x, x, rng) - oracle.td(x, x),
        2,
        sigma,
    ),
    larger=("sigma",),
    letters=_LETTERS,
)
"""The noise of the update, as that of the rewards, has mean 0 and a variance of at most sigma^2."""

one_feature = Assumption(
    "one_feature",
    ("a", "b"),
    r"A = a, \quad B = b",
    test=lambda oracle, x, y, a, b: (
        absolute(oracle.td(x, y) - oracle.td(0 * x, 0 * x) - b * y + a * x),
        1e-9 * (1 + absolute(x) + absolute(y)),
    ),
    letters=_LETTERS,
)
"""One feature: the updates are those of a number."""

two_scales = Assumption(
    "two_scales",
    ("a_1", "a_2", "ell", "q"),
    r"A = \operatorname{diag}(a_1, a_2), \quad (A^{-1} B)_{11} = \ell, \quad \det A^{-1} B = q, "
    r"\quad q < 1 < \ell, \quad \det(I - A^{-1} B) > 0, \quad \det(I + A^{-1} B) > 0",
    test=_two_scales,
    letters=_LETTERS,
)
"""Two uncorrelated features, and what the fitted update does to the larger one."""

unstable_direction = Assumption(
    "unstable_direction",
    ("nu",),
    r"u^\top (B - A) = \nu u^\top, \quad \nu > 0",
    test=lambda oracle, x, y, nu: (
        absolute(oracle.unstable(oracle.td(x, x) - oracle.td(y, y)) - nu * oracle.unstable(x - y)),
        1e-9 * (norm(x) + norm(y)),
    ),
    letters=_LETTERS,
)
"""Along one direction, and in expectation, temporal differences push away from their solution."""
