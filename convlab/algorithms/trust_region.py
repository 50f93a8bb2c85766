"""Gradient methods whose step has a given length in a norm of one's choice, with momentum.

The step minimizes a linear model over a ball: along the polar factor of the model's gradient for
the spectral norm, along its signs for the largest entry, along itself for the Euclidean norm.
D. Kovalev, *Understanding Gradient Orthogonalization for Deep Learning via Non-Euclidean
Trust-Region Optimization* (2025), algorithm 1.
"""

from typing import NamedTuple

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import (
    Array,
    flat,
    matmul,
    maximum,
    norm,
    polar,
    repeat,
    reshape,
    sign,
    transpose,
)

__all__ = [
    "extrapolated_muon",
    "muon",
    "newton_schulz",
    "newton_schulz_gradient",
    "normalized_gradient",
    "normalized_momentum",
    "orthogonal_sgdm",
    "orthogonalized_gradient",
    "sign_gradient",
    "sign_momentum",
]


class Averaged(NamedTuple):
    """The iterate, and the average of the stochastic gradients so far."""

    x: Array
    m: Array


class Extrapolated(NamedTuple):
    """The same, and the iterate before."""

    x: Array
    m: Array
    previous: Array


def _first_gradient(x0, oracle, rng):
    return Averaged(x0, oracle.stochastic_gradient(x0, rng))


def _unit(g):
    row = flat(g)
    return reshape(row / maximum(norm(row), 1e-300), g.shape[1:])


@algorithm
def orthogonalized_gradient(s, oracle, *, eta, decay=0):
    r"""Orthogonalized gradient, :math:`x_{k+1} = (1 - \beta) x_k - \eta \, U V^\top` with the thin
    singular value decomposition :math:`\nabla f(x_k) = U S V^\top`, and :math:`\beta` the
    ``decay``.

    Kovalev (2025), algorithm 1 in the spectral norm, without noise and momentum.
    """
    return Point((1 - decay) * s.x - eta * polar(oracle.gradient(s.x)))


def _quintic(x):
    """a x + b (x x^T) x + c (x x^T)^2 x, which does a s + b s^3 + c s^5 to the singular values."""
    a, b, c = 3.4445, -4.7750, 2.0315
    square = matmul(x, transpose(x))
    return a * x + matmul(b * square + c * matmul(square, square), x)


@algorithm(init=lambda x0: Point(_unit(x0)))
def newton_schulz(s, oracle):
    r"""The iteration by which Muon orthogonalizes a matrix, from :math:`x_0 / \|x_0\|_F`.

    .. math::
        x_{k+1} = a x_k + b (x_k x_k^\top) x_k + c (x_k x_k^\top)^2 x_k, \quad
        a = 3.4445, \quad b = -4.7750, \quad c = 2.0315.

    K. Jordan et al., *Muon: an optimizer for hidden layers in neural networks* (2024).
    """
    return Point(_quintic(s.x))


@algorithm
def newton_schulz_gradient(s, oracle, *, eta, steps=5):
    r"""Muon's step as it is computed, without momentum, :math:`x_{k+1} = x_k - \eta \, p^m(\nabla
    f(x_k) / \|\nabla f(x_k)\|_F)` with :math:`p(z) = a z + b (z z^\top) z + c (z z^\top)^2 z`
    applied :math:`m` times, ``steps``, and :math:`a = 3.4445`, :math:`b = -4.7750`, :math:`c =
    2.0315`.

    The polynomial is that of :func:`newton_schulz`. K. Jordan et al.,
    *Muon: an optimizer for hidden layers in neural networks* (2024).
    """
    return Point(s.x - eta * repeat(steps, _quintic, _unit(oracle.gradient(s.x))))


@algorithm
def sign_gradient(s, oracle, *, eta):
    r"""Sign descent, :math:`x_{k+1} = x_k - \eta \, \mathrm{sign}(\nabla f(x_k))`.

    J. Bernstein et al., *signSGD*, ICML (2018).
    """
    return Point(s.x - eta * sign(oracle.gradient(s.x)))


@algorithm
def normalized_gradient(s, oracle, *, eta):
    r"""Normalized gradient, :math:`x_{k+1} = x_k - \eta \nabla f(x_k) / \|\nabla f(x_k)\|`.

    Y. Nesterov, *Introductory Lectures on Convex Optimization* (2004), section 3.2.
    """
    return Point(s.x - eta * _unit(oracle.gradient(s.x)))


