"""Functions that generated kernels call."""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

__all__ = [
    "address",
    "bit_length",
    "distinct",
    "keep",
    "larger",
    "place",
    "product",
    "sign",
    "smaller",
    "u",
]

u = np.uint64

_inlined = njit(forceinline=True, error_model="numpy", cache=True)


def _mark_arrays(typing: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        for argument in builder.function.args:
            kind = getattr(argument.type, "pointee", None)
            if kind in (ir.DoubleType(), ir.IntType(64)):
                argument.add_attribute("noalias")
        return context.get_dummy_value()

    return types.void(), generate


distinct: Any = intrinsic(_mark_arrays)
"""Promises that no two arrays among the arguments of a kernel overlap: loops need not check."""


def _first(typing: Any, array: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = context.make_array(array)(context, builder, arguments[0])
        return builder.ptrtoint(made.data, ir.IntType(64))

    return types.intp(array), generate


address: Any = intrinsic(_first)
"""Where the data of an array begin, in bytes."""

_memcpy = types.ExternalFunction("memcpy", types.intp(types.intp, types.intp, types.intp))


@_inlined
def larger(a, b):
    """The maximum; NaN if either is NaN."""
    return a if a > b or a != a else b


@_inlined
def smaller(a, b):
    """The minimum; NaN if either is NaN."""
    return a if a < b or a != a else b


@_inlined
def sign(a):
    """The sign; 0 at 0, NaN at NaN."""
    return 1.0 if a > 0 else -1.0 if a < 0 else a * 1.0


@_inlined
def place(i, n):
    """The place among n that an index means; raises IndexError where there is none."""
    if i < -n or i >= n:
        raise IndexError("an index out of range in row, element or set_row")
    return i if i >= 0 else i + n


@_inlined
def bit_length(n):
    """Binary digits of an integer, without its sign."""
    n, digits = abs(n), 0
    while n > 0:
        n >>= 1
        digits += 1
    return digits


@njit(error_model="numpy", cache=True, nogil=True, fastmath={"reassoc", "nsz", "contract"})
def product(A, p, B, q, C, s, rows, n, m):
    """``C = A B``: (rows, n) entries of A from p, (n, m) of B from q, (rows, m) of C from s.

    Rows of B times entries of A are added to a row of C, four rows at a time.
    """
    for r in range(rows):
        x, o = p + r * n, s + r * m
        for i in range(m):
            C[u(o + i)] = 0.0
        whole = n - n % 4
        for j in range(0, whole, 4):
            e, f, g, h = A[u(x + j)], A[u(x + j + 1)], A[u(x + j + 2)], A[u(x + j + 3)]
            y = q + j * m
            for i in range(m):
                C[u(o + i)] += (
                    e * B[u(y + i)]
                    + f * B[u(y + m + i)]
                    + g * B[u(y + 2 * m + i)]
                    + h * B[u(y + 3 * m + i)]
                )
        for j in range(whole, n):
            e, y = A[u(x + j)], q + j * m
            for i in range(m):
                C[u(o + i)] += e * B[u(y + i)]


@_inlined
def keep(S, begin, end, o, g):
    """Copy entries of a state to row g of what is kept of it."""
    at = S.itemsize * begin
    _memcpy(address(o[g]) + at, address(S) + at, S.itemsize * (end - begin))
