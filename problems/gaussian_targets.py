"""Densities exp(-V) with Gaussian expectations and best Gaussian approximation in closed form."""

from typing import Annotated, NamedTuple

import numpy as np
from scipy.optimize import brentq, minimize

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    bounded_below,
    gaussian_target,
    log_concave,
    log_smooth,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import (
    Array,
    concat,
    cos,
    diag,
    diagonal,
    eigh,
    exp,
    log,
    matmul,
    maximum,
    sin,
    split,
    total,
    transpose,
)

__all__ = ["RippledTarget", "gaussian", "isotropic", "rippled", "wells"]

Dimension = Annotated[int, between(1, 5)]


class RippledTarget(NamedTuple):
    """V(z) = sum over i of p_i u_i^2/2 + a_i cos u_i, u = Q^T z; Gaussian where a is 0.

    A Gaussian is x = [S, m], ``(R, d, d + 1)``. The value is the Kullback-Leibler divergence from
    the target, but for a constant: E V - log det S / 2. The best covariance is ``root`` squared.
    """

    Q: Array
    p: Array
    a: Array
    root: Array

    def _parts(self, x):
        """Mean and variances of the u_i: (R, d), (R, d)."""
        S, m = split(x, x.shape[-2])
        rotated = matmul(matmul(transpose(self.Q), S), self.Q)
        return matmul(transpose(self.Q), m)[..., 0], diagonal(rotated)

    def value(self, x):
        """(R, d, d + 1) -> (R, 1)."""
        S, _ = split(x, x.shape[-2])
        u, v = self._parts(x)
        potential = 0.5 * self.p * (u * u + v) + self.a * exp(-0.5 * v) * cos(u)
        return total(potential) - 0.5 * total(log(eigh(S)[0]))

    def mean_gradient(self, x):
        """E grad V: (R, d, d + 1) -> (R, d, 1)."""
        u, v = self._parts(x)
        return matmul(self.Q, (self.p * u - self.a * exp(-0.5 * v) * sin(u))[..., None])

    def mean_hessian(self, x):
        """E hess V: (R, d, d + 1) -> (R, d, d)."""
        u, v = self._parts(x)
        return self._rotated(self.p - self.a * exp(-0.5 * v) * cos(u))

    def sample_gradient(self, z):
        """grad V: (R, d, 1) -> (R, d, 1)."""
        u = matmul(transpose(self.Q), z)[..., 0]
        return matmul(self.Q, (self.p * u - self.a * sin(u))[..., None])

    def sample_hessian(self, z):
        """hess V: (R, d, 1) -> (R, d, d)."""
        u = matmul(transpose(self.Q), z)[..., 0]
        return self._rotated(self.p - self.a * cos(u))

    def _rotated(self, h):
        return matmul(matmul(self.Q, diag(h)), transpose(self.Q))

    def project(self, x):
        """Symmetric covariances without eigenvalues below 0.01: (R, d, d + 1), likewise."""
        S, m = split(x, x.shape[-2])
        values, vectors = eigh(0.5 * (S + transpose(S)))
        raised = matmul(vectors * maximum(values, 0.01)[:, None, :], transpose(vectors))
        return concat(raised, m)


def _target(rng, p, a, s, start, declares):
    """The target with variances s of the best Gaussian, its mean being 0."""
    d = len(p)
    Q = np.linalg.qr(rng.normal(size=(d, d)))[0]
    best = np.concatenate([(Q * s) @ Q.T, np.zeros((d, 1))], axis=1)
    f_star = float(np.sum(0.5 * p * s + a * np.exp(-s / 2) - 0.5 * np.log(s)))
    mean = rng.normal(size=(d, 1))
    S0 = start * np.eye(d)
    return Problem(
        oracle=RippledTarget(Q, p, a, (Q * np.sqrt(s)) @ Q.T),
        declares=[
            *declares,
            attained(
                Certificate(f_star, "at the root of the scalar equation", 1e-12),
                Certificate(best, "root of the scalar equation for each variance", 1e-12),
            ),
        ],
        start=np.concatenate([S0, 3 * mean / np.linalg.norm(mean)], axis=1),
    )


@family
def gaussian(
    rng,
    *,
    d: Dimension = 3,
    kappa: Annotated[float, between(1.0, 1000.0, log=True)] = 20.0,
    start: Annotated[float, between(0.05, 1.0)] = 0.1,
):
    """A Gaussian with precisions from 1/kappa to 1, from a small isotropic covariance."""
    p = np.geomspace(1 / kappa, 1.0, d) if d > 1 else np.ones(1)
    return _target(
        rng,
        p,
        np.zeros(d),
        1 / p,
        start,
        [log_smooth(1.0), log_concave(float(p[0])), gaussian_target()],
    )


@family
def isotropic(rng, *, d: Dimension = 2, start: Annotated[float, between(0.01, 4.0)] = 0.04):
    """A standard Gaussian, from a smaller one, or from a larger one where ``start`` is above 1."""
    one = np.ones(d)
    smaller = [gaussian_target()] if start <= 1 else []
    return _target(rng, one, 0 * one, one, start, [log_smooth(1.0), log_concave(1.0), *smaller])


@family
def rippled(
    rng,
    *,
    d: Dimension = 3,
    ripple: Annotated[float, between(0.1, 0.9)] = 0.5,
    kappa: Annotated[float, between(1.0, 20.0)] = 5.0,
):
    """Not Gaussian, strongly log-concave: a_i = ripple p_i, and the best variances by bisection.

    By symmetry the best mean is 0; the best variance solves 1/s = p (1 - ripple exp(-s/2)).
    """
    p = np.geomspace(1 / kappa, 1.0, d) if d > 1 else np.ones(1)
    s = [brentq(lambda v, q=q: q * v * (1 - ripple * np.exp(-v / 2)) - 1, 0, 20 / q) for q in p]
    return _target(
        rng,
        p,
        ripple * p,
        np.array(s),
        0.1,
        [log_smooth(1 + ripple), log_concave(float(p[0] * (1 - ripple)))],
    )


@family
def wells(rng, *, d: Dimension = 2, ripple: Annotated[float, between(3.0, 8.0)] = 5.0):
    """Not log-concave: a_i = ripple p_i, p_i = 1, with several wells in every direction.

    The infimum is found on a grid of means, the best variance for each being a root of
    1/s = 1 - ripple exp(-s/2) cos(m), and polished.
    """

    def cost(q):
        return (
            0.5 * (q[0] ** 2 + q[1]) + ripple * np.exp(-q[1] / 2) * np.cos(q[0]) - np.log(q[1]) / 2
        )

    grid = [(cost((m, s)), m, s) for m in np.linspace(0, 7, 71) for s in np.geomspace(0.02, 4, 60)]
    lowest = minimize(
        cost, min(grid)[1:], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-14}
    )
    mean = rng.normal(size=(d, 1))
    return Problem(
        oracle=RippledTarget(np.eye(d), np.ones(d), ripple * np.ones(d), np.eye(d)),
        declares=[
            log_smooth(1 + ripple),
            bounded_below(Certificate(d * lowest.fun, "grid search, polished", 1e-9)),
        ],
        start=np.concatenate([0.1 * np.eye(d), mean / np.linalg.norm(mean)], axis=1),
    )
