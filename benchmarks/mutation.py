"""Mutation testing: how many small changes of the code that judges are noticed by the tests.

mutmut writes every mutant of the modules that ``[tool.mutmut]`` in pyproject.toml lists: another
operator, a number moved by one, an argument dropped, a condition turned round. From each module a
random sample is drawn and tried; mutmut runs only the tests that reach the changed function, the
fastest first, until one fails. Text in English is no behaviour: mutants that change nothing but
strings with a space in them are not drawn.

The table, in Markdown, gives per module the mutants there are, how many were tried, how many were
killed (those that ran out of time count as killed, and are shown), and the exact 95 % interval of
the share killed. Below it stand the survivors, each with its change.

Results are kept in ``mutants/``. Survivors are tried again at the next start, and so is what an
interrupted run left; a change of a function makes its mutants new. Run it from the root of a
checkout. A start takes two minutes, the first one five, for the mutants and the tests that reach
them; then a mutant takes six seconds on average, on one core, a survivor up to two minutes.
"""

import argparse
import ast
import difflib
import os
import random
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import libcst
from mutmut.__main__ import create_mutants
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import read_functions_from_index
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import copy_src_dir, walk_mutatable_files
from scipy.stats import binomtest

KILLED = ("killed", "timeout", "segfault", "suspicious")


class Mutant(NamedTuple):
    """A mutant by mutmut's name for it, and the file that it changes."""

    name: str
    file: str

    def sources(self) -> tuple[str, str]:
        """The function as it is, and as the mutant has it."""
        functions = read_functions_from_index(self.name, self.file)
        if functions is None:
            raise RuntimeError(f"mutmut has no source of {self.name}: delete mutants/, start again")
        before, after = (libcst.Module([function]).code.strip() for function in functions)
        return before, after

    def changes_text_only(self) -> bool:
        """Whether the two differ in strings with a space in them, and in nothing else."""
        before, after = (ast.dump(_Wordless().visit(ast.parse(s))) for s in self.sources())
        return before == after

    def diff(self) -> Iterator[str]:
        """The lines that differ."""
        lines = difflib.unified_diff(*(s.splitlines() for s in self.sources()), n=0, lineterm="")
        for line in list(lines)[2:]:
            if not line.startswith("@@"):
                yield line


class _Wordless(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if isinstance(node.value, str) and " " in node.value:
            return ast.Constant("")
        return node


def mutants(jobs: int) -> dict[str, list[Mutant]]:
    """All mutants, by the modules and packages that the configuration lists."""
    copy_src_dir()
    create_mutants(jobs)
    patterns = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["mutmut"]["only_mutate"]
    found: dict[str, list[Mutant]] = {}
    for pattern in patterns:
        module = pattern.removeprefix("convlab/").removesuffix("/*").removesuffix(".py")
        files = sorted(str(file) for file in walk_mutatable_files() if fnmatch(str(file), pattern))
        found[module] = [Mutant(name, file) for file in files for name in codes(file)]
    return found


def codes(file: str) -> dict[str, int | None]:
    """The mutants of a file, and how the tests of each ended; None if they have not run."""
    data = SourceFileMutationData(path=file)
    data.load()
    return data.exit_code_by_key


def status(mutant: Mutant) -> str:
    """How mutmut calls the end of the tests."""
    return status_by_exit_code[codes(mutant.file)[mutant.name]]


def sample(population: list[Mutant], size: int, key: int) -> list[Mutant]:
    """Up to ``size`` of the mutants that change more than text, drawn without replacement."""
    order = random.Random(key).sample(population, len(population))
    behaviour = (mutant for mutant in order if not mutant.changes_text_only())
    return [mutant for mutant, _ in zip(behaviour, range(size), strict=False)]


def table(population: dict[str, list[Mutant]], drawn: dict[str, list[Mutant]]) -> Iterator[str]:
    """Lines of Markdown: the shares killed, then the survivors."""
    yield "| module | mutants | tried | killed | of these by time | killed, % | 95 % interval |"
    yield "|---|---|---|---|---|---|---|"
    ends = {mutant: status(mutant) for tried in drawn.values() for mutant in tried}
    for module, tried in drawn.items():
        counts = Counter(ends[mutant] for mutant in tried)
        killed = sum(counts[end] for end in KILLED)
        low, high = binomtest(killed, len(tried)).proportion_ci()
        cells = [module, len(population[module]), len(tried), killed, counts["timeout"]]
        cells += [f"{100 * killed / len(tried):.0f}", f"{100 * low:.0f} to {100 * high:.0f}"]
        yield f"| {' | '.join(map(str, cells))} |"
    for mutant, end in ends.items():
        if end not in KILLED:
            yield "\n".join(["", f"{mutant.name}: {end}", *mutant.diff()])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", help="as in the table (default: all)")
    parser.add_argument("--sample", type=int, default=30, metavar="N", help="mutants a module")
    parser.add_argument("--key", type=int, default=0, help="of the random sample")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the table to FILE")
    options = parser.parse_args(arguments)
    population = mutants(options.jobs)
    unknown = set(options.modules) - set(population)
    if unknown:
        parser.error(f"there is no module {min(unknown)}; choose from {', '.join(population)}")
    chosen = options.modules or list(population)
    drawn = {m: sample(population[m], options.sample, options.key) for m in chosen}
    rest = [m.name for tried in drawn.values() for m in tried if status(m) not in KILLED]
    if rest:
        command = ["mutmut", "run", "--max-children", str(options.jobs), *rest]
        subprocess.run([sys.executable, "-m", *command], check=True)
    text = "\n".join(table(population, drawn)) + "\n"
    print(text, end="")
    if options.output:
        options.output.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
