"""Products of the rows of a tile of replicates with a matrix that they share.

The matrix is *packed*: cut into panels of eight columns, the last one filled up with zeros, each
panel stored row by row. A block, some rows times one or two panels, is kept in registers while j
runs, so every entry is summed in the order of j, whatever rows are in the tile. Blocks are written
in LLVM's language, for Numba has no words for vectors.
"""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import cfunc, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from convlab.engine.compiled.primitives import address

__all__ = ["LARGE", "TILE", "WIDE_TILE", "packed", "padded", "products"]

PANEL = 8
"""Columns that are computed together."""
TILE, WIDE_TILE = 16, 64
"""Replicates that go through the products of a step together; and where a matrix is LARGE."""
LARGE = 2**16
"""Numbers in a matrix of which only a part fits into the cache of a processor."""

_BROAD = bool(binding.get_host_cpu_features().get("avx512f"))
_ROWS, _PANELS = ((8, 4, 1), 2) if _BROAD else ((4, 1), 1)
"""Blocks that fit into registers: of so many rows, as long as there are so many; and panels."""


@njit(forceinline=True, cache=True)
def padded(m):
    """The number of columns in whole panels."""
    return (m + PANEL - 1) // PANEL * PANEL


def packed(M: np.ndarray) -> np.ndarray:
    """The panels of a matrix, flat, from a border of the widest vectors on.

    >>> packed(np.ones((3, 2))).reshape(3, 8)[0]
    array([1., 1., 0., 0., 0., 0., 0., 0.])
    """
    n, m = M.shape
    panels = padded.py_func(m) // PANEL
    filled = np.zeros((n, PANEL * panels))
    filled[:, :m] = M
    room = np.empty(filled.size + PANEL)
    begin = -room.ctypes.data % (8 * PANEL) // 8
    found = room[begin : begin + filled.size]
    found.reshape(panels, n, PANEL)[:] = filled.reshape(n, panels, PANEL).transpose(1, 0, 2)
    return found


def _strip(panels: int, sizes: Sequence[int]) -> Any:
    """``strip(x, dx, M, o, do, n, rows)``: all rows of x times some panels; all by addresses.

    Rows of x are ``dx`` numbers apart, those of o are ``do``. Blocks have so many rows as ``sizes``
    say, as long as there are so many.
    """
    number, vector = ir.DoubleType(), ir.VectorType(ir.DoubleType(), PANEL)
    splat = ir.Constant(ir.VectorType(ir.IntType(32), PANEL), [0] * PANEL)
    fused = ("contract",)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        x, dx, M, o, do, n, rows = arguments

        def times(value: Any, count: int) -> Any:
            return builder.mul(value, ir.Constant(value.type, count))

        def place(base: Any, entry: Any, kind: Any) -> Any:
            return builder.inttoptr(builder.add(base, times(entry, 8)), kind.as_pointer())

        def panel(c: int) -> Any:
            """Where in M the c-th panel begins."""
            return times(n, c * PANEL)

        def block(size: int, x: Any, o: Any) -> None:
            sums = [
                [cgutils.alloca_once(builder, vector) for _ in range(panels)] for _ in range(size)
            ]
            for total in itertools.chain(*sums):
                builder.store(ir.Constant(vector, [0.0] * PANEL), total)
            with cgutils.for_range(builder, n) as loop:
                at = [builder.add(panel(c), times(loop.index, PANEL)) for c in range(panels)]
                row = [builder.load(place(M, a, vector), align=8, typ=vector) for a in at]
                for t in range(size):
                    entry = builder.add(times(dx, t), loop.index)
                    value = builder.load(place(x, entry, number), typ=number)
                    first = builder.insert_element(
                        ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
                    )
                    many = builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined), splat)
                    for c, total in enumerate(sums[t]):
                        new = builder.fmul(many, row[c], flags=fused)
                        old = builder.load(total, typ=vector)
                        builder.store(builder.fadd(old, new, flags=fused), total)
            for t in range(size):
                for c, total in enumerate(sums[t]):
                    to = builder.add(times(do, t), ir.Constant(do.type, c * PANEL))
                    builder.store(builder.load(total, typ=vector), place(o, to, vector), align=8)

        for size in sizes:
            whole = builder.sdiv(rows, ir.Constant(rows.type, size))
            with cgutils.for_range(builder, whole) as loop:
                t = times(loop.index, 8 * size)
                at_x, at_o = builder.mul(t, dx), builder.mul(t, do)
                block(size, builder.add(x, at_x), builder.add(o, at_o))
            done = times(whole, size)
            rows = builder.sub(rows, done)
            x = builder.add(x, times(builder.mul(done, dx), 8))
            o = builder.add(o, times(builder.mul(done, do), 8))
        return context.get_dummy_value()

    def strip(typing, x, dx, M, o, do, n, rows):  # type: ignore[no-untyped-def]
        return types.void(*[types.intp] * 7), generate

    return intrinsic(strip)


_broad, _narrow = _strip(_PANELS, _ROWS), _strip(1, _ROWS)
_broad_row, _narrow_row = _strip(_PANELS, (1,)), _strip(1, (1,))
_COLUMNS = PANEL * _PANELS
_inlined = njit(forceinline=True, error_model="numpy", cache=True)
_SIGNATURE = types.void(*[types.intp] * 8)


@cfunc(_SIGNATURE, error_model="numpy", cache=True)
def _strips(x, dx, M, o, do, n, m, rows):
    """All panels, by addresses."""
    c = 0
    while c + _COLUMNS < m + PANEL:
        _broad(x, dx, M + 8 * c * n, o + 8 * c, do, n, rows)
        c += _COLUMNS
    while c < m:
        _narrow(x, dx, M + 8 * c * n, o + 8 * c, do, n, rows)
        c += PANEL


binding.add_symbol("convlab_strips", _strips.address)
_called = types.ExternalFunction("convlab_strips", _SIGNATURE)
"""Kernels call it by its name: compiled with each of them, it would be half of their text."""


@_inlined
def _row(x, M, o, n, m):
    """All panels for a single row, where the call would take as long as the product."""
    c = 0
    while c + _COLUMNS < m + PANEL:
        _broad_row(x, 0, M + 8 * c * n, o + 8 * c, 0, n, 1)
        c += _COLUMNS
    while c < m:
        _narrow_row(x, 0, M + 8 * c * n, o + 8 * c, 0, n, 1)
        c += PANEL


@_inlined
def products(x, p, dx, M, o, s, do, n, m, rows):
    """``o = x M`` for rows of n entries of x, from p on and dx apart, and a packed (n, m) matrix.

    The rows of o begin at s and are do apart, with room for whole panels.
    """
    if rows == 1:
        _row(address(x) + 8 * p, address(M), address(o) + 8 * s, n, m)
    else:
        _called(address(x) + 8 * p, dx, address(M), address(o) + 8 * s, do, n, m, rows)
