"""How fast the engine is: nanoseconds per iteration and replicate, against other ways to run.

Every workload is run in the same process by

- ``compiled`` and ``eager``, the two engines: the whole call of ``run``, with a metric recorded at
  points evenly spaced in the logarithm; the kernel has been compiled before;
- ``c``: C with run-time dimensions and the same draws, the metric included; the best of one
  replicate at a time and of tiles of replicates;
- ``jax`` and ``optax``: jit(vmap(scan)) in double precision, without a metric;
- ``loop``: NumPy, one replicate after the other, without a metric.

Processor time of one thread, pinned to one processor; medians of rounds that take turns, with the
quartiles. Results are compared too: with C to rounding, with JAX in the mean over
replicates. Then: processor seconds to compile a kernel and to load one from the disk, to import
convlab and to show its help; the speed of normals; and the wall time of two threads against one.

Exit code 1 if results disagree.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import engine_c
import engine_jax
import numpy as np
from engine_loop import loop
from engine_workloads import WORKLOADS, Workload
from rich import box
from rich.console import Console
from rich.table import Table

from convlab.engine import run
from convlab.engine.compiled import cache, driver
from convlab.streams import Normal
from convlab.streams.compiled import values

KEY = 1
BUDGET = 1.0
"""Seconds for one measurement of what is not the compiled engine or C: fewer iterations then."""
LIMIT = 20.0
"""Seconds after which a workload gets no further round, once it has had three."""
COLUMNS = ("compiled", "eager", "c", "jax", "optax", "loop")


class Measured:
    """Ways to run a workload, timed in turns."""

    def __init__(self, workload: Workload, shorter: int, library: Any) -> None:
        self._workload = workload
        self._points = workload.problem.starts(KEY, range(workload.replicates))
        iterations = workload.iterations // shorter
        self._ways: dict[str, tuple[Callable, int]] = {}
        self.notes: list[str] = []
        self._results: dict[str, np.ndarray] = {}
        trace = self._run("compiled", iterations)
        if trace.engine != "compiled":
            raise SystemExit(f"{workload.title}: {trace.note}")
        metric = self._results["compiled"] = trace.values[workload.metric.name]
        self._add("compiled", lambda: self._run("compiled", iterations), iterations)
        if not isinstance(library, str):
            forms = library.runs(workload, self._points, KEY, trace.grid)
            trials = {}
            for name, call in forms.items():
                began = time.process_time()
                self._results[name] = call()
                trials[name] = time.process_time() - began
            for name, call in forms.items():
                if trials[name] < 1.3 * min(trials.values()):
                    self._add(name, call, iterations)
        self._shortened("eager", lambda n: lambda: self._run("eager", n), iterations)
        some = self._points[:4]
        self._shortened("loop", lambda n: lambda: loop(workload, some, n), iterations, len(some))
        for name in ("jax", "optax"):
            call = engine_jax.build(workload, self._points, iterations, use_optax=name == "optax")
            if isinstance(call, str):
                self.notes.append(f"{name}: {call}")
                continue
            self._results[name] = self._final(call())
            self._add(name, call, iterations)
        self.disagreements = list(self._disagreements(metric))

    def _run(self, engine: str, iterations: int) -> Any:
        w = self._workload
        return run(
            w.method,
            w.problem,
            iterations=iterations,
            replicates=w.replicates,
            metrics=[w.metric],
            key=KEY,
            engine=engine,
        )

    def _add(self, name: str, call: Callable, iterations: int, replicates: int = 0) -> None:
        self._ways[name] = call, iterations * (replicates or self._workload.replicates)

    def _shortened(
        self, name: str, call: Callable[[int], Callable], iterations: int, replicates: int = 0
    ) -> None:
        """Over fewer iterations, if all would take longer than the budget."""
        trial = max(1, min(iterations, 20))
        call(trial)()
        each = _seconds(call(trial)) / trial
        fitting = max(trial, min(iterations, int(BUDGET / max(each, 1e-9))))
        self._add(name, call(fitting), fitting, replicates)

    def _final(self, x: np.ndarray) -> np.ndarray:
        """The metric at iterates x, (1, R)."""

        class At:
            pass

        state: Any = At()
        state.x = x
        return self._workload.metric.read(state, self._workload.problem.on(np)).reshape(1, -1)

    def _disagreements(self, metric: np.ndarray) -> Iterator[str]:
        """C to rounding, as long as rounding has not grown; JAX within five standard errors."""
        title = self._workload.title
        for name, found in self._results.items():
            if name.startswith("c_"):
                error = np.abs(found[:20] - metric[:20]).max() / np.abs(metric[0]).max()
                if not error < 1e-11:
                    yield f"{title}: {name} differs from the engine by {error:.1e}"
            elif name != "compiled":
                last = metric[-1:]
                spread = np.hypot(*(v.std() / v.size**0.5 for v in (found, last)))
                difference = abs(found.mean() - last.mean())
                if not difference < 5 * spread + 1e-11 * np.abs(metric[0]).max():
                    yield f"{title}: {name} is {found.mean():.4g}, the engine {last.mean():.4g}"

    def rounds(self, count: int) -> tuple[dict[str, float], dict[str, list[float]]]:
        """Medians, and quartiles, in nanoseconds per iteration and replicate."""
        taken: dict[str, list[float]] = {name: [] for name in self._ways}
        began = time.process_time()
        for number in range(count):
            if number >= 3 and time.process_time() - began > LIMIT:
                break
            for name, (call, work) in self._ways.items():
                taken[name].append(_seconds(call) / work * 1e9)
        medians = {name: statistics.median(t) for name, t in taken.items()}
        spread = {name: list(np.quantile(t, [0.25, 0.75])) for name, t in taken.items()}
        forms = [name for name in medians if name.startswith("c_")]
        if forms:
            best = min(forms, key=medians.__getitem__)
            medians["c"], spread["c"] = medians[best], spread[best]
        return medians, spread


def _seconds(call: Callable) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def compiling() -> tuple[float, float]:
    """Mean processor seconds to compile a kernel, and to load it, for all workloads."""
    make = driver.CompiledStepper.of
    tasks = []
    driver.CompiledStepper.of = lambda task, **kw: tasks.append(task) or make(task, **kw)
    for w in WORKLOADS.values():
        run(w.method, w.problem, iterations=1, replicates=2, metrics=[w.metric], engine="compiled")
    driver.CompiledStepper.of = make
    before = os.environ.get("CONVLAB_CACHE")
    found = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CONVLAB_CACHE"] = folder
        for _ in ("compile", "load"):
            cache.compiled.cache_clear()
            found.append(_seconds(lambda: [make(task) for task in tasks]) / len(tasks))
    cache.compiled.cache_clear()
    os.environ.pop("CONVLAB_CACHE")
    if before is not None:
        os.environ["CONVLAB_CACHE"] = before
    return found[0], found[1]


def threads(workload: Workload, rounds: int) -> float:
    """Median of the wall time of one thread over that of two."""
    ratios = []
    for _ in range(rounds):
        wall = []
        for number in (1, 2):
            driver.THREADS = number
            began = time.perf_counter()
            run(
                workload.method,
                workload.problem,
                iterations=workload.iterations,
                replicates=workload.replicates,
                metrics=[workload.metric],
                engine="compiled",
            )
            wall.append(time.perf_counter() - began)
        ratios.append(wall[0] / wall[1])
    driver.THREADS = None
    return statistics.median(ratios)


def starting(rounds: int) -> tuple[float, float]:
    """Processor seconds of ``import convlab`` and of ``convlab --help``."""
    found = []
    for command in (["-c", "import convlab"], ["-m", "convlab", "--help"]):
        taken = []
        for _ in range(rounds + 1):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        found.append(statistics.median(taken[1:]))
    return found[0], found[1]


def normals(rounds: int) -> dict[str, float]:
    """Nanoseconds per normal: of the streams, and of NumPy's default generator."""
    ids, generator, law, count = np.arange(4, dtype=np.uint64), np.random.default_rng(0), 32, 512
    work = len(ids) * law * count
    ways: dict[str, Callable] = {
        "compiled": lambda: values(Normal(law), KEY, ids, 0, 0, count),
        "numpy": lambda: generator.standard_normal(work),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(10 * rounds):
        for name, call in ways.items():
            taken[name].append(_seconds(lambda call=call: [call() for _ in range(10)]) / work * 1e8)
    return {name: statistics.median(t) for name, t in taken.items()}


def show(console: Console, found: dict[str, dict[str, Any]]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("", *COLUMNS, "of C", "of JAX", "of loop"):
        table.add_column(heading, no_wrap=True, justify="left" if not heading else "right")
    ratios: dict[str, list[float]] = {"c": [], "jax": [], "loop": []}
    for name, row in found.items():
        cells = []
        for column in COLUMNS:
            if column not in row:
                cells.append("-")
                continue
            low, high = row["spread"][column]
            cells.append(f"{row[column]:.4g} ±{50 * (high - low) / row[column]:.0f}%")
        for reference, many in ratios.items():
            if reference in row:
                many.append(row["compiled"] / row[reference])
                better = many[-1] if reference == "c" else 1 / many[-1]
                cells.append(f"{better:.2f}" if better < 10 else f"{better:.0f}x")
            else:
                cells.append("-")
        table.add_row(name, *cells)
    means = [float(np.exp(np.mean(np.log(v)))) if v else float("nan") for v in ratios.values()]
    table.add_row(
        "mean",
        *[""] * len(COLUMNS),
        f"{means[0]:.2f}",
        f"{1 / means[1]:.2f}",
        f"{1 / means[2]:.0f}x",
    )
    console.print(table)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the iterations, 3 rounds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results to FILE")
    parser.add_argument("--only", metavar="A,B", help=f"some of {','.join(WORKLOADS)}")
    options = parser.parse_args(arguments)
    names = options.only.split(",") if options.only else list(WORKLOADS)
    unknown = [name for name in names if name not in WORKLOADS]
    if unknown:
        parser.error(f"no workload {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":  # is read when NumPy is loaded
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.argv])
    rounds, shorter = (3, 10) if options.quick else (5, 1)
    console, everywhere = Console(width=130), os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(everywhere)})
    driver.THREADS = 1
    library = engine_c.build()
    if isinstance(library, str):
        console.print(f"No reference in C: {library}.")
    found: dict[str, dict[str, Any]] = {}
    notes: set[str] = set()
    wrong: list[str] = []
    for name in names:
        measured = Measured(WORKLOADS[name], shorter, library)
        medians, spread = measured.rounds(rounds)
        found[name] = {**medians, "spread": spread}
        wrong += measured.disagreements
        notes |= {n for n in measured.notes if "installed" in n}
        shown = ", ".join(f"{way} {value:.4g}" for way, value in medians.items())
        console.print(f"{name}: {WORKLOADS[name].title}: {shown}")
    console.print("\nns per iteration and replicate, one thread")
    show(console, found)
    for note in sorted(notes):
        console.print(note)
    compile_s, load_s = compiling()
    import_s, help_s = starting(rounds)
    speed = normals(rounds)
    os.sched_setaffinity(0, everywhere)
    results = {
        "workloads": found,
        "compile_s": compile_s,
        "load_s": load_s,
        "import_s": import_s,
        "help_s": help_s,
        "normals": speed,
        "threads2_speedup": threads(WORKLOADS["b"], rounds) if len(everywhere) > 1 else None,
        "load": os.getloadavg()[0],
    }
    console.print(f"compile {compile_s:.2f} s, load {1e3 * load_s:.1f} ms a kernel; ", end="")
    console.print(f"import convlab {import_s:.2f} s, --help {help_s:.2f} s")
    console.print(
        f"a normal takes {speed['compiled']:.2f} ns, one of NumPy {speed['numpy']:.2f} ns; "
        f"two threads: {results['threads2_speedup'] or float('nan'):.2f}x; "
        f"load of the machine {results['load']:.1f}"
    )
    for sentence in wrong:
        console.print(f"disagreement: {sentence}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
