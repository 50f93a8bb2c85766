"""The draws of one step, listed or integrated: joint outcomes with weights.

Discrete draws are listed. Continuous ones are replaced by the points of a cubature formula, which
is exact because the degree of what is integrated is found out first, along random lines.
"""

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from convlab.streams import Subset
from convlab.vocabulary import namespace

__all__ = ["Draws", "Forced", "NotClosed", "OtherLaws", "cubature", "degree", "draws_of", "joined"]

OUTCOMES = 512
"""More joint outcomes of the discrete draws of one step than this are not enumerated."""
POINTS = 8192
"""Nor more points than this, where continuous draws are integrated by a cubature formula."""


class NotClosed(Exception):  # noqa: N818 -- a fact about the run, not an error
    """The moments do not close; the message says why."""


class OtherLaws(Exception):  # noqa: N818 -- a fact about the step, not an error
    """A step asks for draws of other laws than those prescribed."""


class Forced:
    """A stream that replays given draws; without any, it records which laws the step requests.

    On NumPy, or in 50 digits where ``xp`` says so. Raises OtherLaws where ``expected`` are laws,
    and another one is asked.
    """

    def __init__(
        self,
        prescribed: Mapping[int, np.ndarray],
        expected: Sequence[Any] | None = None,
        xp: Any = np,
    ) -> None:
        self._prescribed = prescribed
        self._xp = xp
        self._expected = expected
        self.laws: list[Any] = []

    def require_all(self) -> None:
        """Raise OtherLaws where fewer draws were asked than prescribed."""
        if self._expected is not None and len(self.laws) < len(self._expected):
            raise OtherLaws

    def draw(self, law: Any) -> np.ndarray:
        """What is prescribed for this slot, (R, *law.shape), or one value where nothing is."""
        slot = len(self.laws)
        if self._expected is not None and (law,) != tuple(self._expected[slot : slot + 1]):
            raise OtherLaws
        self.laws.append(law)
        if slot in self._prescribed:
            return self._prescribed[slot]
        return self._xp.asarray(law.transform(np, np.full((1, law.blocks, 2), 0.5)))


class Draws(NamedTuple):
    """The draws of one step: joint outcomes of the discrete ones, laws of the others.

    ``shuffled`` holds the outcomes that are listed up to order, in another order; ``laws`` are the
    continuous ones by slot, ``asked`` all in order.
    """

    chosen: dict[int, np.ndarray]
    shuffled: dict[int, np.ndarray]
    weights: np.ndarray
    laws: dict[int, Any]
    asked: tuple[Any, ...]

    @property
    def size(self) -> int:
        """Number of continuous entries."""
        return sum(math.prod(law.shape) for law in self.laws.values())

    def split(self, entries: np.ndarray) -> dict[int, np.ndarray]:
        """Continuous entries (N, size) as draws by slot."""
        found, begin = {}, 0
        for slot, law in self.laws.items():
            end = begin + math.prod(law.shape)
            found[slot] = entries[:, begin:end].reshape((len(entries), *law.shape))
            begin = end
        return found

    def entrywise(self, name: str) -> np.ndarray:
        """``mean`` or ``variance`` of each continuous entry."""
        xp = namespace(self.weights)
        parts = [np.repeat(_of_entry(law, name, xp), law.shape) for law in self.laws.values()]
        return np.concatenate([*parts, xp.asarray(np.empty(0))])


def _of_entry(law: Any, name: str, xp: Any) -> np.ndarray:
    """``mean`` or ``variance`` of an entry, (1,); in 50 digits by its Gauss rule, if it has one."""
    if xp is np or not hasattr(law, "quadrature"):
        return xp.asarray([float(getattr(law, name))])
    points, weights = law.quadrature(2, xp)
    mean = weights @ points
    return np.array([mean if name == "mean" else weights @ (points - mean) ** 2])


@functools.lru_cache(maxsize=64)
def draws_of(laws: tuple[Any, ...], most: int = OUTCOMES, xp: Any = np) -> Draws:
    """The draws of a step that asks for these laws, on a namespace: doubles or 50 digits.

    Raises NotClosed on too many outcomes, and on a continuous law without variance.
    """
    chosen: dict[int, np.ndarray] = {}
    weights = xp.asarray(np.ones(1))
    unordered, continuous = [], {}
    for slot, law in enumerate(laws):
        if not hasattr(law, "support"):
            if not np.isfinite(law.variance):
                raise NotClosed(f"{law} has no variance")
            continuous[slot] = law
            continue
        room, list_all, count = most // len(weights), law.support, law.outcomes
        if count > room and isinstance(law, Subset):
            list_all, count = law.unordered, math.comb(law.n, law.b)
            unordered.append(slot)
        if count > room:
            raise NotClosed("the draws of one step have too many joint outcomes")
        outcomes, p = list_all(xp)
        chosen, weights = _product(chosen, weights, {slot: outcomes}, p)
    rng = np.random.Generator(np.random.Philox(key=5))
    shuffled = {slot: rng.permuted(chosen[slot], axis=1) for slot in unordered}
    return Draws(chosen, shuffled, weights, continuous, laws)


