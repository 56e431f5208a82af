"""Agreement of the metrics with human ratings: one table per level and category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from harness.plots.families import MANY
from harness.report.agreement_notes import epsilons, excluded
from harness.report.agreement_words import grouping_label, statistic_label
from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.metric_info import MetricInfo, label_of, metric_infos
from harness.support.formatting import (
    count,
    humanise,
    is_missing,
    is_percentage,
    plural,
    statistic,
    statistic_interval,
)
from harness.tables.settings import interval_name

__all__ = ["agreement_tables", "caption"]

#: The columns that tell the statistics of one level apart.
KEY = ["statistic", "grouping", "system_score"]
LEVELS: Mapping[str, int] = {"all": 0, "system": 1, "document": 2, "segment": 3}
ALL = "all"
REPEATED = (
    " An empty cell: the metric's corpus score is the mean of its segment scores, so the value"
    " stands in the column of means."
)
#: The values of KEY.
Column = tuple[str, str, str]


def agreement_tables(content: ReportContent) -> list[Grid]:
    """A grid for each level, category and part of the test set of the table ``meta_evaluation``,
    category 'all' and the whole test set first."""
    meta = content.table("meta_evaluation")
    if meta is None:
        return []
    infos = metric_infos(content)
    means = _means(content)
    keys = ["level", "category", "subset", "subset_value"]
    groups = [(tuple(map(str, k)), g) for k, g in meta.groupby(keys, sort=False)]
    groups.sort(
        key=lambda g: (g[0][1] != ALL, g[0][1], g[0][2] != ALL, LEVELS.get(g[0][0], len(LEVELS)))
    )
    return [_grid(key[0], key[1], key[2:], rows, infos, means) for key, rows in groups]


def _means(content: ReportContent) -> set[str]:
    """The metrics whose score of a whole system is the mean of its segment scores, as those of
    stored metrics: their agreement by either is the same."""
    systems = content.table("systems")
    if systems is None:
        return set()
    known = systems[systems["score"].notna() & systems["mean_segment_score"].notna()]
    same = np.isclose(known["score"], known["mean_segment_score"], rtol=1e-12, atol=1e-12)
    alike = pd.Series(same, index=known.index).groupby(known["metric"]).all()
    return {str(metric) for metric, all_alike in alike.items() if all_alike}


def caption(level: str, category: str, part: Sequence[str]) -> str:
    """What a table of agreement is about: its level, category and part of the test set."""
    text = "Average of statistics" if level == ALL else f"{level.capitalize()} level"
    if category != ALL:
        text += f" on the category {humanise(category)}"
    return text if part[0] == ALL else f"{text}, {humanise(part[0])} {part[1]}"


def _grid(
    level: str,
    category: str,
    part: Sequence[str],
    rows: pd.DataFrame,
    infos: dict[str, MetricInfo],
    means: set[str],
) -> Grid:
    columns, repeated = _columns(rows, means)
    by_key = {(r.metric, r.statistic, r.grouping, r.system_score): r for r in records(rows)}
    sentinels = {name for name, info in infos.items() if info.is_sentinel}
    notes = Footnotes()
    metrics = list(dict.fromkeys(rows["metric"]))
    metrics.sort(key=lambda m: (m in sentinels, _place(by_key.get((m, *columns[0])))))
    many = len(set(metrics) - sentinels) > MANY
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
        cells += _family(infos, metric) if many else []
        for column in columns:
            if (metric, column) in repeated:
                cells.append(Cell("", title="the same as by the means of its segment scores"))
                continue
            row = by_key.get((metric, *column))
            cells.append(_value_cell(row, column[0], notes))
        body.append(Row(cells))
    names = [("Metric", ()), *([("Family", ("family",))] if many else [])]
    for name, attribute in (("One rater against the others", "ceiling"), ("Chance", "chance")):
        if rows[attribute].notna().any():
            cells = _reference_cells(name, attribute, rows, columns)
            cells[1:1] = _family(infos, "") if many else []
            body.append(Row(cells, ("reference",)))
    return Grid(
        caption=caption(level, category, part),
        explanation=_explanation(rows) + (REPEATED if repeated else ""),
        csv=csv_file("meta_evaluation"),
        heads=[Row([*(Cell(t, header=True, classes=c) for t, c in names), *_heads(rows, columns)])],
        rows=body,
        footnotes=[*notes.listed(), *epsilons(rows, infos), *excluded(rows, infos)],
    )


def _family(infos: Mapping[str, MetricInfo], metric: str) -> list[Cell]:
    family = infos[metric].family if metric in infos else ""
    return [Cell(family, classes=("family",))]


def _columns(rows: pd.DataFrame, means: set[str]) -> tuple[list[Column], set[tuple[str, Column]]]:
    """The columns, and the cells (metric, column) of corpus scores that repeat those of ``means``
    of segment scores; a column of nothing else is left out."""
    columns: list[Column] = list(rows[KEY].drop_duplicates().itertuples(index=False, name=None))
    repeated = {
        (str(metric), (statistic, grouping, "corpus"))
        for metric in means
        for statistic, grouping, system_score in columns
        if system_score == "mean" and (statistic, grouping, "corpus") in columns
    }
    metrics = set(rows["metric"])
    kept = [c for c in columns if any((m, c) not in repeated for m in metrics)]
    return kept, {cell for cell in repeated if cell[1] in kept}


def _explanation(rows: pd.DataFrame) -> str:
    text = "Agreement of each metric with the human ratings"
    if rows["low"].notna().any():
        text += f", {interval_name(rows)} below"
    text += ". Higher is better; accuracies are in per cent."
    if rows["cluster"].notna().any():
        text += (
            " The small number is the rank cluster (a new one starts where the best metric of the"
            " one before is significantly better, by p adjusted for all pairs)"
            + (
                ", and after a stroke the cluster by p before adjustment."
                if rows["cluster_unadjusted"].notna().any()
                else "."
            )
        )
    return text


def _place(row: Any) -> tuple[bool, float]:
    value = getattr(row, "value", None)
    return (True, 0.0) if value is None or is_missing(value) else (False, -float(value))


def _signature(infos: dict[str, MetricInfo], metric: str) -> str:
    return infos[metric].signature if metric in infos else ""


def _of_column(rows: pd.DataFrame, column: Column) -> pd.DataFrame:
    return rows[(rows[KEY] == list(column)).all(axis=1)]


def _heads(rows: pd.DataFrame, columns: Sequence[Column]) -> list[Cell]:
    cells = []
    for column in columns:
        name, grouping, system_score = column
        here = _of_column(rows, column)
        detail = grouping_label(str(here["level"].iloc[0]), grouping, system_score)
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


def _value_cell(row: Any, name: str, notes: Footnotes) -> Cell:
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
        badge=_clusters(cluster, getattr(row, "cluster_unadjusted", None)),
        classes=("number",),
    )


def _reference_cells(
    name: str, attribute: str, rows: pd.DataFrame, columns: Sequence[Column]
) -> list[Cell]:
    cells = [Cell(name, header=True)]
    for column in columns:
        here = _of_column(rows, column)[attribute]
        low, high = here.min(), here.max()
        text = statistic(column[0], low)
        if high - low > 5e-4:
            text += f" to {statistic(column[0], high)}"
        title = "differs between metrics, because each lacks other scores" if high > low else ""
        reason = f"no {name.lower()} for this statistic"
        if attribute == "ceiling":
            title = title or str(rows["ceiling_note"][here.index].iloc[0])
            reason = title or reason
        cells.append(Cell(text, title=title if here.notna().any() else reason, classes=("number",)))
    return cells


def _clusters(cluster: float | None, unadjusted: float | None) -> str:
    if is_missing(cluster):
        return ""
    return count(cluster) if is_missing(unadjusted) else f"{count(cluster)}/{count(unadjusted)}"
