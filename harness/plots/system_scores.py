"""System scores: how each metric orders the systems, and how the raters do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from harness.plots import frames, style
from harness.plots.bands import stripes, value_axis
from harness.plots.families import in_full, say_rest
from harness.plots.sheet import MARGIN, SMALL, Key, Sheet, fit, line_height, text_width
from harness.plots.style import Mark
from harness.system_comparison.shown import shown
from harness.tables import SYSTEMS
from harness.tables.settings import interval_name

__all__ = ["SystemScores"]

#: How the points of each role look, here and wherever systems are points.
ROLES: Mapping[str, Mark] = {
    "system": Mark(style.BLUE, "o"),
    "human": Mark(style.RED, "D"),
    "injected": Mark(style.SOFT, "X"),
}
ROLE_LABELS = {
    "system": "machine translation",
    "human": "reference translation",
    "injected": "errors put in on purpose",
}
RATING = "human rating"
TINY = 7.0
PITCH = 0.15


@dataclass(frozen=True)
class _List:
    """A panel: its title, the score of each system, the rating beside it, its interval."""

    title: str
    scores: Mapping[str, float]
    ratings: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class SystemScores:
    """A panel for each metric: the systems, the best first, each with its score and rating.

    Parameters
    ----------
    beside
        Number of panels beside each other.
    focus
        Metrics that are drawn besides the best where metrics are many.
    """

    beside: int = 3
    focus: Sequence[str] = ()
    name: ClassVar[str] = "system_scores"
    question: ClassVar[str] = "How does each metric order the systems, and do the raters agree?"
    explanation: ClassVar[str] = (
        "Each panel sorts the systems by one metric's score; where there are ratings, the first"
        " panel sorts them by these. The line through a score is its bootstrap interval, the number"
        " beside it the mean human rating; 0 is best. Two short strokes at the left end of an axis:"
        " it does not begin at 0."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None without rows in ``systems``."""
        frame = frames.get(tables, "systems")
        if frame is None:
            return None
        test_set = frames.one_test_set(frame)
        every = frames.metric_order(tables, frame["metric"])
        metrics = in_full(tables, every, self.focus)
        labels = frames.metric_labels(tables)
        ratings = {str(s): frames.number_of(r) for s, r in _pairs(frame, "rating")}
        roles = {str(s): str(r) for s, r in _pairs(frame, "role")}
        rated = {s: r for s, r in ratings.items() if r == r}
        intervals, interval = _intervals(tables)
        lists: list[_List] = []
        if rated:
            lists.append(_List(RATING, rated, {}, {}))
        for metric in metrics:
            rows = frame[frame["metric"] == metric]
            scores = {str(s): frames.number_of(v) for s, v in _pairs(rows, "score")}
            lists.append(_List(labels[metric], scores, rated, intervals.get(metric, {})))
        with style.drawing():
            sheet = Sheet()
            sheet.title(
                self.question,
                f"{test_set}: {frames.counted(len(roles), 'system')}"
                f" ({len(rated)} rated), {frames.how_many(tables, every)}, "
                f"{frames.counted(frames.spread(frame['n_segments']), 'segment')}{interval}",
            )
            here = [r for r in ROLES if r in set(roles.values())]
            keys = [Key.of_mark(ROLE_LABELS[r], ROLES[r], interval=False) for r in here]
            sheet.legend(keys)
            for start in range(0, len(lists), self.beside):
                self._band(sheet, lists[start : start + self.beside], roles)
            if any(v != v for own in lists for v in own.scores.values()):
                sheet.paragraph("\u2013 no score: the metric lacks some of the system's segments.")
            say_rest(sheet, len(every) - len(metrics), SYSTEMS)
            return sheet.finish()

    def _band(self, sheet: Sheet, lists: Sequence[_List], roles: Mapping[str, str]) -> None:
        gap = 0.25
        wide = min((sheet.inner - gap * (self.beside - 1)) / self.beside, 4.2)
        most = max(len(own.scores) for own in lists)
        top = sheet.y + line_height(SMALL) + line_height(TINY)
        for i, own in enumerate(lists):
            _panel(sheet, MARGIN + i * (wide + gap), top, wide, own, roles)
        sheet.y = top + most * PITCH + 0.36


