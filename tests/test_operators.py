"""Assumptions on operators: each is found false where it is false."""

from typing import Any, NamedTuple

import numpy as np
import pytest

from convlab.assumptions import cocoercive, lipschitz, monotone, nonexpansive
from convlab.certificates import falsehoods
from convlab.problem import Problem
from convlab.vocabulary import matvec

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
