"""How often the statistics of convlab err, and how much they see.

Two tables, each on data whose truth is known:

1. *False alarms.* The claim holds with equality, E[metric] = bound at every recorded iteration, so
   every refutation is chance. Counted over thousands of verdicts at alpha = 0.01, with eight
   strongly correlated columns, once with all replicates and once with the sampling stopped at the
   first of four blocks that refutes. Both rates must stay below alpha, for every tail. The limit
   is the upper confidence limit (Clopper and Pearson) on the second rate.
2. *Resolution.* The smallest excess E[metric] / bound that is refuted at alpha = 1e-6 in 90 % of
   the trials, for growing numbers of replicates; a dash where none is.

Slopes are measured by ``slopes.py``.

Exit code 1 if a false alarm rate exceeds alpha.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from scipy.special import betaincinv, ndtr, ndtri

from convlab.statistics import log_e_mean_equals, log_e_value, resolution

ALPHA = 1e-2
STRICT_ALPHA = 1e-6
COLUMNS = 8
BLOCK, BLOCKS = 64, 4
RARE = 0.01

# Increasing functions of a standard normal variable; each result has expectation exactly 1.
TAILS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "uniform": lambda z: 2 * ndtr(z),
    "exponential": lambda z: -np.log(ndtr(-z)),
    f"Bernoulli({RARE})/{RARE}": lambda z: (z > ndtri(1 - RARE)) / RARE,
    "lognormal, sigma 2": lambda z: np.exp(2 * z - 2),
    "Pareto 1.5": lambda z: ndtr(-z) ** (-1 / 1.5) * 0.5 / 1.5,
    "Pareto 1.1": lambda z: ndtr(-z) ** (-1 / 1.1) * 0.1 / 1.1,
}

# What is sampled, and the e-value against the true statement about its mean.
TESTS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], float]]] = {
    **{name: (tail, log_e_value) for name, tail in TAILS.items()},
    "normal, two-sided": (
        lambda z: z,
        lambda values: log_e_mean_equals(values, 0, variance=1),
    ),
    f"Bernoulli({RARE}), two-sided": (
        lambda z: 1.0 * (z > ndtri(1 - RARE)),
        lambda values: log_e_mean_equals(values, RARE, bounds=(0, 1)),
    ),
}


def normals(generator: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Standard normals (rows, columns): independent rows, neighbouring columns correlated 0.9."""
    z = generator.standard_normal((rows, columns))
    for column in range(1, columns):
        z[:, column] = 0.9 * z[:, column - 1] + math.sqrt(1 - 0.81) * z[:, column]
    return z


def false_alarms(verdicts: int) -> Iterator[dict]:
    for row, (name, (sample, log_e)) in enumerate(TESTS.items()):
        generator = np.random.Generator(np.random.Philox(key=row))
        at_the_end = at_any_block = 0
        for _ in range(verdicts):
            data = sample(normals(generator, BLOCK * BLOCKS, COLUMNS))
            alarms = [
                log_e(data[: BLOCK * block]) >= math.log(1 / ALPHA)
                for block in range(1, BLOCKS + 1)
            ]
            at_the_end += alarms[-1]
            at_any_block += any(alarms)
        yield {
            "metric": name,
            "at the end": at_the_end / verdicts,
            "stopped early": at_any_block / verdicts,
            "99 % limit": float(betaincinv(at_any_block + 1, verdicts - at_any_block, 0.99)),
        }


def resolutions(replicates: list[int], trials: int) -> Iterator[dict]:
    for row, (name, tail) in enumerate(TAILS.items()):
        generator = np.random.Generator(np.random.Philox(key=100 + row))
        excess = {}
        for count in replicates:
            found = [
                resolution(tail(generator.standard_normal((count, 1))), math.log(1 / STRICT_ALPHA))
                for _ in range(trials)
            ]
            worst = float(np.quantile(found, 0.1, method="lower"))
            excess[f"R = {count}"] = 1 / worst if worst else None
        yield {"metric": name, **excess}


def show(console: Console, title: str, rows: Iterator[dict]) -> list[dict]:
    results = list(rows)
    table = Table(box=box.SIMPLE_HEAD)
    for heading in results[0]:
        table.add_column(heading, no_wrap=True)
    for result in results:
        table.add_row(
            *(
                "-" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)
                for value in result.values()
            )
        )
    console.print(title, markup=False, highlight=False)
    console.print(table)
    return results


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the tables to FILE")
    options = parser.parse_args(arguments)
    quick, console, started = options.quick, Console(), time.perf_counter()
    tables = {
        "false_alarms": show(
            console,
            f"False alarms at alpha = {ALPHA:g}, {BLOCKS} blocks of {BLOCK} replicates, "
            f"{COLUMNS} correlated columns",
            false_alarms(300 if quick else 10_000),
        ),
        "resolutions": show(
            console,
            f"Smallest excess E[metric] / bound refuted at alpha = {STRICT_ALPHA:g} "
            "in 90 % of trials",
            resolutions(
                [64, 256, 1024] if quick else [64, 256, 1024, 4096, 16384], 30 if quick else 200
            ),
        ),
    }
    console.print(f"{time.perf_counter() - started:.0f} seconds")
    if options.json:
        options.json.write_text(json.dumps(tables, indent=2) + "\n")
    worst = max(max(row["at the end"], row["stopped early"]) for row in tables["false_alarms"])
    return int(worst > ALPHA)


if __name__ == "__main__":
    sys.exit(main())
