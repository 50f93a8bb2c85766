"""The command line. It imports the laboratory only when a command needs it."""

import json
import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from convlab.errors import ConvlabError

if TYPE_CHECKING:
    from convlab.family import Family
    from convlab.laboratory import Report
    from convlab.problem import Problem
    from convlab.store import Store
    from convlab.suite import Suite

__all__ = ["main"]

_INTERRUPTED = 130


class _Commands(click.Group):
    """Bad input of any kind ends in one sentence on the error stream and exit code 2."""

    def main(self, *args: Any, **options: Any) -> Any:
        try:
            code = super().main(*args, **options | {"standalone_mode": False})
        except ConvlabError as error:
            code = _complain(str(error))
        except click.ClickException as error:
            code = _complain(error.format_message())
        except click.Abort:
            code = _INTERRUPTED
        sys.exit(code)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["list", "show", "verify", "falsify", "run", "check", "plot", "new", "cache"]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name == "plot":
            from convlab.report.plot_command import plot

            return plot
        if name == "falsify":
            from convlab.report.falsify_command import falsify

            return falsify
        if name == "run":
            from convlab.report.run_command import run

            return run
        return super().get_command(ctx, name)


def _complain(sentence: str) -> int:
    click.echo(f"convlab: {sentence}", err=True)
    return 2


def _names() -> Iterator[str]:
    """Areas and files of the installed theorems, without importing them."""
    for entry in entry_points(group="convlab.theorems"):
        spec = find_spec(entry.value)
        for folder in (spec.submodule_search_locations or []) if spec is not None else []:
            for file in Path(folder).rglob("[!_]*.py"):
                name = file.relative_to(folder).with_suffix("")
                yield name.as_posix()
                yield from (f"{area.as_posix()}/" for area in list(name.parents)[:-1])


def _complete(ctx: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    found = sorted({name for name in _names() if name.startswith(typed)})
    return [*map(CompletionItem, found), CompletionItem(typed, type="file")]


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    epilog="""\b
Examples:
  convlab list                           what there is
  convlab show first_order/gradient_descent_convex
  convlab verify                         the whole catalogue
  convlab verify first_order             one area
  convlab new theorem mine               a file to start from
  convlab verify mine.py --key 1         the same with other random numbers
  convlab falsify mine.py                search for the worst instance
  convlab run mine.py "bowl(kappa=1.0)"  a closer look at one instance

\b
Exit codes: 0 all as expected, 1 not as expected, 2 bad input.

\b
Completion of names with the tab key (put the line into the shell's start-up file):
  bash   eval "$(_CONVLAB_COMPLETE=bash_source convlab)"
  zsh    eval "$(_CONVLAB_COMPLETE=zsh_source convlab)"
  fish   _CONVLAB_COMPLETE=fish_source convlab | source
""",
)
@click.version_option(package_name="convlab")
@click.pass_context
def main(ctx: click.Context) -> None:
    """convlab puts the theorems of optimization theory to the test.

    A theorem is a file: assumptions, method, step size, claims. `convlab verify` runs the method
    on problems with known constants and says whether the claims hold, with the evidence.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@main.command("list")
@click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=_complete)
@click.option("--json", "as_json", is_flag=True, help="All statements, as JSON.")
def list_(targets: Sequence[str], as_json: bool) -> int:
    """List theorems: all, or those of areas, folders or files.

    Files that cannot be imported are listed with the reason; the exit code is then 1.
    """
    from convlab.report import listing

    lines = None if as_json else listing.known(targets)
    if lines is not None:
        listing.print_lines(lines, {})
        return 0
    from convlab.catalogue import select
    from convlab.statement import describe, slopes_only

    catalogue, ids = select(targets)
    theorems = {name: catalogue.theorems[name] for name in ids}
    if as_json:
        data = {"theorems": [*map(describe, theorems.values())], "failures": catalogue.failures}
        click.echo(json.dumps(data, indent=1))
        return 1 if catalogue.failures else 0
    lines = [
        listing.Line(
            name, t.title, str(t.source), str(t.expected), "interval only" * slopes_only(t)
        )
        for name, t in theorems.items()
    ]
    if not targets and not catalogue.failures:
        listing.keep(lines)
    listing.print_lines(lines, catalogue.failures)
    return 1 if catalogue.failures else 0


@main.command(no_args_is_help=True)
@click.argument("theorem", metavar="ID", shell_complete=_complete)
@click.option("--json", "form", flag_value="json", help="As JSON, with formulas for SymPy.")
@click.option("--tex", "form", flag_value="tex", help="As a LaTeX theorem.")
def show(theorem: str, form: str | None) -> None:
    """Show one theorem: assumptions, method, claims, mutants, source.

    ID is a name from `convlab list`, or a file with one theorem.
    """
    from convlab.catalogue import one
    from convlab.report.references import citation
    from convlab.report.terminal import print_theorem
    from convlab.statement import describe, tex

    catalogue, name = one(theorem)
    found, file = catalogue.theorems[name], catalogue.files[name]
    source = citation(found.cite, file)
    if form == "json":
        reference = None if source is None else source._asdict()
        data = describe(found) | {"reference": reference, "file": str(file)}
        click.echo(json.dumps(data, indent=1))
    elif form == "tex":
        click.echo(tex(found), nl=False)
    else:
        print_theorem(found, source, file)


_OUTPUT = click.Path(path_type=Path)


@main.command(
    epilog="""\b
