"""Proximal methods: prox_{eta f}(x) is the minimizer of f(y) + |y - x|^2 / (2 eta) over y.

For F = f + h the oracle's ``gradient`` is that of f, and its ``prox`` that of h.
"""

from typing import NamedTuple

from convlab.algorithm import Point, algorithm
from convlab.streams import integers
from convlab.vocabulary import Array, full_scalar, sqrt

__all__ = [
    "fista",
    "momentum_proximal_gradient",
    "proximal_gradient",
    "proximal_point",
    "stochastic_proximal_gradient",
    "stochastic_proximal_point",
]


@algorithm
def proximal_point(s, oracle, *, eta):
    r"""Proximal point method, :math:`x_{k+1} = \operatorname{prox}_{\eta_k f}(x_k)`.

    B. Martinet, *Regularisation d'inequations variationnelles par approximations successives*,
    Rev. Francaise Inform. Rech. Oper. 4 (1970).
    """
    return Point(oracle.prox(s.x, eta))


@algorithm
def proximal_gradient(s, oracle, *, eta):
    r"""Proximal gradient method (ISTA).

    .. math::

        x_{k+1} = \operatorname{prox}_{\eta h}(x_k - \eta \nabla f(x_k))

    P. L. Lions and B. Mercier, *Splitting algorithms for the sum of two nonlinear operators*, SIAM
    J. Numer. Anal. 16 (1979).
    """
    return Point(oracle.prox(s.x - eta * oracle.gradient(s.x), eta))


class Extrapolated(NamedTuple):
    """The iterate, the extrapolated point y, and the weight t."""

    x: Array
    y: Array
    t: Array


@algorithm(init=lambda x0: Extrapolated(x0, x0, full_scalar(x0, 1.0)))
def fista(s, oracle, *, eta):
    r"""FISTA, the accelerated proximal gradient method.

    .. math::

        x_{k+1} = \operatorname{prox}_{\eta h}(y_k - \eta \nabla f(y_k)), \quad
        t_{k+1} = \tfrac{1}{2} \bigl(1 + \sqrt{1 + 4 t_k^2}\bigr), \quad
        y_{k+1} = x_{k+1} + \frac{t_k - 1}{t_{k+1}} (x_{k+1} - x_k),

    from :math:`y_0 = x_0`, :math:`t_0 = 1`.

    A. Beck and M. Teboulle, *A fast iterative shrinkage-thresholding algorithm for linear inverse
    problems*, SIAM J. Imaging Sci. 2 (2009).
    """
    x = oracle.prox(s.y - eta * oracle.gradient(s.y), eta)
    t = 0.5 * (1 + sqrt(1 + 4 * s.t * s.t))
    return Extrapolated(x, x + (s.t - 1) / t * (x - s.x), t)


class Pair(NamedTuple):
    """The iterate and the one before."""

    x: Array
    previous: Array


@algorithm(init=lambda x0: Pair(x0, x0))
def momentum_proximal_gradient(s, oracle, *, eta, beta):
    r"""Proximal gradient steps from points extrapolated with constant momentum (V-FISTA).

    .. math::

        y_k = x_k + \beta (x_k - x_{k-1}), \qquad
        x_{k+1} = \operatorname{prox}_{\eta h}(y_k - \eta \nabla f(y_k)),

    from :math:`x_{-1} = x_0`.

    A. Beck, *First-Order Methods in Optimization* (2017), section 10.7.7.
    """
    y = s.x + beta * (s.x - s.previous)
    return Pair(oracle.prox(y - eta * oracle.gradient(y), eta), s.x)


@algorithm
def stochastic_proximal_point(s, oracle, rng, *, eta):
    r"""Stochastic proximal point method, :math:`x_{k+1} = \operatorname{prox}_{\eta_k f_i}(x_k)`,
    i uniform on the components of a finite sum.

    D. P. Bertsekas, *Incremental proximal methods for large scale convex optimization*, Math.
    Program. 129 (2011).
    """
    return Point(oracle.sample_prox(s.x, integers(rng, oracle.n), eta))


@algorithm
def stochastic_proximal_gradient(s, oracle, rng, *, eta):
    r"""Stochastic proximal gradient method.

    .. math::

        x_{k+1} = \operatorname{prox}_{\eta_k h}(x_k - \eta_k g_k),

    where :math:`g_k = g(x_k, \xi_k)` has expectation :math:`\nabla f(x_k)`.

    J. Duchi and Y. Singer, *Efficient online and batch learning using forward backward splitting*,
    JMLR 10 (2009).
    """
    return Point(oracle.prox(s.x - eta * oracle.stochastic_gradient(s.x, rng), eta))
