"""Agreement between raters in each category, and how strict each rater is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.profile_table import category_link
from harness.support.formatting import (
    count,
    humanise,
    interval,
    is_missing,
    number,
    percent,
    plural,
    rating,
)
from harness.tables.settings import interval_name

__all__ = ["agreement_of_raters", "rater_profile_table"]

#: Statistic, head of its column, what stands below the head, whether it is shown in per cent.
COLUMNS: tuple[tuple[str, str, str, bool], ...] = (
    ("segment_correlation", "Within segments", "correlation; 0 is chance", False),
    ("second_rater", "Second rater marks it too", "%; chance in brackets", True),
    ("alpha", "Krippendorff's alpha", "of presence; 0 is chance", False),
    ("character_f1", "Same characters", "same category, F1 %", True),
    ("character_f1_any", "Same characters", "any category, %", True),
    ("span_overlap", "Spans that overlap", "same category, %", True),
    ("span_overlap_any", "Spans that overlap", "any category, %", True),
)


def agreement_of_raters(content: ReportContent) -> list[Grid]:
    """One grid per view of the table ``rater_agreement``."""
    table = content.table("rater_agreement")
    if table is None:
        return []
    return [
        _agreement_grid(content, str(view), rows)
        for view, rows in table.groupby("view", sort=False)
    ]


def _agreement_grid(content: ReportContent, view: str, rows: pd.DataFrame) -> Grid:
    by_key = {(r.category, r.statistic): r for r in records(rows)}
    notes = Footnotes()
    body = []
    for category in dict.fromkeys(rows["category"]):
        first = rows[rows["category"] == category].iloc[0]
        link = "" if category == "all" else category_link(content, view, str(category))
        cells = [
            Cell(
                "All errors" if category == "all" else humanise(str(category)),
                title="show the segments" if link else "",
                href=link,
                header=True,
            ),
            Cell(count(first["n_errors"]), classes=("number",)),
            Cell(percent(first["penalty_share"]), classes=("number",)),
        ]
        for statistic, _, _, in_percent in COLUMNS:
            row = by_key.get((category, statistic), by_key.get((category, "none")))
            cells.append(_cell(row, in_percent, notes))
        body.append(Row(cells, ("reference",) if category == "all" else ()))
    compared = rows["n_documents"].max()
    return Grid(
        caption=f"Agreement of the raters (view {humanise(view)})",
        explanation=(
            f"Every two raters of a translation, in {plural(compared, 'document')}. Below a value "
            f"its {interval_name(rows)}; grey where that reaches chance. The category with the "
            "largest penalty comes first."
        ),
        csv=csv_file("rater_agreement"),
        heads=[_head()],
        rows=body,
        footnotes=notes.listed(),
    )


def _head() -> Row:
    plain = ("Errors", "Penalty, %")
    cells = [Cell("Category", header=True)]
    cells += [Cell(text, header=True, classes=("number",)) for text in plain]
    cells += [
        Cell(text, detail=detail, header=True, classes=("number",))
        for _, text, detail, _ in COLUMNS
    ]
    return Row(cells)


def _cell(row: Any, in_percent: bool, notes: Footnotes) -> Cell:
    if row is None or is_missing(row.value):
        return notes.missing(str(getattr(row, "note", "")) or "not computed in this run")
    chance = None if is_missing(row.chance) else float(row.chance)
    text = percent(row.value) if in_percent else number(row.value, 2)
    if in_percent and chance is not None:
        text += f" ({percent(chance)})"
    low = None if is_missing(row.low) else float(row.low)
    at_chance = chance is not None and low is not None and low <= chance
    scale, decimals = (100, 0) if in_percent else (1, 2)
    return Cell(
        text,
        detail=interval(row.low, row.high, decimals, scale),
        title=f"n = {count(row.n)}",
        classes=("number", *(("grey",) if at_chance else ())),
    )


_PROFILE: Mapping[str, str] = {
    "n_translations": "Translations",
    "n_errors": "Errors",
    "errors_per_translation": "Errors per translation",
    "major_share": "Major, %",
    "mean_penalty": "Mean penalty",
    "severity_bias": "Stricter than the others",
}


def rater_profile_table(content: ReportContent) -> Grid | None:
    """The raters, the strictest first."""
    table = content.table("rater_profile")
    if table is None:
        return None
    notes = Footnotes()
    body = []
    order = table.sort_values(["severity_bias", "mean_penalty"], ascending=False, kind="stable")
    for r in records(order):
        stricter = (
            notes.missing(r.note or "no other rater")
            if is_missing(r.severity_bias)
            else Cell(
                rating(r.severity_bias),
                detail=interval(r.severity_bias_low, r.severity_bias_high, 2),
                title=f"on {plural(r.n_shared, 'translation')}",
                classes=("number",),
            )
        )
        body.append(
            Row(
                [
                    Cell(r.rater, header=True),
                    Cell(
                        count(r.n_translations),
                        detail=plural(r.n_documents, "document"),
                        classes=("number",),
                    ),
                    Cell(count(r.n_errors), classes=("number",)),
                    Cell(rating(r.errors_per_translation), classes=("number",)),
                    notes.missing("no errors")
                    if is_missing(r.major_share)
                    else Cell(percent(r.major_share), classes=("number",)),
                    Cell(
                        rating(r.mean_penalty), detail=interval(r.low, r.high, 2),
                        classes=("number",),
                    ),
                    stricter,
                ]
            )
        )  # fmt: skip
    heads = [Cell(text, header=True, classes=("number",)) for text in _PROFILE.values()]
    return Grid(
        caption="The raters: how much each one found, and how strict each one is",
        explanation=(
            f"Mean penalty of a translation, {interval_name(table)} below. Stricter than the "
            "others: the rater's mean penalty minus that of the other raters of the same "
            "translations, in points."
        ),
        csv=csv_file("rater_profile"),
        heads=[Row([Cell("Rater", header=True), *heads])],
        rows=body,
        footnotes=notes.listed(),
    )
