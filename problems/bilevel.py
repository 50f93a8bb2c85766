"""Convex quadratics on two levels, of which the lower one may have many solutions."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    attained_on_set,
    convex_lower_level,
    hidden_directions,
    lower_quadratic,
    lower_smooth,
    optimistic,
    projectable,
    quadratic_lower_level,
    quadratic_objective,
    smooth,
    strongly_convex,
    two_halves,
    upper_distance,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import (
    Array,
    concat,
    inner,
    matmul,
    matvec,
    split,
    sqnorm,
    total,
    where,
)

__all__ = ["TwoLevels", "affine_solutions", "many_solutions", "two_halves_line"]


class TwoLevels(NamedTuple):
    """F = (z - c)^T U (z - c)/2 in z = (x, y), f = y^T H y/2 - y^T C x, both convex.

    ``response`` and ``offset`` give the best of the lower solutions, ``curvature``, ``solution``
    and ``least`` the value F has there. U_yy and U_yx are blocks of U.
    """

    U: Array
    center: Array
    U_yy: Array
    U_yx: Array
    H: Array
    C: Array
    response: Array
    offset: Array
    curvature: Array
    solution: Array
    least: float

    def value(self, x):
        """The best value of the upper level at lower solutions: (R, n) -> (R, 1)."""
        off = x - self.solution
        return self.least + 0.5 * inner(off, matvec(self.curvature, off))

    def gradient(self, x):
        """(R, n) -> (R, n)."""
        return matvec(self.curvature, x - self.solution)

    def hessian_vector(self, x, v):
        """(R, n), (R, n) -> (R, n)."""
        return matvec(self.curvature, v)

    def best_response(self, x):
        """The best lower solution: (R, n) -> (R, m)."""
        return matvec(self.response, x) + self.offset

    def upper_value(self, x, y):
        """(R, n), (R, m) -> (R, 1)."""
        off = concat(x, y) - self.center
        return 0.5 * inner(off, matvec(self.U, off))

    def upper_gradient_x(self, x, y):
        """(R, n), (R, m) -> (R, n)."""
        return split(matvec(self.U, concat(x, y) - self.center), x.shape[-1])[0]

    def upper_gradient_y(self, x, y):
        """(R, n), (R, m) -> (R, m)."""
        return split(matvec(self.U, concat(x, y) - self.center), x.shape[-1])[1]

    def upper_tangent(self, x, y, J):
        """Derivative of the upper gradient in y where y moves by J dx: (R, m, n) -> (R, m, n)."""
        return matmul(self.U_yy, J) + self.U_yx

    def lower_start(self, x):
        """(R, n) -> (R, m), zero."""
        return 0.0 * matvec(self.C, x)

    def lower_gradient(self, x, y):
        """The gradient in y: (R, n), (R, m) -> (R, m)."""
        return matvec(self.H, y) - matvec(self.C, x)

    def lower_tangent(self, x, y, J):
        """Derivative of the lower gradient where y moves by J dx: (R, m, n) -> (R, m, n)."""
        return matmul(self.H, J) - self.C


def _two_levels(U, center, H, C, extra=(), start=None):
    """The problem with its certificates, by linear algebra."""
    n, m = C.shape[1], C.shape[0]
    eigenvalues, vectors = np.linalg.eigh(H)
    seen = eigenvalues > 1e-9 * eigenvalues[-1]
    null = vectors[:, ~seen]
    pinv = (vectors[:, seen] / eigenvalues[seen]) @ vectors[:, seen].T
    base = pinv @ C
    # z = E x + N t: the lower solutions; the best t is linear in x.
    E, N = np.concatenate([np.eye(n), base]), np.concatenate([np.zeros((n, null.shape[1])), null])
    inverse = np.linalg.inv(N.T @ U @ N) if null.shape[1] else np.zeros((0, 0))
    best = np.eye(n + m) - N @ inverse @ N.T @ U
    slope, shift = best @ E, N @ inverse @ N.T @ U @ center
    curvature = slope.T @ U @ slope
    solution = np.linalg.solve(curvature, slope.T @ U @ (center - shift))
    off = slope @ solution + shift - center
    least = float(off @ U @ off / 2)
    spectrum = np.linalg.eigvalsh(curvature)
    how, error = "eigenvalue", 1e-12 * spectrum[-1]
    return Problem(
        oracle=TwoLevels(
            U, center, U[n:, n:], U[n:, :n], H, C, slope[n:], shift[n:], curvature, solution, least
        ),
        declares=[
            optimistic(),
            quadratic_lower_level(),
            convex_lower_level(Certificate(float(eigenvalues[-1]), how, 1e-12)),
            quadratic_objective(),
            smooth(Certificate(float(spectrum[-1]), how, error)),
            strongly_convex(Certificate(float(spectrum[0]), how, error)),
            attained(
                Certificate(least, "linear system", 1e-12 * (1 + least)),
                Certificate(
                    solution, "linear system", 1e-12 * (1 + float(np.linalg.norm(solution)))
                ),
            ),
            *extra,
        ],
        start=start,
    )


@family
def two_halves_line(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 1,
    delta: Annotated[float, between(0.0, 1.0)] = 0.0,
):
    """f = |y_1|^2/2 - x^T y_1 + delta |y_2 - x|^2/2, F = |x - y_2|^2/2 + |y_1 - e|^2/2.

    The solution is x = y_1 = y_2 = e, all ones, whatever delta; the start is 0. With delta = 0 it
    is the counterexample of Liu et al. (2020), in d dimensions.
    """
    one, zero = np.eye(d), np.zeros((d, d))
    U = np.block([[one, zero, -one], [zero, one, zero], [-one, zero, one]])
    H = np.block([[one, zero], [zero, delta * one]])
    C = np.concatenate([one, delta * one])
    return _two_levels(U, np.ones(3 * d), H, C, [two_halves(delta)], np.zeros(d))


@family
def many_solutions(
    rng,
    *,
    n: Annotated[int, between(1, 5)] = 2,
    m: Annotated[int, between(2, 10)] = 5,
    share: Annotated[float, between(0.1, 0.9)] = 0.5,
):
    """The lower level fits y to x in some directions; the upper one wants y near a map of x.

    F = |y - G x - g|^2/2 + |x - h|^2/2, f = |B y - A x|^2/2 with fewer rows in B than columns.
    """
    rank = min(max(1, round(share * m)), m - 1)
    directions = np.linalg.qr(rng.normal(size=(m, m)))[0][:, :rank]
    B = np.sqrt(rng.uniform(0.5, 1.0, size=rank))[:, None] * directions.T
    A, G = rng.normal(size=(rank, n)) / 4, rng.normal(size=(m, n)) / 4
    h, g = rng.normal(size=n), rng.normal(size=m)
    U = np.block([[G.T @ G + np.eye(n), -G.T], [-G, np.eye(m)]])
    center = np.concatenate([h, G @ h + g])
    return _two_levels(U, center, B.T @ B, B.T @ A)


class AffineSolutions(NamedTuple):
    """F = |y - c|^2/2 over the minimizers of f = (y - y*)^T H (y - y*)/2, H singular.

    H = Q diag(``curvatures``) Q with the reflection Q = I - 2 w w^T/|w|^2 that maps ``mirror``, w,
    to -w, and c = y* + Q ``away``, where ``away`` is 0 where a curvature is. Q is evaluated as
    such, so that f sees nothing of its hidden directions, and y* is the solution, at every
    precision. Everywhere (R, d) -> (R, 1) or (R, d).
    """

    solution: Array
    curvatures: Array
    away: Array
    mirror: Array

    def reflect(self, x):
        """Q x, and the same as its inverse."""
        w = self.mirror
        return x - 2 * w * inner(w + 0 * x, x) / sqnorm(w + 0 * x)

    def value(self, x):
        """The upper level."""
        return 0.5 * sqnorm(self.gradient(x))

    def gradient(self, x):
        """The gradient of the upper level."""
        return x - self.solution - self.reflect(self.away + 0 * x)

    def lower_value(self, x):
        """The lower level, whose infimum is 0."""
        return 0.5 * total(self.curvatures * self.reflect(x - self.solution) ** 2)

    def lower_gradient(self, x):
        """The gradient of the lower level."""
        return self.reflect(self.curvatures * self.reflect(x - self.solution))

    def hidden(self, x):
        """The part of x that the lower level does not see."""
        return self.reflect(where(self.curvatures > 0, 0.0, 1.0) * self.reflect(x))

    def project(self, x):
        """The nearest minimizer of the lower level."""
        return self.solution + self.hidden(x - self.solution)


@family
def affine_solutions(
    rng,
    *,
    d: Annotated[int, between(2, 10)] = 4,
    L_f: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.0, 10.0, log=True)] = 3.0,
):
    """One upper variable: the nearest point to c of an affine set, the minimizers of f."""
    rank = max(1, d // 2)
    curvatures = np.zeros(d)
    curvatures[:rank] = np.geomspace(L_f / kappa, L_f, rank)
    mirror, solution, away = rng.normal(size=(3, d))
    away[rank:] = 0.0
    return Problem(
        oracle=AffineSolutions(solution, curvatures, away, mirror),
        declares=[
            smooth(1.0),
            strongly_convex(1.0),
            lower_smooth(Certificate(L_f, "prescribed", 1e-14 * L_f)),
            hidden_directions(),
            lower_quadratic(),
            upper_distance(),
            projectable(),
            attained_on_set(float(away @ away) / 2, solution),
        ],
    )
