"""Variance-reduced gradient methods for finite sums."""

from typing import Any, NamedTuple

from convlab.algorithm import algorithm
from convlab.streams import bernoulli, integers
from convlab.vocabulary import Array, cond, row, set_row, table, where

__all__ = ["loopless_svrg", "saga", "svrg"]


class _Svrg(NamedTuple):
    x: Array
    snapshot: Array
    gradient: Array
    chosen: Array


@algorithm(init=lambda x0, oracle: _Svrg(x0, x0, oracle.gradient(x0), x0))
def svrg(s, oracle, rng, k, *, eta, m):
    r"""Stochastic variance-reduced gradient, with epochs of m steps, :math:`x_{k+1} = x_k - \eta
    (\nabla f_i(x_k) - \nabla f_i(w_k) + \nabla f(w_k))`, i uniform. At the end of an epoch the
    snapshot :math:`w_k`, from which the next one starts, becomes one of its m points, each with
    probability 1/m; at first it is :math:`x_0`.

    This is "option II"; the snapshot is found as the epoch runs, by keeping the point of step t of
    the epoch with probability 1/(t+1). R. Johnson and T. Zhang, *Accelerating stochastic
    gradient descent using predictive variance reduction*, NIPS (2013).
    """
    t = k % m
    keep, i = bernoulli(rng, 1 / (t + 1)), integers(rng, oracle.n)
    x, w, full = cond(
        t == 0,
        lambda: (s.chosen, s.chosen, oracle.gradient(s.chosen)),
        lambda: (s.x, s.snapshot, s.gradient),
    )
    chosen = where(keep > 0.5, x, s.chosen)
    g = oracle.sample_gradient(x, i) - oracle.sample_gradient(w, i) + full
    return _Svrg(x - eta * g, w, full, chosen)


class _Loopless(NamedTuple):
    x: Array
    snapshot: Array
    gradient: Array


@algorithm(init=lambda x0, oracle: _Loopless(x0, x0, oracle.gradient(x0)))
def loopless_svrg(s, oracle, rng, *, eta, p):
    r"""SVRG without epochs, :math:`x_{k+1} = x_k - \eta (\nabla f_i(x_k) - \nabla f_i(w_k) + \nabla
    f(w_k))`, i uniform, where the snapshot :math:`w_{k+1}` is :math:`x_k` with probability p and
    else :math:`w_k`, from :math:`w_0 = x_0`.

    D. Kovalev, S. Horvath and P. Richtarik, *Don't jump through hoops and remove those loops:
    SVRG and Katyusha are better without the outer loop*, ALT (2020).
    """
    renew, i = bernoulli(rng, p), integers(rng, oracle.n)
    g = oracle.sample_gradient(s.x, i) - oracle.sample_gradient(s.snapshot, i) + s.gradient
    snapshot, gradient = cond(
        renew > 0.5,
        lambda: (s.x, oracle.gradient(s.x)),
        lambda: (s.snapshot, s.gradient),
    )
    return _Loopless(s.x - eta * g, snapshot, gradient)


class _Saga(NamedTuple):
    x: Array
    points: Array
    average: Array


def _saga_start(x0: Array, oracle: Any) -> _Saga:
    return _Saga(x0, table(x0, oracle.n) + x0[:, None, :], oracle.gradient(x0))


@algorithm(init=_saga_start)
def saga(s, oracle, rng, *, eta):
    r"""SAGA: with :math:`\phi_i` the last point at which component i was drawn, at first
    :math:`x_0`, and i uniform, :math:`x_{k+1} = x_k - \eta \left(\nabla f_i(x_k) - \nabla
    f_i(\phi_i) + \tfrac1n \sum_j \nabla f_j(\phi_j)\right)`.

    The points are kept as in the definition; a code for large n keeps their gradients.
    A. Defazio, F. Bach and S. Lacoste-Julien, *SAGA: a fast incremental gradient method with
    support for non-strongly convex composite objectives*, NIPS (2014).
    """
    i = integers(rng, oracle.n)
    new = oracle.sample_gradient(s.x, i)
    old = oracle.sample_gradient(row(s.points, i)[:, 0, :], i)
    points = set_row(s.points, i, s.x[:, None, :])
    return _Saga(s.x - eta * (new - old + s.average), points, s.average + (new - old) / oracle.n)
