"""``convlab falsify``: what it answers, the referee, the picture, and what it remembers."""

import re
import shlex

import pytest
from click.testing import CliRunner

from convlab.cli import main
from convlab.referee import verdicts

FALSE = '''"""Gradient descent, with a bound that is too small."""

from convlab import Theorem, gap, upper_bound
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth
from convlab.symbols import D, L, k

theorem = Theorem(
    cite="mine",
    assume=[convex, smooth(L), attained],
    algorithm=gradient_descent(eta=1 / L),
    claims=[upper_bound(gap, L * D**2 / (8 * k))],
    on=[],
    iterations=20,
)
'''
"""Of families to draw from it has none: what refutes it is an instance of the referee."""


@pytest.fixture
def pep():
    """The solvers, or a skip."""
    for name in ("PEPit", "clarabel", "cvxpy"):
        pytest.importorskip(name, reason=f"{name} is not installed: pip install 'convlab[pep]'")


@pytest.fixture
def falsify(tmp_path, monkeypatch):
    """The command on a file of these lines, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(text, *options):
        (tmp_path / "mine.py").write_text(text)
        return CliRunner().invoke(main, ["falsify", "mine.py", *options])

    return run


def narrowed(text, family="quadratic", module="quadratics"):
    """The theorem on one family, on which it is far from false."""
    text = text.replace("on=[]", f"on=[{family}]")
    return text.replace("theorem = ", f"from problems.{module} import {family}\n\ntheorem = ", 1)


def test_an_instance_of_the_referee_is_the_answer_where_it_is_worse(falsify, pep):
    result = falsify(narrowed(FALSE), "--budget", "0.3", "--referee")
    assert result.exit_code == 1, result.output
    assert "refuted: parabolas(" in result.output
    line = re.compile(r"^([1248]) +([\d.]+) +([\d.]+)\*D\^2\*L +([\d.]+) +parabolas", re.M)
    rows = line.findall(result.output)
    assert [int(k) for k, *_ in rows] == [1, 2, 4, 8]
    for k, exact, best, reached in rows:
        assert float(exact) == pytest.approx(4 * int(k) / (2 * int(k) + 1), rel=1e-4)
        assert float(best) == pytest.approx(1 / (4 * int(k) + 2), rel=1e-3)
        assert float(reached) == pytest.approx(float(exact), rel=1e-3)
    assert "exact worst case of metric/bound at k = 1, 2, 4, 8: 1.88" in result.output
    command = re.search(r"look closer: (convlab .*)", result.output)[1]
    again = CliRunner().invoke(main, shlex.split(command)[1:])
    assert again.exit_code == 1, again.output


def test_a_claim_that_the_referee_refuses_is_one_sentence(falsify, pep):
    text = narrowed(FALSE).replace("gap, L * D**2 / (8 * k)", "gap, L * D**2")
    text = text.replace("assume=[convex,", "assume=[quadratic_objective, pl(mu), convex,")
    text = text.replace("import attained,", "import attained, pl, quadratic_objective,")
    text = text.replace("import D, L, k", "import D, L, mu")
    result = falsify(text, "--budget", "0.3", "--referee")
    assert result.exit_code == 0, result.output
    assert "exact worst case: not known, mine: the referee has no class for " in result.output


def test_the_missing_referee_is_named_with_what_to_install(falsify, monkeypatch):
    monkeypatch.setattr(verdicts.importlib.util, "find_spec", lambda name: None)
    result = falsify(narrowed(FALSE), "--budget", "0.3", "--referee")
    assert result.exit_code == 2
    assert "pip install 'convlab[pep]'" in result.output
    assert len(result.output.splitlines()) == 1


def test_the_referee_is_asked_where_the_claim_speaks(falsify, pep):
    text = narrowed(FALSE).replace("(8 * k))", "(8 * k), when=Eq(k, 3))")
    result = falsify("from sympy import Eq\n" + text, "--budget", "0.3", "--referee")
    assert "exact worst case of metric/bound at k = 3: 1.71" in result.output


def test_what_is_not_refuted_is_not_said_to_hold(falsify):
    result = falsify(narrowed(FALSE.replace("8 * k", "2 * k")), "--budget", "0.3")
    assert result.exit_code == 0, result.output
    assert "not refuted: " in result.output
    assert "above 1 the claim is false" in result.output


def test_what_refuted_is_remembered_and_tried_first(falsify):
    wrong = narrowed(FALSE, "huber", "huber")
    assert falsify(wrong, "--budget", "0.3").exit_code == 1
    elsewhere = falsify(narrowed(FALSE), "--budget", "0.3")
    assert elsewhere.exit_code == 1, elsewhere.output  # quadratics alone do not refute it
    assert "refuted: huber(" in elsewhere.output


def test_the_picture_is_that_of_the_claim_that_is_refuted(falsify, tmp_path):
    two = FALSE.replace("claims=[", "claims=[upper_bound(gap, L * D**2), ")
    result = falsify(narrowed(two, "huber", "huber"), "--budget", "0.3", "-o", "worst.svg")
    assert result.exit_code == 1, result.output
    assert (
        "8k" in (tmp_path / "worst.csv").read_text()
        or "8 k" in (tmp_path / "worst.csv").read_text()
    )
