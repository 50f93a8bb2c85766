"""A stand-in for CuPy: its arrays are NumPy's, and its kernels are compiled by the C++ compiler.

A kernel is called once for every thread, one after the other. So what the CUDA engine writes and
how it calls it are run and compared with other engines where there is no device.
"""

import ctypes
import hashlib
import importlib.machinery
import shutil
import subprocess
import sys
import types
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import array_api_compat.numpy
import numpy as np
import pytest

from convlab.streams import cuda

COMPILER = shutil.which("g++") or shutil.which("clang++")

_DEVICE = """
#include <math.h>
#include <string.h>
#define __global__
#define __device__ inline
#define __restrict__ __restrict
struct Dimension { unsigned x; };
static Dimension threadIdx, blockIdx, blockDim;
__device__ double __longlong_as_double(long long bits) {
    double value;
    memcpy(&value, &bits, 8);
    return value;
}
__device__ long long __double_as_longlong(double value) {
    long long bits;
    memcpy(&bits, &value, 8);
    return bits;
}
extern "C" void stand(unsigned block, unsigned thread, unsigned threads) {
    blockIdx.x = block, threadIdx.x = thread, blockDim.x = threads;
}
"""
_SCALARS = {
    np.dtype(np.int64): ctypes.c_longlong,
    np.dtype(np.uint64): ctypes.c_ulonglong,
    np.dtype(np.float64): ctypes.c_double,
    np.dtype(np.bool_): ctypes.c_bool,
}


class RawKernel:
    """As ``cupy.RawKernel``; ``known`` are those that were compiled."""

    folder: Path
    known: ClassVar[list["RawKernel"]] = []

    def __init__(self, code, name, options=()):
        assert "--fmad=false" in options
        self.code, self._name = code, name

    def compile(self):
        """Compile the text."""
        stem = self.folder / hashlib.sha256(self.code.encode()).hexdigest()
        source, library = stem.with_suffix(".cpp"), stem.with_suffix(".so")
        source.write_text(_DEVICE + self.code)
        flags = ["-std=c++17", "-ffp-contract=off", "-march=native", "-Wall", "-Werror"]
        flags += ["-Wno-unused-but-set-variable"]  # a state that the step does not read
        command = [COMPILER, *flags, "-shared", "-fPIC", source, "-o", library]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr + self.code
        self._library = ctypes.CDLL(str(library))
        self.known.append(self)

    def __call__(self, grid, block, arguments):
        given = [
            ctypes.c_void_p(a.ctypes.data)
            if isinstance(a, np.ndarray)
            else _SCALARS[a.dtype](a.item())
            for a in arguments
        ]
        for i in range(grid[0]):
            for j in range(block[0]):
                self._library.stand(i, j, block[0])
                getattr(self._library, self._name)(*given)


def install(monkeypatch, folder):
    """Put the stand-in where CuPy would be."""
    cupy = types.ModuleType("cupy")
    cupy.__spec__ = importlib.machinery.ModuleSpec("cupy", None)
    RawKernel.folder = folder
    cupy.RawKernel = RawKernel
    cupy.ndarray = type("ndarray", (), {})  # no array is one: they are NumPy's
    runtime = types.SimpleNamespace(getDeviceCount=lambda: 1, CUDARuntimeError=RuntimeError)
    stream = types.SimpleNamespace(synchronize=lambda: None)
    cupy.cuda = types.SimpleNamespace(runtime=runtime, get_current_stream=lambda: stream)
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    monkeypatch.setitem(sys.modules, "array_api_compat.cupy", array_api_compat.numpy)


@contextmanager
def texts_only():
    """The texts of the kernels that are made meanwhile: these are neither compiled nor run."""
    found = []
    cuda.compiled.cache_clear()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(RawKernel, "compile", lambda self: found.append(self.code))
            patch.setattr(RawKernel, "__call__", lambda self, grid, block, arguments: None)
            yield found
    finally:
        cuda.compiled.cache_clear()
