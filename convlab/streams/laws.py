"""The laws of random vectors, each written once as a function of uniforms."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral, Real
from types import ModuleType
from typing import Any

import numpy as np

from convlab.errors import ConvlabError

Array = Any

MOST_OUTCOMES = 10**6
"""A law with more outcomes than this is not enumerated."""

SLOT_BITS = 14
"""Bits of the address word for the slot; the others hold the number of blocks."""

LEAST_INDEX = 1 / 8
"""The smallest tail index allowed: with less, the farthest draws overflow."""


class Law:
    """The law of a random vector, as a function of independent uniforms on (0, 1).

    ``shape`` is that of a value, ``blocks`` the number of blocks, of two uniforms each, that it
    is made of: by default there is a uniform for every entry. ``transform(xp, pairs)`` gives
    values, shape (..., *shape), from uniforms, shape (..., blocks, 2), on the namespace ``xp``.

    Laws of independent entries have the ``mean`` and ``variance`` of an entry: ``inf`` where the
    integral diverges, ``nan`` where there is none. Finite laws (not those of 2^d values) have
    ``support(xp)``: all values, shape (m, *shape), and their probabilities, shape (m,); it raises
    :class:`~convlab.errors.ConvlabError` where there are more than ``MOST_OUTCOMES``. Their number
    m is ``outcomes``. Laws of independent entries with a Gauss rule have ``quadrature(count, xp)``:
    at most ``count`` points and their weights, exact for polynomials of an entry up to degree
    2 ``count`` - 1. Where ``two_valued``, two points are the whole law of an entry. Both are in
    doubles, or in 50 digits where ``xp`` is :mod:`convlab.precise`.
    """

    two_valued = False

    @property
    def shape(self) -> tuple[int, ...]:
        raise NotImplementedError

    @property
    def blocks(self) -> int:
        return (math.prod(self.shape) + 1) // 2

    def word(self, slot: int) -> int:
        """The 32-bit word of the address that stands for a slot and the number of blocks.

        The blocks of one slot lie end to end, ``blocks`` per iteration. With their number in the
        address, laws of different size meet no block of each other, whatever the iterations.
        Raises ConvlabError beyond 2^14 draws in an iteration or 2^19 numbers in a draw.
        """
        if slot >= 1 << SLOT_BITS or self.blocks > 1 << (32 - SLOT_BITS):
            raise ConvlabError(
                f"{self}: a step makes at most {1 << SLOT_BITS} draws an iteration, each of at "
                f"most {2 << (32 - SLOT_BITS)} numbers; draw fewer, larger or smaller arrays"
            )
        return slot | (self.blocks - 1) << SLOT_BITS

    def transform(self, xp: ModuleType, pairs: Array) -> Array:
        raise NotImplementedError


def _require(law: Law, name: str, kind: type, valid: Callable[[Any], bool], wanted: str) -> None:
    value = getattr(law, name)
    if not (isinstance(value, kind) and valid(value)):
        raise ConvlabError(f"{type(law).__name__}: {name} must be {wanted}, got {value!r}")


def _require_count(law: Law, name: str) -> None:
    _require(law, name, Integral, lambda count: count >= 1, "a positive integer")


def _require_index(law: Law, name: str) -> None:
    wanted = f"a finite number of at least {LEAST_INDEX}"
    _require(law, name, Real, lambda index: LEAST_INDEX <= index < math.inf, wanted)


def _require_outcomes(law: Law, count: int) -> None:
    if count > MOST_OUTCOMES:
        raise ConvlabError(f"{law} has over {MOST_OUTCOMES} values, too many to list: draw instead")


def _product(values: Any, size: int, dtype: Any) -> np.ndarray:
    return np.asarray(list(itertools.product(values, repeat=size)), dtype=dtype)


def _equal(xp: Any, count: int) -> np.ndarray:
    """Equal probabilities."""
    return xp.asarray(np.ones(count)) / count


def _gauss(xp: Any, squares: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights of a symmetric Gauss rule of total weight one.

    ``squares`` are those of the coefficients beside the diagonal of its Jacobi matrix, whose
    eigenvalues are the points: G. H. Golub and J. H. Welsch, *Calculation of Gauss quadrature
    rules*, Math. Comp. 23 (1969).
    """
    matrix = xp.zeros((len(squares) + 1, len(squares) + 1))
    for i, square in enumerate(squares):
        matrix[i, i + 1] = matrix[i + 1, i] = square**0.5
    points, vectors = xp.linalg.eigh(matrix)
    return (points - points[::-1]) / 2, vectors[0] ** 2


