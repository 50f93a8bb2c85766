"""Families for a search over declared parameters: true everywhere, and ready to be stacked.

A search evaluates many parameters of a family at once: every number of the oracle becomes a column
of numbers, one for each replicate.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from convlab.certificates import falsehoods
from convlab.streams import Stream
from problems import composite, huber, nonconvex, nonsmooth, piecewise, quadratics

FAMILIES = [
    huber.huber_width,
    huber.huber_width_reversed,
    huber.huber_width_strongly_convex,
    huber.smooth_half_line,
    quadratics.angled_quadratic,
    quadratics.parabola_between,
    nonsmooth.absolute_slope,
    nonsmooth.corner,
    nonsmooth.half_line,
    nonconvex.alternating_curvatures,
    nonconvex.teeth,
    piecewise.convex_pieces,
    piecewise.strongly_convex_pieces,
    composite.parabola_and_absolute,
    composite.parabola_on_half_line,
    composite.plain_parabola,
]
ORACLES = (
    "value",
    "smooth_value",
    "gradient",
    "operator",
    "project",
    "stochastic_gradient",
    "sample_gradient",
    "sample_value",
)
every = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


@every
@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_certificates_are_true_for_all_parameters(family, data):
    problem = data.draw(family.strategy())
    assert list(falsehoods(problem, 3, float(np.log(1e9)))) == []


@every
def test_a_field_of_the_oracle_does_not_hide_a_certificate(family):
    """Methods and metrics read ``oracle.L``: the field comes first, so it must be the constant."""
    for key in range(1, 4):
        problem = family.sample(key)
        for name, value in problem.constants.items():
            np.testing.assert_allclose(getattr(problem.oracle, name, value), value, rtol=1e-12)


def leaves(oracle):
    """The numbers and arrays of an oracle, and of those within it."""
    for value in oracle:
        if isinstance(value, tuple):
            yield from leaves(value)
        else:
            yield value


def stacked(oracles):
    """One oracle with a row of data for each replicate."""
    made = []
    for values in zip(*oracles, strict=True):
        if isinstance(values[0], tuple):
            made.append(stacked(values))
        else:
            rows = np.array(values, dtype=float)
            made.append(rows[:, None] if rows.ndim == 1 else rows)
    return type(oracles[0])(*made)


def answers(oracle, x, key):
    """What each method gives, by name; stochastic ones with the draws of the key."""
    found = {}
    for name in ORACLES:
        method = getattr(oracle, name, None)
        if name.startswith("stochastic") and method is not None:
            found[name] = method(x, Stream(key, range(len(x)), np).at(0))
        elif name.startswith("sample") and method is not None:
            found[name] = method(x, np.arange(len(x))[:, None] % oracle.n)
        elif method is not None:
            found[name] = method(x)
    for name in ("prox", "resolvent"):
        if hasattr(oracle, name):
            found[name] = getattr(oracle, name)(x, 0.7)
    return found


@every
def test_many_parameters_are_evaluated_at_once(family):
    problems = [family(), *(family.sample(key) for key in range(1, 8))]
    shapes = {tuple(np.shape(v) for v in leaves(p.oracle)) for p in problems}
    assert len(shapes) == 1
    names = {tuple(a.name for a in p.declares) for p in problems}
    assert len(names) == 1
    x = np.concatenate([p.starts(0, [0]) for p in problems])
    for shift in (0.0, -0.3, -2.0, 0.9):
        at = x + shift
        together = answers(stacked([p.oracle for p in problems]), at, 4)
        for r, problem in enumerate(problems):
            repeated = np.repeat(at[r : r + 1], len(problems), axis=0)
            for name, value in answers(problem.oracle, repeated, 4).items():
                np.testing.assert_allclose(together[name][r], value[r], rtol=1e-12, atol=1e-14)
