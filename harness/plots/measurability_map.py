"""Measurability map: on which kinds of error these ratings can judge a metric."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from harness.plots import frames, style
from harness.plots.cells import Cells
from harness.plots.labels import Box, leader, place
from harness.plots.sheet import MARGIN, SMALL, Key, Sheet, fit, line_height, text_width
from harness.plots.style import Mark

__all__ = ["MeasurabilityMap"]

TIERS: Mapping[str, Mark] = {
    "reliable": Mark(style.BLUE, "o"),
    "weak": Mark(style.ORANGE, "s"),
    "one rater": Mark(style.ORANGE, "^"),
    "unreliable": Mark(style.FAINT, "v"),
    "too few": Mark(style.PALE, "X"),
}
LEFT, LONGEST = 0.75, 1.9  # inches: room for the scale, for a label
CHANCE = 50.0


@dataclass(frozen=True)
class _Point:
    """A category: its part of the penalty (%), the raters' agreement on its label with interval
    (%), the effective number of pairs, the tier."""

    category: str
    share: float
    value: float
    low: float
    high: float
    n_eff: float
    tier: str

    @property
    def mark(self) -> Mark:
        return TIERS.get(self.tier, Mark(style.SOFT, "P"))


@dataclass(frozen=True)
class MeasurabilityMap:
    """A point for each category: horizontally its share of the penalty (log scale), vertically how
    often a held-out rater's marks in that category identify the better translation; the area shows
    the number of pairs.

    Parameters
    ----------
    view
        The view of error categories; the table's first view if it lacks this one.
    """

    view: str = "news"
    name: ClassVar[str] = "measurability_map"
    question: ClassVar[str] = (
        "Which kinds of error can these ratings judge, and which need injected errors?"
    )
    explanation: ClassVar[str] = (
        "Further right: a larger share of all penalties. Further up: the raters agree better on the"
        " category (50 % is chance). A metric can be judged on a category whose interval lies above"
        " 50 %; for the others, errors must be put in on purpose. Grey intervals may continue"
        " beyond the edge."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None where no category has a ``label`` row with a value."""
        frame = frames.get(tables, "categories")
        if frame is None:
            return None
        cells = Cells.of(tables, frame, self.view)
        points, absent = _points(cells)
        if not points:
            return None
        largest = style.number(max((p.n_eff for p in points if p.n_eff == p.n_eff), default=0), 0)
        with style.drawing():
            sheet = Sheet()
            sheet.title(self.question, f"{cells.facts}; {cells.intervals}s")
            keys = [
                Key.of_mark(tier, mark)
                for tier, mark in TIERS.items()
                if any(p.tier == tier for p in points)
            ]
            sheet.legend([*keys, Key.of_size(f"area: effective pairs (largest: {largest})")])
            left_off = _map(sheet, points)
            if left_off:
                sheet.paragraph(f"No room for the labels of: {', '.join(left_off)}.")
            if absent:
                sheet.paragraph(f"Not on the map, because a value is missing: {', '.join(absent)}.")
            return sheet.finish()


def _points(cells: Cells) -> tuple[list[_Point], list[str]]:
    """The categories that have both values, and the names of those that lack one."""
    points, absent = [], []
    for category in cells.categories:
        label = cells.cell("label", category)
        if label is None or label.value != label.value or not cells.shares[category] > 0:
            absent.append(style.plain(category))
            continue
        rows = cells.of_metrics(category)
        n_eff = max((frames.number_of(n) for n in rows["n_eff"]), default=math.nan)
        points.append(
            _Point(
                category,
                cells.shares[category],
                label.value,
                label.low,
                label.high,
                n_eff,
                str(rows["tier"].iloc[0]),
            )
        )
    return points, absent


