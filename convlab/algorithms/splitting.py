"""Splitting methods for 0 in A x + B x (+ C x), or for sums F = f + h (+ g).

The oracle's ``first(x, step)`` and ``second(x, step)`` are the resolvents of A and B (the proximal
operators of f and h), and its ``operator`` is C. The governing sequence w tends to a point of which
the first resolvent is the solution; x is the last point of the second resolvent.
"""

from typing import NamedTuple

from convlab.algorithm import algorithm
from convlab.vocabulary import Array

__all__ = ["accelerated_douglas_rachford", "douglas_rachford", "three_operator_splitting"]


class Governed(NamedTuple):
    """The point of the second resolvent, the governing point, and the one before."""

    x: Array
    w: Array
    previous: Array


@algorithm(init=lambda x0: Governed(x0, x0, x0))
def douglas_rachford(s, oracle, *, gamma, theta=1):
    r"""Douglas-Rachford splitting, with relaxation.

    .. math::

        z_k = J_{\gamma A}(w_k), \quad
        x_{k+1} = J_{\gamma B}(2 z_k - w_k), \quad
        w_{k+1} = w_k + \theta (x_{k+1} - z_k),

    from :math:`w_0 = x_0`.

    J. Douglas and H. H. Rachford, *On the numerical solution of heat conduction
    problems*, Trans. AMS 82 (1956); P. L. Lions and B. Mercier, *Splitting algorithms for the sum
    of two nonlinear operators*, SIAM J. Numer. Anal. 16 (1979).
    """
    z = oracle.first(s.w, gamma)
    x = oracle.second(2 * z - s.w, gamma)
    return Governed(x, s.w + theta * (x - z), s.w)


class Extrapolated(NamedTuple):
    """The point of the second resolvent, the extrapolated point u, and the governing point w."""

    x: Array
    u: Array
    w: Array


@algorithm(init=lambda x0: Extrapolated(x0, x0, x0))
def accelerated_douglas_rachford(s, oracle, k, *, gamma, theta):
    r"""Accelerated Douglas-Rachford splitting.

    .. math::

        z_k = J_{\gamma A}(u_k), \quad
        x_{k+1} = J_{\gamma B}(2 z_k - u_k), \quad
        w_{k+1} = u_k + \theta (x_{k+1} - z_k), \quad
        u_{k+1} = w_{k+1} + \frac{k}{k + 3} (w_{k+1} - w_k),

    from :math:`u_0 = w_0 = x_0`.

    P. Patrinos, L. Stella and A. Bemporad, *Douglas-Rachford splitting:
    complexity estimates and accelerated variants*, CDC (2014), section 4.
    """
    z = oracle.first(s.u, gamma)
    x = oracle.second(2 * z - s.u, gamma)
    w = s.u + theta * (x - z)
    return Extrapolated(x, w + k / (k + 3) * (w - s.w), w)


@algorithm(init=lambda x0: Governed(x0, x0, x0))
def three_operator_splitting(s, oracle, *, gamma, theta=1):
    r"""Davis-Yin splitting, with relaxation.

    .. math::

        z_k = J_{\gamma A}(w_k), \quad
        x_{k+1} = J_{\gamma B}(2 z_k - w_k - \gamma C z_k), \quad
        w_{k+1} = w_k + \theta (x_{k+1} - z_k),

    from :math:`w_0 = x_0`.

    D. Davis and W. Yin, *A three-operator splitting scheme and its optimization
    applications*, Set-Valued Var. Anal. 25 (2017).
    """
    z = oracle.first(s.w, gamma)
    x = oracle.second(2 * z - s.w - gamma * oracle.operator(z), gamma)
    return Governed(x, s.w + theta * (x - z), s.w)
