"""Gradient methods with momentum."""

from typing import NamedTuple

from convlab.algorithm import algorithm
from convlab.vocabulary import Array, cond, full_scalar, sqrt

__all__ = [
    "Momentum",
    "accelerated_gradient",
    "heavy_ball",
    "nesterov_momentum",
    "optimized_gradient",
    "triple_momentum",
]


class Momentum(NamedTuple):
    """The iterate and the one before."""

    x: Array
    previous: Array


@algorithm(init=lambda x0: Momentum(x0, x0))
def heavy_ball(s, oracle, *, eta, beta):
    r"""Heavy ball, :math:`x_{k+1} = x_k - \eta \nabla f(x_k) + \beta (x_k - x_{k-1})`,
    from :math:`x_{-1} = x_0`.

    B. T. Polyak, *Some methods of speeding up the convergence of iteration
    methods*, USSR Comput. Math. Math. Phys. 4 (1964).
    """
    return Momentum(s.x - eta * oracle.gradient(s.x) + beta * (s.x - s.previous), s.x)


@algorithm(init=lambda x0: Momentum(x0, x0))
def nesterov_momentum(s, oracle, *, eta, beta):
    r"""Nesterov's method with given momentum, a gradient step from an extrapolated point.

    .. math::

        y_k = x_k + \beta_k (x_k - x_{k-1}), \qquad x_{k+1} = y_k - \eta \nabla f(y_k),

    from :math:`x_{-1} = x_0`.

    Y. Nesterov, *Introductory Lectures on Convex Optimization* (2004),
    section 2.2.
    """
    y = s.x + beta * (s.x - s.previous)
    return Momentum(y - eta * oracle.gradient(y), s.x)


class Accelerated(NamedTuple):
    """The iterate, the extrapolated point y, and the weight t."""

    x: Array
    y: Array
    t: Array


@algorithm(init=lambda x0: Accelerated(x0, x0, full_scalar(x0, 1.0)))
def accelerated_gradient(s, oracle, *, eta):
    r"""Nesterov's accelerated gradient method, with his weights.

    .. math::

        x_{k+1} = y_k - \eta \nabla f(y_k), \quad
        t_{k+2} = \tfrac{1}{2} \bigl(1 + \sqrt{1 + 4 t_{k+1}^2}\bigr), \quad
        y_{k+1} = x_{k+1} + \frac{t_{k+1} - 1}{t_{k+2}} (x_{k+1} - x_k),

    from :math:`y_0 = x_0`, :math:`t_1 = 1`.

    The state after k steps holds :math:`t_{k+1}`. Y. Nesterov, *A method of solving a convex
    programming problem with convergence rate O(1/k^2)*, Soviet Math. Dokl. 27 (1983).
    """
    x = s.y - eta * oracle.gradient(s.y)
    t = 0.5 * (1 + sqrt(1 + 4 * s.t * s.t))
    return Accelerated(x, x + (s.t - 1) / t * (x - s.x), t)


class Optimized(NamedTuple):
    """The iterate, the point of the last gradient step, and the weight theta."""

    x: Array
    stepped: Array
    theta: Array


@algorithm(init=lambda x0: Optimized(x0, x0, full_scalar(x0, 1.0)))
def optimized_gradient(s, oracle, k, *, eta, horizon):
    r"""The optimized gradient method for a given number N of steps, ``horizon``.

    .. math::

        y_{k+1} = x_k - \eta \nabla f(x_k), \quad
        x_{k+1} = y_{k+1} + \frac{\theta_k - 1}{\theta_{k+1}} (y_{k+1} - y_k)
            + \frac{\theta_k}{\theta_{k+1}} (y_{k+1} - x_k),

    :math:`y_0 = x_0`, :math:`\theta_0 = 1`, :math:`\theta_{k+1} = (1 + \sqrt{1 + 4 \theta_k^2})/2`,
    with 8 in place of 4 at the last step.

    D. Kim and J. A. Fessler, *Optimized first-order methods for smooth convex minimization*,
    Math. Program. 159 (2016).
    """
    y = s.x - eta * oracle.gradient(s.x)
    (factor,) = cond(k + 1 == horizon, lambda: (8.0,), lambda: (4.0,))
    theta = 0.5 * (1 + sqrt(1 + factor * s.theta * s.theta))
    x = y + (s.theta - 1) / theta * (y - s.stepped) + s.theta / theta * (y - s.x)
    return Optimized(x, y, theta)


class TripleMomentum(NamedTuple):
    """The output x, and the driving sequence xi with its previous member."""

    x: Array
    xi: Array
    previous: Array


@algorithm(init=lambda x0: TripleMomentum(x0, x0, x0))
def triple_momentum(s, oracle, *, eta, beta, gamma, delta):
    r"""The triple momentum method.

    .. math::

        y_k &= (1 + \gamma) \xi_k - \gamma \xi_{k-1}, \\
        \xi_{k+1} &= (1 + \beta) \xi_k - \beta \xi_{k-1} - \eta \nabla f(y_k), \\
        x_{k+1} &= (1 + \delta) \xi_{k+1} - \delta \xi_k,

    from :math:`\xi_{-1} = \xi_0 = x_0`.

    B. Van Scoy, R. A. Freeman and K. M. Lynch, *The fastest known globally convergent first-order
    method for minimizing strongly convex functions*, IEEE Control Syst. Lett. 2 (2018).
    """
    y = s.xi + gamma * (s.xi - s.previous)
    xi = s.xi + beta * (s.xi - s.previous) - eta * oracle.gradient(y)
    return TripleMomentum(xi + delta * (xi - s.xi), xi, s.xi)
