"""Words for numbers, vectors, rows and control: see :mod:`convlab.vocabulary`."""

import functools
import operator
from collections.abc import Callable
from contextvars import ContextVar
from types import ModuleType
from typing import Any

import array_api_compat
import numpy as np

from convlab import precise

Array = Any
"""An array of any array-API namespace."""

__all__ = [
    "Array",
    "absolute",
    "amax",
    "concat",
    "cond",
    "cos",
    "element",
    "exp",
    "flat",
    "floor",
    "full_scalar",
    "inner",
    "log",
    "matmul",
    "matvec",
    "maximum",
    "mean",
    "minimum",
    "namespace",
    "norm",
    "rank",
    "repeat",
    "reshape",
    "rmatvec",
    "row",
    "row_mean",
    "set_row",
    "sigmoid",
    "sign",
    "sin",
    "softplus",
    "split",
    "sqnorm",
    "sqrt",
    "table",
    "total",
    "transpose",
    "where",
    "while_loop",
    "zeros_like",
]


def namespace(*values: Array) -> ModuleType:
    """The array namespace of the first array among ``values`` (Python numbers are skipped)."""
    for value in values:
        if isinstance(value, np.ndarray):
            return precise if value.dtype.kind == "O" else np  # type: ignore[return-value]
        if isinstance(value, precise.mp.mpf):
            return precise  # type: ignore[return-value]
        if not isinstance(value, bool | int | float) and value is not None:
            return array_api_compat.array_namespace(value)
    return np


def _pair(xp: ModuleType, a: Array, b: Array) -> tuple[Array, Array]:
    like = a if hasattr(a, "dtype") else b
    return tuple(
        v if hasattr(v, "dtype") else xp.asarray(v, dtype=getattr(like, "dtype", None))
        for v in (a, b)
    )  # type: ignore[return-value]


# Elementwise ------------------------------------------------------------------------------------


def minimum(a: Array, b: Array) -> Array:
    """Elementwise minimum; either side may be a Python number, and two of them give one."""
    if not (hasattr(a, "dtype") or hasattr(b, "dtype")):
        return min(a, b)
    xp = namespace(a, b)
    return xp.minimum(*_pair(xp, a, b))


def maximum(a: Array, b: Array) -> Array:
    """Elementwise maximum; either side may be a Python number, and two of them give one."""
    if not (hasattr(a, "dtype") or hasattr(b, "dtype")):
        return max(a, b)
    xp = namespace(a, b)
    return xp.maximum(*_pair(xp, a, b))


def where(condition: Array, a: Array, b: Array) -> Array:
    """``a`` where the condition holds, ``b`` elsewhere; ``a`` or ``b`` may be a Python number."""
    xp = namespace(condition)
    if xp is np:
        xp = namespace(a, b)
    return xp.where(condition, *_pair(xp, a, b))


def absolute(x: Array) -> Array:
    """Elementwise absolute value."""
    return namespace(x).abs(x)


def sign(x: Array) -> Array:
    """Elementwise sign, 0 at 0."""
    return namespace(x).sign(x)


def sqrt(x: Array) -> Array:
    """Elementwise square root."""
    return namespace(x).sqrt(x)


def exp(x: Array) -> Array:
    """Elementwise exponential."""
    return namespace(x).exp(x)


def log(x: Array) -> Array:
    """Elementwise natural logarithm."""
    return namespace(x).log(x)


def floor(x: Array) -> Array:
    """Elementwise largest integer that is not above."""
    return namespace(x).floor(x)


def cos(x: Array) -> Array:
    """Elementwise cosine."""
    return namespace(x).cos(x)


def sin(x: Array) -> Array:
    """Elementwise sine."""
    return namespace(x).sin(x)


def sigmoid(x: Array) -> Array:
    """``1 / (1 + exp(-x))`` without overflow."""
    xp = namespace(x)
    e = xp.exp(-xp.abs(x))
    return xp.where(x >= 0, 1.0 / (1.0 + e), e / (1.0 + e))


def softplus(x: Array) -> Array:
    """``log(1 + exp(x))`` without overflow."""
    xp = namespace(x)
    return xp.log1p(xp.exp(-xp.abs(x))) + xp.maximum(x, xp.zeros_like(x))


# Reductions over the last axis, which stays as an axis of length one ----------------------------


def total(x: Array) -> Array:
    """Sum over the last axis: ``(R, d) -> (R, 1)``."""
    xp = namespace(x)
    if xp is np:  # np.sum takes three times as long to come to this
        return x.sum(axis=-1, keepdims=True)
    return xp.sum(x, axis=-1, keepdims=True)


def mean(x: Array) -> Array:
    """Mean over the last axis: ``(R, d) -> (R, 1)``."""
    return total(x) / x.shape[-1]


