"""The verdict: metrics by how well they agree with the raters, a bar each, for every statistic.

A bar is the interval with the value in it; lines across all bars are what a metric without
information gets (chance) and what one rater gets (ceiling). Positions are per cent of the drawing's
width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.report.agreement_table import caption
from harness.report.agreement_words import grouping_label, statistic_label
from harness.report.content import ReportContent, csv_file, records
from harness.report.metric_info import MetricInfo, label_of, metric_infos
from harness.report.ticks import round_steps
from harness.support.formatting import (
    count,
    is_missing,
    is_percentage,
    number,
    plural,
    statistic,
    statistic_interval,
)
from harness.tables.settings import interval_name

__all__ = ["FIRST", "KEY", "Bar", "Key", "VerdictChart", "verdict_charts"]

#: Steps of the axis, about.
TICKS = 6
#: What tells statistics apart.
KEY = ["level", "statistic", "grouping", "system_score"]
Key = tuple[str, str, str, str]
#: The statistics that stand first, where a run has them.
FIRST: tuple[Key, ...] = (
    ("segment", "acc_eq", "item", ""),
    ("system", "soft_pairwise_accuracy", "none", "mean"),
)


@dataclass(frozen=True)
class Bar:
    """A metric: its rank cluster ('': not tested), the value and its interval as text, and where
    they lie; '' where there is none."""

    label: str
    badge: str
    cluster: str
    value: str
    interval: str
    low: str
    width: str
    at: str


@dataclass(frozen=True)
class VerdictChart:
    """The bars of one statistic, the best metric first; ``chance`` and ``ceiling`` as positions and
    as texts, ``ticks`` of the axis as positions and texts; ``level``, ``statistic`` and
    ``grouping`` in words;
    ``notes`` say why there are no ranks or no ceiling."""

    title: str
    level: str
    statistic: str
    grouping: str
    explanation: str
    csv: str
    bars: Sequence[Bar]
    chance: str
    chance_text: str
    ceiling: str
    ceiling_text: str
    ticks: Sequence[tuple[str, str]]
    notes: Sequence[str] = ()

    @property
    def tells(self) -> bool:
        """Whether a value has an interval: without any they are hints."""
        return any(bar.interval for bar in self.bars)


def verdict_charts(content: ReportContent) -> list[VerdictChart]:
    """A chart for each statistic of ``meta_evaluation`` on the whole test set and all errors; those
    of :data:`FIRST` first. Empty without ratings."""
    meta = content.table("meta_evaluation")
    if meta is None:
        return []
    meta = meta[(meta["category"] == "all") & (meta["subset"] == "all") & meta["value"].notna()]
    infos = metric_infos(content)
    groups = {
        (str(level), str(name), str(grouping), str(system_score)): rows
        for (level, name, grouping, system_score), rows in meta.groupby(KEY, sort=False)
    }
    order = [key for key in FIRST if key in groups]
    order += [key for key in groups if key not in order]
    return [_chart(key, groups[key], infos) for key in order]


def _chart(key: Key, rows: pd.DataFrame, infos: dict[str, MetricInfo]) -> VerdictChart:
    level, name, grouping, system_score = key
    rows = rows.sort_values(["value", "metric"], ascending=[False, True], kind="stable")
    chance, ceiling = (_first(rows[column]) for column in ("chance", "ceiling"))
    ends = [rows[c] for c in ("value", "low", "high")]
    known = pd.concat([*ends, pd.Series([chance, ceiling])]).dropna()
    low, high = float(known.min()), float(known.max())
    room = 0.04 * (high - low) or 0.05
    least = 0.0 if is_percentage(name) else -1.0
    low, high = max(low - room, min(low, least)), min(high + room, max(high, 1.0))

    def place(value: float) -> str:
        return "" if is_missing(value) else f"{100 * (value - low) / (high - low):.2f}"

    bars = [_bar(row, name, place, infos) for row in records(rows)]
    systems, segments = rows["n_systems"].max(), rows["n_segments"].max()
    unit = ", %" if is_percentage(name) else ""
    words = (caption(level, "all", ("all", "all")), statistic_label(name) + unit,
             grouping_label(level, grouping, system_score))  # fmt: skip
    return VerdictChart(
        "{}: {}, {}".format(*words),
        *words,
        explanation=(
            f"{plural(systems, 'system')}, {plural(segments, 'segment')}. "
            + (
                f"A bar is the {interval_name(rows)}, the mark in it the value. "
                if rows["low"].notna().any()
                else "A mark is a value; without an interval (corpus scores, or too few documents) "
                "it is a hint, not a measurement. "
            )
            + "Metrics of one rank cannot be told apart from the best of them."
        ),
        csv=csv_file("meta_evaluation"),
        bars=bars,
        chance=place(chance),
        chance_text="" if is_missing(chance) else f"chance {statistic(name, chance)}",
        ceiling=place(ceiling),
        ceiling_text="" if is_missing(ceiling) else f"one rater {statistic(name, ceiling)}",
        ticks=[
            (place(at), number(100 * at if unit else at, max(0, decimals - (2 if unit else 0))))
            for at, decimals in round_steps(low, high, TICKS)
        ],
        notes=_notes(rows, infos),
    )


def _notes(rows: pd.DataFrame, infos: dict[str, MetricInfo]) -> list[str]:
    """Why no metric has a rank, and why there is no ceiling, where that is so."""
    sentinels = {name for name, info in infos.items() if info.is_sentinel}
    own = rows[~rows["metric"].isin(sentinels)]
    notes = []
    if own["cluster"].isna().all():
        reasons = [r for note in own["note"] for r in note.split("; ") if "not tested" in r]
        notes.append("no ranks: " + (reasons[0] if reasons else "the metrics were not tested"))
    if rows["ceiling"].isna().all():
        known = [note for note in rows["ceiling_note"] if note]
        notes += known[:1]
    return notes


def _bar(row: Any, name: str, place: Any, infos: dict[str, MetricInfo]) -> Bar:
    info = infos.get(str(row.metric))
    start, end = place(row.low), place(row.high)
    return Bar(
        label=label_of(infos, str(row.metric)),
        badge="sentinel" if info is not None and info.is_sentinel else "",
        cluster="" if is_missing(row.cluster) else count(row.cluster),
        value=statistic(name, row.value),
        interval=statistic_interval(name, row.low, row.high),
        low=start,
        width=f"{float(end) - float(start):.2f}" if start and end else "",
        at=place(row.value),
    )


def _first(column: pd.Series) -> float:
    known = column.dropna()
    return float(known.iloc[0]) if len(known) else math.nan
