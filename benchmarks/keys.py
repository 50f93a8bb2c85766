"""Verdicts under many keys: the whole catalogue, or the targets given, each key as one run.

A key decides which problems are tried, from where, and all random draws; no verdict should depend
on it. The tables, in Markdown, give

- per key, how many verdicts are as expected, and how many mutants are refuted;
- every theorem and key that is not as expected, with the sentence of its report;
- a summary, with the theorems that are most often not as expected.

Every verdict is one line of the results file, written as soon as it is reached. What is there is
not run again, so the program can be interrupted and started again; after a change of convlab or
the catalogue, begin with another file. The whole catalogue takes about 50 s a key on two cores in
the quick profile, 100 keys an hour and a half.

Exit code 1 if a verdict is not as expected, 2 if the run did not come to its end.
"""

import argparse
import functools
import json
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import NamedTuple

# The processes are the parallelism: one thread each for linear algebra, set before NumPy is there.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from convlab.catalogue import Catalogue, select  # noqa: E402
from convlab.claims import Verdict  # noqa: E402
from convlab.errors import ConvlabError  # noqa: E402
from convlab.instances import PROFILES  # noqa: E402
from convlab.suite import Options, Suite  # noqa: E402


class Task(NamedTuple):
    """A theorem under a key; ``statements`` is the number of claims that share the error budget."""

    profile: str
    statements: int
    key: int
    theorem: str


class Result(NamedTuple):
    """What a report says, in one line of the results file."""

    profile: str
    statements: int
    key: int
    theorem: str
    verdict: str
    expected: str
    error: bool
    as_expected: bool
    status: str
    mutants: int
    mutants_refuted: int
    seconds: float

    @property
    def task(self) -> Task:
        """Of what it is the result."""
        return Task(self.profile, self.statements, self.key, self.theorem)


@functools.cache
def chosen(targets: tuple[str, ...]) -> tuple[Catalogue, list[str]]:
    """The theorems of the targets, imported once in each process."""
    return select(targets)


@functools.lru_cache(maxsize=1)  # the instances of the keys before are not needed any more
def suite(targets: tuple[str, ...], profile: str, key: int) -> Suite:
    """The theorems of the targets under a key."""
    return Suite(*chosen(targets), Options(profile, key))


def judge(targets: tuple[str, ...], task: Task) -> Result:
    """The verdict on one theorem under one key."""
    report = suite(targets, task.profile, task.key).verify(task.theorem)
    mutants = [mutant.verdict for mutant in report.mutants if not mutant.automatic]
    return Result(
        *task,
        str(report.verdict),
        str(report.expected),
        report.error is not None,
        report.as_expected,
        report.status,
        len(mutants),
        mutants.count(Verdict.REFUTED),
        round(report.seconds, 3),
    )


def read(file: Path) -> dict[Task, Result]:
    """The results of a file; a last line that was not written to its end is cut off."""
    if not file.exists():
        return {}
    whole, _, rest = file.read_text().rpartition("\n")
    if rest:
        file.write_text(f"{whole}\n" if whole else "")
    found = [Result(**json.loads(line)) for line in whole.splitlines()]
    return {result.task: result for result in found}


def results(targets: tuple[str, ...], tasks: Sequence[Task], jobs: int) -> Iterator[Result]:
    """The results as they come, from one pool of processes, which Ctrl-C leaves to this one."""
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"))
    try:
        former = signal.signal(signal.SIGINT, signal.SIG_IGN)  # for all that begin here
        futures = [pool.submit(judge, targets, task) for task in tasks]
        signal.signal(signal.SIGINT, former)
        for future in as_completed(futures):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def table(found: Sequence[Result]) -> Iterator[str]:
    """Lines of Markdown: the keys, what is not as expected, the summary."""
    yield "| key | as expected | mutants refuted |"
    yield "|---|---|---|"
    for key in sorted({result.key for result in found}):
        yield row(key, *counts([result for result in found if result.key == key]))
    yield row("all", *counts(found))
    bad = sorted((r for r in found if not r.as_expected), key=lambda r: (r.theorem, r.key))
    if bad:
        yield "\n```text"
        yield from (f"{r.theorem}, key {r.key}: {r.status}" for r in bad)
        yield "```"
    false = sum(r.verdict == Verdict.REFUTED and r.expected == Verdict.HOLDS for r in found)
    yield f"\nVerdicts that refute a theorem that is expected to hold: {false}."
    if bad:
        yield "\n| theorem | keys not as expected | refuted | inconclusive | error |"
        yield "|---|---|---|---|---|"
    for theorem, count in Counter(result.theorem for result in bad).most_common():
        own = Counter("error" if r.error else r.verdict for r in bad if r.theorem == theorem)
        yield row(f"`{theorem}`", count, own["refuted"], own["inconclusive"], own["error"])


def row(*cells: object) -> str:
    """A line of a table."""
    return "| " + " | ".join(map(str, cells)) + " |"


def counts(found: Sequence[Result]) -> tuple[str, str]:
    """How many verdicts are as expected, and mutants refuted, each of how many."""
    good, mutants = sum(r.as_expected for r in found), sum(r.mutants for r in found)
    refuted = sum(r.mutants_refuted for r in found)
    return f"{good} of {len(found)}", f"{refuted} of {mutants}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", help="ids, areas, files or folders (default: all)")
    parser.add_argument("--keys", nargs=2, type=int, default=(100, 199), metavar=("FIRST", "LAST"))
    parser.add_argument("--profile", choices=PROFILES, default="quick")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--results", type=Path, default=Path(".convlab/keys.jsonl"), metavar="FILE")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the tables to FILE")
    options = parser.parse_args(arguments)
    targets, (first, last) = tuple(options.targets), options.keys
    if not 0 <= first <= last < 2**32:
        parser.error("--keys: give two numbers from 0 to 2^32 - 1, the smaller one first")
    keys = range(first, last + 1)
    try:
        whole = suite(targets, options.profile, keys[0])
    except ConvlabError as error:
        parser.error(str(error))
    tasks = [Task(options.profile, whole.statements, key, i) for key in keys for i in whole.ids]
    options.results.parent.mkdir(parents=True, exist_ok=True)
    stored = read(options.results)
    found = {task: stored[task] for task in tasks if task in stored}
    rest = [task for task in tasks if task not in found]
    unfinished, began = Counter(task.key for task in rest), time.monotonic()
    try:
        with options.results.open("a") as file:
            for done, result in enumerate(results(targets, rest, options.jobs), 1):
                found[result.task] = result
                file.write(json.dumps(result._asdict()) + "\n")
                file.flush()
                unfinished[result.key] -= 1
                if not unfinished[result.key]:
                    left = (time.monotonic() - began) * (len(rest) / done - 1) / 60
                    good, mutants = counts([r for r in found.values() if r.key == result.key])
                    said = f"key {result.key}: {good} as expected, {mutants} mutants refuted"
                    print(f"{said}; about {left:.0f} min left", file=sys.stderr, flush=True)
    except (BrokenProcessPool, KeyboardInterrupt) as error:
        why = "interrupted" if isinstance(error, KeyboardInterrupt) else "a process died"
        print(f"{why}: start again to go on from {options.results}", file=sys.stderr)
        return 2
    text = "\n".join(table([found[task] for task in tasks])) + "\n"
    print(text, end="")
    if options.output:
        options.output.write_text(text)
    return int(not all(found[task].as_expected for task in tasks))


if __name__ == "__main__":
    sys.exit(main())
