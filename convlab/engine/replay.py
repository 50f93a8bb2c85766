"""Whether a step is a pure function of one replicate, and whether a run has come to rest.

Both are found out by running the step again: a replicate alone goes the way that it goes beside
others, to the bit or to rounding, and a step from the same state gives the same state.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from convlab import precise
from convlab.engine.context import Context
from convlab.engine.eager import PreciseStream
from convlab.engine.tree import leaves, mapped
from convlab.errors import ConvlabError
from convlab.streams import INIT, Stream

__all__ = ["repeats", "require_independence", "rest"]

STEPS, TWICE = 16, 4
"""Iterations for which a replicate is run alone beside the others, and evaluated twice."""
ROUNDING = 1e-9
"""Relative difference at first sight that is not one of rounding."""
PERIOD = 64
"""The longest cycle that counts as rest."""
REST = 1e-12
"""Change that rounding explains in a state at rest, relative to the largest entry of its run."""
LEFT = 1e-6
"""Relative way left at most, as far as can be foreseen, of a state at rest."""


class _Run:
    """A method on a problem for some replicates, step by step."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._stream: Any = Stream(context.key, context.ids, np)
        if context.xp is precise:
            self._stream = PreciseStream(self._stream)
        self.state = self.begin()

    def begin(self) -> Any:
        c = self._context
        return c.method.init(c.x0, c.oracle.at(0), self._stream.at(INIT), c.hyper.at(0))

    def after(self, k: int) -> Any:
        """The state after iteration k, from the present one."""
        c = self._context
        return c.method.step(self.state, c.oracle.at(k), self._stream.at(k), k, c.hyper.at(k))


def require_independence(several: Context, alone: Context) -> None:
    """Raise ConvlabError where a step mixes replicates, or is not a function of its arguments.

    ``several`` has some replicates, ``alone`` the last one of them. The first difference between
    the two decides: where it is one of rounding, nothing that follows from it counts.
    """
    name = several.method.algorithm.name
    with np.errstate(all="ignore"):
        beside, single = _Run(several), _Run(alone)
        one = leaves(single.state)
        sizes = [0.0] * len(one)
        if _differ(leaves(single.begin()), one, sizes):
            raise ConvlabError(_impure(f"the init of {name}", "two evaluations"))
        for k in range(min(STEPS, several.iterations)):
            sizes = [max(size, _size(leaf)) for size, leaf in zip(sizes, one, strict=True)]
            again = single.after(k) if k < TWICE else None
            single.state = single.after(k)
            if again is not None and _differ(leaves(again), leaves(single.state), sizes):
                where = f"two evaluations from one state, at iteration {k},"
                raise ConvlabError(_impure(f"the step of {name}", where))
            beside.state = beside.after(k)
            one = [_last(leaf, 1) for leaf in leaves(single.state)]
            same = [_last(leaf, len(several.ids)) for leaf in leaves(beside.state)]
            apart = _differ(same, one, sizes)
            if apart > ROUNDING:
                raise ConvlabError(
                    f"the step of {name} mixes replicates: from iteration {k} on, replicate "
                    f"{alone.ids[0]} goes another way beside others than alone; the first axis is "
                    "the replicate: reduce along the last axis and keep it, as norm(x) and "
                    "total(x) do, and choose with where(condition, a, b) instead of if"
                )
            if apart:
                return


def _impure(which: str, what: str) -> str:
    return (
        f"{which} is not a pure function: {what} differ; draw random numbers from rng (name it as "
        "an argument: normal(rng, d)), and keep in the state all that it remembers"
    )


def _last(leaf: Any, rows: int) -> Any:
    """The last replicate of a leaf that has one row for each, else the leaf."""
    return leaf[-1:] if np.ndim(leaf) and np.shape(leaf)[0] == rows else leaf


def _size(leaf: Any) -> float:
    """The largest entry of a leaf, in absolute value."""
    return float(np.nanmax(np.abs(np.asarray(leaf, dtype=float)), initial=0.0))


