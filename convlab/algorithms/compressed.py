"""Distributed gradient methods with compressed messages.

Worker i holds f_i, and f = (f_1 + ... + f_n) / n. In every round each worker sends one message to
the server, here the K entries of a vector that are largest in absolute value: Top-K. Tables of
vectors, one row per worker, are ``(R, n, d)``. The states count the ``bits`` that one worker has
sent: 64 per entry, and where entries are left out, as many as name a coordinate.
"""

from typing import Any, NamedTuple

from convlab.algorithm import algorithm
from convlab.streams import uniform
from convlab.vocabulary import Array, absolute, full_scalar, rank, row_mean, where

__all__ = [
    "compressed_gradient_descent",
    "distributed_gradient_descent",
    "ef21",
    "ef21_partial",
    "ef21_weighted",
]

ENTRY = 64
"""Bits of one entry."""


def _top(v: Array, K: Any) -> Array:
    """The K entries of each row that are largest in absolute value; the others are 0."""
    return where(rank(-absolute(v)) < K, v, 0.0)


def _message(d: int, K: Any) -> Any:
    """Bits of K entries of d, with their places."""
    return K * (ENTRY + (d - 1).bit_length())


def _local_gradients(x: Array, oracle: Any) -> Array:
    """The gradients of all workers at one point: (R, d) -> (R, n, d)."""
    return oracle.local_gradients(x[:, None, :])


class _Server(NamedTuple):
    x: Array
    bits: Array


@algorithm(init=lambda x0: _Server(x0, full_scalar(x0, 0.0)))
def distributed_gradient_descent(s, oracle, *, eta):
    r"""Gradient descent on :math:`f = \tfrac1n \sum_i f_i` with whole gradients as messages,
    :math:`x_{k+1} = x_k - \frac{\eta}{n} \sum_i \nabla f_i(x_k)`.
    """
    g = row_mean(_local_gradients(s.x, oracle))
    return _Server(s.x - eta * g, s.bits + ENTRY * s.x.shape[-1])


@algorithm(init=lambda x0: _Server(x0, full_scalar(x0, 0.0)))
def compressed_gradient_descent(s, oracle, *, eta, K):
    r"""Distributed compressed gradient descent, without error feedback, :math:`x_{k+1} = x_k -
    \frac{\eta}{n} \sum_i \operatorname{Top}_K(\nabla f_i(x_k))`, where Top-K keeps the :math:`K`
    largest entries.

    S. U. Stich, *On communication compression for distributed optimization on heterogeneous data*
    (2020), and A. Beznosikov et al., *On biased compression for distributed learning*, JMLR 24
    (2023), where it diverges.
    """
    g = row_mean(_top(_local_gradients(s.x, oracle), K))
    return _Server(s.x - eta * g, s.bits + _message(s.x.shape[-1], K))


class _Feedback(NamedTuple):
    x: Array
    g: Array
    bits: Array


def _first_messages(x0: Array, oracle: Any) -> _Feedback:
    """Every worker begins with its whole gradient."""
    bits = full_scalar(x0, float(ENTRY * x0.shape[-1]))
    return _Feedback(x0, _local_gradients(x0, oracle), bits)


@algorithm(init=_first_messages)
def ef21(s, oracle, *, eta, K):
    r"""EF21: the workers compress the change of their gradients, :math:`x_{k+1} = x_k -
    \frac{\eta}{n} \sum_i g_i^k`, :math:`g_i^{k+1} = g_i^k + \operatorname{Top}_K(\nabla
    f_i(x_{k+1}) - g_i^k)`, where :math:`g_i^0 = \nabla f_i(x_0)` and Top-K keeps the :math:`K`
    largest entries.

    P. Richtarik, I. Sokolov and I. Fatkhullin, *EF21: a new, simpler, theoretically better, and
    practically faster error feedback*, NeurIPS (2021).
    """
    x = s.x - eta * row_mean(s.g)
    change = _top(_local_gradients(x, oracle) - s.g, K)
    return _Feedback(x, s.g + change, s.bits + _message(x.shape[-1], K))


@algorithm(
    init=lambda x0, oracle: _Feedback(
        x0,
        _local_gradients(x0, oracle) / (oracle.n * oracle.local_weights[:, None]),
        full_scalar(x0, float(ENTRY * x0.shape[-1])),
    )
)
def ef21_weighted(s, oracle, *, eta, K):
    r"""EF21-W: with the weights :math:`w_i = L_i / \sum_j L_j`, where :math:`L_i` is the smoothness
    constant of :math:`f_i`, :math:`x_{k+1} = x_k - \eta \sum_i w_i g_i^k`, :math:`g_i^{k+1} = g_i^k
    + \operatorname{Top}_K(\tfrac{1}{n w_i} \nabla f_i(x_{k+1}) - g_i^k)`, where :math:`g_i^0 =
    \tfrac{1}{n w_i} \nabla f_i(x_0)` and Top-K keeps the :math:`K` largest entries.

    P. Richtarik, E. Gasanov and K. Burlachenko, *Error feedback reloaded: from quadratic to
    arithmetic mean of smoothness constants*, ICLR (2024).
    """
    w, n = oracle.local_weights[:, None], oracle.n
    x = s.x - eta * n * row_mean(w * s.g)
    change = _top(_local_gradients(x, oracle) / (n * w) - s.g, K)
    return _Feedback(x, s.g + change, s.bits + _message(x.shape[-1], K))


@algorithm(init=_first_messages)
def ef21_partial(s, oracle, rng, *, eta, K, p):
    r"""EF21 with partial participation: in every round each worker takes part with probability p,
    :math:`x_{k+1} = x_k - \frac{\eta}{n} \sum_i g_i^k`, and :math:`g_i^{k+1} = g_i^k +
    \operatorname{Top}_K(\nabla f_i(x_{k+1}) - g_i^k)` if it does, :math:`g_i^{k+1} = g_i^k` if not,
    from :math:`g_i^0 = \nabla f_i(x_0)`; Top-K keeps the :math:`K` largest entries.

    I. Fatkhullin et al., *EF21 with bells & whistles: practical algorithmic extensions of modern
    error feedback* (2021). The bits are those that a worker sends on average.
    """
    chance = uniform(rng, oracle.n)[:, :, None]
    x = s.x - eta * row_mean(s.g)
    change = where(chance < p, _top(_local_gradients(x, oracle) - s.g, K), 0.0)
    return _Feedback(x, s.g + change, s.bits + p * _message(x.shape[-1], K))
