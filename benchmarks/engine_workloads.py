"""The workloads on which the speed of the engines is measured, as algorithms on problems.

What the catalogue has is taken from there; what it lacks is written here, in the same words.
"""

from typing import Any, NamedTuple

import numpy as np

from convlab.algorithm import Method, Point, algorithm
from convlab.algorithms.adaptive import adam
from convlab.algorithms.gradient import gradient_descent
from convlab.algorithms.stochastic import sgd
from convlab.assumptions import attained
from convlab.metrics import Metric, distance_squared, gap
from convlab.problem import Problem
from convlab.streams import integers, normal, student
from convlab.vocabulary import (
    Array,
    concat,
    element,
    matmul,
    matvec,
    mean,
    minimum,
    norm,
    repeat,
    rmatvec,
    row,
    set_row,
    split,
    total,
    transpose,
)
from problems.logistic import logistic
from problems.noise import Gaussian, noisy
from problems.quadratics import quadratic

__all__ = ["WORKLOADS", "Workload"]


class Workload(NamedTuple):
    """A method on a problem, how many replicates and iterations, and what is recorded."""

    title: str
    method: Method
    problem: Problem
    replicates: int
    iterations: int
    metric: Metric = gap

    @property
    def oracle(self) -> Any:
        """The oracle without its noise: a tuple of arrays and numbers."""
        return getattr(self.problem.oracle, "exact", self.problem.oracle)

    @property
    def noise(self) -> Any:
        """The noise, or None."""
        return getattr(self.problem.oracle, "noise", None)

    @property
    def hyper(self) -> dict[str, float]:
        """The hyperparameters as numbers."""
        return {name: float(value) for name, value in self.method.hyperparameters.items()}


# Clipping and heavy tails -----------------------------------------------------------------------


@algorithm
def clipped_sgd(s, oracle, rng, *, eta, c):
    r"""Clipped SGD, :math:`x_{k+1} = x_k - \eta \min(1, c / \|g_k\|) g_k`."""
    g = oracle.stochastic_gradient(s.x, rng)
    return Point(s.x - eta * minimum(1.0, c / norm(g)) * g)


class StudentEntries(NamedTuple):
    """Independent t variates with ``nu`` degrees of freedom, times ``scale``."""

    scale: float = 1.0
    nu: float = 2.5

    def stochastic_gradient(self, oracle, x, rng):
        """(R, d) -> (R, d)."""
        return oracle.gradient(x) + self.scale * student(rng, x.shape[-1], self.nu)

    def declares(self, problem: Problem) -> list:
        """Nothing."""
        return []


# SAGA with a table of gradients -----------------------------------------------------------------


class Saga(NamedTuple):
    """The iterate, the last gradient of each component, and their mean."""

    x: Array
    gradients: Array
    average: Array


def _first_gradients(x0: Array, oracle: Any) -> Saga:
    each = np.tile(np.arange(oracle.n), len(x0))[:, None]
    gradients = oracle.sample_gradient(np.repeat(x0, oracle.n, axis=0), each)
    gradients = gradients.reshape(len(x0), oracle.n, -1)
    return Saga(x0, gradients, gradients.mean(axis=1))


@algorithm(init=_first_gradients)
def saga(s, oracle, rng, *, eta):
    r"""SAGA as it is coded for speed: the catalogue's keeps points, as in the definition."""
    i = integers(rng, oracle.n)
    new = oracle.sample_gradient(s.x, i)
    change = new - row(s.gradients, i)[:, 0, :]
    return Saga(
        s.x - eta * (change + s.average),
        set_row(s.gradients, i, new[:, None, :]),
        s.average + change / oracle.n,
    )


# Matrix sensing ---------------------------------------------------------------------------------


class Sensing(NamedTuple):
    """f(U) = sum_i (<A_i, U U^T> - y_i)^2 / (4 m), the A_i symmetric: rows of A, (m, n^2)."""

    A: Array
    y: Array

    def _residual(self, U):
        square = matmul(U, transpose(U))
        return matvec(self.A, square.reshape((U.shape[0], U.shape[1] ** 2))) - self.y

    def value(self, U):
        """(R, n, k) -> (R, 1)."""
        return 0.25 * mean(self._residual(U) ** 2)

    def gradient(self, U):
        """(R, n, k) -> (R, n, k)."""
        R, n = U.shape[:2]
        weighted = rmatvec(self.A, self._residual(U)).reshape((R, n, n))
        return matmul(weighted, U) / self.A.shape[0]


def sensing(n: int, k: int, m: int) -> Problem:
    """Sensing of a matrix of rank k."""
    rng = np.random.default_rng(1)
    A = rng.normal(size=(m, n, n))
    A = ((A + A.transpose(0, 2, 1)) / 2).reshape(m, n * n)
    U = rng.normal(size=(n, k)) / np.sqrt(n)
    return Problem(
        oracle=Sensing(A, A @ (U @ U.T).reshape(-1)),
        declares=[attained(0.0, U)],
        start=lambda rng, R: 0.1 * normal(rng, n * k).reshape((R, n, k)),
        name="matrix sensing",
    )


