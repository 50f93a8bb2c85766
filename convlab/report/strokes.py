"""The lines, bands and marks of one instance in a panel."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from convlab.report.curves import MEASURED, PHASES, Series
from convlab.report.lettering import DASHED, FALSE, INK, PALE

__all__ = ["draw_instance"]

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""The palette of Okabe and Ito, in the order of use: blue, vermilion, green, purple, ..."""
MARKERS = "os^Dvp"


def draw_instance(axes: Axes, series: Series, place: int, label: str, *, alone: bool) -> None:
    """What is measured, with its spread, and what is claimed; ``place`` decides colour and mark."""
    color, marker = COLORS[place % len(COLORS)], MARKERS[place % len(MARKERS)]
    series = {n: _visible(axes, x, y, clipped=n == "violation") for n, (x, y) in series.items()}
    main = next(name for name in MEASURED if name in series)
    if main in PHASES:
        _draw_phases(axes, series)
        return
    if "violation" in series and "worst" in series:
        main = "worst"
    elif {"low", "high"} <= series.keys():
        _band(axes, series, color)
    x, y = series[main]
    points = main == "ends"
    if "worst" in series and main == "median" and alone:
        axes.plot(*series["worst"], color=color, linewidth=0.8, linestyle=(0, (1, 1)))
    axes.plot(
        x,
        y,
        color=color,
        linestyle="none" if points else "-",
        marker=marker,
        markevery=(0.02, 0.16) if len(x) > 2 and not points else 1,
        markerfacecolor="white",
        markeredgewidth=0.9,
        label=label,
    )
    for name in ("bound", "slope", "other", "limit"):
        if name in series:
            # On top and darker, so that a bound that is reached is seen on the line itself.
            dashes = INK if alone else tuple(0.6 * v for v in to_rgb(color))
            marker = "_" if len(series[name][0]) == 1 else ""
            axes.plot(
                *series[name],
                color=dashes,
                linestyle=DASHED,
                linewidth=1.0,
                marker=marker,
                markersize=14,
                zorder=3,
            )
    if "goal" in series:
        axes.plot(*series["goal"], color=PALE, linestyle=":", linewidth=0.8)
    if "threshold" in series:
        axes.axvline(series["threshold"][0][0], color=INK, linestyle=DASHED, linewidth=1.0)
    if len(series.get("violation", ((), ()))[0]):
        _violation(axes, series)


def _draw_phases(axes: Axes, series: Series) -> None:
    """Points where the method converges, and where not, with the claimed boundary between."""
    marks: dict[str, dict[str, Any]] = {
        "converges": {"marker": "o", "markersize": 3.0},
        "diverges": {"marker": "x", "markersize": 3.5, "markeredgewidth": 0.9},
    }
    for color, name in zip(COLORS, PHASES, strict=False):
        if name in series:
            style = {"color": color, "linestyle": "none", **marks[name]}
            axes.plot(*series[name], label=name, clip_on=False, **style)
    axes.plot(*series["limit"], color=INK, linestyle=DASHED, linewidth=1.2, zorder=3)


def _visible(
    axes: Axes, x: np.ndarray, y: np.ndarray, *, clipped: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The points that the axes can show; those beyond their ends, if ``clipped``, at the ends."""
    if clipped:
        y = np.clip(y, *axes.get_ylim())
    seen = np.isfinite(y) & ((y > 0) | (axes.get_yscale() == "linear"))
    seen &= (x > 0) | (axes.get_xscale() == "linear")
    return x[seen], y[seen]


def _band(axes: Axes, series: Series, color: str) -> None:
    """The band; where its lower edge is not to be seen on a logarithmic axis, down to the end."""
    x, high = series["high"]
    edge = dict(zip(*series["low"], strict=True))
    low = np.array([edge.get(v, axes.get_ylim()[0]) for v in x])
    if "ends" in series:
        axes.vlines(x, low, high, color=color, linewidth=0.9)
    else:
        axes.fill_between(x, low, high, color=color, alpha=0.16, linewidth=0)


def _violation(axes: Axes, series: Series) -> None:
    """Mark where the claim is contradicted: the region, and the first of the points."""
    x, y = series["violation"]
    points = "ends" in series
    against = next((series[n] for n in ("bound", "other") if n in series), None)
    if against is not None and not points:
        at = np.intersect1d(x, against[0])
        sides = y[np.isin(x, at)], against[1][np.isin(against[0], at)]
        axes.fill_between(at, *sides, color=FALSE, alpha=0.16, linewidth=0)
    shown = slice(None) if points else slice(1)
    ring: dict[str, Any] = {
        "marker": "o",
        "markersize": 8,
        "markerfacecolor": "none",
        "markeredgecolor": FALSE,
    }
    axes.plot(x[shown], y[shown], linestyle="none", markeredgewidth=1.2, zorder=5, **ring)
    place = axes.transAxes.inverted().transform(axes.transData.transform((x[0], y[0])))
    right, below = place[0] > 0.5, place[1] > 0.8
    axes.annotate(
        f"false at ${'k'} = {x[0]:g}$",
        (x[0], y[0]),
        (-6 if right else 6, -12 if below else 7),
        textcoords="offset points",
        ha="right" if right else "left",
        color=FALSE,
        fontsize=7,
        bbox={
            "boxstyle": "round,pad=0.1",
            "facecolor": "white",
            "edgecolor": "none",
            "alpha": 0.75,
        },
    )
