"""From docstrings, formulas and names to Markdown."""

import re
import textwrap

TICKS = re.compile(r"(``[^`]*``|:[\w:]+:`[^`]*`|`[^`]*`)")
MARKS = re.compile(r"(?<!\\)\||(?<=[(\[ ])\*(?=[\w.]+[,)\]])|^(?=[A-Z]\. )")


def plain_marks(line: str) -> str:
    """A line of a docstring that keeps the bars of norms, the star of ``*shape``, an initial."""
    parts = TICKS.split(line)
    return "".join(p if i % 2 else MARKS.sub(r"\\\g<0>", p) for i, p in enumerate(parts))


def docstring(value: object, indent: str = "") -> list[str]:
    """The docstring of an object as a block."""
    first, _, rest = (value.__doc__ or "").strip().partition("\n")
    lines = map(plain_marks, [first, *textwrap.dedent(rest).splitlines()])
    return ["```{eval-rst}", *(indent + line for line in lines), "```", ""]


def markdown(text: str) -> str:
    """Text of a docstring as Markdown: literals and mathematics kept, all else taken as it is."""
    parts = TICKS.split(text)
    for i, part in enumerate(parts):
        if i % 2 == 0:
            parts[i] = re.sub(r"([\\*_<>\[\]|$~#])", r"\\\1", part)
        elif part.startswith(":math:"):
            parts[i] = f"${part[7:-1]}$"
        else:
            parts[i] = f"`{part.strip('`').rpartition('`')[2].removeprefix('~')}`"
    return "".join(parts)


def in_table(tex: str) -> str:
    """TeX without the bars that would end the cell of a table."""
    return tex.replace(r"\|", r"\Vert ").replace("|", r"\vert ")


def table(*heads: str) -> list[str]:
    """The first two lines of a table."""
    return [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
