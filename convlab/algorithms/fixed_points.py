"""Fixed points of nonexpansive operators: find x with T(x) = x.

The oracle's ``operator`` is T.
"""

from typing import NamedTuple

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import Array

__all__ = ["halpern", "krasnoselskii_mann"]


@algorithm
def krasnoselskii_mann(s, oracle, *, theta):
    r"""Krasnoselskii-Mann iteration, :math:`x_{k+1} = (1 - \theta_k) x_k + \theta_k T(x_k)`.

    M. A. Krasnoselskii, *Two remarks on the method of successive approximations*, Uspekhi Mat.
    Nauk 10 (1955); W. R. Mann, *Mean value methods in iteration*, Proc. AMS 4 (1953).
    """
    return Point((1 - theta) * s.x + theta * oracle.operator(s.x))


class Anchored(NamedTuple):
    """The iterate, and the starting point to which it is drawn."""

    x: Array
    anchor: Array


@algorithm(init=lambda x0: Anchored(x0, x0))
def halpern(s, oracle, *, lam):
    r"""Halpern iteration, :math:`x_{k+1} = \lambda_k x_0 + (1 - \lambda_k) T(x_k)`.

    B. Halpern, *Fixed points of nonexpanding maps*, Bull. AMS 73 (1967).
    """
    return Anchored(lam * s.anchor + (1 - lam) * oracle.operator(s.x), s.anchor)
