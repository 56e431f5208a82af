"""Every metric against every other: matrices of differences and p-values, one per statistic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from harness.plots.families import MANY, TOP
from harness.report.agreement_table import caption
from harness.report.agreement_words import grouping_label, statistic_label
from harness.report.content import ReportContent, csv_file, records
from harness.report.difference_tables import METRICS, sides, test_method
from harness.report.grids import Cell, Footnotes, Grid, Row, browser_link
from harness.report.metric_info import MetricInfo, label_of, metric_infos
from harness.report.verdict import FIRST, KEY
from harness.support.formatting import (
    count,
    humanise,
    is_missing,
    is_percentage,
    p_value,
    significant,
    statistic,
)
from harness.tables.settings import alpha_text

__all__ = ["test_matrices"]


def test_matrices(content: ReportContent) -> list[Grid]:
    """A matrix for each statistic of the table ``metric_tests``, those that the verdict begins with
    first: metrics from the best on in rows and columns; in each cell by how much the row's metric
    is better than the column's, and p. Of more than :data:`harness.plots.families.MANY` metrics the
    best and those in focus have a matrix of their own, before that of all."""
    tests = content.table("metric_tests")
    meta = content.table("meta_evaluation")
    if tests is None or meta is None:
        return []
    infos = metric_infos(content)
    tests = tests[tests["family"] == METRICS]
    groups: list[tuple[Any, pd.DataFrame]] = [
        (tuple(map(str, key)), own) for key, own in tests.groupby([*KEY, "category"], sort=False)
    ]
    groups.sort(
        key=lambda group: FIRST.index(group[0][:-1]) if group[0][:-1] in FIRST else len(FIRST)
    )
    return [
        _matrix(key, own, names, which, infos)
        for key, own in groups
        for names, which in _choices(_tested(own, _ranked(meta, key)), content.focus)
    ]


def _tested(tests: pd.DataFrame, order: Sequence[str]) -> dict[str, int]:
    """The metrics that were tested, in ``order``, each with its place from 1."""
    tested = {*tests["metric_1"], *tests["metric_2"]}
    return {m: place for place, m in enumerate((m for m in order if m in tested), start=1)}


def _choices(places: dict[str, int], focus: Sequence[str]) -> list[tuple[dict[str, int], str]]:
    """The metrics of each matrix, and in words which of all they are."""
    n = len(places)
    if n <= MANY:
        return [(places, "")]
    few = {m: place for m, place in places.items() if place <= TOP or m in focus}
    more = f" and {len(few) - TOP} in focus" if len(few) > TOP else ""
    return [
        (few, f"; the best {TOP} of {count(n)} metrics{more}"),
        (places, f"; all {count(n)} metrics"),
    ]


def _ranked(meta: pd.DataFrame, key: Any) -> list[str]:
    """The metrics with a value, from the best on."""
    rows = meta[
        (meta[[*KEY, "category"]] == list(key)).all(axis=1)
        & (meta["subset"] == "all")
        & meta["value"].notna()
    ].sort_values(["value", "metric"], ascending=[False, True], kind="stable")
    return list(rows["metric"])


def _matrix(
    key: tuple[str, ...],
    tests: pd.DataFrame,
    names: Mapping[str, int],
    which: str,
    infos: dict[str, MetricInfo],
) -> Grid:
    """``names`` are the metrics with their places; ``which`` of all they are, for the caption."""
    level, name, grouping, system_score, category = key
    found = {(str(r.metric_1), str(r.metric_2)): r for r in records(tests)}
    numbers = {metric: str(place) for metric, place in names.items()}
    notes = Footnotes()
    body = []
    for metric in names:
        cells = [Cell(f"{numbers[metric]} {label_of(infos, metric)}", header=True)]
        cells += [_cell(metric, other, found, name, notes, infos) for other in names]
        body.append(Row(cells))
    columns = [
        Cell(numbers[m], title=label_of(infos, m), header=True, classes=("number",)) for m in names
    ]
    unit = "percentage points" if is_percentage(name) else humanise(name)
    methods = list(dict.fromkeys(test_method(r) for r in records(tests)))
    return Grid(
        caption=f"{caption(level, category, ('all', 'all'))}: {statistic_label(name)}, "
        f"{grouping_label(level, grouping, system_score)}{which}",
        explanation=(
            f"How much better the row's metric is than the column's ({unit}). Below it the "
            f"{sides(tests)} p adjusted for all pairs. A difference is bold where that p "
            f"is {alpha_text(tests)} or less; a ring (°) means that only the p before adjustment "
            "is. Tested by: " + "; ".join(methods) + "."
        ),
        on_page="A number leads to the segments on which the two metrics differ most.",
        csv=csv_file("metric_tests"),
        heads=[Row([Cell("Metric", header=True), *columns])],
        rows=body,
        footnotes=notes.listed(),
        classes=("matrix",),
        below="p, adjusted",
    )


def _cell(
    metric: str,
    other: str,
    found: Mapping[tuple[str, str], Any],
    name: str,
    notes: Footnotes,
    infos: dict[str, MetricInfo],
) -> Cell:
    if metric == other or (other, metric) in found:
        return Cell("", classes=("number",))
    row = found.get((metric, other))
    if row is None:
        return notes.missing("not tested")
    if is_missing(row.p):
        return notes.missing(row.note or "no test")
    mark, sure = significant(row.p, row.p_adjusted, row.alpha)
    return Cell(
        statistic(name, row.difference) + mark,
        detail=p_value(row.p_adjusted),
        title=f"{label_of(infos, metric)} against {label_of(infos, other)}, "
        f"p before adjustment {p_value(row.p)}",
        href=browser_link(sort="apart", metric=metric, metric2=other),
        strong=sure,
        classes=("number",),
    )
