"""Pictures: what they show, that they are redrawn from their data, and what bad input says."""

import csv
import math
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from click.testing import CliRunner
from sympy import Interval, Rational, log, sqrt

from convlab.algorithm import Point, algorithm
from convlab.algorithms.gradient import gradient_descent
from convlab.algorithms.stochastic import sgd
from convlab.assumptions import attained
from convlab.claims import (
    Claim,
    Evidence,
    Finding,
    Verdict,
    complexity,
    drift,
    exponent,
    identity,
    limit,
    linear_rate,
    lower_bound,
    ordering,
    potential,
    scaling,
    stays_away,
    threshold,
    upper_bound,
)
from convlab.cli import main
from convlab.errors import ConvlabError
from convlab.laboratory import Laboratory
from convlab.metrics import E, distance, distance_squared, gap, metric, until
from convlab.problem import Problem
from convlab.report import curves, figure
from convlab.statement import claim_tex
from convlab.streams import normal
from convlab.symbols import D, T, V, delta, eta, k
from convlab.theorem import Theorem, bound
from convlab.vocabulary import sqnorm, total
from problems import noise
from problems.quadratics import quadratic

ID = "first_order/gradient_descent_convex"
MAGIC = {"pdf": b"%PDF", "png": b"\x89PNG", "svg": b"<?xml"}


def plot(*arguments):
    return CliRunner().invoke(main, ["plot", *map(str, arguments)])


def rows(file):
    """Series -> {k: value}, per instance."""
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    found: dict = {}
    for row in csv.DictReader(lines):
        series = found.setdefault(row["instance"], {}).setdefault(row["series"], {})
        series[float(row["k"])] = float(row["value"])
    return found


# The command --------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", MAGIC)
def test_a_picture_is_redrawn_from_its_data_to_the_byte(tmp_path, suffix):
    picture = tmp_path / f"rate.{suffix}"
    done = plot(ID, "-o", picture)
    assert done.exit_code == 0, done.output
    drawn = picture.read_bytes()
    assert drawn.startswith(MAGIC[suffix])
    picture.unlink()
    assert plot("-o", picture, "--from-data").exit_code == 0
    assert picture.read_bytes() == drawn
    assert {f.name for f in tmp_path.iterdir()} == {picture.name, "rate.csv"}


def test_the_data_are_tidy_and_say_where_they_come_from(tmp_path):
    assert plot(ID, "-o", tmp_path / "rate.svg", "--key", 3).exit_code == 0
    text = (tmp_path / "rate.csv").read_text()
    assert "numpy" in text.splitlines()[0]
    assert "key 3, profile quick" in text.splitlines()[1]
    assert "theorem,instance,series,k,value" in text.splitlines()
    data = rows(tmp_path / "rate.csv")
    first = next(iter(data))
    assert first == "huber(horizon=k, L=1.0) with eta=1/L"
    for at, value in data[first]["ends"].items():
        assert value == pytest.approx(1 / (4 * at + 2), rel=1e-5)
        assert data[first]["bound"][at] == pytest.approx(1 / (2 * at), rel=1e-5)
    assert 1 < len(data) <= 3


def test_instances_parameters_and_length_can_be_chosen(tmp_path):
    chosen = ("--instance", "quadratic(d=5, kappa=100)", "--instance", "huber(horizon=7)")
    more = ("--set", "eta=1/(2*L)", "--iterations", 50)
    assert plot(ID, "-o", tmp_path / "rate.svg", *chosen, *more).exit_code == 0
    data = rows(tmp_path / "rate.csv")
    assert set(data) == {
        "huber(horizon=7, L=1.0) with eta=1/(2*L)",
        "quadratic(d=5, L=1.0, kappa=100.0) with eta=1/(2*L)",
    }
    assert all(max(series["bound"]) == 50 for series in data.values())
    quadratic = next(series for name, series in data.items() if name.startswith("quad"))
    assert {"worst", "median", "low", "high"} <= quadratic.keys()
    at = quadratic["median"].keys() & quadratic["low"].keys() & quadratic["high"].keys()
    assert all(quadratic["low"][i] <= quadratic["median"][i] <= quadratic["high"][i] for i in at)


def test_the_instance_closest_to_the_bound_is_number_zero(tmp_path):
    assert plot(ID, "-o", tmp_path / "rate.svg", "--instance", 0).exit_code == 0
    assert list(rows(tmp_path / "rate.csv")) == ["huber(horizon=k, L=1.0) with eta=1/L"]


@pytest.mark.parametrize("mutant", ["bound", "eta = 2.1/L"])
def test_a_mutant_is_shown_where_it_is_false(tmp_path, mutant):
    done = plot(ID, "-o", tmp_path / "false.svg", "--mutant", mutant)
    assert done.exit_code == 0, done.output
    (series,) = rows(tmp_path / "false.csv").values()
    assert series["violation"]
    assert all(value > series["bound"][at] for at, value in series["violation"].items())


