"""Methods for two levels that differentiate through an iteration for the lower one."""

from typing import Any, NamedTuple

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import Array, full_scalar, minimum, repeat, rmatvec

__all__ = [
    "aggregated_descent",
    "descent_aggregation",
    "implicit_descent",
    "truncated_descent",
    "unrolled_descent",
]


class _Lower(NamedTuple):
    y: Array
    jacobian: Array
    j: Array


def _descended(x: Array, oracle: Any, s_l: Any, steps: int) -> Array:
    """y after so many lower steps."""
    return repeat(steps, lambda y: y - s_l * oracle.lower_gradient(x, y), oracle.lower_start(x))


def _total(x: Array, y: Array, jacobian: Array, oracle: Any) -> Array:
    """The gradient of F(x, y) in x, where y has this Jacobian."""
    return oracle.upper_gradient_x(x, y) + rmatvec(jacobian, oracle.upper_gradient_y(x, y))


def _hypergradient(x: Array, oracle: Any, s_u: Any, s_l: Any, c: Any, steps: int) -> Array:
    """The gradient of F(x, y_K(x)) in x, the Jacobian of y_j carried forward with y_j."""

    def inner_step(s: _Lower) -> _Lower:
        weight = minimum(c / (s.j + 1.0), 1.0)
        upper, lower = weight * s_u, (1.0 - weight) * s_l
        move = upper * oracle.upper_gradient_y(x, s.y) + lower * oracle.lower_gradient(x, s.y)
        turn = upper[:, :, None] * oracle.upper_tangent(x, s.y, s.jacobian)
        turn = turn + lower[:, :, None] * oracle.lower_tangent(x, s.y, s.jacobian)
        return _Lower(s.y - move, s.jacobian - turn, s.j + 1.0)

    y = oracle.lower_start(x)
    still = 0.0 * y[:, :, None] * x[:, None, :]
    last = repeat(steps, inner_step, _Lower(y, still, full_scalar(x, 0.0)))
    return _total(x, last.y, last.jacobian, oracle)


@algorithm
def aggregated_descent(s, oracle, *, eta, s_u, s_l, c, steps):
    r"""Bi-level descent aggregation: :math:`K` times, ``steps``, from the same :math:`y_0`,
    :math:`y_{j+1} = y_j - \alpha_j s_u \nabla_y F(x, y_j) - (1 - \alpha_j) s_l \nabla_y f(x, y_j)`
    with :math:`\alpha_j = \min\{c/(j+1), 1\}`, which gives :math:`y_K(x)`, then
    :math:`x_{k+1} = x_k - \eta \nabla_x [F(x_k, y_K(x_k))]`.

    R. Liu, P. Mu, X. Yuan, S. Zeng and J. Zhang, *A generic first-order algorithmic framework for
    bi-level programming beyond lower-level singleton*, ICML (2020).
    """
    return Point(s.x - eta * _hypergradient(s.x, oracle, s_u, s_l, c, steps))


@algorithm
def unrolled_descent(s, oracle, *, eta, s_l, steps):
    r"""Gradient descent through unrolled lower steps: :math:`K` times, ``steps``, from the same
    :math:`y_0`, :math:`y_{j+1} = y_j - s_l \nabla_y f(x, y_j)`, which gives :math:`y_K(x)`, then
    :math:`x_{k+1} = x_k - \eta \nabla_x [F(x_k, y_K(x_k))]`.

    L. Franceschi et al., *Bilevel programming for hyperparameter optimization and meta-learning*,
    ICML (2018).
    """
    return Point(s.x - eta * _hypergradient(s.x, oracle, 0.0, s_l, 0.0, steps))


@algorithm
def truncated_descent(s, oracle, *, eta, s_l, steps, kept):
    r"""Truncated unrolling: :math:`K` times, ``steps``, from the same :math:`y_0`,
    :math:`y_{j+1} = y_j - s_l \nabla_y f(x, y_j)`, which gives :math:`y_K(x)`, then
    :math:`x_{k+1} = x_k - \eta \nabla_x [F(x_k, y_K(x_k))]`, where the derivative goes through the
    last :math:`m` of these steps only, ``kept``: :math:`y_{K - m}` is taken for a constant.

    A. Shaban et al., *Truncated back-propagation for bilevel optimization*, AISTATS (2019).
    """

    def inner_step(pair: tuple) -> tuple:
        y, jacobian = pair
        turn = s_l * oracle.lower_tangent(s.x, y, jacobian)
        return y - s_l * oracle.lower_gradient(s.x, y), jacobian - turn

    y = _descended(s.x, oracle, s_l, steps - kept)
    y, jacobian = repeat(kept, inner_step, (y, 0.0 * y[:, :, None] * s.x[:, None, :]))
    return Point(s.x - eta * _total(s.x, y, jacobian, oracle))


@algorithm
def implicit_descent(s, oracle, *, eta, s_l, steps, terms):
    r"""Gradient descent with the implicit function theorem: :math:`K` times, ``steps``, from the
    same :math:`y_0`, :math:`y_{j+1} = y_j - s_l \nabla_y f(x, y_j)`, which gives :math:`y_K(x)`,
    then :math:`x_{k+1} = x_k - \eta (\nabla_x F + J^\top \nabla_y F)(x_k, y_K(x_k))` with :math:`J
    = -\sum_{j < m} (I - s_l \nabla_{yy} f)^j s_l \nabla_{yx} f`, the Neumann series of :math:`m`
    terms, ``terms``, for the derivative of :math:`y` at the same point.

    J. Lorraine, P. Vicol and D. Duvenaud, *Optimizing millions of hyperparameters by implicit
    differentiation*, AISTATS (2020).
    """
    y = _descended(s.x, oracle, s_l, steps)
    still = 0.0 * y[:, :, None] * s.x[:, None, :]
    jacobian = repeat(terms, lambda J: J - s_l * oracle.lower_tangent(s.x, y, J), still)
    return Point(s.x - eta * _total(s.x, y, jacobian, oracle))


@algorithm
def descent_aggregation(s, oracle, *, alpha, s_u, s_l):
    r"""The lower iteration of bi-level descent aggregation for one upper variable,
    :math:`x_{k+1} = x_k - (\alpha_k s_u \nabla F(x_k) + (1 - \alpha_k) s_l \nabla f(x_k))`.

    S. Sabach and S. Shtern, *A first order method for solving convex bilevel optimization
    problems*, SIAM J. Optim. 27 (2017).
    """
    return Point(
        s.x - alpha * s_u * oracle.gradient(s.x) - (1 - alpha) * s_l * oracle.lower_gradient(s.x)
    )
