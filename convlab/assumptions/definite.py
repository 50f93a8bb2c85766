"""Symmetric matrices as starting points of factorizations."""

from convlab.assumption import Assumption
from convlab.vocabulary import eigh

__all__ = ["positive_definite"]

positive_definite = Assumption(
    "positive_definite",
    statement=r"A_0 = A_0^\top \succ 0",
    test=lambda oracle, x: (0.0, eigh(oracle.matrix[None])[0][:, :1]),
    letters={
        "A_0": "the matrix from which the method starts",
        "x_k": "the matrix after k steps, $x_0 = A_0$",
        "D_{x_k}": "the diagonal of $x_k$",
        "D_{x_{k+1}}": "the diagonal of $x_{k+1}$",
        "D_{x_0}": "the diagonal of $x_0$",
    },
)
"""The matrix from which the method starts is symmetric and positive definite."""
