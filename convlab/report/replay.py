"""One instance, looked at closely: what is known of it, and a theorem on it."""

import inspect
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from rich.text import Text

from convlab.bench import Conditions, TheoremBench
from convlab.claims import Basis, Claim, Finding, Setting, Verdict
from convlab.claims.bounds import LowerBound, UpperBound
from convlab.engine import Trace
from convlab.errors import ConvlabError
from convlab.instances import PROFILES
from convlab.laboratory import ALPHA
from convlab.problem import Problem
from convlab.report.tables import table, write
from convlab.theorem import Theorem

__all__ = ["print_instance", "print_replay", "refuted", "replay"]

BESIDE = 2
"""Rows that a table shows before, and after, the place that it is about."""


def print_instance(problem: Problem) -> None:
    """The instance: certificates with how each was obtained, oracles, start, assumptions."""
    write(Text(problem.name, style="bold"))
    if problem.instance is not None:
        family = problem.instance.family
        write(f"{inspect.cleandoc(family.__doc__ or '').partition(chr(10))[0]}\n")
    constants = table("constant", "value", "error", "obtained", right=("value", "error"))
    for name, found in problem.certificates.items():
        constants.add_row(
            Text(name), Text(_shown(found.value)), f"{found.error:.2g}", Text(found.how)
        )
    write(constants)
    methods = type(problem.oracle)
    oracles = [name for name in problem.vocabulary if callable(getattr(methods, name, None))]
    start = "drawn by the problem"
    if problem.fixed_start:
        start = _shown(problem.start)
    elif not callable(problem.start):
        start = f"drawn at distance {problem.radius:g} from x_star"
    write("")
    write(f"oracles: {', '.join(oracles)}")
    write(f"start: {start}")
    write(f"assumptions: {', '.join(a.name for a in problem.assumptions)}")
    if problem.instance is not None:
        write(f"family: {problem.instance.family.name}, {problem.instance.family.place}")


def _shown(value: Any) -> str:
    """A number in all digits; of an array the first entries."""
    if np.ndim(value) == 0:
        return repr(value.item() if isinstance(value, np.generic) else value)
    return np.array2string(np.asarray(value), precision=6, threshold=6).replace("\n", "")


def replay(
    theorem: Theorem,
    problem: Problem,
    *,
    iterations: int | None = None,
    replicate: int | None = None,
    key: int = 0,
) -> tuple[TheoremBench, list[Finding]]:
    """Judge the claims of a theorem on one problem: the bench, and a finding for each claim.

    ``iterations`` is by default the horizon of the instance, where it has one, else the length
    of the theorem's runs; starts are drawn at least up to ``replicate``. Raises ConvlabError where
    the problem does not satisfy the assumptions.
    """
    length = iterations or problem.horizon or theorem.iterations
    profile = PROFILES["quick"]
    profile = replace(profile, starts=max(profile.starts, (replicate or 0) + 1))
    conditions = Conditions(key, "numpy", "auto", float(-np.log(ALPHA)))
    bench = TheoremBench(theorem, [(problem, length, True)], profile, conditions, {})
    return bench, [claim.judge(bench) for claim in theorem.claims]


def print_replay(
    theorem: Theorem, bench: TheoremBench, findings: Sequence[Finding], replicate: int | None
) -> None:
    """For each claim its verdict, and for each setting a table around its worst iteration.

    That is the one at which the claim is refuted, or where it comes closest to its bound.
    """
    for claim, finding in zip(theorem.claims, findings, strict=True):
        write(Text(str(claim), style="bold"))
        for setting in bench.settings():
            _print_setting(claim, finding, bench, setting, replicate)
        write(f"{finding.verdict}: {finding.sentence}\n")


def _print_setting(
    claim: Claim,
    finding: Finding,
    bench: TheoremBench,
    setting: Setting,
    replicate: int | None,
) -> None:
    exact = bench.expectation(setting, claim.metric) if claim.metric.expected else None
    trace = bench.trace(setting) if exact is None else exact
    if replicate is not None and exact is None and replicate not in trace.replicates:
        raise ConvlabError(
            f"{setting.problem.name} has one start and the method draws nothing: "
            "there is only replicate 0"
        )
    values = trace.values[claim.metric.name]
    bound, ratio = _ratio(claim, setting, trace, values)
    columns = range(values.shape[1]) if replicate is None or exact is not None else [replicate]
    known = np.where(np.isnan(ratio), -1.0, ratio)[:, columns]
    worst = float(known.max())
    # Of ratios that are equal up to rounding the first, on every machine.
    g, first = np.argwhere(np.isclose(known, worst, rtol=1e-9, atol=0.0))[0]
    r = columns[first]
    witness = next((e.witness for e in finding.evidence if e.setting == str(setting)), None)
    if witness is not None and witness.k is not None and witness.replicate in trace.replicates:
        own = trace.replicates.index(witness.replicate)
        if own in columns:
            g, r = int(np.searchsorted(trace.grid, witness.k)), own
    what = "expectation" if exact is not None else f"replicate {trace.replicates[r]}"
    write(f"{setting}; {what}: {trace.statuses[r]}")
    heads = ("k", str(claim.metric) if exact is not None else claim.metric.name, "bound", "ratio")
    rows = table(*heads, right=heads)
    top = max(0, min(g - BESIDE, len(values) - 2 * BESIDE - 1))
    for at in range(top, min(top + 2 * BESIDE + 1, len(values))):
        cells = [values[at, r], bound[at, r], ratio[at, r]]
        shown = ["" if np.isnan(cell) else f"{cell:.6g}" for cell in cells]
        rows.add_row(str(trace.grid[at]), *shown)
    write(rows)


def _ratio(
    claim: Claim, setting: Setting, trace: Trace, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The bound, and how much of it is used: NaN where the claim says nothing of single values."""
    if not isinstance(claim, UpperBound | LowerBound):
        return np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    sides = claim.sides(setting, trace, Basis.EXACT)
    return sides.right, np.where(sides.ratio > 0, sides.ratio, np.nan)


def refuted(findings: Sequence[Finding]) -> bool:
    """Whether a claim is refuted."""
    return any(finding.verdict is Verdict.REFUTED for finding in findings)
