"""Products of the rows of a tile of replicates with a matrix that they share.

The matrix is *packed*: cut into panels of eight columns, the last one filled up with zeros, each
panel stored row by row. A block of up to four rows times a panel is kept in registers while j runs,
so every entry is summed in the order of j, whatever rows are in the tile. The block is written in
LLVM's language, for Numba has no words for vectors.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["TILE", "packed", "padded", "products"]

PANEL = 8
"""Columns that are computed together."""
TILE = 16
"""Replicates that go through the products of a step together."""

_ROWS = 4


@njit(forceinline=True, cache=True)
def padded(m):
    """The number of columns in whole panels."""
    return (m + PANEL - 1) // PANEL * PANEL


def packed(M: np.ndarray) -> np.ndarray:
    """The panels of a matrix, flat.

    >>> packed(np.ones((3, 2))).reshape(3, 8)[0]
    array([1., 1., 0., 0., 0., 0., 0., 0.])
    """
    n, m = M.shape
    panels = padded.py_func(m) // PANEL
    filled = np.zeros((n, PANEL * panels))
    filled[:, :m] = M
    return np.ascontiguousarray(filled.reshape(n, panels, PANEL).transpose(1, 0, 2)).ravel()


def _block(rows: int) -> Callable:
    """``block(x, dx, M, o, do, n)``: rows of x times a panel into rows of o; all by addresses.

    Rows of x are ``dx`` numbers apart, those of o are ``do``.
    """
    number, vector = ir.DoubleType(), ir.VectorType(ir.DoubleType(), PANEL)
    splat = ir.Constant(ir.VectorType(ir.IntType(32), PANEL), [0] * PANEL)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        x, dx, M, o, do, n = arguments
        fused = ("contract",)

        def place(base: Any, entry: Any, kind: Any) -> Any:
            shift = builder.mul(entry, ir.Constant(entry.type, 8))
            return builder.inttoptr(builder.add(base, shift), kind.as_pointer())

        def times(value: Any, count: int) -> Any:
            return builder.mul(value, ir.Constant(value.type, count))

        sums = [cgutils.alloca_once(builder, vector) for _ in range(rows)]
        for total in sums:
            builder.store(ir.Constant(vector, [0.0] * PANEL), total)
        with cgutils.for_range(builder, n) as loop:
            row = builder.load(place(M, times(loop.index, PANEL), vector), align=8, typ=vector)
            for t, total in enumerate(sums):
                entry = builder.add(times(dx, t), loop.index)
                value = builder.load(place(x, entry, number), typ=number)
                first = builder.insert_element(
                    ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
                )
                many = builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined), splat)
                new = builder.fmul(many, row, flags=fused)
                old = builder.load(total, typ=vector)
                builder.store(builder.fadd(old, new, flags=fused), total)
        for t, total in enumerate(sums):
            builder.store(builder.load(total, typ=vector), place(o, times(do, t), vector), align=8)
        return context.get_dummy_value()

    @intrinsic
    def block(typing, x, dx, M, o, do, n):  # type: ignore[no-untyped-def]
        return types.void(*[types.intp] * 6), generate

    return block


_four, _one = _block(_ROWS), _block(1)


@njit(error_model="numpy", cache=True, nogil=True)
def products(x, p, dx, M, o, s, do, n, m, rows):
    """``o = x M`` for rows of n entries of x, from p on and dx apart, and a packed (n, m) matrix.

    The rows of o begin at s and are do apart, with room for whole panels.
    """
    x_at, M_at, o_at = x.ctypes.data + 8 * p, M.ctypes.data, o.ctypes.data + 8 * s
    for c in range(0, m, PANEL):
        t = 0
        while t + _ROWS <= rows:
            _four(x_at + 8 * t * dx, dx, M_at + 8 * c * n, o_at + 8 * (t * do + c), do, n)
            t += _ROWS
        while t < rows:
            _one(x_at + 8 * t * dx, dx, M_at + 8 * c * n, o_at + 8 * (t * do + c), do, n)
            t += 1
