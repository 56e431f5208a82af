"""Metric against human: scatter plots of scores and ratings of systems and segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from harness.plots import frames, style
from harness.plots.families import in_full, say_rest
from harness.plots.labels import leader, place
from harness.plots.scales import fitting_ticks, tick_text
from harness.plots.sheet import MARGIN, SMALL, Key, Sheet, fit, line_height, text_width, wrap
from harness.plots.system_scores import ROLE_LABELS, ROLES
from harness.tables import SCORES

__all__ = ["MetricAgainstHuman"]

TINY = 7.0
SIDE, AXIS = 1.58, 0.47  # inches: of a panel, and beside it for its scale


@dataclass(frozen=True)
class MetricAgainstHuman:
    """Two panels for each metric: a point for each system; hexagons that count segments.

    Parameters
    ----------
    statistics
        The statistics to write above a panel, by name, if ``meta_evaluation`` has them.
    category
        The rating that is drawn: 'all' for the total penalty.
    cells
        Hexagons across a panel.
    focus
        Metrics that are drawn besides the best where metrics are many.
    """

    statistics: Sequence[str] = ("pearson", "spearman", "kendall", "kendall_b")
    category: str = "all"
    cells: int = 22
    focus: Sequence[str] = ()
    name: ClassVar[str] = "metric_against_human"
    question: ClassVar[str] = "Do scores rise where the raters see better translations?"
    explanation: ClassVar[str] = (
        "Left panel of each pair: a point is a system, its score on the horizontal axis and its"
        " mean human rating (0 is best) on the vertical one. Right panel: the same for single"
        " translations; the darker a hexagon, the more translations lie in it. Systems are named"
        " where there is room."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None where no system has both a score and a rating."""
        systems = frames.get(tables, "systems")
        if systems is None:
            return None
        test_set = frames.one_test_set(systems)
        both = systems[systems["score"].notna() & systems["rating"].notna()]
        if both.empty:
            return None
        every = frames.metric_order(tables, both["metric"])
        metrics = in_full(tables, every, self.focus)
        labels = frames.metric_labels(tables)
        segments = _segments(tables, self.category)
        with style.drawing():
            sheet = Sheet()
            rated = both["system"].nunique()
            texts = len(segments[["system", "segment_id"]].drop_duplicates())
            n = f", {frames.counted(texts, 'rated translation')}" if texts else ""
            sheet.title(
                self.question,
                f"{test_set}: {frames.how_many(tables, every)}, "
                f"{frames.counted(rated, 'rated system')}{n}",
            )
            here = [r for r in ROLES if r in set(both["role"])]
            sheet.legend([Key.of_mark(ROLE_LABELS[r], ROLES[r], interval=False) for r in here])
            for start in range(0, len(metrics), 2):
                self._band(sheet, metrics[start : start + 2], both, segments, tables, labels)
            say_rest(sheet, len(every) - len(metrics), SCORES)
            return sheet.finish()

    def _band(
        self,
        sheet: Sheet,
        metrics: Sequence[str],
        systems: pd.DataFrame,
        segments: pd.DataFrame,
        tables: Mapping[str, pd.DataFrame],
        labels: Mapping[str, str],
    ) -> None:
        """The panels of up to two metrics, side by side."""
        block = sheet.inner / 2
        drawn = {
            (metric, level): rows[rows["metric"] == metric]
            for metric in metrics
            for level, rows in (("system", systems), ("segment", segments))
        }
        said = {
            key: [
                line
                for text in self._said(tables, *key, rows)
                for line in wrap(text, SIDE + AXIS - 0.06, TINY)
            ]
            for key, rows in drawn.items()
        }
        top = sheet.y + line_height(SMALL) + 0.05
        heads = max(len(lines) for lines in said.values()) * line_height(TINY)
        for i, metric in enumerate(metrics):
            x = MARGIN + i * block
            name = fit(labels[metric], block - 0.2, SMALL, True)
            sheet.text(x, sheet.y + line_height(SMALL) / 2, name, size=SMALL, bold=True)
            up = sheet.text(
                x + 0.03, top + heads + SIDE / 2, "human rating", size=TINY, colour=style.SOFT
            )
            up.set(rotation=90, ha="center")
            for k, level in enumerate(LEVELS):
                rows, left = drawn[metric, level], x + AXIS + k * (SIDE + AXIS)
                if rows.empty:
                    continue
                for j, text in enumerate(said[metric, level]):
                    y = top - 0.05 + (j + 0.5) * line_height(TINY)
                    sheet.text(left, y, text, size=TINY, colour=style.SOFT)
                axes = sheet.axes(left, top + heads, SIDE, SIDE)
                _frame(axes)
                if level == "system":
                    _scatter(sheet, axes, rows, left, top + heads)
                else:
                    _hexagons(axes, rows, self.cells)
                across = fit(f"{labels[metric]}, {level}", SIDE, TINY)
                y = top + heads + SIDE + 0.27
                sheet.text(left + SIDE / 2, y, across, size=TINY, colour=style.SOFT, ha="center")
        sheet.y = top + heads + SIDE + 0.5

    def _said(
        self, tables: Mapping[str, pd.DataFrame], metric: str, level: str, drawn: pd.DataFrame
    ) -> list[str]:
        """How many points are drawn, then a line for each of ``statistics`` in the table."""
        what = "system" if level == "system" else "translation"
        lines = [frames.counted(len(drawn), what)]
        frame = frames.get(tables, "meta_evaluation")
        if frame is None:
            return lines
        rows = frame[
            (frame["metric"] == metric)
            & (frame["level"] == level)
            & (frame["category"] == self.category)
            & (frame["subset"] == "all")
        ]
        for statistic in self.statistics:
            row = _preferred(rows[rows["statistic"] == statistic], level)
            if row is None:
                continue
            compared = frames.compared(row["grouping"], row["system_score"])
            how = f" ({compared})" if compared else ""
            value, low, high = (frames.number_of(row[c]) for c in ("value", "low", "high"))
            text = f"{statistic.replace('_', ' ')}{how} {style.number(value)}"
            lines.append(text)
            if low == low and high == high:
                interval = f"[{style.number(low)}, {style.number(high)}]"
                if text_width(f"{text} {interval}", TINY) <= SIDE + AXIS - 0.06:
                    lines[-1] += f" {interval}"
                else:
                    lines.append(interval)
            if level == "system" and row["n_systems"] != len(drawn):
                lines[0] = f"{frames.counted(len(drawn), what)}, {row['n_systems']} compared"
        return lines


