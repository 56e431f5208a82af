"""Halo dumbbell: how much of a metric's accuracy is knowing which system wrote the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.figure import Figure

from harness.plots import frames, style
from harness.plots.bands import Row, panels
from harness.plots.cells import Cells, judged
from harness.plots.families import in_full, say_rest
from harness.plots.sheet import Key, Sheet
from harness.plots.style import Mark
from harness.tables import CATEGORIES

__all__ = ["HaloDumbbell"]

PLAIN = Mark(style.ORANGE, "o")
BALANCED = Mark(style.BLUE, "D")


@dataclass(frozen=True)
class HaloDumbbell:
    """A panel for each metric; in each row a line from plain to system-balanced accuracy.

    Parameters
    ----------
    view
        The view of error categories; the table's first view if it lacks this one.
    beside
        Sentinels and human rows that also get a panel.
    focus
        Metrics that are drawn besides the best where metrics are many.
    """

    view: str = "news"
    beside: Sequence[str] = ("system identity", "human")
    focus: Sequence[str] = ()
    name: ClassVar[str] = "halo_dumbbell"
    question: ClassVar[str] = "How much of a metric's accuracy comes from knowing the system alone?"
    explanation: ClassVar[str] = (
        "The circle is plain accuracy; the diamond is what remains when every system is the better"
        " one as often as the worse one. A long line means that the metric owes its accuracy to"
        " telling good systems from bad ones, not to seeing the error; a sentinel that knows only"
        " the system falls to 50 %."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None where no metric has both values in any category."""
        frame = frames.get(tables, "categories")
        if frame is None:
            return None
        cells = Cells.of(tables, frame, self.view)
        metrics = in_full(tables, cells.metrics, self.focus)
        names = [*metrics, *self.beside]
        both = {
            (n, c): cell
            for n in names
            for c in cells.categories
            if cells.drawn_in(c)
            and (cell := cells.cell(n, c)) is not None
            and _both(cell.plain, cell.value)
        }
        names = [n for n in names if any(n == name for name, _ in both)]
        if not any(n in cells.metrics for n in names):
            return None
        with style.drawing():
            sheet = Sheet()
            sheet.title(self.question, cells.facts)
            sheet.legend(
                [
                    Key.of_mark("plain accuracy", PLAIN, interval=False),
                    Key.of_mark("system-balanced accuracy", BALANCED, interval=False),
                    Key.of_line("chance", style.SOFT, ":"),
                ]
            )
            rows = [Row(c, not judged(cells, c)) for c in cells.categories]
            titles = [(_title(cells, n),) for n in names]
            bands = panels(sheet, rows, titles, pitch=0.21, axis_label="right pairs, %")
            values = [v for cell in both.values() for v in (cell.plain, cell.value)] + [50.0]
            pad = max(2.0, 0.05 * (max(values) - min(values)))
            drawn = iter(names)
            for band in bands:
                for axes in band.axes:
                    name = next(drawn)
                    axes.set_xlim(min(values) - pad, max(values) + pad)
                    axes.axvline(50, color=style.SOFT, ls=":", lw=1.0, zorder=1)
                    for category, y in zip(cells.categories, band.centres, strict=True):
                        cell = both.get((name, category))
                        if cell is None:
                            continue
                        line = style.PALE if cell.grey else style.SOFT
                        axes.plot([cell.plain, cell.value], [y, y], color=line, lw=1.3, zorder=2)
                        for value, mark, label in (
                            (cell.plain, PLAIN, "plain"),
                            (cell.value, BALANCED, "balanced"),
                        ):
                            axes.plot(
                                [value], [y], marker=mark.marker, ms=5, ls="none", zorder=3,
                                color=style.PALE if cell.grey else mark.colour, label=label,
                            )  # fmt: skip
            if any(row.grey for row in rows):
                sheet.paragraph(
                    "Grey rows cannot be judged: the raters disagree, or there are too few pairs."
                )
            say_rest(sheet, len(cells.metrics) - len(metrics), CATEGORIES)
            return sheet.finish()


def _both(plain: float, balanced: float) -> bool:
    return plain == plain and balanced == balanced


def _title(cells: Cells, name: str) -> str:
    if name in cells.metrics:
        return cells.labels[name]
    return f"{cells.labels[name]} ({'sentinel' if name in cells.sentinels else 'held-out rater'})"
