"""The command line, as a user meets it."""

import contextlib
import json
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

import convlab
from convlab import catalogue
from convlab.cli import main
from convlab.report import listing

KNOWN = "first_order/gradient_descent_convex"

THEOREM = '''"""A parabola in one dimension.

What the file says of itself.
"""

import time
from typing import NamedTuple

import numpy as np

from convlab import Problem, Theorem, bound, distance, step, upper_bound
from convlab.algorithm import Point, algorithm
from convlab.assumptions import attained, convex, smooth
from convlab.symbols import D, L, eta, k, symbol
from convlab.vocabulary import sqnorm
from sympy import Interval


class Parabola(NamedTuple):
    def value(self, x):
        return sqnorm(x)

    def gradient(self, x):
        return 2 * x


problem = Problem(
    oracle=Parabola(), declares=[convex(), smooth(2.0), attained(0.0, np.zeros(2))], name="parabola"
)


@algorithm
def descent(s, oracle, *, eta):
    return Point(s.x - eta * oracle.gradient(s.x))


theorem = Theorem(
    cite="mine",
    assume=[convex, smooth(L), attained],
    algorithm=descent(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[upper_bound(distance, D)],
    on=[problem],
    mutants=[bound(D / 2, "it starts at D"), step(3 / L, "it diverges")],
    iterations=10,
)
'''


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project folder of its own, which is the current folder."""
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return tmp_path


@pytest.fixture
def mine(folder):
    """A file with one theorem; ``mine(old, new, old, new)`` writes it with changes."""

    def write(*changes, name="mine.py"):
        text = THEOREM
        for old, new in zip(changes[::2], changes[1::2], strict=True):
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text)

    write()
    return write


def convlab_(*arguments, code=0):
    result = CliRunner().invoke(main, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def complaint(*arguments, code=2):
    """The one sentence on the error stream."""
    lines = convlab_(*arguments, code=code).stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("convlab: ")
    return lines[0]


def verified(*arguments, code=0):
    return convlab_("verify", "--jobs", "1", *arguments, code=code)


# list and show -----------------------------------------------------------------------------------


def test_help_teaches_with_examples():
    assert "convlab verify first_order" in convlab_("--help").stdout
    assert convlab_().stdout == convlab_("--help").stdout
    assert 'convlab verify mine.py --set "eta=1/(2*L)"' in convlab_("verify", "--help").stdout


def test_help_and_import_do_not_load_the_laboratory():
    code = "import sys, convlab, convlab.cli; print([m for m in sys.modules if m in HEAVY])"
    heavy = "{'numpy', 'sympy', 'scipy', 'numba', 'rich', 'matplotlib'}"
    command = [sys.executable, "-c", code.replace("HEAVY", heavy)]
    assert subprocess.run(command, capture_output=True, text=True).stdout.strip() == "[]"


def test_show_works_for_every_id():
    ids = catalogue.installed().theorems
    assert all(catalogue.one(name)[1] == name for name in ids)
    beginnings = [name for name in ids if any(other.startswith(f"{name}/") for other in ids)]
    assert beginnings
    for name in beginnings:
        assert convlab_("show", name).stdout.startswith(f"{name}\n")


def test_list_names_theorems_with_titles():
    assert any(
        line.startswith(KNOWN)
        and "Gradient descent on smooth convex functions: gaps of order 1/k." in line
        for line in convlab_("list", "first_order").stdout.splitlines()
    )


def test_the_list_comes_from_an_index_until_a_file_changes(tmp_path, monkeypatch):
    """Without importing a theorem; what is damaged or out of date is not believed."""
    monkeypatch.setenv("CONVLAB_CACHE", str(tmp_path))
    whole = convlab_("list").stdout
    index = tmp_path / "catalogue.json"
    sound = index.read_text()
    code = (
        "import sys; from convlab.cli import main\ntry: main(['list'])\nexcept SystemExit: pass\n"
    )
    code += "print(sorted({'numpy', 'sympy', 'theorems.first_order'} & sys.modules.keys()))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert told.stdout == f"{whole}[]\n", told.stderr
    area = [line for line in whole.splitlines()[1:] if line.startswith("first_order/")]
    shown = convlab_("list", "first_order", "first_order/fejer_monotone").stdout.splitlines()[1:]
    assert [line.split() for line in shown] == [line.split() for line in area]
    assert complaint("list", "first_ordre").startswith("convlab: there is no theorem")
    for text in ("", "{}", sound.replace('"stamp": "', '"stamp": "0'), sound[:-9]):
        index.write_text(text)
        assert convlab_("list").stdout == whole
        assert index.read_text() == sound
    monkeypatch.setattr(platform, "python_version", lambda: "3.99")
    assert listing.known([]) is None


def test_list_shows_files_that_cannot_be_imported(mine, folder):
    (folder / "broken.py").write_text("from nowhere import nothing\n")
    result = convlab_("list", ".", code=1)
    assert "broken cannot be imported: broken.py: ModuleNotFoundError" in result.stdout
    assert "(line 1 of broken.py)" in result.stdout
    assert "A parabola in one dimension." in result.stdout


def test_list_and_show_as_json_describe_a_theorem_alike(mine):
    listed = json.loads(convlab_("list", "mine.py", "--json").stdout)["theorems"][0]
    shown = json.loads(convlab_("show", "mine.py", "--json").stdout)
    assert shown.items() >= listed.items()
    assert shown["id"] == "mine"
    claim = shown["claims"][0]
    assert (claim["kind"], claim["metric"], claim["bound"]) == ("upper bound", "distance", "D")
    assert claim["symbols"]["D"].startswith("distance")


def test_show_tells_the_statement_in_plain_text_and_in_tex(mine):
    text = convlab_("show", "mine.py").stdout
    for part in ("smooth(L)", "eta in (0, 1/L]", "distance <= D", "bound D/2: it starts at D"):
        assert part in text
    assert "What the file says of itself." in text
    tex = convlab_("show", KNOWN, "--tex").stdout
    assert r"\begin{theorem}[{\cite{garrigos2023handbook}, Theorem 3.4}]" in tex
    assert r"\frac{D^{2}}{2 \eta k}" in tex


def test_show_gives_the_source_with_its_link(mine, folder):
    (folder / "references.bib").write_text(
        "@article{mine, author={Lov{\\'a}sz, L. and Doe, Jane and van der Berg, A.},\n"
        "title={On {GD}}, journal={J. X}, year=2020, url={https://example.org/a_b}}\n"
    )
    text = convlab_("show", "mine.py").stdout
    assert "L. Lovász, Jane Doe and A. van der Berg, On GD, J. X, 2020" in text
    assert "https://example.org/a_b" in text


def test_show_wants_one_theorem(mine):
    mine("theorem = Theorem(", "first = second = Theorem(")
    assert "holds 2 theorems; choose one: mine/first, mine/second" in complaint("show", "mine.py")


# verify ------------------------------------------------------------------------------------------


def test_verify_prints_one_line_per_theorem_and_a_sum(mine):
    lines = verified("mine.py").stdout.splitlines()
    assert " ".join(lines[0].split()) == (
        "theorem verdict basis worst ratio resolution exponent mutants engine seconds"
    )
    assert lines[1].split()[:6] == ["mine", "holds", "exact", "0.95", "0.95", "2/2"]
    assert lines[3].startswith("1 theorem: 1 as expected; 2 of 2 mutants refuted;")


def test_a_theorem_that_is_refuted_is_told_in_a_sentence(mine):
    mine("distance, D)", "distance, D / 2)")
    result = verified("mine.py", code=1)
    assert "mine: refuted, expected holds: parabola" in result.stdout
    assert "in 50-digit arithmetic too" in result.stdout


def test_a_mutant_that_survives_is_told_in_a_sentence(mine):
    mine("bound(D / 2,", "bound(2 * D,")
    result = verified("mine.py", code=1)
    assert (
        "mine: inconclusive, expected holds: the mutant 'bound 2*D' is not refuted" in result.stdout
    )


def test_a_run_that_is_not_finished_is_inconclusive(mine):
    mine(
        "import sqnorm",
        "import sqnorm, where",
        "def descent(s, oracle, *",
        "def descent(s, oracle, k, *",
        "(s.x - eta * oracle.gradient(s.x))",
        "(where(k == 5, np.nan, s.x - eta * oracle.gradient(s.x)))",
    )
    result = verified("mine.py", "--json", "a.json", code=1)
    assert "mine: inconclusive, expected holds: parabola" in result.stdout
    theorem = json.loads(Path("a.json").read_text())["theorems"][0]
    assert [claim["witness"] for claim in theorem["claims"]] == [None]


def test_a_verdict_that_was_expected_is_no_failure(mine):
    mine("distance, D)", "distance, D / 2)", "cite=", "expected='refuted', cite=")
    assert "1 as expected" in verified("mine.py").stdout


def test_what_a_verdict_rests_on_is_shown_on_request(mine):
    mine("distance, D)", "distance, 3 * D)", 'D / 2, "it starts at D"', 'D, "it stays"')
    shown = verified("mine.py", "-v", code=1).stdout
    assert "half the bound would hold too (resolution below 1/2): mine" in shown
    assert (
        "tried on\nparabola with eta=1/L, 10 steps\nparabola with eta=1/(20*L), 10 steps" in shown
    )
    survivor = next(line for line in shown.splitlines() if line.startswith("bound D "))
    assert survivor.split()[2] == "holds"
    assert "tried on" not in verified("mine.py", code=1).stdout


def test_a_theorem_that_says_why_its_bound_is_loose_is_counted_and_not_named(mine):
    why = "by 3: it never leaves the ball"
    mine("distance, D)", "distance, 3 * D)", "cite=", f"loose='{why}', cite=")
    beginning = "half the bound would hold too (resolution below 1/2): "
    shown = verified("mine.py").stdout
    assert f"{beginning}1 of which 'convlab show' says why\n" in shown
    assert f"\n\nLoose {why}\n" in convlab_("show", "mine.py").stdout
    assert json.loads(convlab_("show", "mine.py", "--json").stdout)["loose"] == why
    mine("distance, D)", "distance, 3 * D)", name="other.py")
    both = verified("mine.py", "other.py").stdout
    assert f"{beginning}other and 1 of which 'convlab show' says why\n" in both


def test_files_of_a_run(mine):
    mine("theorem = Theorem(", "second = theorem = Theorem(")
    files = ("--json", "a.json", "--junitxml", "a.xml", "--summary", "a.md")
    verified("mine.py", "--key", "3", *files)
    data = json.loads(Path("a.json").read_text())
    assert (data["key"], data["profile"]) == (3, "quick")
    assert {"convlab", "numpy", "sympy", "python"} <= data["versions"].keys()
    assert [t["id"] for t in data["theorems"]] == ["mine/second", "mine"]
    theorem = data["theorems"][1]
    assert (theorem["verdict"], theorem["expected"], theorem["status"]) == ("holds", "holds", "ok")
    assert [m["verdict"] for m in theorem["mutants"]] == ["refuted", "refuted"]
    assert theorem["engine"] == "eager"
    assert theorem["seconds"] <= data["seconds"]
    claim = theorem["claims"][0]
    assert (claim["kind"], claim["metric"], claim["bound"]) == ("upper bound", "distance", "D")
    assert claim["worst_ratio"] == pytest.approx(0.95)
    assert claim["e_value"] is None
    assert (claim["basis"], claim["witness"]) == (["exact"], None)
    witness = theorem["mutants"][0]["witness"]
    assert (witness["instance"], witness["relation"], witness["k"]) == ("parabola", "<=", 0)
    assert witness["left"] > witness["right"]
    suite = ElementTree.parse("a.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "0", "0")
    assert "| `mine` | holds | exact | 0.95 | 0.95 |" in Path("a.md").read_text()
    assert not list(Path().glob(".*.tmp"))


def test_infinite_numbers_are_strings_in_json(mine):
    mine("(s.x - eta * oracle.gradient(s.x))", "(s.x * 1e40)")
    verified("mine.py", "--json", "a.json", code=1)
    claim = json.loads(Path("a.json").read_text())["theorems"][0]["claims"][0]
    assert claim["verdict"] == "refuted"
    assert claim["worst_ratio"] == "Infinity"


def test_an_unexpected_verdict_is_a_failure_in_junit_and_first_in_the_summary(mine):
    mine("distance, D)", "distance, D / 2)")
    verified("mine.py", "--junitxml", "a.xml", "--summary", "a.md", code=1)
    failure = ElementTree.parse("a.xml").getroot().find(".//failure")
    assert failure.get("message").startswith("expected holds: parabola")
    assert Path("a.md").read_text().splitlines()[4].startswith("- `mine`: expected holds")


def test_what_cannot_be_compiled_is_said_once_and_why(mine):
    """Where a run is long enough to be compiled, and where that is asked for."""
    mine("return Point(s.x", "return s if eta < 0 else Point(s.x", "=10,", "=20_000,")
    line = verified("mine.py", "--json", "a.json", "--summary", "a.md").stdout.splitlines()[-1]
    assert line.startswith("not compiled: descent runs eagerly: a Python 'if'")
    assert "return s if eta < 0" in line
    assert line.endswith("): mine")
    (note,) = json.loads(Path("a.json").read_text())["theorems"][0]["notes"]
    assert note in line
    assert f"- {note}: mine" in Path("a.md").read_text()
    assert line in verified("mine.py").stdout
    asked = verified("mine.py", "--engine", "compiled", code=2).output
    assert "mine: descent cannot run on the engine compiled: a Python 'if'" in asked


def test_a_folder_is_a_catalogue(mine, folder):
    (folder / "area").mkdir()
    mine(name="area/two.py")
    for name in (".hidden", "_private", "venv/lib/site-packages"):
        (folder / name).mkdir(parents=True)
        mine(name=f"{name}/three.py")
    mine(name="test_four.py")
    assert "2 theorems: 2 as expected" in verified(".").stdout
    (folder / "area" / "mine.py").write_text(THEOREM)
    assert "have the same id, mine" in complaint("verify", "mine.py", "area/mine.py")


def test_processes_give_the_reports_of_one(mine):
    mine(name="two.py")
    for jobs, name in (("1", "one.json"), ("2", "two.json")):
        convlab_("verify", ".", "--fresh", "--jobs", jobs, "--json", name)
    one, two = (
        [
            {k: v for k, v in t.items() if k != "seconds"}
            for t in json.loads(Path(n).read_text())["theorems"]
        ]
        for n in ("one.json", "two.json")
    )
    assert one == two


def test_a_parameter_can_be_set(mine):
    verified("mine.py", "--set", "eta=1/(4*L)", "--json", "a.json")
    instances = json.loads(Path("a.json").read_text())["theorems"][0]["instances"]
    assert instances == ["parabola with eta=1/(4*L), 10 steps"]


def test_python_gives_the_same_reports(mine):
    report = convlab.verify("mine.py")
    assert report.verdict == convlab.Verdict.HOLDS
    assert "it starts at D" not in report._repr_html_()
    assert "<td>bound D/2</td><td>refuted</td>" in report._repr_html_()
    theorem = convlab.catalogue.load(Path("mine.py")).theorems["mine"]
    assert convlab.verify(theorem, values={"eta": "1/L"}).verdict == "holds"
    assert r"$$\|x_k - x^\star\| \le D$$" in theorem._repr_markdown_()
    mine(name="two.py")
    assert [r.id for r in convlab.verify(".")] == ["mine", "two"]


# run ---------------------------------------------------------------------------------------------


def test_run_tells_what_is_known_of_an_instance():
    text = convlab_("run", "quadratic(kappa=20, key=3)").stdout
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0] == "quadratic(d=10, L=1.0, kappa=20.0, key=3)"
    assert "mu 0.05 1e-14 smallest nonzero eigenvalue, prescribed" in lines
    assert "oracles: gradient, hessian_vector, nearest_minimizer, value" in lines
    assert "start: drawn at distance 1 from x_star" in lines
    assert any(line.startswith("assumptions: quadratic_objective, ") for line in lines)
    assert convlab_("run", "quadratic").stdout.startswith("quadratic(d=10, L=1.0, kappa=10.0)\n")


def test_a_counterexample_is_seen_again(mine):
    """What a verdict names is pasted into a command, and shows the same numbers."""
    mine("distance, D)", "distance, D / 2)", "    on=[problem],\n", "")
    sentence = verified("mine.py", "--set", "eta=1/(4*L)", code=1).stdout.splitlines()[-1]
    sentence = sentence.partition("; first found on ")[0]
    instance, _, rest = sentence.partition(" holds: ")[2].partition(" with eta=1/(4*L), 10 steps")
    measured = rest.partition(" distance is ")[2].partition(",")[0]
    result = convlab_(
        "run", "mine.py", instance, "--set", "eta=1/(4*L)", "--iterations", "10", code=1
    )
    assert f"{instance} with eta=1/(4*L), 10 steps; replicate" in result.stdout
    assert rest in result.stdout
    assert any(measured in line.split() for line in result.stdout.splitlines())
    assert convlab_("run", KNOWN, instance, "--iterations", "10").stdout.startswith("gap <= ")


def test_run_shows_the_replicate_that_is_asked_for(mine):
    mine("    on=[problem],\n", "")
    text = "quadratic(d=3, kappa=50.0)"
    rows = {}
    for replicate in ("1", "11"):
        result = convlab_("run", "mine.py", text, "--replicate", replicate, "--set", "eta=1/L")
        rows[replicate] = [line.split() for line in result.stdout.splitlines()]
        assert any(f"replicate {replicate}: finished" in line for line in result.stdout.split("\n"))
    assert rows["1"] != rows["11"]
    other = convlab_("run", "mine.py", text, "--replicate", "1", "--set", "eta=1/L", "--key", "5")
    assert rows["1"] != [line.split() for line in other.stdout.splitlines()]


def test_the_horizon_of_an_instance_is_the_length_of_its_run():
    text = convlab_("run", KNOWN, "huber(horizon=9)", "--set", "eta=1/L").stdout
    assert "huber(horizon=9, L=1.0) with eta=1/L, 9 steps; replicate 0: finished" in text
    assert ["9", "0.0263158", "0.0555556", "0.473684"] in [
        line.split() for line in text.split("\n")
    ]


def test_run_finds_a_problem_that_the_theorem_names(mine):
    assert "parabola with eta=" in convlab_("run", "mine.py", "parabola").stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["quadratc(d=3)"], "there is no family 'quadratc'; did you mean quadratic?"),
        (["quadratic(d=3)", "--iterations", "3"], "name a theorem before the instance"),
        (["a", "b", "c"], "name a theorem and an instance"),
        (["mine.py", "strong_game()"], "mine cannot be tried on strong_game(mu=1.0, "),
        (["mine.py", "parabola(d=2)"], "has no parameter 'd'"),
        (["mine.py", "huber(horizon=4)", "--replicate", "1"], "there is only replicate 0"),
        (["nothing", "quadratic()"], "there is no theorem, folder or file 'nothing'"),
    ],
)
def test_bad_instances(mine, arguments, sentence):
    assert sentence in complaint("run", *arguments).replace("'--help'", "")


def test_the_template_written_twice_verifies_side_by_side(folder):
    convlab_("new", "theorem", "statements/a")
    convlab_("new", "theorem", "statements/b")
    assert "2 theorems: 2 as expected" in verified("statements").stdout


# Bad input ---------------------------------------------------------------------------------------


def test_unknown_name():
    message = complaint("verify", "first_order/gradient_descent_convx")
    assert message.endswith(f"did you mean {KNOWN}?")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("theorem = Theorem(", "theorem = = Theorem(", "mine.py: syntax error in line 37: invalid"),
        ("claims=[upper_bound(distance, D)]", "claims=[]", "has no claims"),
        ("claims=[upper_bound(distance, D)]", "claims=[]", "(line 37 of mine.py)"),
        ("distance, D)", "distance, D * symbol('rho', ''))", "has the unknown symbol rho"),
        ("smooth(2.0)", "smooth(1.0)", "the problem declares smooth(L=1), but at x = ["),
        ("return 2 * x", "return 2 * x + np.nan", "'gradient' gives NaN or infinity at x = ["),
        ("return 2 * x", "return sqnorm(x)", "'gradient' gives (64, 1) at x of shape (64, 2)"),
        ("return Point(s.x", "return Point(s.x @ np.ones((2, 3))", "(line 34 of mine.py)"),
        ("s.x - eta * oracle.gradient(s.x)", "oracle.value(s.x)", "the step of descent turns x of"),
        ("return sqnorm(x)", "return sqnorm(x @ np.ones((3, 2)))", "(line 21 of mine.py)"),
        ("on=[problem]", "on=[1]", "mine: "),
    ],
)
def test_what_is_wrong_in_a_file_is_told_in_one_sentence(mine, old, new, sentence):
    mine(old, new)
    assert sentence in complaint("verify", "--jobs", "1", "mine.py")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--set", "eta=3/L"], "eta = 3/L = 1.5 is outside the range of the theorem, (0, 1/L]"),
        (["--set", "eta=3/"], "eta = 3/ is not a formula"),
        (["--set", "eta=open('x','w')"], "eta = open('x','w') is not a formula: 'open('x', 'w')'"),
        (["--set", "eta=L.__class__"], "eta = L.__class__ is not a formula: 'L.__class__' is no"),
        (["--set", "eta=9**9**9"], "eta = 9**9**9 has an exponent beyond 1000"),
        (["--set", "eta"], "write it as NAME=FORMULA"),
        (["--set", "gamma=1"], "mine has no parameter 'gamma'; its parameters: eta"),
        (["--set", "eta=1/q"], "has the unknown symbol q"),
        (["--backend", "jax"], "unknown backend 'jax'; choose one of numpy"),
        (["--profile", "long"], "'long' is not one of"),
        (["--json", "no/such/folder.json"], "cannot write no/such/folder.json: No such file"),
        (["--summary", "."], "cannot write .: it is a folder"),
    ],
)
def test_bad_options(mine, options, sentence):
    assert sentence in complaint("verify", "--jobs", "1", "mine.py", *options)


def test_a_wrong_file_does_not_lose_the_others(mine, folder):
    mine("smooth(2.0)", "smooth(1.0)", name="wrong.py")
    result = verified(".", "--junitxml", "a.xml", code=2)
    assert "mine" in result.stdout
    assert "1 as expected, 1 not" in result.stdout
    assert ElementTree.parse("a.xml").getroot().find(".//error") is not None


def test_a_file_without_theorem(folder):
    (folder / "empty.py").touch()
    assert "empty.py holds no theorem" in complaint("verify", "empty.py")


@pytest.mark.parametrize("name", ["problems", "theorems"])
def test_a_folder_that_hides_the_catalogue(folder, name):
    (folder / name).mkdir()
    (folder / name / "__init__.py").touch()
    command = [sys.executable, "-m", "convlab", "list"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert result.returncode == 2
    assert result.stderr.startswith(f"convlab: the folder {folder / name} on the import path hides")


# Interruption ------------------------------------------------------------------------------------


PATIENCE = 600
"""Seconds after which a test gives a process up: many times what it needs under load."""


@pytest.fixture
def started():
    """A function that starts a process, which Ctrl-C ends, in a group of its own.

    Here Ctrl-C may be ignored, as in the background of a shell, and processes inherit that. What
    is left of the group is ended after the test.
    """
    groups = []

    def start(command):
        former = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
            groups.append(subprocess.Popen(command, **pipes, start_new_session=True))
        finally:
            signal.signal(signal.SIGINT, former)
        return groups[-1]

    yield start
    for group in groups:
        with group, contextlib.suppress(ProcessLookupError):
            os.killpg(group.pid, signal.SIGKILL)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupted_run_tells_what_was_finished_and_writes_nothing(mine, folder, started, jobs):
    mine("return Point(", f"time.sleep({PATIENCE}); return Point(", name="slow.py")
    command = [sys.executable, "-m", "convlab", "verify", "mine.py", "slow.py"]
    run = started([*command, "--jobs", jobs, "--json", "a.json"])
    store, until = folder / ".convlab" / "results.sqlite", time.monotonic() + PATIENCE
    while run.poll() is None and not (store.exists() and b"parabola" in store.read_bytes()):
        assert time.monotonic() < until
        time.sleep(0.1)
    assert run.returncode is None, run.stderr.read()
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130
    assert out.splitlines()[1].split()[:2] == ["mine", "holds"]
    assert err == "convlab: interrupted after 1 of 2\n"
    assert not list(folder.glob("*a.json*"))
    assert not list(folder.glob(".a.json*"))


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the system has no /proc")
def test_workers_end_with_a_parent_that_is_killed(mine, folder, started):
    mine("return Point(", f"time.sleep({PATIENCE}); return Point(", name="slow.py")
    command = [sys.executable, "-m", "convlab", "verify", "slow.py", "mine.py", "--jobs", "2"]
    run = started(command)
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    until = time.monotonic() + PATIENCE
    while len(workers := children.read_text().split()) < 2:
        assert run.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    run.kill()
    run.wait()
    while any(map(alive, workers)):
        assert time.monotonic() < until
        time.sleep(0.1)


def alive(pid):
    """Whether a process runs; one that has ended may wait for its new parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_process_that_dies_is_told_and_does_not_lose_what_was_finished(mine):
    mine("return Point(", "import os; os._exit(1); return Point(", name="two.py")
    sentence = complaint("verify", ".", "--jobs", "2")
    assert sentence.startswith("convlab: a worker process died, perhaps for lack of memory;")


# new ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["theorem", "problem"])
def test_a_template_runs_as_it_is(folder, kind):
    told = convlab_("new", kind, "my_own").stdout
    assert told == "wrote my_own.py; try it: convlab verify my_own.py\n"
    assert "1 as expected; 2 of 2 mutants refuted" in verified("my_own.py").stdout
    assert "my_own.py is there already" in complaint("new", kind, "my_own")


def test_a_name_that_is_none():
    assert "'2-x' cannot name a Python file" in complaint("new", "theorem", "2-x")


def test_names_are_completed():
    words = {
        "_CONVLAB_COMPLETE": "bash_complete",
        "COMP_WORDS": "convlab show first_order/gradient_descent_c",
        "COMP_CWORD": "2",
    }
    result = CliRunner().invoke(main, [], prog_name="convlab", env=words)
    assert f"plain,{KNOWN}" in result.stdout.splitlines()
