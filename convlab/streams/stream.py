"""The stream of random numbers of a batch of replicates, and the words to draw from it."""

from collections.abc import Iterable
from operator import index
from types import ModuleType
from typing import Any, NamedTuple, Self

import array_api_compat

from convlab import precise
from convlab.errors import ConvlabError
from convlab.streams import philox
from convlab.streams.laws import (
    Array,
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

START, INIT = 2**40, 2**40 + 1
"""Iterations at which starting points and first states are drawn: beyond those of any run."""


class _Window(NamedTuple):
    """The values of a law for the iterations from ``start`` to before ``stop``, (R, T, *shape)."""

    law: Law
    start: int
    stop: int
    values: Array


class Stream:
    """Random numbers that are functions of their address.

    The address of a number is the ``key`` (64 bits), the replicate's id, the iteration, and the
    slot: how many draws came before it in this iteration. So a replicate sees the same numbers in
    whatever company it runs, on whatever backend, and from whatever iteration it is resumed.
    For speed, a slot computes up to ``ahead`` numbers at once, for coming iterations: a window that
    doubles each time it is used up. No number depends on that.

    ``replicates`` are different integers from 0 to 2^32 - 1, ``xp`` is an array namespace (NumPy,
    CuPy, array-api-strict). Raises :class:`~convlab.errors.ConvlabError` on anything else.

    >>> import numpy as np
    >>> rng = Stream(key=1, replicates=range(3), xp=np)
    >>> integers(rng.at(10), n=100, size=4)
    array([[15, 29, 21, 47],
           [12, 56, 15,  8],
           [62, 19, 72, 52]])
    >>> integers(Stream(1, [2], np).at(10), n=100, size=4)
    array([[62, 19, 72, 52]])
    """

    def __init__(
        self, key: int, replicates: Iterable[int], xp: ModuleType, *, ahead: int = 2**16
    ) -> None:
        if isinstance(replicates, range):  # ends are enough, and there may be thousands
            ids: Any = replicates
            for end in (*replicates[:1], *replicates[-1:]):
                _whole("a replicate", end, 32)
        else:
            ids = [_whole("a replicate", replicate, 32) for replicate in replicates]
        if not ids or len(set(ids)) < len(ids):
            raise ConvlabError("replicates must be at least one id, and no id twice")
        xp = array_api_compat.array_namespace(xp.asarray(0.0))
        self._xp = xp
        self._key = _whole("the key of a stream", key, 64)
        self._replicates = xp.asarray(list(ids), dtype=xp.uint64)
        self._ahead = ahead
        self._windows: dict[int, _Window] = {}
        self._k = self._slot = 0

    def at(self, k: int) -> Self:
        """The stream itself, standing before the first draw of iteration ``k`` >= 0."""
        self._k, self._slot = _whole("an iteration", k, 48), 0
        return self

    def draw(self, law: Law) -> Array:
        """The next value of ``law`` for every replicate, shape (R, *law.shape); read-only on NumPy.

        float64, or int64 where the law is of integers. All draws are independent: those of one
        iteration, and those of different iterations, whatever laws they follow.
        """
        slot, k = self._slot, self._k
        self._slot += 1
        window = self._windows.get(slot)
        if window is None or not window.start <= k < window.stop or window.law != law:
            window = self._windows[slot] = self._refilled(window, law, slot, k)
        return window.values[:, k - window.start, ...]

    def _refilled(self, window: _Window | None, law: Law, slot: int, k: int) -> _Window:
        count = 1
        if window is not None and window.law == law and window.stop == k:
            most = self._ahead // (self._replicates.shape[0] * 2 * law.blocks)
            count = max(1, min(2 * (window.stop - window.start), most))
        return _Window(law, k, k + count, self._values(law, slot, k, count))

    def _values(self, law: Law, slot: int, k: int, count: int) -> Array:
        if array_api_compat.is_numpy_namespace(self._xp):
            from convlab.streams import compiled  # Numba takes its time: only when it is needed

            values = compiled.values(law, self._key, self._replicates, slot, k, count)
            values.flags.writeable = False
            return values
        if array_api_compat.is_cupy_namespace(self._xp):
            from convlab.streams import cuda

            return cuda.values(self._xp, law, self._key, self._replicates, slot, k, count)
        address = self._key, self._replicates, law.word(slot)
        pairs = philox.uniforms(self._xp, *address, k * law.blocks, count * law.blocks)
        pairs = self._xp.reshape(pairs, (pairs.shape[0], count, law.blocks, 2))
        return law.transform(self._xp, pairs)


def _whole(what: str, value: Any, bits: int) -> int:
    try:
        number = index(value)
    except TypeError:
        number = -1
    if not 0 <= number < 2**bits:
        raise ConvlabError(f"{what} must be an integer from 0 to 2^{bits} - 1, got {value!r}")
    return number


def _drawn(rng: Stream, law: type[Law], size: int, name: str, value: Any) -> Array:
    """Draws from a law whose parameter ``name`` may be an ``(R, 1)`` array.

    Such a law is drawn from as its definition says, by transforming uniforms at its addresses.
    """
    sized = "size" if law is Bernoulli else "d"
    try:
        if getattr(value, "ndim", 0) == 0:
            return rng.draw(law(**{sized: size, name: float(value)}))
    except TypeError:
        if not hasattr(value, "dtype"):
            raise  # else a traced number, which is known only when the kernel runs
    varying = law(**{sized: size, name: 0.5})
    object.__setattr__(varying, name, value)
    pairs = rng.draw(Uniform(2 * varying.blocks))
    exact = getattr(pairs.dtype, "kind", "") == "O"
    xp = precise if exact else array_api_compat.array_namespace(pairs)
    return varying.transform(xp, xp.reshape(pairs, (pairs.shape[0], varying.blocks, 2)))


def normal(rng: Stream, d: int) -> Array:
    """Independent standard normals, shape (R, d)."""
    return rng.draw(Normal(d))


def uniform(rng: Stream, d: int) -> Array:
    """Independent uniforms on (0, 1), shape (R, d)."""
    return rng.draw(Uniform(d))


def integers(rng: Stream, n: int, size: int = 1) -> Array:
    """Independent integers, uniform on 0, ..., n - 1, shape (R, size)."""
    return rng.draw(Integers(n, size))


def bernoulli(rng: Stream, p: float | Array, size: int = 1) -> Array:
    """Independent entries, 1.0 with probability ``p``, else 0.0, shape (R, size)."""
    return _drawn(rng, Bernoulli, size, "p", p)


def rademacher(rng: Stream, d: int) -> Array:
    """Independent signs, -1.0 or 1.0, shape (R, d)."""
    return rng.draw(Rademacher(d))


def two_point(rng: Stream, d: int, p: float | Array) -> Array:
    """Independent entries of mean 0 and variance 1, one of two values, shape (R, d).

    sqrt((1 - p) / p) with probability ``p``, else -sqrt(p / (1 - p)).
    """
    return _drawn(rng, TwoPoint, d, "p", p)


def student(rng: Stream, d: int, nu: float | Array) -> Array:
    """Independent t variates with ``nu`` degrees of freedom, shape (R, d)."""
    return _drawn(rng, Student, d, "nu", nu)


def pareto(rng: Stream, d: int, alpha: float | Array) -> Array:
    """Independent Pareto variates, P(X > x) = x^-alpha for x >= 1, shape (R, d)."""
    return _drawn(rng, Pareto, d, "alpha", alpha)


def symmetric_pareto(rng: Stream, d: int, alpha: float | Array) -> Array:
    """Independent Pareto variates with random signs, shape (R, d)."""
    return _drawn(rng, SymmetricPareto, d, "alpha", alpha)


def subset(rng: Stream, n: int, b: int) -> Array:
    """``b`` different integers of 0, ..., n - 1 in random order, shape (R, b)."""
    return rng.draw(Subset(n, b))


def permutation(rng: Stream, n: int) -> Array:
    """The integers 0, ..., n - 1 in random order, shape (R, n); all orders are equally likely."""
    return rng.draw(Subset(n, n))
