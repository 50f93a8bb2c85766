"""Operators of variational inequalities and games: monotonicity and its relatives, zeros."""

from typing import Any

from convlab.assumption import Assumption
from convlab.vocabulary import Array, absolute, inner, maximum, norm, sqnorm

__all__ = [
    "cocoercive",
    "comonotone",
    "contractive",
    "evenly_monotone",
    "gap_set",
    "lipschitz",
    "monotone",
    "nonexpansive",
    "normal_linear",
    "resolvable",
    "solution_on_set",
    "spiral",
    "strongly_monotone",
    "strongly_stable",
    "zero",
]

_LETTERS = {
    "F": "the operator of the game, or of the variational inequality",
    r"x^\star": "the nearest solution",
    "A": "a matrix",
}


def _differences(oracle: Any, x: Array, y: Array) -> tuple[Array, Array]:
    return oracle.operator(x) - oracle.operator(y), x - y


def _comonotone(oracle: Any, x: Array, y: Array, rho: float) -> tuple[Array, Array]:
    dF, dx = _differences(oracle, x, y)
    return 0 * norm(dx), inner(dF, dx) + rho * sqnorm(dF) + 1e-12 * (sqnorm(dF) + sqnorm(dx))


def _cocoercive(oracle: Any, x: Array, y: Array, beta: float) -> tuple[Array, Array]:
    dF, dx = _differences(oracle, x, y)
    return beta * sqnorm(dF), inner(dF, dx) + 1e-12 * (sqnorm(dF) + sqnorm(dx))


def _lipschitz(oracle: Any, x: Array, y: Array, L: float) -> tuple[Array, Array]:
    dF, dx = _differences(oracle, x, y)
    return norm(dF), L * norm(dx)


def _nonexpansive(oracle: Any, x: Array, y: Array) -> tuple[Array, Array]:
    dT, dx = _differences(oracle, x, y)
    moved = oracle.operator(oracle.x_star + 0 * x) - oracle.x_star
    return maximum(norm(dT) - norm(dx), norm(moved)), 1e-12 * (1 + norm(x) + norm(y))


def _moved(oracle: Any, x: Array) -> Array:
    """How far the projection moves x: not at all without a constraint."""
    project = getattr(oracle, "project", None)
    return 0 * norm(x) if project is None else norm(project(x) - x)


def _strongly_monotone(oracle: Any, x: Array, y: Array, mu: float) -> tuple[Array, Array]:
    dF, dx = _differences(oracle, x, y)
    return mu * sqnorm(dx), inner(dF, dx) + 1e-12 * (sqnorm(dF) + sqnorm(dx))


def _evenly_monotone(oracle: Any, x: Array, y: Array, mu: float) -> tuple[Array, Array]:
    dF, dx = _differences(oracle, x, y)
    return absolute(inner(dF, dx) - mu * sqnorm(dx)), 1e-10 * (sqnorm(dF) + sqnorm(dx))


def _spiral(oracle: Any, x: Array, y: Array, rho: float, L: float) -> tuple[Array, Array]:
    dF, dx = _differences(oracle, x, y)
    turn = absolute(inner(dF, dx) + rho * sqnorm(dF))
    return turn + absolute(sqnorm(dF) - L**2 * sqnorm(dx)), 1e-10 * (sqnorm(dF) + sqnorm(dx))


def _normal(oracle: Any, x: Array, y: Array) -> tuple[Array, Array]:
    F, adjoint = oracle.operator, oracle.adjoint
    linear = norm(F(x + 2 * y) - F(x) - 2 * F(y)) * norm(y)
    transposed = absolute(inner(F(x), y) - inner(x, adjoint(y)))
    commuting = absolute(sqnorm(F(x)) - sqnorm(adjoint(x)))
    size = sqnorm(x) + sqnorm(y) + sqnorm(F(x)) + sqnorm(F(y))
    return linear + transposed + commuting, 1e-10 * size


comonotone = Assumption(
    "comonotone",
    ("rho",),
    r"\langle F(x) - F(y), x - y \rangle \ge -\rho \|F(x) - F(y)\|^2",
    test=_comonotone,
    larger=("rho",),
    letters=_LETTERS,
)
"""F is rho-negative comonotone: F^(-1) + rho I is monotone."""

monotone = Assumption(
    "monotone",
    statement=r"\langle F(x) - F(y), x - y \rangle \ge 0",
    test=lambda oracle, x, y: _comonotone(oracle, x, y, 0.0),
    implies=lambda: (comonotone(0.0),),
    letters=_LETTERS,
)
"""The operator is monotone."""

cocoercive = Assumption(
    "cocoercive",
    ("beta",),
    r"\langle F(x) - F(y), x - y \rangle \ge \beta \|F(x) - F(y)\|^2",
    test=_cocoercive,
    implies=lambda beta: (monotone(),),
    smaller=("beta",),
    letters=_LETTERS,
)
"""F is beta-cocoercive: F^(-1) - beta I is monotone. So F is Lipschitz with constant 1/beta."""

