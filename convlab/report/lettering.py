"""The texts of pictures, fitted to the room there is: titles, labels, legends, formulas."""

import functools
import re
import textwrap

from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.mathtext import MathTextParser
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from convlab.report.curves import PHASES, Panel, Series

__all__ = ["DASHED", "FALSE", "INK", "PALE", "label_axes", "legend", "math", "title"]

FALSE, INK, PALE = "#D55E00", "#222222", "#777777"
"""Colours of violations, of text, and of what stands back."""
DASHED = (0, (4, 1.6))
"""The line style of what is claimed."""
TEXT, NOTE = 8.5, 7.0
"""Sizes in points of titles and labels, and of all else."""
HIGHEST, LEAST = 7.0, 2.0
"""So many letters high may a formula with large fractions be, and so few points a letter."""
_KNOWN = {
    r"\\(le|ge)(?![a-z])": r"\\\1q",
    r"\\[lr]Vert": r"\\|",
    r"\\[td]?frac(\w)(\w)": r"\\frac{\1}{\2}",
    r"\\tfrac": r"\\frac",
    r"\\bmod": r"\\ \\mathrm{mod}\\ ",
    r"\\texttt": r"\\mathtt",
    r"\\(big|Big)[lr]?(?![a-z])": "",
    r"\\(max|min|sup|inf)_": r"\\mathrm{\1}_",
    r"\\sqrt\[": r"\\ \\sqrt[",
    r"\^\\top(?![a-z])": r"^{\\mathsf{T}}",
    r"([_^])(\\star(?![a-z])|\*)": r"\1{\2}",
}
"""What matplotlib does not know, or sets badly, and what it sets well in its place."""
_WORDS = {"bound": "bound ", "slope": "slope ", "limit": "limit ", "threshold": "", "other": ""}


def math(tex: str) -> str:
    """TeX for matplotlib; nothing where its mathtext cannot set it."""
    for pattern, known in _KNOWN.items():
        tex = re.sub(pattern, known, tex)
    text = f"${tex}$"
    try:
        _width(text, NOTE)
    except ValueError:
        return ""
    return text if tex else ""


def _width(text: str, size: float) -> float:
    """Width in points."""
    return _extent(text, size)[0]


def _height(text: str, size: float) -> float:
    """Height in points."""
    return _extent(text, size)[1]


def _smallest(text: str, size: float) -> float:
    """Size of the smallest letter in points."""
    return _extent(text, size)[2]


@functools.lru_cache(maxsize=1024)
def _extent(text: str, size: float) -> tuple[float, float, float]:
    """Width, height, and the size of the smallest letter in points."""
    font = FontProperties(family=rcParams["font.family"], size=size)
    width, height, _, letters, _ = MathTextParser("path").parse(text, dpi=72, prop=font)
    return width, height, min((letter[1] for letter in letters), default=size)


def title(panel: Panel, axes: Axes, room: float, scale: float) -> None:
    """The title in ink, below it the citation in grey, and what a mutant changes in vermilion.

    ``room`` is the width in points.
    """
    lines = []
    for text, color, size in (
        (panel.title, INK, TEXT * scale),
        (panel.citation, PALE, NOTE * scale),
        (f"Mutant: {panel.why}" if panel.mutant else "", FALSE, NOTE * scale),
    ):
        letters = max(16, int(room / (0.44 * size)))
        lines += [(line, color, size) for line in _balanced(text, letters)]
    height = 4.0 * scale
    for text, color, size in reversed(lines):
        axes.annotate(
            text.replace("$", r"\$"),
            (0, 1),
            (0, height),
            xycoords="axes fraction",
            textcoords="offset points",
            color=color,
            fontsize=size,
        )
        height += 1.25 * size


