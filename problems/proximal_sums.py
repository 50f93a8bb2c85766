"""Finite sums whose components have proximal operators."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    components_smooth,
    components_strongly_convex,
    finite_sum,
    gradient_noise,
    proximable_components,
    smooth,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.streams import integers
from convlab.vocabulary import (
    Array,
    element,
    matvec,
    mean,
    rmatvec,
    row,
    sqnorm,
)

__all__ = [
    "RegularizedSquares",
    "mean_estimation",
    "regularized_squares",
]


class RegularizedSquares(NamedTuple):
    """f_i(x) = (a_i^T x - y_i)^2 / 2 + mu |x - c_i|^2 / 2, with proximal operators.

    Their mean is written as ``least`` at the minimizer ``center``, plus a quadratic: so that both
    are exact at every precision.
    """

    A: Array
    y: Array
    c: Array
    mu: float
    center: Array
    least: float

    @property
    def n(self):
        """Number of components."""
        return self.A.shape[-2]

    def value(self, x):
        """(R, d) -> (R, 1)."""
        z = x - self.center
        return self.least + 0.5 * mean(matvec(self.A, z) ** 2) + 0.5 * self.mu * sqnorm(z)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        z = x - self.center
        return rmatvec(self.A, matvec(self.A, z)) / self.n + self.mu * z

    def sample_value(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        residual = matvec(row(self.A, i), x) - element(self.y, i)
        apart = sqnorm(x[:, None, :] - row(self.c, i))[..., 0]
        return 0.5 * mean(residual**2) + 0.5 * self.mu * mean(apart)

    def sample_gradient(self, x, i):
        """Mean over the components i, (R, b): (R, d)."""
        rows = row(self.A, i)
        residual = matvec(rows, x) - element(self.y, i)
        share = 0 * residual + 1 / i.shape[1]
        return rmatvec(rows, residual * share) + self.mu * (x - rmatvec(row(self.c, i), share))

    def stochastic_gradient(self, x, rng):
        """The gradient of one component: (R, d)."""
        return self.sample_gradient(x, integers(rng, self.n))

    def sample_prox(self, x, i, step):
        """The proximal operator of the component i, (R, 1): (R, d)."""
        rows = row(self.A, i)
        residual = matvec(rows, x) - element(self.y, i)
        one = 0 * residual + 1
        a, c = rmatvec(rows, one), rmatvec(row(self.c, i), one)
        shrunk = (x + step * self.mu * c) / (1 + step * self.mu)
        residual = matvec(rows, shrunk) - element(self.y, i)
        return shrunk - step * a * residual / (1 + step * self.mu + step * sqnorm(a))


def _regularized_squares(A: np.ndarray, y: np.ndarray, c: np.ndarray, mu: float) -> Problem:
    n, d = A.shape
    middle = c.mean(axis=0)
    hessian = A.T @ A / n + mu * np.eye(d)
    x = np.linalg.solve(hessian, A.T @ y / n + mu * middle)
    gradients = (A @ x - y)[:, None] * A + mu * (x - c)
    f_star = float(0.5 * ((A @ x - y) ** 2).mean() + 0.5 * mu * ((x - c) ** 2).sum(axis=1).mean())
    # Of the components' gradients, with their rounding.
    rows, size = np.linalg.norm(A, axis=1), float(np.linalg.norm(x))
    sides = rows * (d * rows * size + 2 * np.abs(y)) + 2 * mu * (size + np.linalg.norm(c, axis=1))
    wrong = np.linalg.norm(gradients.mean(axis=0)) + 2.0**-52 * sides.mean()
    error = float(wrong / mu)
    L = float(np.linalg.eigvalsh(hessian)[-1])
    solved = "linear system; error from the gradient there"
    return Problem(
        oracle=RegularizedSquares(A, y, c, mu, x, f_star),
        declares=[
            finite_sum(n),
            components_strongly_convex(mu),
            components_smooth(float((A**2).sum(axis=1).max() + mu)),
            smooth(Certificate(L, "largest eigenvalue", 1e-13 * L)),
            proximable_components(),
            gradient_noise(Certificate(float((gradients**2).sum(axis=1).mean()), solved, 1e-13)),
            attained(
                Certificate(f_star, solved, 1e-15 * (1 + f_star)), Certificate(x, solved, error)
            ),
        ],
    )


@family
def mean_estimation(
    rng,
    *,
    n: Annotated[int, between(2, 20)] = 4,
    d: Annotated[int, between(1, 5)] = 2,
    mu: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
):
    """f_i(x) = mu |x - c_i|^2 / 2 with random points c_i; every step contracts all distances."""
    return _regularized_squares(np.zeros((n, d)), np.zeros(n), rng.normal(size=(n, d)), mu)


@family
def regularized_squares(
    rng,
    *,
    n: Annotated[int, between(2, 20)] = 8,
    d: Annotated[int, between(1, 5)] = 3,
    mu: Annotated[float, between(0.01, 1.0, log=True)] = 0.1,
):
    """Random least squares, with a ridge around 0 in every component."""
    return _regularized_squares(rng.normal(size=(n, d)), rng.normal(size=n), np.zeros((n, d)), mu)
