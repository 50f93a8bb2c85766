"""The frame of a panel: limits of the axes, ticks, and a triangle that shows a slope."""

from fractions import Fraction
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from convlab.report.curves import MEASURED, Panel
from convlab.report.lettering import PALE

__all__ = ["set_limits", "set_ticks", "slope_triangle"]


def set_limits(panel: Panel, axes: Axes) -> None:
    """Scales, and limits around what is measured."""
    if panel.scale in ("loglog", "semilogx"):
        axes.set_xscale("log", nonpositive="mask")
    if panel.scale in ("loglog", "semilogy"):
        axes.set_yscale("log", nonpositive="mask")
    left, right, low, high = _window(panel)
    axes.set(xlim=(left, right), ylim=(low, high))


def _window(panel: Panel) -> tuple[float, float, float, float]:
    """Limits of the axes: around what is measured; bounds are cut off where they are far away."""
    measured, claimed, slopes = [], [], []
    log_x, log_y = (panel.scale in ("loglog", one) for one in ("semilogx", "semilogy"))
    for series in panel.curves.values():
        for name, (x, y) in series.items():
            kept = np.isfinite(y) & ((x > 0) | (not log_x))
            if log_y:
                kept &= y > 0
            raced = name == "other" and "goal" in series
            if name in (*MEASURED, "low", "high") or raced:
                measured.append(np.stack([x[kept], y[kept]]))
            elif name in ("bound", "other", "limit"):
                claimed.append(np.stack([x[kept], y[kept]]))
            elif name == "slope":
                slopes.append(np.stack([x[kept], y[kept]]))
    seen = np.concatenate(measured, axis=1)
    if not seen.size:
        return 1.0, 10.0, 0.1, 1.0
    said = np.concatenate([*claimed, np.empty((2, 0))], axis=1)
    left, right = seen[0].min(), seen[0].max()
    if said.size:
        right = max(right, min(10.0, said[0].max()))
    late = said.size and said[0].min() > max(left, 1.0)
    said = said[1][(said[0] >= left) & (said[0] <= right)]
    low, high = seen[1].min(), seen[1].max()
    if not log_y:
        low, high = min([low, *said]), max([high, *said])
        margin = 0.08 * (high - low) or 0.1 * abs(high) or 1.0
        limits = low - margin, high + margin
    else:
        if said.size:
            # A claim that begins late leaves all that comes before it in sight.
            high = max(high if late else min(high, 1e4 * said.max()), min(said.max(), 1e3 * high))
            if panel.scale == "loglog":
                low = max(low, said.min() / 1e3)
            low = min(low, max(said.min(), low / 30))
        if slopes:
            slope = np.concatenate(slopes, axis=1)[1]
            high = max(high, min(3 * high, slope.max()))
            if panel.scale == "loglog":
                low = max(low, slope.min() / 1e3)
        if seen[1].min() > high:
            high = seen[1].max()
        elif seen[1].max() > high:
            right = min(right, 1.3 * seen[0][seen[1] <= high].max())
        span = max(np.log10(high / low), 0.5)
        limits = low / 10 ** (0.06 * span), high * 10 ** (0.08 * span)
    if right <= left:
        left, right = left / 2, right * 2 + 1
    pad = (right / left) ** 0.03 if log_x else 0.02 * (right - left)
    return (left / pad, right * pad, *limits) if log_x else (left, right + pad, *limits)


def set_ticks(axes: Axes) -> None:
    """At most seven on each axis; at 1, 2 and 5 where a logarithmic axis is short."""
    for axis in (axes.xaxis, axes.yaxis):
        if axis.get_scale() == "log":
            low, high = axis.get_view_interval()
            few = high < 100 * low
            axis.set_major_locator(LogLocator(subs=(1, 2, 5) if few else (1,), numticks=7))
            axis.set_minor_formatter(NullFormatter())
            if few and low > 1e-3 and high < 1e5:
                axis.set_major_formatter(StrMethodFormatter("{x:g}"))


def slope_triangle(panel: Panel, axes: Axes, scale: float) -> None:
    """A slope triangle above the claimed curve, where it is a power."""
    claimed = [s[n] for s in panel.curves.values() for n in ("slope", "bound") if n in s]
    logs = [np.log10([x[(x > 0) & (y > 0)], y[(x > 0) & (y > 0)]]) for x, y in claimed]
    if panel.power is None or not logs or len(logs[0][0]) < 2:
        return
    (x, *_), (y, *_) = logs[0][:, -2:] - logs[0][:, -1:]
    if abs(y / x - panel.power) > 0.1:
        return
    (left, right), (low, high) = np.log10(axes.get_xlim()), np.log10(axes.get_ylim())
    a, b = left + 0.60 * (right - left), left + 0.82 * (right - left)
    reached = [np.interp(a, *np.log10(axis)) for axis in _mains(panel)]
    levels = [float(np.interp(a, x, y)) for x, y in logs]
    above = np.mean(reached) <= np.mean(levels)
    lift = 0.07 * (high - low)
    top = max(levels) + lift if above else min(levels) - lift
    bottom = top + panel.power * (b - a)
    inside = low + lift < min(top, bottom) and max(top, bottom) < high - lift
    if not inside or abs(top - bottom) < 0.02 * (high - low):
        return
    x, y = (b, top) if above == (panel.power < 0) else (a, bottom)
    corners = np.array([(a, top), (x, y), (b, bottom)])
    axes.fill(*10.0**corners.T, facecolor="none", edgecolor=PALE, linewidth=0.7, zorder=1)
    text: dict[str, Any] = {"textcoords": "offset points", "fontsize": 7 * scale, "color": PALE}
    rise, va = (2, "bottom") if above else (-2, "top")
    shift, ha = (3, "left") if x == b else (-3, "right")
    axes.annotate("1", (10 ** ((a + b) / 2), 10**y), (0, rise), ha="center", va=va, **text)
    middle = 10 ** ((top + bottom) / 2)
    axes.annotate(_fraction(panel.power), (10**x, middle), (shift, 0), va="center", ha=ha, **text)


def _mains(panel: Panel) -> list[tuple[np.ndarray, np.ndarray]]:
    """The main lines of the instances, where both coordinates are positive."""
    lines = []
    for series in panel.curves.values():
        x, y = series[next(name for name in MEASURED if name in series)]
        seen = (x > 0) & (y > 0) & np.isfinite(y)
        if seen.any():
            lines.append((x[seen], y[seen]))
    return lines


def _fraction(value: float) -> str:
    """As a fraction where it is a simple one."""
    simple = Fraction(value).limit_denominator(6)
    text = str(simple) if abs(simple - value) < 1e-3 else f"{value:.2f}"
    return text.replace("-", "\N{MINUS SIGN}")
