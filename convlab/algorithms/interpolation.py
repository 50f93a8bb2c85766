"""Accelerated stochastic methods for problems on which the noise vanishes at the minimizer."""

from typing import NamedTuple

from convlab.algorithm import algorithm
from convlab.vocabulary import Array

__all__ = ["accelerated_sgd", "semi_stochastic_acceleration", "stochastic_nesterov"]


class _Pair(NamedTuple):
    x: Array
    y: Array


@algorithm(init=lambda x0: _Pair(x0, x0))
def stochastic_nesterov(s, oracle, rng, *, eta, beta):
    r"""Stochastic Nesterov momentum, :math:`x_{k+1} = y_k - \eta g(y_k, \xi_k)`,
    :math:`y_{k+1} = x_{k+1} + \beta (x_{k+1} - x_k)`, from :math:`y_0 = x_0`.

    A. Mishkin, M. Pilanci and M. Schmidt, *Faster convergence of stochastic
    accelerated gradient descent under interpolation* (2024), equation (6).
    """
    x = s.y - eta * oracle.stochastic_gradient(s.y, rng)
    return _Pair(x, x + beta * (x - s.x))


class _Estimating(NamedTuple):
    x: Array
    v: Array


def _between(s, tau):
    return (s.x + tau * s.v) / (1 + tau)


@algorithm(init=lambda x0: _Estimating(x0, x0))
def semi_stochastic_acceleration(s, oracle, rng, *, eta, tau, mu):
    r"""Semi-stochastic acceleration, :math:`x_{k+1} = y_k - \eta g(y_k, \xi_k)`,
    :math:`v_{k+1} = (1 - \tau) v_k + \tau y_k - \frac{\tau}{\mu} \nabla f(y_k)`, where
    :math:`y_k = (x_k + \tau v_k) / (1 + \tau)`, :math:`v_0 = x_0`.

    The estimating sequence has the gradient, the iterate a stochastic one. Mishkin, Pilanci and
    Schmidt (2024), equation (5), for strongly convex functions and from the steady state of its
    parameters.
    """
    y = _between(s, tau)
    x = y - eta * oracle.stochastic_gradient(y, rng)
    return _Estimating(x, (1 - tau) * s.v + tau * y - tau / mu * oracle.gradient(y))


@algorithm(init=lambda x0: _Estimating(x0, x0))
def accelerated_sgd(s, oracle, rng, *, eta, tau, mu):
    r"""Accelerated SGD, :math:`x_{k+1} = y_k - \eta g_k`, :math:`v_{k+1} = (1 - \tau) v_k + \tau
    y_k - \frac{\tau}{\mu} g_k`, where :math:`y_k = (x_k + \tau v_k) / (1 + \tau)`, :math:`g_k =
    g(y_k, \xi_k)`, :math:`v_0 = x_0`.

    With :math:`\tau^2 = \mu \eta` it is Nesterov's momentum. S. Vaswani, F. Bach and M. Schmidt,
    *Fast and faster convergence of SGD for over-parameterized models*, AISTATS (2019).
    """
    y = _between(s, tau)
    g = oracle.stochastic_gradient(y, rng)
    return _Estimating(y - eta * g, (1 - tau) * s.v + tau * y - tau / mu * g)
