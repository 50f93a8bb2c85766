"""Subgradient methods for nonsmooth functions; ``gradient`` is then any subgradient.

Polyak's step is :func:`convlab.algorithms.gradient.polyak_step`, and the stochastic subgradient
method without projection is :func:`convlab.algorithms.stochastic.sgd`.
"""

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import maximum, norm

__all__ = [
    "normalized_subgradient",
    "projected_sgd",
    "projected_subgradient",
    "subgradient_method",
]


@algorithm
def subgradient_method(s, oracle, *, eta):
    r"""Subgradient method, :math:`x_{k+1} = x_k - \eta_k g_k` with :math:`g_k \in \partial f(x_k)`.

    N. Z. Shor, *Minimization Methods for Non-Differentiable Functions* (1985).
    """
    return Point(s.x - eta * oracle.gradient(s.x))


@algorithm
def normalized_subgradient(s, oracle, *, eta):
    r"""Subgradient method with steps of given length, :math:`x_{k+1} = x_k - \eta_k g_k/\|g_k\|`
    with :math:`g_k \in \partial f(x_k)`.

    Y. Nesterov, *Introductory Lectures on Convex Optimization* (2004), section 3.2.3.
    """
    g = oracle.gradient(s.x)
    return Point(s.x - eta * g / maximum(norm(g), 1e-300))


@algorithm
def projected_subgradient(s, oracle, *, eta):
    r"""Projected subgradient method, :math:`x_{k+1} = P_C(x_k - \eta_k g_k)` with
    :math:`g_k \in \partial f(x_k)`.

    N. Z. Shor, *Minimization Methods for Non-Differentiable Functions* (1985).
    """
    return Point(oracle.project(s.x - eta * oracle.gradient(s.x)))


@algorithm
def projected_sgd(s, oracle, rng, *, eta):
    r"""Projected stochastic subgradient method, :math:`x_{k+1} = P_C(x_k - \eta_k g(x_k, \xi_k))`.

    A. Nemirovski, A. Juditsky, G. Lan and A. Shapiro, *Robust stochastic approximation approach to
    stochastic programming*, SIAM J. Optim. 19 (2009), section 2.1.
    """
    return Point(oracle.project(s.x - eta * oracle.stochastic_gradient(s.x, rng)))
