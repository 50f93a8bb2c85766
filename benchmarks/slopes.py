"""How often a true slope is refuted, and how often a false one is, on curves with known slope.

The rule is that of the claims `exponent` and `linear_rate`: refuted where the whole 99 % interval
of `convlab.statistics.slope` lies above the claimed slope, and the estimate by 0.05 (by a twentieth
of the logarithm of a rate). The tables give

- *above*: the share of trials in which the whole interval lies above the true slope;
- *false*: the share of trials in which the true slope is refuted. Curves without noise are tried
  once at each length and constant; with noise, curve, constant and length are drawn in each trial,
  from all curves of the table before except the late ones (which have rows of their own), and the
  99 % upper confidence limit is given (Clopper and Pearson);
- *power*: the share in which a claim that is too fast is refuted: the exponent less 0.2 or 0.5, the
  rate to the power 1.5 or 2.

Exit code 1 if a curve without noise is refuted, except the late ones, which leave what the interval
allows for, or more than 1 % of the trials of a row with noise.
"""

import argparse
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.signal import lfilter
from scipy.special import betaincinv

from convlab.claims.rates import MARGIN
from convlab.engine import log_grid
from convlab.statistics import slope

ALLOWED = 0.01
LENGTHS = (250, 1000, 4000, 16_000)
REPLICATES = (1, 4, 16, 64)
KAPPAS = (2, 5, 10, 30, 100, 300, 1000)
FACTORS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10)
ROUNDING = 2.0**-40


class Law(NamedTuple):
    """A curve of k, and its slope for large k: an exponent, or the logarithm of a rate."""

    curve: Callable[[np.ndarray], np.ndarray]
    slope: float


Noise = Callable[[np.random.Generator, int, int], np.ndarray]
"""Factors (points, replicates) of constant law along the points."""


def recorded(length: int) -> np.ndarray:
    """All k up to 1,000, beyond that 12 per decade."""
    grid = log_grid(length)
    return np.concatenate([np.arange(min(length, 1000) + 1), grid[grid > 1000]])


def powers(factor: Callable[[np.ndarray, float], np.ndarray]) -> list[Law]:
    """k^p factor(k, p) for four exponents p."""
    return [Law(lambda k, p=p: k**p * factor(k, p), p) for p in (-0.5, -1.0, -1.5, -2.0)]


def transients(constants: tuple[float, ...]) -> list[Law]:
    """k^p (1 + b k^-q)."""
    return [
        law
        for b, q in itertools.product(constants, (0.5, 1.0))
        for law in powers(lambda k, p, b=b, q=q: 1 + b * k**-q)
    ]


def shifts(constants: tuple[float, ...]) -> list[Law]:
    """(k + b)^p."""
    return [law for b in constants for law in powers(lambda k, p, b=b: (1 + b / k) ** p)]


def rates() -> Iterator[float]:
    """Of gradient descent and of heavy balls."""
    for kappa in KAPPAS:
        yield (kappa - 1) / (kappa + 1)
        yield (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)


def geometric(factor: Callable[[np.ndarray, float], np.ndarray]) -> list[Law]:
    """q^k factor(k, q)."""
    return [Law(lambda k, q=q: q**k * factor(k, q), np.log(q)) for q in rates()]


def polynomials(degree: float) -> list[Law]:
    """(1 + c k)^degree q^k."""
    return [law for c in FACTORS for law in geometric(lambda k, q, c=c: (1 + c * k) ** degree)]


def turning(k: np.ndarray, q: float) -> np.ndarray:
    """Oscillation of a complex eigenvalue, of about the frequency that it has for heavy balls."""
    return np.sqrt(0.05 + np.cos(2.4 * np.sqrt(1 - q) * k) ** 2)


