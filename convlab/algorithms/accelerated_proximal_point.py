"""Accelerated proximal point methods, for functions and for monotone operators."""

from typing import NamedTuple

from convlab.algorithm import algorithm
from convlab.vocabulary import Array, full_scalar, sqrt

__all__ = ["accelerated_resolvent_method", "gueler"]


class Estimate(NamedTuple):
    """The iterate, the minimizer v of the estimating function, and its curvature A."""

    x: Array
    v: Array
    A: Array


@algorithm(init=lambda x0, A0: Estimate(x0, x0, full_scalar(x0, 1.0) * A0))
def gueler(s, oracle, *, eta, A0):
    r"""Gueler's first accelerated proximal point method, from :math:`v_0 = x_0`.

    .. math::

        \alpha_k^2 = (1 - \alpha_k) A_k \eta_k, \quad
        y_k = (1 - \alpha_k) x_k + \alpha_k v_k, \quad
        x_{k+1} = \operatorname{prox}_{\eta_k f}(y_k), \quad
        v_{k+1} = v_k + \frac{x_{k+1} - y_k}{\alpha_k}, \quad
        A_{k+1} = (1 - \alpha_k) A_k.

    O. Gueler, *New proximal point algorithms for convex minimization*, SIAM J. Optim. 2 (1992).
    """
    c = s.A * eta
    alpha = 0.5 * (sqrt(c * c + 4 * c) - c)
    y = (1 - alpha) * s.x + alpha * s.v
    x = oracle.prox(y, eta)
    return Estimate(x, s.v + (x - y) / alpha, (1 - alpha) * s.A)


class Extrapolated(NamedTuple):
    """The iterate, the point y whose resolvent is next, and the y before, that of the iterate."""

    x: Array
    y: Array
    previous: Array


@algorithm(init=lambda x0: Extrapolated(x0, x0, x0))
def accelerated_resolvent_method(s, oracle, k, *, gamma):
    r"""Accelerated proximal point method on an operator, from :math:`y_0 = y_{-1} = x_0`.

    .. math::

        x_{k+1} = (I + \gamma F)^{-1}(y_k), \quad
        y_{k+1} = x_{k+1} + \frac{k}{k+2} (x_{k+1} - x_k) - \frac{k}{k+2} (x_k - y_{k-1}).

    D. Kim, *Accelerated proximal point method for maximally monotone operators*, Math. Program.
    190 (2021).
    """
    x = oracle.resolvent(s.y, gamma)
    y = x + k / (k + 2) * ((x - s.x) - (s.x - s.previous))
    return Extrapolated(x, y, s.y)
