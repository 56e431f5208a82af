"""Forest of meta-evaluation: every statistic of every metric, with its interval."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from harness.plots import frames, style
from harness.plots.bands import Row, panels
from harness.plots.families import in_full, say_rest
from harness.plots.sheet import Key, Sheet
from harness.plots.style import Mark
from harness.tables import META_EVALUATION
from harness.tables.settings import interval_name

__all__ = ["MetaEvaluationForest"]

METRIC = Mark(style.BLUE, "o")
SENTINEL = Mark(style.SOFT, "x")


@dataclass(frozen=True)
class MetaEvaluationForest:
    """A panel for each statistic; in each row a metric's value with its interval.

    Parameters
    ----------
    category
        The ratings that the metrics are compared with: 'all' for the total penalty.
    focus
        Metrics that are drawn besides the best where metrics are many.
    """

    category: str = "all"
    focus: Sequence[str] = ()
    name: ClassVar[str] = "meta_evaluation_forest"
    question: ClassVar[str] = (
        "Which metric agrees best with the human ratings, and how certain is that?"
    )
    explanation: ClassVar[str] = (
        "Each dot is a statistic of agreement (further right is better); the line is its confidence"
        " interval. The dotted line is what a metric without information gets, the dashed line what"
        " one rater gets when judged by the others. The number in brackets is the rank cluster: 1"
        " is the best, and metrics of one cluster cannot be told apart from the best of them."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None where ``meta_evaluation`` has no value for the category."""
        frame = frames.get(tables, "meta_evaluation")
        if frame is None:
            return None
        test_set = frames.one_test_set(frame)
        frame = frame[(frame["category"] == self.category) & (frame["subset"] == "all")]
        if frame.empty:
            return None
        sentinels = frames.sentinels_of(tables)
        every = _sorted(frames.metric_order(tables, frame["metric"]), frame)
        metrics = in_full(tables, every, self.focus)
        frame = frame[frame["metric"].isin(metrics)]
        labels = frames.metric_labels(tables)
        groups = [
            (key, group)
            for key, group in frame.groupby(frames.STATISTIC, sort=False)
            if group["value"].notna().any()
        ]
        if not groups:
            return None
        with style.drawing():
            sheet = Sheet()
            sheet.title(
                self.question,
                f"{test_set}: {frames.how_many(tables, every)}, "
                f"{frames.counted(frames.spread(frame['n_systems']), 'system')}",
            )
            sheet.legend(_keys(frame, sentinels))
            rows = [Row(labels[m] + (" (sentinel)" if m in sentinels else "")) for m in metrics]
            titles = [_title(*map(str, key), rows=group) for key, group in groups]
            bands = panels(sheet, rows, titles, pitch=0.21, narrowest=1.3, gutter=0.75)
            drawn = iter(groups)
            for band in bands:
                for axes in band.axes:
                    _, group = next(drawn)
                    _panel(axes, group, metrics, sentinels, band.centres)
            for note, of in frame[frame["note"] != ""].groupby("note", sort=False):
                keys = of[frames.STATISTIC].itertuples(index=False, name=None)
                where = ", ".join(dict.fromkeys(_short(*key) for key in keys))
                sheet.paragraph(f"{where}: {note}.")
            say_rest(sheet, len(every) - len(metrics), META_EVALUATION)
            return sheet.finish()


NAN = float("nan")
#: So many metrics stand in the order of the run; more are sorted, or no eye finds the best.
FEW = 10


def _sorted(metrics: list[str], frame: pd.DataFrame) -> list[str]:
    """Many metrics from the best on by the first statistic, sentinels where their values put
    them; without a value last."""
    if len(metrics) <= FEW:
        return metrics
    first = frame[frame["value"].notna()].iloc[:1]
    if first.empty:
        return metrics
    keys = frames.STATISTIC
    same = frame[(frame[keys] == first[keys].iloc[0]).all(axis=1)]
    values = dict(zip(same["metric"], map(frames.number_of, same["value"]), strict=True))
    known = [m for m in metrics if values.get(m, NAN) == values.get(m, NAN)]
    return sorted(known, key=lambda m: -values[m]) + [m for m in metrics if m not in known]


