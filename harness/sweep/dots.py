"""The agreement of every metric under every setting of a sweep, as dots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from harness.plots import frames, style
from harness.plots.bands import Row, panels
from harness.plots.families import by_agreement, in_full
from harness.plots.sheet import Key, Sheet
from harness.plots.style import Mark
from harness.report.agreement_words import grouping_label, statistic_label
from harness.report.verdict import FIRST
from harness.report.verdict import Key as StatisticKey
from harness.sweep.stability import TOPIC
from harness.tables import META_EVALUATION
from harness.tables.settings import interval_name

__all__ = ["SettingDots"]


@dataclass(frozen=True)
class SettingDots:
    """A panel for each statistic; in each row a metric's value under every setting, with its
    interval. Each setting has a colour and marker of its own. Of more than
    :data:`harness.plots.families.MANY` metrics the best are drawn, by the statistics that a verdict
    begins with.

    Parameters
    ----------
    category
        The ratings that the metrics are compared with: 'all' for the whole penalty.
    """

    category: str = "all"
    name: ClassVar[str] = "settings"
    question: ClassVar[str] = "How far does a metric's agreement with people depend on the setting?"
    explanation: ClassVar[str] = (
        "Each dot is a metric's value under one setting (further right is better); the line is its"
        " confidence interval. Follow one colour from row to row to see the order of the metrics"
        " under that setting. The settings agree where every colour gives the same order."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None where ``meta_evaluation`` (with the column ``setting``) has values for
        fewer than two settings."""
        frame = frames.get(tables, "meta_evaluation")
        if frame is None:
            return None
        frame = frame[(frame["category"] == self.category) & frame["value"].notna()]
        if "subset" in frame:
            frame = frame[frame["subset"] == "all"]
        settings = list(dict.fromkeys(frame["setting"]))
        if len(settings) < 2:
            return None
        every = frames.metric_order(tables, frame["metric"])
        labels, sentinels = _labels(tables), frames.sentinels_of(tables)
        every.sort(key=lambda m: m in sentinels)  # a job's sentinels stand between its metrics
        metrics = in_full(tables, every, ())
        groups = list(frame[frame["metric"].isin(metrics)].groupby(TOPIC, sort=False))
        if len(metrics) < len(every):
            leading = [group for group in groups if _key(group[0]) in FIRST]
            groups = sorted(leading, key=lambda g: FIRST.index(_key(g[0]))) or groups[:1]
            rank = by_agreement(tables, metrics).index
            metrics.sort(key=lambda m: (m in sentinels, rank(m)))
        colours = style.marks(settings)
        with style.drawing():
            sheet = Sheet()
            sheet.title(
                self.question,
                f"{frames.how_many(tables, every)}, {frames.counted(len(settings), 'setting')}; "
                f"{interval_name(frame)}s",
            )
            sheet.legend([Key.of_mark(s, colours[s]) for s in settings])
            rows = [Row(labels[m] + (" (sentinel)" if m in sentinels else "")) for m in metrics]
            titles = [_title(*map(str, key)) for key, _ in groups]
            pitch = min(0.6, 0.14 + 0.09 * len(settings))
            drawn = iter(groups)
            for band in panels(sheet, rows, titles, pitch=pitch, narrowest=1.6, gutter=0.25):
                for axes in band.axes:
                    _panel(axes, next(drawn)[1], metrics, colours, band.centres, pitch)
            _say_rest(sheet, len(every) - len(metrics))
            return sheet.finish()


def _key(topic: Sequence[object]) -> StatisticKey:
    """A topic as :data:`FIRST` names statistics."""
    level, _, statistic, grouping, system_score = map(str, topic)
    return level, statistic, grouping, system_score


def _say_rest(sheet: Sheet, n: int) -> None:
    """Where the ``n`` metrics are that are left out; nothing if there are none."""
    if n:
        sheet.paragraph(
            f"Not drawn: {frames.counted(n, 'metric')} and the other statistics, whose numbers are "
            f"in {META_EVALUATION.csv}."
        )


def _labels(tables: Mapping[str, pd.DataFrame]) -> Mapping[str, str]:
    """The label of each metric; the table ``metrics`` of a sweep has a row for every job."""
    frame = frames.get(tables, "metrics")
    once = {} if frame is None else {"metrics": frame.drop_duplicates("metric")}
    return frames.metric_labels(once)


def _title(
    level: str, category: str, statistic: str, grouping: str, system_score: str
) -> tuple[str, str]:
    where = grouping_label(level, grouping, system_score)
    return statistic_label(statistic), f"{level} level, {where}"


def _panel(
    axes: Axes,
    group: pd.DataFrame,
    metrics: Sequence[str],
    colours: Mapping[str, Mark],
    centres: Sequence[float],
    pitch: float,
) -> None:
    """One statistic; within a row the settings stand below each other."""
    known = [n for c in ("value", "low", "high") for n in map(frames.number_of, group[c]) if n == n]
    pad = max(0.02, 0.06 * (max(known) - min(known)))
    axes.set_xlim(min(known) - pad, max(known) + pad)
    settings = list(colours)
    step = pitch / (len(settings) + 1)
    once = group.drop_duplicates(["metric", "setting"])
    for row in once.to_dict("records"):
        mark = colours[row["setting"]]
        place = settings.index(row["setting"]) + 1
        y = centres[metrics.index(row["metric"])] - pitch / 2 + place * step
        low, high = frames.number_of(row["low"]), frames.number_of(row["high"])
        if low == low and high == high:
            axes.plot([low, high], [y, y], color=mark.colour, lw=1.1, zorder=2, label="interval")
        axes.plot(
            [frames.number_of(row["value"])], [y], marker=mark.marker, color=mark.colour, ms=4,
            ls="none", zorder=3, label="value",
        )  # fmt: skip
