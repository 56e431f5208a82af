"""Category report card: the accuracy of each metric on each kind of error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from harness.plots import frames, style
from harness.plots.bands import Row, label_column, panels, row_labels, stripes, value_axis
from harness.plots.cells import Cells, judged
from harness.plots.families import MANY, TOP, by_agreement, say_rest
from harness.plots.row_facts import facts_beside, facts_width
from harness.plots.sheet import MARGIN, SMALL, Key, Sheet, fit, line_height
from harness.plots.style import Fill, Mark
from harness.tables import CATEGORIES

__all__ = ["CategoryReportCard"]

CHANCE = 50.0
FIELD = Fill("#BFD9EC", "", style.INK)


@dataclass(frozen=True)
class CategoryReportCard:
    """Rows: categories, by their share of the penalty. Marks: accuracy of each metric with its
    interval, sentinels, and a held-out human rater.

    Parameters
    ----------
    view
        The view of error categories; the table's first view if it lacks this one.
    hidden
        Sentinels that are not drawn, because they lie at 50 % by construction.
    most_in_a_row
        With more metrics than this, some of them and each sentinel get their own panels.
    least
        A category in which every metric has fewer effective pairs gets no marks, only numbers.
    focus
        The metrics that get panels where there are more than ``most_in_a_row``; without any of
        them in the tables, the best by agreement.
    """

    view: str = "news"
    hidden: Sequence[str] = ("constant", "system identity")
    most_in_a_row: int = MANY
    least: float = 10
    focus: Sequence[str] = ()
    name: ClassVar[str] = "category_report_card"
    question: ClassVar[str] = (
        "For which kinds of error does a metric beat chance, other metrics, a human?"
    )
    explanation: ClassVar[str] = (
        "In each row, two translations of a sentence differ mainly in one kind of error; a mark is"
        " the share of such pairs in which the metric prefers the better translation, the line its"
        " confidence interval. The dotted line is chance, the grey band a human rater who was held"
        " out and judged by the others (label accuracy: by that rater's marks of the category"
        " alone). Where metrics are many, some have a panel each, and the pale bar is the range of"
        " all others. Grey rows cannot be judged: the raters disagree on the category, or there are"
        " too few pairs (n_eff: their effective number) or documents."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None without rows in ``categories``."""
        frame = frames.get(tables, "categories")
        if frame is None:
            return None
        cells = Cells.of(tables, frame, self.view, self.hidden, self.least)
        with style.drawing():
            sheet = Sheet()
            sheet.title(self.question, f"{cells.facts}; {cells.intervals}s")
            if len(cells.metrics) <= self.most_in_a_row or not cells.drawn:
                sheet.legend(_keys(cells, named=True))
                _together(sheet, cells)
            else:
                chosen = self._chosen(tables, cells)
                sheet.legend([Key.of_fill("the range of all other metrics", FIELD), *_keys(cells)])
                _apart(sheet, cells, chosen)
                say_rest(sheet, len(cells.metrics) - len(chosen), CATEGORIES)
            for note in cells.notes:
                sheet.paragraph(note)
            return sheet.finish()

    def _chosen(self, tables: Mapping[str, pd.DataFrame], cells: Cells) -> list[str]:
        """The metrics that get panels, from the best on."""
        order = by_agreement(tables, cells.metrics)
        return [m for m in order if m in self.focus] or order[:TOP]


def _keys(cells: Cells, *, named: bool = False) -> list[Key]:
    """The legend; metrics are ``named`` in it unless each has a panel with its name."""
    if not cells.drawn:
        return []
    keys = []
    if named:
        keys += [Key.of_mark(cells.labels[m], cells.marks[m]) for m in cells.metrics]
        keys += [
            Key.of_mark(f"{cells.labels[s]} (sentinel)", cells.marks[s], interval=False)
            for s in cells.sentinels
        ]
    if cells.has("human"):
        keys.append(Key.of_band("a held-out human rater, with its interval"))
    return [*keys, Key.of_line("chance", style.SOFT, ":")]


def _together(sheet: Sheet, cells: Cells) -> None:
    """All metrics in one pair of axes, one beneath the other in each row."""
    step, tight = (0.125 if len(cells.metrics) <= 6 else 0.1), 0.07
    full = len(cells.metrics) * step + len(cells.sentinels) * tight + 0.13
    heights = [max(full, 0.26) if cells.drawn_in(c) else 0.26 for c in cells.categories]
    tops = [sum(heights[:i]) for i in range(len(heights))]
    middles = [top + height / 2 for top, height in zip(tops, heights, strict=True)]
    rows = [Row(c, not judged(cells, c)) for c in cells.categories]
    left = label_column(rows, 1.9) + 0.1
    width = sheet.width - MARGIN - left - facts_width(cells) - 0.1
    top = sheet.y + line_height(SMALL) * 2 + 0.06
    axes = sheet.axes(left, top, width, sum(heights))
    axes.set_ylim(sum(heights), 0)
    value_axis(axes, width, most=9)
    stripes(axes, tops, heights)
    row_labels(sheet, rows, left - 0.1, [top + m for m in middles])
    facts_beside(sheet, cells, left + width + 0.1, top, middles)
    limits = cells.limits
    if cells.drawn:
        axes.set_xlim(*limits)
        axes.axvline(CHANCE, color=style.SOFT, ls=":", lw=1.2, zorder=1)
    else:
        axes.set_xlim(0, 1)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
    for category, y0, height in zip(cells.categories, tops, heights, strict=True):
        if not cells.drawn_in(category):
            said = cells.why(category)
            _say(sheet, said, left + 0.06, top + y0 + height / 2, width - 0.1)
            continue
        _human(axes, cells, category, y0, height)
        y = y0 + 0.065
        for name in cells.metrics:
            _mark(axes, cells, name, category, y + step / 2)
            y += step
        for name in cells.sentinels:
            _mark(axes, cells, name, category, y + tight / 2)
            y += tight
    if cells.drawn:
        said = "pairs in which the metric is right, % (system-balanced category accuracy)"
        y = top + sum(heights) + 0.33
        sheet.text(left + width / 2, y, said, size=SMALL, colour=style.SOFT, ha="center")
    sheet.y = top + sum(heights) + (0.5 if cells.drawn else 0.1)


