"""Stochastic methods with clipped gradients or operators, for noise with heavy tails."""

from typing import Any, NamedTuple

from convlab.algorithm import Point, algorithm
from convlab.algorithms.games import Leading
from convlab.vocabulary import Array, full_scalar, maximum, norm

__all__ = [
    "clipped_extragradient",
    "clipped_gradient_descent_ascent",
    "clipped_sgd",
    "clipped_sstm",
]


def _clipped(g: Array, tau: Any) -> Array:
    """g, shortened to length tau."""
    return tau / maximum(norm(g), tau) * g


@algorithm
def clipped_sgd(s, oracle, rng, *, eta, tau):
    r"""Stochastic gradient descent with gradients shortened to length tau,

    .. math::
        x_{k+1} = P_C\left(x_k - \eta_k \min\left(1, \frac{\tau_k}{\|g_k\|}\right) g_k\right),
        \quad g_k = g(x_k, \xi_k),

    with the projection on the constraint set, where the problem has one.

    R. Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural
    networks*, ICML 2013.
    """
    return Point(oracle.project(s.x - eta * _clipped(oracle.stochastic_gradient(s.x, rng), tau)))


class _Triangles(NamedTuple):
    x: Array
    z: Array
    mass: Array


@algorithm(init=lambda x0: _Triangles(x0, x0, full_scalar(x0, 0.0)))
def clipped_sstm(s, oracle, rng, *, eta, tau):
    r"""Clipped stochastic similar triangles method: with :math:`A_{k+1} = A_k + \eta_k` from
    :math:`A_0 = 0`, :math:`z_0 = x_0`, :math:`y = (A_k x_k + \eta_k z_k) / A_{k+1}`, :math:`z_{k+1}
    = z_k - \eta_k \min(1, \tau_k / \|g(y, \xi_k)\|) g(y, \xi_k)`, :math:`x_{k+1} = (A_k x_k +
    \eta_k z_{k+1}) / A_{k+1}`.

    The source has :math:`\eta_k = (k + 2) / (2 a L)`. E. Gorbunov, M. Danilova and A. Gasnikov,
    *Stochastic optimization with heavy-tailed noise via accelerated gradient clipping*, NeurIPS
    (2020).
    """
    mass = s.mass + eta
    share = eta / mass
    y = s.x + share * (s.z - s.x)
    z = s.z - eta * _clipped(oracle.stochastic_gradient(y, rng), tau)
    return _Triangles(s.x + share * (z - s.x), z, mass)


@algorithm
def clipped_gradient_descent_ascent(s, oracle, rng, *, eta, tau):
    r"""Gradient descent ascent with clipped feedback (clipped-SGDA), :math:`x_{k+1} = x_k - \eta_k
    \min(1, \tau_k / \|g(x_k, \xi_k)\|) g(x_k, \xi_k)`.

    E. Gorbunov et al., *Clipped stochastic methods for variational inequalities with heavy-tailed
    noise*, NeurIPS (2022).
    """
    return Point(s.x - eta * _clipped(oracle.stochastic_operator(s.x, rng), tau))


@algorithm(init=lambda x0: Leading(x0, x0))
def clipped_extragradient(s, oracle, rng, *, eta, tau):
    r"""Extragradient method with clipped feedback, two independent draws :math:`\xi_k` and
    :math:`\zeta_k` a step (clipped-SEG), :math:`y_k = x_k - \eta_k \operatorname{clip}(g(x_k,
    \xi_k), \tau_k)`, :math:`x_{k+1} = x_k - \eta_k \operatorname{clip}(g(y_k, \zeta_k), \tau_k)`,
    where :math:`\operatorname{clip}(v, t) = \min(1, t / \|v\|) v`; after k steps the leading
    point is :math:`y_{k - 1}`.

    E. Gorbunov et al., *Clipped stochastic methods for variational inequalities with heavy-tailed
    noise*, NeurIPS (2022).
    """
    y = s.x - eta * _clipped(oracle.stochastic_operator(s.x, rng), tau)
    return Leading(s.x - eta * _clipped(oracle.stochastic_operator(y, rng), tau), y)