# A bilinear game --------------------------------------------------------------------------------


class Bilinear(NamedTuple):
    """The field (A y, -A^T x) of the game min_x max_y x^T A y, at z = (x, y)."""

    A: Array

    def field(self, z):
        """(R, 2 n) -> (R, 2 n)."""
        x, y = split(z, self.A.shape[0])
        return concat(matvec(self.A, y), -rmatvec(self.A, x))


def bilinear(n: int) -> Problem:
    """A game with singular values between 1/2 and 1."""
    rng = np.random.default_rng(2)
    left, right = (np.linalg.qr(rng.normal(size=(n, n)))[0] for _ in range(2))
    A = (left * np.linspace(0.5, 1.0, n)) @ right
    return Problem(
        oracle=Bilinear(A), declares=[attained(0.0, np.zeros(2 * n))], name="bilinear game"
    )


@algorithm
def extragradient(s, oracle, *, eta):
    r"""Extragradient, :math:`x_{k+1} = x_k - \eta F(x_k - \eta F(x_k))`.

    G. M. Korpelevich, *The extragradient method for finding saddle points and other problems*,
    Ekon. Mat. Metody 12 (1976).
    """
    ahead = s.x - eta * oracle.field(s.x)
    return Point(s.x - eta * oracle.field(ahead))


# Federated averaging ----------------------------------------------------------------------------


class Federation(NamedTuple):
    """Least squares over workers: worker w holds the rows ``first[w]``, ..., m of them."""

    A: Array
    y: Array
    first: Array
    m: int

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return 0.5 * mean((matvec(self.A, x) - self.y) ** 2)

    def local_gradient(self, X, i):
        """Of sample i, (R, W), of each worker at its own point: (R, W, d) -> (R, W, d)."""
        own = i + self.first
        rows, targets = row(self.A, own), element(self.y, own)
        return (total(rows * X) - targets[:, :, None]) * rows


def federation(workers: int, m: int, d: int) -> Problem:
    """Regression; each worker has data around a solution of its own."""
    rng = np.random.default_rng(3)
    A = rng.normal(size=(workers * m, d)) / np.sqrt(d)
    y = (A.reshape(workers, m, d) @ rng.normal(size=(workers, d, 1))).reshape(-1)
    center = np.linalg.lstsq(A, y)[0]
    f_star = float(0.5 * ((A @ center - y) ** 2).mean())
    return Problem(
        oracle=Federation(A, y, m * np.arange(workers), m),
        declares=[attained(f_star, center)],
        name="federated regression",
    )


@algorithm
def federated_averaging(s, oracle, rng, *, eta, local):
    r"""Federated averaging: each worker takes ``local`` steps of SGD from x_k; then the mean.

    H. B. McMahan et al., *Communication-efficient learning of deep networks from decentralized
    data*, AISTATS (2017).
    """
    workers = oracle.first.shape[0]
    start = s.x[:, None, :] + 0.0 * oracle.first[:, None]

    def step(X):
        return X - eta * oracle.local_gradient(X, integers(rng, oracle.m, workers))

    return Point(mean(transpose(repeat(local, step, start)))[:, :, 0])


def _quadratic(d: int) -> Problem:
    return quadratic.make(np.random.default_rng(4), d=d)


def _logistic() -> Problem:
    return logistic.make(np.random.default_rng(5), n=200, d=20)


WORKLOADS = {
    "a": Workload(
        "gradient descent, d = 10", gradient_descent(eta=1.0), _quadratic(10), 1, 100_000
    ),
    "b": Workload(
        "SGD, normal noise, d = 32", sgd(eta=0.05), noisy(_quadratic(32), Gaussian()), 256, 10_000
    ),
    "c": Workload("SGD, logistic, n = 200, d = 20", sgd(eta=0.05), _logistic(), 64, 20_000),
    "c2": Workload("SAGA, logistic, n = 200, d = 20", saga(eta=0.05), _logistic(), 64, 20_000),
    "d": Workload(
        "clipped SGD, Student noise, d = 32",
        clipped_sgd(eta=0.05, c=5.0),
        noisy(_quadratic(32), StudentEntries()),
        256,
        10_000,
    ),
    "e": Workload(
        "gradient descent, sensing, n = 20, k = 5, m = 200",
        gradient_descent(eta=0.1),
        sensing(20, 5, 200),
        32,
        1_000,
    ),
    "f": Workload(
        "extragradient, bilinear, 16 + 16",
        extragradient(eta=0.2),
        bilinear(16),
        64,
        20_000,
        distance_squared,
    ),
    "g": Workload(
        "Adam, normal noise, d = 64", adam(eta=0.01), noisy(_quadratic(64), Gaussian()), 128, 10_000
    ),
    "h": Workload(
        "federated averaging, 10 workers, 5 local steps, d = 20",
        federated_averaging(eta=0.1, local=5),
        federation(10, 50, 20),
        64,
        2_000,
    ),
    "i": Workload(
        "SGD, normal noise, d = 1024", sgd(eta=0.05), noisy(_quadratic(1024), Gaussian()), 64, 1_000
    ),
}
