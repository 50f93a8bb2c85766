"""Bregman methods: steps that are short in a divergence made for the problem.

D_h(y, x) = h(y) - h(x) - <grad h(x), y - x> takes the place of |y - x|^2/2. The oracle's
``bregman_step(x, g, eta)`` is the minimizer of <g, y> + D_h(y, x)/eta over the set, and its
``divergence(y, x)`` is D_h.
"""

from convlab.algorithm import Point, algorithm

__all__ = ["bregman_gradient"]


@algorithm
def bregman_gradient(s, oracle, *, eta):
    r"""The Bregman gradient method (NoLips, mirror descent).

    .. math::

        x_{k+1} = \arg\min_{y \in C} \bigl\{ \langle \nabla f(x_k), y \rangle
            + \tfrac{1}{\eta} D_h(y, x_k) \bigr\}.

    A. S. Nemirovski and D. B. Yudin, *Problem Complexity and Method Efficiency in Optimization*
    (1983); for relatively smooth functions H. H. Bauschke, J. Bolte and M. Teboulle, *A descent
    lemma beyond Lipschitz gradient continuity*, Math. Oper. Res. 42 (2017).
    """
    return Point(oracle.bregman_step(s.x, oracle.gradient(s.x), eta))
