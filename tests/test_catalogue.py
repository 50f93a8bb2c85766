"""Every theorem of the catalogue: verified, with its mutants; and the same on every backend."""

from dataclasses import replace

import numpy as np
import pytest

from convlab import catalogue
from convlab.claims import Verdict
from convlab.laboratory import Laboratory

CATALOGUE = catalogue.installed()
SUITE = sum(len(t.claims) for t in CATALOGUE.theorems.values())
IDS = sorted(CATALOGUE.theorems)


def test_every_file_can_be_imported():
    assert CATALOGUE.failures == {}


@pytest.mark.parametrize("name", IDS)
def test_theorem_comes_out_as_expected(name):
    # Not the key of the command line: a verdict must not depend on it.
    lab = Laboratory(CATALOGUE.families, key=1, suite=SUITE)
    report = lab.verify(CATALOGUE.theorems[name])
    assert report.as_expected, report.status
    if report.expected is Verdict.HOLDS:
        assert len(report.mutants) >= 2
        assert all(m.verdict is Verdict.REFUTED for m in report.mutants)


@pytest.mark.parametrize("name", IDS)
def test_theorem_says_where_it_comes_from(name):
    theorem = CATALOGUE.theorems[name]
    assert theorem.cite
    assert theorem.title.endswith(".")
    assert all(m.why for m in theorem.mutants)


@pytest.mark.parametrize("name", IDS)
def test_array_api_strict_gives_the_trace_of_numpy(name):
    theorem = CATALOGUE.theorems[name]
    traces = []
    for backend in ("numpy", "array-api-strict"):
        bench = Laboratory(CATALOGUE.families, backend=backend).bench(theorem)
        setting = bench.settings()[-1]
        traces.append(bench.trace(replace(setting, iterations=min(setting.iterations, 25))))
    expected, strict = traces
    for metric, values in expected.values.items():
        scale = np.abs(values[0]).max() if np.isfinite(values[0]).all() else 1.0
        np.testing.assert_allclose(
            strict.values[metric], values, rtol=1e-9, atol=1e-13 * (1 + scale)
        )
