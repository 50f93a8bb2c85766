"""Gradient descent on the factors of a matrix, where it is more than gradient descent."""

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import cond, eigh, matmul, maximum, sqrt, transpose

__all__ = ["rebalanced_gradient_descent"]


@algorithm
def rebalanced_gradient_descent(s, oracle, k, *, eta, beta, at):
    r"""Gradient descent, :math:`x_{k+1} = x_k - \eta \nabla f(x_k)`, on :math:`x = [F; G]` with one
    modified step, in iteration ``at``. There, with :math:`F = U S V^T` and :math:`T = V \max(S,
    \beta) S^{-1} V^T`, the factors become :math:`F T` and :math:`G T^{-1}`: the product stays, and
    F has no singular value below :math:`\beta`.

    N. Xiong, L. Ding and S. S. Du, *How Over-Parameterization Slows Down Gradient
    Descent in Matrix Sensing*, ICLR (2024), section 5.
    """
    x = s.x - eta * oracle.gradient(s.x)

    def rebalanced():
        F = oracle.left * x
        squares, V = eigh(matmul(transpose(F), F))
        factor = maximum(beta / sqrt(maximum(squares, 1e-300)), 1.0)[:, None, :]
        T, inverse = matmul(V * factor, transpose(V)), matmul(V / factor, transpose(V))
        return (matmul(F, T) + matmul(x - F, inverse),)

    (x,) = cond(k == at, rebalanced, lambda: (x,))
    return Point(x)
