"""Exact worst cases for the pages of theorems: writes ``exact_ratios.json`` beside this file.

    python docs/exact.py                  # the whole catalogue, ten minutes; needs the extra pep
    python docs/exact.py first_order      # ids that contain a word; the others are kept

A claim that the referee refuses, or does not solve at any k, has no entry.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from convlab import catalogue
from convlab.errors import ConvlabError
from convlab.referee import worst_cases
from convlab.theorem import Theorem

RATIOS = Path(__file__).with_name("exact_ratios.json")


def exact_ratios(theorem: Theorem) -> list[dict[str, Any]]:
    """What the referee says of the claims of a theorem, as far as it says anything."""
    found = []
    for number, claim in enumerate(theorem.claims):
        try:
            each = worst_cases(theorem, claim=number)
        except ConvlabError:
            continue
        ratios = {str(one.k): float(f"{one.ratio:.6g}") for one in each if one.ratio is not None}
        if ratios:
            found.append(
                {
                    "claim": number,
                    "says": str(claim),
                    "tight": each[0].tight,
                    "constants": dict(each[0].constants),
                    "choices": dict(each[0].choices),
                    "ratios": ratios,
                }
            )
    return found


def lines(entry: Mapping[str, Any]) -> Iterator[str]:
    """An entry in words: metric/bound by iteration, and for which numbers."""
    at = [f"{name} = {value:.6g}" for name, value in entry["constants"].items()]
    at += [f"{name} = {formula}" for name, formula in entry["choices"].items()]
    what = "exact worst case" if entry["tight"] else "worst case, from above,"
    ratios = ", ".join(f"{ratio:.4g} at k = {k}" for k, ratio in entry["ratios"].items())
    where = f", with {', '.join(at)}" if at else ""
    yield f"- `{entry['says']}`: {what} of metric/bound {ratios}{where}"


def main(words: list[str]) -> None:
    """Compute the entries of the ids that contain one of the words, by default of all."""
    theorems = catalogue.installed().theorems
    known = json.loads(RATIOS.read_text()) if RATIOS.exists() else {}
    for name, theorem in theorems.items():
        if words and not any(word in name for word in words):
            continue
        known.pop(name, None)
        if entries := exact_ratios(theorem):
            known[name] = entries
            print(name, [entry["ratios"] for entry in entries], flush=True)
    kept = {name: known[name] for name in sorted(known) if name in theorems}
    RATIOS.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
