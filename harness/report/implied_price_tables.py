"""Implied prices: what a point of penalty of each category takes off each metric's score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from harness.report.category_tables import GREY, HUMAN_ROWS
from harness.report.content import ReportContent, csv_file, records
from harness.report.formatting import count, humanise, interval, is_missing, number, plural
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.metric_info import MetricInfo, label_of, metric_infos
from harness.report.profile_table import category_link

__all__ = ["implied_price_tables"]

WHOLE = "all"
KINDS = ("metric", "human")
Tiers = Mapping[tuple[str, str], str]


def implied_price_tables(content: ReportContent) -> list[Grid]:
    """A grid a view of the table ``category_prices``: metrics and the held-out rater; sentinels,
    which have no unit to speak of, are in the file only."""
    table = content.table("category_prices")
    if table is None:
        return []
    table = table[table["kind"].isin(KINDS)]
    infos, tiers = metric_infos(content), _tiers(content)
    return [
        _grid(content, str(view), rows, infos, tiers)
        for view, rows in table.groupby("view", sort=False)
    ]


def _tiers(content: ReportContent) -> Tiers:
    """The tier of each view's category, by the first metric that the table ``categories`` has."""
    table = content.table("categories")
    if table is None:
        return {}
    rows = table[table["kind"] == "metric"].drop_duplicates(["view", "category"])
    return {(str(r.view), str(r.category)): str(r.tier) for r in records(rows)}


def _grid(
    content: ReportContent,
    view: str,
    rows: pd.DataFrame,
    infos: dict[str, MetricInfo],
    tiers: Tiers,
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
        first = next(r for (c, _), r in cells.items() if c == category)
        tier = tiers.get((view, str(category)), "")
        grey = tier in GREY
        head = (
            Cell("All errors", detail="score for a point", header=True)
            if category == WHOLE
            else Cell(
                humanise(str(category)),
                title=GREY[tier] if grey else "show the segments",
                href=category_link(content, view, str(category)),
                header=True,
            )
        )
        line = [head, *(_cell(cells.get((category, m)), notes, grey) for _, m in columns)]
        line += [Cell(count(n), classes=("number",)) for n in (first.n_marked, first.n_documents)]
        classes = (*(("grey",) if grey else ()), *(("unit",) if category == WHOLE else ()))
        body.append(Row(line, classes))
    return Grid(
        caption=f"Implied price of an error (view {humanise(view)})",
        explanation=(
            "What one more point of penalty in a category takes off a metric's score, everything "
            "else equal, over what a point takes off on the whole (first row): 1 is in proportion "
            "to the penalties that raters' errors have, 0 no charge; 95 % interval below, bold "
            "where it leaves out 1; hatched rows are not fit to judge by. Where raters do not "
            "agree on a category its price shrinks towards 0, that of a held-out rater too."
        ),
        csv=csv_file("category_prices"),
        heads=[_heads(columns, infos)],
        rows=body,
        footnotes=notes.listed(),
        classes=("prices",),
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
    """A relative price; in the first row the price itself."""
    if row is None:
        return notes.missing("not computed in this run")
    if row.category == WHOLE:
        if is_missing(row.price):
            return notes.missing(row.note)
        ends = interval(row.low, row.high, 3)
        return Cell(number(row.price, 3), detail=ends, title=row.note, classes=("number",))
    if is_missing(row.relative):
        return notes.missing(row.note)
    low, high = row.relative_low, row.relative_high
    clear = not is_missing(low) and (low > 1.0 or high < 1.0)
    title = (
        f"{number(row.price, 3)} of the score for a point; "
        f"{count(row.n_marked)} of {count(row.n_translations)} translations marked, "
        f"differing in {plural(row.n_documents, 'document')}"
    )
    return Cell(
        number(row.relative, 2),
        detail=interval(low, high, 2),
        title="; ".join(filter(None, [title, row.note])),
        strong=clear and not grey,
        classes=("number",),
    )
