"""Category accuracy: how well each metric sees each kind of error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from harness.error_categories.held_out_raters import JUDGED
from harness.plots.families import MANY
from harness.report.accuracy_by_metric import accuracy_by_metric, decided_categories
from harness.report.accuracy_cells import HUMAN_ROWS, accuracy_cell, explanation, reason
from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.metric_info import MetricInfo, label_of, metric_infos
from harness.report.profile_table import category_link
from harness.support.formatting import count, humanise, is_missing, percent

__all__ = ["accuracy_tables"]

EVIDENCE = "evidence"
#: The groups of columns, in their order, and their heads.
GROUPS: Mapping[str, str] = {
    "metric": "Metrics",
    "human": "One rater held out",
    EVIDENCE: "Evidence",
    "sentinel": "Sentinels",
}
#: What a category's numbers rest on.
RESTS_ON = ("Share of penalty, %", "Errors", "Effective pairs", "Documents")


def accuracy_tables(content: ReportContent) -> list[Grid]:
    """One grid per view of the table ``categories``: category accuracy of every metric; metrics are
    rows where they are many, else columns."""
    table = content.table("categories")
    if table is None:
        return []
    infos = metric_infos(content)
    many = table.loc[table["kind"] == "metric", "metric"].nunique() > MANY
    grid = accuracy_by_metric if many else _accuracy_grid
    return [
        grid(content, str(view), rows, infos) for view, rows in table.groupby("view", sort=False)
    ]


def _accuracy_grid(
    content: ReportContent, view: str, rows: pd.DataFrame, infos: dict[str, MetricInfo]
) -> Grid:
    columns = {str(kind): list(dict.fromkeys(own["metric"])) for kind, own in rows.groupby("kind")}
    by_key = {(r.category, r.kind, r.metric): r for r in records(rows)}
    notes = Footnotes()
    body = []
    decided = decided_categories(content, view)
    for category in dict.fromkeys(rows["category"]):
        here = rows[rows["category"] == category]
        main = here[here["kind"] == "metric"]
        first = (here if main.empty else main).iloc[0]
        tiers = list(dict.fromkeys(map(str, (here if main.empty else main)["tier"])))
        grey, solid = JUDGED.isdisjoint(tiers), tiers == ["reliable"]
        footnoted = is_missing(first["value"])  # then each of its cells has the reason
        why = reason(first) if grey and not footnoted else ""
        cells = [
            Cell(
                humanise(str(category)),
                detail=why,
                title="show the segments",
                href=category_link(content, view, str(category)),
                header=True,
            ),
            Cell(" / ".join(tiers), classes=("tier", "tier-reliable") if solid else ("tier",)),
        ]
        for kind in GROUPS:
            if kind == EVIDENCE:
                cells += [
                    Cell(percent(first["penalty_share"]), classes=("number",)),
                    Cell(count(first["n_errors"]), classes=("number",)),
                    Cell(count(first["n_eff"]), classes=("number",)),
                    Cell(count(first["n_documents"]), classes=("number",)),
                ]
            for metric in columns.get(kind, ()):
                row = by_key.get((category, kind, metric))
                link = (view, str(category), metric) if category in decided else None
                cells.append(accuracy_cell(row, kind, notes, grey, link))
        body.append(Row(cells, ("grey",) if grey else ()))
    return Grid(
        caption=f"Category accuracy in % (view {humanise(view)})",
        explanation=explanation(rows, "row"),
        on_page=(
            "A metric's number leads to the segments behind it, those where the metric was wrong "
            "first."
        ),
        csv=csv_file("categories"),
        heads=_accuracy_heads(columns, infos),
        rows=body,
        footnotes=notes.listed(),
        classes=("accuracy",),
    )


def _accuracy_heads(
    columns: Mapping[str, Sequence[str]], infos: dict[str, MetricInfo]
) -> list[Row]:
    first = [Cell("Category", header=True, rows=2), Cell("Tier", header=True, rows=2)]
    second = []
    for kind, name in GROUPS.items():
        heads = [(t, "") for t in RESTS_ON] if kind == EVIDENCE else []
        for metric in columns.get(kind, ()):
            own = (label_of(infos, metric), "")
            heads.append(HUMAN_ROWS.get(metric, own) if kind == "human" else own)
        if heads:
            first.append(Cell(name, header=True, columns=len(heads), classes=("group",)))
        second += [Cell(t, title=title, header=True, classes=("number",)) for t, title in heads]
    return [Row(first), Row(second)]
