"""The streams on NumPy, compiled.

The numbers are those of :mod:`convlab.streams.philox` and :mod:`convlab.streams.laws`: uniforms
to the bit, the others to rounding. A contiguous range of blocks is filled piece by piece, on the
widest vectors that there are, by short loops: the processor works on several turns of a short loop
at once, while it waits for the chain of products of a long one. Elementary functions are Taylor
polynomials without branches, because a call to the C library would keep a loop from running on
vectors. Where operations are fused this is written out, so that bits do not depend on the machine.
"""

import math
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from convlab.streams.laws import Integers, Law, Normal, Student
from convlab.streams.philox import LOW_WORD, MULTIPLIERS, ROUNDS, WEYL

_inlined = njit(forceinline=True, error_model="numpy")
_kernel = njit(nogil=True, cache=True, error_model="numpy")

_M0, _M1 = map(np.uint64, MULTIPLIERS)
_W0, _W1 = map(np.uint64, WEYL)
_LOW, _SHIFT, _EXPONENT = np.uint64(LOW_WORD), np.uint64(32), np.uint64(12)

_PIECE = 128
"""Blocks at a time: small enough to stay in the nearest cache from loop to loop."""

_MANTISSA, _BIAS = np.int64(52), np.int64(1023)
_ONE = np.float64(1.0).view(np.uint64)
_SQRT_HALF = np.float64(math.sqrt(0.5)).view(np.int64)

LN2 = math.log(2)
LN2_HIGH = math.floor(LN2 * 2**32) / 2**32
LN2_LOW = LN2 - LN2_HIGH

# Taylor coefficients, highest first, as far as they matter on the interval of reduction.
ARTANH = tuple(1 / n for n in range(19, 1, -2))
SIN = tuple((-1) ** n / math.factorial(2 * n + 1) for n in range(10, 0, -1))
EXPM1 = tuple(1 / math.factorial(n) for n in range(13, 1, -1))


def _prefer_512(typing: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # llvmlite lets only attributes without a value pass by its own "add".
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), generate


_widest: Any = intrinsic(_prefer_512)
"""Asks for the widest vectors: of 512 bits, where LLVM is content with 256 on some machines."""


