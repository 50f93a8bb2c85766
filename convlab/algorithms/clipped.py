"""Stochastic gradient methods with clipped gradients, for noise with heavy tails."""

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import maximum, norm

__all__ = ["clipped_sgd"]


@algorithm
def clipped_sgd(s, oracle, rng, *, eta, tau):
    r"""Stochastic gradient descent with gradients shortened to length tau,

    .. math::
        x_{k+1} = \Pi\left(x_k - \eta_k \min\left(1, \frac{\tau_k}{\|g_k\|}\right) g_k\right),
        \quad g_k = g(x_k, \xi_k),

    with the projection on the constraint set, where the problem has one.
    R. Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural
    networks*, ICML 2013.
    """
    g = oracle.stochastic_gradient(s.x, rng)
    return Point(oracle.project(s.x - eta * (tau / maximum(norm(g), tau)) * g))
