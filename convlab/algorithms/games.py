"""Methods for games and variational inequalities: find x with F(x) = 0.

The oracle's ``operator`` is F: the gradients of all players' losses, each with respect to his own
block of x. ``resolvent(x, step)`` is (I + step F)^(-1)(x).
"""

from typing import NamedTuple

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import Array, exp, log, sqrt, zeros_like

__all__ = [
    "adaptive_dual_averaging_plus",
    "extragradient",
    "gradient_descent_ascent",
    "noisy_optimistic_gradient_plus",
    "optimistic_dual_averaging_plus",
    "optimistic_gradient",
    "optimistic_gradient_plus",
    "past_extragradient",
    "reflected_gradient",
    "resolvent_method",
    "stochastic_gradient_descent_ascent",
    "stochastic_past_extragradient",
]


@algorithm
def gradient_descent_ascent(s, oracle, *, eta):
    r"""All players descend at once, :math:`x_{k+1} = x_k - \eta_k F(x_k)`.

    K. J. Arrow, L. Hurwicz and H. Uzawa, *Studies in Linear and Non-Linear Programming* (1958).
    """
    return Point(s.x - eta * oracle.operator(s.x))


@algorithm
def stochastic_gradient_descent_ascent(s, oracle, rng, *, eta):
    r"""Gradient descent ascent on noisy feedback g.

    .. math::

        x_{k+1} = P_C(x_k - \eta_k g(x_k, \xi_k)).

    A. Juditsky, A. Nemirovski and C. Tauvel, *Solving variational inequalities with stochastic
    mirror-prox algorithm*, Stoch. Syst. 1 (2011), discuss it beside the extragradient method.
    """
    return Point(oracle.project(s.x - eta * oracle.stochastic_operator(s.x, rng)))


@algorithm
def resolvent_method(s, oracle, *, gamma):
    r"""Proximal point method on an operator, :math:`x_{k+1} = (I + \gamma F)^{-1}(x_k)`.

    R. T. Rockafellar, *Monotone operators and the proximal point algorithm*, SIAM J. Control
    Optim. 14 (1976).
    """
    return Point(oracle.resolvent(s.x, gamma))


@algorithm
def extragradient(s, oracle, *, gamma, eta):
    r"""Extragradient method, with a step of its own for the extrapolation.

    .. math::

        y_k = P_C(x_k - \gamma F(x_k)), \qquad x_{k+1} = P_C(x_k - \eta F(y_k)).

    G. M. Korpelevich, *The extragradient method for finding saddle points and other problems*,
    Matecon 12 (1976); two steps: J. Diakonikolas, C. Daskalakis and M. I. Jordan, *Efficient
    methods for structured nonconvex-nonconcave min-max optimization*, AISTATS (2021).
    """
    y = oracle.project(s.x - gamma * oracle.operator(s.x))
    return Point(oracle.project(s.x - eta * oracle.operator(y)))


class Leading(NamedTuple):
    """The iterate, and the point that is extrapolated from it: where the players play."""

    x: Array
    leading: Array


@algorithm(init=lambda x0: Leading(x0, x0))
def optimistic_gradient_plus(s, oracle, *, gamma, eta):
    r"""Optimistic gradient method, with a step of its own for the extrapolation.

    .. math::

        x_{k+1} = x_k - \eta F(y_k), \qquad y_{k+1} = x_{k+1} - \gamma F(y_k), \qquad y_0 = x_0.

    The leading point is :math:`y_k`.

    L. D. Popov, *A modification of the Arrow-Hurwicz method for search of saddle points*, Math.
    Notes 28 (1980); two steps: A. Boehm, *Solving nonconvex-nonconcave min-max problems exhibiting
    weak Minty solutions*, TMLR (2023).
    """
    g = oracle.operator(s.leading)
    x = s.x - eta * g
    return Leading(x, x - gamma * g)


class Past(NamedTuple):
    """The iterate, the last point that was extrapolated, and the operator there."""

    x: Array
    leading: Array
    past: Array


def _remember(x0, oracle):
    return Past(x0, x0, oracle.operator(x0))


@algorithm(init=_remember)
def past_extragradient(s, oracle, *, eta):
    r"""Past extragradient method, which evaluates the operator once an iteration.

    .. math::

        y_{k+1} = P_C(x_k - \eta F(y_k)), \qquad x_{k+1} = P_C(x_k - \eta F(y_{k+1})),

    from :math:`y_0 = x_0`; the leading point is :math:`y_k`.

    L. D. Popov, *A modification of the Arrow-Hurwicz method for search of saddle
    points*, Math. Notes 28 (1980).
    """
    y = oracle.project(s.x - eta * s.past)
    g = oracle.operator(y)
    return Past(oracle.project(s.x - eta * g), y, g)


@algorithm(init=_remember)
def optimistic_gradient(s, oracle, *, eta):
    r"""Optimistic gradient method, with one projection an iteration.

    .. math::

        y_{k+1} = P_C(x_k - \eta F(y_k)), \qquad
        x_{k+1} = y_{k+1} + \eta F(y_k) - \eta F(y_{k+1}),

    from :math:`y_0 = x_0`; the leading point is :math:`y_k`.

    C. Daskalakis et al., *Training GANs with optimism*, ICLR (2018).
    """
    y = oracle.project(s.x - eta * s.past)
    g = oracle.operator(y)
    return Past(y + eta * (s.past - g), y, g)


