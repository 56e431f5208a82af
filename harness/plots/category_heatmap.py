"""Category heat map: every metric on every kind of error at a glance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.figure import Figure

from harness.plots import frames, style
from harness.plots.bands import Row, label_column, row_labels
from harness.plots.cells import Cells, judged
from harness.plots.families import agreement, in_families
from harness.plots.heat_cells import (
    CHANCE,
    colour_of,
    draw_cell,
    ink_on,
    keys,
    mark_best,
    mark_worse,
    scale,
)
from harness.plots.sheet import MARGIN, SMALL, Sheet, fit, line_height, text_width

__all__ = ["CategoryHeatmap"]

HUMANS = ("human", "blind", "label")
#: The scale ends so many points from chance at least, and at a multiple of the step.
LEAST_SPAN, STEP = 10.0, 5.0
# Inches: of a cell, of the longest turned head, of the column of agreement.
WIDEST, NARROWEST, ROW = 0.62, 0.46, 0.2
LONGEST, BESIDE = 1.6, 0.85
TINY = 6.5


@dataclass(frozen=True)
class CategoryHeatmap:
    """Columns: categories, by their share of the penalty. Rows: metrics from the best on in each
    family, sentinels, held-out human raters. A cell holds the accuracy, its colour says how far
    above or below chance that is.

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
        "In each column, two translations of a sentence differ mainly in one kind of error, and a"
        " cell is the share of such pairs in which the metric prefers the better one: blue above"
        " chance, orange below, bold where a metric is shown to differ from chance; a plain number"
        " of a metric is not shown to, which may be for lack of data (n_eff: effective number of"
        " pairs); sentinels and held-out raters are never bold. In each"
        " family metrics stand by their agreement with the ratings, the best first; a frame marks"
        " a column's highest metric, triangles those shown worse than it. Hatched cells cannot be"
        " judged: the raters disagree on the category, or there are too few pairs or documents."
        " The rows human, blind and label are a held-out rater, judged by all of that rater's"
        " marks, by those of the other categories, and by those of the category alone."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None without rows in ``categories``, or where all have too few pairs."""
        frame = frames.get(tables, "categories")
        if frame is None:
            return None
        cells = Cells.of(tables, frame, self.view, self.hidden)
        groups = _groups(tables, cells)
        if not cells.drawn or not groups:
            return None
        page = _Page(cells, groups, _span(cells), _marks(tables, cells), agreement(tables))
        with style.drawing():
            sheet = Sheet()
            sheet.title(self.question, cells.facts)
            scale(sheet, page.span)
            sheet.legend(keys(cells.alpha))
            sheet.y += 0.06
            for categories in _bands(page, sheet):
                _band(sheet, page, categories)
            for note in cells.notes:
                sheet.paragraph(note)
            return sheet.finish()


@dataclass(frozen=True)
class _Marks:
    """Of each category the highest of the metrics that can be judged (several, where equal), and
    those shown worse."""

    best: Mapping[str, frozenset[str]]
    worse: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class _Page:
    """What is drawn: rows in groups under a heading, the end of the scale, marks, agreement."""

    cells: Cells
    groups: Sequence[tuple[str, tuple[str, ...]]]
    span: float
    marks: _Marks
    agreement: Mapping[str, float]

    @property
    def rows(self) -> list[Row]:
        """The labels of all rows, with the headings."""
        found = []
        for heading, names in self.groups:
            found.append(Row(heading, head=True))
            found += [Row(self.cells.labels[name]) for name in names]
        return found

    @property
    def left(self) -> float:
        """Inches from the page's edge to the cells."""
        return label_column(self.rows, 2.1) + 0.1

    @property
    def beside(self) -> float:
        """Inches that the column of agreement needs."""
        return BESIDE if self.agreement else 0.0


def _groups(tables: Mapping[str, pd.DataFrame], cells: Cells) -> list[tuple[str, tuple[str, ...]]]:
    """Families of metrics, sentinels, human rows: those that there are."""
    here = {metric for metric, _ in cells.grid}
    groups = in_families(tables, cells.metrics)
    if len(groups) == 1 and groups[0][0] == "other":
        groups = [("metrics", groups[0][1])]
    humans = tuple(name for name in HUMANS if name in here)
    groups += [("sentinels", cells.sentinels), ("held-out rater", humans)]
    return [(heading, names) for heading, names in groups if names]


def _span(cells: Cells) -> float:
    """Points from chance at which a colour is fullest: enough for the cells of metrics (of all
    rows, where there is none) that are coloured. A sentinel may lie beyond."""
    names = set(cells.metrics or (m for m, _ in cells.grid))
    far = [
        abs(cell.value - CHANCE)
        for (name, _), cell in cells.grid.items()
        if name in names and not cell.grey and cell.value == cell.value
    ]
    # Rounding first: 60 % as 100 * 0.6 may lie a hair above 10 points.
    return max(LEAST_SPAN, STEP * math.ceil(round(max(far, default=0.0) / STEP, 6)))


