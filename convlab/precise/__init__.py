"""An array namespace of 50-digit numbers: object arrays of ``mpmath.mpf``.

It has just the names of the array-API standard that :mod:`convlab.vocabulary` uses, so that the
text of an algorithm can be run again at a precision at which rounding is no excuse.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np

from convlab.precise import linalg as linalg
from convlab.precise.context import DIGITS as DIGITS
from convlab.precise.context import mp as mp

float64 = object
int64 = np.int64
bool = np.bool_  # noqa: A001 -- the standard's name


def _lift(function: Any, inputs: int = 1) -> Any:
    ufunc = np.frompyfunc(function, inputs, 1)
    return lambda *args: np.asarray(ufunc(*args), dtype=object)


def _flag(function: Any) -> Any:
    ufunc = np.frompyfunc(function, 1, 1)
    return lambda x: np.asarray(ufunc(x), dtype=np.bool_)


sqrt = _lift(lambda v: mp.sqrt(v) if v >= 0 else mp.nan)
exp = _lift(mp.exp)
expm1 = _lift(mp.expm1)
log = _lift(lambda v: mp.log(v) if v > 0 else -mp.inf if v == 0 else mp.nan)
log1p = _lift(lambda v: mp.log1p(v) if v > -1 else -mp.inf if v == -1 else mp.nan)
cos = _lift(mp.cos)
sin = _lift(mp.sin)
tanh = _lift(mp.tanh)
floor = _lift(mp.floor)
abs = _lift(mp.fabs)  # noqa: A001 -- the standard's name
sign = _lift(mp.sign)
maximum = _lift(lambda a, b: a if a >= b else b, 2)
minimum = _lift(lambda a, b: a if a <= b else b, 2)
isfinite = _flag(mp.isfinite)
isnan = _flag(mp.isnan)

any = np.any  # noqa: A001 -- the standard's name
all = np.all  # noqa: A001 -- the standard's name
arange = np.arange
eye = np.eye
broadcast_to = np.broadcast_to
concat = np.concatenate
matrix_transpose = np.matrix_transpose
reshape = np.reshape
stack = np.stack
sum = np.sum  # noqa: A001 -- the standard's name
take = np.take
where = np.where
argsort = np.argsort
max = np.max  # noqa: A001 -- the standard's name


def asarray(value: Any, dtype: Any = None) -> np.ndarray:
    """Numbers become 50-digit numbers (a double is taken as exact); integers and flags stay."""
    array = np.asarray(value)
    if dtype is not None and dtype is not object:
        return array.astype(dtype)
    if array.dtype.kind in "iub" and dtype is not object:
        return array
    return np.asarray(_to_mpf(array), dtype=object)


_to_mpf = np.frompyfunc(mp.mpmathify, 1, 1)


def astype(x: np.ndarray, dtype: Any) -> np.ndarray:
    """A copy with another type of entries."""
    return asarray(x, dtype)


def zeros(shape: Any, dtype: Any = None) -> np.ndarray:
    """Exact zeros."""
    return np.full(shape, mp.mpf(0), dtype=object)


def zeros_like(x: np.ndarray) -> np.ndarray:
    """Exact zeros of the shape of ``x``."""
    return zeros(x.shape)


def finfo(dtype: Any) -> SimpleNamespace:
    """``eps``, the spacing of numbers at 1."""
    return SimpleNamespace(eps=mp.eps)
