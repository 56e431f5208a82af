"""Implied weights: how far each metric's score falls for a point of penalty in each category."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from harness.plots import frames, style
from harness.plots.bands import Band, Row, panels
from harness.plots.families import in_full, say_rest
from harness.plots.sheet import SMALL, Key, Sheet, line_height
from harness.plots.style import Mark
from harness.ratings.rating import TOTAL
from harness.tables import CATEGORY_WEIGHTS
from harness.tables.settings import alpha_text, interval_name

__all__ = ["ImpliedWeights"]

#: Colours of the three cases, told apart by their markers too.
MORE, LESS, OPEN = Mark(style.RED, "^"), Mark(style.BLUE, "v"), Mark(style.INK, "o")
#: Weights beyond these are drawn as an arrow at the edge.
FARTHEST = (-1.5, 4.5)
IN_PROPORTION, NO_WEIGHT = 1.0, 0.0
PITCH = 0.2


@dataclass(frozen=True)
class ImpliedWeights:
    """Rows: categories, by their share of the penalty. One panel per metric: the relative weight
    with its interval, and that of a held-out human rater.

    Parameters
    ----------
    view
        The view of error categories; the table's first view if it lacks this one.
    focus
        Metrics that are drawn besides the best where metrics are many.
    """

    view: str = "news"
    focus: Sequence[str] = ()
    name: ClassVar[str] = "implied_weights"
    question: ClassVar[str] = "How much does each metric take off for a point of penalty?"
    explanation: ClassVar[str] = (
        "A mark is the relative weight of a category: how much one penalty point in it takes off"
        " the metric's score, all else equal, divided by how much a point of any category takes off"
        " on average; the line is its confidence interval. 1 is in proportion to the raters'"
        " penalties; 0 means that the metric ignores the category. The grey band is a human rater"
        " who was held out and judged by the others; a triangle marks a metric that differs"
        " significantly from that rater. Grey rows cannot be judged."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None where no metric has a relative weight."""
        frame = frames.get(tables, "category_weights")
        if frame is None:
            return None
        test_set = frames.one_test_set(frame)
        chosen, rows = frames.one_view(frame, self.view)
        weighed = rows[rows["relative_weight"].notna() & (rows["category"] != TOTAL)]
        every = frames.metric_order(tables, weighed.loc[weighed["kind"] == "metric", "metric"])
        if not every:
            return None
        metrics = in_full(tables, every, self.focus)
        categories = [c for c in dict.fromkeys(rows["category"]) if c != TOTAL]
        cells: dict[tuple[str, str], Any] = {
            (str(r.metric), str(r.category)): r for r in rows.itertuples(index=False)
        }
        human = next(iter(rows.loc[rows["kind"] == "human", "metric"]), "")
        grey = frozenset(rows.loc[~rows["judged"].astype(bool), "category"])
        labels = frames.metric_labels(tables)
        own = rows[rows["metric"].isin(metrics)].groupby("category")
        sizes = own[["n_marked", "n_documents"]].max().reindex(categories)
        n = frames.spread(rows.loc[rows["metric"].isin(metrics), "n_translations"])
        with style.drawing():
            sheet = Sheet()
            sheet.title(
                self.question,
                f"{test_set}: {frames.how_many(tables, every)}, "
                f"{frames.counted(len(categories), 'category', 'categories')} of the view {chosen},"
                f" {frames.counted(n, 'translation')} compared",
            )
            sheet.legend(_keys(rows, bool(human)))
            lines = [Row(c.replace("_", " "), c in grey) for c in categories]
            titles = [(labels[m], _unit(cells[m, TOTAL])) for m in metrics]
            limits = _limits(cells[m, c] for m in metrics for c in categories if c not in grey)
            bands = panels(
                sheet, lines, titles, pitch=PITCH, narrowest=1.2, gutter=0.62, right=1.05,
                axis_label="relative weight",
            )  # fmt: skip
            drawn = iter(metrics)
            for band in bands:
                for axes in band.axes:
                    metric = next(drawn)
                    _scale(axes, limits)
                    for c, y in zip(categories, band.centres, strict=True):
                        _human(axes, cells.get((human, c)), y, limits)
                        _weight(axes, cells.get((metric, c)), y, c in grey, limits)
                _sizes(sheet, band, sizes, grey)
            if grey:
                sheet.paragraph(
                    "Grey rows cannot be judged: the raters disagree, or there are too few errors."
                )
            say_rest(sheet, len(every) - len(metrics), CATEGORY_WEIGHTS)
            return sheet.finish()


def _unit(whole: Any) -> str:
    """What 1 is: the weight of a point of the whole penalty."""
    weight = frames.number_of(whole.weight)
    return f"1 = {style.number(weight, 3)} a point"