Examples:
  convlab verify                              the whole catalogue, in one or two minutes
  convlab verify first_order my_theorems/     an area and a folder
  convlab verify mine.py --set "eta=1/(2*L)"  with this step size
  convlab verify mine.py -v                   with the instances tried and the mutants
  convlab verify --profile thorough --key 7   longer runs on more and other problems
  convlab verify --json verdicts.json --junitxml verdicts.xml --summary verdicts.md
"""
)
@click.argument("targets", metavar="[ID | FOLDER | FILE]...", nargs=-1, shell_complete=_complete)
@click.option(
    "--profile",
    type=click.Choice(["quick", "standard", "thorough"]),
    default="quick",
    show_default=True,
    help="How much is tried.",
)
@click.option(
    "--key",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="Decides all random numbers, and which problems are tried.",
)
@click.option("--jobs", type=click.IntRange(1), help="Processes.  [default: one per CPU]")
@click.option(
    "--backend",
    default="numpy",
    show_default=True,
    help="Array library: numpy, array-api-strict or cupy.",
)
@click.option(
    "--engine",
    default="auto",
    show_default=True,
    help="How runs are made: eager, compiled, auto, which compiles where that pays, or cuda.",
)
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="NAME=FORMULA",
    help="Fix a parameter of the theorems, such as eta=1/L.",
)
@click.option("--fresh", is_flag=True, help="Do not reuse stored results.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Show the claims, the instances tried and the mutants of each theorem.",
)
@click.option("--json", "json_file", type=_OUTPUT, metavar="FILE", help="Write all evidence.")
@click.option("--junitxml", type=_OUTPUT, metavar="FILE", help="Write JUnit XML.")
@click.option("--summary", type=_OUTPUT, metavar="FILE", help="Write a summary in Markdown.")
def verify(
    targets: Sequence[str],
    profile: str,
    key: int,
    jobs: int | None,
    backend: str,
    engine: str,
    values: Sequence[str],
    fresh: bool,
    verbose: bool,
    json_file: Path | None,
    junitxml: Path | None,
    summary: Path | None,
) -> int:
    """Verify theorems, and their mutants, which must be refuted.

    Names, folders and files may be mixed; without any, all installed theorems are verified.
    Results are kept in .convlab/ of the project, and those of unchanged theorems reused.
    """
    began = time.monotonic()
    # The processes share the CPUs: one thread each for linear algebra, set before NumPy is there.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from convlab.catalogue import project
    from convlab.report import documents
    from convlab.report.terminal import print_reports
    from convlab.store import Store
    from convlab.suite import Options, Suite, assignments

    for file in filter(None, (json_file, junitxml, summary)):
        documents.require_writable(file)
    suite = Suite.of(targets, Options(profile, key, backend, assignments(values), engine))
    store = Store(project(Path.cwd()), warn=lambda text: click.echo(f"convlab: {text}", err=True))
    done: dict[str, Report] = {}
    stored: set[str] = set()
    interrupted = False
    try:
        for report in _reports(suite, store, stored, fresh=fresh, jobs=jobs or _cpus()):
            done[report.id] = report
    except KeyboardInterrupt:
        interrupted = True
    finally:
        store.close()
        seconds = time.monotonic() - began
        reports = [done[name] for name in suite.ids if name in done]
        explained = {name for name, theorem in suite.theorems.items() if theorem.loose}
        print_reports(reports, seconds, stored, explained=explained, verbose=verbose)
    if interrupted:
        click.echo(f"convlab: interrupted after {len(done)} of {len(suite.ids)}", err=True)
        return _INTERRUPTED
    if json_file is not None:
        text = documents.to_json(reports, key=key, profile=profile, seconds=seconds)
        documents.write(json_file, text)
    if junitxml is not None:
        documents.write(junitxml, documents.junit(reports, seconds))
    if summary is not None:
        documents.write(summary, documents.markdown(reports, seconds))
    errors = [report for report in reports if report.error is not None]
    for report in errors:
        _complain(f"{report.id}: {report.error}")
    return 2 if errors else 0 if all(report.as_expected for report in reports) else 1


def _cpus() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _reports(
    suite: "Suite", store: "Store", stored: set[str], *, fresh: bool, jobs: int
) -> "Iterator[Report]":
    """The reports of a suite as they come: the stored ones, then the longest first."""
    from convlab.report.terminal import progress
    from convlab.store import fingerprints

    marks, took = fingerprints(suite), store.seconds()
    found = {} if fresh else {name: store.get(mark) for name, mark in marks.items()}
    known = {name: report for name, report in found.items() if report is not None}
    stored.update(known)
    rest = [name for name in suite.ids if name not in known]
    rest.sort(key=lambda name: -took.get(name, math.inf))
    made = suite.reports(rest, jobs)  # its processes begin before the bar, which is a thread
    with progress() as bar:
        task = bar.add_task("verifying", total=len(suite.ids), completed=len(known))
        yield from known.values()
        for report in made:
            yield report
            bar.advance(task)
            if report.id in marks:
                store.put(marks[report.id], report)


_SAMPLED = 3
_LEVEL = 1e-9


@main.command(
    no_args_is_help=True,
    epilog="""\b