EXPONENTS: dict[str, list[Law]] = {
    "k^p": powers(lambda k, p: np.ones_like(k)),
    "k^p (1 + b k^-q), 0 < b <= 100": transients((1.0, 10.0, 100.0)),
    "k^p (1 - b k^-q), b <= 0.9": transients((-0.5, -0.9)),
    "(k + b)^p, b <= 30": shifts((3.0, 30.0)),
    "k^p log(k + 1)": powers(lambda k, p: np.log(k + 1)),
    "k^p log^2(k + 1)": powers(lambda k, p: np.log(k + 1) ** 2),
    "k^p / log(k + 1)": powers(lambda k, p: 1 / np.log(k + 1)),
    "k^p (1 + b log k), b = 0.1, 10": [
        law for b in (0.1, 10.0) for law in powers(lambda k, p, b=b: 1 + b * np.log(k))
    ],
    "k^p (1 + sin(6 log k)/4)": powers(lambda k, p: 1 + np.sin(6 * np.log(k)) / 4),
}
# Not in their regime at the end of the run, or never.
LATE: dict[str, list[Law]] = {
    "(k + 1000)^p": shifts((1000.0,)),
    "k^p + 0.01, the plateau not announced": powers(lambda k, p: 1 + 0.01 * k**-p),
}
RATES: dict[str, list[Law]] = {
    "q^k": geometric(lambda k, q: np.ones_like(k)),
    "(1 + c k) q^k": polynomials(1),
    "(1 + c k)^2 q^k": polynomials(2),
    "(1 + c k)^-1 q^k": polynomials(-1),
    "q^k, oscillating": geometric(turning),
    "(1 + c k) q^k, oscillating": [
        law for c in FACTORS for law in geometric(lambda k, q, c=c: (1 + c * k) * turning(k, q))
    ],
}
LATE_RATES: dict[str, list[Law]] = {
    "q^k + q^(k/10)/1e6": [
        Law(lambda k, q=q: q**k + q ** (k / 10) / 1e6, np.log(q) / 10) for q in rates()
    ],
    "q^k + 1e-9, the plateau not announced": [
        Law(lambda k, q=q: q**k + 1e-9, np.log(q)) for q in rates()
    ],
}


def correlated(generator: np.random.Generator, rows: int, columns: int, r: float) -> np.ndarray:
    """Standard normals (rows, columns), autoregressive along the rows with correlation r."""
    start = generator.standard_normal((1, columns))
    steps = np.sqrt(1 - r * r) * generator.standard_normal((rows, columns))
    return lfilter([1], [1, -r], steps, axis=0, zi=r * start)[0]


SMOOTH = "normal, sigma 0.05, AR(1) 0.9"
NOISES: dict[str, Noise] = {
    "normal, sigma 0.3, independent": lambda g, n, R: np.exp(0.3 * correlated(g, n, R, 0)),
    "normal, sigma 0.3, AR(1) 0.5": lambda g, n, R: np.exp(0.3 * correlated(g, n, R, 0.5)),
    "normal, sigma 0.3, AR(1) 0.9": lambda g, n, R: np.exp(0.3 * correlated(g, n, R, 0.9)),
    SMOOTH: lambda g, n, R: np.exp(0.05 * correlated(g, n, R, 0.9)),
    "lognormal, sigma 1, AR(1) 0.5": lambda g, n, R: np.exp(correlated(g, n, R, 0.5)),
    "Pareto 1.5, independent": lambda g, n, R: 1 + g.pareto(1.5, (n, R)),
}


class Count(NamedTuple):
    """Trials, and in how many the interval was above, and three slopes were refuted."""

    trials: int
    refuted: tuple[int, int, int, int]

    def row(self, *names: object, chance: bool) -> str:
        """A line of a table, with a confidence limit where chance decided."""
        above, false, *power = self.refuted
        numbers = [f"{self.trials}", f"{above / self.trials:.1%}", f"{false / self.trials:.1%}"]
        if chance:
            certain = false == self.trials
            limit = 1.0 if certain else betaincinv(false + 1, self.trials - false, 0.99)
            numbers.append(f"{limit:.1%}")
        numbers += [f"{count / self.trials:.0%}" for count in power]
        return "| " + " | ".join([*map(str, names), *numbers]) + " |"