def _apart(sheet: Sheet, cells: Cells, chosen: Sequence[str]) -> None:
    """A panel for each ``chosen`` metric and each sentinel, against the field."""
    rows = [Row(c, not judged(cells, c)) for c in cells.categories]
    names = [*chosen, *cells.sentinels]
    right = facts_width(cells, label=False) + 0.1
    titles = [(cells.labels[n], *(["sentinel"] * (n in cells.sentinels))) for n in names]
    bands = panels(
        sheet, rows, titles, pitch=0.19, right=right, narrowest=1.15, widest_label=1.6,
        axis_label="right pairs, %", head=2,
    )  # fmt: skip
    drawn, limits = iter(names), cells.limits
    for band in bands:
        for axes in band.axes:
            name = next(drawn)
            axes.set_xlim(*limits)
            axes.axvline(CHANCE, color=style.SOFT, ls=":", lw=1.0, zorder=1)
            for category, y in zip(cells.categories, band.centres, strict=True):
                if cells.drawn_in(category):
                    _human(axes, cells, category, y - 0.095, 0.19)
                    _field(axes, cells, name, category, y)
                    _mark(axes, cells, name, category, y)
        facts_beside(sheet, cells, band.right, band.top, band.centres, label=False)


def _field(axes: Axes, cells: Cells, name: str, category: str, y: float) -> None:
    """A pale bar from the lowest to the highest value of all other metrics."""
    others = [cells.cell(m, category) for m in cells.metrics if m != name]
    values = [cell.value for cell in others if cell is not None and cell.value == cell.value]
    if values:
        low, high = min(values), max(values)
        axes.add_patch(
            Rectangle(
                (low, y - 0.045), high - low, 0.09, facecolor=FIELD.colour, lw=0, zorder=1.2,
                label="field",
            )
        )  # fmt: skip


def _mark(axes: Axes, cells: Cells, name: str, category: str, y: float) -> None:
    """The value of one cell, with its interval where it is a metric's."""
    cell = cells.cell(name, category)
    if cell is None or cell.value != cell.value:
        return
    look = cells.marks[name]
    colour = style.PALE if cell.grey else look.colour
    if name in cells.metrics and cell.low == cell.low and cell.high == cell.high:
        axes.plot([cell.low, cell.high], [y, y], color=colour, lw=1.2, zorder=2, label="interval")
        low, high = axes.get_xlim()
        for end, beyond, arrow in (
            (low, cell.low < low, "<"),
            (high, cell.high > high, ">"),
        ):
            if beyond:
                axes.plot(
                    [end], [y], marker=arrow, ms=3.5, color=colour, clip_on=False, label="beyond"
                )
    _dot(axes, cell.value, y, Mark(colour, look.marker), f"value {name}")


def _dot(axes: Axes, x: float, y: float, mark: Mark, label: str) -> None:
    axes.plot(
        [x], [y], marker=mark.marker, color=mark.colour, ms=5.0, ls="none", zorder=3, label=label,
        markeredgewidth=1.2 if mark.marker in "x+1234" else 0.5, clip_on=False,
    )  # fmt: skip


def _human(axes: Axes, cells: Cells, category: str, top: float, height: float) -> None:
    """The held-out rater's value as a line over the row, its interval as a band."""
    cell = cells.cell("human", category)
    if cell is None or cell.value != cell.value:
        return
    inset = min(0.03, height / 8)
    if cell.low == cell.low and cell.high == cell.high:
        box = Rectangle(
            (cell.low, top + inset), cell.high - cell.low, height - 2 * inset,
            facecolor=style.BAND, lw=0, zorder=0.5, alpha=0.5 if cell.grey else 1.0,
        )  # fmt: skip
        axes.add_patch(box)
    colour = style.PALE if cell.grey else style.INK
    ends = [top + inset, top + height - inset]
    axes.plot([cell.value] * 2, ends, color=colour, lw=1.3, zorder=1.5, label="value human")


def _say(sheet: Sheet, text: str, x: float, y: float, room: float) -> None:
    sheet.text(x, y, fit(text, room, SMALL), size=SMALL, colour=style.FAINT, italic=True)
