"""Pictures: panels drawn with matplotlib, without any state of its own, and written to files."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from convlab.errors import ConvlabError
from convlab.report.curves import Panel
from convlab.report.documents import write
from convlab.report.frame import set_limits, set_ticks, slope_triangle
from convlab.report.lettering import INK, label_axes, legend, title
from convlab.report.strokes import draw_instance

__all__ = ["draw", "figure", "require_drawable", "save"]

COLUMN, PAGE = 3.4, 7.0
"""Width in inches of one column of a paper, and of the page."""
METADATA: dict[str, dict] = {
    ".pdf": {"CreationDate": None},
    ".png": {"Software": None},
    ".svg": {"Date": None},
}
"""Suffixes of pictures, and what to leave out of each so that it is the same each time."""
STYLE: dict[Any, Any] = {
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8.5,
    "legend.fontsize": 7.0,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "axes.linewidth": 0.6,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E8E8E8",
    "grid.linewidth": 0.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "lines.linewidth": 1.3,
    "lines.markersize": 3.5,
    "legend.edgecolor": "none",
    "legend.framealpha": 0.8,
    "legend.borderpad": 0.2,
    "legend.handlelength": 2.2,
    "legend.labelspacing": 0.35,
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "convlab",
    "savefig.dpi": "figure",
}


def figure(panels: Sequence[Panel], *, columns: int | None = None, small: bool = False) -> Figure:
    """All panels: one in the width of a column, several in the width of the page.

    ``small`` panels are for an overview: smaller letters, and no legend of the instances.
    """
    columns = columns or min(len(panels), 2)
    rows = -(-len(panels) // columns)
    width = COLUMN if columns == 1 else PAGE
    height = 0.58 * width / columns
    with rc_context(STYLE):
        made = Figure(figsize=(width, 2 * rows * height), dpi=140 if small else 220)
        made.set_layout_engine("constrained", w_pad=0.03, h_pad=0.05, wspace=0.02, hspace=0.04)
        grid = made.subplots(rows, columns, squeeze=False).ravel()
        for axes, panel in zip(grid, panels, strict=False):
            draw(panel, axes, room=72 * (width / columns - 0.6), small=small)
        for axes in grid[len(panels) :]:
            axes.set_axis_off()
        made.draw_without_rendering()
        missing = height - made.get_figheight() * grid[0].get_position().height
        made.set_figheight(made.get_figheight() + rows * missing)
    return made


def draw(panel: Panel, axes: Axes, *, room: float = 200.0, small: bool = False) -> None:
    """One panel on given axes; ``room`` is the width for texts in points."""
    scale = 0.8 if small else 1.0
    with rc_context(STYLE):
        set_limits(panel, axes)
        for place, (name, series) in enumerate(panel.curves.items()):
            label = panel.labels.get(name, name)
            draw_instance(axes, series, place, label, alone=len(panel.curves) == 1)
        set_ticks(axes)
        label_axes(panel, axes, room, scale)
        legend(panel, axes, room, scale, instances=not small)
        title(panel, axes, room, scale)
        if panel.scale == "loglog":
            slope_triangle(panel, axes, scale)


def require_drawable(file: Path) -> None:
    """Raise ConvlabError on a suffix other than pdf, png and svg."""
    if file.suffix not in METADATA:
        known = ", ".join(METADATA)
        raise ConvlabError(f"cannot draw {file}: the name of a picture ends in one of {known}")


def save(made: Figure, file: Path) -> None:
    """Write the picture, the same bytes each time, whole or not at all; a PNG in 256 colours.

    Raises ConvlabError on an unknown suffix, and where the file cannot be written.
    """
    require_drawable(file)
    out = io.BytesIO()
    with rc_context(STYLE):
        made.savefig(out, format=file.suffix[1:], metadata=METADATA[file.suffix])
    if file.suffix == ".png":
        image = Image.open(out)
        few = image.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        out = io.BytesIO()
        few.save(out, "png", optimize=True, dpi=image.info["dpi"])
    write(file, out.getvalue())