def _marks(tables: Mapping[str, pd.DataFrame], cells: Cells) -> _Marks:
    """Read off the tables which metric is the highest, and which the tests show to be worse."""
    best: dict[str, frozenset[str]] = {}
    for category in cells.categories:
        own = {m: cells.cell(m, category) for m in cells.metrics}
        values = {m: c.value for m, c in own.items() if c and not c.grey and c.value == c.value}
        top = max(values.values(), default=math.nan)
        if len(values) > 1:
            best[category] = frozenset(m for m, value in values.items() if value == top)
    tests = frames.get(tables, "category_tests")
    worse: dict[str, set[str]] = {}
    if tests is not None:
        shown = tests[(tests["view"] == cells.view) & (tests["p_holm"] <= tests["alpha"])]
        columns = (shown[c] for c in ("category", "metric_1", "metric_2", "difference"))
        for category, one, other, difference in zip(*columns, strict=True):
            better, poorer = (one, other) if difference > 0 else (other, one)
            if better in best.get(str(category), ()):
                worse.setdefault(str(category), set()).add(str(poorer))
    return _Marks(best, {c: frozenset(names) for c, names in worse.items()})


def _bands(page: _Page, sheet: Sheet) -> Iterator[Sequence[str]]:
    """The categories in bands beneath each other: as few as will do, evenly filled."""
    every = page.cells.categories
    room = sheet.width - MARGIN - page.left - page.beside
    most = max(1, int((room + 1e-9) // NARROWEST))
    bands = -(-len(every) // most)
    each = -(-len(every) // bands)
    for start in range(0, len(every), each):
        yield every[start : start + each]


def _band(sheet: Sheet, page: _Page, categories: Sequence[str]) -> None:
    """The grid of these categories, with its heads and all rows."""
    room = sheet.width - MARGIN - page.left - page.beside
    cell = min(WIDEST, room / len(categories))
    top = _heads(sheet, page, categories, cell)
    right = page.left + cell * len(categories)
    middles = []
    y = top
    for _, names in page.groups:
        middles += [y + (i + 0.5) * ROW for i in range(len(names) + 1)]
        axes = sheet.axes(page.left, y + ROW, cell * len(categories), ROW * len(names))
        axes.set(xlim=(0, len(categories)), ylim=(len(names), 0), xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set_visible(False)
        for i, name in enumerate(names):
            for j, category in enumerate(categories):
                found = page.cells.cell(name, category)
                draw_cell(axes, j, i, found, page.span)
                if name in page.marks.best.get(category, ()):
                    mark_best(axes, j, i)
                elif found and name in page.marks.worse.get(category, ()):
                    mark_worse(axes, j, i, ink_on(colour_of(found.value, page.span)))
            if name in page.agreement:
                text = style.number(100 * page.agreement[name], 1)
                at = y + (i + 1.5) * ROW
                sheet.text(right + BESIDE - 0.1, at, text, size=SMALL, ha="right")
        y += ROW * (len(names) + 1)
    row_labels(sheet, page.rows, page.left - 0.1, middles, SMALL)
    sheet.y = y + 0.2


def _heads(sheet: Sheet, page: _Page, categories: Sequence[str], cell: float) -> float:
    """Name, tier, effective pairs and documents above each column; the inches from the page's top
    to the cells."""
    cells = page.cells
    turned = any(text_width(style.plain(c), SMALL) > cell - 0.04 for c in categories)
    heads = [fit(c, LONGEST if turned else cell, SMALL) for c in categories]
    high = max(text_width(h, SMALL) for h in heads) + 0.06 if turned else line_height(SMALL)
    step = line_height(TINY)
    names_end = sheet.y + max(high, 2 * line_height(SMALL) if page.agreement else 0.0)
    lines = [names_end + 0.03 + (i + 0.5) * step for i in range(3)]
    for place, said in zip(lines, ("tier", "n_eff (pairs)", "documents"), strict=True):
        sheet.text(page.left - 0.1, place, said, size=TINY, colour=style.SOFT, ha="right")
    for j, (category, head) in enumerate(zip(categories, heads, strict=True)):
        x = page.left + (j + 0.5) * cell
        colour = style.INK if judged(cells, category) else style.FAINT
        text = sheet.text(
            x, names_end, head, size=SMALL, ha="center", va="bottom", colour=colour,
        )  # fmt: skip
        text.set_rotation(90 if turned else 0)
        n_eff, documents, _, tier = cells.facts_of(category)
        for place, fact in zip(lines, (tier, n_eff, documents), strict=True):
            said = fit(fact, cell - 0.02, TINY)
            sheet.text(x, place, said, size=TINY, colour=colour, ha="center")
    if page.agreement:
        x = page.left + len(categories) * cell + BESIDE - 0.1
        for i, said in enumerate(("accuracy", "with ties, %")):
            place = lines[-1] - (1 - i) * line_height(SMALL)
            sheet.text(x, place, said, size=SMALL, colour=style.SOFT, ha="right")
    return lines[-1] + step / 2 + 0.02
