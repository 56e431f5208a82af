"""What ratings of other test sets say of the run's metrics, as tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from harness.claims.from_evidence import sets_in_words
from harness.error_categories.held_out_raters import JUDGED
from harness.report.accuracy_cells import heat_class
from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.metric_info import MetricInfo, label_of, metric_infos
from harness.report.system_table import ordered_systems
from harness.support.formatting import (
    count,
    humanise,
    interval,
    is_missing,
    listed,
    number,
    percent,
)
from harness.tables.settings import alpha_text, interval_name

__all__ = ["agreed_differences_table", "evidence_table"]

#: Pairs of systems shown; the file has all.
MOST_PAIRS = 20


def evidence_table(content: ReportContent) -> Grid | None:
    """Category accuracies of the metrics on rated test sets; None without evidence of them."""
    table = content.table("metric_evidence")
    if table is None:
        return None
    judged = table[table["tier"].isin(JUDGED)]
    if judged.empty:
        return None
    infos = metric_infos(content)
    metrics = list(dict.fromkeys(map(str, judged["metric"])))
    by_key = {(r.rated_set, r.category, r.metric): r for r in records(judged)}
    notes = Footnotes()
    rows = []
    for rated_set, category in dict.fromkeys(
        zip(judged["rated_set"], judged["category"], strict=True)
    ):
        cells = [Cell(humanise(str(category)), header=True)]
        cells += [_accuracy(by_key.get((rated_set, category, m)), notes) for m in metrics]
        rows.append(Row(cells))
    sets = listed(sets_in_words(str(name)) for name in dict.fromkeys(judged["rated_set"]))
    return Grid(
        caption=f"Which kinds of error these metrics see: {sets}",
        explanation=(
            "Category accuracy in %: how often a metric prefers the translation with fewer errors "
            f"of the kind, balanced over systems; 50 is chance. The {interval_name(judged)} stands "
            f"below. Bold: shown to differ from chance (adjusted p ≤ {alpha_text(judged)}, over "
            f"{count(judged['n_metrics'].max())} metrics)."
        ),
        csv=csv_file("metric_evidence"),
        heads=[Row([Cell("Kind of error", header=True), *_heads(metrics, infos)])],
        rows=rows,
        footnotes=notes.listed(),
        classes=("accuracy",),
    )


def _heads(metrics: list[str], infos: dict[str, MetricInfo]) -> list[Cell]:
    return [Cell(label_of(infos, m), header=True, classes=("number",)) for m in metrics]


def _accuracy(row: Any, notes: Footnotes) -> Cell:
    if row is None or is_missing(row.value):
        return notes.missing("too few pairs of translations")
    sure = not is_missing(row.p_holm) and row.p_holm <= row.alpha
    return Cell(
        percent(row.value),
        detail=interval(row.low, row.high, 1, 100),
        title=f"effective pairs {count(row.n_eff)}",
        strong=sure,
        classes=("number", heat_class(row.value)),
    )


def agreed_differences_table(content: ReportContent) -> Grid | None:
    """Of every two systems: their difference by each metric, and how often one as large agreed with
    raters elsewhere; None without evidence."""
    table = content.table("agreed_differences")
    if table is None:
        return None
    infos = metric_infos(content)
    metrics = list(dict.fromkeys(map(str, table["metric"])))
    pairs = list(dict.fromkeys(zip(table["system_1"], table["system_2"], strict=True)))
    by_key = _either_way(table)
    order = ordered_systems(content)
    rows = []
    for one, two in dict.fromkeys(tuple(sorted(pair, key=order.index)) for pair in pairs):
        cells = [Cell(f"{one} − {two}", header=True)]
        cells += [_agreed(by_key.get((m, one, two)), infos, one) for m in metrics]
        rows.append(Row(cells))
    more = f" The file has all {count(len(rows))}." if len(rows) > MOST_PAIRS else ""
    return Grid(
        caption="What differences between these systems meant elsewhere",
        explanation=(
            "The difference of two systems, and below it the share of pairs of rated systems with "
            "as large a difference in which raters agreed with the metric (50 % is chance), with "
            f"its interval.{more}"
        ),
        csv=csv_file("agreed_differences"),
        heads=[Row([Cell("Systems", header=True), *_heads(metrics, infos)])],
        rows=rows[:MOST_PAIRS],
        below="agreed",
    )


def _either_way(table: pd.DataFrame) -> dict[tuple[str, str, str], Any]:
    found = {}
    for row in records(table):
        found[(row.metric, row.system_1, row.system_2)] = row
        found[(row.metric, row.system_2, row.system_1)] = row
    return found


def _agreed(row: Any, infos: dict[str, MetricInfo], first: str) -> Cell:
    if row is None or is_missing(row.agreed):
        return Cell("–", classes=("number", "missing"))
    info = infos.get(row.metric)
    decimals = 1 if info is None else info.decimals
    difference = row.difference if row.system_1 == first else -row.difference
    ends = (
        ""
        if is_missing(row.agreed_low)
        else " " + interval(row.agreed_low, row.agreed_high, 0, 100)
    )
    needed = (
        ""
        if is_missing(row.needed_segments)
        else (
            f"a test would most likely tell them apart with {count(row.needed_segments)} segments"
        )
    )
    return Cell(
        ("+" if difference > 0 else "") + number(difference, decimals),
        detail=f"{number(100 * row.agreed, 0)} %{ends}",
        title=needed,
        classes=("number",),
    )