Examples:
  convlab check quadratic             a family of the catalogue
  convlab check mine.py               all families of a file
  convlab check my_problems/ --key 7  of a folder, on other problems and at other points

\b
Exit codes: 0 nothing false was found, 1 a certificate or an oracle is false, 2 bad input.
""",
)
@click.argument("target", metavar="FAMILY|FILE|FOLDER")
@click.option(
    "--key",
    type=click.IntRange(0, 2**32 - 5),
    default=0,
    show_default=True,
    help="Decides the problems, and the points at which they are tried.",
)
def check(target: str, key: int) -> int:
    """Check what problems declare: constants, solutions, oracles.

    Of each family the default problem is checked and three others. For each constant a line says
    how it was obtained and what was checked. Theorems meet the same checks where they are tried.
    """
    from convlab.errors import UnavailableError

    false = 0
    for family in _families(target):
        try:
            problems = [family(), *(family.sample(key + i) for i in range(1, _SAMPLED + 1))]
        except UnavailableError as error:
            click.echo(f"{family.name}: not checked: {error}")
            continue
        false += _checked(family, problems, key)
    return 1 if false else 0


def _families(target: str) -> "list[Family]":
    """Those of a file or folder, or the one of this name in the catalogue."""
    from convlab.catalogue import installed, load

    if Path(target).exists():
        own = load(Path(target))
        for reason in own.failures.values():
            raise ConvlabError(f"cannot be imported: {reason}")
        if not own.families:
            raise ConvlabError(f"{target} holds no family; write a function with @family")
        return list(own.families.values())
    return [installed([]).families.find(target)]


def _checked(family: "Family", problems: "list[Problem]", key: int) -> int:
    """Print what was checked of a family, and return how many of its problems are false."""
    from convlab.certificates import CHECKS, constants, falsehoods

    default = problems[0]
    click.echo(f"{default.name}, and {_SAMPLED} others")
    for line in constants(default):
        click.echo(f"  {line}")
    click.echo("  oracles: " + "; ".join(c.says for c in CHECKS if c.applies(default)))
    count = 0
    for problem in problems:
        found = list(falsehoods(problem, key, -math.log(_LEVEL)))
        count += bool(found)
        for sentence in found:
            click.echo(f"  FALSE: {sentence}")
    if not count:
        click.echo("  nothing false was found")
    return count


@main.command(no_args_is_help=True)
@click.argument("kind", type=click.Choice(["theorem", "problem"]))
@click.argument("name")
def new(kind: str, name: str) -> None:
    """Write a commented file to start from: NAME.py, with a theorem or a family of problems."""
    path = Path(name).with_suffix(".py")
    if not path.stem.isidentifier():
        raise ConvlabError(f"'{path.stem}' cannot name a Python file; use letters, digits and _")
    template = Path(__file__).parent / "templates" / f"{kind}.py"
    text = template.read_text(encoding="utf-8").replace("my_family", path.stem)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ConvlabError(f"{path} is there already; choose another name") from error
    except OSError as error:
        raise ConvlabError(f"cannot write {path}: {error.strerror}") from error
    click.echo(f"wrote {path}; try it: convlab verify {path}")


@main.command(
    epilog="""\b
Examples:
  convlab cache          where compiled kernels are kept, how many, and how large
  convlab cache --prune  remove those not used for 60 days, and the oldest beyond 512 MB
"""
)
@click.option("--prune", is_flag=True, help="Remove what was not used for long.")
def cache(prune: bool) -> None:
    """Show what is kept of compiled steps, or remove what was not used for long.

    The folder is CONVLAB_CACHE, or convlab in the user's cache folder. The same is removed when a
    step is compiled.
    """
    from convlab import places
    from convlab.engine.compiled import cache as kernels  # takes long to import

    if prune:
        kernels.prune()
    count, size, oldest = kernels.contents()
    told = f"{places.cache()}: {count} kernel{'s' if count != 1 else ''}, {size / 1e6:.1f} MB"
    if count:
        days = int((time.time() - oldest) / 86400)
        told += f"; the oldest was used {'today' if days < 1 else f'{days} days ago'}"
    click.echo(told)
