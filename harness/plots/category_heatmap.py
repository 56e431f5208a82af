"""Category heat map: every metric on every kind of error at a glance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from harness.plots import frames, style
from harness.plots.bands import Row, label_column, row_labels
from harness.plots.cells import Cells, judged
from harness.plots.row_facts import facts_beside, facts_width
from harness.plots.scales import tick_text
from harness.plots.sheet import MARGIN, SMALL, Key, Sheet, fit, line_height, text_width

__all__ = ["CategoryHeatmap", "colour_of", "ink_on"]

CHANCE = 50.0
HUMANS = ("human", "blind", "label")
ABOVE, BELOW = style.BLUE, style.RED  # the orange of the two that stays readable under text
HATCH = "////"
#: The scale ends so many points from chance at least, and at a multiple of the step.
LEAST_SPAN, STEP = 10.0, 5.0
# Inches: of a cell, between groups, of the longest turned head, of the scale.
WIDEST, NARROWEST, ROW = 0.56, 0.37, 0.25
GAP, LONGEST, BAR = 0.14, 1.6, 2.0


@dataclass(frozen=True)
class CategoryHeatmap:
    """Rows: categories, by their share of the penalty. Columns: metrics, sentinels, held-out human
    raters. A cell holds the accuracy, its colour says how far above or below chance that is.

    A cell that cannot be judged (tier 'too few' or 'unreliable') is hatched and has no colour, so
    that meaningless values do not attract attention.

    Parameters
    ----------
    view
        The view of error categories; the table's first view if it lacks this one.
    hidden
        Sentinels that are not drawn, because they lie at 50 % by construction.
    """

    view: str = "news"
    hidden: Sequence[str] = ("constant", "system identity")
    name: ClassVar[str] = "category_heatmap"
    question: ClassVar[str] = "Which kinds of error does each metric see?"
    explanation: ClassVar[str] = (
        "In each row, two translations of a sentence differ mainly in one kind of error. A cell is"
        " the share of such pairs in which the column prefers the better translation: blue above"
        " chance, orange below; a dot where the confidence interval excludes 50 %. Hatched cells"
        " cannot be judged: the raters disagree on the category, or there are too few pairs (n_eff:"
        " their effective number) or documents. The columns human, blind and label are a held-out"
        " rater, judged by all of that rater's marks, by those of the other categories, and by"
        " those of the category alone."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None without rows in ``categories``, or where all have too few pairs."""
        frame = frames.get(tables, "categories")
        if frame is None:
            return None
        cells = Cells.of(tables, frame, self.view, self.hidden)
        groups = _groups(cells)
        if not cells.drawn or not groups:
            return None
        span = _span(cells, groups)
        with style.drawing():
            sheet = Sheet()
            sheet.title(self.question, cells.facts)
            _scale(sheet, span)
            sheet.legend(_keys(cells.intervals))
            sheet.y += 0.06
            _bands(sheet, cells, groups, span)
            for note in cells.notes:
                sheet.paragraph(note)
            return sheet.finish()


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


@dataclass(frozen=True)
class _Group:
    """Columns that belong together, under one heading."""

    heading: str
    names: tuple[str, ...]

    def width(self, cell: float) -> float:
        """Inches: the heading has room too."""
        return max(cell * len(self.names), text_width(self.heading, SMALL))


def _groups(cells: Cells) -> list[_Group]:
    """Metrics, sentinels, human rows: those that there are."""
    here = {metric for metric, _ in cells.grid}
    humans = tuple(name for name in HUMANS if name in here)
    every = [("metrics", cells.metrics), ("sentinels", cells.sentinels), ("held-out rater", humans)]
    return [_Group(heading, names) for heading, names in every if names]


def _span(cells: Cells, groups: Sequence[_Group]) -> float:
    """Points from chance at which a colour is fullest: enough for all cells that are coloured."""
    found = [cells.cell(n, c) for group in groups for n in group.names for c in cells.categories]
    far = [
        abs(cell.value - CHANCE)
        for cell in found
        if cell is not None and not cell.grey and cell.value == cell.value
    ]
    # Rounding first: 60 % as 100 * 0.6 may lie a hair above 10 points.
    return max(LEAST_SPAN, STEP * math.ceil(round(max(far, default=0.0) / STEP, 6)))


