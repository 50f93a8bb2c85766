"""The workloads in JAX, jit(vmap(scan)) in double precision, and with optax where it has them."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from engine_workloads import Bilinear, Federation, Sensing, StudentEntries, Workload

from problems.logistic import Logistic

__all__ = ["build"]

os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)
os.environ.setdefault("JAX_PLATFORMS", "cpu")


def build(
    workload: Workload, x0: np.ndarray, iterations: int, *, use_optax: bool = False
) -> Callable[[], np.ndarray] | str:
    """A compiled run: called, it gives the last iterates; or why there is none."""
    try:
        import jax
    except ImportError:
        return "JAX is not installed"
    jax.config.update("jax_enable_x64", True)
    if use_optax:
        found = _optax(workload)
        if isinstance(found, str):
            return found
        init, step = found
    else:
        init, step = _step(workload)

    def one(x: Any, key: Any) -> Any:
        def body(s: Any, k: Any) -> tuple[Any, None]:
            return step(s, k, jax.random.fold_in(key, k)), None

        last, _ = jax.lax.scan(body, init(x), jax.numpy.arange(iterations))
        return last[0]

    points, keys = jax.numpy.asarray(x0), jax.random.split(jax.random.key(0), len(x0))
    compiled = jax.jit(jax.vmap(one)).lower(points, keys).compile()
    return lambda: np.asarray(compiled(points, keys).block_until_ready())


def _gradient(workload: Workload) -> Callable:
    """gradient(x, key) of a quadratic with noise."""
    import jax
    import jax.numpy as jnp

    A, center = jnp.asarray(workload.oracle.A), jnp.asarray(workload.oracle.center)
    noise, d = workload.noise, len(center)

    def gradient(x: Any, key: Any) -> Any:
        g = A @ (x - center)
        if isinstance(noise, StudentEntries):  # Bailey's formula: jax.random.t rejects
            u, v = jax.random.uniform(key, (2, d), minval=1e-300)
            radius = jnp.sqrt(noise.nu * jnp.expm1(-2 / noise.nu * jnp.log(u)))
            return g + noise.scale * radius * jnp.cos(2 * jnp.pi * v)
        return g if noise is None else g + noise.sigma / d**0.5 * jax.random.normal(key, (d,))

    return gradient


def _optax(workload: Workload) -> tuple[Callable, Callable] | str:
    """The workload by an optimizer of optax."""
    try:
        import optax
    except ImportError:
        return "optax is not installed"
    hyper, name = workload.hyper, workload.method.algorithm.name
    if name not in ("adam", "sgd", "gradient_descent") or not hasattr(workload.oracle, "center"):
        return "optax does not have the method"
    if name == "adam":
        optimizer = optax.adam(hyper["eta"], hyper["beta1"], hyper["beta2"], hyper["eps"])
    else:
        optimizer = optax.sgd(hyper["eta"])
    gradient = _gradient(workload)

    def step(s: Any, k: Any, key: Any) -> Any:
        x, memory = s
        update, memory = optimizer.update(gradient(x, key), memory, x)
        return optax.apply_updates(x, update), memory

    return lambda x: (x, optimizer.init(x)), step


def _step(workload: Workload) -> tuple[Callable, Callable]:
    """init(x) and step(state, k, key) of one replicate."""
    import jax
    import jax.numpy as jnp

    oracle, hyper = workload.oracle, workload.hyper
    eta, name = hyper["eta"], workload.method.algorithm.name
    if isinstance(oracle, Logistic):
        A, ridge, n = jnp.asarray(oracle.A), oracle.ridge, oracle.n

        def component(x, i):
            return ridge * x - jax.nn.sigmoid(-A[i] @ x) * A[i]

        if name == "sgd":
            return lambda x: (x,), lambda s, k, key: (
                s[0] - eta * component(s[0], jax.random.randint(key, (), 0, n)),
            )

        def saga(s, k, key):
            x, table, average = s
            i = jax.random.randint(key, (), 0, n)
            new, old = component(x, i), table[i]
            average_after = average + (new - old) / n
            return x - eta * (new - old + average), table.at[i].set(new), average_after

        def first(x):
            table = jax.vmap(lambda i: component(x, i))(jnp.arange(n))
            return x, table, table.mean(axis=0)

        return first, saga

    if isinstance(oracle, Sensing):
        A, y = map(jnp.asarray, oracle)

        def descent(s, k, key):
            U = s[0]
            residual = A @ (U @ U.T).reshape(-1) - y
            return (U - eta * (A.T @ residual).reshape(len(U), len(U)) @ U / len(y),)

        return lambda x: (x,), descent

    if isinstance(oracle, Bilinear):
        A, n = jnp.asarray(oracle.A), len(oracle.A)

        def field(z):
            return jnp.concatenate([A @ z[n:], -A.T @ z[:n]])

        return lambda x: (x,), lambda s, k, key: (s[0] - eta * field(s[0] - eta * field(s[0])),)

    if isinstance(oracle, Federation):
        A, y, first_rows = map(jnp.asarray, oracle[:3])
        workers, local = len(first_rows), int(hyper["local"])

        def round_(s, k, key):
            chosen = jax.random.randint(key, (local, workers), 0, oracle.m)
            X = jnp.tile(s[0], (workers, 1))
            for i in range(local):
                own = first_rows + chosen[i]
                rows = A[own]
                X = X - eta * ((rows * X).sum(axis=1) - y[own])[:, None] * rows
            return (X.mean(axis=0),)

        return lambda x: (x,), round_

    gradient = _gradient(workload)
    if name == "clipped_sgd":

        def clipped(s, k, key):
            g = gradient(s[0], key)
            return (s[0] - eta * jnp.minimum(1.0, hyper["c"] / jnp.linalg.norm(g)) * g,)

        return lambda x: (x,), clipped

    if name == "adam":
        beta1, beta2, eps = hyper["beta1"], hyper["beta2"], hyper["eps"]

        def adam(s, k, key):
            x, m, v = s
            g = gradient(x, key)
            m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
            first, second = m / (1 - beta1 ** (k + 1)), v / (1 - beta2 ** (k + 1))
            return x - eta * first / (jnp.sqrt(second) + eps), m, v

        return lambda x: (x, jnp.zeros_like(x), jnp.zeros_like(x)), adam

    return lambda x: (x,), lambda s, k, key: (s[0] - eta * gradient(s[0], key),)