def _keys(rows: pd.DataFrame, human: bool) -> list[Key]:
    intervals = f"with {interval_name(rows)}"
    lines = [
        Key.of_line("in proportion to the penalties", style.INK, "--"),
        Key.of_line("ignored", style.SOFT, ":"),
    ]
    if not human:
        return [Key.of_mark(f"metric, {intervals}", OPEN), *lines]
    return [
        Key.of_mark(f"more than a rater (p ≤ {alpha_text(rows)}, Holm)", MORE),
        Key.of_mark("less than a rater", LESS),
        Key.of_mark("neither", OPEN),
        *lines,
        Key.of_band(f"a held-out human rater, {intervals}"),
    ]


def _limits(cells: Iterable[Any]) -> tuple[float, float]:
    """A range that holds 0, 1 and the intervals of the cells that can be judged."""
    known = [NO_WEIGHT, IN_PROPORTION]
    for cell in cells:
        known += [v for v in _numbers(cell) if v == v]
    low, high = max(min(known), FARTHEST[0]), min(max(known), FARTHEST[1])
    pad = 0.05 * (high - low)
    return low - pad, high + pad


def _numbers(cell: Any) -> tuple[float, float, float]:
    """A relative weight and the ends of its interval; NaN where missing."""
    value, low, high = cell.relative_weight, cell.relative_weight_low, cell.relative_weight_high
    return frames.number_of(value), frames.number_of(low), frames.number_of(high)


def _scale(axes: Axes, limits: tuple[float, float]) -> None:
    axes.set_xlim(*limits)
    axes.axvline(NO_WEIGHT, color=style.SOFT, ls=":", lw=1.0, zorder=1)
    axes.axvline(IN_PROPORTION, color=style.INK, ls="--", lw=0.9, zorder=1)


def _human(axes: Axes, cell: Any, y: float, limits: tuple[float, float]) -> None:
    """The held-out rater: a band, and its value as a line."""
    if cell is None:
        return
    value, low, high = _numbers(cell)
    half = PITCH / 2 - 0.02
    low, high = max(low, limits[0]), min(high, limits[1])
    if low < high:
        axes.add_patch(
            Rectangle(
                (low, y - half), high - low, 2 * half, color=style.BAND, lw=0, zorder=0.5,
                label="human",
            )
        )  # fmt: skip
    if limits[0] <= value <= limits[1]:
        axes.plot([value, value], [y - half, y + half], color=style.INK, lw=1.1, zorder=1.5)


def _weight(axes: Axes, cell: Any, y: float, grey: bool, limits: tuple[float, float]) -> None:
    """A metric's weight with its interval, and the number beside the panel."""
    value, low, high = (float("nan"),) * 3 if cell is None else _numbers(cell)
    mark = OPEN
    if cell is not None and frames.number_of(cell.p_holm) <= cell.alpha:
        mark = MORE if cell.against_human > 0.0 else LESS
    colour = style.PALE if grey else mark.colour
    axes.text(
        1.04, y, _short(value), size=7.5, va="center", label="number",
        color=style.FAINT if grey else style.INK, transform=axes.get_yaxis_transform(),
    )  # fmt: skip
    if value != value:
        return
    start, end = max(low, limits[0]), min(high, limits[1])
    if start < end:
        axes.plot(
            [start, end], [y, y], color=colour, lw=1.0 if grey else 1.4, zorder=2, label="interval"
        )
        for at, cut, head in ((start, low < limits[0], "<"), (end, high > limits[1], ">")):
            if cut and limits[0] <= value <= limits[1]:
                axes.plot(
                    [at], [y], marker=head, ms=2.8, ls="none", color=colour, zorder=2,
                    clip_on=False, label="cut",
                )  # fmt: skip
    beyond = value < limits[0] or value > limits[1]
    marker = (">" if value > limits[1] else "<") if beyond else mark.marker
    axes.plot(
        [min(max(value, limits[0]), limits[1])], [y], marker=marker, ms=4.8, ls="none",
        color=colour, zorder=3, clip_on=False, label="beyond" if beyond else "weight",
    )  # fmt: skip


def _sizes(sheet: Sheet, band: Band, sizes: pd.DataFrame, grey: frozenset[str]) -> None:
    """What each row rests on, at the right of the band."""
    right = sheet.width - 0.24
    head = band.top - 0.06 - line_height(SMALL) / 2
    for x, text in ((right - 0.5, "marked"), (right, "docs")):
        sheet.text(x, head, text, size=7.5, colour=style.SOFT, ha="right")
    numbers = sizes.to_numpy(dtype=int).tolist()
    for category, own, centre in zip(sizes.index, numbers, band.centres, strict=True):
        colour = style.FAINT if category in grey else style.INK
        for x, n in zip((right - 0.5, right), own, strict=True):
            sheet.text(x, band.top + centre, f"{int(n):,}", size=7.5, ha="right", colour=colour)


def _short(value: float) -> str:
    """A weight in the little room beside a panel."""
    return style.number(value, 2 if not abs(value) >= 10.0 else 0)
