"""Distributed problems f = (f_1 + ... + f_n) / n, worker i holding f_i, with different f_i."""

from dataclasses import replace
from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    average_smooth,
    components_smooth,
    distributed,
    equal_bowls,
    heterogeneous,
    rare_features,
    root_mean_square_smooth,
    smooth,
    strongly_convex,
)
from convlab.family import between, choice, family
from convlab.problem import Problem
from convlab.streams import integers
from convlab.vocabulary import Array, inner, matvec, mean, row, row_mean, total

__all__ = [
    "Wells",
    "Workers",
    "bowls",
    "competing_workers",
    "distributed_quadratics",
    "distributed_wells",
    "indefinite_workers",
    "own_features",
    "sharp_worker",
]


class Workers(NamedTuple):
    """f_i(x) = x^T H_i x / 2 - b_i^T x, with H (n, d, d) and b (n, d).

    ``local_weights`` are the L_i over their sum, ``hessian`` the mean of H. f itself is written as
    ``least`` at its minimizer ``center``, plus a quadratic: both are exact at every precision. A
    table of points (R, n, d) has one for each worker; one row serves all.
    """

    H: Array
    b: Array
    local_weights: Array
    hessian: Array
    center: Array
    least: float

    @property
    def n(self):
        """Number of workers."""
        return self.b.shape[-2]

    def value(self, x):
        """(R, d) -> (R, 1)."""
        z = x - self.center
        return self.least + 0.5 * inner(z, matvec(self.hessian, z))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return matvec(self.hessian, x - self.center)

    def local_gradients(self, x):
        """The gradients of the workers, each at its own point: (R, n, d) -> (R, n, d)."""
        return total(self.H * x[..., None, :])[..., 0] - self.b

    def sample_value(self, x, i):
        """Mean over the workers i, (R, b): (R, 1)."""
        slopes = self.local_gradients(x[:, None, :]) - self.b
        return 0.5 * mean(total(x[:, None, :] * row(slopes, i))[..., 0])

    def sample_gradient(self, x, i):
        """Mean over the workers i, (R, b): (R, d)."""
        return row_mean(row(self.local_gradients(x[:, None, :]), i))

    def stochastic_gradient(self, x, rng):
        """The gradient of one worker: (R, d)."""
        return self.sample_gradient(x, integers(rng, self.n))


def _smoothness(L: np.ndarray) -> list:
    """What the constants L_i of the workers declare."""
    return [
        distributed(len(L)),
        components_smooth(float(L.max())),
        average_smooth(float(L.mean())),
    ]


def _workers(H: np.ndarray, b: np.ndarray, start: np.ndarray | None = None) -> Problem:
    """The problem, with constants from eigenvalues; the mean of H must be positive definite."""
    L = np.abs(np.linalg.eigvalsh(H)).max(axis=1)
    d, mean_H, mean_b = b.shape[1], H.mean(axis=0), b.mean(axis=0)
    values = np.linalg.eigvalsh(mean_H)
    x_star = np.linalg.solve(mean_H, mean_b)
    least = float(-0.5 * mean_b @ x_star)
    # Of the gradients of the workers at x_star, with their rounding.
    rounding = 2.0**-52 * d * np.abs(H).mean(axis=0).sum() * np.linalg.norm(x_star)
    rounding += 2.0**-49 * float(np.linalg.norm(b, axis=1).mean())
    wrong = float((np.linalg.norm(mean_H @ x_star - mean_b) + rounding) / values[0])
    solved = "linear system; error from its residual"
    touched = np.abs(H).sum(axis=2) > 0  # (n, d): which workers depend on which coordinates
    share, support = float(touched.mean(axis=0).max()), int(touched.sum(axis=1).max())
    changes = np.linalg.eigvalsh((np.swapaxes(H, 1, 2) @ H).mean(axis=0))
    off = 1e-14 * float(np.sqrt(changes[-1]))  # as eigenvalues are computed
    return Problem(
        oracle=Workers(H, b, L / L.sum(), mean_H, x_star, least),
        declares=[
            *_smoothness(L),
            root_mean_square_smooth(Certificate(float(np.sqrt(changes[-1])), "eigenvalue", off)),
            rare_features(share, support),
            smooth(Certificate(float(values[-1]), "eigenvalue", off)),
            strongly_convex(Certificate(float(values[0]), "eigenvalue", off)),
            attained(Certificate(least, solved), Certificate(x_star, solved, wrong)),
        ],
        start=start,
    )


