"""Implied weights: how far each metric's score falls for a point of penalty in each category."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from harness.ratings.rating import TOTAL
from harness.report.accuracy_cells import HUMAN_ROWS
from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.metric_info import MetricInfo, label_of, metric_infos
from harness.report.profile_table import category_link
from harness.support.formatting import (
    count,
    humanise,
    interval,
    is_missing,
    number,
    p_value,
    plural,
)
from harness.tables.settings import alpha_text, interval_name

__all__ = ["implied_weight_tables"]

KINDS = ("metric", "human")


def implied_weight_tables(content: ReportContent) -> list[Grid]:
    """One grid per view of the table ``category_weights``: metrics and the held-out rater.
    Sentinels are only in the file, because the total penalty has no weight for them."""
    table = content.table("category_weights")
    if table is None:
        return []
    table = table[table["kind"].isin(KINDS)]
    infos = metric_infos(content)
    return [
        _grid(content, str(view), rows, infos) for view, rows in table.groupby("view", sort=False)
    ]


def _grid(
    content: ReportContent,
    view: str,
    rows: pd.DataFrame,
    infos: dict[str, MetricInfo],
) -> Grid:
    columns = [
        (kind, metric)
        for kind in KINDS
        for metric in dict.fromkeys(rows[rows["kind"] == kind]["metric"])
    ]
    cells = {(r.category, r.metric): r for r in records(rows)}
    notes = Footnotes()
    body = []
    for category in dict.fromkeys(rows["category"]):
        here = rows[rows["category"] == category]
        grey = not here["judged"].astype(bool).all()
        head = (
            Cell("All errors", detail="points of score per penalty point", header=True)
            if category == TOTAL
            else Cell(
                humanise(str(category)),
                title="too few errors, or the raters disagree" if grey else "show the segments",
                href=category_link(content, view, str(category)),
                header=True,
            )
        )
        line = [head, *(_cell(cells.get((category, m)), notes, grey) for _, m in columns)]
        sizes = here[here["kind"] == "metric"] if (here["kind"] == "metric").any() else here
        line += [
            Cell(count(sizes[n].max()), classes=("number",)) for n in ("n_marked", "n_documents")
        ]
        body.append(Row(line, ("grey",) if grey else ()))
    return Grid(
        caption=f"Implied weight of an error (view {humanise(view)})",
        explanation=(
            "How many points one more penalty point in a category takes off a metric's score, all "
            "else equal, divided by what a point takes off on average (first row). 1 is in "
            "proportion to the raters' penalties; 0 means that the metric ignores the category. "
            f"The {interval_name(rows)} stands below. The raters' penalties are uncertain, which "
            "biases weights, so compare a metric with the held-out rater, who is judged by the "
            "other raters: bold where the two differ significantly (Holm-adjusted p of "
            f"{alpha_text(rows)} or less). No metric can be judged by a hatched row."
        ),
        csv=csv_file("category_weights"),
        heads=[_heads(columns, infos)],
        rows=body,
        footnotes=notes.listed(),
        classes=("grouped",),
    )


def _heads(columns: Sequence[tuple[str, str]], infos: dict[str, MetricInfo]) -> Row:
    cells = [Cell("Category", header=True)]
    for kind, metric in columns:
        label, title = label_of(infos, metric), ""
        if kind == "human":
            label, title = "Human", HUMAN_ROWS["human"][1]
        cells.append(Cell(label, title=title, header=True, classes=("number",)))
    cells += [Cell(t, header=True, classes=("number",)) for t in ("Marked", "Documents")]
    return Row(cells)


def _cell(row: Any, notes: Footnotes, grey: bool) -> Cell:
    """A relative weight; in the first row the weight itself."""
    if row is None:
        return notes.missing("not computed in this run")
    if row.category == TOTAL:
        if is_missing(row.weight):
            return notes.missing(row.note)
        ends = interval(row.low, row.high, 3)
        return Cell(number(row.weight, 3), detail=ends, title=row.note, classes=("number",))
    if is_missing(row.relative_weight):
        return notes.missing(row.note)
    low, high = row.relative_weight_low, row.relative_weight_high
    clear = not is_missing(row.p_holm) and row.p_holm <= row.alpha
    title = (
        f"{number(row.weight, 3)} points of score per penalty point; "
        f"{count(row.n_marked)} of {count(row.n_translations)} translations marked, "
        f"differing in {plural(row.n_documents, 'document')}"
    )
    if not is_missing(row.against_human):
        ends = interval(row.against_low, row.against_high, 2)
        title += f"; minus that of a held-out rater: {number(row.against_human, 2)} {ends}"
        title += f", p {p_value(row.p)}"
    return Cell(
        number(row.relative_weight, 2),
        detail=interval(low, high, 2),
        title="; ".join(filter(None, [title, row.note])),
        strong=clear and not grey,
        classes=("number",),
    )
