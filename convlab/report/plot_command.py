"""The command ``convlab plot``."""

from pathlib import Path

import click

__all__ = ["plot"]


@click.command(
    no_args_is_help=True,
    epilog="""\b
Examples:
  convlab plot first_order/gradient_descent_convex -o rate.pdf
  convlab plot mine.py -o mine.svg --instance "quadratic(d=5, kappa=100)" --set "eta=1/(2*L)"
  convlab plot first_order/gradient_descent_convex -o false.png --mutant bound
  convlab plot first_order -o first_order.pdf          one panel per theorem
  convlab plot -o rate.pdf --from-data                 redraw, from rate.csv
""",
)
@click.argument("targets", metavar="[ID | FOLDER | FILE]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Picture to write: .pdf, .png or .svg. The data go beside it, as .csv.",
)
@click.option(
    "--instance",
    "instances",
    multiple=True,
    metavar="FAMILY",
    help="A family of problems, family(parameter=value), or a number: 0 is the instance closest "
    "to the bound. May be repeated.  [default: the closest three]",
)
@click.option("--mutant", metavar="NAME", help="Draw how this mutant is refuted.")
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="NAME=FORMULA",
    help="Fix a parameter of the theorems, such as eta=1/L.",
)
@click.option("--iterations", type=click.IntRange(1), help="Length of the runs.")
@click.option(
    "--key",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="Decides all random numbers, and which problems are tried.",
)
@click.option(
    "--profile",
    type=click.Choice(["quick", "standard", "thorough"]),
    default="quick",
    show_default=True,
    help="How much is tried.",
)
@click.option("--from-data", is_flag=True, help="Redraw from the data beside the picture.")
def plot(
    targets: tuple[str, ...],
    output: Path,
    instances: tuple[str, ...],
    mutant: str | None,
    values: tuple[str, ...],
    iterations: int | None,
    key: int,
    profile: str,
    from_data: bool,
) -> None:
    """Draw theorems: what is measured, against what is claimed.

    Shown are the median and the 10-90 % band over the runs, or the expectation where the claim is
    about it; the bound is dashed.
    """
    if not targets and not from_data:
        raise click.UsageError("name what to draw: an ID of convlab list, a folder or a file")
    from convlab.report.picture import Picture
    from convlab.suite import assignments

    fixed = assignments(values)
    picture = Picture(targets, instances, mutant, fixed, iterations, profile, key)
    picture.make(output, from_data=from_data)