def _differ(found: list[Any], expected: list[Any], sizes: list[float]) -> float:
    """The largest difference of two lists of leaves, relative to the size of each leaf.

    That is at least the one in ``sizes``, the largest in the run so far: what a subtraction leaves
    has the rounding of what it was taken from, and an oracle that of its data.
    """
    largest = 0.0
    for a, b, size in zip(found, expected, sizes, strict=True):
        a, b = (np.asarray(v, dtype=float) for v in (a, b))
        if a.shape != b.shape:
            return np.inf
        if np.array_equal(a, b, equal_nan=True):
            continue
        apart = np.abs(a - b).max() / max(size, _size(a), _size(b))
        largest = max(largest, float(apart) if np.isfinite(apart) else np.inf)
    return largest


def repeats(values: np.ndarray, noise: float) -> bool:
    """Whether values in turn, (T,), repeat themselves up to ``noise``, with a short period."""
    if not np.isfinite(values).all():
        return False
    size = max(noise, REST * np.abs(values).max(initial=0.0))
    periods = range(1, min(PERIOD, len(values) // 3) + 1)
    return any((np.abs(values[p:] - values[:-p]) <= size).all() for p in periods)


def rest(context: Context, exact: Context) -> int | None:
    """The iteration from which on the state of a replicate repeats itself, to rounding.

    At rest in a point, or in a cycle of at most ``PERIOD`` iterations; None where it is not so at
    least for the last third of the run, or where the state moves on by steps below rounding:
    ``exact`` is the same run in 50 digits.
    """
    run, last = _Run(context), context.iterations
    recent: deque[Any] = deque(maxlen=2 * PERIOD)
    states: list[list[np.ndarray]] = []
    with np.errstate(all="ignore"):
        for k in range(last):
            if context.clock.late:
                return None
            arrays = [np.ravel(leaf) for leaf in leaves(run.state) if np.ndim(leaf)]
            states.append([np.asarray(leaf, dtype=float) for leaf in arrays])
            recent.append(run.state)
            run.state = run.after(k)
    tables = [np.array(leaf) for leaf in zip(*states, strict=True)]
    third = last - last // 3
    if last - third < 3 or not all(np.isfinite(table[third:]).all() for table in tables):
        return None
    sizes = [REST * np.abs(table).max(initial=0.0) for table in tables]
    for period in range(1, min(PERIOD, (last - third) // 3) + 1):
        begins = (_since(table, period, size) for table, size in zip(tables, sizes, strict=True))
        since = max(begins, default=0)
        if since <= third:
            moves = _moves_on(exact, recent[-2 * period], last - 2 * period, period, sizes)
            return None if moves else since
    return None


def _moves_on(context: Context, state: Any, k: int, period: int, sizes: Sequence[float]) -> bool:
    """Whether a state that doubles show at rest at iteration k has a way left in 50 digits.

    The way is that of two periods, continued as if each were shorter than the last by the same
    factor: what falls like a power of k has no end, what is rounding has one close by.
    """
    run = _Run(context)
    run.state = mapped(precise.asarray, state)
    states = [run.state]
    for i in range(k, k + 2 * period):
        run.state = run.after(i)
        if (i + 1 - k) % period == 0:
            states.append(run.state)
    arrays = ([leaf for leaf in leaves(state) if np.ndim(leaf)] for state in states)
    for before, here, after, size in zip(*arrays, sizes, strict=True):
        first, second = np.abs(here - before).max(), np.abs(after - here).max()
        allowed = max(size, LEFT * np.abs(before).max())
        if second <= allowed * 10.0 ** (10 - precise.DIGITS):
            continue
        if second >= first or second**2 / (first - second) > allowed:
            return True
    return False


def _since(table: np.ndarray, period: int, size: float) -> int:
    """The row from which on all are those of the last period, to within ``size``."""
    back = table[::-1]
    with np.errstate(invalid="ignore"):
        apart = np.abs(back - np.resize(back[:period], back.shape)).max(axis=1, initial=0.0)
    return len(table) - int(np.argmin(np.append(apart <= size, False)))
