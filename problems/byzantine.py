"""Distributed problems on which some nodes lie.

``attacked(problem, liars=2, attack=Mirror())`` is a distributed problem with two more nodes, which
see what all honest ones are about to show, and choose what they show to each.
"""

import math
from dataclasses import replace
from typing import Annotated, Any, NamedTuple

from convlab.assumptions import liars as lying
from convlab.assumptions import local_variance
from convlab.errors import ConvlabError
from convlab.family import between, choice, family
from convlab.problem import Problem
from convlab.streams import normal
from convlab.vocabulary import (
    Array,
    maximum,
    norm,
    rank,
    reshape,
    row_mean,
    sqnorm,
    sqrt,
    total,
    where,
)
from problems.distributed import bowls

__all__ = [
    "Amplify",
    "Attacked",
    "Drag",
    "Enough",
    "Far",
    "Mirror",
    "attacked",
    "attacked_bowls",
]

JUST_INSIDE = 1 - 1e-6
"""A lie at this share of a distance is nearer than the truth at that distance."""


class Far(NamedTuple):
    """All nodes are shown one point, far away."""

    distance: float = 1000.0

    def __call__(self, half: Array, liars: int) -> Array:
        """(R, n, d) -> (R, n, d)."""
        return 0 * half + self.distance


class Amplify(NamedTuple):
    """All nodes are shown the mean of the honest ones, many times as large."""

    factor: float = 100.0

    def __call__(self, half: Array, liars: int) -> Array:
        """(R, n, d) -> (R, n, d)."""
        return 0 * half + self.factor * row_mean(half)[:, None, :]


def _farthest(half: Array, liars: int) -> tuple[Array, Array]:
    """For each node a table that is 1 at the ``liars`` honest nodes farthest from it, (R, n, n),
    and the distance of the nearest of these, (R, n, 1).
    """
    n = half.shape[1]
    apart = sqnorm(half[:, :, None, :] - half[:, None, :, :])[..., 0]
    place = rank(apart)
    chosen = where(place >= n - liars, 1.0 + 0.0 * apart, 0.0)
    return chosen, sqrt(total(where(place == n - liars, apart, 0.0)))


class Drag(NamedTuple):
    """Every node is shown a point in a fixed direction, as far away as it will still believe."""

    sign: float = -1.0

    def __call__(self, half: Array, liars: int) -> Array:
        """(R, n, d) -> (R, n, d)."""
        _, reach = _farthest(half, liars)
        return half + self.sign * JUST_INSIDE / math.sqrt(half.shape[-1]) * reach


class Enough(NamedTuple):
    """All are shown a point some standard deviations from the honest mean, in each coordinate.

    M. Baruch, G. Baruch and Y. Goldberg, *A little is enough: circumventing defenses for
    distributed learning*, NeurIPS (2019).
    """

    deviations: float = 1.5

    def __call__(self, half: Array, liars: int) -> Array:
        """(R, n, d) -> (R, n, d)."""
        center = row_mean(half)[:, None, :]
        variance = row_mean((half - center) ** 2)[:, None, :]
        return 0 * half + center - self.deviations * sqrt(variance)


class Mirror(NamedTuple):
    """Every node is shown the reflection of the honest nodes that are farthest from it."""

    def __call__(self, half: Array, liars: int) -> Array:
        """(R, n, d) -> (R, n, d)."""
        chosen, reach = _farthest(half, liars)
        towards = chosen @ half - liars * half
        return half - JUST_INSIDE * reach * towards / maximum(norm(towards), 1e-300)


class Attacked(NamedTuple):
    """A distributed oracle with noise, and with nodes that lie; all else is the oracle's own."""

    exact: Any
    strategy: Any
    liars: int
    sigma: float

    @property
    def n(self):
        """Number of honest nodes."""
        return self.exact.n

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return self.exact.value(x)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.exact.gradient(x)

    def local_gradients(self, x):
        """The gradients of the honest nodes, each at its own point: (R, n, d) -> (R, n, d)."""
        return self.exact.local_gradients(x)

    def local_stochastic_gradients(self, x, rng):
        """With independent normal noise for each honest node: (R, n, d) -> (R, n, d)."""
        n, d = self.n, x.shape[-1]
        g = self.exact.local_gradients(x)
        return g + self.sigma / math.sqrt(d) * reshape(normal(rng, n * d), (n, d))

    def attack(self, half):
        """What those who lie show to each honest node: (R, n, d) -> (R, n, d)."""
        return self.strategy(half, self.liars)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.exact, name)


def attacked(
    problem: Problem, *, liars: int = 1, attack: Any = None, sigma: float = 0.0
) -> Problem:
    """The distributed problem with nodes that lie, and with noise of variance sigma^2 at each node.

    Raises ConvlabError where the problem is not distributed, or fewer than half of the nodes
    would be honest.
    """
    if not hasattr(problem.oracle, "local_gradients"):
        raise ConvlabError(f"{problem.name} has no 'local_gradients': nodes can lie in a network")
    if not 1 <= liars < problem.oracle.n:
        raise ConvlabError(
            f"{liars} liars among {problem.oracle.n} honest nodes: choose from 1 to "
            f"{problem.oracle.n - 1}"
        )
    strategy = Mirror() if attack is None else attack
    return replace(
        problem,
        oracle=Attacked(problem.oracle, strategy, liars, sigma),
        declares=[*problem.declares, lying(liars), local_variance(sigma)],
        name=f"{problem.name} + {liars} x {strategy}",
    )


_ATTACKS: dict[str, Any] = {
    "mirror": Mirror(),
    "drag": Drag(),
    "enough": Enough(),
    "far": Far(),
    "amplify": Amplify(),
}


@family
def attacked_bowls(
    rng,
    *,
    n: Annotated[int, between(12, 100)] = 20,
    d: Annotated[int, between(1, 3)] = 2,
    heterogeneity: Annotated[float, between(0.0, 10.0)] = 1.0,
    minority: Annotated[int, between(0, 1)] = 0,
    attack: Annotated[str, choice("mirror", "drag", "enough", "far", "amplify")] = "mirror",
    sigma: Annotated[float, between(0.0, 10.0)] = 0.0,
):
    """Equal parabolas around different points, and one node that lies."""
    base = bowls(int(rng.integers(2**32)), n=n, d=d, heterogeneity=heterogeneity, minority=minority)
    return attacked(base, attack=_ATTACKS[attack], sigma=sigma)
