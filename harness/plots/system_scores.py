"""System scores: how each metric orders the systems, and how the raters do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.figure import Figure

from harness.plots import frames, style
from harness.plots.bands import stripes, value_axis
from harness.plots.sheet import MARGIN, SMALL, Key, Sheet, fit, line_height, text_width
from harness.plots.style import Mark

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
class SystemScores:
    """A panel for each metric: the systems, the best first, each with its score and rating.

    Parameters
    ----------
    beside
        Number of panels beside each other.
    """

    beside: int = 3
    name: ClassVar[str] = "system_scores"
    question: ClassVar[str] = "How does each metric order the systems, and do the raters agree?"
    explanation: ClassVar[str] = (
        "Each panel sorts the systems by one metric's score; where there are ratings, the first"
        " panel sorts them by these. The number beside a score is the mean human rating; 0 is best."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None without rows in ``systems``."""
        frame = frames.get(tables, "systems")
        if frame is None:
            return None
        test_set = frames.one_test_set(frame)
        metrics = frames.metric_order(tables, frame["metric"])
        labels = frames.metric_labels(tables)
        ratings = {str(s): frames.number_of(r) for s, r in _pairs(frame, "rating")}
        roles = {str(s): str(r) for s, r in _pairs(frame, "role")}
        rated = {s: r for s, r in ratings.items() if r == r}
        lists: list[tuple[str, dict[str, float], dict[str, float]]] = []
        if rated:
            lists.append((RATING, rated, {}))
        for metric in metrics:
            rows = frame[frame["metric"] == metric]
            scores = {str(s): frames.number_of(v) for s, v in _pairs(rows, "score")}
            lists.append((labels[metric], scores, rated))
        with style.drawing():
            sheet = Sheet()
            sheet.title(
                self.question,
                f"{test_set}: {frames.counted(len(roles), 'system')}"
                f" ({len(rated)} rated), {frames.how_many(tables, metrics)}, "
                f"{frames.counted(frames.spread(frame['n_segments']), 'segment')}",
            )
            here = [r for r in ROLES if r in set(roles.values())]
            keys = [Key.of_mark(ROLE_LABELS[r], ROLES[r], interval=False) for r in here]
            sheet.legend(keys)
            for start in range(0, len(lists), self.beside):
                self._band(sheet, lists[start : start + self.beside], roles)
            if any(v != v for _, scores, _ in lists for v in scores.values()):
                sheet.paragraph("\u2013 no score: the metric lacks some of the system's segments.")
            return sheet.finish()

    def _band(
        self,
        sheet: Sheet,
        lists: Sequence[tuple[str, dict[str, float], dict[str, float]]],
        roles: Mapping[str, str],
    ) -> None:
        gap = 0.25
        wide = min((sheet.inner - gap * (self.beside - 1)) / self.beside, 4.2)
        most = max(len(scores) for _, scores, _ in lists)
        top = sheet.y + line_height(SMALL) + line_height(TINY)
        for i, (title, scores, ratings) in enumerate(lists):
            _panel(sheet, MARGIN + i * (wide + gap), top, wide, title, scores, ratings, roles)
        sheet.y = top + most * PITCH + 0.36


def _pairs(frame: pd.DataFrame, column: str) -> list[tuple[object, object]]:
    return list(zip(frame["system"], frame[column], strict=True))


def _panel(
    sheet: Sheet,
    x: float,
    top: float,
    wide: float,
    title: str,
    scores: Mapping[str, float],
    ratings: Mapping[str, float],
    roles: Mapping[str, str],
) -> None:
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
    pad = 0.08 * (max(known) - min(known)) or max(abs(known[0]) * 0.1, 0.1)
    axes.set_xlim(min(known) - pad, max(known) + pad)
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
        if scores[system] == scores[system]:
            axes.plot(
                [scores[system]], [y], marker=mark.marker, color=mark.colour, ms=4.2, ls="none",
                label="score", clip_on=False,
            )  # fmt: skip
        sheet.text(end, top + y, shown[i], size=TINY, ha="right")
        if beside[i]:
            edge = end + rating_wide
            sheet.text(edge, top + y, beside[i], size=TINY, colour=style.SOFT, ha="right")
