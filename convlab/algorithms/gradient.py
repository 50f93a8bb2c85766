"""Gradient methods for smooth functions."""

from convlab.algorithm import Point, algorithm

__all__ = ["gradient_descent"]


@algorithm
def gradient_descent(s, oracle, *, eta):
    r"""Gradient descent, :math:`x_{k+1} = x_k - \eta \nabla f(x_k)`.

    A. Cauchy, *Methode generale pour la resolution des systemes d'equations simultanees* (1847).
    """
    return Point(s.x - eta * oracle.gradient(s.x))
