"""Agreement of the metrics with human ratings: one table a level and category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from harness.report.content import ReportContent, csv_file, records
from harness.report.formatting import (
    count,
    humanise,
    is_missing,
    is_percentage,
    plural,
    statistic,
    statistic_interval,
)
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.metric_info import MetricInfo, label_of, metric_infos

__all__ = ["GROUPINGS", "agreement_tables", "statistic_label"]

LABELS: Mapping[str, str] = {
    "pearson": "Pearson r",
    "spearman": "Spearman rho",
    "kendall": "Kendall tau-b",
    "kendall_b": "Kendall tau-b",
    "tau_b": "Kendall tau-b",
    "kendall_c": "Stuart tau-c",
    "tau_c": "Stuart tau-c",
    "acc_eq": "Accuracy with ties (acc-eq)",
    "spa": "Soft pairwise accuracy",
}
GROUPINGS: Mapping[str, str] = {
    "none": "all together",
    "item": "within segments",
    "system": "within systems",
    "corpus": "corpus scores",
    "mean": "mean of segment scores",
}
LEVELS: Mapping[str, int] = {"system": 0, "document": 1, "segment": 2}


def statistic_label(name: str) -> str:
    """The name of a statistic as the report writes it."""
    return LABELS.get(name.lower(), humanise(name).capitalize())


def agreement_tables(content: ReportContent) -> list[Grid]:
    """A grid for each level and category of the table ``meta_evaluation``, category 'all' first."""
    meta = content.table("meta_evaluation")
    if meta is None:
        return []
    infos = metric_infos(content)
    groups = [(str(k[0]), str(k[1]), g) for k, g in meta.groupby(["level", "category"], sort=False)]
    groups.sort(key=lambda g: (g[1] != "all", g[1], LEVELS.get(g[0], len(LEVELS))))
    return [_grid(level, category, rows, infos) for level, category, rows in groups]


def _grid(level: str, category: str, rows: pd.DataFrame, infos: dict[str, MetricInfo]) -> Grid:
    columns = list(dict.fromkeys(zip(rows["statistic"], rows["grouping"], strict=True)))
    by_key = {(r.metric, r.statistic, r.grouping): r for r in records(rows)}
    sentinels = {name for name, info in infos.items() if info.is_sentinel}
    competing = rows[~rows["metric"].isin(sentinels)]
    best = competing.groupby(["statistic", "grouping"])["value"].max().to_dict()
    notes = Footnotes()
    metrics = list(dict.fromkeys(rows["metric"]))
    metrics.sort(key=lambda m: (m in sentinels, _place(by_key.get((m, *columns[0])))))
    body = []
    for metric in metrics:
        cells = [
            Cell(
                label_of(infos, metric),
                title=_signature(infos, metric),
                badge="sentinel" if metric in sentinels else "",
                header=True,
            )
        ]
        for column in columns:
            row = by_key.get((metric, *column))
            competes = metric not in sentinels
            cells.append(_value_cell(row, column[0], notes, best.get(column), competes))
        body.append(Row(cells))
    for name, attribute in (("One rater against the others", "ceiling"), ("Chance", "chance")):
        if rows[attribute].notna().any():
            body.append(Row(_reference_cells(name, attribute, rows, columns), ("reference",)))
    whose = "" if category == "all" else f" on the category {humanise(category)}"
    return Grid(
        caption=f"{level.capitalize()} level{whose}",
        explanation=_explanation(rows),
        csv=csv_file("meta_evaluation"),
        heads=[Row([Cell("Metric", header=True), *_heads(rows, columns)])],
        rows=body,
        footnotes=[*notes.listed(), *_excluded(rows, infos)],
    )


def _explanation(rows: pd.DataFrame) -> str:
    text = "Agreement of each metric with the human ratings"
    if rows["low"].notna().any():
        text += ", 95 % interval below"
    text += "; higher is better, accuracies are in per cent, bold is the best metric of a column"
    if rows["cluster"].notna().any():
        text += "; a small number is the rank cluster (metrics in one are not told apart)"
    return text + "."


def _place(row: Any) -> tuple[bool, float]:
    value = getattr(row, "value", None)
    return (True, 0.0) if value is None or is_missing(value) else (False, -float(value))


def _signature(infos: dict[str, MetricInfo], metric: str) -> str:
    return infos[metric].signature if metric in infos else ""


def _heads(rows: pd.DataFrame, columns: Sequence[tuple[str, str]]) -> list[Cell]:
    cells = []
    for name, grouping in columns:
        here = rows[(rows["statistic"] == name) & (rows["grouping"] == grouping)]
        detail = GROUPINGS.get(grouping, humanise(grouping))
        systems, segments = here["n_systems"].max(), here["n_segments"].max()
        title = f"{plural(systems, 'system')}, {plural(segments, 'segment')}"
        unit = ", %" if is_percentage(name) else ""
        cells.append(
            Cell(
                statistic_label(name) + unit,
                detail=f"{detail}; {title}",
                header=True,
                classes=("number",),
            )
        )
    return cells


def _value_cell(row: Any, name: str, notes: Footnotes, best: float | None, competes: bool) -> Cell:
    if row is None:
        return notes.missing("not computed in this run")
    value, note = getattr(row, "value", None), str(getattr(row, "note", ""))
    if is_missing(value):
        return notes.missing(note or "undefined")
    cluster = getattr(row, "cluster", None)
    title = f"a mean of {count(getattr(row, 'n_pairs', None))} pairs or groups"
    if excluded := int(getattr(row, "n_excluded", 0)):
        title += f"; {count(excluded)} translations left out"
    return Cell(
        statistic(name, value),
        detail=statistic_interval(name, getattr(row, "low", None), getattr(row, "high", None)),
        title=f"{title}; {note}" if note else title,
        badge="" if is_missing(cluster) else count(cluster),
        strong=competes and value == best,
        classes=("number",),
    )


def _reference_cells(
    name: str, attribute: str, rows: pd.DataFrame, columns: Sequence[tuple[str, str]]
) -> list[Cell]:
    cells = [Cell(name, header=True)]
    for column in columns:
        here = rows[(rows["statistic"] == column[0]) & (rows["grouping"] == column[1])][attribute]
        low, high = here.min(), here.max()
        text = statistic(column[0], low)
        if high - low > 5e-4:
            text += f" to {statistic(column[0], high)}"
        title = "differs between the metrics, which lack different scores" if high > low else ""
        reason = f"no {name.lower()} for this statistic"
        cells.append(Cell(text, title=title if here.notna().any() else reason, classes=("number",)))
    return cells


def _excluded(rows: pd.DataFrame, infos: dict[str, MetricInfo]) -> list[tuple[str, str]]:
    counts = rows.groupby("metric", sort=False)["n_excluded"].max()
    texts = [f"{label_of(infos, str(m))}: {count(n)}" for m, n in counts.items() if n]
    if not texts:
        return []
    return [("", "Translations left out, a score or rating is missing: " + ", ".join(texts) + ".")]
