"""Gaussian variational inference: gradient methods on means and covariances.

The state is the matrix x = [S, m], ``(R, d, d + 1)``: a covariance, and the mean as last column.
An oracle of a target density exp(-V) gives ``mean_gradient(x)``, E grad V, as a column
``(R, d, 1)``, and ``mean_hessian(x)``, E hess V ``(R, d, d)``, under the Gaussian x; and
``sample_gradient(z)`` and ``sample_hessian(z)`` at points z, columns too.
"""

from convlab.algorithm import Point, algorithm
from convlab.streams import normal
from convlab.vocabulary import (
    concat,
    diag,
    eigh,
    matmul,
    maximum,
    solve,
    split,
    sqrt,
    transpose,
    zeros_like,
)

__all__ = ["bures_gradient_descent", "forward_backward", "stochastic_forward_backward"]


def _spectral(function, S):
    values, vectors = eigh(S)
    return matmul(vectors * function(values)[:, None, :], transpose(vectors))


def _identity(S):
    return diag(zeros_like(S[:, :, 0]) + 1.0)


def _step(x, gradient, hessian, eta):
    S, m = split(x, x.shape[-2])
    M = _identity(S) - eta * hessian
    half = matmul(matmul(M, S), transpose(M))
    after = _spectral(lambda v: 0.5 * (v + 2 * eta + sqrt(maximum(v * (v + 4 * eta), 0.0))), half)
    return Point(concat(after, m - eta * gradient))


@algorithm
def forward_backward(s, oracle, *, eta):
    r"""Forward-backward variational inference with normal laws :math:`x_k = \mathcal{N}(m_k, S_k)`,
    :math:`m_{k+1} = m_k - \eta \mathbb{E} \nabla V`, :math:`S = M S_k M` with :math:`M = I - \eta
    \mathbb{E} \nabla^2 V`, and :math:`S_{k+1} = \tfrac12 (S + 2 \eta I + (S (S + 4 \eta
    I))^{1/2})`, the means taken over :math:`x_k`.

    A gradient step for the potential, then a proximal step for the entropy in the Wasserstein
    distance. M. Diao, K. Balasubramanian, S. Chewi and A. Salim, ICML (2023), algorithm 1.
    """
    return _step(s.x, oracle.mean_gradient(s.x), oracle.mean_hessian(s.x), eta)


@algorithm
def stochastic_forward_backward(s, oracle, rng, *, eta):
    r"""Forward-backward variational inference with normal laws :math:`x_k = \mathcal{N}(m_k, S_k)`
    and one draw :math:`z \sim x_k` a step, :math:`m_{k+1} = m_k - \eta \nabla V(z)`, :math:`S = M
    S_k M` with :math:`M = I - \eta \nabla^2 V(z)`, and :math:`S_{k+1} = \tfrac12 (S + 2 \eta I + (S
    (S + 4 \eta I))^{1/2})`.

    Diao et al., ICML (2023), algorithm 1, stochastic.
    """
    d = s.x.shape[-2]
    S, m = split(s.x, d)
    z = m + matmul(_spectral(lambda v: sqrt(maximum(v, 0.0)), S), normal(rng, d)[:, :, None])
    return _step(s.x, oracle.sample_gradient(z), oracle.sample_hessian(z), eta)


@algorithm
def bures_gradient_descent(s, oracle, *, eta):
    r"""Explicit Bures-Wasserstein gradient descent on normal laws :math:`x_k = \mathcal{N}(m_k,
    S_k)`, :math:`S_{k+1} = M S_k M` with :math:`M = I - \eta (\mathbb{E} \nabla^2 V - S_k^{-1})`,
    and :math:`m_{k+1} = m_k - \eta \mathbb{E} \nabla V`, the means taken over :math:`x_k`.

    The entropy has a gradient step too. M. Lambert, S. Chewi, F. Bach, S. Bonnabel and P. Rigollet,
    *Variational inference via Wasserstein gradient flows*, NeurIPS (2022).
    """
    S, m = split(s.x, s.x.shape[-2])
    one = _identity(S)
    M = one - eta * (oracle.mean_hessian(s.x) - solve(S, one))
    after = matmul(matmul(M, S), transpose(M))
    return Point(concat(after, m - eta * oracle.mean_gradient(s.x)))
