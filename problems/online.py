"""Online problems: a loss for every round, with ``loss(x, k)`` and its gradient as oracles.

The gradient shown in round k is ``stochastic_gradient(x, rng, k)``, which need not be random.
``value`` is the mean loss of a period, or the expected loss, and ``x_star`` its minimizer in the
box in which the player moves.
"""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained_on_set,
    bounded_box,
    bounded_entries,
    convex,
    convex_losses,
    cycle_of_losses,
    projectable,
    rare_gradients,
    starts_at_one,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.streams import bernoulli
from convlab.vocabulary import Array, absolute, cond, maximum, minimum, sign, total, zeros_like

__all__ = [
    "Cycle",
    "LinearLosses",
    "RareGradient",
    "Targets",
    "cycle",
    "linear_losses",
    "rare_gradient",
    "targets",
]


def _box(x):
    return minimum(maximum(x, -1.0), 1.0)


class Cycle(NamedTuple):
    """The loss C x in every third round, -x in the two others, on [-1, 1]."""

    C: float
    start: float

    def loss(self, x, k):
        """(R, 1) -> (R, 1)."""
        (loss,) = cond(k % 3 == 0, lambda: (self.C * x,), lambda: (-x,))
        return loss

    def stochastic_gradient(self, x, rng, k):
        """(R, 1) -> (R, 1)."""
        return self.loss(zeros_like(x) + 1.0, k)

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        return (self.C - 2.0) / 3.0 * x

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return self.value(zeros_like(x) + 1.0)

    def project(self, x):
        """(R, 1) -> (R, 1)."""
        return _box(x)


@family
def cycle(
    rng,
    *,
    C: Annotated[float, between(2.05, 50.0, log=True)] = 3.0,
    start: Annotated[float, between(-1.0, 1.0)] = 1.0,
):
    """Where Adam goes the wrong way: the best point is -1; the proof starts at 1.

    S. J. Reddi, S. Kale and S. Kumar, *On the convergence of Adam and beyond*, ICLR 2018,
    Theorem 1.
    """
    best = -np.ones(1)
    return Problem(
        oracle=Cycle(C, start),
        declares=[
            cycle_of_losses(C),
            *([starts_at_one()] if start == 1.0 else []),
            convex(),
            projectable(),
            convex_losses(),
            bounded_entries(C),
            bounded_box(2.0),
            attained_on_set(Certificate(-(C - 2.0) / 3.0, "closed form"), best),
        ],
        start=np.array([start]),
    )


class RareGradient(NamedTuple):
    """The gradient C with probability p, else -1, on [-1, 1]."""

    C: float
    p: float

    def stochastic_gradient(self, x, rng):
        """(R, 1) -> (R, 1)."""
        return (self.C + 1.0) * bernoulli(rng, self.p) - 1.0

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        return ((self.C + 1.0) * self.p - 1.0) * x

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return self.value(zeros_like(x) + 1.0)

    def project(self, x):
        """(R, 1) -> (R, 1)."""
        return _box(x)


@family
def rare_gradient(
    rng,
    *,
    C: Annotated[float, between(2.0, 50.0, log=True)] = 10.0,
    slope: Annotated[float, between(0.01, 0.5)] = 0.25,
    start: Annotated[float, between(-1.0, 1.0)] = 1.0,
):
    """The expected loss is slope x, the best point -1; Adam comes to 1, or stays there.

    S. J. Reddi, S. Kale and S. Kumar, *On the convergence of Adam and beyond*, ICLR 2018,
    Theorem 3: the gradient C comes with probability (1 + slope)/(C + 1).
    """
    p = (1.0 + slope) / (C + 1.0)
    return Problem(
        oracle=RareGradient(C, p),
        declares=[
            rare_gradients(C, slope),
            convex(),
            projectable(),
            bounded_entries(C),
            bounded_box(2.0),
            attained_on_set(Certificate(-slope, "closed form"), -np.ones(1)),
        ],
        start=np.array([start]),
    )


class Targets(NamedTuple):
    """The loss |x - c|_1 with c taken from a list in turn, on the box [-1, 1]^d."""

    points: Array

    def _target(self, k):
        return self.points[k % self.points.shape[0], :]

    def loss(self, x, k):
        """(R, d) -> (R, 1)."""
        return total(absolute(x - self._target(k)))

    def stochastic_gradient(self, x, rng, k):
        """(R, d) -> (R, d)."""
        return sign(x - self._target(k))

    def value(self, x):
        """(R, d) -> (R, 1)."""
        n = self.points.shape[0]
        return sum(self.loss(x, k) for k in range(n)) / n

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        n = self.points.shape[0]
        return sum(sign(x - self._target(k)) for k in range(n)) / n

    def project(self, x):
        """(R, d) -> (R, d)."""
        return _box(x)


@family
def targets(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 2,
    half: Annotated[int, between(1, 10)] = 3,
):
    """2 half + 1 random targets in turn; the best point is their entrywise median."""
    oracle = Targets(rng.uniform(-1.0, 1.0, size=(2 * half + 1, d)))
    best = np.median(oracle.points, axis=0)
    return Problem(
        oracle=oracle,
        declares=[
            convex(),
            projectable(),
            convex_losses(),
            bounded_entries(1.0),
            bounded_box(2.0),
            attained_on_set(
                Certificate(float(oracle.value(best[None])[0, 0]), "at the median"), best
            ),
        ],
        start=np.ones(d),
    )


class LinearLosses(NamedTuple):
    """The loss v_k x, with the slopes v from a list in turn, on [-1, 1]."""

    slopes: Array
    average: float

    def loss(self, x, k):
        """(R, 1) -> (R, 1)."""
        return self.slopes[..., k % self.slopes.shape[-2], :] * x

    def stochastic_gradient(self, x, rng, k):
        """(R, 1) -> (R, 1)."""
        return self.loss(zeros_like(x) + 1.0, k)

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        return self.average * x

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return self.value(zeros_like(x) + 1.0)

    def project(self, x):
        """(R, 1) -> (R, 1)."""
        return _box(x)


Slope = Annotated[float, between(-1.0, 1.0)]


@family
def linear_losses(
    rng,
    *,
    begin: Annotated[int, between(1, 6)] = 1,
    end: Annotated[int, between(1, 6)] = 1,
    first: Slope = 1.0,
    then: Slope = -0.5,
    start: Slope = 0.0,
):
    """Slopes ``first`` for ``begin`` rounds, ``then`` for ``end`` rounds, and so on, on [-1, 1].

    The best point is an end of the interval: 1 where the slopes add up to less than 0.
    """
    slopes = np.repeat([first, then], [begin, end])
    average = float(slopes.mean())
    best = 1.0 if average < 0 else -1.0
    return Problem(
        oracle=LinearLosses(slopes[:, None], average),
        declares=[
            convex(),
            projectable(),
            convex_losses(),
            bounded_entries(Certificate(1.0, "bound on the slopes")),
            bounded_box(2.0),
            attained_on_set(Certificate(-abs(average), "closed form"), np.array([best])),
        ],
        start=np.array([start]),
    )
