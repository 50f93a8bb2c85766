"""Pairwise comparisons, and the most likely strengths in the model of Bradley and Terry."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    balanced_bipartite,
    comparisons,
    convex,
    even_ladder,
    smooth,
    star_of_comparisons,
    sweep_rates,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.vocabulary import Array, mean, sigmoid, softplus, total, transpose

__all__ = ["Comparisons", "drawn_groups", "ladder", "star", "tournament", "undefeated"]


class Comparisons(NamedTuple):
    """f(x) = sum_ij wins_ij log(1 + exp(x_j - x_i)); player i beat j wins_ij times.

    ``prior`` games are won, and as many lost, by each player against one of strength 1.
    """

    wins: Array
    players: Array
    prior: float
    solution: Array

    def likelihood(self, x):
        """The negative log likelihood of the comparisons: (R, n) -> (R, 1)."""
        return total(total(self.wins * softplus(x[:, None, :] - x[:, :, None]))[..., 0])

    def value(self, x):
        """(R, n) -> (R, 1)."""
        return self.likelihood(x) + self.prior * total(softplus(x) + softplus(0.0 - x))

    def gradient(self, x):
        """(R, n) -> (R, n)."""
        upset = sigmoid(x[:, None, :] - x[:, :, None])
        lost = transpose(self.wins) * (1.0 - upset)
        prior = self.prior * (sigmoid(x) - sigmoid(0.0 - x))
        return total(lost - self.wins * upset)[..., 0] + prior

    def nearest_minimizer(self, x):
        """(R, n) -> (R, n), or (n,) where a prior leaves only one."""
        if self.prior > 0:
            return self.solution
        return self.solution + mean(x - self.solution)


def _sweep_rate(W, x, prior, alpha):
    """Spectral radius of the Jacobian of a sweep at x, without the shift of all strengths."""
    n, other = len(x), 1 / (1 + np.exp(x[:, None] - x[None, :]))
    average, slope = 1 / (1 + np.exp(x)), other * (1 - other)
    up = (W * (alpha * (1 - other) + other)).sum(1) + prior * (alpha * (1 - average) + average)
    down = ((alpha * W + W.T) * (1 - other)).sum(1) + prior * (1 + alpha) * (1 - average)
    between_players = (1 - alpha) * W * slope / up[:, None]
    between_players += (alpha * W + W.T) * slope / down[:, None]
    alone = prior * average * (1 - average) * ((1 - alpha) / up + (1 + alpha) / down)
    rows = between_players + np.diag(1 - between_players.sum(1) - alone)
    J = np.eye(n)
    for i in range(n):
        J[i] = rows[i] @ J
    project = np.eye(n) - (prior == 0) * np.ones((n, n)) / n
    return float(np.abs(np.linalg.eigvals(project @ J)).max())


def _solve(W, prior):
    """The minimizer by damped Newton steps, and a bound on its error."""
    n = len(W)
    x, ones = np.zeros(n), np.ones((n, n)) / n
    for _ in range(100):
        other = 1 / (1 + np.exp(x[:, None] - x[None, :]))
        g = (W.T * (1 - other) - W * other).sum(1) + prior * np.tanh(x / 2)
        weight = (W + W.T) * other * (1 - other)
        H = np.diag(weight.sum(1) + prior / (2 * np.cosh(x / 2) ** 2)) - weight
        step = np.linalg.solve(H + (prior == 0) * ones, g)
        x = x - step / max(1.0, np.abs(step).max())
    return x, 4 * float(np.linalg.norm(step)) + 1e-14 * n


def _problem(W, prior=0.0, extra=(), start=None):
    n = len(W)
    x, error = _solve(W, prior)
    oracle = Comparisons(W, np.arange(float(n)), prior, x)
    laplacian = np.diag((W + W.T).sum(1)) - W - W.T
    L = (np.linalg.eigvalsh(laplacian)[-1] + 2 * prior) / 4
    f_star = float(oracle.value(x[None])[0, 0])
    rates = (Certificate(_sweep_rate(W, x, prior, a), "Jacobian", 1e-9) for a in (0, 1))
    return Problem(
        oracle=oracle,
        declares=[
            convex(),
            smooth(Certificate(float(L), "a quarter of an eigenvalue", 1e-12 * L)),
            attained(
                Certificate(f_star, "Newton's method", 1e-13 * (1 + f_star)),
                Certificate(x, "Newton's method", error),
            ),
            sweep_rates(*rates),
            *([comparisons(n)] if prior == 0 else []),
            *extra,
        ],
        start=np.zeros(n) if start is None else start,
    )


@family
def tournament(
    rng,
    *,
    n: Annotated[int, between(3, 20)] = 12,
    games: Annotated[int, between(1, 20)] = 2,
    spread: Annotated[float, between(0.0, 3.0)] = 1.0,
):
    """Random games between random pairs, and one that each player wins against the next.

    Strengths have normal logarithms of deviation ``spread``; the start is all strengths 1.
    """
    x = spread * rng.normal(size=n)
    W = np.zeros((n, n))
    for i, j in rng.integers(n, size=(games * n, 2)):
        if i != j:
            winner, loser = (i, j) if rng.random() < 1 / (1 + np.exp(x[j] - x[i])) else (j, i)
            W[winner, loser] += 1
    W[np.arange(n), (np.arange(n) + 1) % n] += 1
    return _problem(W)


@family
def ladder(
    rng,
    *,
    n: Annotated[int, between(3, 20)] = 10,
    odds: Annotated[float, between(1.0, 100.0, log=True)] = 20.0,
):
    """Each player lost to the next one ``odds`` times and won once; strengths are odds^i."""
    W = np.zeros((n, n))
    W[np.arange(n - 1), np.arange(1, n)] = 1.0
    W[np.arange(1, n), np.arange(n - 1)] = odds
    return _problem(W, extra=[even_ladder(n, odds)])


@family
def star(rng, *, n: Annotated[int, between(2, 20)] = 8):
    """Every player met the first one only; pi_j/pi_0 is the quotient of their wins."""
    W = np.zeros((n, n))
    W[0, 1:], W[1:, 0] = rng.integers(1, 10, size=(2, n - 1))
    return _problem(W, extra=[star_of_comparisons()])


@family
def drawn_groups(
    rng,
    *,
    n: Annotated[int, between(1, 8)] = 4,
    m: Annotated[int, between(1, 8)] = 4,
):
    """Players of two groups drew with one another; the start takes one group for stronger."""
    W = np.zeros((n + m, n + m))
    W[:n, n:] = rng.integers(1, 4, size=(n, m))
    start = np.concatenate([np.ones(n), -np.ones(m)])
    return _problem(W + W.T, extra=[balanced_bipartite()], start=start)


@family
def undefeated(
    rng,
    *,
    n: Annotated[int, between(2, 15)] = 6,
    prior: Annotated[float, between(0.1, 5.0)] = 1.0,
):
    """Everybody lost to all those after them: without a prior no strengths are most likely."""
    return _problem(np.tri(n, k=-1), prior)