def _fused(typing: Any, a: Any, b: Any, c: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


_fma: Any = intrinsic(_fused)
"""a b + c, rounded once."""


@_inlined
def _bits(x):
    return np.float64(x).view(np.int64)


@_inlined
def _float(bits):
    return np.int64(bits).view(np.float64)


@_inlined
def _uniform(word):
    """(m + 1/2) / 2^52 for the upper 52 bits m: the bits of 1 + m / 2^52, less 1 - 2^-53."""
    return _float((word >> _EXPONENT) | _ONE) - (1 - 2.0**-53)


@_inlined
def _pair(key, replicate, slot, block):
    """The two uniforms of a block: philox4x32, with what is above 32 bits masked late."""
    c0, c1, c2, c3 = block & _LOW, block >> _SHIFT, replicate, slot
    k0, k1 = key & _LOW, key >> _SHIFT
    for _ in range(ROUNDS):
        product0, product1 = (c0 & _LOW) * _M0, (c2 & _LOW) * _M1
        c0, c1 = (product1 >> _SHIFT) ^ c1 ^ k0, product1
        c2, c3 = (product0 >> _SHIFT) ^ c3 ^ k1, product0
        k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    return _uniform((c0 & _LOW) | (c1 << _SHIFT)), _uniform((c2 & _LOW) | (c3 << _SHIFT))


@_inlined
def _series(z, coefficients):
    """The sum of c_n z^n over n >= 1, by Horner's rule."""
    total = coefficients[0]
    for c in coefficients[1:]:
        total = _fma(total, z, c)
    return total * z


@_inlined
def _log(u):
    """log u for 0 < u < 1: u = 2^e m with sqrt(1/2) <= m < sqrt(2), and log m = 2 artanh s."""
    bits = _bits(u)
    e = (bits - _SQRT_HALF) >> _MANTISSA
    f = _float(bits - (e << _MANTISSA)) - 1.0
    s = f / (2.0 + f)
    return _fma(float(e), LN2, _fma(2.0 * s, _series(s * s, ARTANH), 2.0 * s))


@_inlined
def _expm1(x):
    """exp(x) - 1 for 0 <= x < 700: x = n log 2 + r, and exp(x) - 1 = 2^n (exp(r) - 1) + 2^n - 1."""
    n = math.floor(x * (1 / LN2) + 0.5)
    r = _fma(-n, LN2_LOW, _fma(-n, LN2_HIGH, x))
    power = _float((np.int64(n) + _BIAS) << _MANTISSA)
    return _fma(power, _fma(r, _series(r, EXPM1), r), power - 1.0)


@_inlined
def _sine(turns):
    """sin(2 pi t) for t in [-1/4, 1/4]."""
    r = 2 * math.pi * turns
    return _fma(r, _series(r * r, SIN), r)


@_inlined
def _pairs(u, v, n, key, replicate, slot, start):
    """Fill u and v with the uniforms of n blocks from ``start`` on."""
    _widest()
    for j in range(n):
        u[j], v[j] = _pair(key, replicate, slot, start + np.uint64(j))


@_kernel
def fill_uniforms(out, key, replicates, slot, start):
    """Write the uniforms of blocks ``start``, ``start + 1``, ... into ``out``, shape (R, 2 n)."""
    _widest()
    for r in range(out.shape[0]):
        replicate, row = replicates[r], out[r]
        for j in range(row.shape[0] // 2):
            u, v = _pair(key, replicate, slot, start + np.uint64(j))
            row[2 * j] = u
            row[2 * j + 1] = v


@_kernel
def fill_normals(out, key, replicates, slot, start):
    """Write the normals of blocks ``start``, ``start + 1``, ... into ``out``, shape (R, 2 n)."""
    _widest()
    u, v = np.empty(_PIECE), np.empty(_PIECE)
    for r in range(out.shape[0]):
        for at in range(0, out.shape[1] // 2, _PIECE):
            n = min(_PIECE, out.shape[1] // 2 - at)
            row = out[r, 2 * at : 2 * (at + n)]
            _pairs(u, v, n, key, replicates[r], slot, start + np.uint64(at))
            for j in range(n):
                radius = math.sqrt(-2.0 * _log(u[j]))
                half = v[j] - 0.5
                turns = abs(half) - 0.25
                folded = 0.25 - abs(turns)
                row[2 * j] = radius * _sine(turns)
                row[2 * j + 1] = radius * _sine(folded if half < 0 else -folded)


@_kernel
def fill_students(out, key, replicates, slot, start, nu):
    """Write the t variates of blocks ``start``, ``start + 1``, ... into ``out``, shape (R, n)."""
    _widest()
    u, v = np.empty(_PIECE), np.empty(_PIECE)
    for r in range(out.shape[0]):
        for at in range(0, out.shape[1], _PIECE):
            n = min(_PIECE, out.shape[1] - at)
            row = out[r, at : at + n]
            _pairs(u, v, n, key, replicates[r], slot, start + np.uint64(at))
            for j in range(n):
                u[j] = -2.0 / nu * _log(u[j])
            for j in range(n):
                u[j] = math.sqrt(nu * _expm1(u[j]))
            for j in range(n):
                row[j] = u[j] * _sine(abs(v[j] - 0.5) - 0.25)


@_kernel
def fill_integers(out, key, replicates, slot, start, n):
    """Write the integers of blocks ``start``, ``start + 1``, ... into ``out``, shape (R, 2 n)."""
    _widest()
    for r in range(out.shape[0]):
        replicate, row = replicates[r], out[r]
        for j in range(row.shape[0] // 2):
            u, v = _pair(key, replicate, slot, start + np.uint64(j))
            row[2 * j] = np.int64(u * n)
            row[2 * j + 1] = np.int64(v * n)


def values(law: Law, key: int, replicates: np.ndarray, slot: int, k: int, count: int) -> np.ndarray:
    """The values of ``law`` at iterations ``k``, ..., ``k + count - 1``: (R, count, *shape)."""
    R, blocks = len(replicates), count * law.blocks
    address = np.uint64(key), replicates, np.uint64(law.word(slot)), np.uint64(k * law.blocks)
    if isinstance(law, Student) and law.nu >= 1:  # below, u^(-2 / nu) magnifies the log's rounding
        out = np.empty((R, blocks))
        fill_students(out, *address, float(law.nu))
        return out.reshape(R, count, law.d)
    if isinstance(law, Integers):
        whole = np.empty((R, 2 * blocks), dtype=np.int64)
        fill_integers(whole, *address, float(law.n))
        return whole.reshape(R, count, -1)[..., : law.size]
    out = np.empty((R, 2 * blocks))
    if isinstance(law, Normal):
        fill_normals(out, *address)
        return out.reshape(R, count, -1)[..., : law.d]
    fill_uniforms(out, *address)
    return law.transform(np, out.reshape(R, count, law.blocks, 2))