def _keys(frame: pd.DataFrame, sentinels: set[str]) -> list[Key]:
    with_interval = f", with {interval_name(frame)}" if frame["low"].notna().any() else ""
    keys = [Key.of_mark(f"metric{with_interval}", METRIC)]
    if sentinels & set(frame["metric"]):
        keys.append(Key.of_mark("sentinel", SENTINEL))
    if frame["chance"].notna().any():
        keys.append(Key.of_line("chance", style.SOFT, ":"))
    if frame["ceiling"].notna().any():
        keys.append(Key.of_line("one rater against the others", style.INK, "--"))
    return keys


def _title(
    level: str, statistic: str, grouping: str, system_score: str, *, rows: pd.DataFrame
) -> tuple[str, str, str]:
    """The statistic, its level, what it compares, and what it was computed from."""
    compared = frames.compared(grouping, system_score)
    how = f"{level} level" + (f", {compared}" if compared else "")
    if level == "all":
        how = "of the statistics beside"
    unit = "system" if level == "system" else "segment"
    if level == "document":
        unit = "document"
    size, n = frames.spread(rows[f"n_{unit}s"]), frames.spread(rows["n_pairs"])
    what = frames.counted(size, unit) + (f", n = {n}" if n not in {size, "0", "1"} else "")
    return style.plain(statistic).replace("_", " "), how, what


def _short(level: str, statistic: str, grouping: str, system_score: str) -> str:
    compared = frames.compared(grouping, system_score)
    how = f" ({compared})" if compared else ""
    return f"{level}-level {statistic.replace('_', ' ')}{how}"


def _panel(
    axes: Axes,
    group: pd.DataFrame,
    metrics: Sequence[str],
    sentinels: Collection[str],
    centres: Sequence[float],
) -> None:
    """One statistic: its reference lines, then a value, an interval and a number in each row."""
    columns = ("value", "low", "high", "chance", "ceiling")
    known = [n for c in columns for n in map(frames.number_of, group[c]) if n == n] or [0.0]
    pad = max(0.02, 0.06 * (max(known) - min(known)))
    axes.set_xlim(min(known) - pad, max(known) + pad)
    rows = {str(row["metric"]): row for _, row in group.iterrows()}
    places = [(m, y) for m, y in zip(metrics, centres, strict=True) if m in rows]
    _references(axes, {y: rows[m] for m, y in places}, centres[0])
    for metric, y in places:
        row, mark = rows[metric], SENTINEL if metric in sentinels else METRIC
        value, low, high = (frames.number_of(row[c]) for c in ("value", "low", "high"))
        if value == value:
            if low == low and high == high:
                axes.plot(
                    [low, high], [y, y], color=mark.colour, lw=1.3, zorder=2, label="interval"
                )
            axes.plot(
                [value], [y], marker=mark.marker, color=mark.colour, ms=5, ls="none", zorder=3,
                label="value", clip_on=False,
            )  # fmt: skip
        text = style.number(value, 3)
        cluster = frames.number_of(row["cluster"])
        if cluster == cluster:
            text += f" ({int(cluster)})"
        axes.text(
            1.04, y, text, size=7.5, va="center", color=style.INK, label="number",
            transform=axes.get_yaxis_transform(),
        )  # fmt: skip


def _references(axes: Axes, rows: Mapping[float, pd.Series[Any]], half: float) -> None:
    """Chance and ceiling: one line where all metrics share it, else a piece in each row."""
    for column, dashes, colour in (("chance", ":", style.SOFT), ("ceiling", "--", style.INK)):
        values = {y: frames.number_of(row[column]) for y, row in rows.items()}
        known = [v for v in values.values() if v == v]
        if known and min(known) == max(known):
            axes.axvline(known[0], color=colour, ls=dashes, lw=1.1, zorder=1, label=column)
            continue
        for y, value in values.items():
            if value == value:
                ends = [y - half, y + half]
                axes.plot([value] * 2, ends, color=colour, ls=dashes, lw=1.1, label=column)
