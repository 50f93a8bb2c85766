"""The affine steps of a run, those of many iterations found out at once.

Where hyperparameters, weights or counters move along a run, each iteration has a step of its own.
To evaluate one takes as long as to evaluate a hundred: with the iterations along the axis of
replicates, each number that moves is an array with one entry per replicate, as in a sweep over it.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from convlab.engine.affine import AffineStep, Steps, affine_steps

__all__ = ["Ahead", "Setting", "together"]

ROWS = 4096
"""States that are stepped at once, about."""


class Setting(NamedTuple):
    """All on which the step of an iteration depends, beside the state.

    The iteration ``k``, or 0 where neither step nor oracles ask for it; the hyperparameters, the
    weights of the metric, and the numbers in state and memory that are no arrays.
    """

    k: int
    hyper: tuple[tuple[str, Any], ...]
    weights: tuple[tuple[str, Any], ...]
    numbers: tuple[Any, ...]


def together(settings: Sequence[Setting], rows: int, axes: int) -> tuple:
    """Iteration, hyperparameters, weights and numbers for rows that have these settings in turn.

    What is the same in all of them stays a number, the others are arrays: ``axes`` is how many
    those of hyperparameters have.
    """

    if len(settings) == 1:
        k, hyper, weights, numbers = settings[0]
        return k, dict(hyper), dict(weights), numbers

    def column(numbers: Sequence[Any], axes: int = 2) -> Any:
        if all(number == numbers[0] for number in numbers):
            return numbers[0]
        whole = np.resize(np.array(numbers), rows)
        return whole.reshape(-1, *[1] * (axes - 1))

    def columns(pairs: Sequence[tuple], axes: int = 2) -> dict[str, Any]:
        named = (zip(*pair, strict=True) for pair in zip(*pairs, strict=True))
        return {names[0]: column(numbers, axes) for names, numbers in named}

    k, hyper, weights, numbers = zip(*settings, strict=True)
    others = [column(several) for several in zip(*numbers, strict=True)]
    return k[0], columns(hyper, axes), columns(weights), others


class Ahead:
    """Computes affine steps together, for as many settings ahead as can be predicted.

    Mispredicted settings are discarded. After the first miss, or if joint evaluation fails, steps
    are computed one at a time.

    Parameters
    ----------
    setting : the setting of an iteration, given the numbers before it
    foresee : the numbers after a step of a setting, where they can be predicted
    steps : the steps of settings
    many : whether they may be evaluated together at all
    order : the order of the moments for which they are
    """

    def __init__(
        self,
        setting: Callable[[int, tuple], Setting],
        foresee: Callable[[Setting], tuple],
        steps: Callable[[Sequence[Setting]], Steps],
        *,
        many: bool,
        order: int = 2,
    ) -> None:
        self._setting, self._foresee, self._steps = setting, foresee, steps
        self._many, self._order = many, order
        self._known: dict[Setting, AffineStep] = {}
        self._upto = 0
        self._last: AffineStep | None = None

    def step(self, k: int, numbers: tuple, end: int) -> AffineStep:
        """The step of iteration k, with these numbers before it, on the way to iteration ``end``.

        Raises NotClosed where it is not affine.
        """
        now = self._setting(k, numbers)
        if now not in self._known:
            self._known = self._found(k, now, end)
        self._last = self._known[now]
        return self._last

    def _found(self, k: int, now: Setting, end: int) -> dict[Setting, AffineStep]:
        """Steps by their settings, from iteration k on."""
        self._many = self._many and k >= self._upto
        room, settings = 1, [now]
        if self._many and self._last is not None:
            m, P, _ = self._last.maps.shape
            room = max(1, ROWS // (2 * m * P))
        for i in range(k + 1, min(k + room, end)):
            settings.append(self._setting(i, self._foresee(settings[-1])))
        distinct = list(dict.fromkeys(settings))
        try:
            found = self._affine(distinct)
            self._upto = k + len(settings)
        except Exception:
            if len(distinct) == 1:
                raise
            self._many, distinct, found = False, [now], self._affine([now])
        return dict(zip(distinct, found, strict=True))

    def _affine(self, settings: Sequence[Setting]) -> list[AffineStep]:
        return affine_steps(self._steps(settings), self._order, self._last)
