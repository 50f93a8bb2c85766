"""Functions that generated kernels call."""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

__all__ = ["bit_length", "distinct", "keep", "larger", "place", "product", "sign", "smaller", "u"]

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
def product(x, p, M, q, o, s, n, m):
    """``o = x M``: n entries of x from p, the (n, m) matrix in M from q, m entries of o from s.

    Rows of M times entries of x are added to o, four rows at a time.
    """
    for i in range(m):
        o[u(s + i)] = 0.0
    whole = n - n % 4
    for j in range(0, whole, 4):
        a, b, c, d = x[u(p + j)], x[u(p + j + 1)], x[u(p + j + 2)], x[u(p + j + 3)]
        row = q + j * m
        for i in range(m):
            o[u(s + i)] += (
                a * M[u(row + i)]
                + b * M[u(row + m + i)]
                + c * M[u(row + 2 * m + i)]
                + d * M[u(row + 3 * m + i)]
            )
    for j in range(whole, n):
        a, row = x[u(p + j)], q + j * m
        for i in range(m):
            o[u(s + i)] += a * M[u(row + i)]


@njit(error_model="numpy", cache=True, nogil=True)
def keep(S, begin, end, o, g):
    """Copy entries of a state to row g of what is kept of it."""
    row = o[g]
    for i in range(begin, end):
        row[u(i)] = S[u(i)]