def joined(draws: Draws, upto: int) -> Draws:
    """All draws as joint outcomes: integrals of polynomials of degree ``upto`` are exact.

    Weights may be negative. Raises NotClosed where there are too many points, or no formula.
    """
    if not draws.laws:
        return draws
    room, xp = POINTS // len(draws.weights), namespace(draws.weights)
    points, weights = cubature(draws.laws.values(), upto, room, xp)
    outcomes = draws.split(points)
    chosen, both = _product(draws.chosen, draws.weights, outcomes, weights)
    shuffled = {slot: np.repeat(v, len(points), axis=0) for slot, v in draws.shuffled.items()}
    return Draws(chosen, shuffled, both, {}, draws.asked)


def _product(
    first: dict[int, np.ndarray], p: np.ndarray, second: dict[int, np.ndarray], q: np.ndarray
) -> tuple[dict[int, np.ndarray], np.ndarray]:
    """Every outcome of the first with every one of the second."""
    chosen = {slot: np.repeat(v, len(q), axis=0) for slot, v in first.items()}
    for slot, v in second.items():
        chosen[slot] = np.tile(v, (len(p),) + (1,) * (v.ndim - 1))
    return chosen, np.outer(p, q).ravel()


def cubature(
    laws: Iterable[Any], upto: int, most: int, xp: Any = np
) -> tuple[np.ndarray, np.ndarray]:
    """Points (m, size) and weights, exact on polynomials of the entries up to a degree.

    A product of Gauss rules, or, where that has more points, one of degree 5 with 2 n^2 + 1.
    """
    entries = [law for law in laws for _ in range(math.prod(law.shape))]
    for law in entries:
        if not hasattr(law, "quadrature"):
            raise NotClosed(f"{law} enters other than linearly, and has no Gauss rule")
    rules = [law.quadrature(upto // 2 + 1, xp) for law in entries]
    count, n = math.prod(len(points) for points, _ in rules), len(rules)
    if count > 2 * n * n + 1 and upto <= 5:
        found = _fully_symmetric([law.quadrature(3, xp) for law in entries])
        if found is not None and len(found[1]) <= most:
            return found
    if count > most:
        raise NotClosed("the continuous draws of one step are too many to integrate")
    points, weights = (
        np.array(list(itertools.product(*side))) for side in zip(*rules, strict=True)
    )
    return points, weights.prod(axis=1)


def _fully_symmetric(rules: Sequence[tuple]) -> tuple[np.ndarray, np.ndarray] | None:
    """Points on the axes and diagonals, of degree 5; None where a law is not symmetric.

    J. McNamee and F. Stenger, *Construction of fully symmetric numerical integration formulas*,
    Numer. Math. 10 (1967), with a radius for each entry: with moments m2 and m4 of the entries,
    a_i^2 = m4_i / m2_i on the axes, and weight m2_i m2_j / (4 a_i^2 a_j^2) on the diagonals.
    """
    center = np.array([w @ p for p, w in rules])
    second, third, fourth = (
        np.array([w @ (p - c) ** order for (p, w), c in zip(rules, center, strict=True)])
        for order in (2, 3, 4)
    )
    if np.abs(third).max() > 1e-12:
        return None
    n, a = len(rules), (fourth / second) ** 0.5
    share = second / a**2
    axes = np.diag(a)
    i, j = np.triu_indices(n, 1)
    diagonals = [s * axes[i] + t * axes[j] for s in (1, -1) for t in (1, -1)]
    on_axes = (share - share * (share.sum() - share)) / 2
    corner = share[i] * share[j] / 4
    weights = np.concatenate([on_axes, on_axes, *[corner] * 4])
    points = np.concatenate([0 * axes[:1], axes, -axes, *diagonals])
    return points + center, np.concatenate([[1 - weights.sum()], weights])


def degree(function: Callable[[np.ndarray], np.ndarray], size: int, most: int) -> int:
    """The degree of a function of ``size`` entries, as a polynomial: that along random lines.

    ``function`` takes points (N, size) and gives (N, K, ...): K functions, of which the highest
    degree counts. Raises NotClosed where one is above ``most``, or there is none.
    """
    rng = np.random.Generator(np.random.Philox(key=11))
    t, found = np.cos(np.pi * (np.arange(most + 4) + 0.5) / (most + 4)), 0
    to_coefficients = np.linalg.inv(np.polynomial.chebyshev.chebvander(t, most + 3))
    for length in (0.1, 1.0, 30.0):
        center, direction = rng.normal(size=(2, size))
        values = np.asarray(function(center + length * t[:, None] * direction), dtype=float)
        coefficients = np.abs(to_coefficients @ values.reshape(len(t), -1))
        coefficients = coefficients.reshape((*values.shape[:2], -1))
        seen = coefficients > 1e-10 * coefficients.max(axis=(0, 2), keepdims=True) + 1e-300
        if not np.isfinite(coefficients).all() or seen[most + 1 :].any():
            raise NotClosed("a continuous draw enters other than as a polynomial")
        found = max(found, int(np.flatnonzero(seen.any(axis=(1, 2))).max(initial=0)))
    return found