def _map(sheet: Sheet, points: Sequence[_Point]) -> list[str]:
    """Draw the points and their labels; returns the labels for which there was no room."""
    width, height = sheet.inner - LEFT, 4.2 + 0.1 * max(0, len(points) - 10)
    left = MARGIN + LEFT
    axes = sheet.axes(left, sheet.y, width, height)
    shares = [p.share for p in points]
    first, last = math.log10(min(shares)) - 0.15, math.log10(max(shares)) + 0.15
    low, high = _heights(points)
    axes.set_xscale("log")
    axes.set(xlim=(10**first, 10**last), ylim=(low, high))
    _ticks(axes, first, last)
    axes.grid(color=style.RULE, lw=0.4)
    axes.axhline(CHANCE, color=style.SOFT, ls=":", lw=1.2, zorder=1)
    most = max((p.n_eff for p in points if p.n_eff == p.n_eff), default=0.0)
    places, lines = [], []
    for p in points:
        area = 18 + (240 * p.n_eff / most if most > 0 and p.n_eff == p.n_eff else 0)
        x = (math.log10(p.share) - first) / (last - first) * width
        scale = height / (high - low)
        places.append((x, (p.value - low) * scale, math.sqrt(area) / 144 + 0.02))
        if p.low == p.low and p.high == p.high:
            grey = p.tier in frames.GREYED
            axes.plot(
                [p.share] * 2, [p.low, p.high], color=style.RULE if grey else p.mark.colour,
                lw=0.9 if grey else 1.2, zorder=1 if grey else 2, label="interval",
            )  # fmt: skip
            lines.append((x - 0.02, (p.low - low) * scale, x + 0.02, (p.high - low) * scale))
        axes.scatter(
            [p.share], [p.value], s=area, color=p.mark.colour, marker=p.mark.marker, zorder=3,
            edgecolor="white", linewidth=0.5, label="category",
        )  # fmt: skip
    _across(sheet, left + width / 2, sheet.y + height + 0.36)
    said = "pairs in which a rater's marks of the category show the better translation, %"
    label = sheet.text(MARGIN + 0.1, sheet.y + height / 2, said, size=SMALL, colour=style.SOFT)
    label.set(rotation=90, ha="center")
    texts = [fit(p.category, LONGEST, SMALL) for p in points]
    sizes = [(text_width(t, SMALL) + 0.04, line_height(SMALL)) for t in texts]
    boxes = place(places, sizes, (0.0, 0.0, width, height), lines)
    left_off = []
    for p, at, text, box in zip(points, places, texts, boxes, strict=True):
        if box is None:
            left_off.append(text)
            continue
        _label(sheet, left, at, text, box, p.tier in frames.GREYED, axes, width, height)
    sheet.y += height + 0.55
    return left_off


def _heights(points: Sequence[_Point]) -> tuple[float, float]:
    """A range that holds all values, and the intervals of the categories that can be judged."""
    values = [CHANCE]
    for p in points:
        values += [p.value] if p.tier in frames.GREYED else [p.value, p.low, p.high]
    known = [v for v in values if v == v]
    return max(0.0, min(known) - 3), min(100.0, max(known) + 3)


def _label(
    sheet: Sheet,
    left: float,
    point: tuple[float, float, float],
    text: str,
    box: Box,
    grey: bool,
    axes: Axes,
    width: float,
    height: float,
) -> None:
    """The text in its box, and a thin line to its point where that is not next to it."""
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    end = leader(point, box, 0.1)
    if end is not None:
        axes.plot(
            [point[0] / width, end[0] / width], [point[1] / height, end[1] / height],
            color=style.PALE, lw=0.6, transform=axes.transAxes, zorder=1, label="leader",
        )  # fmt: skip
    colour = style.FAINT if grey else style.INK
    artist = sheet.text(
        left + middle[0], sheet.y + height - middle[1], text, size=SMALL, colour=colour, ha="center"
    )
    artist.set_label("label")
    artist.set_bbox({"boxstyle": "square,pad=0.05", "fc": "white", "ec": "none", "alpha": 0.8})


def _across(sheet: Sheet, x: float, y: float) -> None:
    said = "share of all penalties, % (log scale)"
    sheet.text(x, y, said, size=SMALL, colour=style.SOFT, ha="center")


def _ticks(axes: Axes, first: float, last: float) -> None:
    """Ticks at 1, 2 and 5 of each decade, or at 1 alone where there are many decades."""
    steps = (1, 2, 5) if last - first < 3.2 else (1,)
    decades = range(math.floor(first), math.ceil(last) + 1)
    ticks = [s * 10.0**d for d in decades for s in steps if first <= d + math.log10(s) <= last]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.10g}"))
