"""Methods that adapt their step sizes to the gradients seen."""

from typing import NamedTuple

from convlab.algorithm import algorithm
from convlab.vocabulary import Array, full_scalar, maximum, sqnorm, sqrt, where, zeros_like

__all__ = ["adagrad_norm", "adam", "amsgrad"]


class Moments(NamedTuple):
    """Iterate, and running means of the gradient and of its entrywise square."""

    x: Array
    m: Array
    v: Array


class Maxima(NamedTuple):
    """Iterate, running means as for Adam, and the largest second one so far."""

    x: Array
    m: Array
    v: Array
    largest: Array


class Accumulated(NamedTuple):
    """Iterate, and the starting value plus the sum of all squared gradient norms."""

    x: Array
    total: Array


@algorithm(init=lambda x0: Moments(x0, zeros_like(x0), zeros_like(x0)))
def adam(s, oracle, rng, k, *, eta, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Adam: with :math:`g_k` the gradient shown in round k, entry by entry,

    .. math::
        m_{k+1} = \beta_1 m_k + (1 - \beta_1) g_k, \quad
        v_{k+1} = \beta_2 v_k + (1 - \beta_2) g_k^2, \quad
        x_{k+1} = \Pi\left(x_k - \eta_k \frac{m_{k+1} / (1 - \beta_1^{k+1})}
                  {\sqrt{v_{k+1} / (1 - \beta_2^{k+1})} + \varepsilon}\right),

    from :math:`m_0 = v_0 = 0`; :math:`\Pi` is the projection, entry by entry, on the problem's box,
    where it has one.

    D. P. Kingma and J. Ba, *Adam: a method for stochastic optimization*, ICLR 2015, Algorithm 1.
    """
    g = oracle.stochastic_gradient(s.x, rng)
    m = beta1 * s.m + (1 - beta1) * g
    v = beta2 * s.v + (1 - beta2) * g * g
    first = m / (1 - beta1 ** (k + 1))
    second = v / (1 - beta2 ** (k + 1))
    return Moments(oracle.project(s.x - eta * first / (sqrt(second) + eps)), m, v)


@algorithm(init=lambda x0: Maxima(x0, zeros_like(x0), zeros_like(x0), zeros_like(x0)))
def amsgrad(s, oracle, rng, *, eta, beta1=0.9, beta2=0.999):
    r"""AMSGrad: the means of Adam without correction of bias, and the largest second one so far,

    .. math::
        \hat v_{k+1} = \max(\hat v_k, v_{k+1}), \quad
        x_{k+1} = \Pi\left(x_k - \eta_k m_{k+1} / \sqrt{\hat v_{k+1}}\right),

    where :math:`m_{k+1} = \beta_1 m_k + (1 - \beta_1) g_k`, :math:`v_{k+1} = \beta_2 v_k + (1 -
    \beta_2) g_k^2`, :math:`g_k` is the gradient shown in round k, from :math:`m_0 = v_0 = \hat v_0
    = 0`; :math:`\Pi` is the projection, entry by entry, on the problem's box, where it has one, and
    0/0 counts as 0.

    There the projection in the norm weighted by :math:`\hat v_{k+1}` of the paper is the Euclidean
    one. S. J. Reddi, S. Kale and S. Kumar, *On the convergence of Adam and beyond*, ICLR 2018,
    Algorithm 2.
    """
    g = oracle.stochastic_gradient(s.x, rng)
    m = beta1 * s.m + (1 - beta1) * g
    v = beta2 * s.v + (1 - beta2) * g * g
    largest = maximum(s.largest, v)
    size = sqrt(where(largest > 0, largest, 1.0))
    return Maxima(oracle.project(s.x - eta * m / size), m, v, largest)


@algorithm(init=lambda x0, b0: Accumulated(x0, full_scalar(x0, 0.0) + b0**2))
def adagrad_norm(s, oracle, *, eta, b0):
    r"""AdaGrad with one step size for all entries, fed with full gradients,

    .. math::
        b_{k+1}^2 = b_k^2 + \|\nabla f(x_k)\|^2, \quad
        x_{k+1} = x_k - \frac{\eta}{b_{k+1}} \nabla f(x_k).

    R. Ward, X. Wu and L. Bottou, *AdaGrad stepsizes: sharp convergence over nonconvex
    landscapes*, ICML 2019, Algorithm 1 (batch setting).
    """
    g = oracle.gradient(s.x)
    total = s.total + sqnorm(g)
    return Accumulated(s.x - eta / sqrt(total) * g, total)