def _flat(xp: ModuleType, pairs: Array, size: int) -> Array:
    """The first ``size`` numbers of a value's blocks."""
    return xp.reshape(pairs, (*pairs.shape[:-2], -1))[..., :size]


def _choose(xp: ModuleType, condition: Array, yes: Array, no: Array) -> Array:
    return xp.where(condition, *(xp.asarray(x, dtype=xp.float64) for x in (yes, no)))


def _cosine(xp: ModuleType, turns: Array) -> Array:
    """cos(2 pi t) for t in [0, 1], as a sine; folding t into [-1/4, 1/4] rounds nothing."""
    return xp.sin(2 * math.pi * (xp.abs(turns - 0.5) - 0.25))


def _sine(xp: ModuleType, turns: Array) -> Array:
    """sin(2 pi t) for t in [0, 1], likewise."""
    folded = 0.25 - xp.abs(xp.abs(turns - 0.5) - 0.25)
    return xp.sin(2 * math.pi * xp.where(turns < 0.5, folded, -folded))


@dataclass(frozen=True)
class _Entries(Law):
    """Laws of ``d`` independent entries."""

    d: int

    def __post_init__(self) -> None:
        _require_count(self, "d")

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.d,)


@dataclass(frozen=True)
class Uniform(_Entries):
    """``d`` independent uniforms on (0, 1): odd multiples of 2^-53."""

    mean, variance = 1 / 2, 1 / 12

    def quadrature(self, count: int, xp: Any = np) -> tuple[np.ndarray, np.ndarray]:
        squares = [i * i / (4 * xp.asarray([i * i * 1.0]) - 1)[0] for i in range(1, count)]
        points, weights = _gauss(xp, squares)
        return (1 + points) / 2, weights

    def transform(self, xp: ModuleType, pairs: Array) -> Array:
        return _flat(xp, pairs, self.d)


@dataclass(frozen=True)
class Normal(_Entries):
    """``d`` independent standard normals, two to a block (Box and Muller, 1958)."""

    mean, variance = 0.0, 1.0

    def quadrature(self, count: int, xp: Any = np) -> tuple[np.ndarray, np.ndarray]:
        return _gauss(xp, list(xp.asarray(np.arange(1.0, count))))

    def transform(self, xp: ModuleType, pairs: Array) -> Array:
        u, v = pairs[..., 0], pairs[..., 1]
        radius = xp.sqrt(-2.0 * xp.log(u))
        points = xp.stack([radius * _cosine(xp, v), radius * _sine(xp, v)], axis=-1)
        return _flat(xp, points, self.d)


@dataclass(frozen=True)
class Rademacher(_Entries):
    """``d`` independent signs, -1 or 1 with probability 1/2."""

    mean, variance = 0.0, 1.0
    two_valued = True

    def quadrature(self, count: int, xp: Any = np) -> tuple[np.ndarray, np.ndarray]:
        points, weights = ([-1.0, 1.0], [0.5, 0.5]) if count > 1 else ([0.0], [1.0])
        return xp.asarray(points), xp.asarray(weights)

    def transform(self, xp: ModuleType, pairs: Array) -> Array:
        return _choose(xp, _flat(xp, pairs, self.d) < 0.5, 1.0, -1.0)


