"""The Frank-Wolfe method: steps towards minimizers of linear functions over a set.

The oracle's ``linear_minimizer(g)`` gives a point s(g) of the set C that minimizes <g, s>. No
projection is needed, and iterates are convex combinations of the start and of these points.
"""

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import inner, maximum, minimum, sqnorm

__all__ = ["frank_wolfe", "frank_wolfe_line_search", "frank_wolfe_short_step"]


def _share(decrease, curvature):
    """The minimizer of curvature t^2/2 - decrease t over [0, 1]."""
    return minimum(maximum(decrease, 0.0) / maximum(curvature, 1e-300), 1.0)


@algorithm
def frank_wolfe(s, oracle, *, eta):
    r"""The Frank-Wolfe method with given steps.

    .. math::

        x_{k+1} = x_k + \eta_k (s_k - x_k), \quad
        s_k \in \arg\min_{s \in C} \langle \nabla f(x_k), s \rangle.

    M. Frank and P. Wolfe, *An algorithm for quadratic programming*, Naval Res. Logist. Quart. 3
    (1956).
    """
    return Point(s.x + eta * (oracle.linear_minimizer(oracle.gradient(s.x)) - s.x))


@algorithm
def frank_wolfe_line_search(s, oracle):
    r"""The Frank-Wolfe method with exact line search on a quadratic with Hessian H.

    .. math::

        x_{k+1} = x_k + \eta_k d_k, \quad d_k = s_k - x_k, \quad
        s_k \in \arg\min_{s \in C} \langle \nabla f(x_k), s \rangle, \quad
        \eta_k = \arg\min_{\eta \in [0, 1]} f(x_k + \eta d_k).

    The step is :math:`-\langle \nabla f(x_k), d_k \rangle / \langle d_k, H d_k \rangle`, or 1 where
    that is larger. Needs ``hessian_vector``. M. Frank and P. Wolfe (1956).
    """
    g = oracle.gradient(s.x)
    d = oracle.linear_minimizer(g) - s.x
    return Point(s.x + _share(-inner(g, d), inner(d, oracle.hessian_vector(s.x, d))) * d)


@algorithm
def frank_wolfe_short_step(s, oracle, *, L):
    r"""The Frank-Wolfe method with the step that minimizes the quadratic model of curvature L.

    .. math::

        x_{k+1} = x_k + \eta_k d_k, \quad d_k = s_k - x_k, \quad
        s_k \in \arg\min_{s \in C} \langle \nabla f(x_k), s \rangle, \quad
        \eta_k = \min\{1, -\langle \nabla f(x_k), d_k \rangle / (L \|d_k\|^2)\}.

    V. F. Demyanov and A. M. Rubinov, *Approximate Methods in Optimization
    Problems* (1970).
    """
    g = oracle.gradient(s.x)
    d = oracle.linear_minimizer(g) - s.x
    return Point(s.x + _share(-inner(g, d), L * sqnorm(d)) * d)
