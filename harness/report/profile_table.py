"""The penalty of each system by error category."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row, browser_link
from harness.report.system_table import ordered_systems
from harness.support.formatting import count, humanise, is_missing, percent, plural, rating

__all__ = ["category_link", "profile_tables"]


def category_link(content: ReportContent, view: str, category: str) -> str:
    """A link to the segments with errors of this category; '' where the browser cannot filter by
    it (a view whose categories of spans were not given)."""
    if category in set(content.span_views.get(view, ())):
        return browser_link(category=f"{view}:{category}")
    spans = content.test_set.error_spans
    first, _, second = category.partition("/")
    found = spans["category"] == first
    if second:
        found &= spans["subcategory"] == second
    return browser_link(category=category) if bool(found.any()) else ""


def profile_tables(content: ReportContent) -> list[Grid]:
    """One grid per view of the table ``penalty_profile``: systems by mean penalty per category."""
    profile = content.table("penalty_profile")
    if profile is None:
        return []
    order = ordered_systems(content)
    return [
        _profile_grid(content, str(view), rows, order)
        for view, rows in profile.groupby("view", sort=False)
    ]


def _profile_grid(
    content: ReportContent, view: str, rows: pd.DataFrame, order: Sequence[str]
) -> Grid:
    parts = rows[rows["category"] != "all"]
    sums = parts.groupby("category", sort=False)["penalty"].sum()
    categories = [str(c) for c in sums.sort_values(ascending=False, kind="stable").index]
    by_key = {(r.system, r.category): r for r in records(rows)}
    totals = rows[rows["category"] == "all"].groupby("system")["penalty"].sum()
    totals = totals if len(totals) else parts.groupby("system")["penalty"].sum(min_count=1)
    notes = Footnotes()
    head = [Cell("System", header=True), Cell("All errors", header=True, classes=("number",))]
    head += [
        Cell(
            humanise(c),
            title="show the segments",
            href=category_link(content, view, c),
            header=True,
            classes=("number",),
        )
        for c in categories
    ]
    systems = sorted(
        dict.fromkeys(rows["system"]), key=lambda s: order.index(s) if s in order else len(order)
    )
    body = []
    for system in systems:
        cells = [
            Cell(system, href=browser_link(systems=system), header=True),
            Cell(rating(totals.get(system)), classes=("number",)),
        ]
        cells += [_penalty_cell(by_key.get((system, c)), notes) for c in categories]
        body.append(Row(cells))
    return Grid(
        caption=f"Penalty by category (view {humanise(view)})",
        explanation=(
            "Mean penalty per segment in each category, and below it the share of the system's "
            "whole penalty. Lower is better; the category with the largest penalty comes first."
        ),
        csv=csv_file("penalty_profile"),
        below="share of the system's penalty, %",
        heads=[Row(head)],
        rows=body,
        footnotes=notes.listed(),
    )


def _penalty_cell(row: Any, notes: Footnotes) -> Cell:
    penalty = getattr(row, "penalty", None)
    if is_missing(penalty):
        return notes.missing("not rated for this category")
    share, errors = getattr(row, "share", None), getattr(row, "n_errors", None)
    detail = "" if is_missing(share) else f"{percent(share)} %"
    major = count(getattr(row, "n_major", None))
    segments = plural(getattr(row, "n_segments", None), "segment")
    title = f"{plural(errors, 'error')}, {major} of them major or critical, in {segments}"
    return Cell(rating(penalty), detail=detail, title=title, classes=("number",))
