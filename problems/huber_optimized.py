"""The Huber function on which the optimized gradient method is slowest."""

from typing import Annotated

import numpy as np

from convlab.assumptions import attained, convex, smooth
from convlab.family import between, family
from convlab.problem import Problem
from problems.huber import Huber

__all__ = ["huber_optimized"]


@family
def huber_optimized(
    rng,
    *,
    horizon: Annotated[int, between(1, 10_000)] = 10,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
):
    """The instance on which the optimized gradient method is slowest after ``horizon`` steps.

    In one dimension from x_0 = 1 with tau = 1/theta_N^2: the sum of its steps is
    (theta_N^2 - 1)/2, so that the run stays on the slope and ends with the gap L tau/2.
    D. Kim and J. A. Fessler, *On the convergence analysis of the optimized gradient method*,
    J. Optim. Theory Appl. 172 (2017).
    """
    theta = 1.0
    for k in range(1, horizon + 1):
        theta = (1 + np.sqrt(1 + (8 if k == horizon else 4) * theta * theta)) / 2
    return Problem(
        oracle=Huber(L, 1 / float(theta * theta)),
        declares=[convex(), smooth(L), attained(0.0, np.zeros(1))],
        start=np.ones(1),
    )
