"""The compiled engine on the catalogue: every theorem, and every method with its oracles.

A kernel takes a second to compile, and there are hundreds: a method is tried on up to three kinds
of oracles, and the methods take turns, so that each kind meets many of them. The problems are
smooth and strongly convex; a method that accepts few of these is tried on its theorems' too.

The states of the two engines must agree to 1e-12 of their size for 200 iterations, or as long as
errors grow no more than a hundredfold. Where method and problem are contractive together they never
do; how they grow is seen from a second eager run, with a hair added to the start and to each step.
"""

import functools
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest
from test_compiled import close

from convlab import catalogue, symbols
from convlab.algorithm import Method
from convlab.engine import run
from convlab.engine.tree import leaves, mapped
from convlab.errors import ConvlabError
from convlab.laboratory import Laboratory
from convlab.metrics import INITIAL, metric
from convlab.problem import Problem
from convlab.symbols import NOTATION

CATALOGUE = catalogue.installed()
LABORATORY = Laboratory(CATALOGUE.families)
CHAOTIC = {
    "acceleration/conjugate_gradients/convex_quadratics",
    "byzantine/trimmed_mean",
    "byzantine/trimmed_mean/median",
    "first_order/polyak_step/convex_functions",
    "first_order/polyak_step/strongly_convex_functions",
    "inexact/hybrid_proximal_extragradient",
    "orthogonalized/newton_schulz",
    "orthogonalized/trust_region/spectral",
    "stochastic/polyak_step_smooth/interpolated",
}
"""Their steps enlarge rounding several times over: long runs of two engines part.

Polyak's step divides by the square of a gradient that vanishes, on whatever instance is drawn, and
so do conjugate gradients. The inner loop of the hybrid method ends by a comparison, which rounding
decides once the error is small. A trimmed mean compares nodes that agree to rounding, and the polar
factor of a small gradient is decided by it.
"""


@functools.cache
def settings_of(name):
    """The first setting of a theorem, often the smallest, and its last."""
    found = LABORATORY.bench(CATALOGUE.theorems[name]).settings()
    return found[0], found[-1]


def kind(oracle):
    """The class of an oracle, with those of the oracles in it."""
    return (type(oracle).__name__, *(kind(v) for v in oracle if hasattr(v, "_fields")))


def oracle_on(name, at):
    """The kind of the oracle on the first (0) or the last (-1) setting of a theorem."""
    return kind(settings_of(name)[at].problem.oracle)


@pytest.mark.parametrize("name", sorted(CATALOGUE.theorems))
def test_every_theorem_runs_compiled_as_it_runs_eagerly(name):
    """On its last setting, and on its first where no other theorem brings method and oracle."""
    theorem = CATALOGUE.theorems[name]
    benches = [LABORATORY.bench(theorem, engine=engine) for engine in ("eager", "compiled")]
    others = [other.id for other in THEOREMS[theorem.algorithm.algorithm.name]]
    met = {oracle_on(other, -1) for other in others}
    met |= {oracle_on(other, 0) for other in others[: others.index(name)]}
    for setting in settings_of(name)[1 if oracle_on(name, 0) in met else 0 :]:
        most = 4 if name in CHAOTIC else 40
        short = replace(setting, iterations=min(setting.iterations, most))
        agree(*(bench.trace(short) for bench in benches))


def agree(eager, compiled):
    """The same numbers, statuses and calls."""
    assert compiled.engine == "compiled", compiled.note
    for measured, values in eager.values.items():
        close(compiled.values[measured], values)
    assert eager.statuses == compiled.statuses
    for oracle, calls in eager.calls.items():
        np.testing.assert_array_equal(compiled.calls[oracle], calls)


# Every method with the oracles that it accepts ----------------------------------------------------

ITERATIONS, REPLICATES, HAIR, GROWTH, KINDS = 200, 3, 1e-9, 100, 3
DIVIDING = {"normalized_subgradient", "polyak_step", "triple_momentum"}
"""Their steps divide by what vanishes at the minimizer, or take differences of what nearly cancels.

Half of the digits are lost on the way.
"""


class Shaken(Method):
    """A method whose states are moved by a hair after each step."""

    def step(self, state, oracle, rng, k, hyper):
        return mapped(shaken, super().step(state, oracle, rng, k, hyper))


def shaken(leaf):
    """Moved by a hair of each entry, where it is not of integers."""
    return leaf + HAIR * leaf * directions(leaf) if leaf.dtype.kind == "f" else leaf


def directions(leaf):
    """Numbers between -1 and 1, one for each entry."""
    return np.cos(1.0 + np.arange(leaf.size)).reshape(leaf.shape)


class Pair(NamedTuple):
    """A method, a problem, and how it is run."""

    method: Method
    problem: Problem
    constants: dict
    initial: dict = INITIAL
    iterations: int = ITERATIONS

    def states(self, engine: str = "eager", *, moved: bool = False, iterations: int | None = None):
        """The trace of a run, and the leaves of its states, (G, R, n)."""
        seen: list[list[np.ndarray]] = []

        @metric("seen", "X")
        def see(s, oracle):
            rows = [np.asarray(leaf, dtype=float) for leaf in leaves(s)]
            seen.append([r.reshape(-1, REPLICATES, math.prod(r.shape[1:])) for r in rows])
            return s.x.reshape(len(s.x), -1)[:, :1]

        method, start = self.method, self.problem.starts(0, range(REPLICATES))
        if moved:
            method = Shaken(method.algorithm, method.hyperparameters)
            start = start + HAIR * size(start) * directions(start)
        trace = run(
            method,
            self.problem,
            iterations=self.iterations if iterations is None else iterations,
            replicates=REPLICATES,
            metrics=[see],
            constants=self.constants,
            initial=self.initial,
            start=start,
            engine=engine,
        )
        return trace, [np.concatenate(parts) for parts in zip(*seen, strict=True)]


