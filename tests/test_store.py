"""Stored results: reused as long as nothing has changed, and never in the way."""

import dataclasses
import json
import math
import sqlite3
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import convlab
from convlab import store
from convlab.catalogue import project
from convlab.claims import Basis, Evidence, Finding, Relation, Verdict, Witness
from convlab.cli import main
from convlab.outcome import ClaimReport, MutantReport, Report
from convlab.report.documents import document, report_of
from convlab.store import Store

THEOREM = '''"""Gradient descent on a parabola."""

from convlab import Theorem, bound, distance, upper_bound
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth
from convlab.symbols import D, L
from problems.quadratics import quadratic
import own

theorem = Theorem(
    cite="mine",
    assume=[convex, smooth(L), attained],
    algorithm=gradient_descent(eta=own.factor / L),
    claims=[upper_bound(distance, D)],
    on=[quadratic],
    mutants=[bound(D / 2, "it starts at D")],
    iterations=10,
)
'''


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project with one theorem and a module of its own."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "mine.py").write_text(THEOREM)
    (tmp_path / "own.py").write_text("factor = 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield tmp_path
    sys.modules.pop("own", None)


def verify(*options, target="mine.py"):
    result = CliRunner().invoke(main, ["verify", target, "--jobs", "1", *options])
    assert result.exit_code == 0, result.output
    return result


def reused(*options):
    line = verify(*options).stdout.splitlines()[1]
    assert line.split()[:2] == ["mine", "holds"]
    return line.endswith("stored")


def test_an_unchanged_theorem_is_not_run_again(folder):
    assert not reused()
    assert reused("--json", "a.json")
    assert not reused("--fresh", "--json", "b.json")
    first, second = (json.loads(Path(f).read_text())["theorems"][0] for f in ("a.json", "b.json"))
    assert first | {"seconds": 0} == second | {"seconds": 0}
    assert (folder / ".convlab" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("options", [["--key", "1"], ["--profile", "standard"]])
def test_other_options_are_another_result(folder, options):
    verify()
    assert not reused(*options)
    assert reused()


def test_a_changed_file_is_run_again(folder):
    verify()
    (folder / "mine.py").write_text(THEOREM + "\n")
    assert not reused()
    (folder / "mine.py").write_text(THEOREM)
    assert reused()


def test_a_changed_module_of_the_user_is_run_again(folder):
    verify()
    sys.modules.pop("own")
    (folder / "own.py").write_text("factor = 1.0\n")
    assert not reused()


FAMILY = '''"""A family."""

from convlab.family import family
from convlab.problem import Problem
from problems.quadratics import quadratic


@family
def bowl(rng):
    """A quadratic with fewer certificates."""
    whole = quadratic()
    kept = [whole.assumptions[a] for a in (convex, smooth, attained)]
    return Problem(whole.oracle, kept, whole.start)


'''


def stored(target="."):
    lines = verify(target=target).stdout.split("\n\n")[0].splitlines()[1:]
    return sorted(line.split()[0] for line in lines if line.endswith("stored"))


def test_a_new_file_in_a_folder_is_run_and_no_other(folder):
    """The budget is that of four statements, with three of them and with four."""
    for name in ("b", "c"):
        (folder / f"{name}.py").write_text(THEOREM)
    assert stored() == []
    (folder / "second.py").write_text(THEOREM)
    assert stored() == ["b", "c", "mine"]
    assert stored() == ["b", "c", "mine", "second"]
    (folder / "second.py").write_text(THEOREM.replace("D / 2", "D / 3"))
    assert stored() == ["b", "c", "mine"]


def test_a_new_family_runs_the_theorems_that_it_fits(folder):
    (folder / "mine.py").write_text(THEOREM.replace("    on=[quadratic],\n", ""))
    (folder / "second.py").write_text(THEOREM)  # it names what it is about
    own = FAMILY + THEOREM.partition('"""\n')[2].replace("on=[quadratic]", "on=[bowl]")
    lacking = own.replace("(convex, smooth", "(smooth").replace("assume=[convex, ", "assume=[")
    (folder / "third.py").write_text(THEOREM)
    assert stored() == []
    for text, kept in ((lacking, ["mine", "second"]), (own, ["second"])):
        (folder / "third.py").write_text(text)
        assert stored() == kept


@pytest.mark.parametrize(
    ("changed", "kept"),
    [("report/terminal.py", True), ("cli.py", True), ("claims/gate.py", False), ("race.py", False)],
)
def test_only_what_decides_a_verdict_runs_it_again(changed, kept, folder, monkeypatch):
    verify()
    edited, read = Path(store.__file__).parent / changed, Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda p: read(p) + b"#" * (p == edited))
    assert reused() == kept


@pytest.fixture
def package(folder, monkeypatch):
    """A package of theorems that is installed: one imports from a file beside it, one does not."""
    package = folder / "some_theorems"
    (package / "area").mkdir(parents=True)
    (package / "__init__.py").touch()
    beside = THEOREM.replace("import own", "from . import shared as own")
    (package / "area" / "beside.py").write_text(beside)
    alone = THEOREM.replace("import own\n", "").replace("own.factor / L", "1 / L")
    (package / "area" / "alone.py").write_text(alone)
    (package / "area" / "shared.py").write_text("factor = 1\n")
    (folder / "some-1.dist-info").mkdir()
    (folder / "some-1.dist-info" / "METADATA").write_text("Name: some\nVersion: 1\n")
    group = "[convlab.theorems]\nsome = some_theorems\n"
    (folder / "some-1.dist-info" / "entry_points.txt").write_text(group)
    monkeypatch.syspath_prepend(folder)

    def forget():
        for name in [n for n in sys.modules if n.startswith("some_theorems")]:
            del sys.modules[name]

    def stored():
        forget()
        lines = verify(target="area").stdout.splitlines()[1:3]
        return [line.split()[0] for line in lines if line.endswith("stored")]

    yield package / "area", stored
    forget()


def test_of_an_installed_package_what_imports_a_changed_file_is_run_again(package):
    area, stored = package
    assert stored() == []
    assert stored() == ["area/alone", "area/beside"]
    (area / "shared.py").write_text("factor = 1.0\n")
    assert stored() == ["area/alone"]
    (area / "beside.py").write_text((area / "alone.py").read_text())
    assert stored() == ["area/alone"]
    (area / "shared.py").write_text("factor = 2.0\n")
    assert stored() == ["area/alone", "area/beside"]


@pytest.mark.parametrize("damage", ["no database", "report"])
def test_a_damaged_store_is_ignored_with_one_sentence(folder, damage):
    verify()
    file = folder / ".convlab" / "results.sqlite"
    if damage == "report":
        with sqlite3.connect(file) as database:
            database.execute("UPDATE reports SET report = '{\"id\": 1}'")
        database.close()
    else:
        file.write_bytes(b"no database" * 1000)
    result = verify()
    assert result.stderr.startswith(f"convlab: stored results are not used: {file}: ")
    assert len(result.stderr.splitlines()) == 1
    assert not result.stdout.splitlines()[1].endswith("stored")


def test_an_unwritable_store_is_ignored_with_one_sentence(folder):
    (folder / ".convlab").write_text("a file where the folder should be")
    result = verify()
    assert result.stderr.startswith("convlab: stored results are not used: ")
    assert len(result.stderr.splitlines()) == 1


def test_the_project_is_the_nearest_folder_above(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / ".git").mkdir()
    assert project(inner) == tmp_path / "a"
    (inner / "pyproject.toml").touch()
    assert project(inner) == inner


def test_errors_and_time_limits_are_not_kept(tmp_path):
    warnings: list[str] = []
    store = Store(tmp_path, warnings.append)
    report = Report("x", "X.", Verdict.HOLDS, Verdict.HOLDS, "")
    late = Evidence("s", Verdict.INCONCLUSIVE, statuses={"timed_out": 1})
    claim = ClaimReport("upper bound", "gap", "D", "", Finding(late.verdict, "", (late,)))
    store.put("1", report)
    store.put("2", dataclasses.replace(report, error="broken"))
    store.put("3", dataclasses.replace(report, claims=(claim,)))
    assert [store.get(mark) for mark in "123"] == [report, None, None]
    assert store.seconds() == {"x": 0.0}
    store.close()
    assert not warnings


numbers = st.floats(allow_nan=False)
verdicts = st.sampled_from(Verdict)
bases = st.sampled_from(Basis)
counts = st.integers(0)
witnesses = st.builds(
    Witness,
    instance=st.text(),
    method=st.text(),
    choices=st.dictionaries(st.text(), st.text(), max_size=2),
    iterations=counts,
    replicate=st.none() | counts,
    k=st.none() | counts,
    left=numbers,
    right=numbers,
    relation=st.sampled_from(Relation),
    basis=bases,
    precise=st.none() | st.tuples(st.text(), st.text()),
)
judged = st.tuples(st.just(Verdict.REFUTED), witnesses) | st.tuples(
    verdicts.filter(lambda verdict: verdict is not Verdict.REFUTED), st.none()
)
"""A verdict with its witness: only a refutation has one."""
evidence = st.builds(
    lambda judged, **others: Evidence(verdict=judged[0], witness=judged[1], **others),
    judged,
    setting=st.text(),
    sentence=st.text(),
    basis=st.none() | bases,
    worst_ratio=st.none() | numbers,
    speed=st.none() | numbers,
    resolution=st.none() | numbers,
    log_e_value=st.none() | numbers,
    exponent=st.none() | st.tuples(numbers, numbers, numbers),
    statuses=st.dictionaries(st.sampled_from(["finished", "diverged"]), st.integers(1)),
    engine=st.just("eager"),
)
finding = st.builds(Finding, verdicts, st.text(), st.lists(evidence, max_size=2).map(tuple))
claim = st.builds(ClaimReport, st.text(), st.text(), st.none() | st.text(), st.text(), finding)
mutant = st.builds(
    MutantReport,
    st.text(),
    st.text(),
    verdicts,
    st.text(),
    witness=st.none() | witnesses,
    automatic=st.booleans(),
    named=st.booleans(),
)
report = st.builds(
    Report,
    id=st.text(),
    title=st.text(),
    verdict=verdicts,
    expected=verdicts,
    sentence=st.text(),
    claims=st.lists(claim, max_size=2).map(tuple),
    mutants=st.lists(mutant, max_size=2).map(tuple),
    instances=st.lists(st.text(), max_size=2).map(tuple),
    engines=st.sampled_from([(), ("eager",), ("eager", "moments")]),
    seconds=st.floats(allow_nan=False, allow_infinity=False),
    error=st.none() | st.text(),
)


@given(report)
def test_a_report_survives_as_json(made):
    text = json.dumps(document(made), allow_nan=False)
    assert report_of(json.loads(text)) == made


@pytest.mark.parametrize(
    ("log_e", "expected"),
    [
        (math.log(4), (4, 0.602)),
        (2302.585, (None, 1000)),
        (math.inf, (None, "Infinity")),
        (None, (None,) * 2),
    ],
)
def test_an_e_value_that_is_no_double_has_its_logarithm(log_e, expected):
    seen = Evidence("s", Verdict.HOLDS, worst_ratio=math.inf, log_e_value=log_e)
    found = ClaimReport("upper bound", "E[gap]", "D", "", Finding(seen.verdict, "", (seen,)))
    made = Report("x", "", Verdict.HOLDS, Verdict.HOLDS, "", claims=(found,))
    data = json.loads(json.dumps(document(made), allow_nan=False))["claims"][0]
    assert data["worst_ratio"] == "Infinity"
    assert data["e_value"] == pytest.approx(expected[0], abs=1e-3)
    logarithm = data["log10_e_value"]
    assert logarithm == expected[1] or logarithm == pytest.approx(expected[1], abs=1e-3)


def test_numbers_that_are_not_finite_are_stored_without_loss():
    values = {
        "worst_ratio": math.inf,
        "speed": math.inf,
        "resolution": math.nan,
        "log_e_value": -math.inf,
    }
    seen = Evidence("s", Verdict.HOLDS, **values, exponent=(-math.inf, math.nan, 1.0))
    found = ClaimReport("upper bound", "gap", "D", "", Finding(seen.verdict, "", (seen,)))
    made = Report("x", "", Verdict.HOLDS, Verdict.HOLDS, "", claims=(found,))
    text = json.dumps(document(made), allow_nan=False)
    (read,) = report_of(json.loads(text)).evidence
    assert repr(read) == repr(seen)
    written = json.loads(text)["claims"][0]["evidence"][0]
    assert [written[name] for name in values] == ["Infinity", "Infinity", "NaN", "-Infinity"]
    assert written["exponent"] == ["-Infinity", "NaN", 1.0]


def test_python_runs_afresh(folder):
    assert convlab.verify("mine.py").verdict == "holds"
    assert not (folder / ".convlab").exists()
