"""Relative drops: how far each metric's score falls for each kind of injected error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from harness.plots import frames, style
from harness.plots.bands import Band, Row, panels
from harness.plots.sheet import SMALL, Key, Sheet, line_height
from harness.plots.style import Mark
from harness.support.formatting import listed
from harness.tables.settings import either, interval_name

__all__ = ["RelativeDrops"]

MARKS: Mapping[str, Mark] = {"major": Mark(style.RED, "D"), "minor": Mark(style.BLUE, "o")}
MEASURED = "measured"
#: Drops beyond these (in %) are drawn as an arrow at the edge.
FARTHEST = (-60.0, 160.0)
#: How far above the panels the second line of their heads lies, in inches.
HEAD = 0.06 + line_height(SMALL) / 2


@dataclass(frozen=True)
class RelativeDrops:
    """Rows: kinds of error, by category. One panel per metric: the relative drop with its interval.

    Parameters
    ----------
    sentinels
        Whether sentinels also get panels.
    """

    sentinels: bool = False
    name: ClassVar[str] = "relative_drops"
    question: ClassVar[str] = (
        "How far does each metric's score fall for an error, and does severity matter?"
    )
    explanation: ClassVar[str] = (
        "A mark is the relative drop: the mean fall in score when one error of a kind is put into a"
        " translation, in per cent of the fall when an unrelated sentence takes its place. The line"
        " is its confidence interval. Beside it stand, in per cent, the accuracy (how often the"
        " translation without the error scores higher; ties count half, 50 is chance) and in"
        " brackets the share of ties. n is the number of pairs of a translation without and with"
        " the error; hollow marks and grey numbers rest on too few."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None where no kind of error in ``injections`` has a pair."""
        frame = frames.get(tables, "injections")
        if frame is None:
            return None
        test_set = frames.one_test_set(frame)
        hidden = set() if self.sentinels else frames.sentinels_of(tables)
        frame = frame[~frame["metric"].isin(hidden) & (frame["n"] > 0)]
        if frame.empty:
            return None
        labels = frames.metric_labels(tables)
        metrics = frames.metric_order(tables, frame["metric"])
        lines = _lines(frame)
        cells: dict[tuple[str, str | None], Any] = {
            (str(r.metric), str(r.injector)): r for r in frame.itertuples(index=False)
        }
        limits = _limits(frame)
        with style.drawing():
            sheet = Sheet()
            keys = [key for _, key in lines]
            kinds = frames.counted(len(keys) - keys.count(None), "kind")
            sheet.title(
                self.question,
                f"{test_set}: {kinds} of error put into "
                f"{listed(str(frame['bases'].iloc[0]).split(', '))}, "
                f"{frames.how_many(tables, metrics)}",
            )
            sheet.legend(_keys(frame))
            rows = [
                Row(words.replace("_", " "), _grey(cells, metrics, key), head=key is None)
                for words, key in lines
            ]
            titles = [[labels[m], "drop, %"] for m in metrics]
            bands = panels(
                sheet, rows, titles, pitch=0.19, narrowest=0.88, gutter=0.72, right=0.42,
            )  # fmt: skip
            drawn = iter(metrics)
            for band in bands:
                for axes in band.axes:
                    _panel(axes, keys, cells, next(drawn), band.centres, limits)
                _sizes(sheet, band, keys, cells, metrics)
            for note in _notes(frame):
                sheet.paragraph(note)
            return sheet.finish()


def _lines(frame: pd.DataFrame) -> list[tuple[str, str | None]]:
    """What stands in each row: a category (without a key), or an injector and its key. Within a
    category major errors come first."""
    own = frame.drop_duplicates("injector")
    result: list[tuple[str, str | None]] = []
    for category, rows in own.groupby("news_category", sort=False):
        result.append((str(category), None))
        order = rows.sort_values("severity", kind="stable", key=lambda s: s != "major")
        result += [(str(name), str(name)) for name in order["injector"]]
    return result


def _limits(frame: pd.DataFrame) -> tuple[float, float]:
    """A range in % that holds 0, every drop and the intervals of kinds with enough pairs."""
    sure = frame[frame["tier"] == MEASURED]
    columns = [frame["relative_drop"], sure["low"], sure["high"]]
    known = [0.0, 5.0, *(100 * float(v) for c in columns for v in c.dropna())]
    low, high = max(min(known), FARTHEST[0]), min(max(known), FARTHEST[1])
    pad = 0.06 * (high - low)
    return low - pad, high + pad


def _grey(
    cells: Mapping[tuple[str, str | None], Any], metrics: Sequence[str], key: str | None
) -> bool:
    own = [cells[m, key] for m in metrics if (m, key) in cells]
    return bool(own) and all(cell.tier != MEASURED for cell in own)


