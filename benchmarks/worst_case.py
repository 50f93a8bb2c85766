"""How close convlab comes to the exact worst case when the user names no instance.

A setting is a theorem as a user would write it: assumptions, method, step size, and a bound on one
metric at one iteration k, without ``tight`` and ``on``. Its constant is the true one: the exact
worst case, computed by the referee and kept in ``worst_case.json``. The program prints, for each
setting, the largest metric/bound that the quick profile finds, and how many settings come within
2 % of the exact worst case, within a factor of two, and beyond it. It checks that 0.98 of the bound
is refuted wherever it came within 2 %, and that 1.0001 of the bound never is.

    python benchmarks/worst_case.py                 # the quick profile
    python benchmarks/worst_case.py --falsify 20    # the search, with 20 seconds for each setting
    python benchmarks/worst_case.py --falsify 10 --referee    # the search, and then the referee
    python benchmarks/worst_case.py --measure       # compute the exact values anew (extra pep)
    python benchmarks/worst_case.py --table         # write docs/worst_case_table.txt

The results of a mode are kept in ``--results``, and what is there is not run again; after a change
begin with another file. ``--missed`` restricts a search to the settings on which the modes that are
there do not come within 2 %; names after the options, to settings that contain one of them. Seconds
are those of the CPU, so that other work on the machine makes no difference.
"""

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import sympy
from sympy import Integer, Rational, sqrt

from convlab import catalogue
from convlab.algorithms.accelerated import (
    accelerated_gradient,
    heavy_ball,
    nesterov_momentum,
    optimized_gradient,
    triple_momentum,
)
from convlab.algorithms.games import extragradient, gradient_descent_ascent, resolvent_method
from convlab.algorithms.gradient import gradient_descent
from convlab.algorithms.proximal import (
    fista,
    momentum_proximal_gradient,
    proximal_gradient,
    proximal_point,
)
from convlab.algorithms.subgradient import projected_subgradient, subgradient_method
from convlab.assumptions import (
    attained,
    attained_on_set,
    bounded_below,
    bounded_subgradients,
    convex,
    lipschitz,
    monotone,
    projectable,
    proximable,
    proximable_part,
    quadratic_objective,
    resolvable,
    smooth,
    smooth_part,
    strongly_convex,
    strongly_convex_part,
    strongly_monotone,
    zero,
)
from convlab.claims import Verdict, upper_bound
from convlab.falsify import Worst, falsify
from convlab.laboratory import PROFILES, Laboratory
from convlab.metrics import (
    averaged,
    best,
    distance_squared,
    gap,
    gradient_norm_squared,
    residual_squared,
)
from convlab.symbols import D, Delta, G, L, k
from convlab.theorem import Theorem

VALUES = Path(__file__).with_suffix(".json")
TABLE = Path(__file__).parents[1] / "docs/worst_case_table.txt"
ITERATIONS = (1, 2, 5, 10)
CLOSE = 0.02
SHOWN = 90
"""Letters of an instance in the table."""
BEYOND = 1e-5
"""By how much a ratio may be above 1: the solver of the referee is that exact."""


@dataclass(frozen=True)
class Setting:
    """A class, a method, and a metric at iteration ``at`` with its bound up to a constant."""

    name: str
    assume: tuple
    method: Any
    metric: Any
    scale: Any
    at: int

    def theorem(self, constant: float) -> Theorem:
        """The theorem with the bound constant * scale."""
        claim = upper_bound(
            self.metric, sympy.Float(constant) * self.scale, when=sympy.Eq(k, self.at)
        )
        return Theorem(
            cite="worstcase",
            assume=self.assume,
            algorithm=self.method,
            claims=[claim],
            iterations=self.at,
            id=self.name,
        )


