"""Variance-reduced proximal methods for finite sums whose components have proximal operators."""

from typing import Any, NamedTuple

from convlab.algorithm import algorithm
from convlab.streams import integers
from convlab.vocabulary import Array, row, set_row, table, zeros_like

__all__ = ["point_saga"]


class _PointSaga(NamedTuple):
    x: Array
    gradients: Array
    average: Array


def _empty(x0: Array, oracle: Any) -> _PointSaga:
    return _PointSaga(x0, table(x0, oracle.n), zeros_like(x0))


@algorithm(init=_empty)
def point_saga(s, oracle, rng, *, gamma):
    r"""Point-SAGA, with a table of gradients :math:`g_i` that starts with zeros.

    .. math::

        z = x_k + \gamma \left(g_i - \tfrac1n \sum_j g_j\right), \quad
        x_{k+1} = \operatorname{prox}_{\gamma f_i}(z), \quad
        g_i \leftarrow (z - x_{k+1}) / \gamma.

    A. Defazio, *A simple practical accelerated method for finite sums*, NIPS (2016), which starts
    the table with the gradients at x_0.
    """
    i = integers(rng, oracle.n)
    old = row(s.gradients, i)[:, 0, :]
    z = s.x + gamma * (old - s.average)
    x = oracle.sample_prox(z, i, gamma)
    new = (z - x) / gamma
    gradients = set_row(s.gradients, i, new[:, None, :])
    return _PointSaga(x, gradients, s.average + (new - old) / oracle.n)