strongly_stable = Assumption(
    "strongly_stable",
    ("mu",),
    r"\langle F(x), x - x^\star \rangle \ge \mu \|x - x^\star\|^2",
    test=lambda oracle, x, mu: (
        mu * sqnorm(x - oracle.x_star),
        inner(oracle.operator(x), x - oracle.x_star)
        + 1e-12 * (sqnorm(oracle.operator(x)) + sqnorm(x)),
    ),
    smaller=("mu",),
    letters=_LETTERS | {r"\mu": "strong monotonicity towards the solution"},
)
"""The inequality of strong monotonicity, at the solution only: there may be hills elsewhere."""

strongly_monotone = Assumption(
    "strongly_monotone",
    ("mu",),
    r"\langle F(x) - F(y), x - y \rangle \ge \mu \|x - y\|^2",
    test=_strongly_monotone,
    implies=lambda mu: (monotone(), strongly_stable(mu)),
    smaller=("mu",),
    letters=_LETTERS | {r"\mu": "strong monotonicity"},
)
"""F - mu I is monotone."""

evenly_monotone = Assumption(
    "evenly_monotone",
    ("mu",),
    r"\langle F(x) - F(y), x - y \rangle = \mu \|x - y\|^2",
    test=_evenly_monotone,
    implies=lambda mu: (strongly_monotone(mu),),
    letters=_LETTERS,
)
"""Strongly monotone with equality throughout: a rotation beside mu I."""

lipschitz = Assumption(
    "lipschitz",
    ("L",),
    r"\|F(x) - F(y)\| \le L \|x - y\|",
    test=_lipschitz,
    larger=("L",),
    letters=_LETTERS | {"L": "Lipschitz constant of the operator"},
)
"""The operator is Lipschitz with constant L."""

contractive = Assumption(
    "contractive",
    ("q",),
    r"\|T(x) - T(y)\| \le q \|x - y\|",
    test=lambda oracle, x, y, q: _lipschitz(oracle, x, y, q),
    larger=("q",),
    letters={
        "T": "the operator whose fixed points are sought",
        "q": "factor by which T contracts distances",
    },
)
"""The operator T multiplies distances by q at most."""

nonexpansive = Assumption(
    "nonexpansive",
    ("x_star",),
    r"\|T(x) - T(y)\| \le \|x - y\|, \quad T(x^\star) = x^\star",
    test=_nonexpansive,
    implies=lambda x_star: (lipschitz(1.0), contractive(1.0)),
    letters={
        "T": "the operator whose fixed points are sought",
        r"x^\star": "the nearest fixed point",
    },
)
"""The operator T increases no distance, and leaves x_star where it is."""

spiral = Assumption(
    "spiral",
    ("rho", "L"),
    r"\|F(x) - F(y)\| = L \|x - y\|, \quad "
    r"\langle F(x) - F(y), x - y \rangle = -\rho \|F(x) - F(y)\|^2",
    test=_spiral,
    implies=lambda rho, L: (comonotone(rho), lipschitz(L)),
    letters=_LETTERS,
)
"""Comonotone and Lipschitz with equality throughout: a rotation with a stretch."""

normal_linear = Assumption(
    "normal_linear",
    statement=r"F(x) = A x, \quad A A^\top = A^\top A",
    test=_normal,
    letters=_LETTERS,
)
"""The operator is linear and normal; its transpose is the oracle ``adjoint``."""

resolvable = Assumption(
    "resolvable",
    statement=r"p + F(p) = x \quad \text{for } p = (I + F)^{-1}(x)",
    test=lambda oracle, x: (
        norm(oracle.resolvent(x, 1.0) + oracle.operator(oracle.resolvent(x, 1.0)) - x),
        1e-10 * norm(x),
    ),
    letters=_LETTERS,
)
"""The resolvent of the operator is exact."""

zero = Assumption(
    "zero",
    ("x_star",),
    r"F(x^\star) = 0, \quad C = \mathbb{R}^d",
    test=lambda oracle, x: (
        norm(oracle.operator(oracle.x_star + 0 * x)) + _moved(oracle, x),
        1e-12 + 0 * norm(x),
    ),
    letters=_LETTERS,
)
"""The operator vanishes at x_star, and there is no constraint."""

solution_on_set = Assumption(
    "solution_on_set",
    ("x_star",),
    r"\langle F(x^\star), y - x^\star \rangle \ge 0 \ \forall y \in C, \quad x^\star \in C",
    test=lambda oracle, x: (
        0 * norm(x) - 1e-12,
        inner(oracle.operator(oracle.x_star + 0 * x), oracle.project(x) - oracle.x_star),
    ),
)
"""x_star solves the variational inequality of F on the constraint set C."""


def _gap(oracle: Any, x: Array, y: Array) -> tuple[Array, Array]:
    inside = oracle.reference(y)
    return inner(oracle.operator(inside), x - inside), oracle.restricted_gap(x)


gap_set = Assumption(
    "gap_set",
    ("R",),
    r"G(x) = \sup_{y \in S} \langle F(y), x - y \rangle, \quad R = \sup_{y \in S} \|y - x_0\|",
    test=_gap,
    letters=_LETTERS
    | {"S": "the compact set of the restricted gap", "G": "the gap, restricted to S"},
)
"""The gap restricted to S is known; no point of S is further than R from the start.

The oracle ``reference`` is the projection on S, and ``restricted_gap`` is G.
"""
