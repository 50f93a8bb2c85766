"""Methods for differences F = f_1 - f_2 of convex functions."""

from convlab.algorithm import Point, algorithm

__all__ = ["difference_of_convex"]


@algorithm
def difference_of_convex(s, oracle):
    r"""DCA, the difference-of-convex algorithm, or convex-concave procedure.

    .. math::

        x_{k+1} \in \arg\min_x \{ f_1(x) - \langle \nabla f_2(x_k), x \rangle \}.

    The oracle's ``subtracted_gradient`` is that of f_2, and ``conjugate_gradient(g)`` gives a
    minimizer of :math:`f_1(x) - \langle g, x \rangle`. T. Pham Dinh and E. B. Souad, *Algorithms
    for solving a class of nonconvex optimization problems*, North-Holland Math. Stud. 129 (1986).
    """
    return Point(oracle.conjugate_gradient(oracle.subtracted_gradient(s.x)))
