"""What the pages show of runs: a picture of each theorem, and what commands print."""

import functools
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from convlab import catalogue
from convlab.catalogue import Catalogue
from convlab.laboratory import PROFILES, Laboratory
from convlab.report import curves, figure
from convlab.store import fingerprints
from convlab.suite import Options, Suite

SKETCH = replace(
    PROFILES["quick"],
    horizons=tuple(2**i for i in range(9)),
    replicates=(256,),
    instances=1,
    choices=1,
)
"""Less than the quick profile tries: enough for a picture."""

COMMANDS = {
    "show.txt": "show first_order/gradient_descent_convex",
    "verify.txt": "verify first_order/gradient_descent_convex",
    "own.txt": "verify delayed_gradient.py",
    "wrong.txt": "verify wrong.py",
    "falsify.txt": "falsify wrong.py --budget 5",
}
"""Commands whose output the pages include."""


def outputs() -> Iterator[tuple[str, str]]:
    """The output of each command, run beside the example of a theorem of one's own."""
    own = Path(__file__).with_name("delayed_gradient.py").read_text()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "delayed_gradient.py").write_text(own)
        Path(folder, "wrong.py").write_text(own.replace("(k + 2) * r ** (k + 1)", "2 * r**k"))
        for file, arguments in COMMANDS.items():
            command = [sys.executable, "-m", "convlab", *arguments.split()]
            ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            yield f"include/{file}", ran.stdout


def pictures(found: Catalogue, folder: Path) -> list[str]:
    """Draw the theorems that have changed since they were drawn; the ids of all."""
    marks = fingerprints(Suite(found, list(found.theorems), Options()))
    stale = {}
    for name, mark in marks.items():
        stamp = folder / f"{name}.mark"
        if not stamp.exists() or stamp.read_text() != mark:
            stamp.parent.mkdir(parents=True, exist_ok=True)
            stale[name] = stamp
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # for the processes, which share the CPUs
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        for name, stamp in zip(stale, pool.map(draw, stale, stale.values()), strict=True):
            stamp.write_text(marks[name])
    return list(marks)


def draw(name: str, stamp: Path) -> Path:
    """Draw one theorem, and write the numbers in the picture, beside its stamp."""
    found, laboratory = _laboratory()
    try:
        panel = curves.compute(found.theorems[name], laboratory)
        figure.save(figure.figure([panel]), stamp.with_suffix(".svg"))
    except Exception as error:
        raise RuntimeError(f"{name} cannot be drawn: {error!r}") from error
    stamp.with_suffix(".csv").write_text(curves.write([panel], [f"key {laboratory.key}"]))
    return stamp


@functools.cache
def _laboratory() -> tuple[Catalogue, Laboratory]:
    found = catalogue.installed()
    return found, Laboratory(found.families, SKETCH)
