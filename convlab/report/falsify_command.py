"""The command ``convlab falsify``."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from convlab.falsify import Search, Worst

__all__ = ["falsify"]


@click.command(
    no_args_is_help=True,
    epilog="""\b
Examples:
  convlab falsify mine.py                        twenty seconds of search
  convlab falsify mine.py --budget 120           two minutes
  convlab falsify mine.py -o worst.svg           with a picture of the worst instance
  convlab falsify mine.py --referee              and the exact worst case for k = 1, 2, 4, 8
  convlab falsify first_order/gradient_descent_convex --set "eta=1/L"

\b
Exit codes: 0 no claim is refuted, 1 a claim is refuted, 2 bad input.
""",
)
@click.argument("target", metavar="ID | FILE")
@click.option(
    "--budget",
    "seconds",
    type=click.FloatRange(0.1),
    default=20.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to search.",
)
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="NAME=FORMULA",
    help="Fix a parameter of the theorem, such as eta=1/L.",
)
@click.option(
    "--key",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="Decides which instances are drawn, and the draws of the method.",
)
@click.option(
    "--referee",
    is_flag=True,
    help="Compute the exact worst case for a few iterations. Needs the extra 'pep'.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw the worst instance: .pdf, .png or .svg. The data go beside it, as .csv.",
)
def falsify(
    target: str,
    seconds: float,
    values: tuple[str, ...],
    key: int,
    referee: bool,
    output: Path | None,
) -> int:
    """Search for the instance on which a theorem comes closest to being false.

    All families that satisfy the assumptions are raced, with many parameters each; then Hypothesis
    draws from the declared ranges of the best. A family of your own takes part as soon as it
    stands beside the theorem. What refutes a claim is made simple, confirmed like any verdict, and
    remembered in .convlab/, to be tried first the next time.

    The referee solves, at k = 1, 2, 4, 8, for the largest metric/bound over all problems of the
    class, by performance estimation (PEPit), and turns the solution into an instance that is run
    and judged like the others.
    """
    from convlab import catalogue
    from convlab.catalogue import project
    from convlab.falsify import falsify as search
    from convlab.report import documents, figure
    from convlab.report.terminal import progress
    from convlab.suite import assignments

    fixed = assignments(values)
    everything, name = catalogue.one(target)
    theorem = everything.theorems[name].at(**fixed)
    if output is not None:
        figure.require_drawable(output)
        documents.require_writable(output)
    with progress() as bar:
        task = bar.add_task("racing", total=1.0)
        found = search(
            theorem,
            everything.families,
            seconds=seconds,
            key=key,
            database=project(Path.cwd()) / ".convlab" / "examples",
            referee=referee,
            progress=lambda what, share: bar.update(
                task, description=what, completed=min(share, 1.0)
            ),
        )
    _print_search(found, target)
    if output is not None:
        _draw(found, target, fixed, key, output)
    return 1 if found.refuted else 0


def _draw(found: "Search", target: str, fixed: dict[str, str], key: int, output: Path) -> None:
    """The claim that comes closest to being false, on the instance where it does."""
    from convlab.report.picture import Picture

    worst = max(found.worst, key=lambda w: (w.finding.verdict == "refuted", w.ratio or 0.0))
    claim = next(i for i, c in enumerate(found.theorem.claims) if c is worst.claim)
    witness = worst.finding.witness
    chosen = fixed if witness is None else {**fixed, **witness.choices}
    text, iterations = _place(worst)
    picture = Picture([target], [text], claim=claim, values=chosen, iterations=iterations, key=key)
    picture.make(output)
    click.echo(f"drawn: {output}")


def _place(worst: "Worst") -> tuple[str, int]:
    """The instance and the length of the run: those of the witness, where there is one."""
    witness = worst.finding.witness
    if witness is None:
        return worst.problem.name, worst.iterations
    return witness.instance, witness.iterations


def _named(worst: "Worst") -> str:
    """The instance of the largest ratio, and the length of the run; one of the table by its k."""
    for one in worst.exact if isinstance(worst.exact, tuple) else ():
        if one.problem is worst.problem:
            return f"the referee's instance for k = {one.k}"
    steps = "step" if worst.iterations == 1 else "steps"
    return f"{worst.problem.name}, {worst.iterations} {steps}"


def _command(worst: "Worst", target: str) -> str:
    """The command that runs the instance again."""
    text, iterations = _place(worst)
    words = ["convlab", "run", target, text]
    witness = worst.finding.witness
    for name, formula in () if witness is None else witness.choices.items():
        words += ["--set", f"{name}={formula}"]
    return shlex.join([*words, "--iterations", str(iterations)])


def _print_search(found: "Search", target: str) -> None:
    from convlab.report.terminal import print_exact

    click.secho(found.theorem.id, bold=True)
    click.echo(f"{found.theorem.title}\n")
    for worst in found.worst:
        click.secho(str(worst.claim), bold=True)
        verdict = "not refuted" if worst.finding.verdict == "holds" else worst.finding.verdict
        click.echo(f"{verdict}: {worst.finding.sentence}")
        if worst.ratio is not None:
            click.echo(
                f"largest metric/bound found: {worst.ratio:.6g}, on {_named(worst)}; above 1 the "
                "claim is false"
            )
        if worst.exact is not None:
            print_exact(worst.claim, worst.exact)
        click.echo(f"look closer: {_command(worst, target)}\n")
    click.echo(
        f"{found.instances} instances tried, families: {found.families}, in {found.seconds:.1f} s"
    )