def _average(s, oracle, rng, alpha):
    return (1 - alpha) * s.m + alpha * oracle.stochastic_gradient(s.x, rng)


@algorithm(init=_first_gradient)
def muon(s, oracle, rng, *, eta, alpha, decay=0):
    r"""Muon, :math:`m_{k+1} = (1 - \alpha) m_k + \alpha g_k` from :math:`m_0 = g(x_0, \xi_{-1})`,
    :math:`g_k = g(x_k, \xi_k)`, then a step along its polar factor, :math:`x_{k+1} = (1 - \beta)
    x_k - \eta \, U V^\top` with the singular value decomposition :math:`m_{k+1} = U S V^\top`, and
    :math:`\beta` the ``decay``.

    The decomposition is exact where Muon iterates. K. Jordan et al., *Muon* (2024); Kovalev (2025),
    algorithm 1.
    """
    m = _average(s, oracle, rng, alpha)
    return Averaged((1 - decay) * s.x - eta * polar(m), m)


@algorithm(init=_first_gradient)
def sign_momentum(s, oracle, rng, *, eta, alpha):
    r"""Sign descent with momentum, :math:`x_{k+1} = x_k - \eta \, \mathrm{sign}(m_{k+1})`,
    :math:`m_{k+1} = (1 - \alpha) m_k + \alpha g_k` from :math:`m_0 = g(x_0, \xi_{-1})`, :math:`g_k
    = g(x_k, \xi_k)`.

    T. Sun et al., *Momentum ensures convergence of SIGNSGD under weaker assumptions*, ICML (2023).
    """
    m = _average(s, oracle, rng, alpha)
    return Averaged(s.x - eta * sign(m), m)


@algorithm(init=_first_gradient)
def normalized_momentum(s, oracle, rng, *, eta, alpha):
    r"""Normalized SGD with momentum, :math:`x_{k+1} = x_k - \eta \, m_{k+1} / \|m_{k+1}\|`,
    :math:`m_{k+1} = (1 - \alpha) m_k + \alpha g_k` from :math:`m_0 = g(x_0, \xi_{-1})`, :math:`g_k
    = g(x_k, \xi_k)`.

    A. Cutkosky and H. Mehta, *Momentum improves normalized SGD*, ICML (2020).
    """
    m = _average(s, oracle, rng, alpha)
    return Averaged(s.x - eta * _unit(m), m)


@algorithm(
    init=lambda x0, oracle, rng: Extrapolated(x0, oracle.stochastic_gradient(x0, rng), x0),
)
def extrapolated_muon(s, oracle, rng, *, eta, alpha):
    r"""Muon with gradients at :math:`y_k = x_k + \frac{1 - \alpha}{\alpha} (x_k - x_{k-1})`,
    :math:`m_{k+1} = (1 - \alpha) m_k + \alpha g(y_k, \xi_k)` from :math:`m_0 = g(x_0, \xi_{-1})`,
    :math:`x_{k+1} = x_k - \eta \, U V^\top` with the singular value decomposition
    :math:`m_{k+1} = U S V^\top`.

    The transport is that of A. Cutkosky and H. Mehta, *Momentum improves normalized SGD*, ICML
    (2020), section 5; Kovalev (2025) has it for any norm.
    """
    y = s.x + (1 - alpha) / alpha * (s.x - s.previous)
    m = (1 - alpha) * s.m + alpha * oracle.stochastic_gradient(y, rng)
    return Extrapolated(s.x - eta * polar(m), m, s.x)


@algorithm(init=lambda x0, oracle, rng: Averaged(x0, polar(oracle.stochastic_gradient(x0, rng))))
def orthogonal_sgdm(s, oracle, rng, *, eta, alpha):
    r"""Orthogonal-SGDM: momentum of polar factors, :math:`x_{k+1} = x_k - \eta m_{k+1}`,
    :math:`m_{k+1} = (1 - \alpha) m_k + \alpha U V^\top` with the singular value decomposition
    :math:`g_k = U S V^\top`, :math:`g_k = g(x_k, \xi_k)`; :math:`m_0` is the polar factor of
    :math:`g(x_0, \xi_{-1})`.

    Muon with orthogonalization and averaging exchanged. M. Tuddenham, A. Prugel-Bennett and J.
    Hare, *Orthogonalising gradients to speed up neural network optimisation* (2022).
    """
    m = (1 - alpha) * s.m + alpha * polar(oracle.stochastic_gradient(s.x, rng))
    return Averaged(s.x - eta * m, m)
