r"""Collaborative learning without a server, where some nodes lie.

Each of n honest nodes holds a function f_i and keeps a model of its own; the state carries them as
a table ``nodes`` (R, n, d), and ``x`` is their mean. In every round all nodes show each other their
models after a local step, the table ``half``. ``oracle.attack(half)`` (R, n, d) is what the
``oracle.liars`` other nodes show to each honest one: they know everything, agree among themselves,
and may show different nodes different points.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from convlab.algorithm import algorithm
from convlab.vocabulary import (
    Array,
    concat,
    rank,
    row_mean,
    sqnorm,
    table,
    total,
    transpose,
    where,
)

__all__ = ["averaging_sgd", "median_sgd", "monna", "trimmed_mean_sgd"]


class _Nodes(NamedTuple):
    x: Array
    nodes: Array
    momentum: Array
    half: Array


def _start(x0: Array, oracle: Any) -> _Nodes:
    empty = table(x0, oracle.n)
    nodes = empty + x0[:, None, :]
    return _Nodes(x0, nodes, empty, nodes)


def _round(s: _Nodes, oracle: Any, rng: Any, eta: Any, beta: Any, mix: Callable) -> _Nodes:
    g = oracle.local_stochastic_gradients(s.nodes, rng)
    momentum = beta * s.momentum + (1 - beta) * g
    half = s.nodes - eta * momentum
    nodes = mix(half, oracle.attack(half), oracle.liars)
    return _Nodes(row_mean(nodes), nodes, momentum, half)


def _nearest(half: Array, shown: Array, liars: int) -> Array:
    """For each node the mean of the n shown points that are nearest to its own."""
    n = half.shape[1]
    honest = sqnorm(half[:, :, None, :] - half[:, None, :, :])[..., 0]
    lies = sqnorm(shown - half)
    chosen = where(rank(concat(*([lies] * liars), honest)) < n, 1.0 + 0.0 * half[:, :, :1], 0.0)
    return (total(chosen[..., :liars]) * shown + chosen[..., liars:] @ half) / n


def _average(half: Array, shown: Array, liars: int) -> Array:
    n = half.shape[1]
    return (n * row_mean(half)[:, None, :] + liars * shown) / (n + liars)


def _trimmed(half: Array, shown: Array, liars: int, trim: int) -> Array:
    """For each node, in each coordinate the mean without the ``trim`` least and greatest values."""
    honest = transpose(half)[:, None, :, :] + 0.0 * shown[..., None]
    values = concat(*([shown[..., None]] * liars), honest)
    place, count = rank(values), values.shape[-1]
    inside = where(place < trim, 0.0, where(place < count - trim, values, 0.0))
    return total(inside)[..., 0] / (count - 2 * trim)


def _trimmed_mean(half: Array, shown: Array, liars: int) -> Array:
    return _trimmed(half, shown, liars, liars)


def _median(half: Array, shown: Array, liars: int) -> Array:
    return _trimmed(half, shown, liars, (half.shape[1] + liars - 1) // 2)


@algorithm(init=_start)
def monna(s, oracle, rng, *, eta, beta):
    r"""MoNNA: with :math:`m_i \leftarrow \beta_k m_i + (1 - \beta_k) g_i(x_i, \xi_i)` from
    :math:`m_i = 0`, honest node i shows :math:`x_i - \eta_k m_i`, and moves to the mean :math:`x_i`
    of those n of the points shown to it that are nearest to its own (nearest-neighbor averaging).
    :math:`g_i` is the stochastic gradient of node i, :math:`x_k` the mean of the :math:`x_i` after
    k rounds.

    S. Farhadkhani, R. Guerraoui, N. Gupta, L.-N. Hoang, R. Pinot and J. Stephan, *Robust
    collaborative learning with linear gradient overhead*, ICML (2023).
    """
    return _round(s, oracle, rng, eta, beta, _nearest)


@algorithm(init=_start)
def averaging_sgd(s, oracle, rng, *, eta, beta):
    r"""Decentralized SGD with momentum: with :math:`m_i \leftarrow \beta_k m_i + (1 - \beta_k)
    g_i(x_i, \xi_i)` from :math:`m_i = 0`, honest node i shows :math:`x_i - \eta_k m_i`, and moves
    to the mean :math:`x_i` of all points that are shown to it. :math:`g_i` is the stochastic
    gradient of node i, :math:`x_k` the mean of the :math:`x_i` after k rounds.

    X. Lian et al., *Can decentralized algorithms outperform centralized algorithms? A case study
    for decentralized parallel stochastic gradient descent*, NIPS (2017).
    """
    return _round(s, oracle, rng, eta, beta, _average)


@algorithm(init=_start)
def trimmed_mean_sgd(s, oracle, rng, *, eta, beta):
    r"""SGD with momentum and trimmed means: with :math:`m_i \leftarrow \beta_k m_i + (1 - \beta_k)
    g_i(x_i, \xi_i)` from :math:`m_i = 0`, honest node i shows :math:`x_i - \eta_k m_i`, and moves
    to the point :math:`x_i` that is, in each coordinate, the mean of what is shown to it without
    the q least and the q greatest values. :math:`g_i` is the stochastic gradient of node i,
    :math:`x_k` the mean of the :math:`x_i` after k rounds.

    D. Yin, Y. Chen, K. Ramchandran and P. Bartlett, *Byzantine-robust distributed learning:
    towards optimal statistical rates*, ICML (2018).
    """
    return _round(s, oracle, rng, eta, beta, _trimmed_mean)


@algorithm(init=_start)
def median_sgd(s, oracle, rng, *, eta, beta):
    r"""SGD with momentum and medians: with :math:`m_i \leftarrow \beta_k m_i + (1 - \beta_k)
    g_i(x_i, \xi_i)` from :math:`m_i = 0`, honest node i shows :math:`x_i - \eta_k m_i`, and moves
    to the median :math:`x_i`, in each coordinate, of what is shown to it. :math:`g_i` is the
    stochastic gradient of node i, :math:`x_k` the mean of the :math:`x_i` after k rounds.

    D. Yin, Y. Chen, K. Ramchandran and P. Bartlett, *Byzantine-robust distributed learning:
    towards optimal statistical rates*, ICML (2018).
    """
    return _round(s, oracle, rng, eta, beta, _median)