def _rotated(rng: np.random.Generator, values: np.ndarray) -> np.ndarray:
    """Symmetric matrices with these eigenvalues (n, d) in random directions."""
    Q = np.linalg.qr(rng.normal(size=(*values.shape, values.shape[-1])))[0]
    H = Q @ (values[..., None] * np.swapaxes(Q, 1, 2))
    return (H + np.swapaxes(H, 1, 2)) / 2


@family
def distributed_quadratics(
    rng,
    *,
    n: Annotated[int, between(1, 30)] = 10,
    d: Annotated[int, between(1, 10)] = 5,
    spread: Annotated[float, between(1.0, 1000.0, log=True)] = 30.0,
    kappa: Annotated[float, between(1.0, 100.0, log=True)] = 10.0,
):
    """Strongly convex quadratics with different minimizers; L_i from 1/spread to 1."""
    values = np.geomspace(1.0, 1.0 / kappa, d) * np.geomspace(1.0, 1.0 / spread, n)[:, None]
    return _workers(_rotated(rng, values), rng.normal(size=(n, d)))


@family
def indefinite_workers(
    rng,
    *,
    n: Annotated[int, between(2, 30)] = 10,
    d: Annotated[int, between(1, 10)] = 5,
    spread: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
):
    """Quadratics without a minimum whose mean is strongly convex: they differ by ``spread``."""
    mean_H = _rotated(rng, np.geomspace(1.0, 0.1, d)[None])[0]
    away = _rotated(rng, rng.uniform(-spread, spread, size=(n, d)))
    return _workers(mean_H + away - away.mean(axis=0), rng.normal(size=(n, d)))


@family
def sharp_worker(
    rng,
    *,
    n: Annotated[int, between(1, 64)] = 16,
    d: Annotated[int, between(1, 10)] = 5,
    rest: Annotated[float, between(0.0, 1.0)] = 0.01,
):
    """One worker has curvature n, the others ``rest`` together: mean 1, root mean square sqrt(n).

    The mean is (1 + rest) |x|^2 / 2, up to linear terms, by which the workers differ.
    """
    curvatures = np.full(n, rest * n / max(n - 1, 1))
    curvatures[0] = n if n > 1 else 1 + rest
    return _workers(curvatures[:, None, None] * np.eye(d), rng.normal(size=(n, d)))


@family
def bowls(
    rng,
    *,
    n: Annotated[int, between(2, 200)] = 20,
    d: Annotated[int, between(1, 5)] = 2,
    L: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    heterogeneity: Annotated[float, between(0.0, 10.0)] = 1.0,
    minority: Annotated[int, between(0, 100)] = 0,
):
    """f_i(x) = L |x - c_i|^2 / 2; the gradients differ by ``heterogeneity``, root mean square.

    The c_i are normal; or as many as the ``minority`` are at one point, and the others, at least
    one, at another.
    """
    minority = min(minority, n - 1)
    away = (np.arange(n) < minority)[:, None] * np.ones(d) if minority else rng.normal(size=(n, d))
    away -= away.mean(axis=0)
    away *= heterogeneity / L / np.sqrt((away**2).sum(axis=1).mean())
    problem = _workers(L * np.ones((n, 1, 1)) * np.eye(d), L * (away + rng.normal(size=d)))
    about = [equal_bowls(L), heterogeneous(heterogeneity)]
    return replace(problem, declares=[*about, *problem.declares])