def claims(true: float, log_x: bool) -> list[tuple[float, float]]:
    """The true slope without a margin, then it and two that are too fast, each with its margin."""
    if log_x:
        return [(true, -np.inf), *((true - excess, MARGIN) for excess in (0.0, 0.2, 0.5))]
    faster = [true * power for power in (1.0, 1.5, 2.0)]
    return [(true, -np.inf), *((log_rate, MARGIN * abs(log_rate)) for log_rate in faster)]


def refuted(k: np.ndarray, y: np.ndarray, law: Law, log_x: bool) -> list[bool]:
    """Which of the claims are refuted. A curve too short for a slope refutes nothing."""
    try:
        found = slope(k, y, log_x=log_x, floor=ROUNDING * y[0].max())
    except ValueError:
        return [False] * 4
    return [
        found.low > claimed and found.estimate > claimed + margin
        for claimed, margin in claims(law.slope, log_x)
    ]


def without_noise(laws: list[Law], log_x: bool) -> Count:
    """Every law at every length."""
    found = []
    for law, length in itertools.product(laws, LENGTHS):
        k = recorded(length)[1 if log_x else 0 :].astype(float)
        found.append(refuted(k, law.curve(k)[:, None], law, log_x))
    return Count(len(found), tuple(np.sum(found, axis=0).tolist()))


def with_noise(
    laws: list[Law], log_x: bool, noise: Noise, replicates: int, trials: int, key: int
) -> Count:
    """Laws and lengths drawn at random."""
    generator = np.random.Generator(np.random.Philox(key=key))
    found = []
    for _ in range(trials):
        law, length = laws[generator.integers(len(laws))], LENGTHS[generator.integers(len(LENGTHS))]
        k = recorded(length)[1 if log_x else 0 :].astype(float)
        y = law.curve(k)[:, None] * noise(generator, len(k), replicates)
        found.append(refuted(k, y, law, log_x))
    return Count(trials, tuple(np.sum(found, axis=0).tolist()))


def heading(*names: str, log_x: bool, chance: bool) -> str:
    """The first two lines of a table."""
    too_fast = ("p - 0.2", "p - 0.5") if log_x else ("q^1.5", "q^2")
    numbers = ["trials", "above", "false", *(["99 % limit"] if chance else [])]
    columns = [*names, *numbers, *(f"power, {name}" for name in too_fast)]
    return "| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|"


def tables(trials: int) -> Iterator[tuple[str, bool]]:
    """Lines of Markdown, each with whether it counts more false refutations than are allowed."""
    key = 0
    for what, log_x, groups, late in (
        ("Exponents", True, EXPONENTS, LATE),
        ("Rates", False, RATES, LATE_RATES),
    ):
        yield f"**{what}, without noise**\n\n{heading('curve', log_x=log_x, chance=False)}", False
        for name, laws in [*groups.items(), *late.items()]:
            count = without_noise(laws, log_x)
            yield count.row(f"`{name}`", chance=False), name in groups and count.refuted[1] > 0
        laws = list(itertools.chain(*groups.values()))
        columns = heading("noise", "replicates", log_x=log_x, chance=True)
        yield f"\n**{what}, with noise**\n\n{columns}", False
        for name, replicates in itertools.product(NOISES, REPLICATES):
            count = with_noise(laws, log_x, NOISES[name], replicates, trials, key := key + 1)
            yield count.row(name, replicates, chance=True), count.refuted[1] > ALLOWED * trials
        for name, laws in late.items():
            count = with_noise(laws, log_x, NOISES[SMOOTH], 16, trials, key := key + 1)
            yield count.row(f"`{name}`, {SMOOTH}", 16, chance=True), False
        yield "", False


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=1000, help="of each row with noise")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the tables to FILE")
    options = parser.parse_args(arguments)
    lines, failed = [], False
    for line, bad in tables(options.trials):
        print(line + "  <-- too many" * bad, flush=True)
        lines.append(line)
        failed |= bad
    if options.output:
        options.output.write_text("\n".join(lines).strip() + "\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
