"""Oracles with errors."""

from convlab.assumption import Assumption
from convlab.vocabulary import norm

__all__ = ["relative_error"]

relative_error = Assumption(
    "relative_error",
    ("epsilon",),
    r"\|d(x) - \nabla f(x)\| \le \varepsilon \|\nabla f(x)\|",
    test=lambda oracle, x, epsilon: (
        norm(oracle.inexact_gradient(x) - oracle.gradient(x)),
        epsilon * norm(oracle.gradient(x)),
    ),
    larger=("epsilon",),
    letters={"d": "the inexact gradient"},
)
"""The inexact gradient d(x) has a relative error of at most epsilon < 1."""
