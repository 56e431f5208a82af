"""Forest of differences: each metric in focus minus the baseline, by kind of error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from harness.plots import frames, style
from harness.plots.bands import Row, panels
from harness.plots.sheet import Key, Sheet
from harness.plots.style import Mark
from harness.tables.settings import alpha_text, interval_name

__all__ = ["BaselineForest"]

#: Colours of the three cases, told apart by their markers too.
MORE, LESS, OPEN = Mark(style.BLUE, "^"), Mark(style.RED, "v"), Mark(style.INK, "o")
#: Panels are at least so wide that their numbers fit.
PITCH, NARROWEST, GUTTER = 0.24, 2.2, 1.1


@dataclass(frozen=True)
class BaselineForest:
    """Rows: categories. One panel per metric in focus: its category accuracy minus the baseline's,
    in points, with its interval.

    Parameters
    ----------
    view
        The view of error categories; the table's first view if it lacks this one.
    """

    view: str = "news"
    name: ClassVar[str] = "baseline_forest"
    question: ClassVar[str] = "On which kinds of error do metrics differ from the baseline?"
    explanation: ClassVar[str] = (
        "A mark is the category accuracy of a metric minus that of the baseline, in points (further"
        " right: the metric is more accurate); the line is its confidence interval. A triangle"
        " marks a difference that is shown, by p adjusted over metrics and categories; an interval"
        " is of one difference alone. Grey rows cannot be judged."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None where there is no baseline, or no difference."""
        frame = frames.get(tables, "baseline_differences")
        if frame is None:
            return None
        test_set = frames.one_test_set(frame)
        chosen, rows = frames.one_view(frame, self.view)
        rows = rows[rows["difference"].notna()]
        if rows.empty:
            return None
        labels = frames.metric_labels(tables)
        metrics = list(dict.fromkeys(map(str, rows["metric"])))
        categories = list(dict.fromkeys(map(str, rows["category"])))
        judged = set(rows.loc[rows["p_holm"].notna(), "category"])
        categories.sort(key=lambda c: c not in judged)
        baseline = labels[str(rows["baseline"].iloc[0])]
        with style.drawing():
            sheet = Sheet()
            sheet.title(
                self.question,
                f"{test_set}: category accuracy minus that of {baseline}, points (view {chosen});"
                f" {frames.counted(frames.spread(rows['n_documents']), 'document')}",
            )
            sheet.legend(_keys(rows, baseline))
            lines = [Row(c.replace("_", " "), c not in judged) for c in categories]
            bands = panels(
                sheet, lines, [(labels[m],) for m in metrics], pitch=PITCH, narrowest=NARROWEST,
                gutter=GUTTER, axis_label=f"points more than {baseline}",
            )  # fmt: skip
            limits = _limits(rows[rows["category"].isin(judged)] if judged else rows)
            cells = {(str(r.metric), str(r.category)): r for r in rows.itertuples(index=False)}
            drawn = iter(metrics)
            for band in bands:
                for axes in band.axes:
                    metric = next(drawn)
                    axes.set_xlim(*limits)
                    axes.axvline(0.0, color=style.INK, ls="--", lw=0.9, zorder=1)
                    for category, y in zip(categories, band.centres, strict=True):
                        _difference(axes, cells.get((metric, category)), y, limits)
            if len(judged) < len(categories):
                sheet.paragraph(
                    "Grey rows cannot be judged: the raters disagree, or there are too few errors."
                )
            return sheet.finish()


def _keys(rows: pd.DataFrame, baseline: str) -> list[Key]:
    shown = f"p ≤ {alpha_text(rows)}, Holm"
    return [
        Key.of_mark(f"more accurate ({shown})", MORE),
        Key.of_mark("less accurate", LESS),
        Key.of_mark(f"not shown, with {interval_name(rows)}", OPEN),
        Key.of_line(f"as {baseline}", style.INK, "--"),
    ]


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    """A range in points that holds 0 and the intervals."""
    known = [0.0, *(100.0 * v for c in ("difference", "low", "high") for v in rows[c].dropna())]
    pad = 0.06 * (max(known) - min(known)) or 1.0
    return min(known) - pad, max(known) + pad


def _difference(axes: Axes, row: Any, y: float, limits: Sequence[float]) -> None:
    """A difference with its interval, and the number beside the panel."""
    if row is None:
        return
    value, low, high = (100.0 * frames.number_of(v) for v in (row.difference, row.low, row.high))
    adjusted = frames.number_of(row.p_holm)
    grey = adjusted != adjusted
    mark = OPEN
    if adjusted <= row.alpha:
        mark = MORE if value > 0.0 else LESS
    colour = style.PALE if grey else mark.colour
    start, end = max(low, limits[0]), min(high, limits[1])
    if start < end:
        axes.plot([start, end], [y, y], color=colour, lw=1.0 if grey else 1.4, zorder=2)
    if limits[0] <= value <= limits[1]:
        axes.plot([value], [y], marker=mark.marker, ms=5, ls="none", color=colour, zorder=3)
    text = ("+" if value > 0 else "") + style.number(value, 1)
    axes.text(
        1.03, y, text, size=7.5, va="center", weight="bold" if mark is not OPEN else "normal",
        color=style.FAINT if grey else style.INK, transform=axes.get_yaxis_transform(),
    )  # fmt: skip
