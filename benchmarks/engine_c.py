"""The workloads in C: builds engine_reference.c with gcc, and calls it."""

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from engine_workloads import Bilinear, Federation, Sensing, StudentEntries, Workload

from problems.logistic import Logistic

__all__ = ["Library", "build"]

FLAGS = [
    *("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-fopenmp-simd"),
    *("-shared", "-fPIC"),
]
TILES = (4, 16)


def build() -> "Library | str":
    """The compiled library, or why there is none."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return "there is no gcc"
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "reference.so"
        source = Path(__file__).with_name("engine_reference.c")
        done = subprocess.run(
            [gcc, *FLAGS, "-o", target, source, "-lm"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            return f"gcc fails: {done.stderr.splitlines()[0]}"
        return Library(ctypes.CDLL(str(target)))


class Library:
    """The functions of engine_reference.c, for the workloads."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library

    def runs(
        self, workload: Workload, x0: np.ndarray, key: int, grid: np.ndarray
    ) -> dict[str, Callable[[], np.ndarray]]:
        """Plain and tiled forms: each is called, runs the workload and gives the metric (G, R)."""
        forms = {"c_plain": self._run(workload, x0, key, grid, 1)}
        if len(x0) > 1 and not isinstance(workload.oracle, Logistic | Federation):
            forms |= {f"c_tile{t}": self._run(workload, x0, key, grid, t) for t in TILES}
        return forms

    def _run(
        self, workload: Workload, x0: np.ndarray, key: int, grid: np.ndarray, tile: int
    ) -> Callable[[], np.ndarray]:
        function, data = _arguments(workload, x0, key)
        R, G = len(x0), len(grid)
        out = np.empty((R, G))
        last: list[Any] = [np.ascontiguousarray(x0), R]
        if function in ("quadratic", "logistic", "federated"):
            last.append(np.uint64(key))
        last += [np.asarray(grid, dtype=np.int64), G]
        if function in ("quadratic", "sensing", "bilinear"):
            last.append(tile)
        arguments = [*data, *last, out]
        call = getattr(self._library, function)
        converted = [_c(a) for a in arguments]

        def run() -> np.ndarray:
            call(*converted)
            return out.T.copy()

        run.keep = arguments  # type: ignore[attr-defined]  # the arrays behind the pointers
        return run


def _c(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.ctypes.data_as(ctypes.c_void_p)
    if isinstance(value, np.uint64):
        return ctypes.c_uint64(int(value))
    if isinstance(value, np.int64):
        return ctypes.c_int64(int(value))
    return ctypes.c_double(value) if isinstance(value, float) else value


def _arguments(workload: Workload, x0: np.ndarray, key: int) -> tuple[str, list[Any]]:
    """The function that runs the workload, and the first of its arguments."""
    oracle, hyper, whole = workload.oracle, workload.hyper, np.int64
    constants = workload.problem.constants
    if isinstance(oracle, Logistic):
        view = workload.problem.on(np)
        saga = workload.method.algorithm.name == "saga"
        first = list(workload.method.init(x0, view, None, {})[1:]) if saga else [None, None]
        n, d = oracle.A.shape
        sizes = [oracle.A, _transposed(oracle.A), whole(n), whole(d)]
        return "logistic", [*sizes, oracle.ridge, constants["f_star"], hyper["eta"], *first]
    if isinstance(oracle, Sensing):
        n, k = x0.shape[1:]
        sizes = [whole(v) for v in (n, k, len(oracle.y))]
        return "sensing", [oracle.A, _transposed(oracle.A), oracle.y, *sizes, hyper["eta"]]
    if isinstance(oracle, Bilinear):
        n = whole(len(oracle.A))
        return "bilinear", [oracle.A, _transposed(oracle.A), n, hyper["eta"]]
    if isinstance(oracle, Federation):
        sizes = [whole(v) for v in (len(oracle.first), oracle.m, oracle.A.shape[1])]
        data = [oracle.A, _transposed(oracle.A), oracle.y, *sizes, int(hyper["local"])]
        return "federated", [*data, constants["f_star"], hyper["eta"]]
    d, noise = x0.shape[1], workload.noise
    if noise is None:
        law = [0, 0.0, 0.0]
    elif isinstance(noise, StudentEntries):
        law = [2, noise.scale, noise.nu]
    else:
        law = [1, noise.sigma / d**0.5, 0.0]
    rest = [hyper.get(name, 0.0) for name in ("c", "beta1", "beta2", "eps")]
    return "quadratic", [oracle.A, oracle.center, whole(d), *law, hyper["eta"], *rest]


def _transposed(A: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(A.T)
