"""Methods with gradients or proximal steps that are known up to a relative error."""

from typing import NamedTuple

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import Array, inner, maximum, norm, while_loop

__all__ = [
    "hybrid_proximal_extragradient",
    "inexact_gradient_descent",
    "inexact_line_search",
]


@algorithm
def inexact_gradient_descent(s, oracle, *, eta):
    r"""Gradient descent with an inexact gradient, :math:`x_{k+1} = x_k - \eta d(x_k)`.

    The oracle's ``inexact_gradient`` gives :math:`d`. E. de Klerk, F. Glineur and A. B. Taylor,
    *Worst-case convergence analysis of inexact gradient and Newton methods through semidefinite
    programming performance estimation*, SIAM J. Optim. 30 (2020).
    """
    return Point(s.x - eta * oracle.inexact_gradient(s.x))


@algorithm
def inexact_line_search(s, oracle):
    r"""Exact line search on a quadratic along an inexact gradient.

    .. math::

        x_{k+1} = x_k - \eta_k d_k, \qquad \eta_k = \arg\min_\eta f(x_k - \eta d_k)
            = \langle \nabla f(x_k), d_k \rangle / \langle d_k, H d_k \rangle,

    where :math:`d_k = d(x_k)` and H is the Hessian.

    Needs ``hessian_vector``. E. de Klerk, F. Glineur and A. B. Taylor, *On the worst-case
    complexity of the gradient method with exact line search for smooth strongly convex functions*,
    Optim. Lett. 11 (2017).
    """
    d = oracle.inexact_gradient(s.x)
    curvature = inner(d, oracle.hessian_vector(s.x, d))
    return Point(s.x - inner(oracle.gradient(s.x), d) / maximum(curvature, 1e-300) * d)


class Proximal(NamedTuple):
    """The iterate, and the approximate proximal point y from which it was reached."""

    x: Array
    y: Array


@algorithm(init=lambda x0: Proximal(x0, x0))
def hybrid_proximal_extragradient(s, oracle, *, eta, sigma, L):
    r"""The hybrid proximal extragradient method, with gradient steps for the proximal points.

    .. math::

        \|\eta \nabla f(y_{k+1}) + y_{k+1} - x_k\| \le \sigma \|y_{k+1} - x_k\|, \qquad
        x_{k+1} = x_k - \eta \nabla f(y_{k+1}),

    where :math:`y_{k+1}` is found by gradient descent from :math:`x_k` on
    :math:`\eta f(y) + \|y - x_k\|^2/2` with step :math:`1/(1 + \eta L)`.

    It runs until y obeys the criterion, 200 steps at most. M. V. Solodov and
    B. F. Svaiter, *A hybrid approximate extragradient-proximal point algorithm using the
    enlargement of a maximal monotone operator*, Set-Valued Anal. 7 (1999).
    """

    def residual(y):
        return eta * oracle.gradient(y) + y - s.x

    def rough(state):
        return norm(residual(state[0])) > sigma * norm(state[0] - s.x)

    def improved(state):
        return (state[0] - residual(state[0]) / (1 + eta * L),)

    (y,) = while_loop(200, rough, improved, (s.x,))
    return Proximal(s.x - eta * oracle.gradient(y), y)
