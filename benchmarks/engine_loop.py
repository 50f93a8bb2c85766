"""The workloads as one would write them down first: NumPy, one replicate after the other."""

from collections.abc import Callable

import numpy as np
from engine_workloads import Bilinear, Federation, Sensing, StudentEntries, Workload
from scipy.special import expit

from problems.logistic import Logistic

__all__ = ["loop"]


def loop(workload: Workload, x0: np.ndarray, iterations: int) -> np.ndarray:
    """The last iterates from the starting points x0."""
    rng = np.random.default_rng(0)
    found = []
    for start in x0:
        step, state = _step(workload, start, rng)
        for k in range(iterations):
            state = step(state, k)
        found.append(state[0])
    return np.array(found)


def _step(workload: Workload, x0: np.ndarray, rng: np.random.Generator) -> tuple[Callable, tuple]:
    """The step of the workload, and the first state."""
    oracle, hyper = workload.oracle, workload.hyper
    eta, name = hyper["eta"], workload.method.algorithm.name
    if isinstance(oracle, Logistic):
        A, ridge, n = oracle.A, oracle.ridge, oracle.n

        def component(x, i):
            return ridge * x - expit(-A[i] @ x) * A[i]

        if name == "sgd":
            return lambda s, k: (s[0] - eta * component(s[0], rng.integers(n)),), (x0,)

        def saga(s, k):
            x, table, average = s
            i = rng.integers(n)
            new, old = component(x, i), table[i].copy()
            table[i] = new
            return x - eta * (new - old + average), table, average + (new - old) / n

        table = np.array([component(x0, i) for i in range(n)])
        return saga, (x0, table, table.mean(axis=0))

    if isinstance(oracle, Sensing):
        A, y = oracle

        def descent(s, k):
            U = s[0]
            residual = A @ (U @ U.T).reshape(-1) - y
            return (U - eta * (A.T @ residual).reshape(len(U), len(U)) @ U / len(y),)

        return descent, (x0,)

    if isinstance(oracle, Bilinear):
        A, n = oracle.A, len(oracle.A)

        def field(z):
            return np.concatenate([A @ z[n:], -A.T @ z[:n]])

        return lambda s, k: (s[0] - eta * field(s[0] - eta * field(s[0])),), (x0,)

    if isinstance(oracle, Federation):
        A, y, first, m = oracle

        def round_(s, k):
            X = np.tile(s[0], (len(first), 1))
            for _ in range(int(hyper["local"])):
                own = first + rng.integers(m, size=len(first))
                rows = A[own]
                X = X - eta * ((rows * X).sum(axis=1) - y[own])[:, None] * rows
            return (X.mean(axis=0),)

        return round_, (x0,)

    A, center, d, noise = oracle.A, oracle.center, len(x0), workload.noise

    def gradient(x):
        g = A @ (x - center)
        if isinstance(noise, StudentEntries):
            return g + noise.scale * rng.standard_t(noise.nu, d)
        return g if noise is None else g + noise.sigma / np.sqrt(d) * rng.standard_normal(d)

    if name == "clipped_sgd":

        def clipped(s, k):
            g = gradient(s[0])
            return (s[0] - eta * min(1.0, hyper["c"] / np.linalg.norm(g)) * g,)

        return clipped, (x0,)

    if name == "adam":
        beta1, beta2, eps = hyper["beta1"], hyper["beta2"], hyper["eps"]

        def adam(s, k):
            x, m, v = s
            g = gradient(x)
            m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
            first, second = m / (1 - beta1 ** (k + 1)), v / (1 - beta2 ** (k + 1))
            return x - eta * first / (np.sqrt(second) + eps), m, v

        return adam, (x0, np.zeros(d), np.zeros(d))

    return lambda s, k: (s[0] - eta * gradient(s[0]),), (x0,)
