"""Quadratics on which no polynomial in the Hessian does better than the Chebyshev polynomial.

The curvatures are the points at which that polynomial is extremal, and the start is weighted so
that the residual is orthogonal to all that ``horizon`` gradients span.
"""

from typing import Annotated

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import attained, quadratic_objective, smooth, strongly_convex
from convlab.family import between, family
from convlab.problem import Problem
from problems.quadratics import Quadratic

__all__ = ["chebyshev_convex", "chebyshev_strongly_convex"]

Scale = Annotated[float, between(0.1, 100.0, log=True)]


def _diagonal(spectrum, start):
    mu, L = float(spectrum.min()), float(spectrum.max())
    return Problem(
        oracle=Quadratic(np.diag(spectrum), np.zeros(len(spectrum))),
        declares=[
            quadratic_objective(),
            smooth(Certificate(L, "largest entry")),
            strongly_convex(Certificate(mu, "smallest entry")),
            attained(0.0, np.zeros(len(spectrum))),
        ],
        start=start / np.linalg.norm(start),
    )


@family
def chebyshev_convex(rng, *, horizon: Annotated[int, between(1, 40)] = 10, L: Scale = 1.0):
    """The slowest quadratic among the L-smooth ones, with N = ``horizon``.

    Its curvatures are L cos(j pi/(2 N + 1))^2, j = 0, ..., N, at which p(a)^2 a, with
    sqrt(a) p(a) proportional to T_(2N+1)(sqrt(a/L)), is largest: A. S. Nemirovsky,
    *Information-based complexity of linear operator equations*, J. Complexity 8 (1992).
    """
    nodes = np.cos(np.arange(horizon + 1) * np.pi / (2 * horizon + 1)) ** 2
    apart = np.abs(nodes[:, None] - nodes) + np.eye(horizon + 1)
    logs = -np.log(apart).sum(axis=1) - 1.5 * np.log(nodes)
    return _diagonal(L * nodes, np.exp(0.5 * (logs - logs.max())))


@family
def chebyshev_strongly_convex(
    rng,
    *,
    horizon: Annotated[int, between(1, 40)] = 10,
    L: Scale = 1.0,
    kappa: Annotated[float, between(1.5, 1000.0, log=True)] = 10.0,
):
    """The slowest quadratic with curvatures between L/kappa and L, with N = ``horizon``.

    The curvatures are the extremal points of the Chebyshev polynomial T_N on that interval. Of the
    gap at the start each has a share proportional to its inverse, those at the ends half of it.
    """
    mu = L / kappa
    spectrum = (L + mu) / 2 + (L - mu) / 2 * np.cos(np.arange(horizon + 1) * np.pi / horizon)
    spectrum[0], spectrum[-1] = L, mu
    share = 1 / spectrum
    share[[0, -1]] /= 2
    return _diagonal(spectrum, np.sqrt(share / spectrum))
