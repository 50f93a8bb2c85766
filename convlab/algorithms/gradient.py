"""Gradient methods for smooth functions, without momentum."""

from typing import NamedTuple

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import Array, inner, maximum, sqnorm, where

__all__ = [
    "conjugate_gradient",
    "exact_line_search",
    "gradient_descent",
    "polyak_step",
    "silver_steps",
]


@algorithm
def gradient_descent(s, oracle, *, eta):
    r"""Gradient descent, :math:`x_{k+1} = x_k - \eta \nabla f(x_k)`.

    A. Cauchy, *Methode generale pour la resolution des systemes d'equations simultanees* (1847).
    """
    return Point(s.x - eta * oracle.gradient(s.x))


@algorithm
def exact_line_search(s, oracle):
    r"""Steepest descent on a quadratic, :math:`x_{k+1} = x_k - \eta_k g_k` with
    :math:`g_k = \nabla f(x_k)` and :math:`\eta_k = \arg\min_{\eta} f(x_k - \eta g_k)`.

    With the Hessian H the minimum is at :math:`\eta_k = \|g_k\|^2 / \langle g_k, H g_k \rangle`; at
    a stationary point the method stays. Needs ``hessian_vector``. A. Cauchy (1847).
    """
    g = oracle.gradient(s.x)
    curvature = inner(g, oracle.hessian_vector(s.x, g))
    return Point(s.x - sqnorm(g) / maximum(curvature, 1e-300) * g)


class Directions(NamedTuple):
    """The iterate, the gradient there, the direction of the next step, and rounding of sqnorms."""

    x: Array
    gradient: Array
    direction: Array
    rounding: Array


def _first_direction(x0, oracle):
    g = oracle.gradient(x0)
    return Directions(x0, g, g, 2.0**-90 * sqnorm(g))


@algorithm(init=_first_direction)
def conjugate_gradient(s, oracle):
    r"""The conjugate gradient method on a quadratic with Hessian H.

    .. math::

        x_{k+1} = x_k - \eta_k p_k, \quad g_{k+1} = g_k - \eta_k H p_k, \quad
        p_{k+1} = g_{k+1} + \frac{\|g_{k+1}\|^2}{\|g_k\|^2} p_k, \quad
        \eta_k = \frac{\|g_k\|^2}{\langle p_k, H p_k \rangle},

    from :math:`p_0 = g_0 = \nabla f(x_0)`.

    It minimizes f over all that k gradients can reach. Where :math:`\|g_k\| \le 2^{-45} \|g_0\|` it
    stays: what is left of the gradient is rounding, and may point where f is flat. Needs
    ``hessian_vector``. M. R. Hestenes and E. Stiefel, *Methods of conjugate gradients for solving
    linear systems*, J. Res. Nat. Bur. Standards 49 (1952).
    """
    curved = oracle.hessian_vector(s.x, s.direction)
    size = sqnorm(s.gradient)
    eta = where(size > s.rounding, size / maximum(inner(s.direction, curved), 1e-300), 0 * size)
    g = s.gradient - eta * curved
    p = g + sqnorm(g) / maximum(size, 1e-300) * s.direction
    return Directions(s.x - eta * s.direction, g, p, s.rounding)


@algorithm
def polyak_step(s, oracle, *, scale=1):
    r"""Gradient descent with Polyak's step, :math:`x_{k+1} = x_k - \eta_k \nabla f(x_k)`, where
    :math:`\eta_k = c\, (f(x_k) - f^\star) / \|\nabla f(x_k)\|^2` and :math:`c` is ``scale``.

    The scale is between 0 and 2. At a stationary point the method stays. B. T. Polyak,
    *Minimization of unsmooth functionals*, USSR Comput. Math. Math. Phys. 9 (1969).
    """
    g = oracle.gradient(s.x)
    gap = maximum(oracle.value(s.x) - oracle.f_star, 0.0)
    return Point(s.x - scale * gap / maximum(sqnorm(g), 1e-300) * g)


@algorithm
def silver_steps(s, oracle, k, *, eta, rho):
    r"""Gradient descent with silver steps, :math:`x_{k+1} = x_k - \eta (1 + \rho^{\nu(k+1) - 1})
    \nabla f(x_k)`, where :math:`\nu(k+1)` is the number of times that 2 divides k+1.

    With :math:`\rho = 1 + \sqrt 2`, the silver ratio, the steps are, in units of eta, 1.41, 2,
    1.41, 3.41, 1.41, 2, 1.41, 6.83, ... J. M. Altschuler and P. A. Parrilo, *Acceleration by
    stepsize hedging II*, Math. Program. (2024).
    """
    exponent = ((k + 1) & -(k + 1)).bit_length() - 2
    return Point(s.x - eta * (1 + rho**exponent) * oracle.gradient(s.x))
