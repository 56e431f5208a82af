"""Small panels side by side that share their rows, in as many bands as they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from harness.plots import style
from harness.plots.scales import fitting_ticks
from harness.plots.sheet import MARGIN, SMALL, Sheet, fit, line_height, text_width

__all__ = ["Band", "Row", "panels", "row_labels", "stripes", "value_axis"]


@dataclass(frozen=True)
class Row:
    """A row's label; ``grey`` where its values cannot be judged, ``head`` where it has none and is
    the heading of those beneath."""

    label: str
    grey: bool = False
    head: bool = False


@dataclass(frozen=True)
class Band:
    """Panels beside each other. Row i is centred at ``centres[i]`` inches of each panel, whose
    upper edge lies ``top`` inches below the page's."""

    axes: tuple[Axes, ...]
    top: float
    centres: tuple[float, ...]
    right: float


def value_axis(axes: Axes, width: float, *, most: int = 5, size: float = 8.0) -> None:
    """Numbers under ``axes``, which are ``width`` inches wide; nothing at the left."""
    fitting_ticks(axes.xaxis, width, most=most, size=size)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=style.RULE, lw=0.5)


def stripes(axes: Axes, tops: Sequence[float], heights: Sequence[float]) -> None:
    """A pale ground behind every second row."""
    for i, (top, height) in enumerate(zip(tops, heights, strict=True)):
        if i % 2 == 0:
            axes.axhspan(top, top + height, color=style.STRIPE, lw=0, zorder=0)


def row_labels(
    sheet: Sheet, rows: Sequence[Row], right: float, middles: Sequence[float], size: float = 9.0
) -> None:
    """Labels that end at ``right`` inches, centred at ``middles`` inches from the top; headings
    begin at the margin."""
    for row, y in zip(rows, middles, strict=True):
        if row.head:
            label = fit(row.label, right - MARGIN, size, bold=True)
            sheet.text(MARGIN, y, label, size=size, bold=True)
            continue
        colour = style.FAINT if row.grey else style.INK
        label = fit(row.label, right - MARGIN, size)
        sheet.text(right, y, label, size=size, colour=colour, ha="right")


def label_column(rows: Sequence[Row], widest: float, size: float = 9.0) -> float:
    """Where the row labels end, so that the longest (up to ``widest`` inches) has room."""
    wanted = max(
        (text_width(style.plain(row.label)[:200], size, row.head) for row in rows), default=0.0
    )
    return MARGIN + min(wanted, widest)


def panels(
    sheet: Sheet,
    rows: Sequence[Row],
    titles: Sequence[Sequence[str]],
    *,
    pitch: float = 0.2,
    narrowest: float = 1.15,
    gutter: float = 0.18,
    right: float = 0.0,
    widest_label: float = 2.0,
    axis_label: str = "",
    head: int = 0,
) -> list[Band]:
    """A panel for each of ``titles`` (its lines, the first in bold), all with the same ``rows``.

    ``right`` inches beside each band stay free for columns of text, ``gutter`` inches beside each
    panel; above each band there is room for at least ``head`` lines. The page is filled down to
    the last band's axis label.
    """
    left = label_column(rows, widest_label) + 0.1
    room = sheet.width - MARGIN - right - left
    beside = max(1, min(len(titles), int((room + 1e-9) // (narrowest + gutter))))
    bands_needed = -(-len(titles) // beside)
    beside = -(-len(titles) // bands_needed)
    widest = 3.4
    width = min(room / beside - gutter, widest)
    height = len(rows) * pitch
    centres = tuple((i + 0.5) * pitch for i in range(len(rows)))
    result = []
    for start in range(0, len(titles), beside):
        chosen = titles[start : start + beside]
        step = line_height(SMALL)
        top = sheet.y + max(head, *map(len, chosen)) * step + 0.06
        axes = []
        for i, lines in enumerate(chosen):
            x = left + i * (width + gutter)
            panel = sheet.axes(x, top, width, height)
            panel.set_ylim(height, 0)
            value_axis(panel, width, size=7.5)
            stripes(panel, [j * pitch for j in range(len(rows))], [pitch] * len(rows))
            for j, line in enumerate(lines):
                text = fit(line, width + gutter - 0.04, SMALL, j == 0)
                y = top - 0.06 - (len(lines) - j - 0.5) * step
                colour = style.INK if j == 0 else style.SOFT
                sheet.text(x, y, text, size=SMALL, bold=j == 0, colour=colour)
            if axis_label:
                label = fit(axis_label, width + gutter - 0.04, 7.5)
                sheet.text(
                    x + width / 2,
                    top + height + 0.3,
                    label,
                    size=7.5,
                    colour=style.SOFT,
                    ha="center",
                )
            axes.append(panel)
        row_labels(sheet, rows, left - 0.1, [top + c for c in centres])
        end = left + len(chosen) * (width + gutter)
        result.append(Band(tuple(axes), top, centres, end))
        sheet.y = top + height + (0.4 if axis_label else 0.24) + 0.12
    return result
