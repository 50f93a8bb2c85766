"""Temporal-difference methods for policy evaluation, with and without a target network."""

from typing import Any, NamedTuple

from convlab.algorithm import Point, algorithm
from convlab.vocabulary import Array, cond, zeros_like

__all__ = ["fitted_evaluation", "gtd2", "sampled_target_network", "target_network"]


class _Target(NamedTuple):
    x: Array
    online: Array


def _renew(s: _Target, online: Array, k: Any, steps: int) -> _Target:
    """The target takes the online parameters after every ``steps`` of theirs."""
    (target,) = cond((k + 1) % steps == 0, lambda: (online,), lambda: (s.x,))
    return _Target(target, online)


@algorithm(init=lambda x0: _Target(x0, x0))
def target_network(s, oracle, k, *, alpha, steps, eta=0):
    r"""Partially fitted policy evaluation, in expectation: :math:`\omega_{k+1} = \omega_k + \alpha
    (\delta(\omega_k, x_k) - \eta (\omega_k - x_k))`, and the target :math:`x_{k+1}` is
    :math:`\omega_{k+1}` after every :math:`K` steps, ``steps``, and else :math:`x_k`, from
    :math:`\omega_0 = x_0`.

    The iterate is the target; K = 1 is TD(0). M. Fellows, M. J. A. Smith and S. Whiteson, *Why
    target networks stabilise temporal difference methods*, ICML (2023).
    """
    update = oracle.td(s.online, s.x) - eta * (s.online - s.x)
    return _renew(s, s.online + alpha * update, k, steps)


@algorithm(init=lambda x0: _Target(x0, x0))
def sampled_target_network(s, oracle, rng, k, *, alpha, steps):
    r"""Partially fitted policy evaluation from samples, :math:`\omega_{k+1} = \omega_k + \alpha
    \delta(\omega_k, x_k, \xi_k)`, and the target :math:`x_{k+1}` is :math:`\omega_{k+1}` after
    every :math:`K` steps, ``steps``, and else :math:`x_k`, from :math:`\omega_0 = x_0`.

    The iterate is the target; K = 1 is TD(0). M. Fellows, M. J. A. Smith and S. Whiteson, *Why
    target networks stabilise temporal difference methods*, ICML (2023).
    """
    return _renew(s, s.online + alpha * oracle.sampled_td(s.online, s.x, rng), k, steps)


@algorithm
def fitted_evaluation(s, oracle):
    r"""Fitted policy evaluation, :math:`x_{k+1} = \operatorname{argmin}_{\omega} \mathbb{E}(r +
    \gamma Q(x_k) - Q(\omega))^2`, where :math:`r` is the reward of a transition, :math:`\gamma` the
    discount, and :math:`Q(\omega)` the value that the parameters :math:`\omega` predict: before the
    transition, behind :math:`\gamma` after it.

    H. Le, C. Voloshin and Y. Yue, *Batch policy learning under constraints*, ICML (2019).
    """
    return Point(oracle.fit(s.x))


class _Gradient(NamedTuple):
    x: Array
    w: Array


@algorithm(init=lambda x0: _Gradient(x0, zeros_like(x0)))
def gtd2(s, oracle, *, alpha, beta):
    r"""Gradient temporal differences (GTD2), in expectation: with second weights, which fit the
    update, :math:`x_{k+1} = x_k + \alpha (A - B)^\top w_k`, :math:`w_{k+1} = w_k + \beta
    (\delta(x_k, x_k) - A w_k)`, from :math:`w_0 = 0`.

    R. S. Sutton et al., *Fast gradient-descent methods for temporal-difference learning with
    linear function approximation*, ICML (2009).
    """
    w = s.w + beta * (oracle.td(s.x, s.x) - oracle.correlate(s.w))
    return _Gradient(s.x + alpha * oracle.td_adjoint(s.w), w)