@dataclass(frozen=True)
class TwoPoint(_Entries):
    """``d`` independent entries of mean 0 and variance 1 on two points, for ``p`` in (0, 1).

    An entry is sqrt((1 - p) / p) with probability ``p``, else -sqrt(p / (1 - p)).
    """

    p: float
    mean, variance = 0.0, 1.0
    two_valued = True

    def __post_init__(self) -> None:
        super().__post_init__()
        _require(self, "p", Real, lambda p: 0 < p < 1, "strictly between 0 and 1")

    def quadrature(self, count: int, xp: Any = np) -> tuple[np.ndarray, np.ndarray]:
        if count == 1:
            return xp.asarray([0.0]), xp.asarray([1.0])
        p = xp.asarray([self.p, 1.0])
        weights = xp.stack([p[0], p[1] - p[0]])
        odds = (weights[0] / weights[1]) ** 0.5
        return xp.stack([1 / odds, -odds]), weights

    def transform(self, xp: ModuleType, pairs: Array) -> Array:
        rare, often = ((1 - self.p) / self.p) ** 0.5, -((self.p / (1 - self.p)) ** 0.5)
        return _choose(xp, _flat(xp, pairs, self.d) < self.p, rare, often)


@dataclass(frozen=True)
class Student(_Entries):
    """``d`` independent t variates with ``nu`` >= 1/8 degrees of freedom, one to a block.

    Exact for every ``nu``, and without rejection, which no counter could follow: Bailey, "Polar
    generation of random variates with the t-distribution", Mathematics of Computation, 1994.
    """

    nu: float

    def __post_init__(self) -> None:
        super().__post_init__()
        _require_index(self, "nu")

    @property
    def blocks(self) -> int:
        return self.d

    @property
    def mean(self) -> float:
        return 0.0 if self.nu > 1 else math.nan

    @property
    def variance(self) -> float:
        if self.nu > 2:
            return self.nu / (self.nu - 2)
        return math.inf if self.nu > 1 else math.nan

    def transform(self, xp: ModuleType, pairs: Array) -> Array:
        u, v = pairs[..., 0], pairs[..., 1]
        radius = xp.sqrt(self.nu * xp.expm1(-2.0 / self.nu * xp.log(u)))
        return radius * _cosine(xp, v)


@dataclass(frozen=True)
class Pareto(_Entries):
    """``d`` independent entries with P(X > x) = x^-alpha for x >= 1, for ``alpha`` >= 1/8."""

    alpha: float

    def __post_init__(self) -> None:
        super().__post_init__()
        _require_index(self, "alpha")

    @property
    def mean(self) -> float:
        return self.alpha / (self.alpha - 1) if self.alpha > 1 else math.inf

    @property
    def variance(self) -> float:
        a = self.alpha
        return a / ((a - 1) ** 2 * (a - 2)) if a > 2 else math.inf

    def transform(self, xp: ModuleType, pairs: Array) -> Array:
        return _flat(xp, pairs, self.d) ** (-1.0 / self.alpha)


@dataclass(frozen=True)
class SymmetricPareto(_Entries):
    """``d`` independent Pareto variates with random signs, for ``alpha`` >= 1/8."""

    alpha: float

    def __post_init__(self) -> None:
        super().__post_init__()
        _require_index(self, "alpha")

    @property
    def mean(self) -> float:
        return 0.0 if self.alpha > 1 else math.nan

    @property
    def variance(self) -> float:
        if self.alpha > 2:
            return self.alpha / (self.alpha - 2)
        return math.inf if self.alpha > 1 else math.nan

    def transform(self, xp: ModuleType, pairs: Array) -> Array:
        signed = 2.0 * _flat(xp, pairs, self.d) - 1.0
        return xp.sign(signed) * xp.abs(signed) ** (-1.0 / self.alpha)


