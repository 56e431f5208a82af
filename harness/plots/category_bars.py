"""Stacked bars of categories: shared by the penalty profile and the loss shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from harness.plots import style
from harness.plots.bands import Row, label_column, row_labels, value_axis
from harness.plots.sheet import MARGIN, SMALL, Key, Sheet, text_width
from harness.plots.style import Fill

__all__ = ["category_keys", "stacked_bars"]

PITCH, THICK = 0.26, 0.19


def category_keys(
    categories: Sequence[str], fills: Mapping[str, Fill], most: int, facts: Mapping[str, str]
) -> tuple[list[Key], str]:
    """A legend entry for each of the first ``most`` categories and one for all the others, whose
    names follow as a sentence (empty where there are no others)."""
    keys = [Key.of_fill(f"{style.plain(c)}{facts.get(c, '')}", fills[c]) for c in categories[:most]]
    others = categories[most:]
    if not others:
        return keys, ""
    keys.append(Key.of_fill(f"{len(others)} smaller ones, each a piece", fills[others[0]]))
    names = ", ".join(style.plain(c) + facts.get(c, "") for c in others)
    return keys, f"The smaller ones, from left to right: {names}."


def stacked_bars(
    sheet: Sheet,
    rows: Sequence[Row],
    values: Sequence[Sequence[float]],
    fills: Sequence[Fill],
    *,
    digits: int,
    ends: Sequence[str],
    axis_label: str,
    limit: float | None = None,
) -> Axes:
    """One bar per row, made of its ``values`` from left to right (one fill each; NaN: left out).

    A piece that has room for its number shows it; ``ends`` stand to the right of the bars.
    """
    left = label_column(rows, 2.3) + 0.1
    right = max(text_width(e, SMALL) for e in ends) + 0.1
    width = sheet.width - MARGIN - left - right
    height = len(rows) * PITCH
    axes = sheet.axes(left, sheet.y, width, height)
    totals = [sum(v for v in row if v == v) for row in values]
    span = limit or max([*totals, 1e-12])
    axes.set(xlim=(0, span), ylim=(height, 0))
    value_axis(axes, width, most=8)
    axes.grid(visible=False)
    for i, (row, total) in enumerate(zip(values, totals, strict=True)):
        y, start = (i + 0.5) * PITCH, 0.0
        for value, fill in zip(row, fills, strict=True):
            if value != value or value <= 0:
                continue
            axes.add_patch(
                Rectangle(
                    (start, y - THICK / 2), value, THICK, facecolor=fill.colour, hatch=fill.hatch,
                    edgecolor="white", linewidth=0.6, label="piece",
                )
            )  # fmt: skip
            text = style.number(value, digits)
            if text_width(text, 7.0) + 0.06 <= value / span * width:
                box = {"boxstyle": "square,pad=0.12", "fc": fill.colour, "ec": "none"}
                axes.text(
                    start + value / 2, y, text, size=7.0, ha="center", va="center",
                    color=fill.ink, bbox=box if fill.hatch else None,
                )  # fmt: skip
            start += value
        x = left + width * min(1.0, total / span) + 0.07
        if ends[i]:
            sheet.text(x, sheet.y + y, ends[i], size=SMALL, colour=style.SOFT)
    row_labels(sheet, rows, left - 0.1, [sheet.y + (i + 0.5) * PITCH for i in range(len(rows))])
    sheet.text(
        left + width / 2, sheet.y + height + 0.33, axis_label, size=SMALL, colour=style.SOFT,
        ha="center",
    )  # fmt: skip
    sheet.y += height + 0.5
    return axes
