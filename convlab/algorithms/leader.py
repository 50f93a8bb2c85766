"""Online methods that play the best point for the losses seen so far."""

from typing import NamedTuple

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import Array, zeros_like

__all__ = ["follow_the_leader", "follow_the_regularized_leader"]


@algorithm
def follow_the_leader(s, oracle):
    r"""Follow the leader, :math:`x_{k+1} = \arg\min_{x \in C} \sum_{i \le k} f_i(x)`.

    The oracle's ``leader`` gives this point in round k. J. Hannan, *Approximation to Bayes risk in
    repeated play*, Contrib. Theory Games 3 (1957).
    """
    return Point(oracle.leader(s.x))


class Regularized(NamedTuple):
    """The point played, the first one, and the sum of the gradients shown."""

    x: Array
    first: Array
    slopes: Array


@algorithm(init=lambda x0: Regularized(x0, x0, zeros_like(x0)))
def follow_the_regularized_leader(s, oracle, *, eta):
    r"""Follow the regularized leader, with linearized losses.

    .. math::

        x_{k+1} = \arg\min_{x \in C} \Bigl\{ \sum_{i \le k} \langle g_i, x \rangle
            + \frac{1}{2 \eta} \|x - x_0\|^2 \Bigr\}
            = P_C \Bigl(x_0 - \eta \sum_{i \le k} g_i\Bigr),

    where :math:`g_i = \nabla f_i(x_i)`.

    The oracle's ``loss_gradient`` gives it. S. Shalev-Shwartz and Y. Singer,
    *A primal-dual perspective of online learning algorithms*, Mach. Learn. 69 (2007).
    """
    slopes = s.slopes + oracle.loss_gradient(s.x)
    return Regularized(oracle.project(s.first - eta * slopes), s.first, slopes)
