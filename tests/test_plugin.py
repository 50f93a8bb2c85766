"""The pytest plugin: one test for each theorem."""

import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

THEOREM = '''"""Gradient descent on quadratics."""

from convlab import Theorem, bound, distance, upper_bound
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth
from convlab.symbols import D, L
from problems.quadratics import quadratic

theorem = Theorem(
    cite="mine",
    assume=[convex, smooth(L), attained],
    algorithm=gradient_descent(eta=1 / L),
    claims=[upper_bound(distance, D)],
    on=[quadratic],
    mutants=[bound(D / 2, "it starts at D")],
    iterations=10,
)
'''


@pytest.fixture
def folder(pytester):
    """A folder with a theorem that holds, one that does not, and one that cannot be imported."""
    made = pytester.mkdir("statements")
    (made / "good.py").write_text(THEOREM)
    (made / "wrong.py").write_text(THEOREM.replace("distance, D)", "distance, D / 2)"))
    (made / "broken.py").write_text("theorem = (\n")
    return pytester


def test_each_theorem_is_a_test(folder):
    result = folder.runpytest_subprocess("--convlab", "statements", "-v")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "statements/good.py::good PASSED*",
            "wrong: expected holds: quadratic*above the bound*",
            "broken: error: *syntax error in line 1*",
        ]
    )


def test_theorems_are_selected_like_other_tests(folder):
    folder.makepyfile("def test_that_is_none_of_ours(): pass")
    folder.runpytest_subprocess("--convlab", "statements", "-k", "good").assert_outcomes(
        passed=1, deselected=3
    )
    folder.runpytest_subprocess("--convlab", "statements/good.py").assert_outcomes(passed=2)


def test_the_verdict_is_in_the_junit_file(folder):
    folder.runpytest_subprocess("--convlab", "statements", "-k", "good", "--junitxml", "a.xml")
    assert '<property name="verdict" value="holds"' in (folder.path / "a.xml").read_text()


@pytest.mark.parametrize("options", [["no_such_theorem"], ["statements", "--convlab-profile", "x"]])
def test_bad_options_are_told_in_one_sentence(folder, options):
    result = folder.runpytest_subprocess("--convlab", *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: convlab: there is no *"])


def test_the_plugin_alone_imports_nothing_of_weight():
    code = "import sys, convlab.plugin; print('numpy' in sys.modules or 'sympy' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "False\n"


SEARCHED = """\"\"\"A false bound that quadratics of one curvature do not refute.\"\"\"

from convlab import Theorem, bound, gap, upper_bound
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth
from convlab.symbols import D, L, k
from problems.huber import huber
from problems.quadratics import quadratic

theorem = Theorem(
    cite="mine",
    assume=[convex, smooth(L), attained],
    algorithm=gradient_descent(eta=1 / L),
    claims=[upper_bound(gap, L * D**2 / (8 * k))],
    on=[quadratic],
    mutants=[bound(0, "it is not there at once")],
    iterations=10,
)
"""


def test_what_a_search_refuted_is_not_forgotten(pytester):
    folder = pytester.mkdir("statements")
    (folder / "mine.py").write_text(SEARCHED)
    folder = pytester.path
    pytester.makefile(".toml", pyproject="")
    pytester.runpytest_subprocess("--convlab", "statements").assert_outcomes(passed=1)
    (folder / "statements/mine.py").write_text(SEARCHED.replace("on=[quadratic]", "on=[huber]"))
    command = [sys.executable, "-m", "convlab", "falsify", "statements/mine.py", "--budget", "0.5"]
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert found.returncode == 1, found.stderr
    (folder / "statements/mine.py").write_text(SEARCHED)
    result = pytester.runpytest_subprocess("--convlab", "statements")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["mine: holds, but a search refutes it: huber(*above the bound*"])


def test_a_search_is_made_where_it_is_asked(pytester):
    """A slope along the valley, which the drawn members of the family do not have."""
    folder = pytester.mkdir("statements")
    (folder / "mine.py").write_text(SEARCHED)
    result = pytester.runpytest_subprocess("--convlab", "statements", "--convlab-falsify", "1")
    result.assert_outcomes(passed=1)
