"""The loops of a kernel: over replicates and iterations, around the lines of a step.

In the lines of a step the fields of the state are x0, x1, ..., buffers b0, b1, ..., numbers s0,
s1, ...: x and b are the places where those of one replicate begin in the arrays S and B. At the
iterations that G lists the states are kept, in O. The arrays are arguments: as such they are known
not to overlap, and nothing is allocated.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

__all__ = ["Common", "Room", "Shared", "array", "moved", "plain", "tiled"]

Buffers = dict[str, tuple[str, str]]
"""Name -> size for one replicate, and kind."""


class Room(NamedTuple):
    """An array to work in: entries, their kind, and whether each replicate of a tile has one."""

    size: str
    kind: str
    in_tile: bool


class Shared(NamedTuple):
    """A product of a vector with a matrix that all replicates share."""

    left: str
    at: str
    step: str
    matrix: str
    out: str
    wide: str
    sizes: str

    def of_tile(self) -> str:
        """For all replicates of a tile."""
        first = f"r0 * {self.step} + {self.at}" if self.left[0] == "x" else self.at
        out = f"{array(self.out)}, 0, {self.wide}"
        return (
            f"products({array(self.left)}, {first}, {self.step}, {self.matrix}, {out}, "
            f"{self.sizes}, r1 - r0)"
        )

    def __str__(self) -> str:
        """For one replicate."""
        return (
            f"products({array(self.left)}, {self.left} + {self.at}, 0, {self.matrix}, "
            f"{array(self.out)}, {self.out}, 0, {self.sizes}, 1)"
        )


class Common(str):
    """A line that says the same for all replicates."""


def array(name: str) -> str:
    """The array in which a state, x, or a buffer, b, of a replicate begins at that offset."""
    return {"x": "S", "b": "B"}.get(name[0], name[0]) + name[1:]


def moved(name: str, offset: str) -> str:
    """The place of an entry in the array."""
    if name[0] not in "xb":
        return offset
    return name if offset == "0" else f"{name} + {offset}"


def plain(
    step: Sequence[Any], buffers: Buffers, sizes: dict[str, str], kinds: dict[str, str]
) -> tuple[list[str], dict[str, Room]]:
    """All iterations of one replicate after the other; and the arrays to work in."""
    room = {n.upper(): Room(size, kind, False) for n, (size, kind) in buffers.items()}
    lines = ["for r in range(lo, hi):"]
    lines += [f"    {x} = {_times('r', sizes[x])}" for x in _used("x", step)]
    lines += ["    g, stop = g0, G[g0]", "    for k in range(k0, k1):"]
    lines += _keeping("r", "r + 1", sizes)
    return lines + ["        " + _at_zero(line, buffers) for line in step], room


def tiled(
    step: Sequence[Any], buffers: Buffers, sizes: dict[str, str], kinds: dict[str, str]
) -> tuple[list[str], dict[str, Room]]:
    """Iterations of a tile of replicates: between two products with shared matrices, one by one.

    What is common to all comes first. What one stretch between products leaves for another, or for
    a product, is kept for the tile.
    """
    common = [line for line in step if isinstance(line, Common)]
    stretches: list[list[str]] = [[]]
    products: list[Shared] = []
    for line in step:
        if isinstance(line, Common):
            continue
        if isinstance(line, Shared):
            products.append(line)
            stretches.append([])
        else:
            stretches[-1].append(line)
    shared = set(_used("s", common))
    names = [set(_used("b", stretch) + _used("s", stretch)) - shared for stretch in stretches]
    kept = {n for i, found in enumerate(names) for n in found if any(n in o for o in names[:i])}
    kept |= {n for p in products for n in (p.left, p.out) if n[0] == "b"}
    numbers = sorted(n for n in kept if n[0] == "s")
    room = {n.upper(): Room(size, kind, n in kept) for n, (size, kind) in buffers.items()}
    room |= {f"{n}_": Room("1", kinds[n], True) for n in numbers}
    lines = ["for r0 in range(lo, hi, tile):", "    r1 = min(hi, r0 + tile)"]
    lines += ["    g, stop = g0, G[g0]", "    for k in range(k0, k1):"]
    lines += _keeping("r0", "r1", sizes)
    lines += ["        " + line for line in common]
    known: set[str] = set()
    for i, stretch in enumerate(stretches):
        if stretch:
            begins = {x: _times("r", sizes[x]) for x in _used("x", stretch)}
            here = _used("b", stretch) + _used("s", stretch)
            for n in here:
                if n in kept and n[0] == "b":
                    begins[n] = _times("(r - r0)", buffers[n][0])
                elif n in kept and n in known:
                    begins[n] = f"{n}_[r - r0]"
            lines += ["        for r in range(r0, r1):"]
            lines += [f"            {name} = {value}" for name, value in begins.items()]
            lines += ["            " + _at_zero(s, set(here) - kept) for s in stretch]
            new = [n for n in here if n in numbers and _assigned(n, stretch)]
            lines += [f"            {n}_[r - r0] = {n}" for n in new]
            known |= names[i]
        if i < len(products):
            lines.append("        " + products[i].of_tile())
    return lines, room


def _keeping(first: str, last: str, sizes: dict[str, str]) -> list[str]:
    """At the next recorded iteration, keep the states of replicates ``first`` to ``last``."""
    lines = ["        if k == stop:"]
    for x, size in sizes.items():
        ends = f"{_times(_grouped(first), size)}, {_times(_grouped(last), size)}"
        lines.append(f"            keep(S{x[1:]}, {ends}, O{x[1:]}, g)")
    return [*lines, "            g += 1", "            stop = G[g]"]


def _grouped(text: str) -> str:
    return text if text.isalnum() else f"({text})"


def _assigned(number: str, stretch: Sequence[Any]) -> bool:
    """Whether a stretch gives the number a value: again, where a branch did so before."""
    return any(re.match(rf"\s*{number} = ", str(line)) for line in stretch)


def _times(count: str, size: str) -> str:
    if size == "1":
        return count
    return f"{count} * ({size})" if "*" in size else f"{count} * {size}"


def _at_zero(line: Any, buffers: Iterable[str]) -> str:
    """A line with buffers of a single replicate, which begin at 0."""
    text = str(line)
    for name in buffers:
        if name[0] == "b":
            text = re.sub(rf"\b{name}\b", "0", re.sub(rf"\b{name} \+ ", "", text))
    return text


def _used(letter: str, lines: Sequence[Any]) -> list[str]:
    """The states (x), buffers (b) or numbers (s) that occur in lines, in order."""
    found = {n for line in lines for n in re.findall(rf"\b{letter}\d+\b", str(line))}
    return sorted(found, key=lambda n: int(n[1:]))