@family
def competing_workers(rng, *, scale: Annotated[float, between(0.1, 10.0, log=True)] = 1.0):
    """Three workers whose largest slopes are all at odds with the others: for Top-1.

    f_i(x) = scale ((a_i^T x)^2 + |x|^2 / 4) with a_1 = (-3, 2, 2), a_2 = (2, -3, 2) and
    a_3 = (2, 2, -3), from (1, 1, 1): Example 1 of A. Beznosikov, S. Horvath, P. Richtarik and
    M. Safaryan, *On biased compression for distributed learning*, JMLR 24 (2023).
    """
    a = 2.0 - 5.0 * np.eye(3)
    H = scale * (2 * a[:, :, None] * a[:, None, :] + 0.5 * np.eye(3))
    return _workers(H, np.zeros((3, 3)), start=np.ones(3))


@family
def own_features(
    rng,
    *,
    n: Annotated[int, between(2, 10)] = 10,
    features: Annotated[int, choice(1, 2, 3)] = 2,
    kappa: Annotated[float, between(1.0, 10.0)] = 4.0,
):
    """Every worker has its own features: d = n * features coordinates, each held by one worker.

    All L_i are n, and the mean has curvatures from 1/kappa to 1.
    """
    d = n * features
    H = np.zeros((n, d, d))
    own = n * np.geomspace(1.0, 1.0 / kappa, features) * np.ones((n, 1))
    for i in range(n):
        held = np.arange(i * features, (i + 1) * features)
        H[i, held, held] = own[i]
    b = np.where(np.abs(H).sum(axis=2) > 0, rng.normal(size=(n, d)), 0.0)
    return _workers(H, b)


class Wells(NamedTuple):
    """f_i(x) = sum_j A_ij x_j^2 / (1 + x_j^2), with A (n, d)."""

    A: Array
    local_weights: Array
    average: Array

    @property
    def n(self):
        """Number of workers."""
        return self.A.shape[-2]

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return total(self.average * x * x / (1 + x * x))

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return 2 * self.average * x / (1 + x * x) ** 2

    def local_gradients(self, x):
        """The gradients of the workers, each at its own point: (R, n, d) -> (R, n, d)."""
        return 2 * self.A * x / (1 + x * x) ** 2

    def sample_value(self, x, i):
        """Mean over the workers i, (R, b): (R, 1)."""
        return total(row_mean(row(self.A, i)) * x * x / (1 + x * x))

    def sample_gradient(self, x, i):
        """Mean over the workers i, (R, b): (R, d)."""
        return row_mean(row(self.local_gradients(x[:, None, :]), i))

    def stochastic_gradient(self, x, rng):
        """The gradient of one worker: (R, d)."""
        return self.sample_gradient(x, integers(rng, self.n))


@family
def distributed_wells(
    rng,
    *,
    n: Annotated[int, between(2, 30)] = 10,
    d: Annotated[int, between(1, 10)] = 5,
    spread: Annotated[float, between(0.0, 10.0)] = 2.0,
):
    """Bounded nonconvex functions, hills and wells alike, whose mean has one well, at 0.

    The derivative of u^2 / (1 + u^2) is at most 3 sqrt(3)/8, its second one within [-1/2, 2].
    """
    away = rng.uniform(-spread, spread, size=(n, d))
    A = np.geomspace(1.0, 0.1, d) + away - away.mean(axis=0)
    L = 2 * np.abs(A).max(axis=1)
    mean_A = A.mean(axis=0)
    return Problem(
        oracle=Wells(A, L / L.sum(), mean_A),
        declares=[
            *_smoothness(L),
            root_mean_square_smooth(float(np.sqrt((L**2).mean()))),
            smooth(float(2 * mean_A.max())),
            heterogeneous(float(np.sqrt(27 / 64 * ((A - mean_A) ** 2).sum(axis=1).mean()))),
            attained(0.0, np.zeros(d)),
        ],
        radius=3.0,
    )
