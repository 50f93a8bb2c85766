"""Policy evaluation from buffers of transitions, with linear features."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    fixed_point,
    linear_evaluation,
    noisy_rewards,
    one_feature,
    stable_fitting,
    two_scales,
    unstable_direction,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.streams import normal
from convlab.vocabulary import Array, inner, matvec, rmatvec

__all__ = ["Buffer", "doubling", "rare_state", "walk"]


class Buffer(NamedTuple):
    """n transitions: features (n, d) before and after, after times the discount; rewards (n,).

    A = X^T X/n, B = X^T Y/n, ``rewards`` is b = X^T r/n; ``fitting`` and ``offset`` are A^-1 B and
    A^-1 b, ``u`` is the left eigenvector of B - A whose eigenvalue is largest, where that is real,
    and ``deviation`` that of the noise in each reward when it is drawn anew.
    """

    X: Array
    A: Array
    B: Array
    rewards: Array
    fitting: Array
    offset: Array
    u: Array
    deviation: float

    def td(self, x, target):
        """The expected update: (R, d), (R, d) -> (R, d)."""
        return self.rewards + matvec(self.B, target) - matvec(self.A, x)

    def fit(self, target):
        """Where the expected update vanishes: (R, d) -> (R, d)."""
        return matvec(self.fitting, target) + self.offset

    def correlate(self, w):
        """A w: (R, d) -> (R, d)."""
        return matvec(self.A, w)

    def td_adjoint(self, w):
        """(A - B)^T w: (R, d) -> (R, d)."""
        return matvec(self.A, w) - rmatvec(self.B, w)

    def unstable(self, x):
        """(R, d) -> (R, 1)."""
        return inner(x, self.u)

    def sampled_td(self, x, target, rng):
        """The update on the whole buffer, with rewards drawn anew: (R, d), (R, d) -> (R, d)."""
        n = self.X.shape[0]
        return self.td(x, target) + (self.deviation / n) * rmatvec(self.X, normal(rng, n))


def _evaluation(X, Y, r, sigma=0.0, extra=(), start=None):
    """The problem, with its certificates by linear algebra; the step size is 1/(2 lambda_max)."""
    n, d = X.shape
    A, B, b = X.T @ X / n, X.T @ Y / n, X.T @ r / n
    fitted, offset = np.linalg.solve(A, B), np.linalg.solve(A, b)
    solution = np.linalg.solve(A - B, b)
    spectrum = np.linalg.eigvalsh(A)
    alpha = 1 / (2 * spectrum[-1])
    growth, left = np.linalg.eig((B - A).T)
    worst = np.argmax(growth.real)
    nu = float(growth[worst].real)
    if nu > 0 and np.isreal(growth[worst]):
        extra = [*extra, unstable_direction(Certificate(nu, "eigenvalue", 1e-13))]
    if np.linalg.norm(fitted, 2) < 1 - 1e-9:
        extra = [*extra, stable_fitting()]

    def norm(M):
        return Certificate(float(np.linalg.norm(M, 2)), "largest singular value", 1e-12)

    return Problem(
        oracle=Buffer(X, A, B, b, fitted, offset, left[:, worst].real, sigma),
        declares=[
            fixed_point(Certificate(solution, "linear system", 1e-12)),
            linear_evaluation(
                Certificate(float(alpha), "1/(2 lambda_max)", 1e-14),
                Certificate(float(spectrum[0]), "smallest eigenvalue of A", 1e-14),
                norm(np.eye(d) - alpha * (A - B)),
                norm(fitted),
            ),
            noisy_rewards(Certificate(float(sigma * np.sqrt(np.trace(A) / n)), "trace", 1e-14)),
            *extra,
        ],
        start=start,
    )


@family
def rare_state(
    rng,
    *,
    kappa: Annotated[float, between(2.0, 1000.0, log=True)] = 10.0,
    n: Annotated[int, between(4, 100)] = 25,
    gamma: Annotated[float, between(0.8, 0.95)] = 0.9,
    leave: Annotated[float, between(0.5, 1.0)] = 1.0,
):
    """Two states; the second, where the chain ends up, is in one of n transitions only.

    From the first the chain leaves with probability ``leave``. Features span all values. They are
    uncorrelated, of scales 1 and 1/kappa, and rotated so that the fitted update stretches the
    larger one most: by half the largest eigenvalue of G + G^T, where G is gamma D^(1/2) P D^(-1/2).
    """
    root = np.sqrt([1 - 1 / n, 1 / n])
    P = np.array([[1 - leave, leave], [0.0, 1.0]])
    G = gamma * root[:, None] * P / root
    eigenvalues, Q = np.linalg.eigh((G + G.T) / 2)
    scales = np.array([1.0, 1 / kappa])
    features = Q[:, ::-1] * np.sqrt(scales) / root[:, None]
    where = np.array([0] * (n - 1) + [1])
    how = "closed form"
    stretched = two_scales(
        1.0,
        Certificate(1 / kappa, how),
        Certificate(float(eigenvalues[-1]), how, 1e-14),
        Certificate(float(np.linalg.det(G)), how, 1e-14),
    )
    return _evaluation(
        features[where],
        gamma * (P @ features)[where],
        np.zeros(n),
        extra=[stretched] if eigenvalues[-1] > 1 else [],
    )


@family
def doubling(
    rng,
    *,
    gamma: Annotated[float, between(0.1, 0.99)] = 0.9,
    sigma: Annotated[float, between(0.0, 1.0)] = 0.0,
):
    """Two states of values w and 2 w, equally often seen, and the second follows on both.

    J. N. Tsitsiklis and B. Van Roy, *Feature-based methods for large scale dynamic programming*,
    Mach. Learn. 22 (1996). TD and fitted updates diverge for gamma > 5/6.
    """
    X, Y = np.array([[1.0], [2.0]]), gamma * np.array([[2.0], [2.0]])
    return _evaluation(
        X, Y, np.zeros(2), sigma, [one_feature(2.5, Certificate(3 * gamma, "closed form"))]
    )


@family
def walk(
    rng,
    *,
    states: Annotated[int, between(3, 10)] = 5,
    d: Annotated[int, between(1, 3)] = 2,
    gamma: Annotated[float, between(0.1, 0.6)] = 0.4,
    sigma: Annotated[float, between(0.0, 1.0)] = 0.5,
):
    """A random chain whose states are all seen equally often, with features of equal scale."""
    P = rng.dirichlet(np.ones(states), size=states)
    features = np.linalg.qr(rng.normal(size=(states, max(1, min(d, states)))))[0]
    rewards = rng.uniform(-1, 1, size=states)
    return _evaluation(
        features * np.sqrt(states), gamma * P @ features * np.sqrt(states), rewards, sigma
    )
