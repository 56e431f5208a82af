"""The table systems x metrics: corpus scores beside the mean human rating."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.plots.families import MANY
from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row, browser_link, turned
from harness.report.metric_info import MetricInfo, metric_infos
from harness.support.formatting import is_missing, number, plural, rating
from harness.system_comparison.shown import best_first, shown
from harness.tables.settings import interval_name

__all__ = ["ordered_systems", "system_table"]

BADGES: Mapping[str, str] = {"human": "reference", "injected": "errors put in on purpose"}


def ordered_systems(content: ReportContent) -> list[str]:
    """The systems of the test set, best rated first; those without a rating follow, those first
    that the metrics put first."""
    systems = content.table("systems")
    names = content.test_set.systems
    if systems is None:
        return names
    ratings = systems.groupby("system")["rating"].first()
    sentinels = [name for name, info in metric_infos(content).items() if info.is_sentinel]
    by_metrics = best_first(systems[~systems["metric"].isin(sentinels)])
    known = list(dict.fromkeys([*by_metrics, *names, *map(str, ratings.index)]))

    def place(name: str) -> tuple[bool, float]:
        value = float(ratings.get(name, math.nan))
        return (is_missing(value), 0.0 if is_missing(value) else -value)

    return sorted(known, key=place)


def system_table(content: ReportContent, only: Sequence[str] | None = None) -> Grid | None:
    """The grid, systems best first, of all metrics or ``only`` of these; None without the table
    ``systems``."""
    systems = content.table("systems")
    if systems is None:
        return None
    infos = {n: i for n, i in metric_infos(content).items() if n in set(systems["metric"])}
    shown = [info for info in infos.values() if not info.is_sentinel]
    if only is not None:
        shown = [infos[name] for name in only if name in infos]
    notes = Footnotes()
    reasons = _reasons(content)
    by_key = {(row.system, row.metric): row for row in records(systems)}
    first = {row.system: row for row in reversed(list(records(systems)))}
    rated = bool(systems["rating"].notna().any())
    sure = _Sureness.of(content)
    rows = []
    for name in ordered_systems(content):
        if name not in first:
            continue
        row = first[name]
        cells = [
            Cell(
                name,
                badge=BADGES.get(row.role, ""),
                title="show its translations",
                href=browser_link(systems=name),
                header=True,
            )
        ]
        if rated:
            cells.append(_rating_cell(row, notes))
        for info in shown:
            reason = reasons.get((name, info.name), "this run has no score for it")
            score_row = by_key.get((name, info.name))
            cells.append(_score_cell(score_row, info, notes, reason, sure))
        rows.append(Row(cells, ("human",) if row.role == "human" else ()))
    many = len(shown) > MANY
    head = _head("Metric" if many else "System", shown, rated)
    if many:  # a page has room for more rows than columns
        head, *rows = turned([head, *rows])
    return Grid(
        caption="Systems by metric",
        explanation=_explanation(rated, any(i.is_sentinel for i in infos.values()))
        + sure.explanation,
        csv=csv_file("systems"),
        below="interval and rank",
        heads=[head],
        rows=rows,
        footnotes=notes.listed(),
    )


def _head(corner: str, shown: list[MetricInfo], rated: bool) -> Row:
    cells = [Cell(corner, header=True)]
    if rated:
        cells.append(Cell("Mean rating", header=True, classes=("number",)))
    cells += [Cell(i.label, title=i.signature, header=True, classes=("number",)) for i in shown]
    return Row(cells)


def _rating_cell(row: Any, notes: Footnotes) -> Cell:
    value = row.rating
    if is_missing(value):
        return notes.missing("not rated")
    raters = row.n_raters
    return Cell(rating(value), title=plural(raters, "rater"), classes=("number", "rating"))


@dataclass(frozen=True)
class _Sureness:
    """The rows of ``system_intervals`` that the grid shows, by system and metric."""

    rows: Mapping[tuple[str, str], Any]
    explanation: str = ""

    @staticmethod
    def of(content: ReportContent) -> _Sureness:
        frame = content.table("system_intervals")
        if frame is None or not (frame["low"].notna() | frame["cluster"].notna()).any():
            return _Sureness({})
        frame = shown(frame)
        unit = str(frame["unit"].iloc[0])
        return _Sureness(
            {(row.system, row.metric): row for row in records(frame)},
            f" Below a score: half the width of its {interval_name(frame)} (bootstrap by {unit}), "
            "and the system's rank; systems of one rank cannot be told apart from the best of "
            f"them. The tests of every two systems are in {csv_file('system_tests')}.",
        )

    def detail(self, system: str, metric: str, decimals: int) -> str:
        row = self.rows.get((system, metric))
        if row is None:
            return ""
        half = "" if is_missing(row.low) else f"±{number((row.high - row.low) / 2, decimals)}"
        rank = "" if is_missing(row.cluster) else f"rank {row.cluster}"
        return " · ".join(part for part in (half, rank) if part)

    def title(self, system: str, metric: str, decimals: int) -> str:
        row = self.rows.get((system, metric))
        if row is None or is_missing(row.low):
            return ""
        low, high = number(row.low, decimals), number(row.high, decimals)
        return f"; interval {low} to {high}, {plural(row.samples, 'resample')}"


def _score_cell(
    row: Any,
    info: MetricInfo,
    notes: Footnotes,
    reason: str,
    sure: _Sureness,
) -> Cell:
    value = getattr(row, "score", None)
    if is_missing(value):
        return notes.missing(reason)
    mean = getattr(row, "mean_segment_score", None)
    segments = getattr(row, "n_segments", None)
    title = f"mean of segment scores {number(mean, info.decimals)}; {plural(segments, 'segment')}"
    return Cell(
        number(value, info.decimals),
        detail=sure.detail(row.system, info.name, info.decimals),
        title=title + sure.title(row.system, info.name, info.decimals),
        classes=("number",),
    )


def _reasons(content: ReportContent) -> dict[tuple[str, str], str]:
    """Why a corpus score is missing, from the status of the table ``scores``."""
    scores = content.table("scores")
    if scores is None:
        return {}
    whole = scores[scores["segment_id"].isna() & (scores["status"] != "ok")]
    return {(r.system, r.metric): r.status for r in records(whole)}


def _explanation(rated: bool, sentinels: bool) -> str:
    rating = ", beside the mean human rating of its segments" if rated else "; no human ratings"
    text = f"Corpus score of each system by each metric{rating}. Higher is better everywhere."
    return text + (" Sentinels are only in the CSV file." if sentinels else "")
