"""Tables on the terminal; plain text when the output is not a terminal."""

from collections.abc import Collection
from typing import Any

from rich.console import Console
from rich.table import Table

__all__ = ["table", "write"]


def write(renderable: Any) -> None:
    """Print text as it is; lines are as long as they are: names can be copied and searched."""
    screen = Console(width=100_000, highlight=False, markup=False, emoji=False)
    with screen.capture() as captured:
        screen.print(renderable)
    lines = captured.get().splitlines()
    screen.file.write("".join(f"{line.rstrip()}\n" for line in lines))


def table(*columns: str, right: Collection[str] = ()) -> Table:
    """An empty table without lines; the columns named in ``right`` are aligned there."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in columns:
        made.add_column(name, justify="right" if name in right else "left")
    return made
