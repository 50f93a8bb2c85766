"""The streams in CUDA C: how a kernel draws its own numbers, and a kernel that only draws.

The numbers are those of :mod:`convlab.streams.compiled`: to the bit, but for the powers in Pareto
variates, and t variates below one degree of freedom, where NumPy's elementary functions and those
of the device round differently.
"""

import functools
import math
from collections.abc import Callable, Sequence
from importlib import resources
from types import ModuleType
from typing import Any

import numpy as np

from convlab.streams.compiled import ARTANH, EXPM1, LN2, LN2_HIGH, LN2_LOW, SIN
from convlab.streams.laws import (
    Bernoulli,
    Integers,
    Law,
    Normal,
    Pareto,
    Rademacher,
    Student,
    Subset,
    SymmetricPareto,
    TwoPoint,
    Uniform,
)

__all__ = ["OPTIONS", "compiled", "drawing", "filling", "kind", "source", "values"]

OPTIONS = ("--std=c++17", "--fmad=false")
"""For the compiler: products and sums are fused where the text says so, and nowhere else."""
THREADS = 128
"""Threads of a block that fills an array."""


@functools.cache
def compiled(text: str) -> Any:
    """The function ``kernel`` of the text; CuPy keeps what it has compiled on the disk."""
    import cupy

    kernel = cupy.RawKernel(text, "kernel", options=OPTIONS)
    kernel.compile()
    return kernel


@functools.cache
def source() -> str:
    """The functions that drawing calls, for the head of a kernel."""
    numbers = {"LN2": LN2, "LN2_HIGH": LN2_HIGH, "LN2_LOW": LN2_LOW}
    series = {"artanh": ARTANH, "sine": SIN, "expm1": EXPM1}
    lines = [f"#define {name} {number!r}" for name, number in numbers.items()]
    lines += [_series(name, coefficients) for name, coefficients in series.items()]
    text = resources.files("convlab.streams").joinpath("philox.cuh").read_text(encoding="utf-8")
    return "\n".join(lines) + "\n\n" + text


def _series(name: str, coefficients: Sequence[float]) -> str:
    """A function: the sum of c_n z^n over n >= 1, by Horner's rule."""
    total = repr(coefficients[0])
    for c in coefficients[1:]:
        total = f"fma({total}, z, {c!r})"
    return f"__device__ double {name}_series(double z) {{ return {total} * z; }}"


_FROM_UNIFORM: dict[type[Law], Callable[[Any, str, str], str]] = {
    Uniform: lambda law, u, j: u,
    Normal: lambda law, u, j: u,
    Rademacher: lambda law, u, j: f"{u} < 0.5 ? 1.0 : -1.0",
    TwoPoint: lambda law, u, j: (
        f"{u} < {float(law.p)!r} ? {math.sqrt((1 - law.p) / law.p)!r} : "
        f"{-math.sqrt(law.p / (1 - law.p))!r}"
    ),
    Pareto: lambda law, u, j: f"pow({u}, {-1.0 / float(law.alpha)!r})",
    SymmetricPareto: lambda law, u, j: f"symmetric_pareto({u}, {-1.0 / float(law.alpha)!r})",
    Integers: lambda law, u, j: f"(long long)({u} * {float(law.n)!r})",
    Bernoulli: lambda law, u, j: f"{u} < {float(law.p)!r} ? 1.0 : 0.0",
    Subset: lambda law, u, j: f"(long long)({u} * ({float(law.n)!r} - ({j})))",
}
"""Entry j, from a uniform or, for normals, from what was made of two."""


def kind(law: Law) -> str:
    """The kind of the law's values: ``i`` for integers, ``f`` for floats."""
    return "i" if isinstance(law, Integers | Subset) else "f"


def drawing(law: Law, out: str, slot: int | str) -> list[str]:
    """Lines that write the value of a law at iteration ``k`` of replicate ``id`` into an array."""
    size, first = math.prod(law.shape), f"{law.blocks}ull * (u64)k"
    tag = law.word(0)
    slot = f"({slot} | {tag}u)" if tag else slot
    if isinstance(law, Student):
        word = f"uniforms(key, id, {slot}, {first} + j)"
        return [f"for (int j = 0; j < {size}; ++j) {out}[j] = student({word}, {float(law.nu)!r});"]
    entry, words = _FROM_UNIFORM[type(law)], f"uniforms(key, id, {slot}, {first} + j / 2)"
    second = f"{out}[j + 1] = {entry(law, 'w.v', 'j + 1')};"
    lines = [
        f"for (int j = 0; j < {size}; j += 2) {{",
        f"    const Pair w = {f'normals({words})' if isinstance(law, Normal) else words};",
        f"    {out}[j] = {entry(law, 'w.u', 'j')};",
        *([f"    {f'if (j + 1 < {size}) ' * (size % 2)}{second}"] if size > 1 else []),
        "}",
    ]
    return lines + [f"decode({out}, {size});"] * isinstance(law, Subset)


_FILLING = """
extern "C" __global__ void kernel(
    long long total, long long count, long long k0, u64 slot, u64 key, const u64* ids,
    {type}* out) {{
    const long long at = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (at >= total) return;
    const unsigned id = (unsigned)ids[at / count];
    const long long k = k0 + at % count;
    {type}* const Z = out + at * {size};
    {lines}
}}
"""


def filling(law: Law) -> str:
    """The text of a kernel in which a thread writes one value of a law."""
    return source() + _FILLING.format(
        type="long long" if kind(law) == "i" else "double",
        size=math.prod(law.shape),
        lines="\n    ".join(drawing(law, "Z", "slot")),
    )


def values(
    xp: ModuleType, law: Law, key: int, replicates: Any, slot: int, k: int, count: int
) -> Any:
    """The values of ``law`` at iterations ``k``, ..., ``k + count - 1``: (R, count, *shape).

    ``xp`` is CuPy, and ``replicates`` one of its arrays, (R,), of uint64.
    """
    total, dtype = len(replicates) * count, {"i": xp.int64, "f": xp.float64}[kind(law)]
    out = xp.empty((len(replicates), count, *law.shape), dtype=dtype)
    numbers = *map(np.int64, (total, count, k)), *map(np.uint64, (slot, key))
    kernel = compiled(filling(law))
    kernel((-(-total // THREADS),), (THREADS,), (*numbers, replicates, out))
    return out