def _arranged(groups: Sequence[_Group], room: float) -> list[list[_Group]]:
    """The groups in bands that are ``room`` inches wide: as few as will do, evenly filled."""
    most = max(1, int((room + 1e-9) // NARROWEST))
    every = [_filled(groups, room, limit) for limit in range(1, most + 1)]
    fewest = min(len(bands) for bands in every)
    return next(bands for bands in every if len(bands) == fewest)


def _filled(groups: Sequence[_Group], room: float, limit: int) -> list[list[_Group]]:
    """Groups one after the other, in pieces of up to ``limit`` columns; the next piece of a group,
    and one that has no room beside those before it, begins a band."""
    bands: list[list[_Group]] = []
    for group in groups:
        for start in range(0, len(group.names), limit):
            piece = _Group(group.heading, group.names[start : start + limit])
            if bands and not start and _width([*bands[-1], piece], NARROWEST) <= room:
                bands[-1].append(piece)
            else:
                bands.append([piece])
    return bands


def _width(band: Sequence[_Group], cell: float) -> float:
    return sum(group.width(cell) for group in band) + GAP * (len(band) - 1)


def _bands(sheet: Sheet, cells: Cells, groups: Sequence[_Group], span: float) -> None:
    """The grid; further ones beneath it, with the same rows, for columns that have no room."""
    rows = [Row(c, not judged(cells, c)) for c in cells.categories]
    left = label_column(rows, 1.7) + 0.1
    room = sheet.width - MARGIN - left - facts_width(cells, label=False)
    bands = _arranged(groups, room)
    cell = WIDEST
    while cell > NARROWEST and max(_width(band, cell) for band in bands) > room:
        cell = max(NARROWEST, cell - 0.005)
    names = [name for group in groups for name in group.names]
    turned = any(text_width(style.plain(cells.labels[n]), SMALL) > cell - 0.05 for n in names)
    heads = {n: fit(cells.labels[n], LONGEST if turned else cell, SMALL) for n in names}
    least = 2 * line_height(SMALL)  # as the heads of the columns of text have
    centres = [(i + 0.5) * ROW for i in range(len(rows))]
    for band in bands:
        own = [text_width(heads[n], SMALL) + 0.06 for group in band for n in group.names]
        x, line = left, sheet.y + line_height(SMALL) / 2
        top = sheet.y + line_height(SMALL) + 0.06 + max([least, *(own if turned else [])])
        for group in band:
            sheet.text(x, line, group.heading, size=SMALL, bold=True)
            axes = sheet.axes(x, top, cell * len(group.names), ROW * len(rows))
            _grid(axes, cells, group, span)
            for j, name in enumerate(group.names):
                head = sheet.text(
                    x + (j + 0.5) * cell, top - 0.06, heads[name], size=SMALL, ha="center",
                    va="bottom",
                )  # fmt: skip
                head.set_rotation(90 if turned else 0)
            x += group.width(cell) + GAP
        row_labels(sheet, rows, left - 0.1, [top + c for c in centres])
        facts_beside(sheet, cells, x - GAP, top, centres, label=False)
        sheet.y = top + ROW * len(rows) + 0.2


def _grid(axes: Axes, cells: Cells, group: _Group, span: float) -> None:
    """The cells of a group: a column for each name, a row for each category."""
    across, down = len(group.names), len(cells.categories)
    axes.set(xlim=(0, across), ylim=(down, 0), xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)
    for i, category in enumerate(cells.categories):
        for j, name in enumerate(group.names):
            cell = cells.cell(name, category)
            if cell is None or cell.value != cell.value:
                _box(axes, j, i, "#ffffff", "nothing")
                _say(axes, j, i, math.nan, style.FAINT)
            elif cell.grey:
                _box(axes, j, i, "#ffffff", "hatched", HATCH)
                text = _say(axes, j, i, cell.value, style.FAINT)
                text.set_bbox({"boxstyle": "square,pad=0.15", "fc": "white", "ec": "none"})
            else:
                colour = colour_of(cell.value, span)
                _box(axes, j, i, colour, "judged")
                _say(axes, j, i, cell.value, ink_on(colour))
                if cell.low > CHANCE or cell.high < CHANCE:
                    _dot(axes, j + 0.89, i + 0.18, ink_on(colour))


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
        x + 0.5, y + 0.5, style.number(value, 1), size=7.0, ha="center", va="center",
        color=colour, label="value",
    )  # fmt: skip


def _dot(axes: Axes, x: float, y: float, colour: str) -> None:
    axes.plot([x], [y], marker="o", ms=2.2, ls="none", color=colour, mew=0, label="dot")


def _key_of_dot(axes: Axes, x: float, y: float) -> None:
    colour = colour_of(CHANCE + 6, 10)
    axes.add_patch(Rectangle((x - 0.13, y - 0.07), 0.26, 0.14, facecolor=colour, lw=0))
    _dot(axes, x + 0.09, y - 0.035, ink_on(colour))


def _key_of_hatch(axes: Axes, x: float, y: float) -> None:
    for hatch, edge, width in ((HATCH, style.PALE, 0.0), ("", style.RULE, 0.5)):
        axes.add_patch(
            Rectangle(
                (x - 0.13, y - 0.07), 0.26, 0.14, facecolor="none", edgecolor=edge, hatch=hatch,
                lw=width,
            )
        )  # fmt: skip


def _keys(intervals: str) -> list[Key]:
    return [
        Key(f"the {intervals} excludes 50 %", _key_of_dot),
        Key("cannot be judged: raters disagree, or too few pairs", _key_of_hatch),
    ]


def _scale(sheet: Sheet, span: float) -> None:
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