def _settings(at: int) -> Iterator[Setting]:
    def make(name: str, *parts: Any) -> Setting:
        return Setting(f"{name}, k = {at}", *parts, at)

    half, three = Rational(1, 2), Rational(3, 2)
    steps = {"1/2L": half / L, "1/L": 1 / L, "3/2L": three / L}
    smooth_convex = (smooth(L), convex, attained)
    for label, eta in steps.items():
        descent = gradient_descent(eta=eta)
        for metric, scale in ((gap, L * D**2), (gradient_norm_squared, L**2 * D**2)):
            yield make(
                f"smooth convex: gradient {label}: {metric}", smooth_convex, descent, metric, scale
            )
        yield make(
            f"smooth: gradient {label}: best gradient",
            (smooth(L), bounded_below),
            descent,
            best(gradient_norm_squared),
            L * Delta,
        )
        yield make(
            f"composite: proximal gradient {label}: gap",
            (smooth_part(L), proximable_part, attained),
            proximal_gradient(eta=eta),
            gap,
            L * D**2,
        )
    for name, method in (
        ("heavy ball 1/L, 1/2", heavy_ball(eta=1 / L, beta=half)),
        ("Nesterov k/(k + 3)", nesterov_momentum(eta=1 / L, beta=k / (k + 3))),
        ("accelerated", accelerated_gradient(eta=1 / L)),
        ("optimized", optimized_gradient(eta=1 / L, horizon=Integer(at))),
    ):
        yield make(f"smooth convex: {name}: gap", smooth_convex, method, gap, L * D**2)
    yield make(
        "smooth convex: gradient 1/L: averaged gap",
        smooth_convex,
        gradient_descent(eta=1 / L),
        averaged(gap),
        L * D**2,
    )
    yield make(
        "smooth convex: accelerated: gradient",
        smooth_convex,
        accelerated_gradient(eta=1 / L),
        gradient_norm_squared,
        L**2 * D**2,
    )
    yield make(
        "smooth: heavy ball 1/L, 1/2: best gradient",
        (smooth(L), bounded_below),
        heavy_ball(eta=1 / L, beta=half),
        best(gradient_norm_squared),
        L * Delta,
    )
    yield make(
        "convex: proximal point 1: gap", (proximable, attained), proximal_point(eta=1), gap, D**2
    )
    for kappa in (10, 100):
        q = sqrt(Rational(1, kappa))
        curved = (smooth(1), strongly_convex(Rational(1, kappa)), attained)
        tuned = nesterov_momentum(eta=1, beta=(1 - q) / (1 + q))
        where = f"strongly convex {kappa}"
        for label, eta in (("1/L", 1), ("3/2L", three)):
            descent = gradient_descent(eta=eta)
            yield make(
                f"{where}: gradient {label}: distance", curved, descent, distance_squared, D**2
            )
            yield make(f"{where}: gradient {label}: gap", curved, descent, gap, D**2)
        yield make(
            f"{where}: heavy ball 1/L, 1/2: gap", curved, heavy_ball(eta=1, beta=half), gap, D**2
        )
        yield make(f"{where}: Nesterov: gap", curved, tuned, gap, D**2)
        rho = 1 - q
        momentum = triple_momentum(
            eta=1 + rho,
            beta=rho**2 / (2 - rho),
            gamma=rho**2 / ((1 + rho) * (2 - rho)),
            delta=rho**2 / (1 - rho**2),
        )
        yield make(f"{where}: triple momentum: distance", curved, momentum, distance_squared, D**2)
        quadratic = (quadratic_objective, *curved)
        for label, method in (
            ("gradient 1/L", gradient_descent(eta=1)),
            ("heavy ball 1/L, 1/2", heavy_ball(eta=1, beta=half)),
            ("Nesterov", tuned),
        ):
            yield make(
                f"quadratic {kappa}: {label}: distance", quadratic, method, distance_squared, D**2
            )
    bounded = (convex, bounded_subgradients(G), attained)
    constant = subgradient_method(eta=D / (G * sqrt(at + 1)))
    for name, metric in (("best gap", best(gap)), ("averaged gap", averaged(gap)), ("gap", gap)):
        yield make(f"Lipschitz: subgradient: {name}", bounded, constant, metric, G * D)
    sums = (smooth_part(L), proximable_part, attained)
    yield make("composite: FISTA: gap", sums, fista(eta=1 / L), gap, L * D**2)
    yield make(
        "composite: momentum 1/2: gap",
        sums,
        momentum_proximal_gradient(eta=1 / L, beta=half),
        gap,
        L * D**2,
    )
    yield make(
        "strongly convex composite 10: proximal gradient: distance",
        (smooth_part(1), strongly_convex_part(Rational(1, 10)), proximable_part, attained),
        proximal_gradient(eta=1),
        distance_squared,
        D**2,
    )
    yield make(
        "convex on a set: projected gradient: gap",
        (smooth(L), convex, projectable, attained_on_set),
        projected_subgradient(eta=1 / L),
        gap,
        L * D**2,
    )
    yield make(
        "Lipschitz on a set: projected subgradient: best gap",
        (convex, bounded_subgradients(G), projectable, attained_on_set),
        projected_subgradient(eta=D / (G * sqrt(at + 1))),
        best(gap),
        G * D,
    )
    yield make(
        "monotone: resolvent 1: residual",
        (monotone, resolvable, zero),
        resolvent_method(gamma=1),
        residual_squared,
        D**2,
    )
    yield make(
        "monotone Lipschitz: extragradient 1/2L: residual",
        (monotone, lipschitz(L), zero),
        extragradient(gamma=half / L, eta=half / L),
        residual_squared,
        L**2 * D**2,
    )
    yield make(
        "strongly monotone Lipschitz: descent ascent: distance",
        (strongly_monotone(half), lipschitz(1), zero),
        gradient_descent_ascent(eta=half),
        distance_squared,
        D**2,
    )


