"""Projections on two closed convex sets A and B, for a point of both.

The oracle's ``first(x, step)`` and ``second(x, step)`` are the projections, for every step.
"""

from typing import NamedTuple

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import Array, zeros_like

__all__ = ["alternating_projections", "averaged_projections", "dykstra"]


@algorithm
def alternating_projections(s, oracle):
    r"""Alternating projections, :math:`x_{k+1} = P_B(P_A(x_k))`.

    J. von Neumann, *On rings of operators. Reduction theory*, Ann. of Math. 50 (1949).
    """
    return Point(oracle.second(oracle.first(s.x, 1.0), 1.0))


@algorithm
def averaged_projections(s, oracle):
    r"""Averaged projections, :math:`x_{k+1} = \tfrac12 (P_A(x_k) + P_B(x_k))`.

    G. Cimmino, *Calcolo approssimato per le soluzioni dei sistemi di equazioni lineari*, La
    Ricerca Scientifica 9 (1938); A. Auslender, thesis (1969), for convex sets.
    """
    return Point(0.5 * (oracle.first(s.x, 1.0) + oracle.second(s.x, 1.0)))


class Corrected(NamedTuple):
    """The point of B, the point of A before it, and what each projection took away."""

    x: Array
    y: Array
    p: Array
    q: Array


@algorithm(init=lambda x0: Corrected(x0, x0, zeros_like(x0), zeros_like(x0)))
def dykstra(s, oracle):
    r"""Dykstra's algorithm, for the projection of the starting point on the intersection.

    .. math::

        y_{k+1} = P_A(x_k + p_k), \quad p_{k+1} = x_k + p_k - y_{k+1}, \quad
        x_{k+1} = P_B(y_{k+1} + q_k), \quad q_{k+1} = y_{k+1} + q_k - x_{k+1},

    from :math:`p_0 = q_0 = 0`.

    J. P. Boyle and R. L. Dykstra, *A method for finding projections onto
    the intersection of convex sets in Hilbert spaces*, Lecture Notes in Statist. 37 (1986).
    """
    y = oracle.first(s.x + s.p, 1.0)
    p = s.x + s.p - y
    x = oracle.second(y + s.q, 1.0)
    return Corrected(x, y, p, y + s.q - x)
