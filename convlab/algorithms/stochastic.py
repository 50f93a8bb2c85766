"""Stochastic gradient methods."""

from convlab.algorithm import Point, algorithm

__all__ = ["sgd"]


@algorithm
def sgd(s, oracle, rng, *, eta):
    r"""Stochastic gradient descent, :math:`x_{k+1} = x_k - \eta_k g(x_k, \xi_k)`.

    H. Robbins and S. Monro, *A stochastic approximation method*, Ann. Math. Stat. 22 (1951).
    """
    return Point(s.x - eta * oracle.stochastic_gradient(s.x, rng))
