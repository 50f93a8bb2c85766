"""Every theorem of the catalogue: verified, with its mutants; and the same on every backend."""

from dataclasses import fields, replace

import numpy as np
import pytest
from sympy import FiniteSet

from convlab import catalogue
from convlab.claims import Verdict
from convlab.claims.limits import Threshold
from convlab.laboratory import Laboratory
from convlab.streams import compiled, philox

CATALOGUE = catalogue.installed()
SUITE = sum(len(t.claims) for t in CATALOGUE.theorems.values())
IDS = sorted(CATALOGUE.theorems)
# Not the key of the command line: a verdict must not depend on it.
LABORATORY = Laboratory(CATALOGUE.families, key=1, suite=SUITE)


def test_every_file_can_be_imported():
    assert CATALOGUE.failures == {}


@pytest.mark.parametrize("target", ["proximal", "proximal/", IDS[0], f"{IDS[0]}/nothing", "a.py"])
def test_a_target_has_its_theorems_without_the_others(target):
    found = catalogue.installed([target])
    named = [i for i in IDS if i == target or i.startswith(target.rstrip("/") + "/")]
    assert set(named) <= set(found.theorems)
    assert len(found.theorems) < len(IDS) / 4
    assert all(found.theorems[i].title == CATALOGUE.theorems[i].title for i in named)
    assert found.families == CATALOGUE.families


@pytest.mark.parametrize("name", IDS)
def test_theorem_comes_out_as_expected(name):
    report = LABORATORY.verify(CATALOGUE.theorems[name])
    assert report.as_expected, report.status
    if report.expected is Verdict.HOLDS:
        assert len(report.mutants) >= 2
        assert all(m.verdict is Verdict.REFUTED for m in report.mutants)
    resolution = 1.0 if report.resolution is None else report.resolution
    why = CATALOGUE.theorems[name].loose
    assert why or resolution >= 1 / 2, f"say in loose=... why the resolution is {resolution:.2g}"


@pytest.mark.parametrize("name", IDS)
def test_theorem_says_where_it_comes_from(name):
    theorem = CATALOGUE.theorems[name]
    assert theorem.cite
    assert theorem.title.endswith(".")
    assert all(m.why for m in theorem.mutants)


@pytest.mark.parametrize("name", IDS)
def test_assumptions_say_all_and_not_the_choice_of_instances(name):
    """Only a statement that there are such problems names them, or is made false by others."""
    theorem = CATALOGUE.theorems[name]
    if theorem.exists:
        return
    assert theorem.on is None, "on=[...] is for exists=True: put instances into tight"
    for mutant in theorem.mutants:
        changed = mutant.change(theorem)
        others = {f.name for f in fields(theorem) if f.name not in ("tight", "on", "iterations")}
        same = all(getattr(changed, f) == getattr(theorem, f) for f in others)
        assert not same, f"the mutant '{mutant.name}' changes nothing but instances"


@pytest.mark.parametrize("name", IDS)
def test_few_values_of_a_parameter_have_a_reason(name):
    theorem = CATALOGUE.theorems[name]
    swept = {c.parameter for c in theorem.claims if isinstance(c, Threshold)}
    few = {s for s, a in theorem.parameters.items() if isinstance(a, FiniteSet)} - swept
    unexplained = few - set(theorem.because)
    assert not unexplained, f"say in because={{...}} why {unexplained} has few values"


def drawn(law, key, replicates, slot, start, count):
    """What a stream draws on any array library, where NumPy has compiled functions for it."""
    pairs = philox.uniforms(
        np, key, replicates, law.word(slot), start * law.blocks, count * law.blocks
    )
    return law.transform(np, pairs.reshape(len(replicates), count, law.blocks, 2))


@pytest.mark.parametrize("name", IDS)
def test_array_api_strict_gives_the_trace_of_numpy_to_the_bit(name, monkeypatch):
    """On the same draws: those of the compiled functions may differ from them in the last digit."""
    theorem = CATALOGUE.theorems[name]
    benches = [
        LABORATORY.bench(theorem, backend=backend, engine="eager")
        for backend in ("numpy", "array-api-strict")
    ]
    setting = benches[0].settings()[-1]
    setting = replace(setting, iterations=min(setting.iterations, 25))
    monkeypatch.setattr(compiled, "values", drawn)
    expected, strict = (bench.trace(setting) for bench in benches)
    for metric, values in expected.values.items():
        np.testing.assert_array_equal(strict.values[metric], values)
    assert strict.statuses == expected.statuses
    for oracle, calls in expected.calls.items():
        np.testing.assert_array_equal(strict.calls[oracle], calls)
