"""Gradient methods whose worst case no other gradient method improves on."""

from typing import NamedTuple

from convlab.algorithm import algorithm
from convlab.vocabulary import (
    Array,
    cond,
    full_scalar,
    maximum,
    repeat,
    sqrt,
    where,
    while_loop,
    zeros_like,
)

__all__ = ["exact_method", "lemniscate_method", "optimized_gradient_norm"]


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


class Lemniscate(NamedTuple):
    """The iterate, the sum z of weighted gradients, rho_k, and Omega."""

    x: Array
    z: Array
    rho: Array
    omega: Array


def _next_rho(rho, omega):
    root = sqrt(rho * rho + omega * rho * (1 - rho * rho))
    return maximum((omega * rho - root) / (omega + rho), 0.0)


def _lemniscate_start(x0, horizon):
    """Omega, between 0 and (N + 1)^2, by bisection: rho_(N+1) is positive where it is larger."""
    one = full_scalar(x0, 1.0)

    def halved(ends):
        low, high = ends
        omega = 0.5 * (low + high)
        last = repeat(int(horizon) + 1, lambda rho: _next_rho(rho, omega), one)
        return where(last > 0, low, omega), where(last > 0, omega, high)

    def apart(ends):
        low, high = ends
        omega = 0.5 * (low + high)
        return (low < omega) & (omega < high)

    _, omega = while_loop(200, apart, halved, (0 * one, (int(horizon) + 1) ** 2 * one))
    return Lemniscate(x0, zeros_like(x0), one, omega)


@algorithm(init=_lemniscate_start)
def lemniscate_method(s, oracle, k, *, L, horizon):
    r"""LemniAcc, for small gradients and gaps after a given number N of steps, ``horizon``.

    .. math::

        z_{k+1} &= z_k - \frac{\Omega}{L} \bigl(p(\rho_{k+1}) - p(\rho_k)\bigr) \nabla f(x_k), \\
        x_{k+1} &= x_k - \frac{1}{L} \nabla f(x_k)
            + \bigl(c(\rho_{k+1}) - c(\rho_{k+2})\bigr) z_{k+1},

    :math:`z_0 = 0`, :math:`p(r) = (1 + r^2)/(2 r)`, :math:`c(r) = (1 + r^2)/(1 - r^2)`. The numbers
    :math:`1 = \rho_0 > \dots > \rho_{N+1} = 0` and :math:`\Omega` solve
    :math:`\Omega (\rho_k - \rho_{k+1})^2 = \rho_k (1 - \rho_{k+1}^2)`. arXiv 2608.07407 (2026).
    """
    g = oracle.gradient(s.x) / L
    following = _next_rho(s.rho, s.omega)
    (last,) = cond(k + 1 == horizon, lambda: (0.0,), lambda: (1.0,))
    later = last * _next_rho(following, s.omega)
    z = s.z - s.omega * (_p(following) - _p(s.rho)) * g
    return Lemniscate(s.x - g + (_c(following) - _c(later)) * z, z, following, s.omega)


def _p(rho):
    return (1 + rho * rho) / (2 * rho)


def _c(rho):
    return (1 + rho * rho) / (1 - rho * rho)
