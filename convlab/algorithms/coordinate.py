"""Coordinate descent: one entry of the iterate moves at a time."""

from typing import NamedTuple

from convlab.algorithm import algorithm
from convlab.vocabulary import Array, concat, inner, maximum, split, zeros_like

__all__ = ["cyclic_coordinate_descent"]


class Cyclic(NamedTuple):
    """The iterate, and the unit vector of the coordinate that moves next."""

    x: Array
    axis: Array


def _first_axis(x0):
    first, others = split(zeros_like(x0), 1)
    return Cyclic(x0, concat(first + 1.0, others))


@algorithm(init=_first_axis)
def cyclic_coordinate_descent(s, oracle):
    r"""Cyclic coordinate descent with exact minimization on a quadratic with Hessian H.

    .. math::

        x_{k+1} = x_k - \frac{\langle \nabla f(x_k), e_i \rangle}{\langle e_i, H e_i \rangle} e_i,
        \qquad i = k \bmod d,

    where :math:`e_i` is the unit vector of coordinate i: the method of Gauss and Seidel.

    Needs ``hessian_vector``. L. Seidel, *Ueber ein Verfahren, die Gleichungen, auf welche die
    Methode der kleinsten Quadrate fuehrt, durch successive Annaeherung aufzuloesen*, Abh. Bayer.
    Akad. Wiss. 11 (1874).
    """
    curvature = inner(s.axis, oracle.hessian_vector(s.x, s.axis))
    slope = inner(oracle.gradient(s.x), s.axis)
    before, last = split(s.axis, s.axis.shape[-1] - 1)
    return Cyclic(s.x - slope / maximum(curvature, 1e-300) * s.axis, concat(last, before))
