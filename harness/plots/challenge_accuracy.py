"""Challenge accuracy: which kinds of pair of a challenge set a metric gets right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from harness.plots import frames, style
from harness.plots.bands import Row, panels
from harness.plots.sheet import Key, Sheet
from harness.plots.style import Mark
from harness.tables.settings import interval_name

__all__ = ["ChallengeAccuracy"]

ABOVE, BELOW, NEITHER = Mark(style.BLUE, "o"), Mark(style.RED, "v"), Mark(style.FAINT, "s")


@dataclass(frozen=True)
class ChallengeAccuracy:
    """A panel for each metric, a row for each phenomenon: accuracy with its interval.

    Parameters
    ----------
    sentinels
        Whether sentinels get a panel too.
    """

    sentinels: bool = False
    name: ClassVar[str] = "challenge_accuracy"
    question: ClassVar[str] = "On which kinds of pair does a metric prefer the good translation?"
    explanation: ClassVar[str] = (
        "Each row is a kind of pair of a challenge set, with the number of pairs in brackets. Right"
        " of the dotted line the metric prefers the good translation more often than chance, left"
        " of it the incorrect one. The pairs were chosen, often to fool metrics, so a mean over the"
        " rows would say little and is not given."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None where ``challenges`` holds no accuracy."""
        frame = frames.get(tables, "challenges")
        if frame is None:
            return None
        test_set = frames.one_test_set(frame)
        known = frame[frame["accuracy"].notna()]
        if not self.sentinels:
            known = known[known["kind"] == "metric"]
        if known.empty:
            return None
        metrics = frames.metric_order(tables, known["metric"])
        labels = frames.metric_labels(tables)
        kinds = [str(k) for k in dict.fromkeys(known["phenomenon"])]
        cells = {(str(r["metric"]), str(r["phenomenon"])): r for _, r in known.iterrows()}
        pairs = {
            str(kind): frames.spread(n) for kind, n in known.groupby("phenomenon", sort=False)["n"]
        }
        with style.drawing():
            sheet = Sheet()
            sheet.title(
                self.question,
                f"{test_set}: {frames.how_many(tables, metrics)}; {interval_name(known)}s",
            )
            sheet.legend(
                [
                    Key.of_mark("above chance", ABOVE),
                    Key.of_mark("not distinguishable from chance", NEITHER),
                    Key.of_mark("below chance", BELOW),
                    Key.of_line("chance", style.SOFT, ":"),
                ]
            )
            controls = set(known[known["control"]]["phenomenon"])
            rows = [
                Row(f"{style.plain(k)} ({pairs[k]}{', control' if k in controls else ''})")
                for k in kinds
            ]
            bands = panels(
                sheet,
                rows,
                [(style.plain(labels[m]),) for m in metrics],
                pitch=0.23,
                widest_label=2.6,
                axis_label="good translation preferred, %",
            )
            drawn = iter(metrics)
            for band in bands:
                for axes in band.axes:
                    metric = next(drawn)
                    axes.set_xlim(-2, 102)
                    axes.axvline(50, color=style.SOFT, ls=":", lw=1.1, zorder=1, label="chance")
                    for kind, y in zip(kinds, band.centres, strict=True):
                        if (metric, kind) in cells:
                            row = cells[metric, kind]
                            columns = ("accuracy", "low", "high")
                            _point(axes, y, *(100 * frames.number_of(row[c]) for c in columns))
            return sheet.finish()


def _point(axes: Axes, y: float, value: float, low: float, high: float) -> None:
    mark = ABOVE if low > 50 else BELOW if high < 50 else NEITHER
    axes.plot([low, high], [y, y], color=mark.colour, lw=1.3, zorder=2, label="interval")
    axes.plot(
        [value], [y], marker=mark.marker, color=mark.colour, ms=5, ls="none", zorder=3,
        label="value", clip_on=False,
    )  # fmt: skip
