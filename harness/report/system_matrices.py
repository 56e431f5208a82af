"""Every system against every other: a matrix of differences and p-values for each metric."""

from __future__ import annotations

from typing import Any

import pandas as pd

from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row, browser_link
from harness.report.metric_info import MetricInfo, metric_infos
from harness.support.formatting import is_missing, number, p_value, plural, significant
from harness.system_comparison.shown import shown
from harness.tables.settings import alpha_text

__all__ = ["system_matrices"]


def system_matrices(content: ReportContent) -> list[Grid]:
    """A matrix for each metric of the table ``system_tests``: systems from the best on in rows and
    columns; in each cell by how much the row's system is better, and p of the randomisation (of the
    bootstrap where that alone was done)."""
    tests = content.table("system_tests")
    if tests is None or tests["p"].notna().sum() == 0:
        return []
    tests = shown(tests)
    infos = metric_infos(content)
    return [
        _matrix(infos[str(metric)], own)
        for metric, own in tests.groupby("metric", sort=False)
        if str(metric) in infos and own["p"].notna().any()
    ]


def _matrix(info: MetricInfo, tests: pd.DataFrame) -> Grid:
    found = {(str(r.system_1), str(r.system_2)): r for r in records(tests)}
    scores = {str(r.system_1): r.score_1 for r in records(tests)}
    scores |= {str(r.system_2): r.score_2 for r in records(tests)}
    names = sorted(scores, key=lambda s: (is_missing(scores[s]), -scores[s], s))
    notes = Footnotes()
    heads = [
        Cell(str(i + 1), title=name, header=True, classes=("number",))
        for i, name in enumerate(names)
    ]
    body = [
        Row(
            [
                Cell(f"{i + 1} {name}", header=True),
                *(_cell(name, other, found, info, notes) for other in names),
            ]
        )
        for i, name in enumerate(names)
    ]
    first = next(records(tests))
    how = "approximate randomisation" if first.test == "randomisation" else "paired bootstrap"
    drawn = plural(first.n_documents if first.unit == "document" else first.n_segments, first.unit)
    return Grid(
        caption=f"Systems by {info.label}",
        explanation=(
            "How much higher the row's system scores than the column's. Below it the two-sided p "
            f"({how}, {plural(first.samples, 'draw')}, {drawn}) after Holm's adjustment for all "
            f"pairs. A difference is bold where that p is {alpha_text(tests)} or less; a ring (°) "
            "means that only the p before adjustment is. No human rating takes part."
        ),
        on_page="A number leads to the segments.",
        csv=csv_file("system_tests"),
        heads=[Row([Cell("System", header=True), *heads])],
        rows=body,
        footnotes=notes.listed(),
        classes=("matrix",),
        below="p, Holm",
    )


def _cell(
    system: str, other: str, found: dict[tuple[str, str], Any], info: MetricInfo, notes: Footnotes
) -> Cell:
    row = found.get((system, other))
    if row is None:
        return Cell("", classes=("number",))
    if is_missing(row.p):
        return notes.missing(row.note or "no test")
    mark, sure = significant(row.p, row.p_holm, row.alpha)
    return Cell(
        number(row.difference, info.decimals) + mark,
        detail=p_value(row.p_holm),
        title=f"{system} against {other}, p before adjustment {p_value(row.p)}",
        href=browser_link(systems=[system, other], metric=info.name),
        strong=sure,
        classes=("number",),
    )
