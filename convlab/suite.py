"""Suites: theorems that are verified together, on one or more processes.

The theorems of a suite share one budget for false refutations: the more of them there are, the
more evidence it takes to refute one.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from convlab.catalogue import Catalogue, installed, reason, select
from convlab.claims import Verdict
from convlab.engine.backends import xp_of
from convlab.engine.policy import backend_of
from convlab.errors import ConvlabError
from convlab.family import Family
from convlab.laboratory import PROFILES, Laboratory, Report
from convlab.theorem import Theorem

__all__ = ["Options", "Suite", "assignments", "verify"]


@dataclass(frozen=True)
class Options:
    """What a verdict depends on beside theorems and problems.

    ``values`` fixes parameters of the theorems: name -> formula.
    """

    profile: str = "quick"
    key: int = 0
    backend: str = "numpy"
    values: Mapping[str, Any] = field(default_factory=dict)
    engine: str = "auto"


def assignments(texts: Iterable[str]) -> dict[str, str]:
    """Values of parameters from texts such as "eta=1/(2*L)"; raises ConvlabError on others."""
    values = {}
    for text in texts:
        name, equals, formula = text.partition("=")
        if not equals:
            raise ConvlabError(f"--set {text}: write it as NAME=FORMULA, for example eta=1/(2*L)")
        values[name.strip()] = formula.strip()
    return values


class Suite:
    """Theorems of a catalogue, verified with the same options.

    ``ids`` are those of the theorems, in order, and then the names of files that failed to
    import. Raises ConvlabError on an unknown profile, backend, engine or parameter.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        ids: Sequence[str],
        options: Options,
        targets: Sequence[str] | None = None,
    ) -> None:
        if options.profile not in PROFILES:
            known = ", ".join(PROFILES)
            raise ConvlabError(f"there is no profile '{options.profile}'; choose one of {known}")
        xp_of(backend_of(options.engine, options.backend))
        self.catalogue, self.options, self._targets = catalogue, options, targets
        self.theorems = {i: catalogue.theorems[i].at(**options.values) for i in ids}
        self.ids = [*ids, *catalogue.failures]
        claims = sum(len(t.claims) for t in self.theorems.values())
        # Rounded up to a power of two: one theorem more seldom changes the budget of the others.
        self.statements = 1 << max(claims - 1, 0).bit_length()
        self._laboratory = Laboratory(
            catalogue.families,
            PROFILES[options.profile],
            key=options.key,
            backend=options.backend,
            engine=options.engine,
            suite=self.statements,
        )

    @classmethod
    def of(cls, targets: Sequence[str], options: Options) -> "Suite":
        """The theorems that the targets name: see :func:`convlab.catalogue.select`."""
        return cls(*select(targets), options, targets)

    def file(self, name: str) -> Path:
        """The file of a theorem; of one that failed to import, its name."""
        return self.catalogue.files.get(name, Path(name))

    def may_draw(self, theorem: Theorem, family: Family) -> bool:
        """Whether a theorem can be tried on members of a family that it does not name."""
        return theorem.on is None and self._laboratory.fits(theorem, family)

    def verify(self, name: str) -> Report:
        """The report on one theorem. What goes wrong is in the report."""
        if name in self.catalogue.failures:
            return _failed(name, self.catalogue.failures[name])
        theorem, began = self.theorems[name], time.monotonic()
        try:
            return self._laboratory.verify(theorem)
        except Exception as error:
            return replace(
                _failed(name, reason(error, self.file(name))),
                title=theorem.title,
                expected=theorem.expected,
                seconds=time.monotonic() - began,
            )

    def reports(self, ids: Sequence[str], jobs: int = 1) -> Iterator[Report]:
        """The reports on some of the theorems, each as soon as it is there.

        With several jobs, the processes begin now and end with the iteration, which raises
        ConvlabError where one of them dies.
        """
        jobs = min(jobs, len(ids))
        if jobs <= 1 or self._targets is None:
            return map(self.verify, ids)
        made = self._by_processes(ids, jobs)
        next(made)
        return made

    def _by_processes(self, ids: Sequence[str], jobs: int) -> Iterator[Any]:
        """Nothing, once the processes have begun; then the reports as they come."""
        others = set(multiprocessing.active_children())
        pool = ProcessPoolExecutor(jobs, _context(), _begin, (self, os.getpid()))
        try:
            with _interrupts_ignored():
                futures = [pool.submit(_verify, name) for name in ids]
            yield
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool:
            raise ConvlabError(
                "a worker process died, perhaps for lack of memory; "
                "what was finished is kept: go on with fewer jobs"
            ) from None
        finally:
            with _interrupts_ignored():
                for process in set(multiprocessing.active_children()) - others:
                    process.terminate()
                pool.shutdown(cancel_futures=True)

    def __reduce__(self) -> tuple:
        """What a process needs to import the catalogue for itself."""
        return Suite.of, (self._targets, self.options)


def _context() -> Any:
    """Start method: fork if this process is single-threaded and has no device, spawn otherwise.

    A forked process has the catalogue, which takes seconds to import. But it would also inherit
    the locks that other threads hold, and a device that it cannot use.
    """
    threads = Path("/proc/self/task")
    alone = threads.is_dir() and len(list(threads.iterdir())) == 1 and "cupy" not in sys.modules
    return multiprocessing.get_context("fork" if alone else "spawn")


_suite: Suite
"""The suite of a worker process."""


def _begin(suite: Suite, parent: int) -> None:
    global _suite
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the processes are the parallelism
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _suite = suite


def _end_with(parent: int) -> None:
    """End this process soon after its parent, which may have been killed and told nobody."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _verify(name: str) -> Report:
    return _suite.verify(name)


@contextlib.contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Processes that are started here ignore Ctrl-C: it is for the parent to end them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def _failed(name: str, why: str) -> Report:
    return Report(name, "", Verdict.INCONCLUSIVE, Verdict.HOLDS, why, error=why)


def verify(
    target: Theorem | str | Path | None = None,
    *,
    profile: str = "quick",
    key: int = 0,
    backend: str = "numpy",
    values: Mapping[str, Any] | None = None,
    jobs: int = 1,
    engine: str = "auto",
) -> Report | list[Report]:
    """Verify a theorem: the object, its id, an area, a file or a folder; by default all installed.

    ``values`` fixes parameters of the theorem, such as ``{"eta": "1/(2*L)"}``. Gives one report
    where the target is one theorem, else a list. With several ``jobs``, call it under
    ``if __name__ == "__main__":``. Raises ConvlabError on an unknown target or option; what goes
    wrong in a theorem is in its report.

    >>> report = verify("first_order/gradient_descent_convex")
    >>> print(report.verdict)
    holds
    """
    options = Options(profile, key, backend, values or {}, engine)
    if isinstance(target, Theorem):
        catalogue, name = installed([]), target.id or "theorem"
        catalogue.failures = {}
        catalogue.theorems = {name: replace(target, id=name)}
        suite = Suite(catalogue, [name], options)
    else:
        suite = Suite.of([] if target is None else [str(target)], options)
    found = {report.id: report for report in suite.reports(suite.ids, jobs)}
    reports = [found[name] for name in suite.ids]
    return reports[0] if len(reports) == 1 else reports