class Reflected(NamedTuple):
    """The iterate, the one before, and the last point that was extrapolated."""

    x: Array
    previous: Array
    leading: Array


@algorithm(init=lambda x0, oracle, eta: Reflected(x0, x0 + eta * oracle.operator(x0), x0))
def reflected_gradient(s, oracle, *, eta):
    r"""Projected reflected gradient method.

    .. math::

        y_{k+1} = 2 x_k - x_{k-1}, \qquad x_{k+1} = P_C(x_k - \eta F(y_{k+1})),

    from :math:`x_{-1} = x_0 + \eta F(x_0)`; the leading point is :math:`y_k`.

    So the first extrapolation is a gradient step. Y. Malitsky, *Projected reflected gradient
    methods for monotone variational inequalities*, SIAM J. Optim. 25 (2015).
    """
    y = 2 * s.x - s.previous
    return Reflected(oracle.project(s.x - eta * oracle.operator(y)), s.x, y)


@algorithm(init=lambda x0: Past(x0, x0, zeros_like(x0)))
def stochastic_past_extragradient(s, oracle, rng, *, eta):
    r"""Past extragradient method with noisy feedback g.

    .. math::

        y_{k+1} = P_C(x_k - \eta_k g_k), \qquad x_{k+1} = P_C(x_k - \eta_k g_{k+1}), \qquad
        g_{k+1} = g(y_{k+1}, \xi_k),

    from :math:`g_0 = 0`; the leading point is :math:`y_k`.

    Y.-G. Hsieh et al., *On the convergence of single-call stochastic extra-gradient methods*,
    NeurIPS (2019).
    """
    y = oracle.project(s.x - eta * s.past)
    g = oracle.stochastic_operator(y, rng)
    return Past(oracle.project(s.x - eta * g), y, g)


@algorithm(init=lambda x0: Leading(x0, x0))
def noisy_optimistic_gradient_plus(s, oracle, rng, *, gamma, eta):
    r"""Optimistic gradient with separate steps (OG+) on noisy feedback.

    .. math::

        g_k = g(y_k, \xi_k), \qquad x_{k+1} = x_k - \eta_k g_k, \qquad
        y_{k+1} = x_{k+1} - \gamma_k g_k, \qquad y_0 = x_0.

    The leading point is :math:`y_k`.

    Y.-G. Hsieh et al., *No-regret learning in games with noisy feedback: faster rates and
    adaptivity via learning rate separation*, NeurIPS (2022).
    """
    g = oracle.stochastic_operator(s.leading, rng)
    x = s.x - eta * g
    return Leading(x, x - gamma * g)


class Averaging(NamedTuple):
    """The iterate, where the players play, the first iterate, and the sum of what they saw."""

    x: Array
    leading: Array
    first: Array
    total: Array


@algorithm(init=lambda x0: Averaging(x0, x0, x0, zeros_like(x0)))
def optimistic_dual_averaging_plus(s, oracle, rng, *, gamma, eta):
    r"""Optimistic dual averaging with separate steps (OptDA+).

    .. math::

        g_k = g(y_k, \xi_k), \qquad x_{k+1} = x_0 - \eta_k \sum_{i \le k} g_i, \qquad
        y_{k+1} = x_{k+1} - \gamma_k g_k, \qquad y_0 = x_0.

    The leading point is :math:`y_k`.

    Y.-G. Hsieh et al., NeurIPS (2022).
    """
    g = oracle.stochastic_operator(s.leading, rng)
    total = s.total + g
    x = s.first - eta * total
    return Averaging(x, x - gamma * g, s.first, total)


class Adapting(NamedTuple):
    """As :class:`Averaging`, with what each player adds up; each coordinate has its player's.

    ``seen`` is the sum of squared norms of what he saw, without ``latest``, ``moved`` that of the
    squared lengths of his moves, without the one from ``previous``.
    """

    x: Array
    leading: Array
    first: Array
    total: Array
    previous: Array
    seen: Array
    latest: Array
    moved: Array


@algorithm(
    init=lambda x0: Adapting(
        x0, x0, x0, zeros_like(x0), x0, zeros_like(x0), zeros_like(x0), zeros_like(x0)
    )
)
def adaptive_dual_averaging_plus(s, oracle, rng, *, q):
    r"""OptDA+ whose players set their steps by what they have seen, without knowing anything.

    .. math::

        g_k = g(y_k, \xi_k), \qquad x_{k+1} = x_0 - \eta_k \sum_{i \le k} g_i, \qquad
        y_{k+1} = x_{k+1} - \gamma_k g_k, \qquad y_0 = x_0.

    The leading point is :math:`y_k`. For each player on his own block,

    .. math::

        \gamma_k = \Bigl(1 + \sum_{i < k} \|g_i\|^2\Bigr)^{q - 1/2}, \qquad
        \eta_k = \Bigl(1 + \sum_{i < k} (\|g_i\|^2 + \|x_{i+1} - x_i\|^2)\Bigr)^{-1/2}.

    The oracle's ``players`` replaces each coordinate by the squared norm of its player's block.
    Y.-G. Hsieh et al., NeurIPS (2022).
    """
    g = oracle.stochastic_operator(s.leading, rng)
    total = s.total + g
    seen = s.seen + s.latest
    moved = s.moved + oracle.players(s.x - s.previous)
    x = s.first - total / sqrt(1 + seen + moved)
    leading = x - exp((q - 0.5) * log(1 + seen)) * g
    return Adapting(x, leading, s.first, total, s.x, seen, oracle.players(g), moved)