def settings() -> list[Setting]:
    """All settings."""
    return [setting for at in ITERATIONS for setting in _settings(at)]


def measure(chosen: list[Setting]) -> None:
    """Compute the exact values, and write them beside the program."""
    from convlab.referee import exact

    known = json.loads(VALUES.read_text()) if VALUES.exists() else {}
    for setting in chosen:
        found = exact(setting.theorem(1.0), None, setting.at)
        reached = None if found.reached is None or not found.ratio else found.reached / found.ratio
        known[setting.name] = {
            "exact": found.ratio,
            "tight": found.tight,
            "status": found.status,
            "reached": reached,
        }
        print(
            f"{setting.name}: {found.ratio}, reached {reached}; {found.status}; {found.note}",
            flush=True,
        )
    order = {s.name: i for i, s in enumerate(settings())}
    kept = {
        n: known[n] for n in sorted(known, key=lambda n: order.get(n, len(order))) if n in order
    }
    VALUES.write_text(json.dumps(kept, indent=1) + "\n")


class Judge:
    """The quick profile under a key, or, with ``seconds``, the search."""

    def __init__(self, key: int, seconds: float | None, referee: bool = False) -> None:
        self._families = catalogue.installed([]).families
        self._laboratory = Laboratory(self._families, PROFILES["quick"], key)
        self._key, self._seconds, self._referee = key, seconds, referee

    def __call__(self, setting: Setting, exact: float) -> "Row":
        """How close the setting comes to the exact worst case, and the verdicts beside it."""
        began = time.process_time()
        theorem = setting.theorem(exact)
        if self._seconds is None:
            ratio, worst, _ = self._judged(theorem)
            took = time.process_time() - began
            _, _, low = self._judged(setting.theorem((1 - CLOSE) * exact))
            _, _, high = self._judged(setting.theorem(1.0001 * exact))
        else:
            (found,) = falsify(
                theorem,
                self._families,
                seconds=self._seconds,
                key=self._key,
                referee=self._referee,
                clock=time.process_time,
            ).worst
            took = time.process_time() - began
            ratio, worst = found.ratio or 0.0, found.problem.name
            low, high = (self._at(setting.theorem(c * exact), found) for c in (1 - CLOSE, 1.0001))
        return Row(setting.name, ratio, worst, low, high, took)

    def _judged(self, theorem: Theorem) -> tuple[float, str, Verdict]:
        """The ratio, 0 where none was seen, its instance, and the verdict, as of ``verify``."""
        bench = self._laboratory.bench(theorem)
        if not bench.settings():
            return 0.0, "", Verdict.INAPPLICABLE
        finding = theorem.claims[0].judge(bench)
        worst = max(finding.evidence, key=lambda e: e.worst_ratio or 0.0)
        return finding.worst_ratio or 0.0, worst.setting, finding.verdict

    def _at(self, theorem: Theorem, found: Worst) -> Verdict:
        claim, where = theorem.claims[0], (found.problem, found.iterations)
        return self._laboratory.finding(theorem, claim, *where).verdict


class Row(NamedTuple):
    """One setting: the largest metric/bound, where, and the verdicts on 0.98 and 1.0001 of it."""

    name: str
    ratio: float
    worst: str
    low: Verdict
    high: Verdict
    seconds: float

    @property
    def close(self) -> bool:
        """Whether it comes within 2 % of the exact worst case."""
        return self.ratio >= 1 - CLOSE

    @property
    def wrong(self) -> list[str]:
        """What should not be."""
        found = []
        if self.ratio > 1 + BEYOND:
            found.append(f"{self.ratio} times the exact worst case: {self.name}")
        if self.high is Verdict.REFUTED:
            found.append(f"1.0001 of the exact bound is refuted: {self.name}")
        if self.close and self.low is not Verdict.REFUTED:
            found.append(f"{1 - CLOSE} of the exact bound is {self.low}: {self.name}")
        return found


MODES = ("quick", "falsify", "falsify and referee")