def _balanced(text: str, letters: int) -> list[str]:
    """As few lines of at most ``letters`` as possible, alike in length: no word stands alone."""
    count = len(textwrap.wrap(text, letters))
    widths = range(max(1, len(text) // max(1, count)), letters + 1)
    return next((w for n in widths if len(w := textwrap.wrap(text, n)) == count), [])


def label_axes(panel: Panel, axes: Axes, room: float, scale: float) -> None:
    """Labels of the axes; a long one is set smaller, to fit the height, two thirds of ``room``."""
    axes.set_xlabel(math(panel.x) or "k", labelpad=1.5, fontsize=TEXT * scale)
    text = math(panel.y) or "metric"
    size = TEXT * scale * min(1.0, 0.66 * room / _width(text, TEXT * scale))
    axes.set_ylabel(text, labelpad=2.5, fontsize=size)
    axes.tick_params(labelsize=NOTE * scale, pad=2)


def legend(panel: Panel, axes: Axes, room: float, scale: float, *, instances: bool) -> None:
    """Below the axes: what is claimed, the ``instances`` if wanted, and what the band is."""
    size = NOTE * scale
    entries: list[tuple[Artist, str]] = []
    kinds = [n for n in _WORDS if any(n in series for series in panel.curves.values())]
    if kinds:
        line = Line2D([], [], color=INK, linestyle=DASHED, linewidth=1.0)
        word = "" if panel.scale == "linear" else _WORDS[kinds[0]]
        entries.append((line, _claimed(word, panel.reference, 1.2 * room, size)))
    phases = any(name in series for name in PHASES for series in panel.curves.values())
    if instances or phases:
        entries += zip(*axes.get_legend_handles_labels(), strict=True)
    if instances and any(_spreads(series) for series in panel.curves.values()):
        entries.append((Patch(color=PALE, alpha=0.25, linewidth=0), "10–90 % of the runs"))
    if not entries:
        return
    drop = ScaledTranslation(0, -26 * scale / 72, axes.figure.dpi_scale_trans)
    made = axes.legend(
        *zip(*entries, strict=True),
        fontsize=size,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        bbox_transform=axes.transAxes + drop,
        borderaxespad=0,
        borderpad=0,
    )
    handle = (rcParams["legend.handlelength"] + rcParams["legend.handletextpad"]) * size
    for label in made.get_texts():
        widest = max(_width(line, size) for line in label.get_text().splitlines())
        label.set_fontsize(size * min(1.0, (room - handle) / widest))


def _claimed(word: str, tex: str, room: float, size: float) -> str:
    """The formula with large fractions, with small ones, or on several lines, as there is room."""
    large = word + math(tex.replace(r"\frac", r"\dfrac"))
    small = word + math(tex)
    if _width(large, size) <= room and _height(large, size) <= HIGHEST * size:
        return large or "claimed"
    if _smallest(small, size) < LEAST:
        return word or "claimed"
    if _width(small, size) <= room:
        return small or "claimed"
    lines = [word]
    for term in _terms(tex):
        longer = lines[-1] + math(term)
        if _width(longer, size) > room and lines[-1] != word:
            lines.append("    " + math(term))
        else:
            lines[-1] = longer
    wide = any(_width(line, size) > 1.5 * room for line in lines)
    return (word or "claimed") if wide else "\n".join(lines)


def _terms(tex: str) -> list[str]:
    """The terms of a sum, each with its sign; parentheses and braces are not opened."""
    terms, depth = [""], 0
    for piece in re.split(r"(\\left|\\right|[{}]| (?=[+-] ))", tex):
        depth += {"{": 1, "\\left": 1, "}": -1, "\\right": -1}.get(piece, 0)
        if piece == " " and not depth:
            terms.append("")
        terms[-1] += piece
    return terms


def _spreads(series: Series) -> bool:
    """Whether the band is wide enough to be seen."""
    if not {"low", "high"} <= series.keys():
        return False
    low, high = series["low"][1], series["high"][1]
    return len(low) != len(high) or bool((high - low > 0.02 * abs(high)).any())
