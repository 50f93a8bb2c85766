"""Training of neural networks from random weights."""

from typing import Any

from convlab.algorithm import Point, algorithm
from convlab.streams import normal
from convlab.vocabulary import Array

__all__ = ["kernel_gradient_descent", "trained_from_gaussian_weights"]


def _gaussian_weights(x0: Array, rng: Any) -> Point:
    return Point(normal(rng, x0.shape[-1]))


@algorithm(init=_gaussian_weights)
def trained_from_gaussian_weights(s: Point, oracle: Any, *, eta: float) -> Point:
    r"""Gradient descent on the weights, :math:`x_{k+1} = x_k - \eta \nabla f(x_k)`, from
    independent standard normals, :math:`x_0 \sim \mathcal{N}(0, I)`.

    They are drawn whatever the starting point of the problem (Jacot, Gabriel and Hongler, 2018,
    section 3).
    """
    return Point(s.x - eta * oracle.gradient(s.x))


@algorithm
def kernel_gradient_descent(s: Point, oracle: Any, *, eta: float) -> Point:
    r"""Descent along the kernel gradient, :math:`f_{k+1} = f_k - \eta K \nabla C(f_k)`, where
    :math:`f_k` is the vector of outputs at the inputs, :math:`C` the cost, and :math:`K` the
    kernel.

    It is the iterate (Jacot, Gabriel and Hongler, 2018, section 3.1).
    """
    return Point(s.x - eta * oracle.kernel_product(oracle.gradient(s.x)))
