"""Category accuracy: how well each metric sees each kind of error."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from harness.error_categories.held_out_raters import JUDGED
from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row, browser_link
from harness.report.metric_info import MetricInfo, label_of, metric_infos
from harness.report.profile_table import category_link
from harness.support.formatting import (
    count,
    humanise,
    interval,
    is_missing,
    number,
    percent,
    plural,
)
from harness.tables.settings import interval_name

__all__ = ["accuracy_tables", "heat_class"]

GREY: Mapping[str, str] = {
    "too few": "too few pairs or documents to judge a metric by",
    "unreliable": "raters agree on this label no more than by chance",
}
HUMAN_ROWS: Mapping[str, tuple[str, str]] = {
    "human": ("Human", "a held-out rater's whole penalty"),
    "blind": (
        "Human, blind",
        "a held-out rater's penalty without this category; should be about 50",
    ),
    "label": ("Human, label", "a held-out rater's penalty for this category alone"),
}
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
    """One grid per view of the table ``categories``: category accuracy of every metric."""
    table = content.table("categories")
    if table is None:
        return []
    infos = metric_infos(content)
    return [
        _accuracy_grid(content, str(view), rows, infos)
        for view, rows in table.groupby("view", sort=False)
    ]


def _accuracy_grid(
    content: ReportContent, view: str, rows: pd.DataFrame, infos: dict[str, MetricInfo]
) -> Grid:
    columns = {str(kind): list(dict.fromkeys(own["metric"])) for kind, own in rows.groupby("kind")}
    by_key = {(r.category, r.kind, r.metric): r for r in records(rows)}
    notes = Footnotes()
    body = []
    decided = _decided(content, view)
    for category in dict.fromkeys(rows["category"]):
        here = rows[rows["category"] == category]
        main = here[here["kind"] == "metric"]
        first = (here if main.empty else main).iloc[0]
        tiers = list(dict.fromkeys(map(str, (here if main.empty else main)["tier"])))
        grey, solid = JUDGED.isdisjoint(tiers), tiers == ["reliable"]
        footnoted = is_missing(first["value"])  # then each of its cells has the reason
        reason = _reason(first) if grey and not footnoted else ""
        cells = [
            Cell(
                humanise(str(category)),
                detail=reason,
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
                cells.append(_accuracy_cell(row, kind, notes, grey, link))
        body.append(Row(cells, ("grey",) if grey else ()))
    return Grid(
        caption=f"Category accuracy in % (view {humanise(view)})",
        explanation=(
            "How often a metric prefers the translation with fewer errors of the category, among "
            "pairs that this category decides, balanced so that knowing the system alone gives 50 "
            f"(chance); 100 is perfect. The {interval_name(rows)} stands below; a value is bold "
            "where it excludes 50, blue above and orange below 50. No metric can be judged by a "
            "hatched row."
        ),
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


def _decided(content: ReportContent, view: str) -> set[str]:
    """The categories of a view whose pairs of translations the explorer has."""
    table = content.table("category_segments")
    return set() if table is None else set(table[table["view"] == view]["category"])


def _reason(row: pd.Series) -> str:
    return str(row["note"]) or GREY[str(row["tier"])]


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


def _accuracy_cell(
    row: Any, kind: str, notes: Footnotes, grey: bool, link: tuple[str, str, str] | None
) -> Cell:
    """The value with its interval; a metric's leads to the pairs of ``link``: view, category,
    metric."""
    if row is None:
        return notes.missing("not computed in this run")
    value = getattr(row, "value", math.nan)
    if is_missing(value):
        return notes.missing(str(getattr(row, "note", "")) or "no pair is decided by this category")
    low, high = getattr(row, "low", None), getattr(row, "high", None)
    title = (
        f"plain accuracy {percent(getattr(row, 'plain_accuracy', None))} %, "
        f"{percent(getattr(row, 'loss_share', None))} % of the credit it lost, "
        f"effective pairs {count(getattr(row, 'n_eff', None))}, "
        f"{plural(getattr(row, 'n_documents', None), 'document')}"
    )
    skill = getattr(row, "relative_skill", None)
    if kind == "metric" and not is_missing(skill):
        ends = interval(row.relative_skill_low, row.relative_skill_high, 2)
        title += f"; {number(skill, 2)} {ends} of a held-out rater's skill".replace("  ", " ")
    grey = grey or (kind == "metric" and row.tier not in JUDGED)
    clear = low is not None and high is not None and (low > 0.5 or high < 0.5)
    return Cell(
        percent(value),
        detail=interval(low, high, 1, 100),
        title=title,
        strong=clear and not grey,
        href=_pairs_link(*link) if link and kind == "metric" else "",
        classes=("number", *_look(value, kind, grey)),
    )


def _look(value: float, kind: str, grey: bool) -> tuple[str, ...]:
    if kind != "metric":
        return ()
    return ("grey",) if grey else (heat_class(value),)


def _pairs_link(view: str, category: str, metric: str) -> str:
    return browser_link(view=view, decided=category, metric=metric)


def heat_class(value: float) -> str:
    """The colour of an accuracy in [0, 1]: five steps of 5 points on each side of chance."""
    steps = min(5, math.ceil(round(abs(value - 0.5) / 0.05, 9)))
    if steps == 0:
        return "heat-0"
    return f"heat-{'up' if value > 0.5 else 'down'}-{steps}"
