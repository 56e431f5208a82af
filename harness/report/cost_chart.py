"""Cost against agreement: one point per metric, drawn as SVG in the page.

It is not a plot in a file, because files of equal runs are equal and times are not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from harness.plots.labels import place
from harness.report.agreement_words import grouping_label, statistic_label
from harness.report.content import ReportContent
from harness.report.cost_table import agreement_columns, microseconds
from harness.report.metric_info import metric_infos
from harness.report.ticks import round_steps
from harness.support.formatting import is_missing, is_percentage, number

__all__ = ["CostChart", "Point", "Tick", "cost_chart"]

WIDTH, HEIGHT = 720, 340
LEFT, RIGHT, TOP, BOTTOM = 62, 24, 14, 48
LETTER, LINE = 7.2, 16.0  # pixels of a letter and a line of a label
LONGEST = 28  # letters of a label
RADIUS = 5
INCH = 96  # pixels


@dataclass(frozen=True)
class Tick:
    """Where a scale has a number, in pixels, and the number."""

    at: str
    text: str


@dataclass(frozen=True)
class Point:
    """A metric: its place, and that of its label (the start of its line), '' where there is no
    room; ``title`` has both numbers."""

    x: str
    y: str
    label: str
    label_x: str
    label_y: str
    title: str


@dataclass(frozen=True)
class CostChart:
    """Points in a frame from (left, top) to (right, bottom), with the numbers of both scales."""

    title: str
    across: str
    up: str
    points: Sequence[Point]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM
    radius: int = RADIUS


def cost_chart(content: ReportContent) -> CostChart | None:
    """Metrics by the CPU time of a translation (log scale) and by the first statistic of the
    verdict that the run has; None with fewer than two metrics of which both are known."""
    columns = agreement_columns(content.table("meta_evaluation"))
    costs = microseconds(content)
    if not columns or not costs:
        return None
    (level, name, grouping, system_score), values = columns[0]
    infos = metric_infos(content)
    scale = 100.0 if is_percentage(name) else 1.0
    known = {
        m: (costs[m], scale * values[m])
        for m in infos
        if costs.get(m, 0.0) > 0.0 and m in values and not is_missing(values[m])
    }
    if len(known) < 2:
        return None
    x_low, x_high = _decades([x for x, _ in known.values()])
    y_low, y_high = _room([y for _, y in known.values()])
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def across(x: float) -> float:
        return LEFT + wide * (math.log10(x) - x_low) / (x_high - x_low)

    def up(y: float) -> float:
        return HEIGHT - BOTTOM - high * (y - y_low) / (y_high - y_low)

    unit = ", %" if is_percentage(name) else ""
    decades = range(math.ceil(x_low - 1e-9), math.floor(x_high + 1e-9) + 1)
    return CostChart(
        title="Cost against agreement",
        across="CPU microseconds per translation (log scale)",
        up=f"{statistic_label(name)}{unit}, {level} level, "
        f"{grouping_label(level, grouping, system_score)}",
        points=_points(
            [(infos[m].label, across(x), up(y), x, y) for m, (x, y) in known.items()], unit
        ),
        x_ticks=[Tick(f"{across(10.0**k):.1f}", _power(k)) for k in decades],
        y_ticks=[Tick(f"{up(y):.1f}", number(y, d)) for y, d in round_steps(y_low, y_high, 7)],
    )


def _points(found: Sequence[tuple[str, float, float, float, float]], unit: str) -> list[Point]:
    """The points (label, place, both numbers) with labels that cover neither each other nor a
    point."""
    texts = [t if len(t) <= LONGEST else t[: LONGEST - 1] + "…" for t, *_ in found]
    boxes = place(  # in inches, upwards
        [(x / INCH, -y / INCH, RADIUS / INCH) for _, x, y, _, _ in found],
        [(LETTER * len(t) / INCH, LINE / INCH) for t in texts],
        (LEFT / INCH, (BOTTOM - HEIGHT) / INCH, (WIDTH - RIGHT) / INCH, -TOP / INCH),
        farthest=0.4,
    )
    points = []
    for (label, x, y, cost, value), text, box in zip(found, texts, boxes, strict=True):
        points.append(
            Point(
                f"{x:.1f}",
                f"{y:.1f}",
                text,
                "" if box is None else f"{INCH * box[0]:.1f}",
                "" if box is None else f"{-INCH * box[1] - LINE / 4:.1f}",
                f"{label}: {number(cost, 1)} microseconds per translation, "
                f"{number(value, 1 if unit else 3)}{unit[1:]}",
            )
        )
    return points


def _decades(values: Sequence[float]) -> tuple[float, float]:
    """The range of a log scale that holds ``values`` and at least two powers of ten."""
    low, high = math.log10(min(values)) - 0.15, math.log10(max(values)) + 0.15
    if math.floor(high) - math.ceil(low) < 1:
        low, high = min(low, math.floor(low)), max(high, math.ceil(high))
    return low, high


def _room(values: Sequence[float]) -> tuple[float, float]:
    """A range that holds ``values`` with some room."""
    low, high = min(values), max(values)
    pad = 0.12 * (high - low) or 0.1 * abs(high) or 1.0
    return low - pad, high + pad


def _power(k: int) -> str:
    return number(10.0**k, max(0, -k))