def kept(file: Path) -> dict[str, dict[str, Row]]:
    """The rows of each mode that a file of results holds, by setting."""
    found: dict[str, dict[str, Row]] = {mode: {} for mode in MODES}
    for line in file.read_text().splitlines() if file.exists() else ():
        mode, name, ratio, worst, low, high, seconds = json.loads(line)
        row = Row(name, ratio, worst, Verdict(low), Verdict(high), seconds)
        found[mode][row.name] = row
    return found


def closest(results: Mapping[str, Mapping[str, Row]], name: str, last: str) -> Row | None:
    """The row with the largest ratio of a setting, up to a mode."""
    modes = MODES[: MODES.index(last) + 1]
    rows = [results[mode][name] for mode in modes if name in results[mode]]
    return max(rows, key=lambda row: row.ratio, default=None)


def table(results: Mapping[str, Mapping[str, Row]]) -> Iterator[str]:
    """The results in Markdown: how many come close, and each setting."""
    modes = [mode for mode in MODES if results[mode]]
    names = [setting.name for setting in settings() if setting.name in results[modes[0]]]
    yield "| | settings run | seconds, mean and most | within 2 % so far | factor of two | above |"
    yield "|---|---|---|---|---|---|"
    for mode in modes:
        took = [row.seconds for row in results[mode].values()]
        times = f"{sum(took) / len(took):.1f}, {max(took):.1f}"
        found = [row.ratio for name in names if (row := closest(results, name, mode)) is not None]
        close, half = (sum(r >= least for r in found) for least in (1 - CLOSE, 0.5))
        above = sum(row.ratio > 1 + BEYOND for row in results[mode].values())
        share = f"{close} of {len(names)} ({close / len(names):.1%})"
        yield f"| {mode} | {len(took)} | {times} | {share} | {half} | {above} |"
    wrong = [sentence for mode in modes for row in results[mode].values() for sentence in row.wrong]
    yield ""
    yield "; ".join(wrong) or "0.98 of the bound is refuted wherever within 2 %, 1.0001 never."
    yield ""
    yield f"| setting | {' | '.join(modes)} | worst instance |"
    yield f"|---|{'---|' * len(modes)}---|"
    for name in names:
        cells = [f"{results[m][name].ratio:.4f}" if name in results[m] else "" for m in modes]
        row = closest(results, name, modes[-1])
        worst = "" if row is None else row.worst
        shown = worst if len(worst) <= SHOWN else worst[:SHOWN] + " ..."
        yield f"| {name} | {' | '.join(cells)} | `{shown}` |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--measure", action="store_true", help="compute the exact values anew")
    parser.add_argument("--falsify", type=float, metavar="SECONDS", help="search instead")
    parser.add_argument("--referee", action="store_true", help="and ask the referee")
    parser.add_argument("--missed", action="store_true", help="only what was missed so far")
    parser.add_argument("--table", action="store_true", help=f"write {TABLE.name}")
    parser.add_argument("--results", type=Path, default=Path("worst_case.jsonl"))
    parser.add_argument("--key", type=int, default=0)
    parser.add_argument("names", nargs="*", help="only settings whose names contain one of these")
    options = parser.parse_args()
    chosen = [s for s in settings() if not options.names or any(n in s.name for n in options.names)]
    if options.measure:
        measure(chosen)
        return
    results = kept(options.results)
    if options.table:
        TABLE.write_text("\n".join(table(results)) + "\n")
        return
    values = json.loads(VALUES.read_text())
    judge = Judge(options.key, options.falsify, options.referee)
    mode = MODES[(options.falsify is not None) + (options.falsify is not None and options.referee)]
    rows: list[Row] = []
    for setting in chosen:
        value = values[setting.name]
        if value["exact"] is None or not value["tight"]:
            continue
        row = closest(results, setting.name, mode) if options.missed else None
        if row is not None and row.close:
            continue
        row = results[mode].get(setting.name)
        if row is None:
            row = judge(setting, value["exact"])
            with options.results.open("a") as file:
                file.write(json.dumps([mode, *row]) + "\n")
        rows.append(row)
        print(f"{row.ratio:8.4f} {row.seconds:6.2f} s  {row.name}; {row.worst}", flush=True)
    close, half = sum(r.close for r in rows), sum(r.ratio >= 0.5 for r in rows)
    print(f"\n{len(rows)} settings: within 2 % {close}, within a factor of two {half}")
    wrong = [problem for row in rows for problem in row.wrong]
    print("\n".join(wrong) or "0.98 is refuted wherever within 2 %, 1.0001 never, nothing above")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