def amax(x: Array) -> Array:
    """Largest entry along the last axis: ``(R, d) -> (R, 1)``."""
    return namespace(x).max(x, axis=-1, keepdims=True)


def inner(a: Array, b: Array) -> Array:
    """Inner product over the last axis: ``(R, d), (R, d) -> (R, 1)``."""
    return total(a * b)


def sqnorm(x: Array) -> Array:
    """Squared Euclidean norm over the last axis: ``(R, d) -> (R, 1)``."""
    return total(x * x)


def norm(x: Array) -> Array:
    """Euclidean norm over the last axis: ``(R, d) -> (R, 1)``."""
    return sqrt(sqnorm(x))


def rank(x: Array) -> Array:
    """How many entries along the last axis come before each one in increasing order.

    A float, 0 for the smallest; of equal entries the first comes first.
    """
    xp = namespace(x)
    if hasattr(xp, "rank"):
        return xp.rank(x)
    order = xp.argsort(x, axis=-1, stable=True)
    return 0.0 * x + xp.asarray(xp.argsort(order, axis=-1, stable=True), dtype=x.dtype)


# Products, rows, shapes -------------------------------------------------------------------------


def matvec(A: Array, x: Array) -> Array:
    """``A x``: A is ``(m, n)``, shared, or ``(R, m, n)``; x is ``(R, n)``; gives ``(R, m)``."""
    return x @ A.T if A.ndim == 2 else (A @ x[..., None])[..., 0]


def rmatvec(A: Array, y: Array) -> Array:
    """``A^T y``: A is ``(m, n)``, shared, or ``(R, m, n)``; y is ``(R, m)``; gives ``(R, n)``."""
    return y @ A if A.ndim == 2 else (y[..., None, :] @ A)[..., 0, :]


def matmul(A: Array, B: Array) -> Array:
    """Matrix product, batched over the first axis where there is one."""
    return A @ B


def transpose(A: Array) -> Array:
    """Swap the last two axes."""
    return namespace(A).matrix_transpose(A)


def row(A: Array, i: Array) -> Array:
    """Rows of a table: ``i`` is ``(R, b)``; A is ``(n, d)``, shared, or ``(R, n, d)``.

    Gives ``(R, b, d)``. Where A is a shared vector ``(n,)``, use :func:`element`. Indices -n to -1
    count from the end; one that is out of range is an error (on CuPy it wraps around).
    """
    xp = namespace(A)
    if hasattr(xp, "row"):
        return xp.row(A, i)
    shape = (*i.shape, A.shape[-1])
    if A.ndim == 2:
        return xp.reshape(xp.take(A, xp.reshape(i, (-1,)), axis=0), shape)
    if _takes_arrays(xp):
        return A[xp.arange(A.shape[0])[:, None], i]
    return xp.take_along_axis(A, xp.broadcast_to(i[:, :, None], shape), axis=1)


def _takes_arrays(xp: ModuleType) -> bool:
    """Whether arrays may be indexed by arrays."""
    return array_api_compat.is_numpy_namespace(xp) or xp is precise or "cupy" in xp.__name__


def row_mean(T: Array) -> Array:
    """Mean of the rows of a table, as over workers: ``(R, n, d) -> (R, d)``."""
    return total(transpose(T))[..., 0] / T.shape[-2]


def element(a: Array, i: Array) -> Array:
    """Entries of vectors: a is ``(n,)``, shared, or ``(R, n)``; i is ``(R, b)``; gives ``(R, b)``.

    Where all replicates look at one place, i may be an integer: ``(R, n) -> (R, 1)``. Indices are
    as in :func:`row`.
    """
    if isinstance(i, int):
        return a[..., i][..., None]
    xp = namespace(a)
    if hasattr(xp, "element"):
        return xp.element(a, i)
    if a.ndim == 2:
        return row(a[..., None], i)[..., 0]
    return xp.reshape(xp.take(a, xp.reshape(i, (-1,)), axis=0), i.shape)


def set_row(T: Array, i: Array, value: Array) -> Array:
    """A copy of ``T`` ``(R, n, d)`` whose rows ``i`` ``(R, b)`` are ``value`` ``(R, b, d)``.

    The indices of one replicate must differ; they are as in :func:`row`.
    """
    xp = namespace(T)
    if hasattr(xp, "set_row"):
        return xp.set_row(T, i, value)
    if _takes_arrays(xp):
        out = T.copy()
        out[xp.arange(T.shape[0])[:, None], i] = value
        return out
    for j in range(i.shape[1]):
        hot = xp.arange(T.shape[1])[None, :] == i[:, j : j + 1]
        T = xp.where(hot[:, :, None], value[:, j : j + 1, :], T)
    return T


