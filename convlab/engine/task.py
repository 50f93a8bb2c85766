"""What an engine is asked to do, and a guess at how long the eager one takes."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from convlab.algorithm import Method
from convlab.engine.schedule import Schedule
from convlab.metrics import Metric
from convlab.problem import Problem

__all__ = ["Task"]

PER_STEP, PER_NUMBER = 25e-6, 20e-9
"""Seconds that an eager iteration takes, and for each number of the state: a first guess."""
PER_BEGIN, PER_CALL, PER_ENTRY = 5e-6, 1.5e-6, 1.5e-9
"""Seconds that it takes, for each operation, and for each entry of what that computes.

Measured on the 2,800 runs of the catalogue's quick profile, which take 21 us an iteration in the
median: the guess made of these numbers is half to once the true time for half of the runs, and a
tenth to twice for nine in ten.
"""


class Task(NamedTuple):
    """What an engine is asked to do; ``begun`` are the calls of oracles that it took to begin."""

    method: Method
    problem: Problem
    metrics: Sequence[Metric]
    hyper: Schedule
    weights: Mapping[str, Schedule]
    pair: tuple[Any, dict[str, Any]]
    key: int
    replicates: Sequence[int]
    iterations: int
    begun: Mapping[str, Any]

    def eager_seconds(self, work: Any = None) -> float:
        """A guess at the time that the eager engine takes: by the size of the state, or the work.

        ``work`` is that of an iteration: operations, and their entries for one replicate.
        """
        if work is None:
            numbers = sum(np.size(leaf) for leaf in self.pair[0])
            return self.iterations * (PER_STEP + PER_NUMBER * numbers)
        entries = work.entries * len(self.replicates)
        return self.iterations * (PER_BEGIN + PER_CALL * work.calls + PER_ENTRY * entries)
