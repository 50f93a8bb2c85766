"""The command ``convlab run``."""

import click

__all__ = ["run"]


@click.command(
    no_args_is_help=True,
    epilog="""\b
Examples:
  convlab run "quadratic(kappa=22.4)"                 what is known of an instance
  convlab run first_order/gradient_descent_convex "huber(horizon=9)" --set "eta=1/L"
  convlab run mine.py "bowl(kappa=1.0)" --iterations 1000 --replicate 3

\b
Exit codes: 0 no claim is refuted, 1 a claim is refuted on this instance, 2 bad input.
""",
)
@click.argument("words", metavar="[ID | FILE] INSTANCE", nargs=-1, required=True)
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="NAME=FORMULA",
    help="Fix a parameter of the theorem, such as eta=1/L.",
)
@click.option("--iterations", type=click.IntRange(1), help="Length of the run.")
@click.option("--replicate", type=click.IntRange(0), help="Show this run.  [default: the worst]")
@click.option(
    "--key",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="Decides the starting points and the draws of the method.",
)
def run(
    words: tuple[str, ...],
    values: tuple[str, ...],
    iterations: int | None,
    replicate: int | None,
    key: int,
) -> int:
    """Make an instance from its text, as a verdict names it, and run a theorem on it.

    Each claim is shown around the iteration where it comes closest to its bound. Without a
    theorem, print what is known of the instance.
    """
    if len(words) > 2:
        raise click.UsageError("name a theorem and an instance, in quotation marks")
    from convlab import catalogue
    from convlab.instances import named
    from convlab.problem import Problem
    from convlab.report.replay import print_instance, print_replay, refuted, replay
    from convlab.suite import assignments

    *targets, text = words
    if not targets:
        if values or iterations is not None or replicate is not None:
            raise click.UsageError("to run a method, name a theorem before the instance")
        found = named(text, catalogue.installed([]).families, None)
        print_instance(found if isinstance(found, Problem) else found())
        return 0
    everything, name = catalogue.one(targets[0])
    theorem = everything.theorems[name].at(**assignments(values))
    found = named(text, everything.families, theorem)
    problem = found if isinstance(found, Problem) else found()
    bench, findings = replay(theorem, problem, iterations=iterations, replicate=replicate, key=key)
    print_replay(theorem, bench, findings, replicate)
    return 1 if refuted(findings) else 0