def _preferred(rows: pd.DataFrame, level: str) -> pd.Series[Any] | None:
    """The row of what belongs to the panel, where the table holds several."""
    ranks = {compared: i for i, compared in enumerate(PREFERRED[level])}

    def rank(row: pd.Series[Any]) -> tuple[bool, int]:
        compared = frames.compared(row["grouping"], row["system_score"])
        return bool(pd.isna(row["value"])), ranks.get(compared, 9)

    found = sorted((row for _, row in rows.iterrows()), key=rank)
    return found[0] if found else None


LEVELS = ("system", "segment")
#: What belongs to a panel, where the table holds several (see :func:`frames.compared`): corpus
#: scores are drawn, and all translations together.
PREFERRED = {"system": ("corpus",), "segment": ("", "item")}


def _segments(tables: Mapping[str, pd.DataFrame], category: str) -> pd.DataFrame:
    """Score and rating of each rated translation that has both."""
    scores, ratings = frames.get(tables, "scores"), frames.get(tables, "ratings")
    columns = ["system", "segment_id", "metric", "score", "rating"]
    if scores is None or ratings is None:
        return pd.DataFrame(columns=columns)
    known = scores[scores["segment_id"].notna() & scores["score"].notna()]
    whole = ratings[ratings["category"] == category]
    return known.merge(whole, on=["test_set", "system", "segment_id"])[columns]


def _frame(axes: Axes) -> None:
    fitting_ticks(axes.xaxis, SIDE, most=4, size=TINY)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(tick_text))
    axes.tick_params(axis="y", labelsize=TINY)
    axes.grid(color=style.RULE, lw=0.4)


def _hexagons(axes: Axes, rows: pd.DataFrame, cells: int) -> None:
    """Hexagons that count translations; ten or more in one are needed for the darkest blue."""
    drawn = axes.hexbin(
        rows["score"].to_numpy(), rows["rating"].to_numpy(), gridsize=cells, bins="log",
        mincnt=1, cmap="Blues", linewidths=0.1, label="segments",
    )  # fmt: skip
    counts = drawn.get_array()
    drawn.set_clim(0.15, max(10.0, 0.0 if counts is None else float(np.max(counts))))


def _span(values: Sequence[float]) -> tuple[float, float]:
    """A range with room around ``values``, also around a single one."""
    pad = 0.12 * (max(values) - min(values)) or max(abs(values[0]) * 0.1, 0.1)
    return min(values) - pad, max(values) + pad


def _scatter(sheet: Sheet, axes: Axes, rows: pd.DataFrame, left: float, top: float) -> None:
    """A point for each system, and its name where there is room."""
    scores, ratings = rows["score"].tolist(), rows["rating"].tolist()
    across, up = _span(scores), _span(ratings)
    axes.set(xlim=across, ylim=up)
    for role, x, y in zip(rows["role"], scores, ratings, strict=True):
        mark = ROLES.get(role, ROLES["system"])
        axes.plot(
            [x], [y], marker=mark.marker, color=mark.colour, ms=4.5, ls="none", zorder=3,
            label="system",
        )  # fmt: skip
    points = [
        (
            (x - across[0]) / (across[1] - across[0]) * SIDE,
            (y - up[0]) / (up[1] - up[0]) * SIDE,
            0.035,
        )
        for x, y in zip(scores, ratings, strict=True)
    ]
    texts = [fit(name, 0.85, 6.0) for name in rows["system"]]
    sizes = [(text_width(t, 6.0), line_height(6.0) * 0.85) for t in texts]
    boxes = place(points, sizes, (0, 0, SIDE + 0.12, SIDE), farthest=0.24)
    for text, point, box in zip(texts, points, boxes, strict=True):
        if box is None:
            continue
        x, y = left + (box[0] + box[2]) / 2, top + SIDE - (box[1] + box[3]) / 2
        sheet.text(x, y, text, size=6.0, colour=style.SOFT, ha="center")
        end = leader(point, box, 0.03)
        if end is not None:
            axes.plot(
                [point[0] / SIDE, end[0] / SIDE], [point[1] / SIDE, end[1] / SIDE],
                color=style.PALE, lw=0.5, transform=axes.transAxes, zorder=1, label="leader",
            )  # fmt: skip