def _keys(frame: pd.DataFrame) -> list[Key]:
    present = list(dict.fromkeys(frame["severity"]))
    names = [s for s in MARKS if s in present]
    keys = [Key.of_mark(f"{s} error, with {interval_name(frame)}", MARKS[s]) for s in names[:1]]
    keys += [Key.of_mark(f"{s} error", MARKS[s]) for s in names[1:]]
    return [*keys, Key.of_line("no drop", style.SOFT, ":")]


def _panel(
    axes: Axes,
    keys: Sequence[str | None],
    cells: Mapping[tuple[str, str | None], Any],
    metric: str,
    centres: Sequence[float],
    limits: tuple[float, float],
) -> None:
    """One metric: in each row a drop with its interval, accuracy and ties."""
    axes.set_xlim(*limits)
    axes.axvline(0.0, color=style.SOFT, ls=":", lw=1.0, zorder=1)
    axes.text(
        1.05, -HEAD, "acc. (ties)", size=7.0, color=style.SOFT, va="center", label="head",
        transform=axes.get_yaxis_transform(),
    )  # fmt: skip
    for key, y in zip(keys, centres, strict=True):
        cell = cells.get((metric, key))
        if cell is None:
            continue
        sure = cell.tier == MEASURED
        mark = MARKS.get(str(cell.severity), Mark(style.INK, "s"))
        value, low, high = (
            100 * frames.number_of(v) for v in (cell.relative_drop, cell.low, cell.high)
        )
        if value == value:
            if low == low and high == high:
                axes.plot(
                    [low, high], [y, y], color=mark.colour if sure else style.PALE,
                    lw=1.3 if sure else 1.0, zorder=2, label="interval",
                )  # fmt: skip
            _point(axes, value, y, mark, sure, limits)
        accuracy, ties = 100 * frames.number_of(cell.accuracy), frames.number_of(cell.tie_rate)
        text = style.number(accuracy, 0)
        if ties >= 0.005:
            text += f" ({style.number(100 * ties, 0)})"
        axes.text(
            1.05, y, text, size=7.5, va="center", color=style.INK if sure else style.FAINT,
            label="number", transform=axes.get_yaxis_transform(),
        )  # fmt: skip


def _point(
    axes: Axes, value: float, y: float, mark: Mark, sure: bool, limits: tuple[float, float]
) -> None:
    """The marker of a drop; an arrow at the edge where it lies beyond."""
    if not limits[0] <= value <= limits[1]:
        right = value > limits[1]
        axes.plot(
            [limits[1] if right else limits[0]], [y], marker=">" if right else "<", ms=5,
            color=mark.colour if sure else style.PALE, ls="none", zorder=3, clip_on=False,
            label="beyond",
        )  # fmt: skip
        return
    axes.plot(
        [value], [y], marker=mark.marker, ms=4.6, ls="none", zorder=3, clip_on=False,
        color=mark.colour, markerfacecolor=mark.colour if sure else "white", label="drop",
        markeredgewidth=1.0,
    )  # fmt: skip


def _sizes(
    sheet: Sheet,
    band: Band,
    keys: Sequence[str | None],
    cells: Mapping[tuple[str, str | None], Any],
    metrics: Sequence[str],
) -> None:
    """The number of pairs of each kind, at the right of the band."""
    x = sheet.width - 0.24
    sheet.text(x, band.top - HEAD, "n", size=7.5, colour=style.SOFT, ha="right")
    for key, centre in zip(keys, band.centres, strict=True):
        own = [cells[m, key] for m in metrics if (m, key) in cells]
        if own:
            colour = style.FAINT if _grey(cells, metrics, key) else style.INK
            text = frames.spread(cell.n for cell in own)
            sheet.text(x, band.top + centre, text, size=7.5, colour=colour, ha="right")


def _notes(frame: pd.DataFrame) -> list[str]:
    few = frame[frame["tier"] != MEASURED]
    notes = []
    if len(few) == len(frame):
        limit = either(list(frame["minimum_pairs"]))
        notes.append(
            f"No kind of error has {limit} pairs: read every mark as a hint. An interval that "
            "reaches a panel's edge may continue beyond it."
        )
    beyond = (100 * frame["relative_drop"]).dropna()
    if ((beyond < FARTHEST[0]) | (beyond > FARTHEST[1])).any():
        notes.append("Arrows at an edge: the drop lies beyond it.")
    lacking = frame[frame["relative_drop"].isna()]
    if len(lacking):
        number = frames.counted(len(lacking), "relative drop is", "relative drops are")
        notes.append(f"{number} undefined: the column note of the table says why.")
    return notes
