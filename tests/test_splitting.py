"""Splitting and projections: assumptions that are false are found, and where methods end."""

import numpy as np
import pytest

from convlab.algorithms.projections import alternating_projections, dykstra
from convlab.algorithms.splitting import douglas_rachford
from convlab.assumptions import (
    best_approximation,
    split_sum,
    split_zero,
    three_split_zero,
    two_resolvents,
    two_sets,
    two_subspaces,
)
from convlab.certificates import falsehoods
from convlab.engine import run
from convlab.metrics import distance, gap
from convlab.problem import Problem
from problems.feasibility import Subspaces, two_balls, two_lines
from problems.splitting import forced_split, split_box, split_lasso

THRESHOLD = float(np.log(1e9))


class Expanding(Subspaces):
    """The second one is no projection, and no resolvent."""

    def second(self, x, step):
        return 1.5 * super().second(x, step)


class Displaced(Subspaces):
    """The second one projects on a line beside 0."""

    def second(self, x, step):
        return super().second(x, step) + np.array([-self.sines[0], self.cosines[0]])


LINES = (np.array([0.8]), np.array([0.6]), np.zeros(1))
LASSO, FORCED = split_lasso(), forced_split()
POINT, DUAL = (LASSO.constants[name] for name in ("x_star", "u_star"))


@pytest.mark.parametrize(
    ("oracle", "declared"),
    [
        (Expanding(*LINES), two_resolvents()),
        (Expanding(*LINES), two_sets(np.zeros(2))),
        (Displaced(*LINES), two_sets(np.zeros(2))),
        (Displaced(*LINES), split_zero(np.zeros(2), np.zeros(2))),
        (Displaced(*LINES), two_subspaces(0.8)),
        (Subspaces(*LINES), two_subspaces(0.79)),
        (Subspaces(*LINES), split_zero(np.zeros(2), np.array([0.0, 1.0]))),
        (LASSO.oracle._replace(spectrum=-0.5 * LASSO.oracle.spectrum), two_resolvents()),
        (LASSO.oracle, split_zero(POINT, DUAL + 0.1)),
        (FORCED.oracle, three_split_zero(FORCED.constants["x_star"] + 0.1, DUAL)),
    ],
    ids=lambda v: getattr(v, "name", type(v).__name__),
)
def test_a_false_declaration_is_found(oracle, declared):
    d = 2 if isinstance(oracle, Subspaces) else 6
    problem = Problem(oracle, [declared], start=np.ones(d), name="false")
    assert list(falsehoods(problem, 0, THRESHOLD))


def test_a_normal_that_is_none_is_found():
    declares = [two_sets(np.zeros(2)), best_approximation(np.array([0, 1.0]), np.array([1.0, 0]))]
    problem = Problem(Subspaces(*LINES), declares, start=np.ones(2), name="false")
    assert "best_approximation" in str(list(falsehoods(problem, 0, THRESHOLD)))


def test_a_proximal_operator_of_another_function_is_found():
    class Other(type(LASSO.oracle)):
        def first(self, x, step):
            return super().first(x, 2 * step)

    problem = Problem(Other(*LASSO.oracle), [split_sum()], start=np.ones(6), name="false")
    assert "split_sum" in str(list(falsehoods(problem, 0, THRESHOLD)))


def last(method, problem, metric, iterations):
    trace = run(method, problem, iterations=iterations, metrics=[metric])
    return trace.values[metric.name][-1].max()


def test_dykstra_ends_at_the_projection_and_alternating_projections_elsewhere():
    problem = two_balls(angle=1.5)
    assert last(dykstra(), problem, distance, 300) < 1e-10
    assert last(alternating_projections(), problem, distance, 300) > 0.01


def test_dykstra_alternates_on_lines():
    problem = two_lines(angle=0.5)
    one, other = (last(m, problem, distance, 9) for m in (dykstra(), alternating_projections()))
    np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("problem", [LASSO, split_box()], ids=str)
def test_douglas_rachford_finds_the_planted_minimizer(problem):
    assert last(douglas_rachford(gamma=1.0), problem, distance, 400) < 1e-9
    assert abs(last(douglas_rachford(gamma=1.0), problem, gap, 400)) < 1e-9
