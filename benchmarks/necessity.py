"""What a theorem does not need: automatic mutants that survive, and whether the statement says so.

Of each theorem the bound is halved and made faster, from the tenth iteration on; each term of a
sum is dropped; each assumption is dropped, or its constant is off by a factor of 2. What nothing at
hand refutes is listed, and marked where the statement does not name it (``loose`` for a bound,
``untested`` for an assumption). The exit code is 1 if there is such a one.

    python benchmarks/necessity.py                     the whole catalogue
    python benchmarks/necessity.py proximal my.py      an area and a file
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

from convlab.claims import Verdict
from convlab.outcome import Report
from convlab.suite import PROFILES, Laboratory, Options, Suite

_suite: Suite


def _begin(targets: list[str], profile: str, key: int) -> None:
    global _suite
    _suite = Suite.of(targets, Options(profile=profile, key=key))


def _report(name: str) -> Report:
    options = _suite.options
    profile = replace(PROFILES[options.profile], power=True)
    families = _suite.catalogue.families
    return Laboratory(families, profile, key=options.key, suite=_suite.statements).verify(
        _suite.theorems[name]
    )


def main() -> int:
    """Print the survivors, theorem by theorem."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="ID|FOLDER|FILE")
    parser.add_argument("--profile", choices=PROFILES, default="quick")
    parser.add_argument("--key", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    given = options.targets, options.profile, options.key
    _begin(*given)
    tried = refuted = unnamed = 0
    with ProcessPoolExecutor(options.jobs, initializer=_begin, initargs=given) as pool:
        for report in pool.map(_report, _suite.theorems):
            found = [m for m in report.mutants if m.automatic]
            left = [m for m in found if m.verdict is not Verdict.REFUTED]
            tried, refuted = tried + len(found), refuted + len(found) - len(left)
            unnamed += sum(not m.named for m in left)
            if not report.as_expected:
                print(f"{report.id}: {report.status}")
            for m in left:
                mark = "named" if m.named else "NOT NAMED"
                print(f"{report.id}: {m.name}: {mark}: {m.verdict}: {m.sentence}", flush=True)
    print(f"{refuted} of {tried} automatic mutants refuted; {unnamed} survivors not named")
    return 1 if unnamed else 0


if __name__ == "__main__":
    sys.exit(main())
