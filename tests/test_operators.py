"""Operators: their assumptions are found false where they are, and their extremal instances."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest

from convlab.assumptions import cocoercive, lipschitz, monotone, nonexpansive, solution_on_set
from convlab.certificates import falsehoods
from convlab.problem import Problem
from convlab.vocabulary import matvec
from problems.bilinear import box_game, box_rotation
from problems.games import bent_operator, nonexpansive_bend, rotation
from problems.monotone import saturation

THRESHOLD = float(np.log(1e9))


class Linear(NamedTuple):
    """T(x) = A (x - c) + c."""

    A: Any
    c: Any

    def operator(self, x):
        return matvec(self.A, x - self.c) + self.c


CENTER = np.array([1.0, -2.0])
TURN = np.array([[0.6, -0.8], [0.8, 0.6]])


def found(A, *declared):
    problem = Problem(Linear(np.asarray(A), CENTER), declared, start=np.ones(2), name="linear")
    return list(falsehoods(problem, 0, THRESHOLD))


@pytest.mark.parametrize(
    ("A", "declared"),
    [
        (TURN, nonexpansive(CENTER)),
        (TURN, cocoercive(0.6)),
        (0.5 * TURN, cocoercive(1.2)),
        (-np.eye(2), nonexpansive(CENTER)),
        (np.eye(2), cocoercive(1.0)),
    ],
)
def test_what_is_true_of_an_operator_passes(A, declared):
    assert found(A, declared) == []


@pytest.mark.parametrize(
    ("A", "declared"),
    [
        (1.001 * TURN, nonexpansive(CENTER)),
        (TURN, cocoercive(0.601)),
        (-np.eye(2), cocoercive(0.1)),
        (TURN, nonexpansive(CENTER + 1e-6)),
    ],
)
def test_what_is_false_of_an_operator_is_found(A, declared):
    finding = found(A, declared)[0]
    assert f"declares {declared}" in finding


def test_what_follows():
    declares = [cocoercive(0.6), nonexpansive(CENTER)]
    problem = Problem(Linear(TURN, CENTER), declares, start=np.ones(2))
    assert monotone in problem.assumptions
    assert problem.assumptions[lipschitz].values == (1.0,)


def test_a_shift_of_the_solution_of_an_inequality_is_found():
    problem = box_rotation(angle=1.0, push=0.0, height=0.0)
    assert list(falsehoods(problem, 0, THRESHOLD)) == []
    declares = [solution_on_set(np.array([1.0, 0.01])), *problem.declares[:-1]]
    findings = falsehoods(replace(problem, declares=declares), 0, THRESHOLD)
    assert any("declares solution_on_set" in finding for finding in findings)


@pytest.mark.parametrize("key", range(4))
def test_the_restricted_gap_of_a_box_game_is_that_of_its_corners(key):
    oracle = box_game.sample(key).on(np)
    x = np.random.default_rng(key).uniform(-1, 1, size=(5, 2))
    corners = np.array([[u, v] for u in (-1.0, 1.0) for v in (-1.0, 1.0)])
    each = [(oracle.operator(y + 0 * x) * (x - y)).sum(axis=1) for y in corners]
    np.testing.assert_allclose(oracle.restricted_gap(x)[:, 0], np.max(each, axis=0), atol=1e-12)


@pytest.mark.parametrize("N", [1, 2, 5, 20])
def test_a_bend_is_the_worst_operator_of_halpern(N):
    """Lieder (2021): |x_N - T x_N| <= 2 |x_0 - x*|/(N + 1), and it is reached."""
    problem = nonexpansive_bend(kink=1 / (N + 1))
    T, x0 = problem.on(np).operator, problem.starts(0, [0])
    x = x0
    for k in range(N):
        x = x0 / (k + 2) + (1 - 1 / (k + 2)) * T(x)
    np.testing.assert_allclose(np.abs(x - T(x)), 2 / (N + 1), rtol=1e-12)


@pytest.mark.parametrize("make", [rotation, bent_operator])
def test_resolvents_undo_steps_backwards(make):
    oracle = make.sample(3).on(np)
    x = np.random.default_rng(0).normal(size=(6, 2 if make is rotation else 1))
    p = oracle.resolvent(x, 0.3)
    np.testing.assert_allclose(p + 0.3 * oracle.operator(p), x, atol=1e-12)


@pytest.mark.parametrize("slope", [1e-3, 0.03, 1.0])
@pytest.mark.parametrize("width", [1e-6, 1e-4, 1.0])
def test_the_resolvent_of_a_steep_operator_keeps_its_digits(slope, width):
    """An error of 1e-16 in p would be one of slope/width as much in F(p)."""
    problem = saturation(slope=slope, width=width)
    x = np.geomspace(1e-9, 2.0, 999)[:, None]
    p = problem.on(np).resolvent(x, 1.0)
    np.testing.assert_allclose(p + problem.on(np).operator(p), x, rtol=1e-13)
    assert [s for key in range(3) for s in falsehoods(problem, key, THRESHOLD)] == []
