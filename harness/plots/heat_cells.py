"""Cells of a heat map: colours, numbers and marks, and their legend."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from harness.plots import style
from harness.plots.cells import Cell
from harness.plots.scales import tick_text
from harness.plots.sheet import MARGIN, SMALL, Key, Sheet, text_width
from harness.support.formatting import number

__all__ = ["CHANCE", "colour_of", "draw_cell", "ink_on", "keys", "mark_best", "mark_worse", "scale"]

CHANCE = 50.0
ABOVE, BELOW = style.BLUE, style.RED  # the orange of the two that stays readable under text
HATCH = "////"
DIGITS = 7.5
BAR = 2.0  # inches of the scale


def colour_of(value: float, span: float) -> str:
    """The colour of an accuracy in percent: white at 50, fullest ``span`` points away and beyond;
    white where it is missing."""
    if math.isnan(value):
        return "#ffffff"
    depth = min(1.0, abs(value - CHANCE) / span)
    full = to_rgb(ABOVE if value > CHANCE else BELOW)
    red, green, blue = (1 - depth * (1 - channel) for channel in full)
    return to_hex((red, green, blue))


def ink_on(colour: str) -> str:
    """Black or white, whichever is the easier to read on ``colour``: 4.5:1 or better."""
    light = _luminance(colour)
    return "#000000" if (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) else "#ffffff"


def _luminance(colour: str) -> float:
    """Relative luminance as the Web Content Accessibility Guidelines define it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def draw_cell(axes: Axes, x: int, y: int, cell: Cell | None, span: float) -> None:
    """The cell in column ``x`` and row ``y``: its number in bold where it is shown to differ from
    chance; hatched and without a colour where it cannot be judged."""
    if cell is None or cell.value != cell.value:
        _box(axes, x, y, "#ffffff", "nothing")
        _say(axes, x, y, math.nan, style.FAINT)
    elif cell.grey:
        _box(axes, x, y, "#ffffff", "hatched", HATCH)
        text = _say(axes, x, y, cell.value, style.FAINT)
        text.set_bbox({"boxstyle": "square,pad=0.15", "fc": "white", "ec": "none"})
    else:
        colour = colour_of(cell.value, span)
        _box(axes, x, y, colour, "judged")
        text = _say(axes, x, y, cell.value, ink_on(colour))
        text.set_fontweight("bold" if cell.shown else "normal")


def mark_best(axes: Axes, x: float, y: float) -> None:
    """A frame: the highest value of its column."""
    axes.add_patch(
        Rectangle(
            (x + 0.03, y + 0.06), 0.94, 0.88, facecolor="none", edgecolor=style.INK, lw=1.3,
            label="best", zorder=3,
        )
    )  # fmt: skip


def mark_worse(axes: Axes, x: float, y: float, colour: str = style.INK) -> None:
    """A triangle at the right of a cell: shown worse than the highest."""
    axes.plot(
        [x + 0.91], [y + 0.66], marker="v", ms=2.6, ls="none", color=colour, mew=0, label="worse"
    )


def _box(axes: Axes, x: float, y: float, colour: str, label: str, hatch: str = "") -> None:
    """A cell; the hatching first, so that the line around it keeps its own colour."""
    if hatch:
        axes.add_patch(
            Rectangle((x, y), 1, 1, facecolor=colour, edgecolor=style.PALE, hatch=hatch, lw=0)
        )
    axes.add_patch(
        Rectangle(
            (x, y), 1, 1, facecolor="none" if hatch else colour, edgecolor=style.RULE, lw=0.5,
            label=label, clip_on=False,
        )
    )  # fmt: skip


def _say(axes: Axes, x: float, y: float, value: float, colour: str) -> Text:
    return axes.text(
        x + 0.5, y + 0.5, style.number(value, 1), size=DIGITS, ha="center", va="center",
        color=colour, label="value",
    )  # fmt: skip


def _key_box(axes: Axes, x: float, y: float) -> None:
    colour = colour_of(CHANCE + 4, 10)
    axes.add_patch(Rectangle((x - 0.16, y - 0.08), 0.32, 0.16, facecolor=colour, lw=0))


def _key_of_shown(axes: Axes, x: float, y: float) -> None:
    _key_box(axes, x, y)
    axes.text(x, y, "54.0", size=DIGITS, ha="center", va="center", weight="bold")


def _key_of_best(axes: Axes, x: float, y: float) -> None:
    axes.add_patch(
        Rectangle((x - 0.15, y - 0.07), 0.3, 0.14, facecolor="none", edgecolor=style.INK, lw=1.3)
    )


def _key_of_worse(axes: Axes, x: float, y: float) -> None:
    _key_box(axes, x, y)
    axes.plot([x + 0.11], [y + 0.025], marker="v", ms=2.6, ls="none", color=style.INK, mew=0)


def _key_of_hatch(axes: Axes, x: float, y: float) -> None:
    for hatch, edge, width in ((HATCH, style.PALE, 0.0), ("", style.RULE, 0.5)):
        axes.add_patch(
            Rectangle(
                (x - 0.13, y - 0.07), 0.26, 0.14, facecolor="none", edgecolor=edge, hatch=hatch,
                lw=width,
            )
        )  # fmt: skip


def keys(alpha: float) -> list[Key]:
    """The legend of the marks; ``alpha`` is the level of both tests."""
    level = f"Holm-adjusted p ≤ {number(alpha, 2)}"
    return [
        Key(f"bold: a metric shown to differ from chance ({level})", _key_of_shown),
        Key("the column's highest metric", _key_of_best),
        Key(f"shown worse than the highest ({level})", _key_of_worse),
        Key("cannot be judged: raters disagree, or too few pairs", _key_of_hatch),
    ]


def scale(sheet: Sheet, span: float) -> None:
    """What the colours mean, and the numbers of their scale."""
    said = "system-balanced category accuracy, % of pairs (50: chance)"
    x, high = MARGIN + text_width(said, SMALL) + 0.22, 0.14
    sheet.text(MARGIN, sheet.y + high / 2, said, size=SMALL)
    axes = sheet.axes(x, sheet.y, BAR, high)
    low, top = CHANCE - span, CHANCE + span
    axes.set(xlim=(low, top), ylim=(0, 1), yticks=[])
    axes.spines["left"].set_visible(False)
    steps = 80
    for i in range(steps):  # each reaches to the end, so that no gap shows between two
        at = low + 2 * span * i / steps
        colour = colour_of(at + span / steps, span)
        axes.add_patch(Rectangle((at, 0), top - at, 1, facecolor=colour, lw=0))
    ticks = [low, CHANCE - span / 2, CHANCE, CHANCE + span / 2, top]
    axes.set_xticks(ticks, [tick_text(tick) for tick in ticks])
    axes.tick_params(labelsize=7.0, pad=1.5, length=2.0)
    sheet.y += high + 0.2