def _intervals(
    tables: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, dict[str, tuple[float, float]]], str]:
    """Metric -> system -> interval, and in words what the intervals are."""
    frame = frames.get(tables, "system_intervals")
    if frame is None:
        return {}, ""
    frame = shown(frame[frame["low"].notna()])
    if frame.empty:
        return {}, ""
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for metric, system, low, high in zip(
        *(frame[c] for c in ("metric", "system", "low", "high")), strict=True
    ):
        found.setdefault(str(metric), {})[str(system)] = (float(low), float(high))
    return found, f"; {interval_name(frame)}s by {frame['unit'].iloc[0]}s"


def _pairs(frame: pd.DataFrame, column: str) -> list[tuple[object, object]]:
    return list(zip(frame["system"], frame[column], strict=True))


def _panel(
    sheet: Sheet,
    x: float,
    top: float,
    wide: float,
    own: _List,
    roles: Mapping[str, str],
) -> None:
    title, scores, ratings = own.title, own.scores, own.ratings
    word = "score" if title != RATING else "rating"
    order = sorted(scores, key=lambda s: (scores[s] != scores[s], -scores[s], s))
    known = [v for v in scores.values() if v == v] or [0.0, 1.0]
    digits = 2 if title == RATING or max(map(abs, known)) >= 5 else 3
    shown = [style.number(scores[s], digits) for s in order]
    beside = [style.number(ratings[s], 2) if s in ratings else "" for s in order]
    score_wide = max([text_width(t, TINY) for t in [*shown, word]])
    rating_wide = max([text_width(t, TINY) for t in [*beside, "rating"]]) + 0.1 if ratings else 0.0
    names = min(max(text_width(style.plain(s)[:200], TINY) for s in order), 0.36 * wide)
    left = x + names + 0.09
    width = wide - names - 0.09 - score_wide - rating_wide - 0.14
    height = len(order) * PITCH
    heading = top - line_height(TINY) - line_height(SMALL) / 2
    sheet.text(x, heading, fit(title, wide, SMALL, True), size=SMALL, bold=True)
    axes = sheet.axes(left, top, width, height)
    axes.set_ylim(height, 0)
    value_axis(axes, width, most=4, size=TINY)
    stripes(axes, [i * PITCH for i in range(len(order))], [PITCH] * len(order))
    ends = [*known, *(v for s, both in own.intervals.items() if s in scores for v in both)]
    pad = 0.08 * (max(ends) - min(ends)) or max(abs(ends[0]) * 0.1, 0.1)
    axes.set_xlim(min(ends) - pad, max(ends) + pad)
    if not min(ends) - pad <= 0.0 <= max(ends) + pad:
        _broken(axes, width, height)
    end = left + width + 0.09 + score_wide
    head = top - line_height(TINY) / 2
    sheet.text(end, head, word, size=TINY, colour=style.SOFT, ha="right")
    if ratings:
        edge = end + rating_wide
        sheet.text(edge, head, "rating", size=TINY, colour=style.SOFT, ha="right")
    for i, system in enumerate(order):
        y = (i + 0.5) * PITCH
        mark = ROLES.get(roles[system], ROLES["system"])
        sheet.text(left - 0.07, top + y, fit(system, names + 0.01, TINY), size=TINY, ha="right")
        if system in own.intervals:
            axes.plot(
                own.intervals[system], [y, y], color=mark.colour, lw=1.1, zorder=2,
                label="interval", clip_on=False,
            )  # fmt: skip
        if scores[system] == scores[system]:
            axes.plot(
                [scores[system]], [y], marker=mark.marker, color=mark.colour, ms=4.2, ls="none",
                label="score", clip_on=False,
            )  # fmt: skip
        sheet.text(end, top + y, shown[i], size=TINY, ha="right")
        if beside[i]:
            edge = end + rating_wide
            sheet.text(edge, top + y, beside[i], size=TINY, colour=style.SOFT, ha="right")


def _broken(axes: Axes, width: float, height: float) -> None:
    """Two short strokes through the left end of the axis: it does not begin at 0."""
    across, up = 0.03 / width, 0.05 / height
    for x in (0.05 / width, 0.09 / width):
        axes.plot(
            [x - across, x + across], [-up, up], color=style.SOFT, lw=0.9, clip_on=False,
            transform=axes.transAxes, label="break", zorder=4,
        )  # fmt: skip
