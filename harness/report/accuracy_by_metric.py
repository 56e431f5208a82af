"""Category accuracy of many metrics: a row for each, a column for each category."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from harness.error_categories.held_out_raters import JUDGED
from harness.plots.families import in_families
from harness.plots.frames import spread
from harness.report.accuracy_cells import HUMAN_ROWS, accuracy_cell, explanation
from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.metric_info import MetricInfo, label_of
from harness.report.profile_table import category_link
from harness.support.formatting import count, humanise

__all__ = ["accuracy_by_metric", "decided_categories"]


def decided_categories(content: ReportContent, view: str) -> set[str]:
    """The categories of a view whose pairs of translations the explorer has."""
    table = content.table("category_segments")
    return set() if table is None else set(table[table["view"] == view]["category"])


def accuracy_by_metric(
    content: ReportContent, view: str, rows: pd.DataFrame, infos: dict[str, MetricInfo]
) -> Grid:
    """The grid of one view: metrics in their families, the best on agreement first; sentinels; a
    held-out rater."""
    categories = list(dict.fromkeys(map(str, rows["category"])))
    judging = {c: _judging(rows[rows["category"] == c]) for c in categories}
    grey = {c for c, own in judging.items() if JUDGED.isdisjoint(own["tier"])}
    by_key = {(r.category, r.kind, r.metric): r for r in records(rows)}
    decided = decided_categories(content, view)
    notes = Footnotes()
    body = []
    for group, kind, metric in _ordered(content, rows):
        label, title = label_of(infos, metric), ""
        if kind == "human":
            label, title = HUMAN_ROWS.get(metric, (label, title))
        cells = [Cell(label, title=title, header=True), Cell(group, classes=("family",))]
        for c in categories:
            link = (view, c, metric) if c in decided else None
            cell = accuracy_cell(by_key.get((c, kind, metric)), kind, notes, c in grey, link)
            cells.append(_hatched(cell) if c in grey else cell)
        body.append(Row(cells))
    heads = [Cell("Metric", header=True), Cell("Family", header=True, classes=("family",))]
    heads += [_head(content, view, c, own) for c, own in judging.items()]
    return Grid(
        caption=f"Category accuracy in % (view {humanise(view)})",
        explanation=explanation(rows, "column")
        + " In each family metrics stand by their agreement with the ratings, the best first.",
        on_page=(
            "A metric's number leads to the segments behind it, those where the metric was wrong "
            "first."
        ),
        csv=csv_file("categories"),
        heads=[Row(heads)],
        rows=body,
        footnotes=notes.listed(),
        classes=("accuracy", "by-metric"),
    )


def _judging(own: pd.DataFrame) -> pd.DataFrame:
    """Of a category's rows those of metrics; all, where no metric is among them."""
    chosen = own[own["kind"] == "metric"]
    return own if chosen.empty else chosen


def _ordered(content: ReportContent, rows: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Group, kind and name of each row of the table."""
    names = {str(kind): list(dict.fromkeys(own["metric"])) for kind, own in rows.groupby("kind")}
    for family, metrics in in_families(content.tables, names.get("metric", [])):
        for metric in metrics:
            yield family, "metric", metric
    for kind, group in (("sentinel", "sentinel"), ("human", "held-out rater")):
        for metric in names.get(kind, []):
            yield group, kind, metric


def _head(content: ReportContent, view: str, category: str, own: pd.DataFrame) -> Cell:
    """A category with its tier and effective pairs; its segments are behind it."""
    tiers = " / ".join(dict.fromkeys(map(str, own["tier"])))
    return Cell(
        humanise(category),
        detail=f"{tiers}; n_eff {spread(own['n_eff'])}",
        title=f"{count(own['n_errors'].max())} errors; {count(own['n_documents'].max())} documents;"
        " show the segments",
        href=category_link(content, view, category),
        header=True,
        classes=("number",),
    )


def _hatched(cell: Cell) -> Cell:
    """The cell without a colour."""
    kept = tuple(c for c in cell.classes if not c.startswith("heat-"))
    return Cell(
        cell.text,
        detail=cell.detail,
        title=cell.title,
        mark=cell.mark,
        href=cell.href,
        classes=tuple(dict.fromkeys([*kept, "grey", "hatched"])),
    )
