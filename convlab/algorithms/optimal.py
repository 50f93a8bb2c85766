"""Gradient methods whose worst case no other gradient method improves on."""

from typing import NamedTuple

from convlab.algorithm import algorithm
from convlab.vocabulary import Array, cond, full_scalar, repeat, sqrt

__all__ = ["exact_method", "optimized_gradient_norm"]


class GradientNorm(NamedTuple):
    """The iterate, the point of the last gradient step, the weight theta, and the first one."""

    x: Array
    stepped: Array
    theta: Array
    largest: Array


def _largest_weight(x0, horizon):
    def earlier(theta):
        return 0.5 * (1 + sqrt(1 + 4 * theta * theta))

    theta = repeat(int(horizon) - 1, earlier, full_scalar(x0, 1.0))
    largest = 0.5 * (1 + sqrt(1 + 8 * theta * theta))
    return GradientNorm(x0, x0, largest, largest)


@algorithm(init=_largest_weight)
def optimized_gradient_norm(s, oracle, k, *, eta, horizon):
    r"""OGM-G, optimal for the last gradient after a given number N of steps, ``horizon``.

    .. math::

        y_{k+1} &= x_k - \eta \nabla f(x_k), \\
        x_{k+1} &= y_{k+1}
            + \frac{(\theta_k - 1)(2 \theta_{k+1} - 1)}{\theta_k (2 \theta_k - 1)}
              (y_{k+1} - y_k)
            + \frac{2 \theta_{k+1} - 1}{2 \theta_k - 1} (y_{k+1} - x_k),

    :math:`y_0 = x_0`, :math:`\theta_N = 1`,
    :math:`\theta_k = (1 + \sqrt{1 + 4 \theta_{k+1}^2})/2`, with 8 in place of 4 at k = 0. The state
    holds :math:`\theta_k`, from which :math:`\theta_{k+1}^2 = \theta_k^2 - \theta_k`, half of that
    at k = 0. D. Kim and J. A. Fessler, *Optimizing the efficiency of first-order methods for
    decreasing the gradient of smooth convex functions*, J. Optim. Theory Appl. 188 (2021).
    """
    (part,) = cond(k == 0, lambda: (0.5,), lambda: (1.0,))
    theta = sqrt(part * s.theta * (s.theta - 1))
    y = s.x - eta * oracle.gradient(s.x)
    share = (2 * theta - 1) / (2 * s.theta - 1)
    x = y + (1 - 1 / s.theta) * share * (y - s.stepped) + share * (y - s.x)
    return GradientNorm(x, y, theta, s.largest)


class Exact(NamedTuple):
    """The output x (written z in the source), the gradient step, and u = 1/(1 + A)."""

    x: Array
    stepped: Array
    u: Array


@algorithm(init=lambda x0: Exact(x0, x0, full_scalar(x0, 1.0)))
def exact_method(s, oracle, *, L, q):
    r"""ITEM, the information-theoretic exact method, for condition number 1/q > 1.

    .. math::

        y_k &= (1 - \beta_k) z_k + \beta_k x_k, \qquad
        x_{k+1} = y_k - \tfrac{1}{L} \nabla f(y_k), \\
        z_{k+1} &= (1 - q \delta_k) z_k + q \delta_k y_k - \tfrac{\delta_k}{L} \nabla f(y_k), \\
        A_{k+1} &= \frac{(1 + q) A_k + 2 \bigl(1 + \sqrt{(1 + A_k)(1 + q A_k)}\bigr)}{(1 - q)^2}, \\
        \beta_k &= \frac{A_k}{(1 - q) A_{k+1}}, \qquad
        \delta_k = \frac{1 + \sqrt{(1 + A_k)(1 + q A_k)}}{1 + q + q A_k},

    :math:`A_0 = 0`, :math:`x_0 = z_0`. The state holds :math:`u_k = 1/(1 + A_k)`, which does not
    overflow. A. B. Taylor and Y. Drori, *An optimal gradient method for smooth strongly convex
    minimization*, Math. Program. 199 (2023).
    """
    root = s.u + sqrt(s.u + q * (1 - s.u))
    grown = ((1 + q) * (1 - s.u) + 2 * root) / (1 - q) ** 2
    beta = (1 - s.u) / ((1 - q) * grown)
    delta = root / ((1 + q) * s.u + q * (1 - s.u))
    y = s.x + beta * (s.stepped - s.x)
    g = oracle.gradient(y) / L
    x = s.x + q * delta * (y - s.x) - delta * g
    return Exact(x, y - g, s.u / (s.u + grown))
