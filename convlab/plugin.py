"""The pytest plugin: ``pytest --convlab FOLDER`` makes one test of each theorem.

The theorems are tested beside the tests of the paths that pytest is given;
``pytest --convlab FOLDER FOLDER`` tests them alone. Installed theorems can be named as well:
``pytest --convlab first_order``. Nothing of convlab is imported where the option is not given.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

__all__ = ["TheoremFailure", "TheoremFile", "TheoremItem"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options."""
    group = parser.getgroup("convlab", "theorems as tests")
    group.addoption(
        "--convlab",
        action="append",
        default=[],
        metavar="TARGET",
        help="a folder or file of theorems, or ids of installed ones: one test for each theorem",
    )
    group.addoption(
        "--convlab-profile",
        default="quick",
        metavar="NAME",
        help="how much is tried: quick (default), standard or thorough",
    )
    group.addoption(
        "--convlab-key",
        type=int,
        default=0,
        metavar="N",
        help="the key of all random numbers, which also chooses the instances (default 0)",
    )
    group.addoption(
        "--convlab-falsify",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="search so long for an instance that refutes each theorem that holds (default 0)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add one item per theorem; first of all, so that -k and its like see them."""
    targets = config.getoption("convlab")
    if not targets:
        return
    from convlab.errors import ConvlabError
    from convlab.suite import Options, Suite

    try:
        suite = Suite.of(
            targets,
            Options(config.getoption("convlab_profile"), config.getoption("convlab_key")),
        )
    except ConvlabError as error:
        raise pytest.UsageError(f"convlab: {error}") from None
    seconds = config.getoption("convlab_falsify")
    for path, names in groupby(suite.ids, suite.file):
        file = TheoremFile.from_parent(
            session, path=path, suite=suite, names=list(names), seconds=seconds
        )
        items += file.collect()


class TheoremFailure(Exception):  # noqa: N818 -- no error of the program
    """The verdict on a theorem is not the expected one."""


class TheoremFile(pytest.File):
    """The theorems of one file."""

    def __init__(self, *, suite: Any, names: Sequence[str], seconds: float, **others: Any) -> None:
        super().__init__(**others)
        self._suite, self._names, self._seconds = suite, names, seconds

    def collect(self) -> list[pytest.Item]:
        """One item for each."""
        return [
            TheoremItem.from_parent(self, name=n, suite=self._suite, seconds=self._seconds)
            for n in self._names
        ]


class TheoremItem(pytest.Item):
    """The test of one theorem: its verdict is the expected one, and no search refutes it."""

    def __init__(self, *, suite: Any, seconds: float, **others: Any) -> None:
        super().__init__(**others)
        self._suite, self._seconds = suite, seconds

    def runtest(self) -> None:
        """Verify the theorem; where it holds, try what ``convlab falsify`` found, and search."""
        report = self._suite.verify(self.name)
        self.user_properties.append(("verdict", str(report.verdict)))
        if not report.as_expected:
            raise TheoremFailure(report.status)
        if report.verdict == "holds":
            for sentence in self._refutations():
                raise TheoremFailure(f"holds, but a search refutes it: {sentence}")

    def _refutations(self) -> Iterator[str]:
        from convlab.catalogue import project
        from convlab.errors import ConvlabError
        from convlab.falsify import falsify, remembered

        theorem, families = self._suite.theorems[self.name], self._suite.catalogue.families
        key = self._suite.options.key
        database = project(self.config.invocation_params.dir) / ".convlab" / "examples"
        if database.is_dir():
            found = remembered(theorem, families, database, key=key)
            yield from (worst.finding.sentence for worst in found)
        if self._seconds:
            try:
                search = falsify(
                    theorem, families, seconds=self._seconds, key=key, database=database
                )
            except ConvlabError as error:  # a theorem on problems of its own leaves no search
                self.user_properties.append(("falsify", str(error)))
            else:
                yield from search.refutations

    def repr_failure(self, excinfo: pytest.ExceptionInfo, style: Any = None) -> Any:
        """The sentence of the report, without a traceback."""
        if isinstance(excinfo.value, TheoremFailure):
            return f"{self.name}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """The theorem's file and id."""
        return self.path, None, self.name