@dataclass(frozen=True)
class Integers(Law):
    """``size`` independent integers, uniform on 0, ..., ``n`` - 1, for ``n`` up to 2^32."""

    n: int
    size: int = 1

    def __post_init__(self) -> None:
        wanted = "an integer between 1 and 2^32"  # probabilities are 1/n to within n / 2^52
        _require(self, "n", Integral, lambda n: 1 <= n <= 2**32, wanted)
        _require_count(self, "size")

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.size,)

    @property
    def mean(self) -> float:
        return (self.n - 1) / 2

    @property
    def variance(self) -> float:
        return (self.n**2 - 1) / 12

    @property
    def outcomes(self) -> int:
        return self.n**self.size

    def support(self, xp: Any = np) -> tuple[np.ndarray, np.ndarray]:
        count = self.outcomes
        _require_outcomes(self, count)
        return _product(range(self.n), self.size, np.int64), _equal(xp, count)

    def transform(self, xp: ModuleType, pairs: Array) -> Array:
        return xp.astype(xp.floor(_flat(xp, pairs, self.size) * self.n), xp.int64)


@dataclass(frozen=True)
class Bernoulli(Law):
    """``size`` independent entries, 1.0 with probability ``p`` in [0, 1], else 0.0."""

    p: float
    size: int = 1

    def __post_init__(self) -> None:
        _require(self, "p", Real, lambda p: 0 <= p <= 1, "between 0 and 1")
        _require_count(self, "size")

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.size,)

    @property
    def mean(self) -> float:
        return self.p

    @property
    def variance(self) -> float:
        return self.p * (1 - self.p)

    @property
    def outcomes(self) -> int:
        return 2**self.size

    def support(self, xp: Any = np) -> tuple[np.ndarray, np.ndarray]:
        _require_outcomes(self, self.outcomes)
        values = _product((0.0, 1.0), self.size, np.float64)
        p = xp.asarray([float(self.p)])
        return xp.asarray(values), np.prod(np.where(values == 1.0, p, 1 - p), axis=1)

    def transform(self, xp: ModuleType, pairs: Array) -> Array:
        return xp.astype(_flat(xp, pairs, self.size) < self.p, xp.float64)


@dataclass(frozen=True)
class Subset(Law):
    """``b`` different integers of 0, ..., ``n`` - 1 in random order; with b = n, a permutation.

    All ordered choices are equally likely. The digit of rank i is uniform on 0, ..., n - 1 - i;
    from the last to the first, each digit enters the list and what is not below it moves up by
    one (a Lehmer code, decoded).
    """

    n: int
    b: int

    def __post_init__(self) -> None:
        wanted = "an integer between 1 and 2^32"
        _require(self, "n", Integral, lambda n: 1 <= n <= 2**32, wanted)
        _require(
            self, "b", Integral, lambda b: 1 <= b <= self.n, f"an integer from 1 to n = {self.n}"
        )

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.b,)

    @property
    def outcomes(self) -> int:
        return math.perm(self.n, self.b)

    def support(self, xp: Any = np) -> tuple[np.ndarray, np.ndarray]:
        count = self.outcomes
        _require_outcomes(self, count)
        values = np.asarray(list(itertools.permutations(range(self.n), self.b)), dtype=np.int64)
        return values, _equal(xp, count)

    def unordered(self, xp: Any = np) -> tuple[np.ndarray, np.ndarray]:
        """The sets, each in one order, and their probabilities."""
        count = math.comb(self.n, self.b)
        _require_outcomes(self, count)
        values = np.asarray(list(itertools.combinations(range(self.n), self.b)), dtype=np.int64)
        return values, _equal(xp, count)

    def transform(self, xp: ModuleType, pairs: Array) -> Array:
        left = self.n - xp.arange(self.b, dtype=xp.float64)
        digits = xp.astype(xp.floor(_flat(xp, pairs, self.b) * left), xp.int64)
        chosen = digits[..., self.b :]
        for i in reversed(range(self.b)):
            digit = digits[..., i : i + 1]
            moved = chosen + xp.astype(chosen >= digit, xp.int64)
            chosen = xp.concat([digit, moved], axis=-1)
        return chosen
