"""Stochastic gradient methods."""

from typing import NamedTuple

from convlab.algorithm import Point, algorithm
from convlab.streams import integers, subset
from convlab.vocabulary import Array, maximum, minimum, sqnorm, zeros_like

__all__ = [
    "minibatch_sgd",
    "moving_average_sgd",
    "polyak_sgd",
    "sgd",
    "sgd_momentum",
    "sps_max",
]


@algorithm
def sgd(s, oracle, rng, *, eta):
    r"""Stochastic gradient descent, :math:`x_{k+1} = x_k - \eta_k g(x_k, \xi_k)`.

    H. Robbins and S. Monro, *A stochastic approximation method*, Ann. Math. Stat. 22 (1951).
    """
    return Point(s.x - eta * oracle.stochastic_gradient(s.x, rng))


@algorithm
def minibatch_sgd(s, oracle, rng, *, eta, b):
    r"""SGD on a finite sum, with b different components, :math:`x_{k+1} = x_k - \frac{\eta_k}{b}
    \sum_{i \in B_k} \nabla f_i(x_k)`, where :math:`B_k` is uniform among the sets of b components.

    R. M. Gower et al., *SGD: general analysis and improved rates*, ICML (2019).
    """
    return Point(s.x - eta * oracle.sample_gradient(s.x, subset(rng, oracle.n, b)))


class _Momentum(NamedTuple):
    x: Array
    m: Array


@algorithm(init=lambda x0: _Momentum(x0, zeros_like(x0)))
def sgd_momentum(s, oracle, rng, *, eta, beta):
    r"""SGD with momentum, :math:`m_k = \beta_k m_{k-1} + g(x_k, \xi_k)`, :math:`x_{k+1} = x_k -
    \eta_k m_k`, from :math:`m_{-1} = 0`.

    B. T. Polyak, *Some methods of speeding up the convergence of iteration methods*, USSR Comp.
    Math. Math. Phys. 4 (1964); I. Sutskever et al., *On the importance of initialization and
    momentum in deep learning*, ICML (2013).
    """
    m = beta * s.m + oracle.stochastic_gradient(s.x, rng)
    return _Momentum(s.x - eta * m, m)


class _MovingAverage(NamedTuple):
    x: Array
    z: Array


@algorithm(init=lambda x0: _MovingAverage(x0, x0))
def moving_average_sgd(s, oracle, rng, *, eta, weight):
    r"""SGD with momentum as a moving average of iterates, :math:`z_k = z_{k-1} - \eta_k g(x_k,
    \xi_k)`, :math:`x_{k+1} = (\lambda_{k+1} x_k + z_k) / (\lambda_{k+1} + 1)`, from :math:`z_{-1} =
    x_0`, where :math:`\lambda_{k+1}` is the ``weight`` at iteration k.

    O. Sebbouh, R. M. Gower and A. Defazio, *Almost sure convergence rates for stochastic gradient
    descent and stochastic heavy ball*, COLT (2021).
    """
    z = s.z - eta * oracle.stochastic_gradient(s.x, rng)
    return _MovingAverage((weight * s.x + z) / (weight + 1), z)


def _polyak_step(excess: Array, g: Array) -> Array:
    """excess / |g|^2, and 0 where the excess is not positive (so that g may be 0)."""
    return maximum(excess, 0.0) / maximum(sqnorm(g), 1e-300)


@algorithm
def polyak_sgd(s, oracle, rng):
    r"""SGD with the stochastic Polyak step that knows the values at the minimizer, :math:`x_{k+1} =
    x_k - \eta_k \nabla f_i(x_k)`, :math:`\eta_k = (f_i(x_k) - f_i(x^\star))_+ / \|\nabla
    f_i(x_k)\|^2`, i uniform.

    G. Garrigos, R. M. Gower and F. Schaipp, *Function value learning: adaptive learning rates
    based on the Polyak stepsize and function splitting in ERM* (2023).
    """
    i = integers(rng, oracle.n)
    g = oracle.sample_gradient(s.x, i)
    excess = oracle.sample_value(s.x, i) - oracle.sample_value(oracle.x_star + 0 * s.x, i)
    return Point(s.x - _polyak_step(excess, g) * g)


@algorithm
def sps_max(s, oracle, rng, *, c, largest):
    r"""SGD with the bounded stochastic Polyak step, :math:`x_{k+1} = x_k - \eta_k \nabla f_i(x_k)`,
    :math:`\eta_k = \min\{(f_i(x_k) - \inf f_i) / (c \|\nabla f_i(x_k)\|^2), \eta_{\max}\}`,
    i uniform, and :math:`\eta_{\max}` the ``largest``.

    N. Loizou et al., *Stochastic Polyak step-size for SGD: an adaptive learning rate for fast
    convergence*, AISTATS (2021).
    """
    i = integers(rng, oracle.n)
    g = oracle.sample_gradient(s.x, i)
    excess = oracle.sample_value(s.x, i) - oracle.sample_infimum(i)
    return Point(s.x - minimum(_polyak_step(excess, g) / c, largest) * g)