def size(start):
    return np.abs(start).max() or 1.0


def apart(one, other, floor):
    """How far states are apart at each iteration, in parts of the size that they have had."""
    found = []
    for a, b in zip(one, other, strict=True):
        n = min(len(a), len(b))  # a run ends where all replicates have diverged
        sizes = np.abs(a[:n]).max(axis=(1, 2), initial=floor)
        found.append(np.abs(a[:n] - b[:n]).max(axis=(1, 2)) / np.maximum.accumulate(sizes))
    return np.max(found, axis=0)


def problems() -> list[Problem]:
    """A smooth and strongly convex problem of each kind of oracle."""
    found: dict[Any, Problem] = {}
    for name in sorted(CATALOGUE.families):
        try:
            problem = CATALOGUE.families[name](0)
        except ConvlabError:  # it needs what is not installed
            continue
        if {"L", "mu", "x_star"} <= problem.constants.keys():
            found.setdefault(kind(problem.oracle), problem)
    return list(found.values())


def theorems() -> dict[str, list[Any]]:
    """Algorithm -> the theorems about it."""
    found: dict[str, list[Any]] = {}
    for name in sorted(CATALOGUE.theorems):
        theorem = CATALOGUE.theorems[name]
        found.setdefault(theorem.algorithm.algorithm.name, []).append(theorem)
    return found


PROBLEMS, THEOREMS = problems(), theorems()


def axes(name):
    """How many axes the iterates have for which an algorithm is made, as seen in its theorems."""
    found = set()
    for theorem in THEOREMS[name]:
        named = [*theorem.tight, *(theorem.on or ())]
        first = named[0] if named else None
        if named and not isinstance(first, Problem):
            first = first(0)
        found.add(first.starts(0, [0]).ndim if named else 2)
    return found


def contractive(name) -> Iterator[Pair]:
    """The problems that an algorithm accepts, each with its first method that fits.

    Symbols have the problem's constants as values, and small numbers where there are none.
    """
    fit = axes(name)
    for problem in PROBLEMS:
        if problem.starts(0, [0]).ndim not in fit:
            continue
        known = {e.symbol: problem.constants.get(letter) for (letter, _), e in NOTATION.items()}
        known = {s: v for s, v in known.items() if v is not None and np.ndim(v) == 0}
        given = {*known, symbols.k, symbols.T, symbols.D, symbols.Delta, symbols.d}
        for theorem in THEOREMS[name]:
            free = theorem.algorithm.free_symbols - given
            small = {s: 2 if s.is_integer else 0.1 / problem.constants["L"] for s in free}
            pair = Pair(theorem.algorithm, problem, known | small)
            try:
                pair.states(iterations=2)
            except Exception:  # the problem has not the oracles, or shapes, that it asks for
                continue
            yield pair
            break


def own(name) -> Iterator[Pair]:
    """One of each kind of problems on which the theorems about an algorithm are tried."""
    longest: dict[Any, Pair] = {}
    for theorem in THEOREMS[name]:
        for setting in LABORATORY.bench(theorem).settings():
            pair = Pair(
                setting.chosen_method,
                setting.problem,
                setting.constants,
                theorem.quantities,
                min(ITERATIONS, setting.iterations),
            )
            other = longest.setdefault(kind(pair.problem.oracle), pair)
            if other.iterations < pair.iterations:
                longest[kind(pair.problem.oracle)] = pair
    yield from longest.values()


def pairs(name):
    """Those of an algorithm that are tried."""
    found = list(contractive(name))
    if len(found) < KINDS:
        seen = {kind(pair.problem.oracle) for pair in found}
        found += [pair for pair in own(name) if kind(pair.problem.oracle) not in seen]
    every = math.ceil(len(found) / KINDS)
    return found[sorted(THEOREMS).index(name) % every :: every]


@pytest.mark.parametrize("name", sorted(THEOREMS))
def test_a_method_runs_compiled_as_it_runs_eagerly_on_what_it_accepts(name):
    compared, digits = 0, 1e-6 if name in DIVIDING else 1e-12
    for pair in pairs(name):
        (eager, expected), (_, moved) = pair.states(), pair.states(moved=True)
        compiled, found = pair.states("compiled")
        assert compiled.engine == "compiled", compiled.note
        floor = size(eager.starts)
        with np.errstate(all="ignore"):  # some of them diverge
            growth = np.maximum.accumulate(apart(expected, moved, floor)) / HAIR
            errors = apart(expected, found, floor)
        calm = int(np.sum(growth[: len(errors)] <= GROWTH))
        np.testing.assert_array_less(errors[:calm], digits)
        for oracle, calls in eager.calls.items():
            np.testing.assert_array_equal(compiled.calls[oracle][:calm], calls[:calm])
        compared = max(compared, eager.grid[:calm].max(initial=0))
    assert compared > 0
