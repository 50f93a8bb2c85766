"""The array libraries on which a run can be made, by name."""

import importlib
import importlib.util
from types import ModuleType
from typing import Any

import numpy as np

from convlab import precise
from convlab.errors import ConvlabError

__all__ = ["BACKENDS", "to_numpy", "unavailable", "xp_of"]

BACKENDS = ("numpy", "array-api-strict", "cupy", "mpmath")
"""``mpmath`` is 50-digit arithmetic: slow, for confirming what was seen in doubles."""


def xp_of(backend: str) -> ModuleType:
    """The array namespace of a backend; raises ConvlabError where it cannot be had."""
    if backend not in BACKENDS:
        raise ConvlabError(f"unknown backend '{backend}'; choose one of {', '.join(BACKENDS)}")
    reason = unavailable(backend)
    if reason:
        raise ConvlabError(f"backend {backend} cannot be used: {reason}")
    if backend == "numpy":
        return np
    if backend == "mpmath":
        return precise  # type: ignore[return-value]
    if backend == "cupy":
        return importlib.import_module("array_api_compat.cupy")
    return importlib.import_module("array_api_strict")


def unavailable(backend: str) -> str | None:
    """Why a backend cannot be used on this machine, or None where it can."""
    if backend == "array-api-strict" and importlib.util.find_spec("array_api_strict") is None:
        return "array-api-strict is not installed; run pip install array-api-strict"
    if backend == "cupy":
        if importlib.util.find_spec("cupy") is None:
            return "CuPy is not installed; run pip install 'convlab[gpu]'"
        cupy = importlib.import_module("cupy")
        try:
            if cupy.cuda.runtime.getDeviceCount() == 0:
                return "there is no CUDA device"
        except cupy.cuda.runtime.CUDARuntimeError as error:
            return f"CUDA answers: {error}"
    return None


def to_numpy(values: Any) -> np.ndarray:
    """An array of any backend as a NumPy array (50-digit numbers stay as objects)."""
    if isinstance(values, np.ndarray):
        return values
    if hasattr(values, "get"):
        return values.get()
    return np.asarray(values)