def test_several_theorems_are_panels_of_one_picture(tmp_path):
    own = tmp_path / "own.py"
    own.write_text(
        '"""An own statement."""\n'
        "from convlab import Theorem, gap, upper_bound\n"
        "from convlab.algorithms.gradient import gradient_descent\n"
        "from convlab.assumptions import attained, convex, smooth\n"
        "from convlab.symbols import D, L, k\n"
        "from problems.huber import huber\n"
        "theorem = Theorem(cite='an own result', assume=[convex, smooth(L), attained],\n"
        "    algorithm=gradient_descent(eta=1 / L), on=[huber],\n"
        "    claims=[upper_bound(gap, L * D**2 / (2 * k))])\n"
    )
    done = plot(ID, own, "-o", tmp_path / "both.svg")
    assert done.exit_code == 0, done.output
    panels = curves.read(tmp_path / "both.csv")
    assert [p.theorem for p in panels] == [ID, "own"]
    assert panels[0].citation == "Garrigos and Gower (2023), Theorem 3.4"
    assert panels[1].citation == "an own result"


BAD = {
    "suffix": ((ID, "-o", "rate.jpg"), "ends in one of .pdf, .png, .svg"),
    "folder": ((ID, "-o", "nowhere/rate.png"), "cannot write nowhere/rate.png"),
    "no file": ((ID,), "-o"),
    "no theorem": (("-o", "rate.png"), "name what to draw"),
    "id": (("first_order/gradient_descent_convx", "-o", "rate.png"), f"did you mean {ID}?"),
    "mutant": ((ID, "-o", "rate.png", "--mutant", "x"), "has no mutant 'x'; its mutants: 'bound"),
    "family": ((ID, "-o", "rate.png", "--instance", "hubr"), "did you mean huber?"),
    "parameter": ((ID, "-o", "rate.png", "--instance", "huber(q=1)"), "no parameter 'q'"),
    "range": ((ID, "-o", "rate.png", "--instance", "huber(L=1000)"), "outside its range"),
    "place": ((ID, "-o", "rate.png", "--instance", "99"), "there is no instance 99"),
    "step": ((ID, "-o", "rate.png", "--set", "eta=3/L"), "outside the range of the theorem"),
    "formula": ((ID, "-o", "rate.png", "--set", "eta"), "write it as NAME=FORMULA"),
    "no data": (("-o", "rate.png", "--from-data"), "rate.csv cannot be read"),
    "bad data": (("-o", "other.png", "--from-data"), "other.csv is not a file of convlab plot"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_sentence(tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.csv").write_text("theorem,instance,series,k,value\na,b,c,d,e\n")
    arguments, sentence = BAD[case]
    done = plot(*arguments)
    assert done.exit_code == 2
    assert sentence in done.output
    assert len(done.output.splitlines()) == 1
    assert [f.name for f in tmp_path.iterdir()] == ["other.csv"]


# Every kind of claim ------------------------------------------------------------------------------


class Diagonal(NamedTuple):
    """x_1^2 / 2 + small x_2^2 / 2."""

    small: float

    def value(self, x):
        return total(x * self.gradient(x)) / 2

    def gradient(self, x):
        return x * np.array([1.0, self.small])


def diagonal(kappa):
    return Problem(
        oracle=Diagonal(1 / kappa),
        declares=[attained(0.0, np.zeros(2))],
        start=np.ones(2),
        name=f"diagonal(kappa={kappa})",
    )


@algorithm
def walk(s, oracle, rng, *, eta):
    return Point(s.x - eta * oracle.gradient(s.x) + 0.1 * normal(rng, 2))


@metric("length", r"\|X\|", expected=False)
def length(s, oracle):
    return sqnorm(s.x) ** 0.5


@metric("deficit", r"\|X\|^2 - 9", least=None)
def deficit(s, oracle):
    return sqnorm(s.x) - 9


@metric("nothing", "0")
def nothing(s, oracle):
    return 0 * sqnorm(s.x)


def energy(s, oracle):
    return sqnorm(s.x)


half, noisy = gradient_descent(eta=Rational(1, 2)), walk(eta=1)
stationary = 2**-k + Rational(2, 100) * (k + 1)
KINDS = {
    "upper": (upper_bound(distance, D * Rational(3, 4) ** k), half, "bound"),
    "lower": (lower_bound(distance, D / 2**k / 2), half, "bound"),
    "expectation": (upper_bound(E(distance_squared), 2 * (D**2 + k)), noisy, "bound"),
    "mean": (upper_bound(E(length), 2 * (D + k)), noisy, "bound"),
    "probability": (
        upper_bound(length, D + log(1 / delta) * k, when=k >= 1, probability=1 - delta),
        noisy,
        "bound",
    ),
    "horizon": (upper_bound(distance, 2 * D * Rational(3, 4) ** T), half, "bound"),
    "exponent": (exponent(gap, -1), gradient_descent(eta=eta / sqrt(k + 1)), "slope"),
    "rate": (linear_rate(distance, Rational(3, 4)), half, "slope"),
    "moments": (exponent(E(distance_squared), 1), noisy, "slope"),
    "signed": (exponent(E(deficit), 1), noisy, "slope"),
    "complexity": (
        complexity(distance, 1, over=diagonal, at=(2, 3, 4, 6), eps=1e-3),
        half,
        "slope",
    ),
    "scaling": (
        scaling(distance, 0, over=diagonal, at=(2, 3, 4, 6)),
        gradient_descent(eta=0),
        "slope",
    ),
    "drift": (drift(distance_squared, V * Rational(9, 16)), half, "bound"),
    "identity": (identity(distance, gradient_descent(eta=0.5)), half, "other"),
    "equality": (identity(E(distance_squared), D**2 + k), noisy, "other"),
    "ordering": (ordering(distance, gradient_descent(eta=Rational(1, 4))), half, "other"),
    "limit": (limit(distance, 0, within=1e-3), half, None),
    "away": (stays_away(distance, D / 10), gradient_descent(eta=0), "bound"),
    "potential": (potential("V", "V", energy, factor=1), half, "bound"),
    "threshold": (
        threshold(distance, eta, 2, bracket=(1, 3)),
        gradient_descent(eta=eta),
        "threshold",
    ),
}


def panel(claim, method, **options):
    theorem = Theorem(
        cite="none",
        assume=[attained],
        algorithm=method,
        parameters={eta: Interval(0, 2)} if eta in method.free_symbols else {},
        claims=[claim],
        on=[diagonal(2)],
        iterations=200,
        id="kind",
        title="One of each kind",
        mutants=[bound(claim.bound / 50, "too small")] if claim.bound is not None else [],
    )
    return curves.compute(theorem, Laboratory({}), **options)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_claim_has_a_picture(kind, tmp_path):
    claim, method, reference = KINDS[kind]
    shown = panel(claim, method)
    for series in shown.curves.values():
        assert series.keys() & set(curves.MEASURED)
        assert reference is None or reference in series
    (tmp_path / "kind.csv").write_text(curves.write([shown], []))
    (read,) = curves.read(tmp_path / "kind.csv")
    assert lines(shown) == lines(read)
    figure.save(figure.figure([shown]), tmp_path / "kind.png")


@dataclass(frozen=True, kw_only=True)
class Seen(Claim):
    """A kind of claim of one's own: the metric is there."""

    kind = "presence"

    def judge(self, bench):
        setting = bench.settings()[0]
        assert len(bench.trace(setting).values[self.metric.name])
        return Finding(Verdict.HOLDS, "seen", (Evidence(str(setting), Verdict.HOLDS),))


def test_a_kind_of_claim_of_ones_own_shows_its_metric():
    claim = Seen(metric=distance)
    (series,) = panel(claim, half).curves.values()
    assert series["value"][1][:2] == pytest.approx([2**0.5, (0.25 + 0.5625) ** 0.5], rel=1e-5)
    assert panel(claim, half).y == distance.statement
    assert claim_tex(claim) == rf"\text{{presence of }} {distance.statement}"


def test_a_threshold_of_an_unknown_expectation_has_no_picture():
    claim = threshold(E(length), eta, 2, bracket=(1, 3))
    with pytest.raises(ConvlabError, match="its expectation is not known exactly"):
        panel(claim, walk(eta=eta))


def lines(shown):
    """All that is drawn, as numbers and texts."""
    axes = figure.figure([shown]).axes[0]
    data = [line.get_xydata().tolist() for line in axes.lines]
    texts = [t.get_text() for t in (*axes.texts, *axes.get_legend().get_texts())]
    return data, texts, axes.get_xlabel(), axes.get_ylabel(), axes.get_xscale(), axes.get_yscale()


def test_axes_are_those_on_which_the_bound_is_straight():
    def scales(formula):
        return panel(upper_bound(distance, formula), half).scale

    assert scales(4 * D / (k + 1)) == "loglog"
    assert scales(D * Rational(3, 4) ** k) == "semilogy"
    assert panel(stays_away(distance, D / 2), gradient_descent(eta=0)).scale == "semilogx"


def test_the_slope_triangle_says_the_exponent_of_the_bound_and_nothing_else():
    def power(formula):
        return panel(upper_bound(distance, formula), half).power

    assert power(9 * D / (k + 1) ** 2) == -2
    assert power(9 * D / sqrt(k)) == -0.5
    silver = math.log2(1 + math.sqrt(2))
    assert power(9 * D * k**-silver) == pytest.approx(-silver, abs=1e-4)
    assert power(9 * D * log(k + 2) / sqrt(k)) is None
    assert power(9 * D / k + 1) is None
    drawn = lines(panel(upper_bound(distance, 9 * D / sqrt(k)), half))
    assert "\N{MINUS SIGN}1/2" in drawn[1]


def test_a_diverging_mutant_stays_within_the_axes(tmp_path):
    claim, _, _ = KINDS["upper"]
    shown = panel(claim, gradient_descent(eta=5))
    axes = figure.figure([shown]).axes[0]
    assert axes.get_ylim()[1] < 1e9
    assert "false at $k = 1$" in [t.get_text() for t in axes.texts]


def legend(shown):
    return [t.get_text() for t in figure.figure([shown]).axes[0].get_legend().get_texts()]


def test_a_sweep_is_named_after_its_family():
    claim, method, _ = KINDS["complexity"]
    assert "diagonal" in legend(panel(claim, method))


def test_a_law_of_noise_is_named_whole():
    theorem = Theorem(
        cite="none",
        assume=[attained],
        algorithm=sgd(eta=Rational(1, 100)),
        claims=[upper_bound(distance, 100 * D)],
        on=[noise.noisy(quadratic(d=2), noise.Student(scale, 1.5, 1.6)) for scale in (1.0, 2.0)],
        id="noise",
        title="Noise",
    )
    texts = legend(curves.compute(theorem, Laboratory({})))
    assert any("Student(sigma=2.0" in text for text in texts)
    assert all(text.count("]") == text.count("[") for text in texts)


def test_a_phase_diagram_is_drawn_once():
    claim = threshold(distance, eta, 2, bracket=(1, 3), over=diagonal, along=(2.0, 3.0))
    texts = legend(panel(claim, gradient_descent(eta=eta)))
    assert texts == [r"$\eta = 2$", "converges", "diverges"]


def test_what_is_all_rounding_is_drawn_as_zero():
    shown = panel(upper_bound(nothing, 0), half)
    (series,) = shown.curves.values()
    assert not any(y.any() for _, y in series.values())


def test_a_run_that_arrives_at_once_is_drawn_to_its_end():
    shown = panel(upper_bound(distance, D / 1000, when=k >= 2), gradient_descent(eta=k + 1))
    (series,) = shown.curves.values()
    x, y = series["value"]
    assert (x[-1], y[-1]) == (2, pytest.approx(0, abs=1e-9))
    low, high = figure.figure([shown]).axes[0].get_ylim()
    assert low < y[-1] < y[1] < high


def test_a_race_has_a_logarithmic_axis_of_counts():
    claim = ordering(until(distance, 1e-3), gradient_descent(eta=Rational(1, 4)))
    assert panel(claim, half).scale == "loglog"


def test_the_lines_of_a_title_are_alike_in_length():
    shown = panel(*KINDS["upper"][:2])
    for letters in range(30, 120, 7):
        title = ("one word and another, " * 6)[:letters].strip()
        texts = lines(replace(shown, title=title))[1]
        first = [t for t in texts if t and t in title]
        assert " ".join(reversed(first)) == title
        assert min(map(len, first)) > 0.5 * max(map(len, first))


@pytest.mark.parametrize("probability", [None, 1 - delta])
def test_the_legend_says_on_which_side_the_bound_is(probability):
    upper = panel(upper_bound(distance, 2 * D, probability=probability), half)
    assert ("quantile" in legend(upper)[0]) == (probability is not None)
    assert r"\geq" in legend(panel(lower_bound(distance, D / 2**k / 3), half))[0]


# Recipes ------------------------------------------------------------------------------------------

RECIPE = f'''"""
A recipe
========
"""
from convlab.report.picture import Picture

pictures = {{"small": Picture(["{ID}"], instances=["huber"], iterations=8)}}
'''


def figures(folder, *arguments):
    command = [sys.executable, "-m", "figures", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_recipes_are_found_by_being_there(tmp_path):
    root = Path(__file__).parents[1] / "figures"
    (tmp_path / "figures").mkdir()
    for name in ("__init__.py", "__main__.py"):
        (tmp_path / "figures" / name).write_text((root / name).read_text())
    (tmp_path / "figures" / "mine.py").write_text(RECIPE)
    done = figures(tmp_path)
    assert done.returncode == 0, done.stderr
    picture = tmp_path / "figures" / "small.png"
    drawn = picture.read_bytes()
    picture.unlink()
    assert figures(tmp_path, "small", "--from-data").returncode == 0
    assert picture.read_bytes() == drawn
    unknown = figures(tmp_path, "larger")
    assert unknown.returncode == 2
    assert "there is no figure larger; there are mine, small" in unknown.stderr