def reshape(x: Array, shape: tuple[int, ...]) -> Array:
    """The entries of each replicate in another shape: ``(R, ...) -> (R, *shape)``.

    One length may be -1: whatever is left.
    """
    return namespace(x).reshape(x, (x.shape[0], *shape))


def flat(x: Array) -> Array:
    """The entries of each replicate in one row: ``(R, ...) -> (R, size)``."""
    return x if x.ndim == 2 else reshape(x, (-1,))


def zeros_like(x: Array) -> Array:
    """Zeros of the shape of ``x``."""
    return namespace(x).zeros_like(x)


def full_scalar(x: Array, value: float) -> Array:
    """One number per replicate of ``x``: ``(R, 1)``."""
    return zeros_like(flat(x)[:, :1]) + value


def table(x: Array, n: int) -> Array:
    """A table of n rows of zeros per replicate: ``(R, d) -> (R, n, d)``."""
    xp = namespace(x)
    return xp.zeros((x.shape[0], n, x.shape[1]), dtype=x.dtype)


def concat(*parts: Array) -> Array:
    """Vectors joined along the last axis."""
    return namespace(*parts).concat(parts, axis=-1)


def split(x: Array, size: int) -> tuple[Array, Array]:
    """The first ``size`` entries along the last axis, and the others."""
    return x[..., :size], x[..., size:]


# Control ----------------------------------------------------------------------------------------


def cond(predicate: Any, then: Callable[[], tuple], other: Callable[[], tuple]) -> tuple:
    """``then()`` where the predicate holds, ``other()`` elsewhere; both give tuples of one form.

    The predicate is a Python truth value (a statement about the iteration ``k``), and only one
    branch is evaluated; or an ``(R, 1)`` array, and each replicate takes its own. Draw random
    numbers before the ``cond``, not inside.
    """
    if isinstance(predicate, bool | np.bool_):
        return then() if predicate else other()
    xp = namespace(predicate)
    if hasattr(xp, "cond"):
        return xp.cond(predicate, then, other)
    return _chosen(predicate, _among(predicate, then), _among(~predicate, other))


_AMONG: ContextVar[tuple[Array, ...]] = ContextVar("among", default=())


def _among(predicate: Array, branch: Callable[[], Any]) -> Any:
    """Evaluate ``branch()``; only replicates where the predicate is true use the result."""
    token = _AMONG.set((*_AMONG.get(), predicate))
    try:
        return branch()
    finally:
        _AMONG.reset(token)


def among() -> Array | None:
    """Which replicates make use of what is computed now, ``(R, 1)``; None where all do.

    Batched, the branches of a ``cond`` and the passes of a ``while_loop`` are computed for all.
    """
    masks = _AMONG.get()
    if not masks:
        return None
    return functools.reduce(operator.and_, (namespace(m).reshape(m, (-1, 1)) for m in masks))


def _chosen(predicate: Array, a: Any, b: Any) -> Any:
    if isinstance(a, tuple):
        parts = [_chosen(predicate, *both) for both in zip(a, b, strict=True)]
        return type(a)(*parts) if hasattr(a, "_fields") else tuple(parts)
    axes = max(2, getattr(a, "ndim", 0), getattr(b, "ndim", 0))
    mask = namespace(predicate).reshape(predicate, (predicate.shape[0],) + (1,) * (axes - 1))
    return where(mask, a, b)


def _flat(state: Any) -> list[Any]:
    return [leaf for part in state for leaf in _flat(part)] if isinstance(state, tuple) else [state]


def repeat(count: int, body: Callable[[Any], Any], state: Any) -> Any:
    """``body`` applied ``count`` times, a fixed number.

    The state is an array or a number, or a tuple of such or of tuples. What the body draws is
    drawn anew in each pass.
    """
    xp = namespace(*_flat(state))
    if hasattr(xp, "fixed_loop"):
        return xp.fixed_loop(count, body, state)
    for _ in range(count):
        state = body(state)
    return state


def while_loop(
    limit: int, predicate: Callable[[tuple], Array], body: Callable[[tuple], tuple], state: tuple
) -> tuple:
    """``body`` applied while ``predicate`` ``(R, 1)`` holds, for each replicate on its own.

    At most ``limit`` times. A replicate whose predicate has failed keeps its state, a tuple whose
    parts may be tuples.
    """
    xp = namespace(*_flat(state))
    if hasattr(xp, "while_loop"):
        return xp.while_loop(limit, predicate, body, state)
    active = None
    for _ in range(limit):
        test = functools.partial(predicate, state)
        active = test() if active is None else _among(active, test)
        if not bool(namespace(active).any(active)):
            return state
        state = cond(active, lambda s=state: body(s), lambda s=state: s)  # type: ignore[misc]
    return state
