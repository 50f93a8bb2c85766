"""``benchmarks/keys.py``: verdicts under many keys, each reached once."""

import importlib
import json
import sys
from pathlib import Path

import pytest

THEOREM = '''"""Gradient descent on quadratics."""

from convlab import Theorem, bound, distance, upper_bound
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained, convex, smooth
from convlab.symbols import D, L, k
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
def keys(tmp_path, monkeypatch):
    """The program, in a folder with a theorem that holds and one that does not."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
    (tmp_path / "good.py").write_text(THEOREM)
    (tmp_path / "wrong.py").write_text(
        THEOREM.replace("distance, D)", "distance, D / 99, when=k >= 9)")
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "keys", raising=False)  # it remembers what it has imported
    return importlib.import_module("keys")


def test_the_tables_say_what_is_not_as_expected(keys, capsys):
    arguments = [".", "--keys", "1", "2", "--jobs", "2", "--output", "table.txt"]
    assert keys.main(arguments) == 1
    out, err = capsys.readouterr()
    assert Path("table.txt").read_text() == out
    lines = out.splitlines()
    for row in ("| 1 | 1 of 2 | 1 of 2 |", "| 2 | 1 of 2 | 1 of 2 |", "| all | 2 of 4 | 2 of 4 |"):
        assert row in lines
    wrong = [line for line in lines if line.startswith("wrong, key ")]
    assert [line[:38] for line in wrong] == [
        "wrong, key 1: expected holds: quadrati",
        "wrong, key 2: expected holds: quadrati",
    ]
    assert wrong[0][14:] != wrong[1][14:], "another key is another start"
    assert "Verdicts that refute a theorem that is expected to hold: 2." in lines
    assert lines[-1] == "| `wrong` | 2 | 2 | 0 | 0 |"
    assert [line.partition(";")[0] for line in sorted(err.splitlines())] == [
        "key 1: 1 of 2 as expected, 1 of 2 mutants refuted",
        "key 2: 1 of 2 as expected, 1 of 2 mutants refuted",
    ]


def test_what_is_in_the_file_is_not_run_again(keys, capsys):
    file = Path("results.jsonl")
    arguments = ["good.py", "--jobs", "1", "--results", str(file), "--keys", "1"]
    assert keys.main([*arguments, "1"]) == 0
    first = file.read_text()
    lied = json.dumps(json.loads(first) | {"mutants_refuted": 0}) + "\n"
    file.write_text(lied + first[:30])  # as after a run that was killed while it wrote
    assert keys.main([*arguments, "2"]) == 0
    assert file.read_text().startswith(lied)
    assert len(file.read_text().splitlines()) == 2
    out = capsys.readouterr().out
    assert "| 1 | 1 of 1 | 0 of 1 |\n| 2 | 1 of 1 | 1 of 1 |" in out
    keys.main(["good.py", "--profile", "standard", *arguments[1:], "1"])
    assert "| 1 | 1 of 1 | 1 of 1 |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no_such_area"], "no_such_area"),
        (["good.py", "--keys", "2", "1"], "the smaller one first"),
    ],
)
def test_bad_options_are_told_in_one_sentence(keys, capsys, arguments, says):
    with pytest.raises(SystemExit) as stopped:
        keys.main(arguments)
    assert stopped.value.code == 2
    assert says in capsys.readouterr().err
